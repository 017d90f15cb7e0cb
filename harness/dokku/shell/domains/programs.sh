# The commands and triggers of the core plugin domains.

#@ domains/subcommands/add since=0.22.4
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:add ]] || shift
[[ -n "$2" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 $2 <domain> [<domain> ...]"
verify_app_name "$1"
domains_add "$@"

#@ domains/subcommands/add-global since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:add-global ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 <domain> [<domain> ...]"
domains_add_global "$@"

#@ domains/subcommands/clear since=0.35.17
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:clear ]] || shift
[[ "$1" == --all ]] || verify_app_name "$1"
fn-domains-clear "$1"

#@ domains/subcommands/clear-global since=0.36.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:clear-global ]] || shift
dokku_log_info1_quiet "Clearing global domains"
domains_clear_global "$@"

# The test of the app's name is the wrong way round upstream: it is made of `--all` alone.
#@ domains/subcommands/disable since=0.35.17
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:disable ]] || shift
[[ "$1" != --all ]] || verify_app_name "$1"
fn-domains-disable "$1"

#@ domains/subcommands/enable since=0.35.17
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:enable ]] || shift
[[ "$1" != --all ]] || verify_app_name "$1"
fn-domains-enable "$1"

#@ domains/subcommands/remove since=0.22.4
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:remove ]] || shift
[[ -n "$2" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 $2 <domain> [<domain> ...]"
verify_app_name "$1"
domains_remove "$@"

#@ domains/subcommands/remove-global since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:remove-global ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 <domain> [<domain> ...]"
domains_remove_global "$@"

#@ domains/subcommands/reset since=0.36.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:reset ]] || shift
verify_app_name "$1"
fn-domains-clear "$1"
domains_setup "$1"
plugn trigger post-domains-update "$1" reset
dokku_log_info1_quiet "Reset domains for $1"

#@ domains/subcommands/set since=0.22.4
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:set ]] || shift
[[ -n "$2" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 $2 <domain> [<domain> ...]"
verify_app_name "$1"
domains_set "$@"

#@ domains/subcommands/set-global since=0.20.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:set-global ]] || shift
[[ -n "$1" ]] || dokku_log_fail "Please specify a domain name. Usage: dokku $1 <domain> [<domain> ...]"
domains_set_global "$@"

#@ domains/subcommands/setup since=0.36.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$1" != domains:setup ]] || shift
verify_app_name "$1"
domains_setup "$1"
plugn trigger post-domains-update "$1" reset
dokku_log_info1_quiet "Setup domains for $1"

#@ domains/domains-add since=0.21.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
domains_add "$1" "$2"

#@ domains/domains-disable since=0.21.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
flags=(--no-restart)
[[ "$2" != true ]] || flags=()
disable_app_vhost "$1" "${flags[@]}"

#@ domains/domains-enable since=0.38.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
flags=(--no-restart)
[[ "$2" != true ]] || flags=()
domains_enable "$1" "${flags[@]}"

#@ domains/domains-list since=0.21.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
get_app_domains "$1"

# A plugin with the trigger app-urls has its own addresses.
#@ domains/domains-urls since=0.36.6
source "$PLUGIN_AVAILABLE_PATH/domains/internal-functions"
scheme=http port=80
if [[ "$(plugn trigger certs-exists "$1")" == true ]]; then
  scheme=https port=443
fi
urls="$(plugn trigger app-urls "$1" "$2")"
case "${urls:+given}:$2" in
  given:url) echo "$urls" | tr ' ' '\n' | grep "$scheme://" | head -n1 ;;
  given:*) echo "$urls" | tr ' ' '\n' | sort ;;
  :url) fn-domains-generate-urls "$1" "$scheme" "$port" | tr ' ' '\n' | grep "$scheme://" | head -n1 ;;
  *) fn-domains-generate-urls "$1" "$scheme" "$port" | tr ' ' '\n' | sort -u ;;
esac

#@ domains/domains-vhost-enabled since=0.21.0
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
[[ "$(is_app_vhost_enabled "$1")" != false ]]

#@ domains/post-app-rename-setup since=0.38.0
[[ -f "$DOKKU_ROOT/$1/VHOST" ]] || exit 0
cp -f "$DOKKU_ROOT/$1/VHOST" "$DOKKU_ROOT/$2/VHOST"
[[ -f "$DOKKU_ROOT/VHOST" ]] || exit 0
while read -r name || [[ -n "$name" ]]; do
  [[ -z "$name" ]] || sed -i "s/$1\\.$name/$2.$name/g" "$DOKKU_ROOT/$2/VHOST"
done <"$DOKKU_ROOT/VHOST"

#@ domains/post-app-clone-setup since=0.31.2
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
rm -rf "$DOKKU_ROOT/$2/VHOST"
DOKKU_QUIET_OUTPUT=1 domains_setup "$2"

#@ domains/post-create since=0.31.2
source "$PLUGIN_AVAILABLE_PATH/domains/functions"
if [[ "$(is_app_vhost_enabled "$1")" == false ]]; then
  dokku_log_info1 "App virtual host support disabled, skipping domain setup"
else
  domains_setup "$1"
fi
