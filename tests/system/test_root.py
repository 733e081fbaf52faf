"""Folio on its own disk: what is written stays, in whatever way the machine ends."""

import re

from disk import Disks, debugfs, e2fsck
from harness import Skip, check, test
from qemu import STATUS_PASSED
from shell import Shell, knows_ext2
from test_ext2 import BLOCKS, hostile_boot, no_complaints, start_fsx
from powercut import powercut

DRIVERS = (("ide", 4096), ("virtio", 1024))


def shell(build, disks, disk, **arguments):
    return Shell(build, root=disk.partitions[0], flags=disks.flags, **arguments)


def on_disk(disk, path):
    """A file's bytes, by debugfs."""
    where = f"{disk.path}?offset={disk.systems[0][0]}"
    return debugfs(where, f"cat {path}")


@test("a reboot keeps files; so does a power cut after sync; the host reads them")
def reboot(build):
    knows_ext2(build)
    for bus, block in DRIVERS:
        with Disks() as disks:
            disk = disks.add_root(build, block=block, bus=bus)
            with shell(build, disks, disk) as sh:
                check(re.search(rf"^{disk.partitions[0]} on / type ext2", sh.succeed("mount"),
                                re.MULTILINE), "the root is not the disk")
                sh.succeed("mkdir -p /home/a/b; cd /home/a/b")
                sh.succeed("echo first >one; ln one two; ln -s one three")
                sh.succeed("cp /bin/sh copy; rm -r /examples")
                no_complaints(sh)
                check(sh.power_off() == STATUS_PASSED, "exit status")
            disk.check()
            check("first" in on_disk(disk, "/home/a/b/two"), "the host does not read the file")
            with shell(build, disks, disk) as sh:
                check(sh.succeed("cat /home/a/b/three") == "first\n", "a link's file")
                check(sh.run("ls /examples")[1] != 0, "what was removed is back")
                sh.succeed("/home/a/b/copy -c true; cd /home/a/b")
                sh.succeed("mv two four; echo second >>four; sync")
                sh.succeed("echo third >four.unsynced")
                # and the power goes
            e2fsck(f"{disk.path}?offset={disk.systems[0][0]}", "-p", statuses=(0, 1))
            with shell(build, disks, disk) as sh:
                check(sh.succeed("cat /home/a/b/one") == "first\nsecond\n", "what sync had written")
                sh.machine.send("reboot\n")
                check(sh.machine.wait(30) == STATUS_PASSED, "a reboot, with autoexit")


@test("16 MiB: boots from disk, and fsx, power cuts and damaged images with smaller counts")
def little_memory(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add_root(build, mib=24)
        spare = disks.add(mib=16, block=1024, bus="virtio")
        with shell(build, disks, disk, memory=16) as sh:
            sh.succeed("ls -l / | wc; ps; free")
            sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {spare.device} /mnt/x")
            for folder in ("/mnt/x", "/home"):
                start_fsx(sh, folder, 16, "-n 1000 -p 2 -m 2", 120)
            no_complaints(sh)
            check(sh.power_off() == STATUS_PASSED, "exit status")
    powercut(build, 8, 16, lambda _text: None, machines=((1024, "virtio"),), operations=500,
             memory=16)
    hostile_boot(build, BLOCKS[0], 10001, 20, memory=16)


@test("the disk is full: ENOSPC for who writes, and the disk stays clean")
def full(build):
    with Disks() as disks:
        disk = disks.add(mib=2, block=1024)
        with Shell(build, flags=disks.flags) as sh:
            if "ext2" not in sh.succeed("cat /proc/filesystems"):
                raise Skip("no ext2 in /proc/filesystems")
            sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {disk.device} /mnt/x")
            for _turn in range(3):
                output, status = sh.run("cat /dev/zero >/mnt/x/zeros")
                check(status != 0 and "No space left" in output, output)
                sh.succeed("sync; rm /mnt/x/zeros")
            output, status = sh.run("cat /dev/zero >/mnt/x/zeros")
            check(status != 0, "a full disk")
            check(sh.power_off() == STATUS_PASSED, "exit status")
        check(disk.ext2().lookup("zeros").size > 1_000_000, "the disk was not full")
