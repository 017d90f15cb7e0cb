# Rows of a table, each cell filled up to its column's width.

#@ dokku_col_log_info1
dokku_col_log_info1() {
  printf '%-25s %-25s %-25s %-25s\n' "-----> $@"
}
#@ dokku_col_log_info1 since=0.4.4
dokku_col_log_info1() {
  printf '%-6s %-18s %-25s %-25s %-25s\n' '----->' "$@"
}

#@ dokku_col_log_info1_quiet
dokku_col_log_info1_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || printf '%-25s %-25s %-25s %-25s\n' "-----> $@"
}
#@ dokku_col_log_info1_quiet since=0.4.4
dokku_col_log_info1_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || printf '%-6s %-18s %-25s %-25s %-25s\n' '----->' "$@"
}

#@ dokku_col_log_info2
dokku_col_log_info2() {
  printf '%-25s %-25s %-25s %-25s\n' "=====> $@"
}
#@ dokku_col_log_info2 since=0.4.4
dokku_col_log_info2() {
  printf '%-6s %-18s %-25s %-25s %-25s\n' '=====>' "$@"
}

#@ dokku_col_log_info2_quiet
dokku_col_log_info2_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || printf '%-25s %-25s %-25s %-25s\n' "=====> $@"
}
#@ dokku_col_log_info2_quiet since=0.4.4
dokku_col_log_info2_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || printf '%-6s %-18s %-25s %-25s %-25s\n' '=====>' "$@"
}

#@ dokku_col_log_msg
dokku_col_log_msg() {
  printf '%-25s %-25s %-25s %-25s\n' "$@"
}

#@ dokku_col_log_msg_quiet
dokku_col_log_msg_quiet() {
  [[ -n "$DOKKU_QUIET_OUTPUT" ]] || printf '%-25s %-25s %-25s %-25s\n' "$@"
}
