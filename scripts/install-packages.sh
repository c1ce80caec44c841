# Sourced by ./lab and ./test: installs Debian packages that are missing, and says so.

install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing packages, which only root on Debian can install: ${missing[*]}" >&2
    return 0
  fi
  echo "Installing from Debian: ${missing[*]}"
  apt-get update -qq
  # Policy 101: the daemons are started by the tests, each in a namespace of its own, never by their packages.
  local policy=/usr/sbin/policy-rc.d made_policy=
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; made_policy=1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  local status=$?
  [ -z "$made_policy" ] || rm -f $policy
  return $status
}

# Debian's package collides with other vendors' kubectl, so any kubectl will do.
install_kubectl() {
  command -v kubectl >/dev/null || install_packages kubernetes-client
}
