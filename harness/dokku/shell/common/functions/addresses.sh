# What an address looks like, as extended regular expressions.

#@ _ipv4_regex
_ipv4_regex() {
  echo '([0-9]{1,3}[\.]){3}[0-9]{1,3}'
}

#@ _ipv6_regex
_ipv6_regex() {
  local hex='[0-9a-fA-F]{1,4}' ipv4="$(_ipv4_regex)" forms
  forms="($hex:){7,7}$hex|($hex:){1,7}:|($hex:){1,6}:$hex"
  forms+="|($hex:){1,5}(:$hex){1,2}|($hex:){1,4}(:$hex){1,3}|($hex:){1,3}(:$hex){1,4}|($hex:){1,2}(:$hex){1,5}"
  forms+="|$hex:((:$hex){1,6})|:((:$hex){1,7}|:)|fe08:(:$hex){2,2}%[0-9a-zA-Z]{1,}"
  echo "$forms|::(ffff(:0{1,4}){0,1}:){0,1}$ipv4|($hex:){1,4}:$ipv4"
}

#@ get_ipv4_regex
get_ipv4_regex() {
  echo "$(_ipv4_regex)\$"
}

# Until 0.4.10 it gives the other one's.
#@ get_ipv6_regex
get_ipv6_regex() {
  echo "$(_ipv4_regex)\$"
}
#@ get_ipv6_regex since=0.4.11
get_ipv6_regex() {
  echo "$(_ipv6_regex)\$"
}
