# The command line and the terminal it came from.

#@ has_tty
has_tty() {
  [[ -t 0 ]]
}
#@ has_tty since=0.25.0
has_tty() {
  [[ "$DOKKU_DISABLE_TTY" != true && -t 0 ]]
}
#@ has_tty since=0.33.6
has_tty() {
  [[ "$DOKKU_FORCE_TTY" == true ]] || [[ "$DOKKU_DISABLE_TTY" != true && -t 0 ]]
}

#@ parse_args
parse_args() {
  local word
  for word; do
    case "$word" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --rm | --rm-container) export DOKKU_RM_CONTAINER=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
    esac
  done
}
# The app of a second --app is looked for one word too early.
#@ parse_args since=0.5.0
parse_args() {
  local words=("$@") word next=1 is_app=""
  for word; do
    if [[ -n "$is_app" ]]; then
      is_app=""
      continue
    fi
    case "$word" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --rm | --rm-container) export DOKKU_RM_CONTAINER=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) is_app=1; export DOKKU_APP_NAME="${words[next]}" ;;
    esac
    next=$((next + 1))
  done
}
#@ parse_args since=0.5.7
parse_args() {
  local words=("$@") word next=1 is_app=""
  for word; do
    if [[ -n "$is_app" ]]; then
      is_app=""
      continue
    fi
    case "$word" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --detach) export DOKKU_DETACH_CONTAINER=1 ;;
      --rm | --rm-container) export DOKKU_RM_CONTAINER=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) is_app=1; export DOKKU_APP_NAME="${words[next]}" ;;
    esac
    next=$((next + 1))
  done
}
#@ parse_args since=0.8.1
parse_args() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --detach) export DOKKU_DETACH_CONTAINER=1 ;;
      --rm | --rm-container) export DOKKU_RM_CONTAINER=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) export DOKKU_APP_NAME="$2"; shift ;;
    esac
    shift || true
  done
}
# Of `--app X` the flag alone reaches DOKKU_GLOBAL_FLAGS.
#@ parse_args since=0.19.0
parse_args() {
  local flags=""
  while [[ $# -gt 0 ]]; do
    [[ "$1" == --* ]] && flags+=" $1"
    case "$1" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --detach) export DOKKU_DETACH_CONTAINER=1 ;;
      --rm | --rm-container) export DOKKU_RM_CONTAINER=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) export DOKKU_APP_NAME="$2"; shift ;;
    esac
    shift || true
  done
  [[ -n "$DOKKU_GLOBAL_FLAGS" ]] || export DOKKU_GLOBAL_FLAGS="$(printf '%b' "${flags# }")"
}
#@ parse_args since=0.25.0
parse_args() {
  local flags=""
  while [[ $# -gt 0 ]]; do
    [[ "$1" == --* ]] && flags+=" $1"
    case "$1" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --detach)
        dokku_log_warn_quiet "Deprecated: use run:detached instead of using the --detach flag"
        export DOKKU_DETACH_CONTAINER=1
        ;;
      --rm | --rm-container)
        dokku_log_warn_quiet "Deprecated: all run containers are now removed on exit by default"
        ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) export DOKKU_APP_NAME="$2"; shift ;;
    esac
    shift || true
  done
  [[ -n "$DOKKU_GLOBAL_FLAGS" ]] || export DOKKU_GLOBAL_FLAGS="$(printf '%b' "${flags# }")"
}
#@ parse_args since=0.30.0
parse_args() {
  local flags=""
  while [[ $# -gt 0 ]]; do
    [[ "$1" == --* ]] && flags+=" $1"
    case "$1" in
      --quiet) export DOKKU_QUIET_OUTPUT=1 ;;
      --trace) export DOKKU_TRACE=1 ;;
      --force) export DOKKU_APPS_FORCE_DELETE=1 ;;
      --app) export DOKKU_APP_NAME="$2"; shift ;;
    esac
    shift || true
  done
  [[ -n "$DOKKU_GLOBAL_FLAGS" ]] || export DOKKU_GLOBAL_FLAGS="$(printf '%b' "${flags# }")"
}
