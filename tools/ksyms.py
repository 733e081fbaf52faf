#!/usr/bin/env python3
"""Turn the output of `nm -n` into the kernel's own symbol table.

Reads nm's lines on standard input and writes GNU assembly on standard output:
ksyms_table[] (struct ksym of kernel/ksyms.h, sorted by address), ksyms_count and
ksyms_names[]. With no input the table is empty, for the first link.

How many symbols there are and what they are called is the same for every link of
the same objects, so the table has the same size whatever the addresses are.
"""

import re
import sys

# Boundaries that the linker script defines are nobody's function.
BOUNDARY = re.compile(r"^(__\w+_(start|end)|__(start|stop)_\w+|KERNEL_\w+)$")


def symbols(lines):
    """Yield (address, name) of functions, the first name of each address."""
    seen = set()
    for line in lines:
        fields = line.split()
        if len(fields) != 3 or fields[1] not in "tT":
            continue
        address, name = int(fields[0], 16), fields[2]
        if BOUNDARY.match(name) or address in seen:
            continue
        seen.add(address)
        yield address, name


def main():
    table, names, offsets = [], [], {}
    size = 0
    for address, name in symbols(sys.stdin):
        if name not in offsets:
            offsets[name] = size
            names.append(name)
            size += len(name) + 1
        table.append((address, offsets[name]))

    out = ['\t.section .ksyms, "a"',
           "\t.globl ksyms_table, ksyms_count, ksyms_names",
           "\t.balign 4",
           f"ksyms_count:\n\t.long {len(table)}",
           "ksyms_table:"]
    out += [f"\t.long {address:#x}, {offset}" for address, offset in table]
    out.append("ksyms_names:")
    out += [f'\t.asciz "{name}"' for name in names]
    out.append('\t.section .note.GNU-stack, "", @progbits')
    print("\n".join(out))


if __name__ == "__main__":
    main()
