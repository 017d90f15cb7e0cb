# Which apps there are, and what a name must look like to be one.

#@ dokku_apps
dokku_apps() {
  local place found=()
  for place in "$DOKKU_ROOT"/*; do
    [[ -d "$place" && ! -L "$place" && "${place##*/}" != tls ]] && found+=("${place##*/}")
  done
  [[ ${#found[@]} -gt 0 ]] && echo "${found[@]}"
}
#@ dokku_apps since=0.4.9
dokku_apps() {
  local place found=()
  for place in "$DOKKU_ROOT"/*; do
    [[ -d "$place" && "${place##*/}" != tls ]] && found+=("${place##*/}")
  done
  [[ ${#found[@]} -gt 0 ]] && echo "${found[@]}"
}
#@ dokku_apps since=0.5.0
dokku_apps() {
  local place found=()
  for place in "$DOKKU_ROOT"/*; do
    [[ -d "$place" && "${place##*/}" != tls ]] && found+=("${place##*/}")
  done
  [[ ${#found[@]} -gt 0 ]] && printf '%s\n' "${found[@]}"
}
#@ dokku_apps since=0.21.0
dokku_apps() {
  local place found=()
  for place in "$DOKKU_ROOT"/*; do
    [[ -d "$place" ]] && found+=("${place##*/}")
  done
  [[ ${#found[@]} -gt 0 ]] && printf '%s\n' "${found[@]}"
}
#@ dokku_apps since=0.27.0
dokku_apps() {
  local listed="$(plugn trigger app-list)"
  [[ -n "$listed" ]] || dokku_log_fail "You haven't deployed any applications yet"
  echo "$listed"
}
#@ dokku_apps since=0.27.3
dokku_apps() {
  local listed="$(plugn trigger app-list "$1")"
  [[ -n "$listed" ]] || dokku_log_fail "You haven't deployed any applications yet"
  echo "$listed"
}

#@ verify_app_name
verify_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "(verify_app_name) APP must not be null"
  [[ -d "$DOKKU_ROOT/$APP" ]] || dokku_log_fail "App $APP does not exist"
}
# Until 0.22.1 a name that is refused costs the directory of that name.
#@ verify_app_name since=0.4.8
verify_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "(verify_app_name) APP must not be null"
  if [[ "$APP" != [a-z]* && "$APP" != [0-9]* ]]; then
    [[ -d "$DOKKU_ROOT/$APP" ]] && rm -rf "${DOKKU_ROOT:?}/$APP"
    dokku_log_fail "App name must begin with lowercase alphanumeric character"
  fi
  [[ -d "$DOKKU_ROOT/$APP" ]] || dokku_log_fail "App $APP does not exist"
}
#@ verify_app_name since=0.10.4
verify_app_name() {
  local APP="$1"
  is_valid_app_name "$APP"
  [[ -d "$DOKKU_ROOT/$APP" ]] || dokku_log_fail "App $APP does not exist"
}
# The first of the two checks to refuse ends the shell, unheard.
#@ verify_app_name since=0.22.3
verify_app_name() {
  local APP="$1"
  is_valid_app_name "$APP" 2>/dev/null
  is_valid_app_name_old "$APP" 2>/dev/null
  [[ -d "$DOKKU_ROOT/$APP" ]] || dokku_log_fail "App $APP does not exist"
}
#@ verify_app_name since=0.22.8
verify_app_name() {
  local APP="$1"
  if ! fn-is-valid-app-name "$APP" 2>/dev/null && ! fn-is-valid-app-name-old "$APP" 2>/dev/null; then
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
  fi
  [[ -d "$DOKKU_ROOT/$APP" ]] || dokku_log_fail "App $APP does not exist"
}
#@ verify_app_name since=0.24.0
verify_app_name() {
  local APP="$1"
  if ! fn-is-valid-app-name "$APP" 2>/dev/null && ! fn-is-valid-app-name-old "$APP" 2>/dev/null; then
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
  fi
  [[ -d "$DOKKU_ROOT/$APP" ]] || DOKKU_FAIL_EXIT_CODE=20 dokku_log_fail "App $APP does not exist"
}
#@ verify_app_name since=0.27.5
verify_app_name() {
  local APP="$1"
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet verify-app-name "$APP" ||
    DOKKU_FAIL_EXIT_CODE=20 dokku_log_fail "App $APP does not exist"
}

#@ is_valid_app_name
is_valid_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "APP must not be null"
  [[ "$APP" == [a-z]* || "$APP" == [0-9]* ]] && return 0
  [[ -d "$DOKKU_ROOT/$APP" ]] && rm -rf "${DOKKU_ROOT:?}/$APP"
  dokku_log_fail "App name must begin with lowercase alphanumeric character"
}
#@ is_valid_app_name since=0.11.4
is_valid_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "APP must not be null"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:]* ]] && return 0
  [[ -d "$DOKKU_ROOT/$APP" ]] && rm -rf "${DOKKU_ROOT:?}/$APP"
  dokku_log_fail "App name must begin with lowercase alphanumeric character"
}
#@ is_valid_app_name since=0.22.0
is_valid_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "APP must not be null"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:_]* ]] && return 0
  [[ -d "$DOKKU_ROOT/$APP" ]] && rm -rf "${DOKKU_ROOT:?}/$APP"
  dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
}
#@ is_valid_app_name since=0.22.2
is_valid_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "APP must not be null"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:_]* ]] && return 0
  dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
}
#@ is_valid_app_name since=0.22.3
is_valid_app_name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:_]* ]] && return 0
  dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
}
#@ is_valid_app_name since=0.22.8
is_valid_app_name() {
  fn-is-valid-app-name "$1" ||
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores"
}
#@ is_valid_app_name since=0.38.2
is_valid_app_name() {
  fn-is-valid-app-name "$1" ||
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, and hyphens"
}

#@ is_valid_app_name_old
is_valid_app_name_old() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:]* ]] && return 0
  dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, or colons"
}
#@ is_valid_app_name_old since=0.22.8
is_valid_app_name_old() {
  fn-is-valid-app-name-old "$1" ||
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, or colons"
}
#@ is_valid_app_name_old since=0.38.2
is_valid_app_name_old() {
  fn-is-valid-app-name-old "$1" ||
    dokku_log_fail "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, and hyphens"
}

#@ fn-is-valid-app-name
fn-is-valid-app-name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:_]* ]]
}
#@ fn-is-valid-app-name since=0.38.2
fn-is-valid-app-name() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet is-valid-app-name "$APP"
}

#@ fn-is-valid-app-name-old
fn-is-valid-app-name-old() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  [[ ("$APP" == [a-z]* || "$APP" == [0-9]*) && "$APP" != *[A-Z:]* ]]
}
#@ fn-is-valid-app-name-old since=0.38.2
fn-is-valid-app-name-old() {
  local APP="$1"
  [[ -n "$APP" ]] || dokku_log_fail "Please specify an app to run the command on"
  "$PLUGIN_CORE_AVAILABLE_PATH/common/common" --quiet is-valid-app-name-old "$APP"
}
