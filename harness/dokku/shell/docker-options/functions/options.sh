# What is passed to docker for an app, a file for each phase.

#@ fn-get-phase-file-path
fn-get-phase-file-path() {
  echo "$DOKKU_ROOT/$1/DOCKER_OPTIONS_${2^^}"
}

#@ get_phase_file_path
get_phase_file_path() {
  [[ -n "$APP" && -n "$1" ]] || dokku_log_fail "Error: phase_file_path is incomplete."
  echo "$DOKKU_ROOT/$APP/DOCKER_OPTIONS_${1^^}"
}

#@ get_phases
get_phases() {
  [[ -n "$1" ]] || return 0
  local phase phases
  IFS=, read -ra phases <<<"$1"
  for phase in "${phases[@]}"; do
    [[ " ${AVAILABLE_PHASES[*]} " == *" $phase "* ]] || dokku_log_fail "Phase(s) must be one of [${AVAILABLE_PHASES[*]}]"
  done
  echo "${phases[@]}"
}

#@ create_phase_file_if_required
create_phase_file_if_required() {
  [[ -f "$1" ]] || touch "$1"
}

#@ display_phase_options
display_phase_options() {
  echo "${1^} options:"
  sed 's/^/    /' "$2"
}

#@ display_all_phases_options
display_all_phases_options() {
  local phase file
  for phase in "${AVAILABLE_PHASES[@]}"; do
    file="$(get_phase_file_path "$phase")"
    if [[ -s "$file" ]]; then
      display_phase_options "$phase" "$file"
    fi
  done
}

#@ display_passed_phases_options
display_passed_phases_options() {
  local passed_phases=("${!1}") phase file
  for phase in "${passed_phases[@]}"; do
    file="$(get_phase_file_path "$phase")"
    if [[ -s "$file" ]]; then
      display_phase_options "$phase" "$file"
    else
      echo "${phase^} options: none"
    fi
  done
}

# The first argument is the name of an array, as in `phases[@]`.
#@ add_passed_docker_option
add_passed_docker_option() {
  local passed_phases=("${!1}") phase file options
  shift
  for phase in "${passed_phases[@]}"; do
    file="$(get_phase_file_path "$phase")"
    create_phase_file_if_required "$file"
    options="$(cat "$file"; echo "$*")"
    echo -e "$options" | sed '/^$/d' | sort -u >"$file"
  done
}

# The option is a pattern of sed's, as upstream has it.
#@ remove_passed_docker_option
remove_passed_docker_option() {
  local passed_phases=("${!1}") phase file options
  shift
  for phase in "${passed_phases[@]}"; do
    file="$(get_phase_file_path "$phase")"
    [[ -s "$file" ]] || continue
    options="$(echo -e "$(cat "$file")" | sed "s#^$*\$##" || true)"
    echo -e "$options" | sed '/^$/d' | sort -u >"$file"
  done
}
