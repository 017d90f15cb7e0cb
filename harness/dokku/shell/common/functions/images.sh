# The names of images, and what an image is made of.

#@ verify_image
verify_image() {
  docker inspect "$1" &>/dev/null || return 1
}
#@ verify_image since=0.17.5
verify_image() {
  "$DOCKER_BIN" inspect "$1" &>/dev/null || return 1
}
#@ verify_image since=0.19.0
verify_image() {
  "$DOCKER_BIN" image inspect "$1" &>/dev/null || return 1
}
#@ verify_image since=0.38.7
verify_image() {
  dokku_log_warn "Deprecated: please use 'fn-verify-app-image' instead of 'verify_image'"
  "$DOCKER_BIN" image inspect "$1" &>/dev/null || return 1
}

#@ fn-verify-app-image
fn-verify-app-image() {
  local APP="$1" IMAGE="$2" DEPLOYED_TAG DOCKER_CONFIG REGISTRY REPO PULLED
  "$DOCKER_BIN" image inspect "$IMAGE" &>/dev/null && return 0
  [[ "$IMAGE" != *:latest ]] || return 1
  DEPLOYED_TAG="$(plugn trigger deployed-app-image-tag "$APP")"
  [[ -n "$DEPLOYED_TAG" ]] || return 1

  DOCKER_CONFIG="$(fn-registry-docker-config-dir "$APP")"
  [[ -z "$DOCKER_CONFIG" ]] || export DOCKER_CONFIG
  REGISTRY="$(plugn trigger deployed-app-repository "$APP")"
  REPO="$(plugn trigger deployed-app-image-repo "$APP")"
  dokku_log_info1 "Image $IMAGE not found locally, pulling from registry" >&2

  PULLED="$REGISTRY${REPO:-${IMAGE%:*}}:${IMAGE##*:}"
  [[ -n "$REPO" && "$IMAGE" == "$REGISTRY$REPO:"* ]] && PULLED="$IMAGE"
  "$DOCKER_BIN" image pull "$PULLED" >&2 || return 1
  [[ -n "$REPO" && "$PULLED" == "$IMAGE" ]] || "$DOCKER_BIN" image tag "$PULLED" "$IMAGE" >&2 || return 1
}

#@ fn-registry-docker-config-dir
fn-registry-docker-config-dir() {
  local place="/var/lib/dokku/config/registry/$1"
  [[ -f "$place/config.json" ]] || return 0
  [[ "$(jq -r '.auths | length' "$place/config.json" 2>/dev/null)" == 0 ]] || echo "$place"
}

#@ get_app_image_repo
get_app_image_repo() {
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_repo) APP must not be null"
  echo "dokku/$1"
}
#@ get_app_image_repo since=0.10.4
get_app_image_repo() {
  is_valid_app_name "$1"
  echo "dokku/$1"
}
#@ get_app_image_repo since=0.22.3
get_app_image_repo() {
  echo "dokku/$1"
}

#@ get_app_image_name
get_app_image_name() {
  local IMAGE_REPO="$(get_app_image_repo "$1")"
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_name) APP must not be null"
  IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_app_image_name since=0.5.0
get_app_image_name() {
  local IMAGE_REPO="$(get_app_image_repo "$1")"
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_name) APP must not be null"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
# From 0.6.5 on IMAGE_REPO is left behind in the caller's shell.
#@ get_app_image_name since=0.6.5
get_app_image_name() {
  IMAGE_REPO="$3"
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_name) APP must not be null"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_app_image_name since=0.10.4
get_app_image_name() {
  IMAGE_REPO="$3"
  is_valid_app_name "$1"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_app_image_name since=0.12.0
get_app_image_name() {
  IMAGE_REPO="$3"
  is_valid_app_name "$1"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_app_image_name since=0.22.3
get_app_image_name() {
  IMAGE_REPO="$3"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || verify_image "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_app_image_name since=0.38.7
get_app_image_name() {
  IMAGE_REPO="$3"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$IMAGE_REPO:${2:-latest}"
  [[ -z "$2" ]] || fn-verify-app-image "$1" "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}

#@ get_deploying_app_image_name
get_deploying_app_image_name() {
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_name) APP must not be null"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  echo "$REGISTRY$(get_app_image_name "$1" "${TAG:-$2}")"
}
#@ get_deploying_app_image_name since=0.6.5
get_deploying_app_image_name() {
  [[ -n "$1" ]] || dokku_log_fail "(get_app_image_name) APP must not be null"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  local REPO="$(plugn trigger deployed-app-image-repo "$1")"
  echo "$REGISTRY$(get_app_image_name "$1" "${TAG:-$2}" "$REPO")"
}
#@ get_deploying_app_image_name since=0.7.0
get_deploying_app_image_name() {
  IMAGE_REPO="$3"
  [[ -n "$1" ]] || dokku_log_fail "(get_deploying_app_image_name) APP must not be null"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  local REPO="$(plugn trigger deployed-app-image-repo "$1")"
  IMAGE_REPO="${REPO:-$IMAGE_REPO}"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$REGISTRY$IMAGE_REPO:${TAG:-${2:-latest}}"
  verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_deploying_app_image_name since=0.10.4
get_deploying_app_image_name() {
  IMAGE_REPO="$3"
  is_valid_app_name "$1"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  local REPO="$(plugn trigger deployed-app-image-repo "$1")"
  IMAGE_REPO="${REPO:-$IMAGE_REPO}"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$REGISTRY$IMAGE_REPO:${TAG:-${2:-latest}}"
  verify_image "$IMAGE" || dokku_log_fail "app image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_deploying_app_image_name since=0.12.0
get_deploying_app_image_name() {
  IMAGE_REPO="$3"
  is_valid_app_name "$1"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  local REPO="$(plugn trigger deployed-app-image-repo "$1")"
  IMAGE_REPO="${REPO:-$IMAGE_REPO}"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$REGISTRY$IMAGE_REPO:${TAG:-${2:-latest}}"
  verify_image "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_deploying_app_image_name since=0.22.3
get_deploying_app_image_name() {
  IMAGE_REPO="$3"
  local REGISTRY="$(plugn trigger deployed-app-repository "$1")"
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  local REPO="$(plugn trigger deployed-app-image-repo "$1")"
  IMAGE_REPO="${REPO:-$IMAGE_REPO}"
  [[ -n "$IMAGE_REPO" ]] || IMAGE_REPO="$(get_app_image_repo "$1")"
  local IMAGE="$REGISTRY$IMAGE_REPO:${TAG:-${2:-latest}}"
  verify_image "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_deploying_app_image_name since=0.26.0
get_deploying_app_image_name() {
  local IMAGE TAG REGISTRY REPO
  TAG="$(get_running_image_tag "$1" "$2")"
  REGISTRY="$(plugn trigger deployed-app-repository "$1" || true)"
  REPO="$(plugn trigger deployed-app-image-repo "$1" || true)"
  REPO="${REPO:-$3}"
  IMAGE="$REGISTRY${REPO:-$(get_app_image_repo "$1")}:$TAG"
  verify_image "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}
#@ get_deploying_app_image_name since=0.38.7
get_deploying_app_image_name() {
  local IMAGE TAG REGISTRY REPO
  TAG="$(get_running_image_tag "$1" "$2")"
  REGISTRY="$(plugn trigger deployed-app-repository "$1" || true)"
  REPO="$(plugn trigger deployed-app-image-repo "$1" || true)"
  REPO="${REPO:-$3}"
  IMAGE="$REGISTRY${REPO:-$(get_app_image_repo "$1")}:$TAG"
  fn-verify-app-image "$1" "$IMAGE" || dokku_log_fail "App image ($IMAGE) not found"
  echo "$IMAGE"
}

# Until 0.25.7 the tag is read off the first container; from 0.26.0 on it is never empty.
#@ get_running_image_tag
get_running_image_tag() {
  [[ -n "$1" ]] || dokku_log_fail "(get_running_image_tag) APP must not be null"
  verify_app_name "$1"
  CIDS=($(get_app_container_ids "$1"))
  RUNNING_IMAGE_TAG="$(docker ps -a --no-trunc | awk -v id="${CIDS[0]}" 'id && $0 ~ id { split($2, name, ":"); print name[2] }' || true)"
  echo $RUNNING_IMAGE_TAG
}
#@ get_running_image_tag since=0.5.0
get_running_image_tag() {
  [[ -n "$1" ]] || dokku_log_fail "(get_running_image_tag) APP must not be null"
  verify_app_name "$1"
  local ids=($(get_app_container_ids "$1"))
  docker inspect -f '{{ .Config.Image }}' ${ids[0]} 2>/dev/null | awk -F: '{ print $2 } END { if (!NR) print "" }' || true
}
#@ get_running_image_tag since=0.10.4
get_running_image_tag() {
  verify_app_name "$1"
  local ids=($(get_app_container_ids "$1"))
  docker inspect -f '{{ .Config.Image }}' "${ids[0]}" 2>/dev/null | awk -F: '{ print $2 } END { if (!NR) print "" }' || true
}
#@ get_running_image_tag since=0.17.5
get_running_image_tag() {
  verify_app_name "$1"
  local ids=($(get_app_container_ids "$1"))
  "$DOCKER_BIN" inspect -f '{{ .Config.Image }}' "${ids[0]}" 2>/dev/null | awk -F: '{ print $2 } END { if (!NR) print "" }' || true
}
#@ get_running_image_tag since=0.19.0
get_running_image_tag() {
  verify_app_name "$1"
  local ids=($(get_app_container_ids "$1"))
  "$DOCKER_BIN" container inspect --format '{{ .Config.Image }}' "${ids[0]}" 2>/dev/null | awk -F: '{ print $2 } END { if (!NR) print "" }' || true
}
#@ get_running_image_tag since=0.22.4
get_running_image_tag() {
  local ids=($(get_app_container_ids "$1"))
  "$DOCKER_BIN" container inspect --format '{{ .Config.Image }}' "${ids[0]}" 2>/dev/null | awk -F: '{ print $2 } END { if (!NR) print "" }' || true
}
#@ get_running_image_tag since=0.26.0
get_running_image_tag() {
  local TAG="$(plugn trigger deployed-app-image-tag "$1")"
  TAG="${TAG:-$2}"
  echo "${TAG:-latest}"
}

#@ get_image_builder_type
get_image_builder_type() {
  BUILDER_TYPE=dockerfile
  if [[ -n "$1" ]]; then
    BUILDER_TYPE="$("$DOCKER_BIN" image inspect --format '{{ index .Config.Labels "com.dokku.builder-type" }}' "$1")"
    if [[ -z "$BUILDER_TYPE" ]]; then
      BUILDER_TYPE=dockerfile
      ! is_image_herokuish_based "$1" "$2" || BUILDER_TYPE=herokuish
    fi
  fi
  echo "$BUILDER_TYPE"
}

#@ is_image_cnb_based
is_image_cnb_based() {
  [[ -n "$1" ]] || return 1
  CNB_STACK_ID="$("$DOCKER_BIN" image inspect --format '{{ index .Config.Labels "io.buildpacks.stack.id" }}' "$1")"
  [[ -n "$CNB_STACK_ID" ]]
}
#@ is_image_cnb_based since=0.29.0
is_image_cnb_based() {
  [[ "$("$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet image-is-cnb-based "$1")" == true ]]
}

#@ is_image_herokuish_based since=0.15.0
is_image_herokuish_based() {
  local found="$(docker inspect -f '{{range .Config.Env}}{{if eq . "USER=herokuishuser" }}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.16.3
is_image_herokuish_based() {
  [[ -n "$1" ]] || return 1
  local found="$(docker inspect -f '{{range .Config.Env}}{{if eq . "USER=herokuishuser" }}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.17.5
is_image_herokuish_based() {
  [[ -n "$1" ]] || return 1
  local found="$("$DOCKER_BIN" inspect -f '{{range .Config.Env}}{{if eq . "USER=herokuishuser" }}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.19.0
is_image_herokuish_based() {
  [[ -n "$1" ]] || return 1
  local found="$("$DOCKER_BIN" image inspect --format '{{range .Config.Env}}{{if eq . "USER=herokuishuser" }}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.19.9
is_image_herokuish_based() {
  local user=""
  [[ -z "$2" ]] || user="$(config_get "$2" DOKKU_APP_USER || true)"
  [[ -n "$1" ]] || return 1
  local found="$("$DOCKER_BIN" image inspect --format '{{range .Config.Env}}{{if eq . "USER='"${user:-herokuishuser}"'"}}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.22.0
is_image_herokuish_based() {
  [[ -n "$1" ]] || return 1
  ! is_image_cnb_based "$1" || return 0
  local user=""
  [[ -z "$2" ]] || user="$(config_get "$2" DOKKU_APP_USER || true)"
  local found="$("$DOCKER_BIN" image inspect --format '{{range .Config.Env}}{{if eq . "USER='"${user:-herokuishuser}"'"}}{{println .}}{{end}}{{end}}' "$1")"
  [[ -n "$found" ]]
}
#@ is_image_herokuish_based since=0.29.0
is_image_herokuish_based() {
  [[ "$("$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet image-is-herokuish-based "$1" "$2")" == true ]]
}

#@ fn-force-arm64-image
fn-force-arm64-image() {
  local made_for="$("$DOCKER_BIN" image inspect --format '{{.Architecture}}' "$1")"
  [[ "$made_for" == amd64 && "$(dpkg --print-architecture 2>/dev/null || true)" != amd64 ]]
}

#@ get_docker_version
get_docker_version() {
  CLIENT_VERSION_STRING="$(docker version -f="{{ .Client.Version }}")"
  echo "$CLIENT_VERSION_STRING"
}
#@ get_docker_version since=0.17.5
get_docker_version() {
  CLIENT_VERSION_STRING="$("$DOCKER_BIN" version -f="{{ .Client.Version }}")"
  echo "$CLIENT_VERSION_STRING"
}
#@ get_docker_version since=0.19.0
get_docker_version() {
  CLIENT_VERSION_STRING="$("$DOCKER_BIN" version --format "{{ .Client.Version }}")"
  echo "$CLIENT_VERSION_STRING"
}

#@ fn-is-compose-installed
fn-is-compose-installed() {
  local answer
  answer="$(docker info -f '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}true{{end}}{{end}}')"
  [[ "$answer" == true ]]
}
