"""Boot options that change how memory is handed out."""

from harness import boot, check, test
from qemu import STATUS_FAILED, STATUS_PASSED


@test("all self-tests pass with slab_debug, on both kernels")
def slab_debug(build):
    for debug in (False, True):
        with boot(build, append="slab_debug selftest=all autoexit", debug=debug) as m:
            status = m.wait(200)
            check(status == STATUS_PASSED, f"exit status {status}")
            check(not any("WARNING" in line for line in m.lines), "a warning on the console")


@test("whichever allocation of the first program fails, the kernel lives")
def failing(build):
    """The n-th allocation fails, once, for each n until none is hit any more."""
    for option in ("failslab", "fail_page_alloc"):
        statuses = []
        while STATUS_PASSED not in statuses[-3:] or STATUS_FAILED in statuses[-3:]:
            check(len(statuses) < 60, f"{option}: a program starts with 60 allocations")
            setting = f"{option}={len(statuses) + 1},100,0,1"
            with boot(build, append=f"selftest=off autoexit {setting}") as m:
                statuses.append(m.wait(60))
            check(statuses[-1] in (STATUS_PASSED, STATUS_FAILED),
                  f"{setting}: exit status {statuses[-1]}")
        check(STATUS_FAILED in statuses, f"{option}: nothing failed")


@test("with all allocations failing at random the kernel lives")
def failing_often(build):
    for option in ("failslab", "fail_page_alloc"):
        for setting in ("1,100,0,-1", "3,30,0,-1", "1,10,0,-1"):
            with boot(build, append=f"selftest=off autoexit {option}={setting}") as m:
                status = m.wait(60)
                check(status in (STATUS_PASSED, STATUS_FAILED),
                      f"{option}={setting}: exit status {status}")
