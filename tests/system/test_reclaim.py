"""Machines with less memory than their programs use of files: nothing is lost, and all that the
caches have taken they give back."""

import re

from disk import Disks
from harness import check, test
from qemu import STATUS_PASSED
from shell import Shell, knows_ext2
from test_ext2 import no_complaints


def shell(build, disks, disk, **arguments):
    return Shell(build, root=disk.partitions[0], flags=disks.flags, **arguments)


def counter(sh, name, file="/proc/vmstat"):
    return int(re.search(rf"^{re.escape(name)}:? +(\d+)", sh.succeed(f"cat {file}"),
                         re.MULTILINE)[1])


def objects(sh, cache):
    return counter(sh, cache, "/proc/slabinfo")


@test("16 MiB: three processes on a file of 24 MiB that is mapped, through both drivers")
def larger(build):
    knows_ext2(build)
    for bus, block, debug in (("ide", 4096, False), ("virtio", 1024, True)):
        with Disks() as disks:
            disk = disks.add_root(build, mib=56, block=block, bus=bus)
            with shell(build, disks, disk, memory=16, debug=debug) as sh:
                text = sh.succeed("/tests/larger -n 2000 /home/f", timeout=120)
                check("all well" in text, text)
                freed = counter(sh, "pgsteal_kswapd") + counter(sh, "pgsteal_direct")
                check(freed > 6144, f"{freed} pages were freed")
                check(counter(sh, "pgactivate") > 0, "no page was used twice")
                sums = [sh.succeed("cksum /home/f", timeout=60) for _ in range(2)]
                check(sums[0] == sums[1], "read twice, and not the same")
                no_complaints(sh)
                check(sh.power_off() == STATUS_PASSED, "exit status")
            with shell(build, disks, disk, memory=16) as sh:
                check(sh.succeed("cksum /home/f", timeout=60) == sums[0],
                      "it is another file after a reboot")


@test("a file that is read once does not push out a program that runs; drop_caches empties all")
def caches(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add_root(build, mib=72)
        with shell(build, disks, disk, memory=32) as sh:
            sh.succeed("dd if=/dev/zero of=/home/f bs=64k count=800")
            sh.succeed("sync; echo 3 >/proc/sys/vm/drop_caches")
            check(counter(sh, "Cached", "/proc/meminfo") < 1000, "what is clean did not go")
            for _ in range(3):
                sh.succeed("ls -l /bin | wc")
            sh.succeed("dd if=/home/f of=/dev/null bs=4k", timeout=60)
            before = counter(sh, "pgmajfault")
            sh.succeed("ls -l /bin | wc")
            misses = counter(sh, "pgmajfault") - before
            check(not misses, f"{misses} pages of a program in use had to be read again")
            sh.succeed("mkdir /home/d; cd /home/d")
            sh.succeed("for i in $(seq 1 900); do echo >$i; done", timeout=60)
            check(objects(sh, "ext2_inode") > 900, "unused inodes are not kept")
            sh.succeed("sync; echo 3 >/proc/sys/vm/drop_caches")
            kept = objects(sh, "ext2_inode")
            check(kept < 100, f"{kept} inodes are left")
            check(len(sh.succeed("ls").split()) == 900, "files have gone")
            no_complaints(sh)


@test("16 MiB: thousands of files; names and inodes make room for pages, and the other way round")
def many_files(build):
    knows_ext2(build)
    with Disks() as disks:
        disk = disks.add_root(build, mib=56)
        with shell(build, disks, disk, memory=16) as sh:
            sh.succeed("mkdir /home/d; cd /home/d")
            sh.succeed("for i in $(seq 1 2500); do echo $i >$i; done", timeout=120)
            most = objects(sh, "ext2_inode")
            check(most > 1000, f"only {most} inodes are kept")
            sh.succeed("/tests/larger -m 20 -n 1000 /home/f", timeout=120)
            left = objects(sh, "ext2_inode")
            check(left < most - 500, f"of {most} inodes {left} are left")
            text = sh.succeed("cat * | wc", timeout=120)
            check(text.split()[:2] == ["2500", "2500"], text)
            no_complaints(sh)
            check(sh.power_off() == STATUS_PASSED, "exit status")
