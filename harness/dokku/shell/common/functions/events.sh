# What goes to the system's log alone.

#@ dokku_log_event
dokku_log_event() {
  logger -t dokku -i -- "$@"
}
#@ dokku_log_event since=0.18.0
dokku_log_event() {
  logger -t dokku-event -i -- "$@"
}

#@ dokku_log_plugn_trigger_call
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} )"
}
#@ dokku_log_plugn_trigger_call since=0.4.1
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} ) NAME=$NAME FINGERPRINT=$FINGERPRINT"
}
#@ dokku_log_plugn_trigger_call since=0.22.6
dokku_log_plugn_trigger_call() {
  dokku_log_event "INVOKED: $1( ${*:2} ) NAME=$NAME FINGERPRINT=$FINGERPRINT DOKKU_PID=$DOKKU_PID"
}
