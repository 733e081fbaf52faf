"""A reader of ext2 images: enough to look at files quickly, without a process for each.

    fs = Ext2(open("disk.img", "rb").read(), offset=2048 * 512)
    for path, inode in fs.walk():
        if inode.is_file:
            data = inode.read(0, inode.size)

Numbers of structures are those of the ext2 documentation ("The Second Extended File System",
D. Poirier): superblock, group descriptors, inodes, directory entries of revision 1.
"""

import struct

ROOT = 2
DIRECT = 12  # of an inode's 15 pointers; then one, two and three levels of indirection
TYPES = {0x8000: "file", 0x4000: "dir", 0xA000: "link", 0x2000: "char", 0x6000: "block",
         0x1000: "fifo", 0xC000: "socket"}


class Inode:
    """One inode, and what it holds."""

    def __init__(self, fs, number):
        self.fs = fs
        self.number = number
        at = fs.inode_place(number)
        raw = fs.data[at:at + 128]
        (self.mode, self.uid, size, self.atime, self.ctime, self.mtime, self.dtime, self.gid,
         self.links, self.sectors, self.flags) = struct.unpack_from("<HHIIIIIHHII", raw)
        self.pointers = struct.unpack_from("<15I", raw, 40)
        self.type = TYPES.get(self.mode & 0xF000, "?")
        high = struct.unpack_from("<I", raw, 108)[0] if self.is_file else 0
        self.size = size | high << 32
        self._inline = raw[40:100]

    @property
    def is_file(self):
        return self.type == "file"

    @property
    def is_dir(self):
        return self.type == "dir"

    def block(self, index):
        """The block of the disk that holds the file's block @index; 0: a hole."""
        if index < DIRECT:
            return self.pointers[index]
        index -= DIRECT
        per_block = self.fs.block_size // 4
        for depth in (1, 2, 3):
            if index < per_block ** depth:
                return self._through(self.pointers[DIRECT + depth - 1], index, depth)
            index -= per_block ** depth
        return 0

    def blocks_present(self, end):
        """Indices below @end of the file's blocks that are no holes."""
        return [index for index in self._present(end) if index < end]

    def _present(self, end):
        per_block = self.fs.block_size // 4
        for index, pointer in enumerate(self.pointers[:DIRECT]):
            if pointer:
                yield index
        start = DIRECT
        for depth in (1, 2, 3):
            if start < end:
                yield from self._below(self.pointers[DIRECT + depth - 1], start, depth)
            start += per_block ** depth

    def _below(self, block, start, depth):
        """Of the tree of @depth levels under an indirect block."""
        if not block:
            return
        per_block = self.fs.block_size // 4
        table = struct.unpack_from(f"<{per_block}I", self.fs.data, self.fs.place(block))
        for slot, pointer in enumerate(table):
            if pointer and depth == 1:
                yield start + slot
            elif pointer:
                yield from self._below(pointer, start + slot * per_block ** (depth - 1), depth - 1)

    def _through(self, block, index, depth):
        per_block = self.fs.block_size // 4
        while block and depth:
            depth -= 1
            slot, index = divmod(index, per_block ** depth)
            block = struct.unpack_from("<I", self.fs.data, self.fs.place(block) + 4 * slot)[0]
        return block

    def read(self, start, count):
        """Bytes of the file; fewer at its end."""
        count = min(count, self.size - start)
        parts = []
        while count > 0:
            index, skip = divmod(start, self.fs.block_size)
            piece = min(count, self.fs.block_size - skip)
            block = self.block(index)
            at = self.fs.place(block) + skip
            parts.append(self.fs.data[at:at + piece] if block else bytes(piece))
            start += piece
            count -= piece
        return b"".join(parts)

    def target(self):
        """Where a symbolic link points to; short ones are kept in the inode itself."""
        return (self._inline[:self.size] if self.sectors == 0 else self.read(0, self.size)).decode()

    def entries(self):
        """(name, number of the inode) of a directory."""
        data = self.read(0, self.size)
        at = 0
        while at < len(data):
            number, length, size = struct.unpack_from("<IHB", data, at)
            if number:
                yield data[at + 8:at + 8 + size].decode("utf-8", "replace"), number
            at += max(length, 8)


class Ext2:
    """A file system that begins @offset bytes into some data."""

    def __init__(self, data, offset=0):
        self.data = data
        self.offset = offset
        (self.inodes, self.blocks) = struct.unpack_from("<II", data, offset + 1024)
        (first, log_size) = struct.unpack_from("<I4xI", data, offset + 1024 + 20)
        (self.inodes_per_group, ) = struct.unpack_from("<I", data, offset + 1024 + 40)
        (magic, ) = struct.unpack_from("<H", data, offset + 1024 + 56)
        (self.inode_size, ) = struct.unpack_from("<H", data, offset + 1024 + 88)
        if magic != 0xEF53:
            raise ValueError("no ext2 file system")
        self.block_size = 1024 << log_size
        self.descriptors = self.place(first + 1)

    def place(self, block):
        return self.offset + block * self.block_size

    def inode_place(self, number):
        group, index = divmod(number - 1, self.inodes_per_group)
        table = struct.unpack_from("<I", self.data, self.descriptors + 32 * group + 8)[0]
        return self.place(table) + index * self.inode_size

    def inode(self, number):
        return Inode(self, number)

    def walk(self, number=ROOT, path=""):
        """(path, Inode) of all there is below the root, lost+found left out."""
        for name, child in self.inode(number).entries():
            if name in (".", "..") or (number == ROOT and name == "lost+found"):
                continue
            inode = self.inode(child)
            yield f"{path}{name}", inode
            if inode.is_dir:
                yield from self.walk(child, f"{path}{name}/")

    def lookup(self, path):
        """The inode of a path without links; KeyError if there is none."""
        inode = self.inode(ROOT)
        for name in path.split("/"):
            if name:
                inode = self.inode(dict(inode.entries())[name])
        return inode
