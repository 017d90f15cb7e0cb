# What the functions of nginx-vhosts are made of.

#@ fn-get-property since=0.33.4
fn-get-property() {
  "$PLUGIN_CORE_AVAILABLE_PATH/nginx-vhosts/nginx-property" "$@"
}

#@ fn-nginx-computed-access-log-path since=0.33.4
fn-nginx-computed-access-log-path() {
  fn-get-property --app "$1" --computed access-log-path
}

#@ fn-nginx-computed-error-log-path since=0.33.4
fn-nginx-computed-error-log-path() {
  fn-get-property --app "$1" --computed error-log-path
}

#@ fn-nginx-computed-disable-custom-config since=0.33.4
fn-nginx-computed-disable-custom-config() {
  fn-get-property --app "$1" --computed disable-custom-config
}

#@ fn-nginx-computed-nginx-service-command since=0.36.0
fn-nginx-computed-nginx-service-command() {
  fn-get-property --app "$1" --computed nginx-service-command
}

#@ fn-nginx-vhosts-uses-openresty
fn-nginx-vhosts-uses-openresty() {
  [[ -x /usr/bin/openresty ]]
}

#@ fn-nginx-vhosts-nginx-location since=0.26.4
fn-nginx-vhosts-nginx-location() {
  local place
  place="$(command -v nginx 2>/dev/null)" || true
  place="${place:-/usr/sbin/nginx}"
  ! fn-nginx-vhosts-uses-openresty || place=/usr/bin/openresty
  [[ -x "$place" ]] || dokku_log_fail "Could not find nginx binary in \$PATH or at '$place'."
  echo "$place"
}

# The service manager is looked for on the PATH, where a world has its own, and not at upstream's absolute paths.
#@ fn-nginx-vhosts-nginx-init-cmd since=0.36.0
fn-nginx-vhosts-nginx-init-cmd() {
  local service=nginx own="$(fn-nginx-computed-nginx-service-command "$APP")"
  local systemctl="$(command -v systemctl)" sv="$(command -v sv)"
  if [[ -n "$own" ]]; then
    "$own" $1
    return
  fi
  ! fn-nginx-vhosts-uses-openresty || service=openresty
  case "$DOKKU_DISTRO:$DOKKU_INIT_SYSTEM" in
    debian:* | raspbian:*)
      if [[ -n "$systemctl" ]]; then
        sudo "$systemctl" "$1" "$service"
      else
        sudo invoke-rc.d "$service" "$1"
      fi
      ;;
    ubuntu:sv) sudo sv "$1" "$service" ;;
    ubuntu:*)
      if [[ -n "$systemctl" ]]; then
        sudo "$systemctl" "$1" "$service"
      elif [[ -n "$sv" ]]; then
        sudo "$sv" "$1" "$service"
      elif [[ "$1" == enable || "$1" == disable ]]; then
        dokku_log_warn "Running $1 is not possible for init.d managed services"
      else
        sudo "/etc/init.d/$service" "$1"
      fi
      ;;
    arch:*) sudo systemctl "$1" "$service" ;;
  esac
}

#@ nginx_vhosts_validate_single_func
nginx_vhosts_validate_single_func() {
  local file="$DOKKU_ROOT/$1/nginx.conf"
  if [[ ! -f "$file" ]]; then
    dokku_log_warn_quiet "No nginx config found for $1"
    return
  fi
  ! nginx_vhosts_is_valid_nginx_config_func "$1" || return 0
  dokku_log_warn "Failed to validate nginx config for $1. Contents below..."
  cat "$file"
  [[ "$2" != --clean ]] || nginx_vhosts_conf_clean_func "$1"
}

# The place of the program is what the caller's NGINX_LOCATION says.
#@ nginx_vhosts_is_valid_nginx_config_func since=0.22.0
nginx_vhosts_is_valid_nginx_config_func() {
  local own whole template="$PLUGIN_AVAILABLE_PATH/nginx-vhosts/templates/validate.conf.sigil"
  whole="$(mktemp "/tmp/dokku-$DOKKU_PID-nginx_vhosts_is_valid_nginx_config_func.XXXXXX")"
  trap "rm -f '$whole'" RETURN INT TERM EXIT
  own="$(plugn trigger nginx-app-template-source "$1" validate-config)"
  sigil -f "${own:-$template}" NGINX_CONF="$DOKKU_ROOT/$1/nginx.conf" | cat -s >"$whole"
  sudo "$NGINX_LOCATION" -t -c "$whole" 2>/dev/null
}

#@ nginx_vhosts_conf_clean_func
nginx_vhosts_conf_clean_func() {
  dokku_log_warn "Removing invalid nginx file"
  rm -f "$DOKKU_ROOT/$1/nginx.conf"
}

#@ nginx_clear_config since=0.22.3
nginx_clear_config() {
  rm -f "$DOKKU_ROOT/$1/nginx.conf"
  suppress_output fn-nginx-vhosts-nginx-init-cmd reload
}
