# What a plugin says to its user: to which stream, behind which prefix, and whether quiet silences it.

#@ dokku_log_quiet
dokku_log_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "$*"
}

#@ dokku_log_info1
dokku_log_info1() {
  echo "-----> $@"
}
#@ dokku_log_info1 since=0.4.4
dokku_log_info1() {
  echo "-----> $*"
}

#@ dokku_log_info2
dokku_log_info2() {
  echo "=====> $@"
}
#@ dokku_log_info2 since=0.4.4
dokku_log_info2() {
  echo "=====> $*"
}

#@ dokku_log_info1_quiet
dokku_log_info1_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "-----> $@"
}
#@ dokku_log_info1_quiet since=0.4.4
dokku_log_info1_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "-----> $*"
}

#@ dokku_log_info2_quiet
dokku_log_info2_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "=====> $@"
}
#@ dokku_log_info2_quiet since=0.4.4
dokku_log_info2_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "=====> $*"
}

#@ dokku_log_verbose
dokku_log_verbose() {
  echo "       $@"
}
#@ dokku_log_verbose since=0.4.4
dokku_log_verbose() {
  echo "       $*"
}

#@ dokku_log_verbose_quiet
dokku_log_verbose_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "       $@"
}
#@ dokku_log_verbose_quiet since=0.4.4
dokku_log_verbose_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "       $*"
}

#@ dokku_log_exclaim
dokku_log_exclaim() {
  echo " !     $*"
}

#@ dokku_log_exclaim_quiet
dokku_log_exclaim_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo " !     $*"
}

#@ dokku_log_warn
dokku_log_warn() {
  echo " !     $@"
}
#@ dokku_log_warn since=0.4.4
dokku_log_warn() {
  echo " !     $*"
}
#@ dokku_log_warn since=0.8.1
dokku_log_warn() {
  echo " !     $*" >&2
}

#@ dokku_log_warn_quiet
dokku_log_warn_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo " !     $*" >&2
}

#@ dokku_log_stderr
dokku_log_stderr() {
  echo "$@" >&2
}

#@ dokku_log_exit
dokku_log_exit() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "$@" >&2
  exit 0
}
#@ dokku_log_exit since=0.20.0
dokku_log_exit() {
  echo "$@" >&2
  exit 0
}

#@ dokku_log_exit_quiet
dokku_log_exit_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "$@" >&2
  exit 0
}

#@ dokku_log_fail
dokku_log_fail() {
  echo "$@" >&2
  exit 1
}
#@ dokku_log_fail since=0.22.0
dokku_log_fail() {
  echo " !     $@" >&2
  exit 1
}
#@ dokku_log_fail since=0.23.5
dokku_log_fail() {
  echo " !     $*" >&2
  exit 1
}
#@ dokku_log_fail since=0.24.0
dokku_log_fail() {
  echo " !     $*" >&2
  exit "${DOKKU_FAIL_EXIT_CODE:=1}"
}

#@ dokku_log_fail_quiet
dokku_log_fail_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo "$@" >&2
  exit 1
}
#@ dokku_log_fail_quiet since=0.22.0
dokku_log_fail_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo " !     $@" >&2
  exit 1
}
#@ dokku_log_fail_quiet since=0.23.5
dokku_log_fail_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo " !     $*" >&2
  exit 1
}
#@ dokku_log_fail_quiet since=0.24.0
dokku_log_fail_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || echo " !     $*" >&2
  exit "${DOKKU_FAIL_EXIT_CODE:=1}"
}
