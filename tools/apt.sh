#!/bin/sh
# Installs the Debian packages that are named and missing, and says so. Where
# nothing is missing it does nothing, quickly.
set -eu

if ! command -v dpkg-query >/dev/null; then
	echo "Not a Debian system: please see that you have what these packages have: $*" >&2
	exit 0
fi

missing=""
for package in "$@"; do
	status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
	case $status in
	*"ok installed"*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

sudo=""
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Please have somebody run, as root: apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
	sudo="sudo"
fi

echo "Installing:$missing"
# Somebody else's apt may be at work for a while: that is waited for.
apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
$apt update </dev/null
# shellcheck disable=SC2086 # several words are meant
$apt install -y --no-install-recommends $missing </dev/null >/dev/null
