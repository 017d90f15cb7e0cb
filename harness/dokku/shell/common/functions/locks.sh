# Advisory locks, held on descriptor 200.

#@ acquire_app_deploy_lock
acquire_app_deploy_lock() {
  verify_app_name "$1"
  exec 200>"$DOKKU_ROOT/$1/.deploy.lock"
  flock -n 200 &>/dev/null && return 0
  [[ "${2:-waiting}" == waiting ]] || dokku_log_fail "$1 is currently being deployed. Exiting..."
  echo "$1 is currently being deployed. Waiting..."
  until flock -n 200 &>/dev/null; do
    sleep 1
  done
}
#@ acquire_app_deploy_lock since=0.11.6
acquire_app_deploy_lock() {
  verify_app_name "$1"
  exec 200>"$DOKKU_ROOT/$1/.deploy.lock"
  flock -n 200 &>/dev/null && return 0
  [[ "${2:-waiting}" == waiting ]] || dokku_log_fail "$1 currently has a deploy lock in place. Exiting..."
  echo "$1 currently has a deploy lock in place. Waiting..."
  until flock -n 200 &>/dev/null; do
    sleep 1
  done
}
#@ acquire_app_deploy_lock since=0.13.0
acquire_app_deploy_lock() {
  local held="$1 currently has a deploy lock in place."
  verify_app_name "$1"
  acquire_advisory_lock "$DOKKU_ROOT/$1/.deploy.lock" "${2:-waiting}" "$held Waiting..." "$held Exiting..."
}
#@ acquire_app_deploy_lock since=0.22.4
acquire_app_deploy_lock() {
  local held="$1 currently has a deploy lock in place."
  acquire_advisory_lock "$DOKKU_ROOT/$1/.deploy.lock" "${2:-waiting}" "$held Waiting..." "$held Exiting..."
}
#@ acquire_app_deploy_lock since=0.34.0
acquire_app_deploy_lock() {
  local held="$1 currently has a deploy lock in place."
  acquire_advisory_lock "$DOKKU_LIB_ROOT/data/apps/$1/.deploy.lock" "${2:-waiting}" "$held Waiting..." "$held Exiting..."
}
#@ acquire_app_deploy_lock since=0.38.0
acquire_app_deploy_lock() {
  local held="$1 currently has a deploy lock in place."
  if [[ -z "$DOKKU_BUILD_ID" ]]; then
    DOKKU_BUILD_ID="$(plugn trigger builds-generate-id 2>/dev/null)"
    export DOKKU_BUILD_ID="${DOKKU_BUILD_ID:-pid-$DOKKU_PID}"
  fi
  acquire_advisory_lock "$DOKKU_LIB_ROOT/data/apps/$1/.deploy.lock" "${2:-waiting}" "$held Waiting..." "$held Exiting..."
}

#@ release_app_deploy_lock
release_app_deploy_lock() {
  verify_app_name "$1"
  flock -u 200 && rm -f "$DOKKU_ROOT/$1/.deploy.lock"
}
#@ release_app_deploy_lock since=0.13.0
release_app_deploy_lock() {
  verify_app_name "$1"
  release_advisory_lock "$DOKKU_ROOT/$1/.deploy.lock"
}
#@ release_app_deploy_lock since=0.22.4
release_app_deploy_lock() {
  release_advisory_lock "$DOKKU_ROOT/$1/.deploy.lock"
}
#@ release_app_deploy_lock since=0.34.0
release_app_deploy_lock() {
  release_advisory_lock "$DOKKU_LIB_ROOT/data/apps/$1/.deploy.lock"
}
#@ release_app_deploy_lock since=0.38.0
release_app_deploy_lock() {
  [[ -z "$DOKKU_BUILD_ID" ]] || plugn trigger builds-record-finalize "$1" "$DOKKU_BUILD_ID" "${2:-0}" || true
  release_advisory_lock "$DOKKU_LIB_ROOT/data/apps/$1/.deploy.lock"
}

#@ acquire_advisory_lock
acquire_advisory_lock() {
  eval "exec 200>$1"
  flock -n 200 &>/dev/null && return 0
  [[ "$2" == waiting ]] || dokku_log_fail "$4"
  echo "$3"
  until flock -n 200 &>/dev/null; do
    sleep 1
  done
}
#@ acquire_advisory_lock since=0.25.0
acquire_advisory_lock() {
  eval "exec 200>$1"
  flock -n 200 &>/dev/null && return 0
  if [[ "$2" != waiting ]]; then
    dokku_log_warn "$4"
    dokku_log_fail "Run 'apps:unlock' to release the existing deploy lock"
  fi
  echo "$3"
  until flock -n 200 &>/dev/null; do
    sleep 1
  done
}
#@ acquire_advisory_lock since=0.34.0
acquire_advisory_lock() {
  eval "exec 200>$1"
  if ! flock -n 200 &>/dev/null; then
    if [[ "$2" != waiting ]]; then
      dokku_log_warn "$4"
      dokku_log_fail "Run 'apps:unlock' to release the existing deploy lock"
    fi
    echo "$3"
    until flock -n 200 &>/dev/null; do
      sleep 1
    done
  fi
  echo "$DOKKU_PID" >"$1"
}
#@ acquire_advisory_lock since=0.38.0
acquire_advisory_lock() {
  eval "exec 200>$1"
  if ! flock -n 200 &>/dev/null; then
    if [[ "$2" != waiting ]]; then
      dokku_log_warn "$4"
      dokku_log_fail "Run 'apps:unlock' to release the existing deploy lock"
    fi
    echo "$3"
    until flock -n 200 &>/dev/null; do
      sleep 1
    done
  fi
  echo "${DOKKU_BUILD_ID:-$DOKKU_PID}" >"$1"
}

#@ release_advisory_lock
release_advisory_lock() {
  flock -u 200 && rm -f "$1"
}
