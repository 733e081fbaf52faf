"""Disks, seen from the host: what the guest has written is on them, their partitions are found.

The suite `scratch_disk` (tests/kernel/test_scratch_disk.c) writes to every disk whose first
bytes are MAGIC.
"""

import contextlib
import os
import re
import struct
import tempfile

from harness import Meddled, boot, check, test
from qemu import STATUS_PASSED
from shell import Shell

MAGIC = b"FOLIO-SCRATCH"
SECTOR = 512
SIZE = 16 << 20
FIRST, REGION = 8, 8 << 11  # as in the suite


@contextlib.contextmanager
def images(*contents):
    """Files of SIZE bytes that begin with these."""
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.NamedTemporaryFile(prefix="folio-disk-", suffix=".img"))
                 for _ in contents]
        for file, content in zip(files, contents):
            file.truncate(SIZE)
            for at, data in ({0: content} if isinstance(content, bytes) else content).items():
                file.seek(at)
                file.write(data)
            file.flush()
        yield files


def pattern(sector):
    """What the suite writes to a sector."""
    first = sector * 0x9e3779b1
    return struct.pack("<128I", *((first + i) & 0xffffffff for i in range(128)))


def check_written(file):
    data = os.pread(file.fileno(), SIZE, 0)
    check(data.startswith(MAGIC) and not any(data[len(MAGIC):FIRST * SECTOR]),
          "what is before the region was changed")
    last = SIZE // SECTOR
    for sector in (*range(FIRST, FIRST + REGION), *range(last - 3, last)):
        found = data[sector * SECTOR:(sector + 1) * SECTOR]
        check(found == pattern(sector), f"sector {sector} of {file.name}: {found[:16].hex()}...")


def ide(file, index):
    return ["-drive", f"file={file.name},format=raw,if=ide,index={index}"]


def written_by_the_guest(build, append, says, **arguments):
    """Two disks that share a channel, one on the other, and a fourth that is no IDE disk."""
    with images(MAGIC, MAGIC, MAGIC, MAGIC) as files:
        flags = [word for index, file in enumerate(files[:3]) for word in ide(file, index)]
        flags += ["-drive", f"file={files[3].name},format=raw,if=virtio"]
        with boot(build, append=f"autoexit selftest=scratch_disk {append}", flags=flags,
                  **arguments) as m:
            status = m.wait(110)
        check(status == STATUS_PASSED, f"exit status {status}")
        for name in ("hda", "hdb", "hdc"):
            check(any(re.search(rf"{name}: 16 MiB, QEMU HARDDISK, {says}", line) for line in m.lines),
                  f"no line about {name} with {says}")
        check(not any("SKIP" in line for line in m.lines), "the cases were skipped")
        for file in files:
            check_written(file)


@test("what the guest writes by DMA is on the disks of both channels")
def written_by_dma(build):
    written_by_the_guest(build, "", "DMA", debug=True)


@test("the same by PIO")
def written_by_pio(build):
    written_by_the_guest(build, "ide=nodma", "PIO")


@test("the same from high memory")
def written_from_high_memory(build):
    written_by_the_guest(build, "", "DMA", memory=1200)


@test("a disk of 200 GiB, to its last sector")
def large_disk(build):
    with images(MAGIC) as files:
        size = 200 << 30
        files[0].truncate(size)  # it takes no more room than before
        with boot(build, append="autoexit selftest=scratch_disk", flags=ide(files[0], 0)) as m:
            check(m.wait(60) == STATUS_PASSED, "it did not end well")
        check(any("hda: 204800 MiB" in line for line in m.lines), "another size is told")
        for sector in (*range((1 << 28) - 2, (1 << 28) + 2), size // SECTOR - 1):
            found = os.pread(files[0].fileno(), SECTOR, sector * SECTOR)
            check(found == pattern(sector), f"sector {sector}: {found[:16].hex()}...")


# ---------------------------------------------------------------- partition tables

def entry(kind, start, sectors):
    return struct.pack("<4xB3xII", kind, start, sectors)


def table(*entries):
    return b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


TABLES = {
    446: table(entry(0x83, 2048, 4096), entry(0x05, 8192, 16384), entry(0x82, 6144, 1024)),
    8192 * SECTOR + 446: table(entry(0x83, 64, 1000), entry(0x05, 4096, 4096)),
    (8192 + 4096) * SECTOR + 446: table(entry(0x83, 64, 2000)),
}


@test("partitions in the log, in /proc/partitions, /proc/diskstats and /dev")
def partitions(build):
    with images(TABLES) as files:
        with Shell(build, flags=ide(files[0], 0)) as sh:
            text = sh.succeed("cat /proc/partitions")
            found = re.findall(r"^ +(\d+) +(\d+) +(\d+) (\w+)$", text.replace("\r", ""), re.MULTILINE)
            check(found == [("3", "0", "16384", "hda"), ("3", "1", "2048", "hda1"),
                            ("3", "3", "512", "hda3"), ("3", "5", "500", "hda5"),
                            ("3", "6", "1000", "hda6")], text)
            sh.succeed("dd if=/dev/hda5 of=/dev/null bs=4k count=10")
            text = sh.succeed("cat /proc/diskstats")
            fields = {line.split()[2]: [int(word) for word in line.split()[3:]]
                      for line in text.splitlines() if " hda" in line}
            check(all(len(values) == 17 for values in fields.values()), text)
            check(fields["hda5"][0] >= 1 and fields["hda5"][2] >= 80 and fields["hda1"][2] == 0
                  and fields["hda"][2] >= fields["hda5"][2] + 3, text)
            log = "\n".join(sh.machine.lines)
    check("hda: hda1 hda3 hda5 hda6" in log, "no line with the partitions")


@test("a partition table that lies is harmless")
def hostile_table(build):
    lies = {446: table(entry(0x83, 0, 99), entry(0x05, 100, 0xffffffff),
                       entry(0x83, 0xfffffff0, 0xfffffff0), entry(0x83, 200, 0xffffffff)),
            100 * SECTOR + 446: table(entry(0x83, 0xffffff00, 0xff), entry(0x05, 0, 1))}
    with images(lies, b"\0") as files:
        with boot(build, append="autoexit selftest=off",
                  flags=[*ide(files[0], 0), *ide(files[1], 1)]) as m:
            check(m.wait(60) == STATUS_PASSED, "it did not end well")
    log = "\n".join(m.lines)
    for words in ("partition 1 begins outside", "partition 4 reaches too far", "leads astray",
                  "hda: hda4", "hdb: 16 MiB"):
        check(words in log, f"{words!r} is not in the log")


@test("interrupts that never come: a disk is slow then, and works")
def lost_interrupts(build):
    # The handler returns before it has done anything (0xc3 is ret).
    commands = ["hbreak kernel_init", "continue", "set *(unsigned char *)&ide_interrupt = 0xc3"]
    with images(b"") as files:
        with Meddled(build, commands, append="autoexit selftest=off", flags=ide(files[0], 0)) as m:
            m.expect(r"hda: lost interrupt", 60)
            check(m.wait(60) == STATUS_PASSED, "it did not end well")


@test("DMA that always fails: PIO from the third time on, and nothing is lost")
def failing_dma(build):
    # ide_dma_error() becomes mov $-EIO,%eax; ret.
    commands = ["hbreak kernel_init", "continue",
                "set *(unsigned int *)&ide_dma_error = 0xfffffbb8",
                "set *(unsigned short *)((unsigned long)&ide_dma_error + 4) = 0xc3ff"]
    with images(MAGIC) as files:
        with Meddled(build, commands, append="autoexit selftest=scratch_disk",
                     flags=ide(files[0], 0)) as m:
            m.expect(r"hda: DMA does not work: PIO from now on", 60)
            check(m.wait(60) == STATUS_PASSED, "it did not end well")
        check_written(files[0])
        check(not any("error at sector" in line for line in m.lines), "an error was told")


@test("a machine without disks says nothing about them, and loses no time")
def no_disks(build):
    with boot(build, append="autoexit selftest=off", flags=["-nodefaults"]) as m:
        check(m.wait(60) == STATUS_PASSED, "it did not end well")
    check(not any(re.search(r"\bhd[a-d]\b", line) for line in m.lines), "a disk that is not there")
    stamps = [float(found[1]) for line in m.lines if (found := re.match(r"\[ *(\d+\.\d+)\]", line))]
    check(max(stamps) < 5, f"the boot took {max(stamps)} s")
