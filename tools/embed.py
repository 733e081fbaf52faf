#!/usr/bin/env python3
"""Write the assembly that puts programs into the kernel image.

usage: embed.py FILE...   (GNU assembly on standard output)

Each file starts on a page of its own in section .programs and is padded with
zeros to a page, so that the page cache can hand out the image's own frames. Its
name (the file's last component), start and size in bytes go into .programs.table.
"""

import os
import sys


def main():
    table, names, data = [], [], []
    for number, path in enumerate(sys.argv[1:]):
        table.append(f"\t.long name_{number}, program_{number}, size_{number}")
        names.append(f'name_{number}:\n\t.asciz "{os.path.basename(path)}"')
        data.append(f"\t.balign 4096\nprogram_{number}:\n"
                    f'\t.incbin "{path}"\n'
                    f"\t.set size_{number}, . - program_{number}\n"
                    f"\t.balign 4096")
    print('\t.section .programs.table, "a"\n\t.balign 4')
    print("\n".join(table))
    print('\t.section .rodata.program_names, "a"')
    print("\n".join(names))
    print('\t.section .programs, "a"')
    print("\n".join(data))
    print('\t.section .note.GNU-stack, "", @progbits')


if __name__ == "__main__":
    main()
