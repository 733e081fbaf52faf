"""Panics: each kind is provoked, and what the kernel says about it is read."""

import re

from harness import boot, check, test
from qemu import STATUS_PANIC

# What panic_test= does, and what must be read afterwards (regular expressions, in order).
KINDS = {
    "null": [r"page fault .*write to 0x00000000, a null pointer", r"eip 0060:\w+ panic_null\+",
             r"address 0x00000000 in the page directory", r"directory entry 0: .*nothing"],
    "jump": [r"jump to 0x00000000", r"eip 0060:00000000", r"ktest_run\+"],
    "gap": [r"read from 0xf87ff000, where nothing is mapped", r"panic_gap\+"],
    "text": [r"write to 0x\w+, which the page does not allow", r"panic_text\+",
             r"table entry \d+: .*read only, kernel|4 MiB page at .*read only, kernel"],
    "rodata": [r"write to 0x\w+, which the page does not allow", r"panic_rodata\+",
               r"table entry \d+: .*read only, kernel|4 MiB page at .*read only, kernel"],
    "bug": [r"kernel bug at tests/kernel/test_panic\.c:\d+: hidden_zero == 0", r"panic_bug"],
    "div": [r"divide error \(#DE\) in the kernel", r"panic_div\+"],
    "opcode": [r"invalid opcode \(#UD\) in the kernel", r"panic_opcode\+"],
    "gp": [r"general protection fault \(#GP\).*error code 0x9998", r"panic_gp\+"],
    "df": [r"double fault", r"eip 0060:\w+ panic_df\+", r"esp 0068:00001000"],
    "irq": [r"a handler of line 5", r"panic_in_interrupt\+", r"do_irq\+"],
    "stack": [r"kernel stack overflow: esp 0x\w+ has reached a guard page",
              r"eip 0060:\w+ overrun\+", r"table entry \d+: 0x00000000: nothing is mapped",
              r"overrun\+.* times"],
    "idle": [r"kernel stack overflow: esp 0xc0\w+ has reached a guard page",
             r"eip 0060:\w+ overrun\+", r"table entry \d+: 0x00000000: nothing is mapped"],
    # Only the debug kernel finds these.
    "shift": [r"undefined behaviour at tests/kernel/test_panic\.c:\d+:\d+: a shift by too much",
              r"values 0x1 and 0x20", r"panic_test_run\+"],
    "sleep": [r"init \(pid 1\) might sleep at panic_sleep\+\S+ with a spinlock held; "
              r"last taken: held_lock at panic_sleep\+"],
    "twice": [r"spinlock held_lock is taken twice: at panic_twice\+\S+, while init \(pid 1\) "
              r"holds it since panic_twice\+"],
    "kept": [r"keeper \(pid \d+\) ends and still holds kept_lock, taken at keep_lock\+"],
}

DEBUG_ONLY = ("shift", "sleep", "twice", "kept")


def provoke(build, kind, debug):
    with boot(build, append=f"selftest=off autoexit panic_test={kind}", debug=debug,
              deadline=60) as m:
        status = m.wait(60)
        lines = m.lines
    check(status == STATUS_PANIC, f"{kind}: exit status {status}")
    starts = [i for i, line in enumerate(lines) if "PANIC" in line]
    check(len(starts) == 1, f"{kind}: {len(starts)} panics")
    report = lines[starts[0]:]
    for pattern in KINDS[kind] + [r"cr0 \w+  cr2 \w+  cr3 \w+", r"backtrace:"]:
        check(matches(pattern, report), f"{kind}: no line like `{pattern}'")
    return report


def matches(pattern, lines):
    return any(re.search(pattern, line) for line in lines)


@test("each kind of panic, in the words for it")
def kinds(build):
    for kind in [kind for kind in KINDS if kind not in DEBUG_ONLY]:
        provoke(build, kind, debug=False)


@test("panics of the debug kernel")
def kinds_debug(build):
    for kind in ("bug", "gap", "stack") + DEBUG_ONLY:
        provoke(build, kind, debug=True)
