#@ top
[[ " docker-options docker-options:add docker-options:remove help docker-options:help " == *" $1 "* ]] || exit "$DOKKU_NOT_IMPLEMENTED_EXIT"
AVAILABLE_PHASES=(build deploy run)

#@ top since=0.4.12
AVAILABLE_PHASES=(build deploy run)
