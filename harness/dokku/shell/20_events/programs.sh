# The commands of the core plugin 20_events, which switch the log of events on and off.

#@ 20_events/subcommands/off since=0.20.0
echo "Disabling dokku events logger"
rm -f "$DOKKU_ROOT/.dokkurc/DOKKU_EVENTS"

#@ 20_events/subcommands/on since=0.20.0
echo "Enabling dokku events logger"
mkdir -p "$DOKKU_ROOT/.dokkurc"
echo "export DOKKU_EVENTS=1" >"$DOKKU_ROOT/.dokkurc/DOKKU_EVENTS"

#@ 20_events/subcommands/list since=0.22.0
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
if [[ -n "$DOKKU_EVENTS" ]]; then
  conform-unmodelled "\`dokku events:list\`"
else
  dokku_log_warn "Events logger disabled"
fi
