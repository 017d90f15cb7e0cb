# Commands without a colon.

#@ 00_dokku-standard/subcommands/url since=0.29.0
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
verify_app_name "$2"
plugn trigger domains-urls "$2" "$1"

#@ 00_dokku-standard/subcommands/urls since=0.29.0
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
verify_app_name "$2"
plugn trigger domains-urls "$2" "$1"

#@ 00_dokku-standard/subcommands/version since=0.5.0
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
cat "$DOKKU_ROOT/VERSION" || dokku_log_fail "Unable to determine dokku's version"
