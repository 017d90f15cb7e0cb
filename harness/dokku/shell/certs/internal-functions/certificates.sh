# Giving an app its certificate, and taking it away.

#@ fn-certs-set
fn-certs-set() {
  [[ -n "$2" && -n "$3" ]] || dokku_log_fail "Both CRT and KEY file paths are required"
  [[ -r "$2" ]] || dokku_log_fail "CRT file specified not found, please check file paths"
  [[ -r "$3" ]] || dokku_log_fail "KEY file specified not found, please check file paths"
  local place="$DOKKU_ROOT/$1/tls"
  mkdir -p "$place"
  rm -f "$place"/server.{crt,key}
  cp "$2" "$place/server.crt"
  cp "$3" "$place/server.key"
  chmod 750 "$place"
  chmod 640 "$place"/server.{crt,key}
  plugn trigger post-certs-update "$1"
  plugn trigger post-domains-update "$1"
}

#@ fn-certs-remove
fn-certs-remove() {
  [[ -d "$DOKKU_ROOT/$1/tls" ]] || dokku_log_fail "An app-specific SSL endpoint is not defined"
  dokku_log_info1 "Removing SSL endpoint from $1"
  rm -rf "$DOKKU_ROOT/$1/tls"
  plugn trigger post-certs-remove "$1"
  plugn trigger post-domains-update "$1"
}
