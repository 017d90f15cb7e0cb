# The commands and triggers of the core plugin certs.

#@ certs/certs-get since=0.37.5
source "$PLUGIN_AVAILABLE_PATH/certs/functions"
[[ "$2" == key || "$2" == crt ]] || exit 1
is_ssl_enabled "$1" || exit 1
cat "$DOKKU_ROOT/$1/tls/server.$2"

#@ certs/certs-remove since=0.38.5
source "$PLUGIN_AVAILABLE_PATH/certs/internal-functions"
verify_app_name "$1"
fn-certs-remove "$1"

#@ certs/certs-set since=0.38.5
source "$PLUGIN_AVAILABLE_PATH/certs/internal-functions"
verify_app_name "$1"
fn-certs-set "$1" "$2" "$3"

# An archive on standard input is unpacked from 0.38.2 on with checks of its own, which are not modelled.
#@ certs/subcommands/add since=0.22.4
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
shift
verify_app_name "$1"
crt="$2" key="$3"
if [[ -n "$crt" && -n "$key" ]]; then
  [[ -r "$crt" ]] || dokku_log_fail "CRT file specified not found, please check file paths"
  [[ -r "$key" ]] || dokku_log_fail "KEY file specified not found, please check file paths"
elif [[ -t 0 ]]; then
  dokku_log_fail "Tar archive containing server.crt and server.key expected on stdin"
else
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  tar xvf - <&0
  for kind in crt key; do
    mapfile -t found < <(find . -not -path '*/\.*' -type f -name "*.$kind")
    [[ ${#found[@]} -ge 1 ]] || dokku_log_fail "Tar archive is missing .$kind file"
    [[ ${#found[@]} -le 1 ]] || dokku_log_fail "Tar archive contains more than one .$kind file"
    printf -v "$kind" %s "${found[0]}"
  done
fi
place="$DOKKU_ROOT/$1/tls"
mkdir -p "$place"
rm -f "$place"/server.{crt,key}
cp "$crt" "$place/server.crt"
cp "$key" "$place/server.key"
chmod 750 "$place"
chmod 640 "$place"/server.{crt,key}
plugn trigger post-certs-update "$1"
plugn trigger post-domains-update "$1"

#@ certs/subcommands/add since=0.38.2
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
shift
verify_app_name "$1"
if [[ -z "$2" || -z "$3" ]]; then
  [[ ! -t 0 ]] || dokku_log_fail "Tar archive containing server.crt and server.key expected on stdin"
  conform-unmodelled "\`dokku certs:add\` of an archive"
  exit 1
fi
[[ -r "$2" ]] || dokku_log_fail "CRT file specified not found, please check file paths"
[[ -r "$3" ]] || dokku_log_fail "KEY file specified not found, please check file paths"
place="$DOKKU_ROOT/$1/tls"
mkdir -p "$place"
rm -f "$place"/server.{crt,key}
cp "$2" "$place/server.crt"
cp "$3" "$place/server.key"
chmod 750 "$place"
chmod 640 "$place"/server.{crt,key}
plugn trigger post-certs-update "$1"
plugn trigger post-domains-update "$1"

# It is the same program under another name.
#@ certs/subcommands/update since=0.38.2
exec "$PLUGIN_AVAILABLE_PATH/certs/subcommands/add" "$@"

#@ certs/subcommands/remove since=0.22.4
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
[[ "$1" != certs:remove ]] || shift
verify_app_name "$1"
[[ -d "$DOKKU_ROOT/$1/tls" ]] || dokku_log_fail "An app-specific SSL endpoint is not defined"
dokku_log_info1 "Removing SSL endpoint from $1"
rm -rf "$DOKKU_ROOT/$1/tls"
plugn trigger post-certs-remove "$1"
plugn trigger post-domains-update "$1"

#@ certs/subcommands/show since=0.22.4
source "$PLUGIN_AVAILABLE_PATH/certs/functions"
[[ "$1" != certs:show ]] || shift
verify_app_name "$1"
[[ "$2" == key || "$2" == crt ]] || dokku_log_fail "specify either 'key' or 'crt'"
is_ssl_enabled "$1" || dokku_log_fail "$1 doesn't have an SSL endpoint defined"
cat "$DOKKU_ROOT/$1/tls/server.$2"
