"""Folio on its own disk: what is written stays, in whatever way the machine ends."""

import os
import re

from disk import Disks, debugfs, e2fsck, run
from harness import Skip, boot, check, test
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


@test("root= by each of its names; ro, rootfstype, rootflags; a disk without partitions")
def root_options(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add_root(build)
        whole = disks.raw()
        with open(disk.path, "rb") as source, open(whole.path, "wb") as file:
            source.seek(disk.systems[0][0])
            file.write(source.read(disk.systems[0][1]))
        whole.systems = [(0, disk.systems[0][1])]
        for options, source, how in (("root=hda1", "hda1", "rw"), ("root=0301 ro", "hda1", "ro"),
                                     ("root=3:1 ro rw", "hda1", "rw"),
                                     ("root=/dev/hda1 rootfstype=ext2", "hda1", "rw"),
                                     ("root=/dev/hda1 rootflags=errors=continue", "hda1", "rw"),
                                     ("root=/dev/hdb", "hdb", "rw")):
            with Shell(build, flags=disks.flags, append=options) as sh:
                lines = sh.succeed("mount").splitlines()
                check(lines[0] == f"/dev/{source} on / type ext2 ({how})", f"{options}: {lines}")
                check(sum(" on / " in line for line in lines) == 1, f"{lines}")
                check((sh.run("echo x >/x")[1] == 0) == (how == "rw"), f"{options}: writing")
                check(sh.power_off() == STATUS_PASSED, "exit status")


@test("a root that cannot be mounted: the reason, the disks that there are, and the archive's shell")
def no_root(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add_root(build)
        for options, reason in (
                ("root=/dev/hdb1", "hdb1 cannot be mounted: there is no such disk or partition"),
                ("root=nonsense", "nonsense cannot be mounted: there is no such disk"),
                ("root=hda2", "hda2 cannot be mounted: no file system is recognised on it"),
                ("root=hda1 rootfstype=minix", "does not know that type of file system"),
                ("root=hda1 rootflags=nonsense", "or an option is wrong")):
            with Shell(build, flags=disks.flags, append=options) as sh:
                check(reason in sh.machine.text, f"{options}: not said")
                check(" hda hda1 hda2\n" in sh.machine.text, f"{options}: no list of disks")
                check(sh.succeed("mount").startswith("rootfs on / type ramfs"), "the root")
        with Shell(build, append="root=hda1") as sh:
            check("root: there is no disk\n" in sh.machine.text, "no disk at all")
        disk.check()
        for inode in ("/", "/sbin"):
            debugfs(f"{disk.path}?offset={disk.systems[0][0]}",
                    f"sif {inode} block[0] 99999999", write=True)
            with Shell(build, flags=disks.flags, append="root=hda1") as sh:
                check("hda1 cannot be mounted: there is no init" in sh.machine.text, "not said")
                check(sh.succeed("mount").startswith("rootfs on / type ramfs"), "the root")
        e2fsck(f"{disk.path}?offset={disk.systems[0][0]}", "-fy", statuses=(0, 1))


@test("the archive's memory is free when a disk has become the root")
def archive_freed(build):
    knows_ext2(build)
    free = {}
    with Disks() as disks:
        disk = disks.add_root(build)
        for name, append in (("archive", ""), ("disk", f"root={disk.partitions[0]}")):
            with Shell(build, flags=disks.flags, append=append) as sh:
                text = sh.succeed("cat /proc/meminfo")
                free[name] = int(re.search(r"MemFree: +(\d+)", text).group(1))
                check(sh.power_off() == STATUS_PASSED, "exit status")
    size = os.path.getsize(build.path("test.cpio")) // 1024
    check(free["disk"] - free["archive"] > size * 3 // 4, f"{free}, and the archive has {size} KiB")


def state_of(disk):
    """What the super block says of it, as dumpe2fs names it."""
    return re.search(r"Filesystem state: +(.*)", run(["dumpe2fs", "-h", disk.path])).group(1)


@test("a device mounted twice is one file system; who keeps it busy; umount leaves it clean")
def mounted_twice(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add(block=1024)
        with Shell(build, flags=disks.flags) as sh:
            sh.succeed("mkdir -p /mnt/a /mnt/b; cd /mnt")
            sh.succeed(f"mount {disk.device} a; mount {disk.device} b")
            sh.succeed("echo x >a/f; cmp a/f b/f")
            check("busy" in sh.run(f"mount -o ro {disk.device} b")[0], "ro beside rw")
            sh.succeed("umount a; cat b/f")
            check("busy" in sh.run(f"mount -o ro {disk.device} a")[0], "ro beside rw")
            sh.succeed("cp /bin/sleep b; b/sleep 2 & sleep 1")
            check("busy" in sh.run("umount b")[0], "a program runs from it")
            check("Text file busy" in sh.run("echo >b/sleep")[0], "its program is written to")
            sh.succeed("wait; mount -o remount,ro b")
            check("Read-only" in sh.run("echo >b/f")[0], "writing to what is read-only")
            check(state_of(disk) == "clean", "read-only, and not clean")
            sh.succeed("mount -o remount,rw b; echo y >>b/f; sync")
            check(state_of(disk) == "not clean", "in use, and clean")
            sh.succeed("umount b")
            check(state_of(disk) == "clean", "unmounted, and not clean")
            check("Invalid" in sh.run("umount b")[0], "twice")
        check(disk.ext2().lookup("f").size == 4, "what was written")


@test("each allocation of mount, work on a disk and umount fails once: nothing is lost")
def scarce_mount(build):
    for number, block in enumerate(BLOCKS):
        with Disks() as disks:
            disk = disks.add(mib=4, block=block, bus="virtio")
            with boot(build, append="selftest=mount_disk testmount=vda autoexit", debug=number < 2,
                      flags=disks.flags, initrd=build.path("selftest.cpio")) as machine:
                check(machine.wait(100) == STATUS_PASSED, "exit status")
                check("SKIP" not in machine.text, "it was skipped")
            check(state_of(disk) == "clean", "unmounted, and not clean")
