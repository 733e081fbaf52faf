"""Disks for system tests: made on the host, attached to a machine, looked at afterwards.

    with Disks() as disks:
        disk = disks.add(mib=16, block=1024, tree="some/folder")     # /dev/hda
        with Shell(build, flags=disks.flags) as sh:
            need_ext2(sh)
            sh.succeed(f"mount -t ext2 {disk.device} /mnt")
            ...
        check(disk.ext2().lookup("a/b").size == 3, "the size of a/b")

When the block ends without an exception, `e2fsck -fn` must find nothing wrong with any of them.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

from ext2 import Ext2
from harness import Skip, check

SECTOR = 512
MIB = 1 << 20
LETTERS = {"ide": "hd", "virtio": "vd"}
UUID = "f0110f01-1f01-4011-8f01-f0110f0110f0"  # the same image every time


def run(words, statuses=(0,), **arguments):
    """Run a program of the host; what it prints."""
    if not shutil.which(words[0]):
        raise Skip(f"no {words[0]}")
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          check=False, stdin=subprocess.DEVNULL, **arguments)
    text = done.stdout.decode("utf-8", "replace")
    check(done.returncode in statuses, f"{' '.join(words)}: status {done.returncode}:\n{text}")
    return text


def mke2fs(path, kib, block, tree=None, offset=0, words=()):
    """An ext2 file system with mke2fs's own features, in a file that may hold more."""
    extended = f"offset={offset},hash_seed={UUID},root_owner=0:0"
    command = ["mke2fs", "-q", "-F", "-t", "ext2", "-b", str(block), "-U", UUID, "-E", extended]
    if tree:
        command += ["-d", tree]
    environment = {**os.environ, "E2FSPROGS_FAKE_TIME": "1767225600"}  # 2026-01-01
    run([*command, *words, path, f"{kib}k"], env=environment)


def e2fsck(path, flags="-fn", statuses=(0,)):
    """The check; with other flags than -fn it may repair, and 1 says that it did."""
    return run(["e2fsck", flags, path], statuses)


def debugfs(path, *commands, write=False):
    """What debugfs says to some commands."""
    script = path.split("?")[0] + ".debugfs"
    with open(script, "w", encoding="utf-8") as file:
        file.write("\n".join(commands) + "\n")
    text = run(["debugfs", *(["-w"] if write else []), "-f", script, path])
    os.unlink(script)
    return text


def partition_table(partitions):
    """An MBR for (first sector, sectors, type)s."""
    table = bytearray(SECTOR)
    for i, (first, count, kind) in enumerate(partitions):
        struct.pack_into("<B3sB3sII", table, 446 + 16 * i, 0, b"\xfe\xff\xff", kind,
                         b"\xfe\xff\xff", first, count)
    table[510:] = b"\x55\xaa"
    return bytes(table)


class Disk:
    """One image file. `device` is its name in Folio, and `partitions` are those of its parts."""

    def __init__(self, path, device, bus, index):
        self.path, self.device, self.bus, self.index = path, device, bus, index
        self.systems = []   # (offset, size) in bytes of the ext2 file systems on it

    @property
    def flags(self):
        """QEMU's words to attach it. What the guest flushes need not reach the host's disk."""
        return ["-drive", f"file={self.path},format=raw,if={self.bus},index={self.index},"
                          "cache=unsafe"]

    def data(self):
        with open(self.path, "rb") as file:
            return file.read()

    def ext2(self, system=0):
        """A reader of one of its file systems."""
        return Ext2(self.data(), self.systems[system][0])

    def check(self):
        """e2fsck -fn must find nothing."""
        for offset, _size in self.systems:
            e2fsck(f"{self.path}?offset={offset}" if offset else self.path)


class Disks:
    """All images of a test, in a folder of their own that goes away with them."""

    def __init__(self):
        self.disks = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="folio-disk-")
        return self

    def __exit__(self, kind, _error, _trace):
        try:
            if kind is None:
                for disk in self.disks:
                    disk.check()
        finally:
            shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def flags(self):
        return [word for disk in self.disks for word in disk.flags]

    def raw(self, mib=0, bus="ide", content=b""):
        """A disk with nothing, or some bytes, on it."""
        index = sum(disk.bus == bus for disk in self.disks)
        if bus == "ide" and index >= 2:
            index += 1  # QEMU's CD-ROM is the third
        device = f"/dev/{LETTERS[bus]}{'abcdefgh'[index]}"
        disk = Disk(self.path(os.path.basename(device)), device, bus, index)
        with open(disk.path, "wb") as file:
            file.write(content)
            file.truncate(max(mib * MIB, len(content)))
        self.disks.append(disk)
        return disk

    def add(self, mib=16, block=4096, tree=None, bus="ide", words=()):
        """A disk that is one ext2 file system."""
        disk = self.raw(mib, bus)
        mke2fs(disk.path, mib * 1024, block, tree, words=words)
        disk.systems = [(0, mib * MIB)]
        return disk

    def add_partitioned(self, mibs, block=4096, bus="ide"):
        """A disk with partitions of so many MiB, the first of them an ext2 file system."""
        starts = [MIB + MIB * sum(mibs[:i]) for i in range(len(mibs))]
        disk = self.raw(1 + sum(mibs), bus)
        mke2fs(disk.path, mibs[0] * 1024, block, offset=MIB)
        table = [(start // SECTOR, mib * MIB // SECTOR, 0x83) for start, mib in zip(starts, mibs)]
        with open(disk.path, "r+b") as file:
            file.write(partition_table(table))
        disk.systems = [(MIB, mibs[0] * MIB)]
        disk.partitions = [f"{disk.device}{i + 1}" for i in range(len(mibs))]
        disk.starts = starts
        return disk

    def add_root(self, build, mib=40, block=4096, bus="ide"):
        """A disk with the files of the tests, to boot from: tools/mkdisk.py makes it. Its first
        partition is the root."""
        with open(build.path("flags", "test-cpio"), encoding="utf-8") as file:
            words = file.read().split()
        disk = self.raw(bus=bus)
        os.unlink(disk.path)
        run([sys.executable, "tools/mkdisk.py", "--size", str(mib), "--swap", "2", "--block-size",
             str(block), disk.path, *words])
        disk.systems = [(MIB, (mib - 3) * MIB)]
        disk.partitions = [disk.device + "1", disk.device + "2"]
        return disk


def need_ext2(sh):
    """Skip the test if the kernel does not know ext2."""
    if "ext2" not in sh.succeed("cat /proc/filesystems"):
        raise Skip("no ext2 in /proc/filesystems")


def make_tree(folder, seed=1, names=120, large=700_000):
    """A tree with something of everything that mke2fs -d copies: files of many sizes, a large
    one with holes, links of all kinds, a directory of several blocks. Returns its paths."""
    rng = random.Random(seed)
    os.makedirs(os.path.join(folder, "deep/er/still"))
    os.makedirs(os.path.join(folder, "many"))
    os.makedirs(os.path.join(folder, "empty"))
    for i, size in enumerate((0, 1, 59, 1023, 1024, 4096, 4097, 12 * 1024 + 1, 50_000)):
        write_file(os.path.join(folder, f"deep/er/size.{i}"), rng.randbytes(size))
    for i in range(names):
        write_file(os.path.join(folder, f"many/{'a' * rng.randrange(1, 60)}.{i}"), rng.randbytes(i))
    write_file(os.path.join(folder, "large"), rng.randbytes(large))
    with open(os.path.join(folder, "sparse"), "wb") as file:
        for place in (0, 20_000, 290_000, 5_000_000):
            file.seek(place)
            file.write(rng.randbytes(3000))
        file.truncate(5_100_000)
    os.symlink("deep/er/size.4", os.path.join(folder, "short.link"))
    os.symlink("many/../" * 20 + "large", os.path.join(folder, "long.link"))
    os.link(os.path.join(folder, "large"), os.path.join(folder, "deep/hard"))
    os.mkfifo(os.path.join(folder, "fifo"))
    os.chmod(os.path.join(folder, "deep/er/size.3"), 0o4751)
    os.chmod(os.path.join(folder, "empty"), 0o1777)


def write_file(path, data):
    with open(path, "wb") as file:
        file.write(data)
