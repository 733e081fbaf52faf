"""What a file system has promised, and whether it kept it.

The guest's program (tests/user/promises.c) writes down what it does and what was confirmed. A
Promises follows these lines: apply() what was tried, confirm() what was promised; then check()
looks at a disk as it is after a power cut.

For each name: what it may stand for, which is one file after it was confirmed, and more after
each rename, link or removal since. For each file: the sizes that it may have, and for each of
its sectors the versions that may be there: the one that was confirmed, and all since. What was
cut off since it was confirmed may hold anything.
"""

import copy
import re
import struct
import zlib

MAGIC = 0x4F494C46
SECTOR = 512
PAGE = 4096
FOREVER = 1 << 60
LEFT_OVER = r"(^|/)\.replaced-\d+-\d+$"  # what a rename(2) that was cut short has replaced


def sector_bytes(file, sector, version):
    """What the guest writes into a sector; version 0 is a hole."""
    if not version:
        return bytes(SECTOR)
    return struct.pack("<4I", MAGIC, file, sector, version) * (SECTOR // 16)


def read_pages(entries, start, end):
    """The pages of the journal between two places of the disk, from its log: (index of the log's
    entry with which it was complete, its lines)."""
    area = bytearray(end - start)
    pages = []
    for index, entry in enumerate(entries):
        if not entry.data or entry.sector < start or entry.sector >= end:
            continue
        at = entry.sector - start
        area[at:at + len(entry.data)] = entry.data
        for page in range(at // PAGE * PAGE, at + len(entry.data), PAGE):
            magic, number, crc, used = struct.unpack_from("<4I", area, page)
            text = bytes(area[page + 16:page + 16 + used])
            if magic == MAGIC and number == len(pages) and zlib.crc32(text) == crc:
                pages.append((index, text.decode().splitlines()))
    return pages


class File:
    """What is known of a file; sizes in sectors."""

    def __init__(self, number):
        self.number = number
        self.size = 0
        self.versions = {}      # as the guest sees them; missing: a hole
        self.links = 1
        self.durable = None     # versions that were confirmed, by sector
        self.durable_size = self.low = self.high = 0
        self.since = {}         # sector: versions that were written since
        self.cut = FOREVER      # the smallest size since
        self.loose = []         # (from, to): inside the confirmed size, but never confirmed

    def write(self, start, count, version):
        for sector in range(start, start + count):
            self.versions[sector] = version
            self.since.setdefault(sector, set()).add(version)
        self._resize(max(self.size, start + count))

    def truncate(self, size):
        if size < self.size:
            self.versions = {s: v for s, v in self.versions.items() if s < size}
            self.cut = min(self.cut, size)
        self._resize(size)

    def _resize(self, size):
        self.size = size
        self.low, self.high = min(self.low, size), max(self.high, size)

    def confirm(self):
        self.durable = dict(self.versions)
        self.durable_size = self.low = self.high = self.size
        self.since = {}
        self.cut = FOREVER
        self.loose = []

    def confirm_range(self, start, count):
        """A write with O_SYNC: only these sectors, and the size."""
        if self.durable is None:
            return
        for sector in range(start, min(start + count, self.cut)):
            self.durable[sector] = self.versions[sector]
            self.since.pop(sector, None)
        if self.cut == FOREVER:
            self.low = self.high = self.size
            if start > self.durable_size:
                self.loose.append((self.durable_size, start))
            self.durable_size = max(self.durable_size, start + count)

    def wrong(self, inode):
        """What is wrong with the file that was found; None: nothing."""
        block = inode.fs.block_size  # e2fsck makes a file as long as its last block
        low, high = self.low * SECTOR, -(-self.high * SECTOR // block) * block
        if inode.size % SECTOR or not low <= inode.size <= high:
            return f"size {inode.size}, not {low} to {high}"
        end = min(self.durable_size, self.cut, inode.size // SECTOR)
        for sector in self._sectors_to_look_at(inode, end):
            version = self.durable.get(sector, 0)
            found = inode.read(sector * SECTOR, SECTOR)
            allowed = {version} | self.since.get(sector, set())
            if not any(found == sector_bytes(self.number, sector, v) for v in allowed):
                words = struct.unpack_from("<4I", found)
                return (f"sector {sector}: not version {' or '.join(map(str, sorted(allowed)))}, "
                        f"but {'zeros' if not any(found) else words}")
        return None

    def _sectors_to_look_at(self, inode, end):
        """All that were written, and the holes of the blocks that are not holes now."""
        yield from (sector for sector in self.durable if sector < end)
        per_block = inode.fs.block_size // SECTOR
        for index in inode.blocks_present(end // per_block + 1):
            for sector in range(index * per_block, min((index + 1) * per_block, end)):
                if sector not in self.durable and not any(a <= sector < b for a, b in self.loose):
                    yield sector


class Promises:
    """The names and the files; FOLDERS are numbers below 0."""

    def __init__(self):
        self.files = {}
        self.names = {}         # name: number, as the guest sees it
        self.possible = {}      # name: set of numbers; None: it is not there
        self.folders = 0

    def copy(self):
        return copy.deepcopy(self)

    # ---- what is done

    def _may(self, name, number):
        self.possible.setdefault(name, {None}).add(number)

    def _drop(self, number):
        if number in self.files:
            self.files[number].links -= 1

    def apply(self, line):
        """Follow an operation that was begun."""
        what, *words = line.split()
        getattr(self, "_" + what)(*[int(word) if word.isdigit() else word for word in words])

    def _create(self, name, number):
        self.files[number] = File(number)
        self.names[name] = number
        self._may(name, number)

    def _write(self, number, start, count, version):
        self.files[number].write(start, count, version)

    _osync = _write

    def _size(self, number, size):
        self.files[number].truncate(size)

    def _unlink(self, name):
        self._drop(self.names.pop(name))
        self._may(name, None)

    def _rename(self, old, new):
        number = self.names.pop(old)
        self._may(new, number)
        self._may(old, None)
        if new in self.names:
            self._drop(self.names[new])
            self._may(old, self.names[new])  # the two may be exchanged first
        self.names[new] = number

    def _link(self, old, new):
        self.names[new] = self.names[old]
        self._may(new, self.names[old])
        self.files[self.names[old]].links += 1

    def _mkdir(self, name):
        self.folders -= 1
        self.names[name] = self.folders
        self._may(name, self.folders)

    def _rmdir(self, name):
        del self.names[name]
        self._may(name, None)

    # Promises that were asked for and not given change nothing.
    def _nothing(self, *_words):
        pass

    _fsync = _data = _sync = _dirsync = _nothing

    # ---- what is promised

    def confirm(self, line):
        """Follow an operation that has returned with a promise."""
        what, *words = line.split()
        if what == "fsync":
            self.files[int(words[1])].confirm()
            for name in [n for n, number in self.names.items() if number == int(words[1])]:
                self._confirm_name(name)
        elif what == "data":
            self.files[int(words[0])].confirm()
        elif what == "osync":
            number, start, count, _version = map(int, words)
            self.apply(line)
            self.files[number].confirm_range(start, count)
        elif what == "dirsync":
            inside = "" if words[0] == "." else words[0] + "/"
            for name in list(self.possible):
                if name.startswith(inside) and "/" not in name[len(inside):]:
                    self._confirm_name(name)
        elif what == "sync":
            for file in self.files.values():
                file.confirm()
            self.files = {number: file for number, file in self.files.items() if file.links}
            self.possible = {name: {number} for name, number in self.names.items()}

    def _confirm_name(self, name):
        """The name is what it is now, and so is the way to it."""
        self.possible[name] = {self.names.get(name)}
        if "/" in name and name in self.names:
            self._confirm_name(name.rsplit("/", 1)[0])

    # ---- what is there

    @staticmethod
    def _owner(inode):
        """The number that the file's first sector tells."""
        head = inode.read(0, 16)
        magic, number, sector, _version = struct.unpack("<4I", head) if len(head) == 16 else (0,) * 4
        return number if magic == MAGIC and sector == 0 else 0

    def check(self, fs):
        """Sentences about promises that @fs does not keep."""
        found = {name: inode for name, inode in fs.walk() if not re.search(LEFT_OVER, name)}
        wrong = []
        for name in sorted(set(found) | set(self.possible)):
            wrong += self._check_name(name, found.get(name))
        for file in self.files.values():
            if file.durable is not None and file.links:
                wrong += self._check_file(file, found)
        return wrong

    def _check_name(self, name, inode):
        possible = self.possible.get(name, {None})
        if inode is None:
            return [] if None in possible else [f"{name} is lost (it was {possible})"]
        numbers = possible - {None}
        if not numbers:
            return [f"{name} should not be there"]
        kinds = {"dir" if number < 0 else "file" for number in numbers}
        if inode.type not in kinds:
            return [f"{name} is a {inode.type}"]
        files = [self.files.get(number) for number in numbers if number > 0]
        certain = all(file and file.durable is not None and file.links for file in files)
        if inode.is_file and certain and self._owner(inode) not in numbers:
            return [f"{name} is file {self._owner(inode)}, not {numbers}"]
        return []

    def _check_file(self, file, found):
        """It must be there under one of its names at least, and whole under all."""
        names = [name for name, possible in self.possible.items() if file.number in possible]
        there = [name for name in names
                 if name in found and found[name].is_file and self._owner(found[name]) == file.number]
        if not there:
            return [f"file {file.number} is lost (it was {' or '.join(names)})"]
        wrong = [(name, file.wrong(found[name])) for name in there]
        return [f"{name} (file {file.number}): {what}" for name, what in wrong if what]
