# Putting plugins in and out. Fetching one is plugn's part.

#@ enable_plugin since=0.5.0
enable_plugin() {
  [[ ! -e "$PLUGIN_ENABLED_PATH/$1" ]] || dokku_log_fail "Plugin already enabled"
  [[ -e "$PLUGIN_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Plugin does not exist"
  plugn enable "$1"
  dokku_log_info1_quiet "Plugin $1 enabled"
}

#@ disable_plugin since=0.5.0
disable_plugin() {
  [[ ! -e "$PLUGIN_CORE_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Cannot disable a core plugin"
  [[ -e "$PLUGIN_ENABLED_PATH/$1" ]] || dokku_log_fail "Plugin already disabled"
  [[ -e "$PLUGIN_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Plugin does not exist"
  plugn disable "$1"
  dokku_log_info1_quiet "Plugin $1 disabled"
}

#@ download_plugin since=0.4.1
download_plugin() {
  plugn install "$1" "$2"
}

# Options come behind the address; one that there is not is passed over.
#@ download_and_enable_plugin since=0.37.0
download_and_enable_plugin() {
  local url="$1" name committish install=true
  shift
  while [[ "$1" == --?* ]]; do
    case "$1" in
      --committish) committish="$2"; shift ;;
      --name) name="$2"; shift ;;
      --skip-install-trigger) install=false ;;
    esac
    shift || true
  done
  name="${name:-$(plugin_name "$url")}"
  dokku_log_info1_quiet "Cloning plugin repo $url to $PLUGIN_AVAILABLE_PATH/$name"
  download_plugin "$url" "$name"
  enable_plugin "$name"
  [[ -z "$committish" ]] || update_plugin "$name" "$committish"
  [[ "$install" == false ]] || plugn trigger install
}

#@ update_plugin
update_plugin() {
  [[ -e "$PLUGIN_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Plugin ($1) is not currently installed"
  plugn update "$@"
}

#@ uninstall_plugin since=0.8.0
uninstall_plugin() {
  [[ ! -e "$PLUGIN_CORE_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Cannot uninstall a core plugin"
  [[ -e "$PLUGIN_AVAILABLE_PATH/$1" ]] || dokku_log_fail "Plugin ($1) is not currently installed"
  plugn trigger uninstall "$1"
  plugn uninstall "$1"
  dokku_log_info1_quiet "Plugin $1 uninstalled"
}
