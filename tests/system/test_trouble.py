"""Boots that cannot work, and work that fails: the kernel says why, and how it ended."""

import re

from harness import Meddled, boot, check, test
from qemu import STATUS_FAILED, STATUS_PANIC, STATUS_PASSED

# At the kernel's entry eax holds the loader's magic number and ebx points to its
# information, whose first word says what it has: bit 0 mem_lower and mem_upper, bit 6
# the memory map (Multiboot Specification 0.6.96, 3.3).
AT_ENTRY = ["hbreak *(unsigned int)&_start", "continue"]


@test("not loaded by a Multiboot loader")
def no_multiboot(build):
    with Meddled(build, AT_ENTRY + ["set $eax = 0"]) as m:
        m.expect(r"not loaded by a Multiboot loader.* cannot start", 30)
        check(any("not loaded by a Multiboot loader" in line for line in m.screen()),
              "the screen does not say it")


@test("a loader that gives no memory map, only mem_lower and mem_upper")
def no_map(build):
    with Meddled(build, AT_ENTRY + ["set *(int *)$ebx &= ~0x40"], append="autoexit") as m:
        status = m.wait(100)
        check(status == STATUS_PASSED, f"exit status {status}")


@test("a loader that gives a memory map, but no mem_lower and mem_upper")
def no_lower(build):
    commands = AT_ENTRY + ["set *(int *)$ebx &= ~1", "set *(int *)($ebx + 4) = 0",
                           "set *(int *)($ebx + 8) = 0"]
    with Meddled(build, commands, append="autoexit") as m:
        status = m.wait(100)
        check(status == STATUS_PASSED, f"exit status {status}")


@test("a loader that says nothing about memory")
def no_memory(build):
    with Meddled(build, AT_ENTRY + ["set *(int *)$ebx &= ~0x41"], append="autoexit",
                 deadline=60) as m:
        m.expect(r"(?i)no usable memory", 30)


@test("with 3 MiB of memory the kernel says that this is too little")
def too_little_memory(build):
    with boot(build, append="autoexit", memory=3, deadline=30) as m:
        m.expect(r"(?i)(too little|not enough|no usable) memory", 20)


@test("a panic: its reason, registers, backtrace by name, status 37")
def panic(build):
    # Where the kernel means to say that all is well, let it call panic() instead.
    commands = ["hbreak machine_finish", "continue",
                "set *(unsigned int *)($esp + 4) = (unsigned int)&ksyms_names",
                "set $eip = (unsigned int)&panic"]
    with Meddled(build, commands, append="selftest=off autoexit") as m:
        status = m.wait(60)
    text = "\n".join(m.lines)
    check(status == STATUS_PANIC, f"exit status {status}")
    check(re.search(r"kernel_(main|init)\+0x", text), "no names in the backtrace")
    for register in ("eip", "esp", "cr3"):
        check(register in text.lower(), f"no {register}")


@test("a failing self-test is reported and gives status 35")
def failing(build):
    # A case of the quick suites: its argument, in eax, is its struct ktest.
    commands = ["hbreak *(unsigned int)&test_strings", "continue",
                "set ((struct ktest *)$eax)->failures = 1"]
    with Meddled(build, commands, append="autoexit") as m:
        status = m.wait(60)
    check(status == STATUS_FAILED, f"exit status {status}")
