# The commands of the core plugin plugin.

#@ plugin/subcommands/enable since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/plugin/functions"
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
[[ "$1" != plugin:enable ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a plugin to enable"
enable_plugin "$1"
plugin_prime_bash_completion

#@ plugin/subcommands/disable since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/plugin/functions"
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
[[ "$1" != plugin:disable ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a plugin to disable"
disable_plugin "$1"
plugin_prime_bash_completion

#@ plugin/subcommands/uninstall since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/plugin/functions"
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
[[ "$1" != plugin:uninstall ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a plugin to uninstall"
uninstall_plugin "$1"
plugin_prime_bash_completion

#@ plugin/subcommands/installed since=0.20.1
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
cmd-plugin-installed "$@"

# Before 0.23.0 the list was headed by the version of plugn.
#@ plugin/subcommands/list since=0.23.0
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
cmd-plugin-list "$@"

#@ plugin/subcommands/trigger since=0.23.0
[[ "$1" != plugin:trigger ]] || shift
sudo -u dokku -E -H plugn trigger "$@"

#@ plugin/subcommands/install since=0.37.0
source "$PLUGIN_AVAILABLE_PATH/plugin/functions"
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
[[ "$1" != plugin:install ]] || shift
case "$1" in
  --core)
    [[ $# -le 1 ]] || dokku_log_info1_quiet "Cannot install additional core plugins, running core plugin install trigger"
    PLUGIN_PATH="$PLUGIN_CORE_PATH" plugn trigger install
    ;;
  https:* | git* | ssh:* | file:* | *.tar.gz | *.tgz) download_and_enable_plugin "$@" ;;
  "") plugn trigger install ;;
  *)
    dokku_log_warn "First argument must be --core or url to plugin"
    dokku_log_warn "Valid prefixes: https:, git:, ssh:, file:"
    dokku_log_warn "Valid suffixes: .tar.gz, .tgz"
    dokku_log_fail "Please retry with valid arguments"
    ;;
esac
plugin_prime_bash_completion

# Without a name it is all that are no core plugins.
#@ plugin/subcommands/update since=0.37.0
source "$PLUGIN_AVAILABLE_PATH/plugin/internal-functions"
[[ "$1" != plugin:update ]] || shift
if [[ -n "$1" ]]; then
  fn-is-valid-plugin "$1" || dokku_log_fail "Invalid plugin name specified"
  fn-plugin-enabled "$1" || dokku_log_fail "Specified plugin not enabled or installed"
  ! fn-is-core-plugin "$1" || dokku_log_fail "Cannot trigger plugin:update against core plugin, please update Dokku instead"
  plugn update "$1" "$2"
else
  for plugin in "$PLUGIN_ENABLED_PATH"/*; do
    [[ -d "$plugin" ]] && ! fn-is-core-plugin "${plugin##*/}" || continue
    plugn update "${plugin##*/}"
  done
fi
plugn trigger update
plugin_prime_bash_completion
