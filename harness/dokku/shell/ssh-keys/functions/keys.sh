# The public keys that may push.

#@ verify_ssh_key_exists
verify_ssh_key_exists() {
  [[ -e "$DOKKU_ROOT/.ssh/authorized_keys" ]] || dokku_log_fail "No public keys found."
}

#@ create_ssh_key_file
create_ssh_key_file() {
  touch "$DOKKU_ROOT/.ssh/authorized_keys"
}
