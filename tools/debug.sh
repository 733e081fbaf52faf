#!/bin/sh
# Start a machine halted at QEMU's gdb stub and gdb on it, stopped at kernel_main.
#
# usage: tools/debug.sh KERNEL QEMU-COMMAND...
#
# The console goes into a file, since gdb has the terminal. The machine ends with gdb.
kernel=$1
shift
dir=$(mktemp -d)
console=$(dirname "$kernel")/console.log
socket=$dir/gdb

# In a session of its own, so that Ctrl-C reaches gdb alone.
setsid "$@" -kernel "$kernel" -serial "file:$console" -monitor none \
	-S -gdb "unix:$socket,server=on,wait=off" </dev/null &
machine=$!
trap 'kill $machine 2>/dev/null; rm -rf "$dir"' EXIT

tries=50
until [ -S "$socket" ]; do
	tries=$((tries - 1))
	if [ $tries = 0 ] || ! kill -0 $machine 2>/dev/null; then
		echo "debug: the machine did not start" >&2
		exit 1
	fi
	sleep 0.1
done

set -- -q -ex 'set confirm off' -ex 'set pagination off' -ex 'set architecture i386' \
	-ex "target remote $socket"
if [ -f tools/gdb/folio.py ]; then
	set -- "$@" -ex 'source tools/gdb/folio.py'
fi
echo "The console is written to $console (tail -f it in another terminal)."
gdb "$kernel" "$@" -ex 'hbreak kernel_main' -ex 'continue'
