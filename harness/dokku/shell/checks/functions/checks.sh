# Which process types are deployed unchecked.

#@ is_app_proctype_checks_disabled
is_app_proctype_checks_disabled() {
  verify_app_name "$1"
  local types="$(config_get "$1" DOKKU_CHECKS_DISABLED || true)"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}
#@ is_app_proctype_checks_disabled since=0.22.4
is_app_proctype_checks_disabled() {
  local types="$(config_get "$1" DOKKU_CHECKS_DISABLED || true)"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}
#@ is_app_proctype_checks_disabled since=0.38.0
is_app_proctype_checks_disabled() {
  local types="$(fn-plugin-property-get-default checks "$1" disabled "")"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}

#@ is_app_proctype_checks_skipped
is_app_proctype_checks_skipped() {
  verify_app_name "$1"
  local types="$(config_get "$1" DOKKU_CHECKS_SKIPPED || true)"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}
#@ is_app_proctype_checks_skipped since=0.22.4
is_app_proctype_checks_skipped() {
  local types="$(config_get "$1" DOKKU_CHECKS_SKIPPED || true)"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}
#@ is_app_proctype_checks_skipped since=0.38.0
is_app_proctype_checks_skipped() {
  local types="$(fn-plugin-property-get-default checks "$1" skipped "")"
  [[ "$types" == _all_ ]] && echo true || is_val_in_list "$2" "$types"
}
