"""Disks that fail and disks that stall: errors reach who asked, and nothing hangs."""

import os
import re
import subprocess
import tempfile
import time

from faulty_disk import DEVICES, fails, faulty, go_on, stall, stalling
from harness import boot, check, test
from qemu import STATUS_PASSED
from test_disk import Scratch

# The same numbers are in tests/kernel/test_disk_faults.c.
TIMEOUT = 3  # seconds
RULES = [fails("read", 1000), fails("read", 1100, once=True),
         fails("write", 1200), fails("write", 1300, once=True),
         fails("flush", once=True)]


def below_the_caches(build, name, debug):
    with Scratch() as scratch:
        flags = faulty(name, scratch.file.name, RULES)
        with boot(build, append=f"autoexit selftest=disk_faults faultydisk={name}", debug=debug,
                  flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "a case failed")
    check(not any("# SKIP" in line for line in m.lines), "skipped")


def now_and_then(build, name, debug):
    """Errors that pass: nobody notices, and every byte is right. (A request is tried three times,
    and none is so long as the way between two bad sectors.)"""
    rules = [fails(kind, sector, once=True) for kind, first in (("read", 1000), ("write", 700))
             for sector in range(first, 80000, 2500)]
    with Scratch() as scratch:
        flags = faulty(name, scratch.file.name, rules)
        with boot(build, append=f"autoexit selftest=disk testdisk={name}", debug=debug,
                  flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "a case failed")
    check(not any("# SKIP" in line for line in m.lines), "skipped")


def devices(build, name, debug):
    """A program that uses the whole disk: tests/kernel/programs/devfaults.c."""
    rules = [rule for rule in RULES if rule["event"] != "flush_to_disk"]
    with Scratch() as scratch:
        flags = faulty(name, scratch.file.name, rules)
        with boot(build, append="autoexit selftest=off init=/boot/devfaults", debug=debug,
                  initrd=build.path("selftest.cpio"), flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "it did not end well")
    check("devfaults: done" in m.lines, "it did not come to its end")


PAGES, BAD = 64, 40  # the same numbers are in tests/kernel/programs/filefaults.c
MARK = b"the bad part of a program"


class FaultyFiles:
    """An ext2 image with the files of filefaults.c, and the rules that make parts of them bad."""

    def __init__(self, build, block):
        self.build, self.block = build, block

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="folio-faults-")
        self.image = os.path.join(self.folder.name, "image")
        tree = os.path.join(self.folder.name, "tree")
        os.makedirs(os.path.join(tree, "folder"))
        content = b"".join(number.to_bytes(4, "little") * 1024 for number in range(PAGES))
        with open(self.build.path("user", "stripped", "tests", "filefaults"), "rb") as file:
            program = file.read()
        files = {name: content for name in ("read", "read_once", "map", "write", "write_once",
                                            "behind", "msync")}
        files |= {name: program for name in ("prog", "prog_once", "prog_head", "prog_good")}
        files["folder/file"] = b"x"
        for name, data in files.items():
            path = os.path.join(tree, name)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, 0o755)
        subprocess.run(["mke2fs", "-q", "-t", "ext2", "-b", str(self.block), "-d", tree,
                        self.image, "8M"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        mark, page = program.index(MARK), BAD * 4096
        self.rules = [
            self.fails("read", "read", page), self.fails("read", "read_once", page, once=True),
            self.fails("read", "map", page), self.fails("write", "write", page),
            self.fails("write", "write_once", page, once=True), self.fails("write", "msync", page),
            self.fails("write", "behind", page),
            self.fails("read", "prog", mark), self.fails("read", "prog_once", mark, once=True),
            self.fails("read", "prog_head", 0), self.fails("read", "folder", 0)]
        return self

    def __exit__(self, *_exception):
        self.folder.cleanup()

    def debugfs(self, command):
        done = subprocess.run(["debugfs", "-R", command, self.image], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout.strip()

    def fails(self, kind, name, offset, once=False):
        """The rule for the sector that holds this byte of a file."""
        block = int(self.debugfs(f"bmap /{name} {offset // self.block}").split()[0])
        return fails(kind, (block * self.block + offset % self.block) // 512, once)

    def check(self):
        """The file system is clean, and what could be written is there."""
        done = subprocess.run(["e2fsck", "-fn", self.image], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(done.returncode == 0, done.stdout)
        data = self.read("write")
        for number in range(1, PAGES):
            wanted = ord("a") + number % 26 if number != BAD else number
            check(data[number * 4096] == wanted, f"page {number} of the file that was written")
        data = self.read("msync")
        for number in range(PAGES):
            wanted = ord("m") if number != BAD else number
            check(data[number * 4096 + 8] == wanted, f"page {number} of the file that was mapped")

    def read(self, name):
        out = os.path.join(self.folder.name, "out")
        self.debugfs(f"dump /{name} {out}")
        with open(out, "rb") as file:
            return file.read()


def files(build, name, debug, block):
    """Files, mappings and programs: tests/kernel/programs/filefaults.c."""
    with FaultyFiles(build, block) as disk:
        with boot(build, append="autoexit selftest=off init=/boot/filefaults", debug=debug,
                  initrd=build.path("selftest.cpio"),
                  flags=faulty(name, disk.image, disk.rules)) as m:
            check(m.wait() == STATUS_PASSED, "it did not end well")
        check("filefaults: done" in m.lines, "it did not come to its end")
        check(any("bus error" in line and "(an error of /mnt/prog)" in line for line in m.lines),
              "what killed a program is not told")
        disk.check()


class FaultyMetadata:
    """An ext2 image, and where in it things of the file system's own lie."""

    BLOCK = 1024

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="folio-faults-")
        self.image = os.path.join(self.folder.name, "image")
        tree = os.path.join(self.folder.name, "tree")
        os.mkdir(tree)
        with open(os.path.join(tree, "big"), "wb") as file:
            file.write(bytes(range(256)) * 1024)
        subprocess.run(["mke2fs", "-q", "-t", "ext2", "-b", str(self.BLOCK), "-d", tree, self.image,
                        "4M"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_exception):
        self.folder.cleanup()

    def debugfs(self, command):
        done = subprocess.run(["debugfs", "-R", command, self.image], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout

    def sector(self, what):
        """The first sector of: superblock, bitmap, inodes, new_inodes, root, indirect."""
        if what == "superblock":
            return 2
        if what == "root":
            return int(self.debugfs("blocks /").split()[0]) * 2
        if what == "indirect":
            return int(re.search(r"\(IND\):(\d+)", self.debugfs("stat /big")).group(1)) * 2
        stats = self.debugfs("stats")
        if what == "bitmap":
            return int(re.search(r"block bitmap at (\d+)", stats).group(1)) * 2
        table = int(re.search(r"inode table at (\d+)", stats).group(1)) * 2
        return table if what == "inodes" else table + (14 - 1) * 256 // 512

    def check(self, good):
        """e2fsck repairs it, and these files are there."""
        done = subprocess.run(["e2fsck", "-fy", self.image], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(done.returncode <= 1, done.stdout)
        for number in good:
            data = self.debugfs(f"cat /new{number}")
            check(data == chr(ord("A") + number) * 20 * 1024, f"file {number} was confirmed")


def metadata(build, kind, what, expect):
    """tests/kernel/programs/metafaults.c; `expect` is in what it says."""
    with FaultyMetadata() as disk:
        rules = [fails(kind, disk.sector(what))]
        with boot(build, append="autoexit selftest=off init=/boot/metafaults", debug=True,
                  initrd=build.path("selftest.cpio"), flags=faulty("vda", disk.image, rules)) as m:
            check(m.wait() == STATUS_PASSED, "it did not end well")
        said = "\n".join(m.lines)
        check(re.search(expect, said), f"no {expect}")
        disk.check([int(n) for n in re.findall(r"^file (\d+): error 0$", said, re.M)])


# What cannot be read or written, and what the program says then.
METADATA = (
    ("write", "superblock", "mount: error 5"),
    ("write", "bitmap", r"file \d+: error 5"),
    ("write", "new_inodes", r"file \d+: error 5"),
    ("write", "root", r"file \d+: error 5"),
    ("read", "superblock", "mount: error 5"),
    ("read", "inodes", "mount: error 5"),
    ("read", "bitmap", r"file \d+: error 5"),
    ("read", "root", r"file \d+: error 5"),
    ("read", "indirect", "read: error 5"),
)

for fault in METADATA:
    doing = "written" if fault[0] == "write" else "read"

    @test(f"faults: ext2 whose {fault[1].replace('_', ' ')} cannot be {doing}")
    def bad_metadata(build, fault=fault):
        metadata(build, *fault)


def stalled(build, name, debug):
    """A time-out resets the disk; a request that is tried again and is fast then succeeds."""
    with Scratch() as scratch:
        append = f"autoexit selftest=disk_stalls stallingdisk={name} disktimeout={TIMEOUT}"
        with boot(build, append=append, debug=debug, flags=stalling(name, scratch.file.name)) as m:
            m.expect("let it stall", 30)
            stall(m)
            m.expect("let it go on", 60)
            time.sleep(TIMEOUT / 3)  # so that a request waits; the next attempt need not
            go_on(m)
            check(m.wait(60) == STATUS_PASSED, "a case failed")
    check(not any("# SKIP" in line for line in m.lines), "skipped")
    check(re.search(rf"{name}: read time-out at sector 3000", "\n".join(m.lines)), "no time-out")


for each in DEVICES:
    for is_debug in (False, True):
        words = f"{each}, {'debug' if is_debug else 'shipped'} kernel"

        @test(f"faults: bad sectors below the caches, {words}")
        def bad_sectors(build, name=each, debug=is_debug):
            below_the_caches(build, name, debug)

        @test(f"faults: sectors that are bad once, {words}")
        def bad_once(build, name=each, debug=is_debug):
            now_and_then(build, name, debug)

        @test(f"faults: bad sectors of a device, {words}")
        def bad_device(build, name=each, debug=is_debug):
            devices(build, name, debug)

        @test(f"faults: bad sectors in files and programs, {words}")
        def bad_files(build, name=each, debug=is_debug):
            files(build, name, debug, 4096 if name == "vda" else 1024)

        @test(f"faults: a disk that stalls, {words}")
        def stalls(build, name=each, debug=is_debug):
            stalled(build, name, debug)
