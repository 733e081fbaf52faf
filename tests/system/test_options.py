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


@test("with allocations failing at random the kernel lives, whatever becomes of programs")
def failing(build):
    ended = set()
    for option in ("failslab", "fail_page_alloc"):
        for setting in ("1,100,0,-1", "3,30,0,-1", "1,10,0,-1", "1,100,0,2"):
            with boot(build, append=f"selftest=off autoexit {option}={setting}") as m:
                status = m.wait(60)
                check(status in (STATUS_PASSED, STATUS_FAILED),
                      f"{option}={setting}: exit status {status}")
                ended.add(status)
    check(STATUS_FAILED in ended, "no allocation failed")
