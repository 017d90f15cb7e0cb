# What the commands of plugin are made of. The list as json is not modelled.

#@ cmd-plugin-list since=0.23.0
cmd-plugin-list() {
  plugn list
}
#@ cmd-plugin-list since=0.38.22
cmd-plugin-list() {
  local format=stdout
  [[ "$1" != plugin ]] || shift
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --format) format="$2"; shift ;;
      --format=*) format="${1#--format=}" ;;
    esac
    shift || true
  done
  case "$format" in
    stdout) plugn list ;;
    json) conform-unmodelled "plugin:list --format json" ;;
    *) dokku_log_fail "Invalid output format specified, supported formats: json, stdout" ;;
  esac
}

#@ cmd-plugin-installed
cmd-plugin-installed() {
  [[ "$1" != plugin:installed ]] || shift
  plugn list | awk '{print $1}' | grep -q "^$1\$"
}

#@ fn-is-core-plugin
fn-is-core-plugin() {
  [[ -L "$PLUGIN_CORE_ENABLED_PATH/$1" ]]
}

#@ fn-is-valid-plugin
fn-is-valid-plugin() {
  [[ "$1" =~ ^[0-9a-zA-Z_-]+$ ]]
}

#@ fn-plugin-enabled
fn-plugin-enabled() {
  [[ -L "$PLUGIN_ENABLED_PATH/$1" ]]
}

# A world's system keeps no completions.
#@ plugin_prime_bash_completion since=0.14.0
plugin_prime_bash_completion() {
  dokku_log_info1_quiet "Priming bash-completion cache"
}
