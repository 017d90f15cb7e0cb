# The addresses that an app answers at.

#@ fn-domains-generate-urls since=0.36.6
fn-domains-generate-urls() {
  local name names="$(plugn trigger domains-list "$1")"
  if [[ -n "$names" ]]; then
    for name in $names; do
      fn-domains-generate-urls-from-config "$1" "$2" "$name" "$3"
    done
  elif [[ -s "$DOKKU_ROOT/VHOST" ]]; then
    while read -r name || [[ -n "$name" ]]; do
      fn-domains-generate-urls-from-config "$1" "$2" "$name" "$3"
    done <"$DOKKU_ROOT/VHOST"
  else
    fn-domains-generate-urls-from-config "$1" "$2" "$(hostname -f)" "$3"
  fi
}

# A mapping of https counts only where there is a certificate.
#@ fn-domains-generate-urls-from-config since=0.36.6
fn-domains-generate-urls-from-config() {
  local listener listeners scheme port rest certified maps="$(plugn trigger ports-get "$1")"
  if [[ "$(plugn trigger proxy-is-enabled "$1")" == false ]]; then
    listeners="$(plugn trigger network-get-listeners "$1" web | xargs)"
    for listener in $listeners; do
      fn-domains-generate-url "$2" "$3" "$(cut -d: -f2 <<<"$listener")"
    done
  elif [[ -n "$maps" ]]; then
    certified="$(plugn trigger certs-exists "$1")"
    while IFS=: read -r scheme port rest; do
      [[ "$scheme" == https && "$certified" != true ]] || fn-domains-generate-url "$scheme" "$3" "$port"
    done <<<"$maps"
  else
    fn-domains-generate-url "$2" "$3" "$4"
  fi
}

#@ fn-domains-generate-url since=0.36.6
fn-domains-generate-url() {
  case "$1:$3" in
    *:80) echo "http://$2" ;;
    https:443) echo "https://$2" ;;
    *) echo "$1://$2:$3" ;;
  esac
}
