"""make debug: gdb on the halted machine."""

import os
import subprocess

from harness import ROOT, check, test


@test("make debug stops at kernel_main with symbols, and ends with gdb")
def debug(build):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    done = subprocess.run(["make", "debug", f"BUILD={build.directory}"], cwd=ROOT, text=True,
                          env=environment, input="backtrace\nquit\n", timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0, f"status {done.returncode}: {done.stdout[-2000:]}")
    check("Breakpoint 1, kernel_main" in done.stdout, f"not stopped at kernel_main: {done.stdout[-2000:]}")
    check("#0  kernel_main" in done.stdout, "no backtrace")
