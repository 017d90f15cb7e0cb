# The public keys that may push.

#@ verify_ssh_key_exists
verify_ssh_key_exists() {
  [[ -e "$DOKKU_ROOT/.ssh/authorized_keys" ]] || dokku_log_fail "No public keys found."
}

#@ create_ssh_key_file
create_ssh_key_file() {
  touch "$DOKKU_ROOT/.ssh/authorized_keys"
}

#@ verify_ssh_key_file since=0.18.2
verify_ssh_key_file() {
  local key number=0 one file="$DOKKU_ROOT/.ssh/authorized_keys"
  [[ -s "$file" ]] || dokku_log_fail "No public keys found."
  one="$(mktemp "/tmp/dokku-$DOKKU_PID-verify_ssh_key_file.XXXXXX")"
  trap "rm -f '$one'" RETURN INT TERM EXIT
  while read -r key; do
    number=$((number + 1))
    [[ -n "$key" ]] || continue
    echo "$key" >"$one"
    ssh-keygen -lf "$one" &>/dev/null || dokku_log_fail "$file line $number failed ssh-keygen check."
  done <"$file"
}
