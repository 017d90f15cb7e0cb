# What goes to the system's log alone.

#@ dokku_log_event
dokku_log_event() {
  logger -t dokku -i -- "$@"
}
#@ dokku_log_event since=0.18.0
dokku_log_event() {
  logger -t dokku-event -i -- "$@"
}

#@ dokku_log_plugn_trigger_call
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} )"
}
#@ dokku_log_plugn_trigger_call since=0.4.1
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} ) NAME=$NAME FINGERPRINT=$FINGERPRINT"
}
#@ dokku_log_plugn_trigger_call since=0.22.6
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} ) NAME=$NAME FINGERPRINT=$FINGERPRINT DOKKU_PID=$DOKKU_PID"
}

#@ dokku_container_log_verbose_quiet
dokku_container_log_verbose_quiet() {
  local line
  docker logs "$1" 2>&1 | while IFS= read -r line || [[ -n "$line" ]]; do
    [[ -z "$line" ]] || dokku_log_verbose_quiet "$line"
  done || true
}
#@ dokku_container_log_verbose_quiet since=0.17.5
dokku_container_log_verbose_quiet() {
  local line
  "$DOCKER_BIN" logs "$1" 2>&1 | while IFS= read -r line || [[ -n "$line" ]]; do
    [[ -z "$line" ]] || dokku_log_verbose_quiet "$line"
  done || true
}
#@ dokku_container_log_verbose_quiet since=0.19.0
dokku_container_log_verbose_quiet() {
  local line
  "$DOCKER_BIN" container logs "$1" 2>&1 | while IFS= read -r line || [[ -n "$line" ]]; do
    [[ -z "$line" ]] || dokku_log_verbose_quiet "$line"
  done || true
}

#@ suppress_output
suppress_output() {
  local kept
  kept="$(mktemp /tmp/suppress_output.XXXX)"
  trap "rm -rf '$kept'" RETURN INT TERM EXIT
  "$@" >"$kept" 2>&1 || {
    local status=$?
    cat "$kept"
    return "$status"
  }
}
#@ suppress_output since=0.17.0
suppress_output() {
  local kept
  kept="$(mktemp /tmp/dokku-suppress_output.XXXX)"
  trap "rm -rf '$kept'" RETURN
  "$@" >"$kept" 2>&1 || {
    local status=$?
    cat "$kept"
    return "$status"
  }
}
#@ suppress_output since=0.18.2
suppress_output() {
  local kept
  kept="$(mktemp "/tmp/dokku-$DOKKU_PID-suppress_output.XXXXXX")"
  trap "rm -rf '$kept'" RETURN
  "$@" >"$kept" 2>&1 || {
    local status=$?
    cat "$kept"
    return "$status"
  }
}
#@ suppress_output since=0.34.0
suppress_output() {
  local kept status=0
  kept="$(mktemp "/tmp/dokku-$DOKKU_PID-suppress_output.XXXXXX")"
  "$@" >"$kept" 2>&1 || status=$?
  [[ $status -eq 0 ]] || cat "$kept"
  rm -rf "$kept"
  return "$status"
}
