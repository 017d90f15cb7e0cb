# The names under which apps are reached: a file VHOST of the app, and one of the host. Before 0.21.2 much of it is
# not modelled.

#@ get_app_domains since=0.21.2
get_app_domains() {
  local place
  verify_app_name "$1"
  [[ "$(is_app_vhost_enabled "$1")" == true ]] || return 0
  for place in "$DOKKU_ROOT/$1/VHOST" "$DOKKU_ROOT/VHOST" "$DOKKU_ROOT/HOSTNAME"; do
    [[ -f "$place" ]] || continue
    cat "$place"
    return
  done
}
#@ get_app_domains since=0.22.0
get_app_domains() {
  local place
  verify_app_name "$1"
  [[ "$(is_app_vhost_enabled "$1")" == true ]] || return 0
  for place in "$DOKKU_ROOT/$1/VHOST" "$DOKKU_ROOT/HOSTNAME"; do
    [[ -f "$place" ]] || continue
    cat "$place"
    return
  done
}
#@ get_app_domains since=0.22.4
get_app_domains() {
  local place
  [[ "$(is_app_vhost_enabled "$1")" == true ]] || return 0
  for place in "$DOKKU_ROOT/$1/VHOST" "$DOKKU_ROOT/HOSTNAME"; do
    [[ -f "$place" ]] || continue
    cat "$place"
    return
  done
}
#@ get_app_domains since=0.25.0
get_app_domains() {
  if [[ "$(is_app_vhost_enabled "$1")" == true && -f "$DOKKU_ROOT/$1/VHOST" ]]; then
    cat "$DOKKU_ROOT/$1/VHOST"
  fi
}

#@ get_global_vhosts
get_global_vhosts() {
  local names=""
  [[ ! -f "$DOKKU_ROOT/VHOST" ]] || names="$(<"$DOKKU_ROOT/VHOST")"
  echo "$names"
}

#@ get_default_vhosts since=0.22.4
get_default_vhosts() {
  local name found ipv4="$(get_ipv4_regex)" ipv6="$(get_ipv6_regex)"
  [[ "$(is_global_vhost_enabled)" == true ]] || return 0
  while read -r name; do
    [[ "$name" =~ $ipv4 || "$name" =~ $ipv6 ]] && continue
    found="$(: | plugn trigger nginx-hostname "$1" "${1/%\.${name}/}" "$name" || true)"
    if [[ -z "$found" ]]; then
      found="${1/\//-}"
      [[ "$1" == *.* ]] || found+=".$name"
    fi
    echo "$found"
  done <<<"$(get_global_vhosts)"
}

#@ is_app_vhost_enabled
is_app_vhost_enabled() {
  source "$PLUGIN_AVAILABLE_PATH/config/functions"
  verify_app_name "$1"
  local off="$(config_get "$1" NO_VHOST)"
  [[ "$off" == 1 ]] && echo false || echo true
}
#@ is_app_vhost_enabled since=0.21.0
is_app_vhost_enabled() {
  verify_app_name "$1"
  local off="$(config_get "$1" NO_VHOST)"
  [[ "$off" == 1 ]] && echo false || echo true
}
#@ is_app_vhost_enabled since=0.22.4
is_app_vhost_enabled() {
  local off="$(config_get "$1" NO_VHOST)"
  [[ "$off" == 1 ]] && echo false || echo true
}

#@ is_global_vhost_enabled
is_global_vhost_enabled() {
  local name enabled=false
  while read -r name; do
    ! is_valid_hostname "$name" || enabled=true
  done <<<"$(get_global_vhosts)"
  echo "$enabled"
}

#@ is_valid_hostname
is_valid_hostname() {
  [[ "${1,,}" =~ ^([a-z0-9\*-]+\.)*[a-z0-9\*-]+$ ]]
}
#@ is_valid_hostname since=0.17.0
is_valid_hostname() {
  [[ "${1,,}" =~ ^[a-z0-9\.\*-]*[a-z0-9\*-]$ ]]
}
#@ is_valid_hostname since=0.30.4
is_valid_hostname() {
  [[ "$1" == _ || "${1,,}" =~ ^[a-z0-9\.\*-]*[a-z0-9\*-]$ ]]
}

#@ enable_app_vhost since=0.22.4
enable_app_vhost() {
  local flags=()
  plugn trigger pre-enable-vhost "$1"
  [[ "$2" != --no-restart ]] || flags=("$2")
  DOKKU_QUIET_OUTPUT=1 config_set "${flags[@]}" "$1" NO_VHOST=0
}
#@ enable_app_vhost since=0.35.17
enable_app_vhost() {
  local flags=()
  plugn trigger pre-enable-vhost "$1"
  [[ "$2" != --no-restart ]] || flags=("$2")
  DOKKU_QUIET_OUTPUT=1 config_set "${flags[@]}" "$1" NO_VHOST=0
  [[ "$2" != --no-restart ]] || plugn trigger post-domains-update "$1" enable
}

#@ disable_app_vhost since=0.22.4
disable_app_vhost() {
  local flags=()
  plugn trigger pre-disable-vhost "$1"
  if [[ -f "$DOKKU_ROOT/$1/VHOST" || -f "$DOKKU_ROOT/$1/URLS" ]]; then
    dokku_log_info1 "App virtual host support disabled"
    rm -f "$DOKKU_ROOT/$1/VHOST" "$DOKKU_ROOT/$1/URLS"
  fi
  [[ "$2" != --no-restart ]] || flags=("$2")
  DOKKU_QUIET_OUTPUT=1 config_set "${flags[@]}" "$1" NO_VHOST=1
}
#@ disable_app_vhost since=0.29.0
disable_app_vhost() {
  local flags=()
  plugn trigger pre-disable-vhost "$1"
  if [[ -f "$DOKKU_ROOT/$1/VHOST" ]]; then
    dokku_log_info1 "App virtual host support disabled"
    rm -f "$DOKKU_ROOT/$1/VHOST"
  fi
  [[ "$2" != --no-restart ]] || flags=("$2")
  DOKKU_QUIET_OUTPUT=1 config_set "${flags[@]}" "$1" NO_VHOST=1
}
#@ disable_app_vhost since=0.35.17
disable_app_vhost() {
  local flags=()
  plugn trigger pre-disable-vhost "$1"
  if [[ -f "$DOKKU_ROOT/$1/VHOST" ]]; then
    dokku_log_info1 "App virtual host support disabled"
    rm -f "$DOKKU_ROOT/$1/VHOST"
  fi
  [[ "$2" != --no-restart ]] || flags=("$2")
  DOKKU_QUIET_OUTPUT=1 config_set "${flags[@]}" "$1" NO_VHOST=1
  [[ "$2" != --no-restart ]] || plugn trigger post-domains-update "$1" disable
}
