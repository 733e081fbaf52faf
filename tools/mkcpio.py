#!/usr/bin/env python3
"""Write a cpio archive (format newc) of files for Folio's root.

usage: mkcpio.py OUTPUT WORD...

    dir:MODE:PATH             a folder
    file:MODE:PATH:SOURCE     a file with the contents of SOURCE
    link:PATH:TARGET          a symbolic link
    hard:PATH:OLD             another name of the file OLD, which came before
    node:MODE:PATH:c:4:64     a device node: c or b, major, minor
    fifo:MODE:PATH
    tree:PATH:SOURCE          all that is in the folder SOURCE, if there is one

Everything belongs to root, whoever runs this. The time of each file is SOURCE_DATE_EPOCH, or
0: the same input makes the same archive.
"""

import os
import stat
import sys

FOLDER, REGULAR, LINK = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK


class Entry:
    def __init__(self, path, mode, data=b"", rdev=(0, 0)):
        self.path = path.lstrip("/")
        self.mode = mode
        self.data = data
        self.rdev = rdev
        self.names = 1
        self.first = self  # of a hard link: the entry whose file it is


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def pack(entry, number, mtime):
    """The bytes of an entry. The last name of a file carries its contents, as cpio does it."""
    name = entry.path.encode() + b"\0"
    numbers = (number, entry.mode, 0, 0, entry.first.names, mtime, len(entry.data), 0, 0,
               *entry.rdev, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % n for n in numbers)
    return pad(header + name) + pad(entry.data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def walk(path, source):
    for name in sorted(os.listdir(source)):
        inside, outside = f"{path.rstrip('/')}/{name}", os.path.join(source, name)
        if os.path.islink(outside):
            yield Entry(inside, LINK | 0o777, os.readlink(outside).encode())
        elif os.path.isdir(outside):
            yield Entry(inside, FOLDER | 0o755)
            yield from walk(inside, outside)
        else:
            mode = 0o755 if os.access(outside, os.X_OK) else 0o644
            yield Entry(inside, REGULAR | mode, read(outside))


def parse(word, entries):
    kind, *rest = word.split(":")
    if kind == "dir":
        yield Entry(rest[1], FOLDER | int(rest[0], 8))
    elif kind == "file":
        yield Entry(rest[1], REGULAR | int(rest[0], 8), read(rest[2]))
    elif kind == "link":
        yield Entry(rest[0], LINK | 0o777, rest[1].encode())
    elif kind == "hard":
        first = next(e for e in entries if e.path == rest[1].lstrip("/"))
        entry = Entry(rest[0], first.mode)
        entry.first = first.first
        entry.first.names += 1
        yield entry
    elif kind == "node":
        bits = stat.S_IFCHR if rest[2] == "c" else stat.S_IFBLK
        yield Entry(rest[1], bits | int(rest[0], 8), rdev=(int(rest[3]), int(rest[4])))
    elif kind == "fifo":
        yield Entry(rest[1], stat.S_IFIFO | int(rest[0], 8))
    elif kind == "tree":
        if os.path.isdir(rest[1]):
            yield from walk(*rest)
    else:
        sys.exit(f"mkcpio.py: {word}: unknown kind")


def archive(words, mtime=0):
    """The archive that the words describe."""
    entries = []
    for word in words:
        entries += parse(word, entries)
    numbers = {}
    for entry in entries:
        numbers.setdefault(entry.first, len(numbers) + 1)
    last = {entry.first: entry for entry in entries}
    for first, entry in last.items():
        if entry is not first:
            entry.data, first.data = first.data, b""
    out = b"".join(pack(entry, numbers[entry.first], mtime) for entry in entries)
    out += pack(Entry("TRAILER!!!", 0), 0, 0)
    return out + b"\0" * (-len(out) % 512)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    data = archive(sys.argv[2:], int(os.environ.get("SOURCE_DATE_EPOCH", "0")))
    with open(sys.argv[1], "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
