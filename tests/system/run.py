#!/usr/bin/env python3
"""Every test of Folio in one run: what `make test` starts once all is built.

usage: run.py [--build DIR] [-j N] [--only WORDS] [--list]

1. the style of the C files, where clang-format is installed
2. the host tests: the pure algorithms under AddressSanitizer and UBSan
3. the self-tests in the kernel, on a set of different machines
4. the system tests: tests/system/test_*.py
5. the benchmark's counts against their budgets

Prints a line for each and closes with `N passed, N failed`. Console texts are kept in
build/test/. --only runs the parts whose line contains the words.
"""

import argparse
import concurrent.futures
import glob
import importlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness
import ktap
from qemu import Machine, STATUS_PASSED, Ended, Timeout

BOOT_DEADLINE = 400  # seconds; the slowest takes far less on an idle machine
HOST_DEADLINE = 900

# Which machines run all self-tests: kernel, loader, memory in MiB, model of processor.
BOOTS = [
    ("shipped", "-kernel", 8, None),
    ("shipped", "-kernel", 64, "486"),
    ("shipped", "-kernel", 64, "486,-pse"),
    ("shipped", "-kernel", 64, "max"),
    ("shipped", "-kernel", 1024, None),
    ("shipped", "-kernel", 3583, None),
    ("shipped", "GRUB", 8, "486"),
    ("shipped", "GRUB", 64, None),
    ("shipped", "GRUB", 1024, "486,-pse"),
    ("shipped", "GRUB", 3583, "max"),
    ("debug", "-kernel", 8, "486,-pse"),
    ("debug", "-kernel", 64, "486"),
    ("debug", "-kernel", 1024, None),
    ("debug", "-kernel", 3583, "max"),
    ("debug", "GRUB", 64, None),
]


class Outcome:
    """What one part of the run found; its failures are sentences."""

    def __init__(self, title):
        self.title = title
        self.passed = self.skipped = 0
        self.failures = []
        self.tail = []      # the end of the console's text, shown if something failed
        self.tests = []     # (path of names, ran) of the kernel's self-tests
        self.seconds = 0.0

    def count(self, report):
        """Add what a KTAP report says."""
        for path, leaf in report.leaves():
            if leaf.skipped is not None:
                self.skipped += 1
            elif leaf.ok:
                self.passed += 1
            else:
                self.failures.append(": ".join(path))
            self.tests.append((path, leaf.skipped is None))
        self.failures += report.complaints


# ---------------------------------------------------------------- the parts

def run_format(outcome, _build):
    if not shutil.which("clang-format"):
        outcome.skipped += 1
        outcome.title += "  (no clang-format here)"
        return
    done = subprocess.run(["make", "-s", "format"], env=harness.plain_environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        outcome.passed += 1
    else:
        outcome.failures.append("the style of the C files: make format")
        outcome.tail = [line for line in done.stdout.splitlines() if "error:" in line][-10:]


def run_host(outcome, build):
    """Each host program leaves its report in build/host/NAME.ktap and is named by `# NAME`."""
    os.makedirs(build.path("test"), exist_ok=True)
    with open(build.path("test", "host.log"), "w+", encoding="utf-8") as log:
        try:
            done = subprocess.run(["make", "-s", "-j2", "host-tests", f"BUILD={build.directory}"],
                                  env=harness.plain_environment(), stdout=log,
                                  stderr=subprocess.STDOUT, timeout=HOST_DEADLINE)
            status = done.returncode
        except subprocess.TimeoutExpired:
            status = f"still running after {HOST_DEADLINE} s"
        log.seek(0)
        lines = log.read().splitlines()
    programs = [line[2:] for line in lines if re.fullmatch(r"# test_\w+", line)]
    for program in programs:
        with open(build.path("host", program + ".ktap"), encoding="utf-8") as file:
            report = ktap.Report(file.read().splitlines())
        outcome.count(report)
        if not report.tests:
            outcome.failures.append(f"{program}: no results")
    if not programs:
        outcome.failures.append("make host-tests: no results")
    elif status != 0 and not outcome.failures:
        outcome.failures.append(f"make host-tests: status {status}")
    outcome.tail = [line for line in lines if not line.startswith(("ok ", "# "))][-20:]


def run_boot(outcome, build, kernel, loader, memory, cpu):
    folder = [] if kernel == "shipped" else ["debug"]
    what = {"kernel": build.path(*folder, "folio.elf"), "append": "selftest=all autoexit",
            "initrd": build.path("selftest.cpio")}
    if loader == "GRUB":
        what = {"iso": build.path(*folder, "test.iso")}
    machine = Machine(memory=memory, cpu=cpu, deadline=BOOT_DEADLINE, **what)
    try:
        with machine as m:
            status = m.wait()
    except Timeout as error:
        status = str(error)
    machine.save(build.log(outcome.title))
    report = ktap.Report(machine.lines)
    outcome.count(report)
    outcome.tail = machine.lines[-20:]
    if status == STATUS_PASSED and report.tests:
        outcome.passed += 1  # the boot itself
    else:
        outcome.failures.append(f"exit status {status} instead of {STATUS_PASSED}")


def run_system_test(outcome, build, function):
    Machine.latest.machine = None
    try:
        function(build)
        outcome.passed += 1
    except harness.Skip as reason:
        outcome.skipped += 1
        outcome.title += f"  ({reason})"
    except (AssertionError, Timeout, Ended) as error:
        outcome.failures.append(str(error))
    except Exception as error:  # whatever it is, the run goes on
        outcome.failures.append(f"{type(error).__name__}: {error}")
    machine = Machine.latest.machine
    if machine:
        machine.save(build.log(outcome.title))
        outcome.tail = machine.lines[-20:]


def run_bench(outcome, build, script):
    done = subprocess.run([sys.executable, f"tests/bench/{script}.py", "--check", "--build",
                           build.directory], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode == 0:
        outcome.passed += 1
    else:
        said = ("bench:", "mmbench:")
        outcome.failures += [line for line in lines if line.startswith(said)] or ["no result"]
        outcome.tail = [line for line in lines if not line.startswith(said)][-20:]


# ---------------------------------------------------------------- the whole

def parts():
    """(title, function, its further arguments) of everything there is to run."""
    yield "style of the C files", run_format, ()
    if os.path.exists("tests/host/rules.mk"):
        yield "host tests", run_host, ()
    for kernel, loader, memory, cpu in BOOTS:
        title = f"boot  {kernel:<8}{loader:<8}{memory:>5} MiB  {cpu or 'default'}"
        yield title, run_boot, (kernel, loader, memory, cpu)
    for path in sorted(glob.glob(os.path.join(os.path.dirname(__file__), "test_*.py"))):
        importlib.import_module(os.path.basename(path)[:-3])
    for name, function, module in harness.TESTS:
        yield f"{module[5:]}: {name}", run_system_test, (function,)
    if os.path.exists("tests/bench/run.py"):
        yield "bench: instructions per operation against their budgets", run_bench, ("run",)
        yield "bench: mmbench against Linux", run_bench, ("mmbench",)


printing = threading.Lock()


def run_part(part, build):
    title, function, arguments = part
    outcome = Outcome(title)
    start = time.monotonic()
    function(outcome, build, *arguments)
    outcome.seconds = time.monotonic() - start
    with printing:
        show(outcome)
    return outcome


def show(outcome):
    word = "FAILED" if outcome.failures else "ok" if outcome.passed else "skip"
    counts = f"{outcome.passed:5} passed"
    counts += f" {len(outcome.failures):3} failed" if outcome.failures else " " * 11
    counts += f" {outcome.skipped:3} skipped" if outcome.skipped else " " * 12
    print(f"  {word:<7}{outcome.title:<70}{counts} {outcome.seconds:6.1f} s", flush=True)
    for failure in outcome.failures[:20]:
        print(f"           {failure}")
    if len(outcome.failures) > 20:
        print(f"           and {len(outcome.failures) - 20} more")
    if outcome.failures and outcome.tail:
        print("           its last lines:")
        for line in outcome.tail:
            print(f"           | {line}")
    sys.stdout.flush()


# Suites that write to a disk, or wait for a bad one. System tests boot machines with such disks for
# them: test_block.py, test_blockdevs.py, test_disk.py, test_disk_faults.py, test_ext2.py,
# test_root.py.
NEED_A_DISK = {"blockdevs", "disk", "disk_faults", "disk_stalls", "mount_disk", "scarce_ext2",
               "scratch_disk"}


def never_ran(outcomes):
    """Names of suites and tests that were reported, but skipped in every boot."""
    ran = {}
    for outcome in outcomes:
        for path, did in outcome.tests:
            for depth in range(1, len(path) + 1):
                ran[path[:depth]] = ran.get(path[:depth], False) or did
    idle = [path for path, did in ran.items() if not did and path[0] not in NEED_A_DISK]
    # A suite that never ran speaks for its tests.
    return [": ".join(path) for path in idle if path[:-1] not in idle]


def main():
    parser = argparse.ArgumentParser(description="Run Folio's tests.")
    parser.add_argument("--build", default="build", help="the folder with the kernels")
    parser.add_argument("-j", "--jobs", type=int, default=min(2, os.cpu_count() or 1),
                        help="machines at once")
    parser.add_argument("--only", default="", help="run what contains these words")
    parser.add_argument("--list", action="store_true", help="say what there is to run")
    arguments = parser.parse_args()
    os.chdir(harness.ROOT)
    build = harness.Build(arguments.build)

    chosen = [part for part in parts() if arguments.only in part[0]]
    if arguments.list:
        print("\n".join(title for title, _, _ in chosen))
        return 0
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(lambda part: run_part(part, build), chosen))

    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(len(outcome.failures) for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    if not arguments.only:
        idle = never_ran(o for o in outcomes if o.title.startswith("boot"))
        for name in idle:
            print(f"  FAILED {name}: skipped in every boot")
        failed += len(idle)
    print(f"\n{time.monotonic() - start:.0f} seconds, console texts in {build.path('test')}/")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
