#!/bin/sh
# Look for the tools that Folio's build needs and install what is missing.
#
# usage: tools/check-deps.sh [all | build | toolchain]
#
#	build		what compiling takes
#	all		also what booting, debugging and testing take
#	toolchain	what `make toolchain` takes
#
# Where nothing is missing this is a dozen file tests. Otherwise the Debian packages
# are installed by apt-get, given root or a sudo that asks nothing; without those the
# one command to type is printed, and the status is 1.

have() {
	command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]
}

# need TOOL PACKAGE...: unless TOOL is there, note it and its packages.
need() {
	have "$1" || lacks "$@"
}

lacks() {
	missing="$missing $1"
	shift
	packages="$packages $*"
}

# need_header FILE PACKAGE: the same for a header of the host's C library folder.
need_header() {
	for path in /usr/include/$1 /usr/include/*-linux-gnu/$1; do
		[ -f "$path" ] && return
	done
	lacks "$@"
}

look_for_compiler() {
	if have i686-elf-gcc && have i686-elf-ld; then
		return
	fi
	need i686-linux-gnu-gcc gcc-i686-linux-gnu binutils-i686-linux-gnu
}

look_for_sources() {
	need gcc gcc libc6-dev
	need g++ g++
	need flex flex
	need bison bison
	need makeinfo texinfo
	need xz xz-utils
	need_header gmp.h libgmp-dev
	need_header mpfr.h libmpfr-dev
	need_header mpc.h libmpc-dev
	need_header zlib.h zlib1g-dev
	[ -d /usr/src/binutils ] || lacks binutils-source binutils-source
	[ -d /usr/src/gcc-12 ] || lacks gcc-12-source gcc-12-source
}

look() {
	missing= packages=
	if [ "$1" = toolchain ]; then
		look_for_sources
		return
	fi
	need python3 python3
	need nasm nasm
	look_for_compiler
	[ "$1" = build ] && return

	need qemu-system-i386 qemu-system-x86
	need grub-mkrescue grub-common grub-pc-bin
	[ -f /usr/lib/grub/i386-pc/multiboot.mod ] || lacks grub-modules-i386-pc grub-pc-bin
	need xorriso xorriso
	need mformat mtools
	need gdb gdb
	need cpio cpio
	need mke2fs e2fsprogs
	need e2fsck e2fsprogs
	need debugfs e2fsprogs
	need sfdisk fdisk
	need mkswap util-linux
	# The host tests are i386 programs for Linux, whatever compiles the kernel.
	need i686-linux-gnu-gcc gcc-i686-linux-gnu
	[ -f /usr/i686-linux-gnu/include/stdio.h ] || lacks i386-C-library libc6-dev-i386-cross
}

# gcc-multilib cannot be installed beside any of Debian's cross compilers.
warn_of_multilib() {
	case $packages in
	*gcc-i686-linux-gnu*) ;;
	*) return ;;
	esac
	if [ -e /usr/share/doc/gcc-multilib ]; then
		echo "Package gcc-multilib is installed, and Debian does not allow it beside" >&2
		echo "gcc-i686-linux-gnu. Remove it first: apt-get remove gcc-multilib" >&2
	fi
}

# unique WORDS...: each word once, each behind a blank.
unique() {
	printf '%s\n' "$@" | sort -u | while read -r word; do
		printf ' %s' "$word"
	done
}

install() {
	if [ "$(id -u)" = 0 ]; then
		sudo=
	elif sudo -n true 2>/dev/null; then
		sudo="sudo -n"
	else
		return 1
	fi
	echo "Installing:$packages" >&2
	$sudo apt-get -qq update >&2 &&
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-remove \
			--no-install-recommends $packages </dev/null >/dev/null
}

look "${1:-all}"
[ -z "$missing" ] && exit 0

missing=$(unique $missing)
packages=$(unique $packages)
echo "Not found:$missing" >&2
warn_of_multilib
if ! have apt-get; then
	echo "There is no apt-get here; on Debian these come from:$packages" >&2
	exit 1
fi
if ! install; then
	echo "To install them, type:" >&2
	echo "    sudo apt-get update && sudo apt-get install --no-install-recommends$packages" >&2
	exit 1
fi
hash -r
look "${1:-all}"
[ -z "$missing" ] && exit 0
echo "Still not found after the installation:$missing" >&2
exit 1
