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

#@ get_ssl_hostnames since=0.38.23
get_ssl_hostnames() {
  local file="$DOKKU_ROOT/$1/tls/server.crt" name others
  name="$(openssl x509 -in "$file" -noout -subject -nameopt RFC2253 | sed -n 's/.*CN=\([^,]*\).*/\1/p')" || true
  others="$(openssl x509 -in "$file" -noout -text | grep -A1 '509v3 Subject Alternative Name:' | tail -n1 |
    sed 's/[[:space:]]*DNS://g' | tr ',' '\n')" || true
  echo -e "$name${others:+\n$others}" | sort -u
}
