"""Real disks, through the block layer and each driver: the suite `disk` on a scratch disk.

The same cases for all (tests/kernel/test_disk.c); only the machine and its options differ.
"""

import os
import random
import re
import tempfile

from harness import boot, check, test
from qemu import STATUS_PASSED
from shell import Shell

MIB = 1 << 20


class Scratch:
    """An empty disk image of a file of its own."""

    def __init__(self, size=40 * MIB):
        self.size = size

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="folio-disk-", suffix=".img")
        self.file.truncate(self.size)
        return self

    def __exit__(self, *_exception):
        self.file.close()

    def drive(self, words=""):
        return ["-drive", f"file={self.file.name},format=raw,if=none,id=scratch{words}"]

    def virtio(self, words=""):
        return self.drive() + ["-device", f"virtio-blk-pci,drive=scratch{words}"]

    def ide(self, words=""):
        return self.drive() + ["-device", f"ide-hd,drive=scratch,bus=ide.0{words}"]


# Name of the disk, how it is connected, words for the machine, boot options, says in the log
MACHINES = {
    "virtio": ("vda", "virtio", "", (), "", ""),
    "virtio without tables": ("vda", "virtio", ",indirect_desc=off", (), "", ""),
    "virtio, modern only": ("vda", "virtio", ",disable-legacy=on", (), "", ""),
    "virtio, modern only, behind a port of PCI Express": (
        "vda", "virtio", ",bus=root1", ("-M", "q35", "-device", "pcie-root-port,id=root1"), "", ""),
    "virtio with a short queue": ("vda", "virtio", ",queue-size=16", (), "", ""),
    "IDE": ("hda", "ide", "", (), "", "DMA"),
    "IDE without DMA": ("hda", "ide", "", (), "ide=nodma", "PIO"),
    "IDE on a machine without PCI": ("hda", "ide", "", ("-M", "isapc"), "", "PIO"),
}


def run_suite(build, machine, debug):
    name, connect, words, flags, append, says = MACHINES[machine]
    with Scratch() as scratch:
        flags = [*flags, *getattr(scratch, connect)(words)]
        with boot(build, append=f"autoexit selftest=disk testdisk={name} {append}", debug=debug,
                  flags=flags) as m:
            status = m.wait()
        with open(scratch.file.name, "rb") as file:
            written = file.read(MIB)
    line = next((line for line in m.lines if re.search(rf"\b{name}: \d+ MiB", line)), "")
    check(line, f"no line about {name}")
    check(says in line, f"{says} expected: {line}")
    check(status == STATUS_PASSED, f"exit status {status}")
    check(not any("# SKIP no testdisk" in line for line in m.lines), "the cases were skipped")
    check(any(written), "nothing was written to the image")


def register(machine):
    for debug in (False, True):
        @test(f"disk: {machine}, {'debug' if debug else 'shipped'} kernel")
        def run(build, debug=debug):
            run_suite(build, machine, debug)


for each in MACHINES:
    register(each)


@test("disk: several disks of both drivers; one is read-only")
def several(build):
    with Scratch(3 * MIB) as one, Scratch(5 * MIB) as two, Scratch(7 * MIB) as three:
        flags = []
        for number, scratch in enumerate((one, two)):
            flags += ["-drive", f"file={scratch.file.name},format=raw,if=none,id=v{number},"
                                f"readonly={'on' if number else 'off'}",
                      "-device", f"virtio-blk-pci,drive=v{number}"]
        flags += ["-drive", f"file={three.file.name},format=raw,if=ide,index=1"]
        with boot(build, append="autoexit selftest=off", flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "it did not end well")
    log = "\n".join(m.lines)
    check(re.search(r"hdb: 7 MiB", log), "no hdb")
    check(re.search(r"vda: 3 MiB(?!.*read-only)", log), "no vda that can be written")
    check(re.search(r"vdb: 5 MiB.*read-only", log), "no vdb that is read-only")
    check("hda:" not in log and "vdc:" not in log, "a disk that is not there")


@test("disk: six virtio disks share interrupt lines; all are read and written at once")
def shared_lines(build):
    names = "abcdef"
    size = 4 * MIB
    with tempfile.TemporaryDirectory(prefix="folio-disks-") as folder:
        flags, contents = [], {}
        for name in names:
            contents[name] = random.Random(name).randbytes(size)
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(contents[name] + bytes(size))
            flags += ["-drive", f"file={path},format=raw,if=virtio"]
        with Shell(build, flags=flags, debug=True) as sh:
            lines = sh.succeed("cat /proc/bus/pci/devices").splitlines()
            used = [line.split()[2] for line in lines if line.endswith("virtio_blk")]
            check(len(used) == 6 and len(set(used)) < 6, f"interrupt lines {used}")
            for name in names:  # each disk's first half becomes its second half
                sh.succeed(f"D{name}='if=/dev/vd{name} of=/dev/vd{name}'")
            sh.succeed("S='bs=64k count=64 seek=64'")
            for name in names:
                sh.succeed(f"dd $D{name} $S 2>/dev/null & :")
            sh.succeed("wait")
            sh.succeed("sync")
            check(sh.power_off() == STATUS_PASSED, "it did not end well")
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                check(file.read() == contents[name] * 2, f"what is on vd{name}")


@test("disk: a virtio disk that cannot be used gets one line")
def unusable(build):
    with Scratch() as scratch:
        flags = scratch.virtio(",logical_block_size=4096,physical_block_size=4096")
        with boot(build, append="autoexit selftest=off", flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "it did not end well")
    lines = [line for line in m.lines if "virtio" in line]
    check(len(lines) == 1 and "blocks are not of 512 bytes" in lines[0], f"{lines}")
