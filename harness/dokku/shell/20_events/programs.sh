# The commands of the core plugin 20_events, which switch the log of events on and off.

#@ 20_events/subcommands/off since=0.20.0
echo "Disabling dokku events logger"
rm -f "$DOKKU_ROOT/.dokkurc/DOKKU_EVENTS"

#@ 20_events/subcommands/on since=0.20.0
echo "Enabling dokku events logger"
mkdir -p "$DOKKU_ROOT/.dokkurc"
echo "export DOKKU_EVENTS=1" >"$DOKKU_ROOT/.dokkurc/DOKKU_EVENTS"
