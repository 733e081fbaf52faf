#!/usr/bin/env python3
"""Power cuts: whatever fsync, msync or sync has confirmed is there afterwards.

usage: powercut.py [--build DIR] [--seed N] [--keep FOLDER] IMAGES

A guest works hard on an ext2 file system and writes down what it was promised, on another
partition of the same disk (tests/user/promises.c). QEMU's blklogwrites driver records every
write and flush. A crash image is the disk with all writes before the last flush before some
point of the log, and a random part of those from there to the point. e2fsck -p must repair it
by itself (status 0 or 1), and every promise from before the point must be kept.

A third of the points are anywhere; a third are where many writes wait for a flush; the others are
right behind a page of the guest's journal and before the flush that follows it: if fsync itself did
not flush, its data is lost there.

Each recording is also judged as if the guest had never flushed: then promises must be broken, or
this test sees nothing.
"""

import argparse
import os
import random
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from blklog import FLUSH, Entry, Replay, read_log
from disk import MIB, Disks, e2fsck, need_ext2
from ext2 import Ext2
from harness import ROOT, Build, Skip, check
from promises import Promises, read_pages
from shell import Shell

SIZES = (16, 1)  # MiB of the file system and of the journal
# Block size and driver of each boot.
MACHINES = ((1024, "ide"), (4096, "virtio"), (2048, "virtio"))
TIMEOUT = 120
BUSY = 4           # writes that wait for a flush
NEVER_FLUSHED = 4  # images for the proof that the test can fail


class Recording:
    """A disk before the workload, all that was written to it, and what was promised."""

    def __init__(self, disk, image, entries):
        self.disk, self.image, self.entries = disk, image, entries
        self.start, self.size = disk.systems[0]
        end = disk.starts[1] + SIZES[1] * MIB
        self.pages = read_pages(self.entries, disk.starts[1], end)

    def without_flushes(self):
        """The same as if the guest had never flushed the disk's cache."""
        writes = [Entry(e.sector, e.count, e.flags & ~FLUSH, e.data) for e in self.entries if e.count]
        return Recording(self.disk, self.image, writes)

    def _busy(self):
        """Indices into the log where several writes have not been flushed yet."""
        busy, pending = [], 0
        for index, entry in enumerate(self.entries):
            pending = 0 if entry.flags & FLUSH else pending + 1
            if pending >= BUSY and index > self.pages[0][0]:
                busy.append(index + 1)
        return busy

    def points(self, count, rng):
        """Where the power goes: indices into the log, ascending."""
        behind = [index + 1 for index, _lines in self.pages]
        points = rng.sample(behind, min(count // 3, len(behind)))
        busy = self._busy()
        points += rng.sample(busy, min(count // 3, len(busy)))
        while len(points) < count:
            points.append(rng.randrange(behind[0], len(self.entries) + 1))
        return sorted(points)


def logged_flags(disk, log):
    """QEMU's words for a disk whose writes are logged."""
    device = {"ide": "ide-hd,bus=ide.0", "virtio": "virtio-blk-pci"}[disk.bus]
    return ["-blockdev", f"driver=file,node-name=image,filename={disk.path},cache.no-flush=on",
            "-blockdev", f"driver=file,node-name=log,filename={log},cache.no-flush=on",
            "-blockdev", "driver=blklogwrites,node-name=logged,file=image,log=log",
            "-device", f"{device},drive=logged"]


def record(build, block, bus, operations, seed, memory=32):
    """Let a guest work; a Recording. Its disk must be clean in the end."""
    with Disks() as disks:
        disk = disks.add_partitioned(SIZES, block, bus)
        image, log = disk.data(), disks.path("log")
        with open(log, "wb"):
            pass
        with Shell(build, memory=memory, flags=logged_flags(disk, log)) as sh:
            need_ext2(sh)
            one, two = disk.partitions
            sh.succeed("mkdir -p /mnt; cd /mnt")
            sh.succeed(f"p='{one} /mnt/cut {two}'")
            sh.succeed(f"/tests/promises $p {operations} {seed}", timeout=TIMEOUT)
            sh.power_off()
        return Recording(disk, image, read_log(log))


class Judge:
    """Looks at crash images of a recording, in the order of their points."""

    def __init__(self, recording, folder):
        self.recording = recording
        self.replay = Replay(recording.image, recording.entries)
        self.promises = Promises()
        self.page = 0
        self.path = os.path.join(folder, "crash.img")

    def _expected(self, point):
        """The promises before the point; what was begun after them may be there or not."""
        pages = self.recording.pages
        while self.page < len(pages) and pages[self.page][0] < point:
            lines = pages[self.page][1]
            for line in lines[:-1]:
                self.promises.apply(line)
            self.promises.confirm(lines[-1])
            self.page += 1
        expected = self.promises.copy()
        if self.page < len(pages):
            for line in pages[self.page][1]:
                expected.apply(line)
        return expected

    def judge(self, point, rng):
        """(what is wrong, number dropped, number of writes since the flush)."""
        expected = self._expected(point)
        image, dropped, pending = self.replay.crash(point, rng)
        start, size = self.recording.start, self.recording.size
        with open(self.path, "wb") as file:
            file.write(image[start:start + size])
        try:
            e2fsck(self.path, "-pf", statuses=(0, 1))
            e2fsck(self.path, "-fn")
        except AssertionError as error:
            return [str(error)], dropped, pending
        with open(self.path, "rb") as file:
            return expected.check(Ext2(file.read())), dropped, pending


def judge_all(recording, images, seed, say, keep=None):
    """Crash images of one recording; sentences about what is wrong with them."""
    rng = random.Random(seed)
    wrong, all_dropped = [], 0
    with Disks() as disks:
        judge = Judge(recording, disks.folder)
        for number, point in enumerate(recording.points(images, rng)):
            found, dropped, pending = judge.judge(point, rng)
            all_dropped += dropped
            for sentence in found:
                wrong.append(f"image {number}, point {point} of {len(recording.entries)}, behind "
                             f"page {judge.page - 1}, {dropped} of {pending} writes dropped: "
                             f"{sentence}")
            if found and keep:
                os.makedirs(keep, exist_ok=True)
                shutil.copy(judge.path, os.path.join(keep, f"{seed}-{number}.img"))
        say(f"{images} images from a log of {len(recording.entries)} entries with "
            f"{len(recording.pages)} promises; {all_dropped} writes dropped; {len(wrong)} wrong")
    return wrong


def powercut(build, images, seed, say, keep=None, machines=MACHINES, operations=1500,
             memory=32):
    """The whole test: the images are shared among the machines."""
    wrong = []
    for number, (block, bus) in enumerate(machines):
        share = images * (number + 1) // len(machines) - images * number // len(machines)
        if not share:
            continue
        start = time.monotonic()
        recording = record(build, block, bus, operations, seed + number, memory)
        say(f"blocks of {block} on {bus}, seed {seed + number}: recorded in "
            f"{time.monotonic() - start:.0f} s")
        wrong += [f"{block} {bus}: {sentence}"
                  for sentence in judge_all(recording, share, seed + number, say, keep)]
        blind = recording.without_flushes()
        if not judge_all(blind, NEVER_FLUSHED, seed + number, lambda _text: None):
            wrong.append(f"{block} {bus}: nothing is missed on a disk that was never flushed")
    check(not wrong, f"{len(wrong)} broken promises:\n" + "\n".join(wrong[:20]))


def main():
    parser = argparse.ArgumentParser(description="Cut Folio's power.")
    parser.add_argument("--build", default="build", help="the folder with the kernel")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1000000)
    parser.add_argument("--keep", help="a folder for the images that are wrong")
    parser.add_argument("images", type=int)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    try:
        powercut(Build(arguments.build), arguments.images, arguments.seed, print, arguments.keep)
    except (AssertionError, Skip) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
