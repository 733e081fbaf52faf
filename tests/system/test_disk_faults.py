"""Disks that fail and disks that stall: errors reach who asked, and nothing hangs."""

import re
import time

from faulty_disk import DEVICES, fails, faulty, go_on, stall, stalling
from harness import boot, check, test
from qemu import STATUS_PASSED
from test_disk import Scratch

# The same numbers are in tests/kernel/test_disk_faults.c.
TIMEOUT = 3  # seconds
RULES = [fails("read", 1000), fails("read", 1100, once=True),
         fails("write", 1200), fails("write", 1300, once=True),
         fails("flush", once=True)]


def below_the_caches(build, name, debug):
    with Scratch() as scratch:
        flags = faulty(name, scratch.file.name, RULES)
        with boot(build, append=f"autoexit selftest=disk_faults faultydisk={name}", debug=debug,
                  flags=flags) as m:
            check(m.wait() == STATUS_PASSED, "a case failed")
    check(not any("# SKIP" in line for line in m.lines), "skipped")


def stalled(build, name, debug):
    """A time-out resets the disk; a request that is tried again and is fast then succeeds."""
    with Scratch() as scratch:
        append = f"autoexit selftest=disk_stalls stallingdisk={name} disktimeout={TIMEOUT}"
        with boot(build, append=append, debug=debug, flags=stalling(name, scratch.file.name)) as m:
            m.expect("let it stall", 30)
            stall(m)
            m.expect("let it go on", 60)
            time.sleep(TIMEOUT / 3)  # so that a request waits; the next attempt need not
            go_on(m)
            check(m.wait(60) == STATUS_PASSED, "a case failed")
    check(not any("# SKIP" in line for line in m.lines), "skipped")
    check(re.search(rf"{name}: read time-out at sector 3000", "\n".join(m.lines)), "no time-out")


for each in DEVICES:
    for is_debug in (False, True):
        words = f"{each}, {'debug' if is_debug else 'shipped'} kernel"

        @test(f"faults: bad sectors below the caches, {words}")
        def bad_sectors(build, name=each, debug=is_debug):
            below_the_caches(build, name, debug)

        @test(f"faults: a disk that stalls, {words}")
        def stalls(build, name=each, debug=is_debug):
            stalled(build, name, debug)
