# The proxy nginx. What its configuration for an app says is not modelled, and nor is that file.

# A plugin that is told before nginx reads its configuration could read what is not there, and so could the author of a
# template of an app's own.
#@ nginx_build_config since=0.38.0
nginx_build_config() {
  local APP="$1" scheme=http template=built-in listeners mapping mappings="" names deployed=false ssl
  [[ -z "$(plugn trigger nginx-app-template-source "$APP" app-config)" ]] || template=plugin-supplied
  ssl="$(plugn trigger certs-exists "$APP")"
  if [[ "$(plugn trigger proxy-is-enabled "$APP")" != true ]]; then
    dokku_log_info1 "Nginx support is disabled for app ($APP)"
    return 0
  fi
  listeners="$2$3"
  [[ -n "$listeners" ]] || listeners="$(plugn trigger network-get-listeners "$APP" web)"
  plugn trigger ports-configure "$APP"
  while read -r mapping; do
    if [[ "$mapping" == https:* && "$ssl" != true ]]; then
      dokku_log_warn "Ignoring detected https port mapping without an accompanying ssl certificate ($mapping)"
    else
      mappings+="$mapping"
    fi
  done < <(plugn trigger ports-get "$APP")
  names="$(plugn trigger domains-list "$APP")"
  if [[ "$ssl" == true ]]; then
    scheme=https
    conform-lacks "which names of an app its certificate is for"
  fi
  [[ -n "$listeners" ]] || dokku_log_warn_quiet "No web listeners specified for $APP"
  if [[ -n "$listeners" ]] && (is_deployed "$APP"); then
    deployed=true
  fi
  [[ "$deployed" == true || (-z "$listeners" && -n "$mappings") ]] || return 0
  tr ' ' '\n' <<<"$names" | sort -u | sed -n "s/..*/-----> Configuring &...(using $template template)/p"
  dokku_log_info1 "Creating $scheme nginx.conf"
  mkdir -p "$DOKKU_ROOT/$APP/nginx.conf.d"
  if [[ "$template" != built-in ]] || "$PLUGIN_CORE_AVAILABLE_PATH/common/common" plugn-trigger-exists nginx-pre-reload | grep -q true; then
    conform-lacks "the nginx.conf of an app"
  fi
  plugn trigger nginx-pre-reload "$APP" "$2" "$3"
  dokku_log_verbose "Reloading nginx"
  validate_nginx && restart_nginx >/dev/null
}

#@ get_nginx_location since=0.19.0
get_nginx_location() {
  fn-nginx-vhosts-nginx-location
}

# The configuration as a whole, and if that is refused each app's, or one app's, by itself.
#@ validate_nginx since=0.31.0
validate_nginx() {
  local app="$1" flag="$2" NGINX_LOCATION
  NGINX_LOCATION="$(get_nginx_location)"
  [[ -n "$NGINX_LOCATION" ]] || exit 1
  if [[ "$app" == --clean ]]; then
    app="" flag=--clean
  fi
  ! sudo "$NGINX_LOCATION" -t &>/dev/null || return 0
  if [[ -n "$app" ]]; then
    verify_app_name "$app"
    nginx_vhosts_validate_single_func "$app" "$flag"
  else
    for app in $(dokku_apps false); do
      nginx_vhosts_validate_single_func "$app" "$flag"
    done
  fi
  ! sudo "$NGINX_LOCATION" -t &>/dev/null || return 0
  sudo "$NGINX_LOCATION" -t
  exit $?
}

# Which app is meant is what the caller's APP says.
#@ restart_nginx since=0.26.7
restart_nginx() {
  local enabled="$(plugn trigger proxy-is-enabled "$APP")" proxy="$(plugn trigger proxy-type "$APP")"
  [[ "$enabled" != true || "$proxy" != nginx ]] || fn-nginx-vhosts-nginx-init-cmd reload
}

#@ nginx_logs since=0.35.9
nginx_logs() {
  local kind="${1#nginx:}" lines=20 follow=false proxy scheduler
  kind="${kind%-logs}"
  local file="$("fn-nginx-computed-$kind-log-path" "$2")"
  [[ "$file" != off && "$file" != /dev/null ]] || dokku_log_fail "$kind logs are disabled for this app"
  proxy="$(plugn trigger proxy-type "$2")"
  if [[ "$3" == -t ]]; then
    follow=true lines=0
  fi
  scheduler="$(get_app_scheduler "$2")" || true
  if [[ "$scheduler" != docker-local && "$scheduler" != null ]]; then
    plugn trigger scheduler-proxy-logs "$scheduler" "$2" "$proxy" "$kind" "$follow" "$lines"
    return $?
  fi
  if [[ "$follow" == true ]]; then
    tail -F "$file"
  else
    tail "-n $lines" "$file"
  fi
}

# The names are a line each, which the pattern takes for alternatives of which the first begins and the last ends.
#@ validate_ssl_domains since=0.22.4
validate_ssl_domains() {
  local name names="$(get_ssl_hostnames "$1")" pattern
  pattern="$(xargs <<<"$names" | sed 's/\./\\./g; s/\*/[^\\.]*/g; s/ /|/g')" || true
  ! grep -qE "^$pattern\$" "$DOKKU_ROOT/$1/VHOST" &>/dev/null || return 0
  dokku_log_info1 "No matching configured domains for $1 found in SSL certificate. Your app will show as insecure in a browser if accessed via SSL"
  dokku_log_info1 "Please add appropriate domains via the dokku domains command"
  [[ -z "$NONSSL_VHOSTS" ]] || dokku_log_info1 "Configured domains for app:"
  for name in $(xargs <<<"$NONSSL_VHOSTS"); do
    dokku_log_info2 "$name"
  done
  [[ -z "$names" ]] || dokku_log_info1 "Domains found in SSL certificate:"
  for name in $(xargs <<<"$names"); do
    dokku_log_info2 "$name"
  done
}

# The template of this deployment, or else the one that was kept of the last.
#@ get_custom_nginx_template since=0.33.4
get_custom_nginx_template() {
  local place="$DOKKU_LIB_ROOT/data/nginx-vhosts/app-$1/nginx.conf.sigil"
  local tag="$(get_running_image_tag "$1")"
  local image="$(get_deploying_app_image_name "$1" "$tag")"
  local off="$(fn-nginx-computed-disable-custom-config "$1")"
  [[ "$off" != true && ! -f "$place.$DOKKU_PID.missing" ]] || return 0
  if [[ -f "$place.$DOKKU_PID" ]]; then
    cp "$place.$DOKKU_PID" "$2"
  elif [[ -f "$place" ]]; then
    cp "$place" "$2"
  fi
}

#@ is_http2_push_enabled since=0.37.1
is_http2_push_enabled() {
  local major minor patch rest supported=false
  IFS=. read -r major minor patch rest <<<"$1" || true
  if ((major >= 2)); then
    supported=true
  elif ((major == 1 && minor < 25)) && ((minor >= 14 || (minor == 13 && patch >= 9))); then
    supported=true
  fi
  echo "$supported"
}

#@ is_http2_directive_supported since=0.36.10
is_http2_directive_supported() {
  local major minor patch rest supported=false
  IFS=. read -r major minor patch rest <<<"$1" || true
  if ((major >= 2)) || ((major == 1 && (minor >= 26 || (minor == 25 && patch >= 1)))); then
    supported=true
  fi
  echo "$supported"
}
