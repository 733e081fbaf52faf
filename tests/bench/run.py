#!/usr/bin/env python3
"""Instructions per operation, beside their budgets.

    python3 tests/bench/run.py [--build build] [--check] [--record]

Boots the shipped kernel with the option `bench` under QEMU's -icount, where one
tick of the time-stamp counter is one instruction and every run counts the same. Prints
each row's first (cold) and settled cost with the budget of tests/bench/budgets.txt.

--check   print only what is wrong; status 1 if a count exceeds its budget, a row
          has no budget, or a budget has no row. A kernel by clang, which needs a few
          instructions more here and fewer there, is not held to budgets made with GCC
--record  write the counts as the new budgets; a raised budget needs its reason in
          the commit
"""

import argparse
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "system"))

from qemu import STATUS_PASSED, Machine  # noqa: E402

BUDGETS = os.path.join(HERE, "budgets.txt")
CPU = "max,-rdrand,-rdseed"
FLAGS = ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm", "-seed", "1"]

# Memory in MiB, and how the names of that boot's rows end. The first boot has
# high memory and runs everything; the others only measure how long booting takes.
BOOTS = [(1024, ""), (64, "_64"), (512, "_512")]
BOOT_ROW = "boot"

ROW = re.compile(r"^bench: (\w+) +(\d+) +(\d+)  (.*)$")
LESSON = re.compile(r"^lesson: (.*)$")


class Row:
    def __init__(self, name, first, settled, what):
        self.name, self.first, self.settled, self.what = name, first, settled, what


def boot(kernel, memory):
    """The console's lines of one boot with the option `bench`."""
    with Machine(kernel=kernel, memory=memory, cpu=CPU, flags=FLAGS, deadline=300,
                 append="selftest=off bench autoexit") as machine:
        status = machine.wait()
        lines = machine.lines
    if status != STATUS_PASSED or "bench: done" not in lines:
        sys.exit("\n".join(lines[-40:] + [f"bench: the boot with {memory} MiB ended with "
                                          f"status {status}, not {STATUS_PASSED}"]))
    return lines


def record(name, first, settled):
    """A line of the budgets. First calls get some slack, since they depend on what was
    allocated before; and so do, a little, booting and whatever takes many pages."""
    if settled > 1000:
        settled = int(settled * 1.02)
    return f"{name:<24}{max(int(first * 1.25), settled):>10}{settled:>10}\n"


def measure(kernel):
    """All rows, and the lines of the comparison of page allocators."""
    rows, lesson = [], []
    for memory, suffix in BOOTS:
        for line in boot(kernel, memory):
            if match := ROW.match(line):
                name, first, settled, what = match.groups()
                if bool(suffix) == (name == BOOT_ROW):
                    text = f"{what}, {memory} MiB" if suffix else what
                    rows.append(Row(name + suffix, int(first), int(settled), text))
            elif (match := LESSON.match(line)) and not suffix:
                lesson.append(match.group(1))
    return rows, lesson


def read_budgets():
    """name -> (first, settled)"""
    budgets = {}
    with open(BUDGETS, encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            if words:
                budgets[words[0]] = int(words[1]), int(words[2])
    return budgets


def write_budgets(rows):
    with open(BUDGETS, encoding="utf-8") as file:
        comment = [line for line in file if line.startswith("#")]
    with open(BUDGETS, "w", encoding="utf-8") as file:
        file.writelines(comment)
        file.writelines(record(row.name, row.first, row.settled) for row in rows)


def made_by_clang(kernel):
    with open(kernel, "rb") as file:
        return b"clang version" in file.read()  # the ELF section .comment


def complaints(rows, budgets):
    for row in rows:
        if row.name not in budgets:
            yield f"{row.name}: no budget"
            continue
        for kind, count, limit in zip(("first", "settled"), (row.first, row.settled),
                                      budgets[row.name]):
            if count > limit:
                yield f"{row.name}: {kind} call takes {count} instructions, budget {limit}"
    for name in budgets.keys() - {row.name for row in rows}:
        yield f"{name}: has a budget and was not measured"


def show(rows, budgets, lesson):
    print(f"{'instructions':<24}{'first':>10}{'budget':>10}{'settled':>10}{'budget':>10}")
    for row in rows:
        first, settled = budgets.get(row.name, ("-", "-"))
        print(f"{row.name:<24}{row.first:>10}{first:>10}{row.settled:>10}{settled:>10}  {row.what}")
    print("\nThree page allocators on one trace: instructions per call, and frames at its end")
    for line in lesson:
        print("  " + line)


def main():
    parser = argparse.ArgumentParser(description="Instructions per operation.")
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()

    started = time.monotonic()
    kernel = os.path.join(args.build, "folio.elf")
    rows, lesson = measure(kernel)
    if args.record:
        write_budgets(rows)
    budgets = read_budgets()
    wrong = list(complaints(rows, budgets))
    if not args.check:
        show(rows, budgets, lesson)
        print()
    for text in wrong:
        print(f"bench: {text}")
    print(f"bench: {len(rows)} rows, {len(wrong)} complaints, "
          f"{time.monotonic() - started:.0f} s of wall time")
    if wrong and made_by_clang(kernel):
        print("bench: clang made this kernel; the budgets are GCC's and not held")
        return 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
