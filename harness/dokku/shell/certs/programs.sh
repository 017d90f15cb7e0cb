# The triggers of the core plugin certs.

#@ certs/certs-get since=0.37.5
source "$PLUGIN_AVAILABLE_PATH/certs/functions"
[[ "$2" == key || "$2" == crt ]] || exit 1
is_ssl_enabled "$1" || exit 1
cat "$DOKKU_ROOT/$1/tls/server.$2"
