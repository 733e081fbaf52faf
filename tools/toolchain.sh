#!/bin/sh
# Build binutils and gcc (C only) for i686-elf into toolchain/, from the sources that
# Debian packages as binutils-source and gcc-12-source.
#
# usage: tools/toolchain.sh      (JOBS=n compiles n files at once; default: one per core)
#
# Takes about ten minutes on two cores and 1.6 GB under build/toolchain, which are given
# back; what stays takes 55 MB and may be moved. The Makefile finds it by itself.
set -e
cd "$(dirname "$0")/.."
tools/check-deps.sh toolchain

final=$PWD/toolchain
work=$PWD/build/toolchain
prefix=$work/stage
log=$work/log
jobs=-j${JOBS:-$(nproc)}
rm -rf "$work"
mkdir -p "$work" "$prefix"
PATH=$prefix/bin:$PATH
flags='CFLAGS=-O1 -g0'
flagsxx='CXXFLAGS=-O1 -g0'

# step WORDS... -- COMMAND...: say the words, run the command with its output in the log.
step() {
	words=
	while [ "$1" != -- ]; do
		words="$words $1"
		shift
	done
	shift
	echo " $words"
	if ! "$@" >>"$log" 2>&1; then
		tail -n 20 "$log"
		echo "toolchain: it failed at:$words (all of it in $log)"
		exit 1
	fi
}

binutils=$(ls /usr/src/binutils/binutils-*.tar.xz | tail -n 1)
gcc=$(ls /usr/src/gcc-12/gcc-12*.tar.xz | tail -n 1)

step unpack "${binutils##*/}" -- tar -xf "$binutils" -C "$work"
mkdir "$work/binutils"
cd "$work/binutils"
step configure binutils -- "$work"/binutils-*/configure --target=i686-elf --prefix="$prefix" \
	--disable-nls --disable-werror --disable-gdb --disable-gdbserver --disable-sim \
	--disable-gprofng --disable-libdecnumber --disable-readline --with-system-zlib \
	"$flags" "$flagsxx"
step compile binutils -- make "$jobs" MAKEINFO=true
step install binutils -- make install-strip MAKEINFO=true

cd "$work"
step unpack "${gcc##*/}" -- tar -xf "$gcc" -C "$work"
mkdir "$work/gcc"
cd "$work/gcc"
step configure gcc -- "$work"/gcc-12*/configure --target=i686-elf --prefix="$prefix" \
	--enable-languages=c --without-headers --disable-nls --disable-shared --disable-threads \
	--disable-multilib --disable-libssp --disable-libquadmath --disable-libatomic \
	--disable-libgomp --disable-lto --disable-plugin --disable-bootstrap --with-system-zlib
step compile gcc -- make "$jobs" all-gcc MAKEINFO=true "$flags" "$flagsxx" \
	'CFLAGS_FOR_BUILD=-O1 -g0' 'CXXFLAGS_FOR_BUILD=-O1 -g0'
step compile libgcc -- make "$jobs" all-target-libgcc MAKEINFO=true
# Debian's tarball has no tm.texi, and the installation would stop for it.
touch gcc/s-tm-texi
step install gcc -- make install-strip-gcc install-target-libgcc MAKEINFO=true

rm -rf "$prefix/share" "$final"
mv "$prefix" "$final"
cd "$final"
rm -rf "$work"
echo "  done: $("$final/bin/i686-elf-gcc" --version | head -n 1)"
