# Properties with one item a line.

#@ fn-plugin-property-list-add
fn-plugin-property-list-add() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" rpush "$1" "$2" "$3" "$4" "$5"
}

#@ fn-plugin-property-list-get
fn-plugin-property-list-get() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lrange "$1" "$2" "$3"
}

#@ fn-plugin-property-list-get-by-index
fn-plugin-property-list-get-by-index() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lindex "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-list-get-by-value
fn-plugin-property-list-get-by-value() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lismember "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-list-length
fn-plugin-property-list-length() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" llen "$1" "$2" "$3"
}

#@ fn-plugin-property-list-remove
fn-plugin-property-list-remove() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lrem "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-list-remove-by-prefix
fn-plugin-property-list-remove-by-prefix() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lrem-by-prefix "$1" "$2" "$3" "$4"
}

#@ fn-plugin-property-list-set
fn-plugin-property-list-set() {
  "$PLUGIN_CORE_AVAILABLE_PATH/common/prop" lset "$1" "$2" "$3" "$4" "$5"
}
