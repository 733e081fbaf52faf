"""Programs that the loader brings as modules."""

import os
import shutil
import tempfile

from harness import Meddled, boot, check, test
from qemu import STATUS_FAILED, STATUS_PASSED


class Modules:
    """Files under names of our own, and the words that make QEMU load them."""

    def __init__(self, **files):
        self.files = files

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="folio-modules-")
        paths = []
        for name, source in self.files.items():
            paths.append(os.path.join(self.directory, name))
            if isinstance(source, bytes):
                with open(paths[-1], "wb") as out:
                    out.write(source)
            else:
                shutil.copy(source, paths[-1])
        return ["-initrd", ",".join(path + " with words" for path in paths)]

    def __exit__(self, *exception):
        shutil.rmtree(self.directory)


def run_init(build, append, flags, **arguments):
    with boot(build, append="autoexit selftest=off " + append, flags=flags, **arguments) as m:
        status = m.wait(60)
    return status, m.lines


def said(lines, text):
    return any(text in line for line in lines)


@test("a module that is named as the first program is run in its place")
def module_wins(build):
    with Modules(other=build.path("user", "tests", "args"),
                 segments=build.path("user", "tests", "touch")) as flags:
        status, lines = run_init(build, "", flags)
    check(said(lines, "init: segments ended with status 99"), "touch was not run")
    check(status == STATUS_FAILED, f"exit status {status}")


@test("init= names a module; it is paged in from the loader's own frames")
def init_option(build):
    program = build.path("user", "examples", "segments")
    for memory in (16, 2048):
        with Modules(mine=program) as flags:
            status, lines = run_init(build, "init=mine", flags, memory=memory)
        check(status == STATUS_PASSED, f"exit status {status}")
        check(said(lines, "init: mine ended with status 0"), "it did not end well")
        check(any(line.startswith("08048000-") and line.endswith(" /boot/mine") for line in lines),
              "its text is not mapped from the module")


@test("a module that is no program is refused in one line, and so is a name that nobody has")
def refused(build):
    with open(build.path("user", "examples", "segments"), "rb") as file:
        good = file.read()
    for content, why in ((b"", "cannot be used"), (b"just a text\n" * 9, "not an ELF file"),
                         (good[:5000], "beyond the end of the file"),
                         (good[:18] + b"\x3e" + good[19:], "for another processor")):
        with Modules(mine=content or b"", other=b"x") as flags:
            status, lines = run_init(build, "init=mine", flags)
        check(status == STATUS_FAILED, f"{why}: exit status {status}")
        check(said(lines, "init: cannot run mine") and said(lines, why), f"does not say: {why}")
    status, lines = run_init(build, "init=nobody", [])
    check(status == STATUS_FAILED and said(lines, "init: cannot run nobody"), "a name without a file")


@test("what the loader left behind the end of a module is not shown to programs")
def module_tail(build):
    """gdb writes behind the second module's end before the kernel runs (Multiboot 0.6.96, 3.3)."""
    end = "(*(int *)(*(int *)($ebx + 24) + 16 + 4))"
    commands = ["hbreak *(unsigned int)&_start", "continue", f"set *(char *)({end} + 100) = 0x55"]
    with Modules(tail=build.path("user", "tests", "tail"), **{"ends-early": b"x" * 5000}) as flags:
        with Meddled(build, commands, append="autoexit selftest=off init=tail", flags=flags) as m:
            status = m.wait(60)
            lines = m.lines
    check(said(lines, "init: tail ended with status 0"), "it did not end well")
    check(status == STATUS_PASSED, f"exit status {status}")
