# The environment of apps. Before 0.11.0 all of it was shell, of which config_export alone is modelled.

#@ config_sub
config_sub() {
  "$PLUGIN_AVAILABLE_PATH/config/subcommands/$1" "config:$1" "${@:2}"
}
#@ config_sub since=0.27.5
config_sub() {
  "$PLUGIN_AVAILABLE_PATH/config/config_sub" "$1" "${@:2}"
}

#@ config_get since=0.11.0
config_get() {
  config_sub get "$@"
}

#@ config_set since=0.11.0
config_set() {
  config_sub set "$@"
}

#@ config_unset since=0.11.0
config_unset() {
  config_sub unset "$@"
}

#@ config_clear
config_clear() {
  config_sub clear "$@"
}

#@ config_keys
config_keys() {
  config_sub keys "$@"
  return 0
}

#@ config_bundle
config_bundle() {
  config_sub bundle "$@"
}

# `config_export app APP FLAGS` and `config_export global FLAGS`; before 0.11.0 without flags.
#@ config_export
config_export() {
  local file="$DOKKU_ROOT/$2/ENV"
  [[ "$1" != global ]] || file="$DOKKU_ROOT/ENV"
  [[ -s "$file" ]] || return 0
  # Where nothing is exported this ends a caller that runs with errexit and pipefail; the others get a bare `export`.
  VARS=$(grep -Eo 'export ([a-zA-Z_][a-zA-Z0-9_]*=.*)' "$file" | cut -d' ' -f2-)
  awk '{print "export " $0}' <<< "$VARS"
}
#@ config_export since=0.5.0
config_export() {
  local file="$DOKKU_ROOT/$2/ENV" exported
  [[ "$1" != global ]] || file="$DOKKU_ROOT/ENV"
  [[ -s "$file" ]] || return 0
  exported=$(grep -Eo 'export ([a-zA-Z_][a-zA-Z0-9_]*=.*)' "$file" | cut -d' ' -f2-) || true
  awk '{print "export " $0}' <<< "$exported"
}
#@ config_export since=0.11.0
config_export() {
  local app=--global
  if [[ "$1" != global ]]; then
    app="$2"
    shift
  fi
  shift
  config_sub export "$@" "$app"
  return 0
}

#@ config_all since=0.11.0
config_all() {
  if [[ -z "$DOKKU_CONFIG_EXPORT" ]]; then
    config_export "$@"
    return 0
  fi
  config_sub show "$@"
}
#@ config_all since=0.11.1
config_all() {
  [[ "$1" == config ]] || set -- config "$@"
  if [[ -n "$DOKKU_CONFIG_EXPORT" ]]; then
    config_export app "$@"
    return 0
  fi
  "$PLUGIN_AVAILABLE_PATH/config/commands" "$@"
}
#@ config_all since=0.21.2
config_all() {
  [[ "$1" == config ]] || set -- config "$@"
  if [[ -n "$DOKKU_CONFIG_EXPORT" ]]; then
    config_export app "$@"
    return 0
  fi
  "$PLUGIN_AVAILABLE_PATH/config/commands" config:show "$@"
}
#@ config_all since=0.21.3
config_all() {
  [[ "$1" == config ]] || set -- config "$@"
  if [[ -n "$DOKKU_CONFIG_EXPORT" ]]; then
    config_export app "$@"
    return 0
  fi
  "$PLUGIN_AVAILABLE_PATH/config/subcommands/show" "$@"
}

#@ fn-config-set
fn-config-set() {
  if [[ "$2" == true ]]; then
    plugn trigger config-set --no-restart "$1" "${@:3}"
  else
    plugn trigger config-set "$1" "${@:3}"
  fi
}
