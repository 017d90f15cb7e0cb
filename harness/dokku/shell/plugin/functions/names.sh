# The name that a plugin is installed under.

#@ plugin_name since=0.5.5
plugin_name() {
  local name="${1##*/}"
  name="${name%?git}"
  echo "${name#dokku-}"
}
