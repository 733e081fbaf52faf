"""What system tests are written with.

    from harness import test, check, boot

    @test("an unknown boot option gets one line")
    def unknown_option(build):
        with boot(build, append="frobnicate autoexit") as m:
            check(m.wait(60) == STATUS_PASSED, "exit status")

A test is a function of `build`, a Build; it fails by any exception, and Skip says why
it cannot run here. run.py finds the tests in every test_*.py of this folder.
"""

import os
import re
import shutil
import subprocess
import tempfile

from qemu import Machine

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

TESTS = []  # (name, function, module's name), in the order of their files


class Skip(Exception):
    """The test cannot run on this machine, for the reason given."""


class Build:
    """Where the things under test are."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def log(self, name):
        return self.path("test", re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".log")


def test(name):
    """Decorator: register a system test."""
    def register(function):
        TESTS.append((name, function, function.__module__))
        function.title = name
        return function
    return register


def check(condition, message):
    """An assertion that survives `python -O` and says what was wrong."""
    if not condition:
        raise AssertionError(message)


# What make puts into the environment of what it starts: its own words, and the variables that
# were given on its command line. A make that a test starts must not know of them.
MAKE_WORDS = ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "MFLAGS", "MAKE_TERMOUT", "MAKE_TERMERR",
              "BUILD", "V", "MEM", "APPEND", "QEMUFLAGS", "KERNEL", "TESTFLAGS", "N")


def plain_environment(compiler=True):
    """The environment without the words of the make that started us; CC stays if wanted."""
    return {name: value for name, value in os.environ.items()
            if name not in MAKE_WORDS and (compiler or name != "CC")}


def binutil(name):
    """The path of nm, readelf, objdump...: those of the toolchain that builds the kernel."""
    places = os.path.join(ROOT, "toolchain", "bin") + os.pathsep + os.environ.get("PATH", "")
    for prefix in ("i686-elf-", "i686-linux-gnu-", ""):
        path = shutil.which(prefix + name, path=places)
        if path:
            return path
    raise Skip(f"no {name}")


def boot(build, append="", debug=False, **arguments):
    """A Machine with the shipped (or debug) kernel by QEMU's own loader."""
    kernel = build.path(*(["debug"] if debug else []), "folio.elf")
    if "selftest=all" in append:
        arguments.setdefault("initrd", build.path("selftest.cpio"))
    return Machine(kernel=kernel, append=append, **arguments)


class Meddled:
    """A machine whose memory or registers gdb changes on the way, through QEMU's stub.

    It is halted before its first instruction; gdb runs the commands and leaves it
    running. Meant for what no loader and no option can bring about.
    """

    def __init__(self, build, commands, append="", debug=False, flags=(), **arguments):
        self.directory = tempfile.mkdtemp(prefix="folio-gdb-")
        self.stub = os.path.join(self.directory, "stub")
        self.kernel = build.path(*(["debug"] if debug else []), "folio.elf")
        self.commands = commands
        flags = [*flags, "-S", "-gdb", f"unix:{self.stub},server=on,wait=off"]
        self.machine = boot(build, append=append, debug=debug, flags=flags, **arguments)

    def __enter__(self):
        machine = self.machine.__enter__()
        machine.await_file(self.stub)
        words = ["gdb", "-nx", "-q", "-batch", "-ex", "set confirm off",
                 "-ex", "set architecture i386", "-ex", f"target remote {self.stub}"]
        # The machine may end before it has answered to "detach": only what is before counts.
        for command in self.commands + ["delete", "echo meddled\\n", "detach"]:
            words += ["-ex", command]
        try:
            done = subprocess.run(words + [self.kernel], stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60)
            check("meddled" in done.stdout, f"gdb: {done.stdout}")
        except BaseException:
            self.__exit__()
            raise
        return machine

    def __exit__(self, *exception):
        self.machine.__exit__(*exception)
        shutil.rmtree(self.directory, ignore_errors=True)


def foreign(build):
    """The folder with Debian's own programs for i386 (tools/foreign.sh); the test is skipped where
    they cannot be fetched."""
    folder = build.path("foreign")
    done = subprocess.run(["tools/foreign.sh", folder], cwd=ROOT, check=False)
    if done.returncode:
        raise Skip("Debian's packages for i386 cannot be fetched")
    return os.path.abspath(os.path.join(folder, "root"))
