#!/usr/bin/env python3
"""Files on a disk: instructions per operation, and megabytes per second, for both drivers.

    python3 tests/bench/disk.py [--build build] [--check]

tests/bench/diskbench.c runs on a fresh ext2 disk, twice for each driver: under -icount, where the
time that the processor was busy is a count of instructions (what the disk takes is not in
it), and without, where time is that of the clock on the wall.

--check   print only what is wrong; status 1 if a row is missing, or a driver streams
          too slowly (only on a machine that does nothing else: not in `make test`)
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "system"))

from qemu import Machine  # noqa: E402

CPU = "max,-rdrand,-rdseed"
ICOUNT = ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm"]
MEMORY = 512
# Under -icount the guest's clock leaps while the guest waits: no disk is too slow for that long.
OPTIONS = "selftest=off init=/bin/diskbench disktimeout=3600"
BLOCKS = 128  # MiB of disk
AIM = 200     # MB/s for reading a device and a file from one end to the other
STREAMS = ("device_read_cold", "read_cold")
DRIVERS = {"IDE": "ide", "virtio": "virtio"}
ROW = re.compile(r"^disk: (\w+) (\d+) (\w+) (\d+) (\d+)$")


def make_disk(path, build):
    """A new ext2 file system with the small program that is started from it."""
    with tempfile.TemporaryDirectory() as tree:
        subprocess.run(["cp", os.path.join(build, "user", "bench", "tiny"), tree], check=True)
        subprocess.run(["truncate", "-s", f"{BLOCKS}M", path], check=True)
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext2", "-b", "4096", "-d", tree, path],
                       check=True, stderr=subprocess.DEVNULL)


def run(build, interface, flags):
    """name -> (count, unit, busy ns, elapsed ns); and the console's last lines."""
    with tempfile.TemporaryDirectory() as folder:
        disk = os.path.join(folder, "disk")
        make_disk(disk, build)
        drive = ["-drive", f"file={disk},format=raw,if={interface},cache=writeback"]
        with Machine(kernel=os.path.join(build, "folio.elf"), memory=MEMORY, cpu=CPU,
                     initrd=os.path.join(build, "bench.cpio"), deadline=300,
                     flags=flags + drive, append=OPTIONS) as machine:
            machine.wait()
            lines = machine.lines
        checked = subprocess.run(["e2fsck", "-fn", disk], stdout=subprocess.PIPE, text=True,
                                 stderr=subprocess.STDOUT)
        if checked.returncode:
            lines.append(checked.stdout)
    rows = {}
    for line in lines:
        if match := ROW.match(line):
            name, count, unit, busy, elapsed = match.groups()
            rows[name] = int(count), unit, int(busy), int(elapsed)
    if "disk: done" not in lines or checked.returncode:
        sys.exit("\n".join(lines[-30:] + ["disk: the run did not end well"]))
    return rows


def speed(count, unit, elapsed):
    """Megabytes per second of rows that count pages."""
    return count * 4096 / 1e6 / (elapsed / 1e9) if unit in ("page", "read") else None


def main():
    parser = argparse.ArgumentParser(description="What files on a disk cost.")
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    counted = {name: run(args.build, word, ICOUNT) for name, word in DRIVERS.items()}
    timed = {name: run(args.build, word, []) for name, word in DRIVERS.items()}
    wrong = []
    if not args.check:
        print(f"{'files on a disk':<20}" +
              "".join(f"{name + ' instr.':>16}{'MB/s':>8}" for name in DRIVERS))
    for row in next(iter(counted.values())):
        text = f"{row:<20}"
        for name in DRIVERS:
            count, unit, busy, _ = counted[name][row]
            rate = speed(count, unit, timed[name][row][3])
            text += f"{busy / count:>16.0f}{'' if rate is None else format(rate, '.0f'):>8}"
            if row in STREAMS and rate < AIM:
                wrong.append(f"{row} with {name}: {rate:.0f} MB/s; the aim is {AIM}")
        if not args.check:
            print(f"{text}  /{unit}")
    for text in wrong:
        print(f"disk: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
