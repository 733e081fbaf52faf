#!/bin/sh
# Fetch programs and libraries that were built for Linux on i386 by others: Debian's own packages,
# as they come, for tests of the system-call interface.
#
# usage: tools/foreign.sh FOLDER
#
# Unpacks busybox-static and musl's C library below FOLDER. apt works in a folder of its own there:
# nothing is installed, no architecture is added, root is not needed. Status 1 where there
# is no apt or no network.

set -e
packages="busybox-static musl-dev"
folder=$(mkdir -p "$1" && cd "$1" && pwd)
[ -f "$folder/complete" ] && exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null

mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" "$folder/root"
cd "$folder/apt"
apt() {
	apt-get -qq -o APT::Architecture=i386 -o APT::Architectures=i386 \
		-o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt" \
		-o Dir::State::status=/dev/null -o Acquire::Languages=none \
		-o APT::Sandbox::User="$(id -un)" "$@"
}
apt update >/dev/null 2>&1 || true # one index that fails does not matter; a package that does, will
apt download $packages >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" "$folder/root"
done
rm -rf "$folder/apt"
touch "$folder/complete"
