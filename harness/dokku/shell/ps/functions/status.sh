# Whether an app runs.

#@ fn-ps-is-app-running
fn-ps-is-app-running() {
  APP_STATUS="$(fn-ps-app-status "$1")"
  echo "${APP_STATUS#* }"
}

#@ fn-ps-app-status
fn-ps-app-status() {
  local id ids count=0 up=0 running=mixed
  ids="$(get_app_container_ids "$1")"
  for id in $ids; do
    count=$((count + 1))
    ! is_container_status "$id" Running || up=$((up + 1))
  done
  [[ $up -ne $count ]] || running=true
  [[ $up -ne 0 ]] || running=false
  echo "$count $running"
}
#@ fn-ps-app-status since=0.17.3
fn-ps-app-status() {
  local scheduler="$(get_app_scheduler "$1")"
  plugn trigger scheduler-app-status "$scheduler" "$1"
}

# Since 0.22.0 it calls what is not there.
#@ ps_restore
ps_restore() {
  ps_start "$1"
}
