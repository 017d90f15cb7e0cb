# Numbers, paths, lists and texts.

#@ is_number
is_number() {
  [[ "$1" =~ ^[0-9]+$ ]]
}

#@ is_abs_path
is_abs_path() {
  [[ "$1" == /* ]]
}

#@ is_val_in_list
is_val_in_list() {
  local item found=false IFS="${3:-,}"
  for item in $2; do
    [[ "$item" != "$1" ]] || found=true
  done
  echo "$found"
}

#@ fn-in-array
fn-in-array() {
  local item
  for item in "${@:2}"; do
    [[ "$item" != "$1" ]] || return 0
  done
  return 1
}

#@ add_val_to_list
add_val_to_list() {
  echo "$2${3:-,}$1"
}

# The value goes wherever its text stands, also out of the middle of a longer one.
#@ remove_val_from_list
remove_val_from_list() {
  local value="$1" rest="$2" between="${3:-,}"
  rest="${rest//$value/}"
  rest="${rest//$between$between/$between}"
  rest="${rest/#$between/}"
  echo "${rest/%$between/}"
}

#@ merge_dedupe_list
merge_dedupe_list() {
  local merged="$(tr "${2:-,}" '\n' <<<"$1" | sort -u | xargs)"
  echo "$merged"
}

#@ strip_inline_comments
strip_inline_comments() {
  echo "${1%[[:space:]]#*}"
}

#@ extract_directive_from_dockerfile
extract_directive_from_dockerfile() {
  local found
  found="$(grep -E "^$2 " "$1" | tail -n1)" || true
  echo "$found"
}

#@ fn-docker-args-split
fn-docker-args-split() {
  printf '%s' "$1" | xargs -r printf '%s\0'
}

# Before 0.19.0 it asks a python 2, which is not modelled.
#@ get_json_value since=0.19.0
get_json_value() {
  jq -r "$1 | select (.!=null)" 2>/dev/null
}
