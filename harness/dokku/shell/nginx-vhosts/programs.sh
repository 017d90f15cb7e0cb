# The settings of the proxy nginx.

# Upstream asks for the app only where a key can't be set for the host, and all can.
#@ nginx-vhosts/subcommands/set since=0.37.4
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
source "$PLUGIN_CORE_AVAILABLE_PATH/common/property-functions"
[[ "$1" != nginx:set ]] || shift
keys=(access-log-format access-log-path bind-address-ipv4 bind-address-ipv6 client-body-timeout
  client-header-timeout client-max-body-size disable-custom-config error-log-path hsts hsts-include-subdomains
  hsts-preload hsts-max-age keepalive-timeout lingering-timeout nginx-conf-sigil-path nginx-service-command
  proxy-buffer-size proxy-buffering proxy-buffers proxy-busy-buffers-size proxy-connect-timeout proxy-read-timeout
  proxy-send-timeout proxy-keepalive send-timeout underscore-in-headers x-forwarded-for-value
  x-forwarded-port-value x-forwarded-proto-value x-forwarded-ssl)
[[ -n "$2" ]] || dokku_log_fail "No key specified"
if [[ " ${keys[*]} " != *" $2 "* ]]; then
  printf -v known '%s, ' "${keys[@]}"
  dokku_log_fail "Invalid key specified, valid keys include: ${known%, }"
fi
if [[ "$2" == proxy-keepalive && -n "$3" && ! "$3" =~ ^[0-9]+$ ]]; then
  dokku_log_fail "Invalid value for proxy-keepalive: must be an integer"
fi
if [[ -n "$3" ]]; then
  dokku_log_info2_quiet "Setting $2 to $3"
  fn-plugin-property-write nginx "$1" "$2" "$3"
else
  dokku_log_info2_quiet "Unsetting $2"
  fn-plugin-property-delete nginx "$1" "$2"
fi

#@ nginx-vhosts/proxy-build-config since=0.38.0
source "$PLUGIN_AVAILABLE_PATH/nginx-vhosts/functions"
[[ "$(plugn trigger proxy-type "$1")" == nginx ]] || exit 0
if [[ "$(plugn trigger network-config-exists "$1")" == true ]]; then
  plugn trigger network-build-config "$1"
fi
nginx_build_config "$1"

#@ nginx-vhosts/core-post-deploy since=0.38.0
[[ "$(plugn trigger proxy-type "$1")" == nginx ]] || exit 0
plugn trigger proxy-build-config "$1"

#@ nginx-vhosts/scheduler-post-deploy-process since=0.38.0
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
[[ "$2" == web && "$(plugn trigger proxy-type "$1")" == nginx ]] || exit 0
dokku_log_info2 "Triggering early nginx proxy rebuild"
plugn trigger proxy-build-config "$1"
