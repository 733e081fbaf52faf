"""Who may call whom: a file uses only its own floor and those below (docs/README.md).

What a file really uses is in its object file: each name that it leaves undefined is
looked up among the names that the others define.
"""

import fnmatch
import os
import subprocess

from harness import ROOT, binutil, check, test

# The first pattern that fits a file says on which floor it is.
FLOORS = (
    (0, "kernel/lib/*"),
    (1, "boot/*"),
    (1, "kernel/cpu/*"),
    (1, "kernel/drivers/serial.c kernel/drivers/vga.c kernel/drivers/vt*.c "
        "kernel/drivers/console.c"),
    (1, "kernel/bootinfo.c kernel/ksyms.c kernel/options.c kernel/panic.c kernel/power.c "
        "kernel/printk.c kernel/random.c kernel/ubsan.c kernel/utsname.c"),
    (2, "kernel/sched.c kernel/wait.c kernel/mutex.c kernel/rwsem.c kernel/timer_list.c "
        "kernel/lock_debug.c kernel/loadavg.c"),
    (3, "mm/buddy.c mm/fault_inject.c mm/fixmap.c mm/highmem.c mm/init.c mm/kmalloc.c mm/kstack.c "
        "mm/layout.c mm/lesson_*.c mm/memblock.c mm/page_alloc.c mm/shrinker.c mm/slab*.c "
        "mm/vm_range.c mm/vmalloc.c mm/vmstat.c mm/zone.c"),
    (4, "kernel/task.c kernel/pid.c kernel/thread_group.c kernel/task_fpu.c kernel/kthread.c "
        "kernel/cred.c kernel/rlimit.c kernel/signal.c kernel/signal_notify.c "
        "kernel/signal_queue.c"),
    (4, "kernel/fs/file.c kernel/fs/inode*.c kernel/fs/dcache*.c kernel/fs/d_path.c "
        "kernel/fs/namei.c kernel/fs/name_ops.c kernel/fs/open.c kernel/fs/attr.c "
        "kernel/fs/mount.c kernel/fs/super.c kernel/fs/fs_struct.c kernel/fs/libfs.c "
        "kernel/fs/fdtable.c kernel/fs/locks.c"),
    (4, "kernel/drivers/pci.c"),
    (4, "kernel/drivers/block/*"),
    (5, "mm/*"),
    (6, "kernel/fs/* kernel/drivers/*"),
    (7, "kernel/elf.c kernel/exec*.c kernel/exit.c kernel/fork*.c kernel/futex.c kernel/itimer.c "
        "kernel/robust_list.c kernel/rseq.c kernel/run.c kernel/rusage.c kernel/sig*.c "
        "kernel/syscall*.c kernel/tls.c kernel/wait_child.c"),
    (9, "kernel/main.c tests/*"),
)

# The hooks upwards that are bound by name instead of being registered: the table of
# system calls, the first step of a new task, the first line of C, and the boot task, which
# is the current one before anything can be registered.
HOOKS = {
    ("kernel/cpu/entry.asm", "sys_call_table"),
    ("kernel/cpu/entry.asm", "nr_syscalls"),
    ("kernel/cpu/switch.asm", "schedule_tail"),
    ("kernel/cpu/percpu.c", "init_task"),
    ("boot/entry.asm", "kernel_main"),
}


def floor_of(source):
    for floor, patterns in FLOORS:
        if any(fnmatch.fnmatch(source, pattern) for pattern in patterns.split()):
            return floor
    return None


def sources():
    for top in ("boot", "kernel", "mm"):
        for folder, _folders, files in os.walk(os.path.join(ROOT, top)):
            for name in files:
                if name.endswith((".c", ".asm")):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def symbols(build, source):
    """The names that a source's object defines, and those that it needs."""
    path = build.path("obj", os.path.splitext(source)[0] + ".o")
    listing = subprocess.run([binutil("nm"), path], check=True, text=True, stdout=subprocess.PIPE).stdout
    defined, needed = set(), set()
    for line in listing.splitlines():
        kind, name = line.split()[-2:]
        (needed if kind == "U" else defined).add(name)
    return defined, needed


@test("a file uses only its own floor and those below")
def floors(build):
    files = sorted(sources())
    unplaced = [source for source in files if floor_of(source) is None]
    check(not unplaced, f"no floor is given for {' '.join(unplaced)}")
    table = {source: symbols(build, source) for source in files}
    owner = {name: source for source, (defined, _needed) in table.items() for name in defined}
    wrong = []
    for source, (_defined, needed) in table.items():
        for name in sorted(needed):
            above = owner.get(name)
            if above and floor_of(above) > floor_of(source) and (source, name) not in HOOKS:
                wrong.append(f"{source} (floor {floor_of(source)}) uses {name} of {above} "
                             f"(floor {floor_of(above)})")
    check(not wrong, "\n".join(wrong))
