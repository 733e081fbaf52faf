"""make debug: gdb on the halted machine."""

import subprocess

from harness import ROOT, check, plain_environment, test


@test("make debug stops at kernel_main with symbols, and ends with gdb")
def debug(build):
    done = subprocess.run(["make", "debug", f"BUILD={build.directory}"], cwd=ROOT, text=True,
                          env=plain_environment(), input="backtrace\nquit\n", timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0, f"status {done.returncode}: {done.stdout[-2000:]}")
    check("Breakpoint 1, kernel_main" in done.stdout, f"not stopped at kernel_main: {done.stdout[-2000:]}")
    check("#0  kernel_main" in done.stdout, "no backtrace")
