# The triggers by which nginx hears that an app's proxy is switched on or off.

#@ nginx-vhosts/proxy-disable since=0.38.0
[[ "$(plugn trigger proxy-type "$1")" == nginx ]] || exit 0
plugn trigger domains-disable "$1" false
plugn trigger app-restart "$1"

#@ nginx-vhosts/proxy-enable since=0.38.0
[[ "$(plugn trigger proxy-type "$1")" == nginx ]] || exit 0
plugn trigger domains-enable "$1" false
plugn trigger app-restart "$1"
