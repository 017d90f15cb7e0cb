# The containers of an app: a file CONTAINER.<type>.<n> for each, with its id.

#@ get_app_container_ids
get_app_container_ids() {
  local pattern="$DOKKU_ROOT/$1/CONTAINER.*" file ids=""
  verify_app_name "$1"
  if [[ "$2" == *.* ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2"
    [[ -f "$pattern" ]] || { echo; return 0; }
  elif [[ -n "$2" ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2.*"
  fi
  [[ ! -f "$DOKKU_ROOT/$1/CONTAINER" ]] || ids="$(<"$DOKKU_ROOT/$1/CONTAINER")"
  shopt -s nullglob
  for file in $pattern; do
    ids+=" $(<"$file") "
  done
  shopt -u nullglob
  echo $ids
}
#@ get_app_container_ids since=0.5.0
get_app_container_ids() {
  local pattern="$DOKKU_ROOT/$1/CONTAINER.*" file ids=""
  verify_app_name "$1"
  if [[ "$2" == *.* ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2"
    [[ -f "$pattern" ]] || { echo; return 0; }
  elif [[ -n "$2" ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2.*"
  fi
  [[ ! -f "$DOKKU_ROOT/$1/CONTAINER" ]] || ids="$(<"$DOKKU_ROOT/$1/CONTAINER")"
  shopt -s nullglob
  for file in $pattern; do
    ids+=" $(<"$file") "
  done
  shopt -u nullglob
  echo "$ids"
}
#@ get_app_container_ids since=0.22.4
get_app_container_ids() {
  local pattern="$DOKKU_ROOT/$1/CONTAINER.*" file ids=""
  if [[ "$2" == *.* ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2"
    [[ -f "$pattern" ]] || { echo; return 0; }
  elif [[ -n "$2" ]]; then
    pattern="$DOKKU_ROOT/$1/CONTAINER.$2.*"
  fi
  [[ ! -f "$DOKKU_ROOT/$1/CONTAINER" ]] || ids="$(<"$DOKKU_ROOT/$1/CONTAINER")"
  shopt -s nullglob
  for file in $pattern; do
    ids+=" $(<"$file") "
  done
  shopt -u nullglob
  echo "$ids"
}

#@ get_app_running_container_ids
get_app_running_container_ids() {
  local id ids running=""
  verify_app_name "$1"
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    [[ "$(docker inspect -f '{{.State.Running}}' "$id" || true)" != true ]] || running+="$id "
  done
  echo "$running"
}
#@ get_app_running_container_ids since=0.6.4
get_app_running_container_ids() {
  local id ids running=""
  verify_app_name "$1"
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  ids="$(get_app_container_ids "$1" "$2")"
  for id in $ids; do
    [[ "$(docker inspect -f '{{.State.Running}}' "$id" 2>/dev/null || true)" != true ]] || running+="$id "
  done
  echo "$running"
}
#@ get_app_running_container_ids since=0.12.0
get_app_running_container_ids() {
  local id ids running=""
  verify_app_name "$1"
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  ids="$(get_app_container_ids "$1" "$2")"
  for id in $ids; do
    ! is_container_status "$id" Running || running+="$id "
  done
  echo "$running"
}
#@ get_app_running_container_ids since=0.21.0
get_app_running_container_ids() {
  local id ids running=""
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  ids="$(get_app_container_ids "$1" "$2")"
  for id in $ids; do
    ! is_container_status "$id" Running || running+="$id "
  done
  echo "$running"
}

#@ get_app_running_container_types
get_app_running_container_types() {
  local file type types=" "
  verify_app_name "$1"
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  for file in "$DOKKU_ROOT/$1"/CONTAINER.*; do
    [[ -e "$file" ]] || continue
    type="${file##*/CONTAINER.}"
    type="${type%%.*}"
    [[ "$types" == *" $type "* ]] || types+="$type "
  done
  types="${types# }"
  echo "${types% }"
}
#@ get_app_running_container_types since=0.21.0
get_app_running_container_types() {
  local file type types=" "
  (is_deployed "$1") || dokku_log_fail "App $1 has not been deployed"
  for file in "$DOKKU_ROOT/$1"/CONTAINER.*; do
    [[ -e "$file" ]] || continue
    type="${file##*/CONTAINER.}"
    type="${type%%.*}"
    [[ "$types" == *" $type "* ]] || types+="$type "
  done
  types="${types# }"
  echo "${types% }"
}

#@ is_deployed
is_deployed() {
  local file
  for file in "$DOKKU_ROOT/$1"/CONTAINER "$DOKKU_ROOT/$1"/CONTAINER.*; do
    [[ ! -e "$file" ]] || return 0
  done
  return 1
}
#@ is_deployed since=0.16.1
is_deployed() {
  source "$PLUGIN_AVAILABLE_PATH/config/functions"
  local scheduler="$(get_app_scheduler "$1")"
  plugn trigger scheduler-is-deployed "$scheduler" "$1"
}
#@ is_deployed since=0.23.4
is_deployed() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet is-deployed "$1"
}

#@ is_container_status
is_container_status() {
  [[ "$(docker inspect -f "{{.State.$2}}" "$1" || true)" == true ]]
}
#@ is_container_status since=0.12.0
is_container_status() {
  [[ "$(docker inspect -f "{{.State.$2}}" "$1" 2>/dev/null || true)" == true ]]
}
#@ is_container_status since=0.17.5
is_container_status() {
  [[ "$("$DOCKER_BIN" inspect -f "{{.State.$2}}" "$1" 2>/dev/null || true)" == true ]]
}
#@ is_container_status since=0.19.0
is_container_status() {
  [[ "$("$DOCKER_BIN" container inspect --format "{{.State.$2}}" "$1" 2>/dev/null || true)" == true ]]
}

#@ is_container_running
is_container_running() {
  [[ "$(docker inspect -f '{{.State.Running}}' "$1" || true)" == true ]]
}
#@ is_container_running since=0.12.6
is_container_running() {
  dokku_log_warn "Deprecated: common#is_container_status"
  [[ "$(docker inspect -f '{{.State.Running}}' "$1" || true)" == true ]]
}
#@ is_container_running since=0.17.5
is_container_running() {
  dokku_log_warn "Deprecated: common#is_container_status"
  [[ "$("$DOCKER_BIN" inspect -f '{{.State.Running}}' "$1" || true)" == true ]]
}
#@ is_container_running since=0.19.0
is_container_running() {
  dokku_log_warn "Deprecated: common#is_container_status"
  [[ "$("$DOCKER_BIN" container inspect --format '{{.State.Running}}' "$1" || true)" == true ]]
}

#@ is_app_running
is_app_running() {
  verify_app_name "$1"
  [[ -n "$(get_app_running_container_ids "$1")" ]]
}
#@ is_app_running since=0.12.6
is_app_running() {
  dokku_log_warn "Deprecated: ps#fn-is-app-running"
  verify_app_name "$1"
  [[ -n "$(get_app_running_container_ids "$1")" ]]
}
#@ is_app_running since=0.19.0
is_app_running() {
  dokku_log_warn "Deprecated: ps#fn-is-app-running"
  verify_app_name "$1"
  [[ -n "$(get_app_running_container_ids "$1" 2>/dev/null)" ]]
}

#@ is_app_running since=0.22.0
is_app_running() {
  dokku_log_warn "Deprecated: ps#fn-ps-is-app-running"
  verify_app_name "$1"
  [[ -n "$(get_app_running_container_ids "$1" 2>/dev/null)" ]]
}
#@ is_app_running since=0.22.4
is_app_running() {
  dokku_log_warn "Deprecated: ps#fn-ps-is-app-running"
  [[ -n "$(get_app_running_container_ids "$1" 2>/dev/null)" ]]
}

# Of several containers the last one's ports are shown.
#@ get_container_ports
get_container_ports() {
  local id ids ports=""
  verify_app_name "$1"
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    ports="$(docker port "$id" | awk '{ split($3 "->" $1, part, ":"); print part[2] }' || true)"
  done
  echo "$ports"
}
#@ get_container_ports since=0.17.5
get_container_ports() {
  local id ids ports=""
  verify_app_name "$1"
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    ports="$("$DOCKER_BIN" port "$id" | awk '{ split($3 "->" $1, part, ":"); print part[2] }' || true)"
  done
  echo "$ports"
}
#@ get_container_ports since=0.19.0
get_container_ports() {
  local id ids ports=""
  verify_app_name "$1"
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    ports="$("$DOCKER_BIN" container port "$id" | awk '{ split($3 "->" $1, part, ":"); print part[2] }' || true)"
  done
  echo "$ports"
}
#@ get_container_ports since=0.22.4
get_container_ports() {
  local id ids ports=""
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    ports="$("$DOCKER_BIN" container port "$id" | awk '{ split($3 "->" $1, part, ":"); print part[2] }' || true)"
  done
  echo "$ports"
}

#@ get_app_scheduler
get_app_scheduler() {
  local scheduler="$(config_get "$1" DOKKU_SCHEDULER || true)"
  [[ -n "$scheduler" ]] || scheduler="$(config_get --global DOKKU_SCHEDULER || true)"
  echo "${scheduler:-docker-local}"
}
#@ get_app_scheduler since=0.14.0
get_app_scheduler() {
  local scheduler=""
  [[ -z "$1" ]] || scheduler="$(config_get "$1" DOKKU_SCHEDULER || true)"
  [[ -n "$scheduler" ]] || scheduler="$(config_get --global DOKKU_SCHEDULER || true)"
  echo "${scheduler:-docker-local}"
}
#@ get_app_scheduler since=0.15.4
get_app_scheduler() {
  local scheduler=""
  source "$PLUGIN_AVAILABLE_PATH/config/functions"
  [[ -z "$1" ]] || scheduler="$(config_get "$1" DOKKU_SCHEDULER || true)"
  [[ -n "$scheduler" ]] || scheduler="$(config_get --global DOKKU_SCHEDULER || true)"
  echo "${scheduler:-docker-local}"
}
#@ get_app_scheduler since=0.18.0
get_app_scheduler() {
  local scheduler=""
  source "$PLUGIN_AVAILABLE_PATH/config/functions"
  [[ -z "$1" || "$1" == --global ]] || scheduler="$(config_get "$1" DOKKU_SCHEDULER || true)"
  [[ -n "$scheduler" ]] || scheduler="$(config_get --global DOKKU_SCHEDULER || true)"
  echo "${scheduler:-docker-local}"
}
#@ get_app_scheduler since=0.26.0
get_app_scheduler() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet scheduler-detect "$1"
}

#@ copy_from_image since=0.35.14
copy_from_image() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" copy-from-image "$APP" "$1" "$2" "$3" || return 1
}
#@ copy_dir_from_image since=0.36.0
copy_dir_from_image() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" copy-dir-from-image "$APP" "$1" "$2" "$3" || return 1
}

#@ docker_cleanup since=0.25.0
docker_cleanup() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet docker-cleanup "$1"
}
