# Which folders of the host containers see, as options of docker's.

#@ verify_paths unmodelled

#@ verify_paths since=0.22.9
verify_paths() {
  local two="Storage path must be two valid paths divided by colon."
  if [[ "$1" == /* ]]; then
    grep -q '^/.*:/' <<<"$1" || dokku_log_fail "$two"
  else
    grep -Eq '^[a-zA-Z0-9][a-zA-Z0-9_.-]+:/' <<<"$1" || dokku_log_fail "Volume name must be two characters or more. Volume name must not contain invalid characters. $two"
  fi
}

# The first argument is a pattern of grep's, as upstream has it.
#@ check_if_path_exists
check_if_path_exists() {
  [[ -r "$2" ]] && grep -q -e "^-v $1" "$2"
}

#@ get_bind_mounts unmodelled

#@ get_bind_mounts since=0.29.3
get_bind_mounts() {
  [[ ! -r "$1" ]] || sed -n 's/^-v //p' "$1"
}
