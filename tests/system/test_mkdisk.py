"""The disk of make run (tools/mkdisk.py): made by anybody, the same every time, kept and renewed."""

import os
import re
import subprocess
import sys
import tempfile

from disk import MIB, debugfs, e2fsck, run
from harness import check, test
from qemu import Machine

WORDS = ["dir:755:/bin", "dir:755:/sbin", "dir:555:/proc", "dir:1777:/tmp", "dir:700:/root",
         "dir:755:/etc"]


class Image:
    """A disk, and the folder with the files that it is made of."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="folio-mkdisk-")
        self.path = os.path.join(self.folder.name, "disk.img")
        self.where = f"{self.path}?offset={MIB}"
        os.mkdir(self.source("etc"))

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.folder.cleanup()

    def source(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.source(name), "w", encoding="utf-8") as file:
            file.write(text)

    def words(self, *more):
        return [*WORDS, f"tree:/etc:{self.source('etc')}", *more]

    def make(self, *more, options=("--size", "16", "--swap", "4"), statuses=(0,)):
        return run([sys.executable, "tools/mkdisk.py", *options, self.path, *self.words(*more)],
                   statuses)

    def data(self):
        with open(self.path, "rb") as file:
            return file.read()

    def debugfs(self, *commands, **arguments):
        return debugfs(self.where, *commands, **arguments)


def a_program(image, text):
    image.write("program", text)
    return [f"file:755:/bin/init:{image.source('program')}", "hard:/sbin/init:/bin/init",
            "link:/bin/link:init", "node:660:/bin/node:b:3:1", "fifo:600:/tmp/pipe"]


@test("partitions, owners, modes, links and nodes are what was asked for, and nobody was root")
def contents(_build):
    with Image() as image:
        image.write("etc/profile", "hello\n")
        image.make(*a_program(image, "code"))
        e2fsck(image.where)
        table = image.data()[446:478]
        check(table[4] == 0x83 and table[20] == 0x82, f"types: {table.hex()}")
        check(image.data()[12 * MIB + 4086:12 * MIB + 4096] == b"SWAPSPACE2", "no swap area")
        listing = image.debugfs("ls -l /", "ls -l /bin", "ls -l /tmp", "stat /sbin/init")
        for pattern in (r" 40555 \(2\) +0 +0 .* proc$", r" 41777 \(2\) +0 +0 .* tmp$",
                        r" 40700 \(2\) +0 +0 .* root$", r" 100755 \(1\) +0 +0 +4 .* init$",
                        r" 120777 \(7\) +0 +0 +4 .* link$", r" 60660 \(4\) .* node$",
                        r" 10600 \(5\) .* pipe$", r"^Links: 2 "):
            check(re.search(pattern, listing, re.MULTILINE), f"{pattern} in\n{listing}")


@test("the same files make the same disk")
def reproducible(_build):
    disks = []
    for mask in (0o022, 0o077):
        with Image() as image:
            image.write("etc/profile", "hello\n")
            old = os.umask(mask)
            try:
                image.make(*a_program(image, "code"))
            finally:
                os.umask(old)
            disks.append(image.data())
    check(disks[0] == disks[1], "two disks differ")


@test("a disk that is there keeps what is on it; only files that were built anew change")
def renewed(_build):
    with Image() as image:
        image.write("etc/profile", "hello\n")
        image.write("etc/old", "old\n")
        image.make(*a_program(image, "code"))
        before = image.data()
        check(image.make(*a_program(image, "code")) == "", "something was said")
        check(image.data() == before, "the disk has changed, and nothing else has")

        image.write("mine", "my own file\n")
        image.debugfs(f"write {image.source('mine')} /home", "rm /etc/profile",
                      f"write {image.source('mine')} /etc/profile", "ssv state 0", write=True)
        os.unlink(image.source("etc/old"))
        image.write("etc/new", "new\n")
        said = image.make(*a_program(image, "other code"), "dir:755:/var")
        check("4 files renewed" in said, said)
        e2fsck(image.where)
        files = [image.debugfs(f"cat {path}").split("\n")[-1 if "init" in path else -2]
                 for path in ("/home", "/etc/profile", "/etc/new", "/sbin/init", "/bin/init")]
        check(all(word in text for word, text in
                  zip(("my own", "my own", "new", "other code", "other code"), files)), f"{files}")
        check("not found" in image.debugfs("stat /etc/old"), "what is gone is there")
        check("Links: 2" in image.debugfs("stat /bin/init"), "the links of a new program")


@test("a disk that is in use, damaged beyond repair or somebody else's is left alone, with a reason")
def refused(build):
    with Image() as image:
        words = a_program(image, "code")
        image.make(*words)
        before = image.data()
        words = a_program(image, "other code")
        with Machine(kernel=build.path("folio.elf"), flags=[
                "-S", "-drive", f"file={image.path},format=raw,if=ide"]) as machine:
            machine.monitor.execute("query-status")
            said = image.make(*words, statuses=(1,))
            check("a running machine uses it" in said and "clean-disk" in said, said)
        check(image.data() == before, "it was changed")
        with open(image.path, "r+b") as file:
            file.seek(510)
            file.write(b"xx")
        check("partition" in image.make(*words, statuses=(1,)), "no partition table")
        os.unlink(image.path + ".files")
        check("no such file" in image.make(*words, statuses=(1,)), "nobody knows what it holds")


@test("make clean-disk removes the disk of make run, and nothing else")
def clean_disk(_build):
    with Image() as image:
        folder = image.folder.name
        for name in ("disk.img", "disk.img.files", "folio.elf"):
            image.write(name, "")
        subprocess.run(["make", "-s", "clean-disk", f"BUILD={folder}"], check=True,
                       stdout=subprocess.DEVNULL)
        check(sorted(os.listdir(folder)) == ["etc", "folio.elf"], f"{os.listdir(folder)}")
