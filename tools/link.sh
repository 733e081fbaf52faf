#!/bin/sh
# Link the kernel with its own symbol table inside.
#
# usage: LD=... NM=... AS=... tools/link.sh OUTPUT LD-ARGUMENTS...
#
# The first link has an empty table and tells how many symbols there are; the
# second has a table of the final size, so that its addresses are final; the third
# holds the right addresses. That the last two agree is checked.
set -e
out=$1
shift
tmp=$out.link
mkdir -p "$tmp"

table() {	# table NUMBER: read `nm -n` lines, make NUMBER.o
	python3 tools/ksyms.py >"$tmp/ksyms$1.s"
	$AS -o "$tmp/ksyms$1.o" "$tmp/ksyms$1.s"
}

table 0 </dev/null
$LD -o "$tmp/1.elf" "$@" "$tmp/ksyms0.o"
$NM -n "$tmp/1.elf" | table 1
$LD -o "$tmp/2.elf" "$@" "$tmp/ksyms1.o"
$NM -n "$tmp/2.elf" >"$tmp/2.map"
table 2 <"$tmp/2.map"
$LD -o "$tmp/3.elf" "$@" "$tmp/ksyms2.o"
$NM -n "$tmp/3.elf" >"$tmp/3.map"
if ! cmp "$tmp/2.map" "$tmp/3.map"; then
	echo "$out: the symbol table moved the kernel's addresses" >&2
	exit 1
fi
mv "$tmp/3.elf" "$out"
rm -f "$tmp/1.elf" "$tmp/2.elf"
