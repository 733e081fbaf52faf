"""The first files: archives of all kinds as the loader's first module."""

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tempfile

from harness import ROOT, boot, check, foreign, test
from qemu import STATUS_PASSED

sys.path.insert(0, os.path.join(ROOT, "tools"))
import mkcpio  # noqa: E402

TIME = 1234567890


class Folder:
    """A folder for the time of a test."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="folio-initramfs-")
        return self

    def __exit__(self, *_exception):
        shutil.rmtree(self.path)

    def write(self, name, data):
        path = os.path.join(self.path, name)
        with open(path, "wb") as file:
            file.write(data)
        return path


def contents(size):
    return bytes((at * 7 + (at >> 8)) & 0xff for at in range(size))


def good_archive(build, folder):
    """Archives, one behind the other, of what the program firstfiles looks for: each later one replaces
    files of those before it, and has inode numbers of its own."""
    program = build.path("user", "stripped", "tests", "firstfiles")
    first = mkcpio.archive([
        f"file:755:/init:{program}", f"file:640:/file:{folder.write('f', contents(12345))}",
        f"file:644:/empty:{folder.write('e', b'')}", "dir:1755:/folder",
        f"file:644:/folder/one:{folder.write('o', contents(5000))}", "hard:/two:/folder/one",
        "link:/link:folder/one", "node:620:/tty:c:4:64", "fifo:600:/fifo",
        f"file:644:/second:{folder.write('l', b'longer')}"], TIME)
    return first + first + mkcpio.archive([f"file:600:/second:{folder.write('s', b'two')}"])


def run(build, folder, data, append="", **arguments):
    flags = ["-initrd", folder.write("archive", data)]
    with boot(build, append="autoexit selftest=off " + append, flags=flags, **arguments) as m:
        status = m.wait(60)
    return status, m.lines


def lines_with(lines, text):
    return [line for line in lines if text in line]


@test("what an archive says is there: contents, modes, times, links, nodes, a second archive")
def good(build):
    with Folder() as folder:
        data = good_archive(build, folder)
        for memory, debug in ((8, False), (64, True), (2048, False)):
            status, lines = run(build, folder, data, memory=memory, debug=debug)
            check(status == STATUS_PASSED, f"{memory} MiB: exit status {status}")
            check(lines_with(lines, "init: /init ended with status 0"), "the files are not right")
            check(lines_with(lines, "initramfs: 21 files"), "it does not say how many files")


@test("an archive that is compressed is refused in one sentence that says how")
def compressed(build):
    with Folder() as folder:
        data = good_archive(build, folder)
        for name, packed in (("gzip", gzip.compress(data)), ("bzip2", bz2.compress(data)),
                             ("xz", lzma.compress(data)),
                             ("lzma", lzma.compress(data, lzma.FORMAT_ALONE)),
                             ("zstd", b"\x28\xb5\x2f\xfd" + data),
                             ("lz4", b"\x02\x21\x4c\x18" + data)):
            status, lines = run(build, folder, packed)
            said = lines_with(lines, "initramfs:")
            check(len(said) == 1 and f"compressed with {name}" in said[0], f"{name}: {said}")
            check(status == STATUS_PASSED, f"{name}: exit status {status}")


@test("an archive that is damaged or cut is refused as a whole, in one sentence")
def damaged(build):
    with Folder() as folder:
        data = good_archive(build, folder)
        at = data.index(b"070701", 6)
        for why, bad in (("does not begin with 070701", data[:at] + b"X" + data[at + 1:]),
                         ("a number in a header", data[:20] + b"?" + data[21:]),
                         ("in the middle of a file", data[:10000]),
                         ("without a trailer", data[:at + 50])):
            status, lines = run(build, folder, bad)
            said = lines_with(lines, "initramfs:")
            check(len(said) == 1 and "damaged at byte" in said[0] and why in said[0],
                  f"{why}: {said}")
            check(lines_with(lines, "init: segments ended with status 0"), "it does not go on")
            check(status == STATUS_PASSED, f"{why}: exit status {status}")


def made_by(command, build):
    """A tree packed by somebody else's cpio: the program alone, as /init."""
    with Folder() as folder:
        tree = os.path.join(folder.path, "tree")
        os.makedirs(os.path.join(tree, "proc"))
        shutil.copy(build.path("user", "stripped", "tests", "nothing"), os.path.join(tree, "init"))
        data = subprocess.run([*command, "-o", "-H", "newc"], input=b".\ninit\nproc\n", cwd=tree,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        status, lines = run(build, folder, data)
    check(status == STATUS_PASSED, f"exit status {status}")
    check(lines_with(lines, "init: /init ended with status 0"), "its /init was not run")


@test("an archive made by cpio")
def by_cpio(build):
    made_by(["cpio"], build)


@test("an archive made by busybox")
def by_busybox(build):
    made_by([os.path.join(foreign(build), "bin/busybox"), "cpio"], build)


@test("8 MiB are enough for the shell and the tools")
def small(build):
    flags = ["-initrd", build.path("initramfs.cpio")]
    with boot(build, append="selftest=off", memory=8, flags=flags) as m:
        m.expect(r"# ", timeout=30)
        m.send("cat /proc/meminfo | head -n 1; echo $((40 + 2)) files\n")
        m.expect(r"MemTotal:")
        m.expect(r"^42 files")
