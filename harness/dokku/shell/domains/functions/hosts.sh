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

# Without a name of the host an app gets none, and its names are switched off.
#@ domains_setup since=0.31.2
domains_setup() {
  local file="$DOKKU_ROOT/$1/VHOST" names="$(get_default_vhosts "$1")"
  [[ ! -f "$file" ]] || return 0
  if [[ -z "$names" ]]; then
    dokku_log_info1_quiet "Global server virtual host not set, disabling app vhost..."
    disable_app_vhost "$1" --no-restart
    return
  fi
  dokku_log_info1_quiet "Creating new app virtual host file..."
  echo "$names" >"$file"
  chown "$DOKKU_SYSTEM_USER:$DOKKU_SYSTEM_GROUP" "$file"
}

#@ domains_enable since=0.22.4
domains_enable() {
  local file="$DOKKU_ROOT/$1/VHOST" flag="" names="$(get_default_vhosts "$1")"
  touch "$file"
  if [[ "$(is_app_vhost_enabled "$1")" != false ]]; then
    dokku_log_info1 "Domains (VHOST) support is already enabled for app ($1)"
    return
  fi
  [[ -z "$names" ]] || echo "$names" >"$file"
  [[ "$2" != --no-restart ]] || flag="$2"
  enable_app_vhost "$1" "$flag"
}

#@ domains_disable since=0.35.17
domains_disable() {
  touch "$DOKKU_ROOT/$1/VHOST"
  if [[ "$(is_app_vhost_enabled "$1")" == true ]]; then
    disable_app_vhost "$1" --no-restart
  else
    dokku_log_info1 "Domains (VHOST) support is already disabled for app ($1)"
  fi
}

#@ domains_add since=0.25.0
domains_add() {
  local app="$1" name file="$DOKKU_ROOT/$1/VHOST"
  for name in "${@:2}"; do
    (is_valid_hostname "$name") || dokku_log_fail "$name is invalid. exiting..."
  done
  for name in "${@:2}"; do
    if grep -qxF "$name" "$file" 2>/dev/null; then
      dokku_log_info1 "Skipping: $name already added to $app"
    else
      echo "$name" >>"$file"
      dokku_log_info1 "Added $name to $app"
    fi
  done
  [[ "$(is_app_vhost_enabled "$app")" != false ]] || domains_enable "$app" --no-restart
  plugn trigger post-domains-update "$app" add "${@:2}"
}

# The name is taken for a regular expression, in which a point stands for any letter.
#@ domains_remove since=0.22.4
domains_remove() {
  local app="$1" name file="$DOKKU_ROOT/$1/VHOST"
  touch "$file"
  for name in "${@:2}"; do
    sed -i "\\|^$name\$|d" "$file"
    dokku_log_info1 "Removed $name from $app"
  done
  plugn trigger post-domains-update "$app" remove "${@:2}"
}

#@ domains_set since=0.22.4
domains_set() {
  local app="$1" name file="$DOKKU_ROOT/$1/VHOST"
  touch "$file"
  for name in "${@:2}"; do
    (is_valid_hostname "$name") || dokku_log_fail "$name is invalid. exiting..."
  done
  tr ' ' '\n' <<<"${*:2}" >"$file"
  dokku_log_info1 "Set ${*:2} for $app"
  [[ "$(is_app_vhost_enabled "$app")" != false ]] || domains_enable "$app" --no-restart
  plugn trigger post-domains-update "$app" set "${@:2}"
}

#@ domains_add_global since=0.23.5
domains_add_global() {
  local name file="$DOKKU_ROOT/VHOST"
  touch "$file"
  for name; do
    (is_valid_hostname "$name") || dokku_log_fail "$name is invalid. exiting..."
  done
  for name; do
    if grep -qxF "$name" "$file" 2>/dev/null; then
      dokku_log_info1 "Skipping $name: already added"
    else
      echo "$name" >>"$file"
      dokku_log_info1 "Added $name"
    fi
  done
}

# It fails where there is nothing to clear.
#@ domains_clear_global
domains_clear_global() {
  rm "$DOKKU_ROOT/VHOST"
  touch "$DOKKU_ROOT/VHOST"
}

#@ domains_remove_global since=0.8.1
domains_remove_global() {
  local name file="$DOKKU_ROOT/VHOST"
  touch "$file"
  for name; do
    sed -i "\\|^$name\$|d" "$file"
    dokku_log_info1 "Removed $name"
  done
}

#@ domains_set_global since=0.14.0
domains_set_global() {
  local name file="$DOKKU_ROOT/VHOST"
  touch "$file"
  for name; do
    (is_valid_hostname "$name") || dokku_log_fail "$name is invalid. exiting..."
  done
  tr ' ' '\n' <<<"$*" >"$file"
  dokku_log_info1 "Set $*"
}

#@ fn-domains-clear
fn-domains-clear() {
  local app
  if [[ "$1" != --all ]]; then
    fn-domains-clear-app "$1"
    return
  fi
  for app in $(dokku_apps); do
    fn-domains-clear-app "$app"
  done
}

#@ fn-domains-clear-app since=0.36.0
fn-domains-clear-app() {
  rm -f "$DOKKU_ROOT/$1/VHOST"
  plugn trigger post-domains-update "$1" clear
  dokku_log_info1 "Cleared domains in $1"
}

#@ fn-domains-disable
fn-domains-disable() {
  local app
  if [[ "$1" != --all ]]; then
    domains_disable "$1"
    return
  fi
  for app in $(dokku_apps); do
    domains_disable "$app"
  done
}

#@ fn-domains-enable
fn-domains-enable() {
  local app
  if [[ "$1" != --all ]]; then
    domains_enable "$1"
    return
  fi
  for app in $(dokku_apps); do
    domains_enable "$app"
  done
}
