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


@test("whichever allocation fails on the way to the first program, the kernel lives or says why not")
def failing(build):
    """One allocation fails: the first, and others further and further on, until the program has ended
    before it is reached."""
    for option in ("failslab", "fail_page_alloc"):
        statuses, nth = [], 1
        while statuses[-3:] != [STATUS_PASSED] * 3 or nth < 1000:
            setting = f"{option}={nth},100,0,1"
            with boot(build, append=f"selftest=off autoexit {setting}") as m:
                statuses.append(m.wait(60))
                lines = m.lines
            check(statuses[-1] in (STATUS_PASSED, STATUS_FAILED) or
                  any("Too little memory" in line for line in lines),
                  f"{setting}: exit status {statuses[-1]}:\n" + "\n".join(lines[-12:]))
            nth += 1 + nth // 8
            check(nth < 20000, f"{option}: a program starts with 20000 allocations")
        check(set(statuses) != {STATUS_PASSED}, f"{option}: nothing failed")


@test("with all allocations failing at random the kernel lives")
def failing_often(build):
    for option in ("failslab", "fail_page_alloc"):
        for setting in ("1,100,0,-1", "3,30,0,-1", "1,10,0,-1"):
            with boot(build, append=f"selftest=off autoexit {option}={setting}") as m:
                status = m.wait(60)
                check(status in (STATUS_PASSED, STATUS_FAILED),
                      f"{option}={setting}: exit status {status}")
