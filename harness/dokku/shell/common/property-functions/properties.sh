# Properties: a file for each, under the plugin and the app (or `--global`).

#@ fn-plugin-property-setup
fn-plugin-property-setup() {
  [[ -n "$1" ]] || return 1
  export DOKKU_SYSTEM_GROUP="${DOKKU_SYSTEM_GROUP:-dokku}" DOKKU_SYSTEM_USER="${DOKKU_SYSTEM_USER:-dokku}"
  mkdir -p "$DOKKU_LIB_ROOT/config/$1"
  chmod 0755 "$DOKKU_LIB_ROOT/config/$1"
  chown "$DOKKU_SYSTEM_USER:$DOKKU_SYSTEM_GROUP" "$DOKKU_LIB_ROOT/config/$1"
}
#@ fn-plugin-property-setup since=0.12.11
fn-plugin-property-setup() {
  [[ -n "$1" ]] || return 1
  mkdir -p "$DOKKU_LIB_ROOT/config/$1"
  chmod 0755 "$DOKKU_LIB_ROOT/config/$1"
  chown "$DOKKU_SYSTEM_USER:$DOKKU_SYSTEM_GROUP" "$DOKKU_LIB_ROOT/config/$1"
}
#@ fn-plugin-property-setup since=0.13.3
fn-plugin-property-setup() {
  [[ -n "$1" ]] || return 1
  mkdir -p "$DOKKU_LIB_ROOT/config/$1"
  chmod 0755 "$DOKKU_LIB_ROOT/config/$1"
  chown "${DOKKU_SYSTEM_USER:=dokku}:${DOKKU_SYSTEM_GROUP:=dokku}" "$DOKKU_LIB_ROOT/config/$1"
}
#@ fn-plugin-property-setup since=0.19.10
fn-plugin-property-setup() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" setup "$1"
}

#@ fn-plugin-property-setup-app
fn-plugin-property-setup-app() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" setup-app "$1" "$2"
}

#@ fn-plugin-property-write
fn-plugin-property-write() {
  [[ -n "$1" && -n "$2" && -n "$3" ]] || return 1
  mkdir -p "$DOKKU_LIB_ROOT/config/$1/$2"
  echo "$4" >"$DOKKU_LIB_ROOT/config/$1/$2/$3"
  chmod 600 "$DOKKU_LIB_ROOT/config/$1/$2/$3"
}
#@ fn-plugin-property-write since=0.19.10
fn-plugin-property-write() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" set "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-read
fn-plugin-property-read() {
  [[ -n "$1" && -n "$2" && -n "$3" && -f "$DOKKU_LIB_ROOT/config/$1/$2/$3" ]] || return 1
  cat "$DOKKU_LIB_ROOT/config/$1/$2/$3"
}

#@ fn-plugin-property-get
fn-plugin-property-get() {
  local value
  [[ -n "$1" && -n "$2" && -n "$3" ]] || return 1
  value="$(fn-plugin-property-read "$1" "$2" "$3" || true)"
  echo "${value:-$4}"
}
#@ fn-plugin-property-get since=0.19.10
fn-plugin-property-get() {
  fn-plugin-property-get-default "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-get-default
fn-plugin-property-get-default() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" get-with-default "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-get-all
fn-plugin-property-get-all() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" get-all "$1" "$2"
}

#@ fn-plugin-property-get-all-by-prefix
fn-plugin-property-get-all-by-prefix() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" get-all-by-prefix "$1" "$2" "$3"
}

#@ fn-plugin-property-exists
fn-plugin-property-exists() {
  [[ -n "$1" && -n "$2" && -n "$3" && -f "$DOKKU_LIB_ROOT/config/$1/$2/$3" ]] || return 1
}
#@ fn-plugin-property-exists since=0.19.10
fn-plugin-property-exists() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" exists "$1" "$2" "$3"
}

#@ fn-plugin-property-delete
fn-plugin-property-delete() {
  [[ -n "$1" && -n "$2" && -n "$3" ]] || return 1
  rm -f "$DOKKU_LIB_ROOT/config/$1/$2/$3"
}
#@ fn-plugin-property-delete since=0.19.10
fn-plugin-property-delete() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" del "$1" "$2" "$3"
}

#@ fn-plugin-property-destroy
fn-plugin-property-destroy() {
  [[ -n "$1" && -n "$2" ]] || return 1
  local place="$DOKKU_LIB_ROOT/config/$1"
  [[ "$2" == _all_ ]] || place+="/$2"
  rm -rf "$place"
}
#@ fn-plugin-property-destroy since=0.19.10
fn-plugin-property-destroy() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" destroy "$1" "$2"
}

#@ fn-plugin-property-clone
fn-plugin-property-clone() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" clone "$1" "$2" "$3"
}
