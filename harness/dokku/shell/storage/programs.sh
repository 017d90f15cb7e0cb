# The commands and triggers of the core plugin storage, until they were written in Go.

#@ storage/storage-list since=0.29.3
source "$PLUGIN_AVAILABLE_PATH/storage/functions"
[[ "$3" != json ]] || conform-unmodelled "trigger storage-list of the core plugin storage, as json"
get_bind_mounts "$(fn-get-phase-file-path "$1" "$2")"

#@ storage/storage-list since=0.37.5 unmodelled

#@ storage/subcommands/mount since=0.22.9
source "$PLUGIN_AVAILABLE_PATH/storage/functions"
[[ "$1" != storage:mount ]] || shift
APP="$1"
phases=(deploy run)
verify_app_name "$APP"
verify_paths "$2"
! check_if_path_exists "$2" "$(get_phase_file_path deploy)" || dokku_log_fail "Mount path already exists."
add_passed_docker_option phases[@] "-v $2"

#@ storage/subcommands/mount since=0.37.5 unmodelled

#@ storage/subcommands/unmount since=0.22.9
source "$PLUGIN_AVAILABLE_PATH/storage/functions"
[[ "$1" != storage:unmount ]] || shift
APP="$1"
phases=(deploy run)
verify_app_name "$APP"
verify_paths "$2"
check_if_path_exists "$2" "$(get_phase_file_path deploy)" || dokku_log_fail "Mount path does not exist."
remove_passed_docker_option phases[@] "-v $2"

#@ storage/subcommands/unmount since=0.37.5 unmodelled

# Only where the text is asked for by name there is a head, as upstream has it.
#@ storage/subcommands/list since=0.33.0
source "$PLUGIN_AVAILABLE_PATH/storage/functions"
[[ "$1" != storage:list ]] || shift
case "$2:$3" in
  --format:json | --format:text) ;;
  --format:*) dokku_log_fail "Invalid --format value specified" ;;
  :*) ;;
  *) dokku_log_fail "Invalid argument specified" ;;
esac
verify_app_name "$1"
if [[ "$3" == text ]]; then
  dokku_log_info1_quiet "$1 volume bind-mounts:"
  plugn trigger storage-list "$1" deploy text | sed 's/^/       /'
else
  plugn trigger storage-list "$1" deploy "${3:-text}"
fi

#@ storage/subcommands/list since=0.37.5 unmodelled
