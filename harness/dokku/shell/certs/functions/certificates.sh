# Certificates: tls/server.crt and tls/server.key of an app.

#@ is_ssl_enabled since=0.5.0
is_ssl_enabled() {
  verify_app_name "$1"
  [[ -e "$DOKKU_ROOT/$1/tls/server.crt" && -e "$DOKKU_ROOT/$1/tls/server.key" ]]
}
#@ is_ssl_enabled since=0.22.4
is_ssl_enabled() {
  [[ -e "$DOKKU_ROOT/$1/tls/server.crt" && -e "$DOKKU_ROOT/$1/tls/server.key" ]]
}
