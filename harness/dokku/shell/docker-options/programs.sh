# The commands of the core plugin docker-options, until they were written in Go.

#@ docker-options/subcommands/add since=0.5.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
[[ "$1" != docker-options:add ]] || shift
APP="$1"
verify_app_name "$APP"
read -ra phases <<<"$(get_phases "$2")"
shift 2
[[ -n "$*" ]] || dokku_log_fail "Please specify docker options to add to the phase"
add_passed_docker_option phases[@] "$*"

#@ docker-options/subcommands/add since=0.38.0 unmodelled

#@ docker-options/subcommands/clear since=0.20.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
[[ "$1" != docker-options:clear ]] || shift
verify_app_name "$1"
if [[ -z "$2" ]]; then
  dokku_log_info1 "Clearing docker-options for $1 on all phases"
  rm -f "$DOKKU_ROOT/$1/DOCKER_OPTIONS_"{BUILD,DEPLOY,RUN}
  exit 0
fi
read -ra phases <<<"$(get_phases "$2")"
for phase in "${phases[@]}"; do
  dokku_log_info1 "Clearing docker-options for $1 on phase $phase"
  rm -f "$(fn-get-phase-file-path "$1" "$phase")"
done

#@ docker-options/subcommands/clear since=0.38.0 unmodelled

#@ docker-options/subcommands/remove since=0.5.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
[[ "$1" != docker-options:remove ]] || shift
APP="$1"
verify_app_name "$APP"
read -ra phases <<<"$(get_phases "$2")"
shift 2
[[ -n "$*" ]] || dokku_log_fail "Please specify docker options to add to the phase"
remove_passed_docker_option phases[@] "$*"

#@ docker-options/subcommands/remove since=0.11.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
[[ "$1" != docker-options:remove ]] || shift
APP="$1"
verify_app_name "$APP"
read -ra phases <<<"$(get_phases "$2")"
shift 2
[[ -n "$*" ]] || dokku_log_fail "Please specify docker options to remove from the phase"
remove_passed_docker_option phases[@] "$*"

#@ docker-options/subcommands/remove since=0.38.0 unmodelled

#@ docker-options/subcommands/report since=0.12.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
tell() {
  local phase file value
  verify_app_name "$1"
  [[ -n "$2" ]] || dokku_log_info2_quiet "$1 docker options information"
  for phase in build deploy run; do
    file="$DOKKU_ROOT/$1/DOCKER_OPTIONS_${phase^^}" value=""
    [[ ! -r "$file" ]] || value="$(tr '\n' ' ' <"$file")"
    if [[ -z "$2" ]]; then
      dokku_log_verbose "$(printf "%-30s %-25s" "Docker options $phase:" "$value")"
    elif [[ "$2" == "--docker-options-$phase" ]]; then
      [[ -z "$value" ]] || echo "$value"
      [[ -n "$value" ]] || dokku_log_fail "not deployed"
      return 0
    fi
  done
  [[ -z "$2" ]] || dokku_log_fail "Invalid flag passed, valid flags: --docker-options-build --docker-options-deploy --docker-options-run"
}
[[ "$1" != docker-options:report ]] || shift
app="$1" flag="$2"
if [[ "$app" == --* ]]; then
  flag="$app" app=""
fi
[[ "$flag" != true ]] || flag=""
if [[ -n "$app" ]]; then
  tell "$app" "$flag"
else
  for app in $(dokku_apps); do
    tell "$app" "$flag" | cat || true
  done
fi

#@ docker-options/subcommands/report since=0.20.0
source "$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions"
tell() {
  local phase file value
  verify_app_name "$1"
  [[ -n "$2" ]] || dokku_log_info2_quiet "$1 docker options information"
  for phase in build deploy run; do
    file="$DOKKU_ROOT/$1/DOCKER_OPTIONS_${phase^^}" value=""
    [[ ! -r "$file" ]] || value="$(tr '\n' ' ' <"$file")"
    if [[ -z "$2" ]]; then
      dokku_log_verbose "$(printf "%-30s %-25s" "Docker options $phase:" "$value")"
    elif [[ "$2" == "--docker-options-$phase" ]]; then
      [[ -z "$value" ]] || echo "$value"
      echo ""
      return 0
    fi
  done
  [[ -z "$2" ]] || dokku_log_fail "Invalid flag passed, valid flags: --docker-options-build --docker-options-deploy --docker-options-run"
}
[[ "$1" != docker-options:report ]] || shift
app="$1" flag="$2"
if [[ "$app" == --* ]]; then
  flag="$app" app=""
fi
[[ "$flag" != true ]] || flag=""
if [[ -n "$app" ]]; then
  tell "$app" "$flag"
else
  for app in $(dokku_apps); do
    tell "$app" "$flag" | cat || true
  done
fi

#@ docker-options/subcommands/report since=0.38.0 unmodelled
