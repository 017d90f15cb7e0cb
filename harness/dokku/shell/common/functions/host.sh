# The Dokku host as a whole: its version, who may use it, what its plugins answer.

#@ dokku_version
dokku_version() {
  local place
  for place in "$DOKKU_LIB_ROOT/STABLE_VERSION" "$DOKKU_LIB_ROOT/VERSION"; do
    [[ -f "$place" ]] || continue
    DOKKU_VERSION="$(<"$place")"
    echo "dokku version $DOKKU_VERSION"
    return
  done
  dokku_log_fail "Unable to determine dokku's version"
}

#@ dokku_auth
dokku_auth() {
  export SSH_USER="${SSH_USER:=$USER}" SSH_NAME="${NAME:=default}"
  plugn trigger user-auth "$SSH_USER" "$SSH_NAME" "$@" || return 1
}
# One plugin with the trigger was taken to be Dokku's own 20_events, whoever's it was.
#@ dokku_auth since=0.18.0
dokku_auth() {
  local found=("$PLUGIN_PATH"/enabled/*/user-auth)
  export SSH_USER="${SSH_USER:=$USER}" SSH_NAME="${NAME:=default}"
  [[ ${#found[@]} -ne 1 || ! -e "${found[0]}" ]] || return 0
  plugn trigger user-auth "$SSH_USER" "$SSH_NAME" "$@" || return 1
}
#@ dokku_auth since=0.25.0
dokku_auth() {
  local found=("$PLUGIN_PATH"/enabled/*/user-auth)
  export SSH_USER="${SSH_USER:=$USER}" SSH_NAME="${NAME:=default}"
  [[ -e "${found[0]}" ]] || return 0
  [[ ${#found[@]} -ne 1 || ! -f "$PLUGIN_PATH/enabled/20_events/user-auth" ]] || return 0
  plugn trigger user-auth "$SSH_USER" "$SSH_NAME" "$@" || return 1
}
#@ dokku_auth since=0.27.8
dokku_auth() {
  local found=("$PLUGIN_PATH"/enabled/*/user-auth)
  export SSH_USER="${SSH_USER:=$USER}" SSH_NAME="${NAME:=default}" DOKKU_COMMAND="$1"
  [[ -e "${found[0]}" ]] || return 0
  [[ ${#found[@]} -ne 1 || ! -f "$PLUGIN_PATH/enabled/20_events/user-auth" ]] || return 0
  plugn trigger user-auth "$SSH_USER" "$SSH_NAME" "$@" || return 1
}

#@ fn-plugn-trigger-exists
fn-plugn-trigger-exists() {
  [[ "$("$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet plugn-trigger-exists "$1" || true)" == true ]]
}

#@ fn-migrate-config-to-property
fn-migrate-config-to-property() {
  local value app
  declare -F config_unset >/dev/null || source "$PLUGIN_AVAILABLE_PATH/config/functions"
  declare -F fn-plugin-property-write >/dev/null || source "$PLUGIN_CORE_AVAILABLE_PATH/common/property-functions"
  value=""
  [[ -z "$4" ]] || value="$(plugn trigger config-get-global "$4" || true)"
  if [[ -n "$value" ]]; then
    dokku_log_info1 "Migrating deprecated global $4 to $1 $2 property."
    fn-plugin-property-write "$1" --global "$2" "$value"
    DOKKU_QUIET_OUTPUT=1 config_unset --global "$4" || true
  fi
  for app in $(dokku_apps "false"); do
    value="$(plugn trigger config-get "$app" "$3" || true)"
    [[ -n "$value" ]] || continue
    dokku_log_info1 "Migrating deprecated $3 to $1 $2 property for $app."
    fn-plugin-property-write "$1" "$app" "$2" "$value"
    DOKKU_QUIET_OUTPUT=1 config_unset --no-restart "$app" "$3" || true
  done
}

#@ get_available_port since=0.31.0
get_available_port() {
  dokku_log_warn "Deprecated: please use the 'ports-get-available' plugin trigger instead"
  plugn trigger ports-get-available
}
