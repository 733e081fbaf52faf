"""The examples and the tools on Folio: each prints what its lesson says."""

import re
import subprocess
import time

from disk import Disks, e2fsck
from harness import Skip, check, test
from qemu import STATUS_PASSED
from shell import Shell, knows_ext2

LESSONS = ("calculators", "cow", "sharedcode", "growstack", "mmapfile", "protect", "regions", "heap",
           "tables")


def all_seen(output, name):
    check("NOT SEEN" not in output, f"{name}: {output}")
    check(re.search(r"^All \d+ points of this lesson were seen\.$", output, re.MULTILINE),
          f"{name}: no conclusion: {output}")


@test("the examples see what they teach")
def lessons(build):
    with Shell(build) as sh:
        for name in LESSONS:
            all_seen(sh.succeed(name), name)
        all_seen(sh.succeed("lazy 16"), "lazy")
        check(sh.power_off() == STATUS_PASSED, "exit status")


@test("coldstart reads what it touches; writeback's lines survive a reboot and a power cut")
def on_disk(build):
    knows_ext2(build)
    for bus in ("ide", "virtio"):
        with Disks() as disks:
            disk = disks.add_root(build, bus=bus, mib=64)
            where = {"root": disk.partitions[0], "flags": disks.flags}
            with Shell(build, **where) as sh:
                for name in LESSONS:
                    all_seen(sh.succeed(name), name)
                all_seen(sh.succeed("coldstart", timeout=60), "coldstart")
                output = sh.succeed("writeback")
                all_seen(output, "writeback")
                check("0 lines were found" in output, output)
                # and the power goes
            e2fsck(f"{disk.path}?offset={disk.systems[0][0]}", "-p", statuses=(0, 1))
            for lines in (1, 2):
                with Shell(build, **where) as sh:
                    output = sh.succeed("writeback")
                    all_seen(output, "writeback")
                    check(len(re.findall(r"^  run +\d+   ", output, re.MULTILINE)) == lines, output)
                    check(sh.power_off() == STATUS_PASSED, "exit status")


@test("segments: ten copies print the same addresses; its regions are those of size and maps")
def segments(build):
    with Shell(build) as sh:
        output = sh.succeed("segments 10")
        all_seen(output, "segments 10")
        rows = re.findall(r"^ +\d+  (\w+  \w+  \w+  \w+  \w+)  (\d+)$", output, re.MULTILINE)
        check(len(rows) == 10 and len({row[0] for row in rows}) == 1, f"addresses: {rows}")
        check(len({row[1] for row in rows}) == 10, f"frames: {rows}")
        output = sh.succeed("segments")
        check("08048000-" in output and output.rstrip().endswith("[stack]"), output)


@test("calculators: 10, 100 and 1000 at one address, in three frames")
def calculators(build):
    with Shell(build) as sh:
        rows = re.findall(r"^ +\d+  (0x\w+) +(\d+) +(\d+) +(\d+)  0x(\w+)$",
                          sh.succeed("calculators"), re.MULTILINE)
    check([row[1:3] for row in rows] == [("10", "10"), ("100", "100"), ("1000", "1000")], f"{rows}")
    check(len({row[0] for row in rows}) == 1 and len({row[3] for row in rows}) == 3, f"{rows}")
    for row in rows:
        check(int(row[4], 16) // 4096 == int(row[3]), f"physical address of {row}")


@test("randstring: at most 128 letters; -v names every piece of memory")
def randstring(build):
    with Shell(build) as sh:
        for typed, length in (("7", 7), ("0", 0), ("128", 128), ("5000", 128)):
            output = sh.succeed(f"echo {typed} | randstring")
            check(re.fullmatch(r"How many letters\? [a-z]{%d}\n" % length, output), output)
        output, status = sh.run("echo x | randstring")
        check(status == 1 and "no number" in output, output)
        sh.succeed("echo 9 | randstring -v") # caches have grown to their size
        output = sh.succeed("echo 20 | randstring -v")
        all_seen(output, "randstring -v")
        for piece in ("task_struct", "kernel stack", "page tables", "mm_struct", "vm_area_struct",
                      "heap", "[stack]" if "[stack]" in output else "the stack"):
            check(piece in output, f"{piece} is not named: {output}")


@test("the tools read Folio's /proc")
def tools(build):
    with Shell(build) as sh:
        check(re.search(r"^ +1 +0 .*init$", sh.succeed("ps"), re.MULTILINE), "ps")
        check("Mem:" in sh.succeed("free") and "init" in sh.succeed("top -b -n 1"), "free, top")
        check("[stack]" in sh.succeed("pmap $$"), "pmap")
        check("total kB" in sh.succeed("pmap -x $$"), "pmap -x")
        check("task_struct" in sh.succeed("slabtop -o"), "slabtop")
        check(len(sh.succeed("vmstat").split("\n")[1].split()) == 17, "vmstat")
        check(" on /proc type proc" in sh.succeed("mount"), "mount")
        check(sh.succeed("dmesg | grep -c Folio") == "1\n", "dmesg")
        check(sh.succeed("cat /proc/cmdline").startswith("selftest=off autoexit"), "cmdline")
        check("up 0 days" in sh.succeed("uptime"), "uptime")
        check("page faults" in sh.succeed("time true"), "time")
        check(sh.succeed("seq 5 | grep -c .").strip() == "5", "a pipe")
        check(sh.succeed("ls /bin/sh /sbin/init").split() == ["/bin/sh", "/sbin/init"], "ls")
        check("cat " in sh.succeed("help"), "help")


@test("the library's own tests print on Folio what they print on the host")
def library(build):
    try:
        host = subprocess.run([build.path("user", "libtests", "libc")], stdout=subprocess.PIPE,
                              text=True, check=True).stdout
    except OSError as error:
        raise Skip(f"this machine does not run i386 programs: {error.strerror}") from None
    with Shell(build) as sh:
        sh.succeed("/tests/libc >/tmp/out")
        output = sh.succeed("cat /tmp/out")
        for here, there in zip(output.splitlines(), host.splitlines()):
            check(here == there, f"{here!r} instead of {there!r}")
        check(len(output) == len(host), f"{len(output)} instead of {len(host)} characters")
        sh.succeed("/tests/heap 1", timeout=200)


@test("the shell is started anew when it ends, and 8 MiB are enough for it")
def small(build):
    with Shell(build, memory=8) as sh:
        sh.machine.send("exit\n")
        sh.machine.expect(r"^folio:\S+ # ", timeout=20)
        sh.succeed("ls -l /bin | wc -l")
        check(sh.power_off() == STATUS_PASSED, "exit status")


@test("fork bombs meet RLIMIT_NPROC and the end of memory, and the shell survives")
def fork_bombs(build):
    with Shell(build, memory=32) as sh:
        print_out = sh.succeed("/tests/forkbomb limit", timeout=60)
        check("30 processes at most" in print_out, print_out)
        sh.succeed("/tests/forkbomb memory", timeout=100)
        sh.succeed("/tests/forkbomb memory", timeout=100)
        check(int(sh.succeed("ps | grep -vcF '['")) < 8, "processes are left")


@test("the shell on Folio's terminal: ^Z, jobs, fg, ^C, completion, history, top")
def terminal(build):
    with Shell(build) as sh:
        m = sh.machine
        for keys, printed in (("sleep 100\n", "sleep 100\n"), ("\x1a", r"^\[1\]\+ Stopped +sleep 100"),
                              ("sleep 100 | cat &\n", r"^\[2\] \d+"), ("jobs\n", r"^\[2\]  Running"),
                              ("fg %2\n", r"^sleep 100 \| cat"), ("\x03", r"^folio:\S+ # "),
                              ("kill %1\n", r"^folio:\S+ # "), ("wait; echo over\n", "^over$"),
                              ("ls /ex\t", "/examples/"), ("sha\t\n", "^/examples/sharedcode$"),
                              ("top -d 1\n", "COMMAND"), ("", "COMMAND"), ("q", r"^folio:\S+ # "),
                              ("echo once\n", "^once$"), ("\x1b[A more\n", "^once more$"),
                              ("while :; do :; done\n", "done\n"), ("\x03", r"^folio:\S+ # ")):
            m.send(keys)
            m.expect(printed, timeout=20)
            time.sleep(0.3)  # so that ^C and ^Z find somebody who runs
        check(sh.run("sh -c 'kill -SEGV $$'")[1] == 139, "a signal's status")
