"""The log that QEMU's blklogwrites driver keeps of a disk, and the disk after a power cut.

The format is that of Linux's dm-log-writes (Documentation/admin-guide/device-mapper/
log-writes.rst and drivers/md/dm-log-writes.c say what the fields are): a sector with the
superblock, then for each write or flush a sector with an entry, followed by its data.
"""

import struct

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


class Entry:
    """One request; `data` is empty for what only flushes."""

    __slots__ = ("sector", "count", "flags", "data")

    def __init__(self, sector, count, flags, data):
        self.sector, self.count, self.flags, self.data = sector, count, flags, data


def read_log(path):
    """All entries, in their order."""
    entries = []
    with open(path, "rb") as file:
        magic, version, count, size = struct.unpack("<QQQI", file.read(28).ljust(28, b"\0"))
        if not magic:  # it is written with the first flush
            raise AssertionError("nothing was ever flushed to the disk")
        if magic != MAGIC or version != 1:
            raise ValueError(f"{path} is no log of writes")
        at = size
        for _ in range(count):
            file.seek(at)
            sector, sectors, flags, length = struct.unpack("<QQQQ", file.read(32))
            at += size
            data = b""
            if not flags & DISCARD and sectors:
                file.seek(at)
                data = file.read(sectors * size)
                at += sectors * size
            elif flags & MARK:
                at += -(-length // size) * size
            entries.append(Entry(sector * size, sectors * size, flags, data))
    return entries


class Replay:
    """A disk that goes forward through its log: crash() gives what a cut leaves."""

    def __init__(self, image, entries):
        self.safe = bytearray(image)    # what is surely on the disk
        self.entries = entries
        self.position = 0               # entries before it were looked at
        self.pending = []               # writes since the last flush

    @staticmethod
    def _apply(disk, entry):
        if entry.flags & DISCARD:
            disk[entry.sector:entry.sector + entry.count] = bytes(entry.count)
        else:
            disk[entry.sector:entry.sector + len(entry.data)] = entry.data

    def advance(self, position):
        """Up to, but not including, the entry of that index."""
        for entry in self.entries[self.position:position]:
            if entry.flags & FLUSH:
                for write in self.pending:
                    self._apply(self.safe, write)
                self.pending = []
            if entry.count:
                self.pending.append(entry)
            if entry.flags & FUA:
                self._apply(self.safe, entry)
        self.position = max(self.position, position)

    def crash(self, position, rng):
        """The image if the power goes before the entry @position: of what was written since the
        last flush, each write is there or not. And how many of how many were dropped."""
        self.advance(position)
        disk = bytearray(self.safe)
        keep = rng.choice((0, 0.25, 0.5, 0.75, 0.95))
        dropped = 0
        for write in self.pending:
            if rng.random() < keep:
                self._apply(disk, write)
            else:
                dropped += 1
        return disk, dropped, len(self.pending)
