#!/usr/bin/env python3
"""mmbench on Folio, each row beside Linux's (tests/bench/README.md).

    python3 tests/bench/mmbench.py [--build build] [--check]

The machine is the one that Linux was measured on: one nanosecond of its clock is one
instruction. A ratio below 1 means that Folio needs fewer instructions. The mean is geometric
and is taken over the rows that the kernel decides.

--check   print only what is wrong; status 1 if a row is missing, costs more than Linux's, or
          the mean is above the aim
"""

import argparse
import math
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "system"))

from qemu import Machine  # noqa: E402

LINUX = os.path.join(HERE, "linux-6.1-icount-m512.txt")
CPU = "max,-rdrand,-rdseed"
FLAGS = ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm"]
MEMORY = 512
AIM = 0.5  # of Linux's instructions, in the geometric mean

# Rows that measure the processor and its emulator: nothing a kernel could do about them.
NOT_THE_KERNEL = re.compile(r"user_loop|rdtsc|bw_mem_|lat_mem_|file_mmap_reread_bw")
# Rows for what Folio does not have: a page of the kernel's by which programs make calls (vDSO).
NOT_HERE = {"null_vsyscall"}
# Megabytes per second: more is better.
BANDWIDTH = re.compile(r"_bw")
ROW = re.compile(r"^(\w+)\.(?:min|one) ([\d.]+) (\S+)$")


def run(build):
    """name -> value, from one run of mmbench; and the console's lines."""
    with Machine(kernel=os.path.join(build, "folio.elf"), memory=MEMORY, cpu=CPU, flags=FLAGS,
                 initrd=os.path.join(build, "bench.cpio"), deadline=900,
                 append="selftest=off autoexit init=/init") as machine:
        machine.wait()
        lines = machine.lines
    rows = {}
    for line in lines:
        if match := ROW.match(line):
            name, value, _unit = match.groups()
            rows[name] = float(value)
    return rows, lines


def read_linux():
    """name -> value, unit"""
    with open(LINUX, encoding="utf-8") as file:
        words = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {name: (float(value), unit) for name, value, unit in words}


def ratio(name, folio, linux):
    return linux / folio if BANDWIDTH.search(name) else folio / linux


def main():
    parser = argparse.ArgumentParser(description="mmbench on Folio and on Linux.")
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()

    started = time.monotonic()
    rows, lines = run(args.build)
    linux = read_linux()
    wrong, logs = [], []
    if not args.check:
        print(f"{'mmbench, instructions':<28}{'Folio':>12}{'Linux 6.1':>12}{'ratio':>8}")
    for name, (value, unit) in linux.items():
        if name in NOT_HERE:
            continue
        if name not in rows:
            wrong.append(f"{name}: not measured")
            continue
        times = ratio(name, rows[name], value)
        counted = not NOT_THE_KERNEL.search(name)
        if counted:
            logs.append(math.log(times))
            if times > 1:
                wrong.append(f"{name}: {times:.2f} of Linux's")
        if not args.check:
            mark = "" if counted else "  (not the kernel)"
            print(f"{name:<28}{rows[name]:>12.2f}{value:>12.2f}{times:>8.2f} {unit}{mark}")
    if not logs:
        print("\n".join(lines[-40:]))
        print("mmbench: no rows")
        return 1
    mean = math.exp(sum(logs) / len(logs))
    if mean > AIM:
        wrong.append(f"the geometric mean is {mean:.3f}; the aim is {AIM}")
    for text in wrong:
        print(f"mmbench: {text}")
    print(f"mmbench: {len(logs)} rows that the kernel decides, geometric mean {mean:.3f} of Linux's "
          f"instructions; {time.monotonic() - started:.0f} s of wall time")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
