# Labels of an app's containers: a line each, in a file of the proxy and the app.

#@ fn-proxy-escape-extended-sed
fn-proxy-escape-extended-sed() {
  echo "$1" | sed -E 's,[][^$.|?*+(){}/\],\\&,g'
}

#@ fn-proxy-get-labels-file-path
fn-proxy-get-labels-file-path() {
  echo "$DOKKU_LIB_ROOT/config/$1/$2/labels"
}

#@ fn-proxy-display-labels
fn-proxy-display-labels() {
  local line file="$(fn-proxy-get-labels-file-path "$1" "$2")"
  if [[ ! -s "$file" ]]; then
    dokku_log_warn_quiet "No $1 labels set for $2"
    return
  fi
  dokku_log_info2_quiet "$2 $1 labels"
  while read -r line; do
    [[ -z "$line" || "$line" == \#* ]] || dokku_log_verbose "$line"
  done <"$file"
}

#@ fn-proxy-show-label
fn-proxy-show-label() {
  local name value file="$(fn-proxy-get-labels-file-path "$1" "$2")"
  [[ -s "$file" ]] || return 0
  name="$(fn-proxy-escape-extended-sed "$3")"
  value="$(echo -e "$(<"$file")" | sed -En "s/^$name=(.*)\$/\1/p")"
  echo "$value"
}
