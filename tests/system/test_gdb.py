"""The commands of tools/gdb, each against a live kernel that stands in a program's system call.

What a command says is compared with what the kernel itself says: by a function of it that
gdb calls, by the program's own printout, or by another command. Where a command checks a
structure, the structure is damaged through gdb, and the command has to notice.
"""

import functools
import os
import re
import shutil
import subprocess
import tempfile

from harness import ROOT, binutil, boot, check, test
from qemu import QEMU

MARK = "@@@ "
# The first system call of `segments` that writes: all its regions exist, high memory too.
AT_WRITE = ["hbreak sys_write", "continue"]


class Session:
    """gdb on a machine, from its first instruction on; runs commands and keeps their answers."""

    def __init__(self, build, commands, memory=64, append="selftest=off", debug=False,
                 flags=()):
        self.answers = {}
        stub = os.path.join(tempfile.mkdtemp(prefix="folio-gdb-"), "stub")
        flags = [*flags, "-S", "-gdb", f"unix:{stub},server=on,wait=off"]
        kernel = build.path(*(["debug"] if debug else []), "folio.elf")
        try:
            with boot(build, append=append, debug=debug, memory=memory, flags=flags) as machine:
                self.run(kernel, [f"target remote {stub}"] + commands + ["kill"])
            self.console = [line for line in machine.lines if not line.startswith("qemu-")]
        finally:
            shutil.rmtree(os.path.dirname(stub), ignore_errors=True)

    def run(self, kernel, commands):
        words = ["gdb", "-nx", "-q", "-batch", "-ex", "set confirm off", "-ex", "set width 0",
                 "-ex", "set architecture i386", "-ex", "source tools/gdb/folio.py"]
        for i, command in enumerate(commands):
            words += ["-ex", f"echo {MARK}{i}\\n", "-ex", command]
        done = subprocess.run(words + [kernel], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, timeout=100, cwd=ROOT)
        parts = re.split(rf"^{MARK}(\d+)\n", done.stdout, flags=re.MULTILINE)
        check("Traceback" not in done.stdout and "Python" not in done.stdout,
              f"an error of Python: {done.stdout[-2000:]}")
        for i, answer in zip(parts[1::2], parts[2::2]):
            self.answers.setdefault(commands[int(i)], []).append(answer)

    def __call__(self, command, nth=0):
        """What a command printed, when it was run for the nth time."""
        return self.answers[command][nth]

    def number(self, command, nth=0):
        """The value of a `print` or `call`."""
        found = re.search(r"= .*?(0x[0-9a-f]+|\d+)", self(command, nth))
        check(found, f"{command}: {self(command, nth)}")
        return int(found[1], 0)


@functools.lru_cache(maxsize=None)
def symbols(path):
    """{name: address} of a kernel."""
    lines = subprocess.run([binutil("nm"), path], check=True, text=True, stdout=subprocess.PIPE).stdout
    return {name: int(address, 16) for address, _, name in
            (line.split() for line in lines.splitlines())}


def call(build, result, name, first=0, second=0):
    """gdb commands that call a kernel function; the last one prints what it returns. By
    address: gdb may take a piece that the compiler split off for the whole function. The
    arguments are where -mregparm=3 wants them."""
    kernel = os.path.abspath(build.path("folio.elf"))
    return [f"set $eax = {first}", f"set $edx = {second}",
            f"call (({result} (*)(void))0x{symbols(kernel)[name]:x})()"]


def has(answer, *patterns):
    """Each pattern is found in an answer; the last match."""
    match = None
    for pattern in patterns:
        match = re.search(pattern, answer, re.MULTILINE)
        check(match, f"{pattern!r} is not in: {answer}")
    return match


# ---------------------------------------------------------------- the beginnings

@test("what make debug starts has the commands; `help folio` lists each with a line")
def make_debug(build):
    # test_debug.py goes through make; here the script alone, which builds nothing anew.
    done = subprocess.run(["tools/debug.sh", build.path("folio.elf"), QEMU, "-m", "64", "-nic",
                           "none", "-display", "none", "-no-reboot"], cwd=ROOT, text=True,
                          input="help folio\nfolio ps\nquit\n", timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    make_debug.tail = done.stdout.splitlines()[-20:]
    check(done.returncode == 0, f"status {done.returncode}")
    for name in ("bt", "buddy", "cache", "dmesg", "inode", "kmap", "layout", "page", "pgdir", "ps",
                 "queue", "slab", "vmalloc", "vmas", "vmtree", "walk", "zone"):
        has(done.stdout, rf"^folio {name} -- folio {name}\b.*: \w+")
    has(done.stdout, r"^\* +0 idle .* runs$")


@test("without a machine, without paging, before memory is set up: a sentence each")
def too_early(build):
    s = Session(build, [
        "folio ps", "hbreak kernel_main", "continue", "folio buddy", "folio zone", "folio page 5",
        "folio slab", "folio vmas", "folio dmesg", "folio walk $eip", "folio frob", "folio walk",
        "folio ps 1 2", "folio walk nonsense", "folio bt 7", "folio walk 0 init_tusk",
        "detach", "folio layout"])
    has(s("folio ps"), r"^paging is not on yet")
    has(s("folio buddy"), r"^the zones are not made yet")
    has(s("folio zone"), r"^the zones are not made yet")
    has(s("folio page 5"), r"^there is no mem_map yet")
    has(s("folio slab"), r"^there are no caches yet")
    has(s("folio vmas"), r"^idle \(0\) is a kernel thread")
    has(s("folio dmesg"), r"the log is empty")
    has(s("folio walk $eip"), r"a page in frame 0x1[0-9a-f]{2}; writable, kernel only",
        r"no mem_map yet")
    has(s("folio frob"), r"^folio has no command frob")
    has(s("folio walk"), r"^too many or too few words")
    has(s("folio ps 1 2"), r"^too many or too few words")
    has(s("folio walk nonsense"), r"^nonsense is neither a number nor an address")
    has(s("folio bt 7"), r"^there is no task 7")
    has(s("folio walk 0 init_tusk"), r"^there is no task init_tusk")
    has(s("folio layout"), r"^no machine is attached")


# ---------------------------------------------------------------- physical memory

@test("buddy, zone: totals equal nr_free_pages(), every list its counter")
def buddy(build):
    *_, free = call(build, "unsigned long", "nr_free_pages")
    s = Session(build, AT_WRITE + [
        free, "folio buddy", "folio buddy blocks", "folio buddy blocks highmem", "folio zone",
        "folio buddy frob", "folio zone frob", "print zones[1].present_pages",
        "print zones[1].watermark[1]",
        "set zones[1].buddy.free_pages = zones[1].buddy.free_pages + 1",
        "folio buddy", "folio buddy blocks dma",
        "set zones[0].buddy.free_area[10].nr_free = 99", "folio buddy blocks dma",
        "set zones[0].buddy.free_area[10].free_list.prev = 4096", "folio buddy blocks dma"],
        memory=1100)
    total = has(s("folio buddy"), r"^free: (\d+) pages")
    check(int(total[1]) == s.number(free), f"{total[0]}, but the kernel says {s(free)}")
    rows = re.findall(r"^(DMA|Normal|HighMem) +((?:\d+ +){11})(\d+) +(\d+)$", s("folio buddy"),
                      re.MULTILINE)
    check(len(rows) == 3, f"three zones: {s('folio buddy')}")
    check(sum(int(pages) + int(hot) for _, _, pages, hot in rows) == s.number(free), "sum of zones")
    check("WRONG" not in s("folio buddy") + s("folio buddy blocks"), s("folio buddy blocks"))
    walked = [int(n) << int(order) for order, n in
              re.findall(r"order +(\d+), (\d+) block", s("folio buddy blocks"))]
    check(sum(walked) == sum(int(pages) for _, _, pages, _ in rows), f"blocks: {sum(walked)}")
    for order, frames in re.findall(r"order +(\d+), .*: (.*)", s("folio buddy blocks highmem")):
        check(all(int(frame, 16) % (1 << int(order)) == 0 and int(frame, 16) >= 0x38000
                  for frame in frames.split()), f"order {order}: {frames}")
    has(s("folio zone"), rf"Normal(?s:.*?)present +{s.number('print zones[1].present_pages')} ",
        rf"low {s.number('print zones[1].watermark[1]')},", r"HighMem(?s:.*)active anon +[1-9]\d* pages")
    has(s("folio buddy frob"), r"^buddy frob\?")
    has(s("folio zone frob"), r"^there is no zone frob; there are DMA, Normal, HighMem")
    has(s("folio buddy", 1), r"WRONG: the zone counts \d+ free pages")
    check("WRONG" not in s("folio buddy blocks dma"), s("folio buddy blocks dma"))
    has(s("folio buddy blocks dma", 1), r"WRONG: nr_free is 99")
    has(s("folio buddy blocks dma", 2), r"^the list at 0x[0-9a-f]+ is broken: 0x[0-9a-f]+ does not")


@test("slab: counts equal the kernel's, a cache's slabs add up")
def slab(build):
    *_, active = call(build, "unsigned long", "kmem_cache_total_active")
    s = Session(build, AT_WRITE + [
        active, "folio slab", "folio slab vm_area_struct", "folio slab size-512", "folio slab frob",
        "print vma_cache", "folio page $current()", "print $current()->comm",
        "set ((struct kmem_cache *)vma_cache)->nr_slabs = 7", "folio slab"])
    table = s("folio slab")
    rows = [(row[0], *(int(n) for n in row[1:])) for row in re.findall(
        r"^(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", table,
        re.MULTILINE)]
    check(len(rows) > 30, f"the caches of kmalloc and more: {table}")
    counted = sum(row[1] for row in rows if row[0] != "slab_index")
    check(counted == s.number(active), f"{counted} objects, the kernel says {s(active)}")
    for name, _, _, objects, _, per_slab, _, partial, full, free in rows:
        check((partial + full + free) * per_slab == objects, f"{name}: {table}")
    one = s("folio slab vm_area_struct")
    cache = has(one, r"cache at 0x([0-9a-f]+)")[1]
    check(s.number("print vma_cache") == int(cache, 16), f"{cache}: {s('print vma_cache')}")
    taken = [int(n) for n in re.findall(r"^  (?:partial|full|free) .*: (\d+) of \d+ taken", one,
                                        re.MULTILINE)]
    active_and_hot = has(one, r"(\d+) active, (\d+) in the magazine")
    check(sum(taken) == int(active_and_hot[1]) + int(active_and_hot[2]), one)
    check(int(active_and_hot[1]) == 4, f"the program has 4 areas: {one}")
    has(s("folio slab size-512"), r"free list elsewhere")
    has(s("folio slab frob"), r"^there is no cache frob")
    here = s("folio page $current()")
    has(here, r"slab of task_struct", r"objects of \d+ bytes taken")
    has(s("folio slab", 1), r"WRONG: the cache counts 7 slabs")


# ---------------------------------------------------------------- processes

@test("ps, bt: the tasks, the one that runs, where the others sleep")
def tasks(build):
    *_, listed = call(build, "unsigned int", "nr_tasks")
    s = Session(build, AT_WRITE + [
        "folio ps", "folio bt init", "folio bt", "print $task(1).comm", "print $current().pid",
        listed, "folio vmas init", "folio bt 0",
        "set $task(1).thread.esp = 12", "folio bt init"])
    ps = s("folio ps")
    has(ps, r"^  +0 idle +140 .* - .*ready$", r"^  +1 init .* - .*sleeps, no signal wakes it$",
        r"^\* +\d+ segments .* 0x[0-9a-f]{8} 0xc[0-9a-f]{7} runs$")
    check(ps.count("\n") - 1 == s.number(listed), ps)
    frames = re.findall(r"^#(\d+) +0x[0-9a-f]{8} (\w+)", s("folio bt init"), re.MULTILINE)
    names = [name for _, name in frames]
    check(names[0] == "schedule" and "task_wait" in names and "kernel_init" in names,
          f"backtrace of init: {names}")
    check(names.index("task_wait") < names.index("kernel_init"), f"its order: {names}")
    has(s("folio bt init"), r"schedule\S* +kernel/sched\.c:\d+")
    has(s("folio bt"), r"^#0 +sys_write \(fd=1")
    has(s("print $task(1).comm"), r'"init')
    check(s.number("print $current().pid") > 1, s("print $current().pid"))
    has(s("folio vmas init"), r"^init \(1\) is a kernel thread")
    has(s("folio bt 0"), r"^#0 .* schedule")
    has(s("folio bt init", 1), r"^init \(1\): its esp 0xc is not in its stack")


@test("vmas, vmtree: the list equals the tree and /proc/self/maps")
def regions(build):
    s = Session(build, [
        "hbreak sys_exit_group", "continue", "folio vmas", "folio vmtree", "folio vmtree segments",
        "set $first = (struct vm_area_struct *)$current().mm.areas.first",
        "set $first->range.rb_subtree_gap = 8192", "folio vmtree",
        "set $second = (struct vm_area_struct *)$first->range.vm_next",
        "set $second->range.vm_prev = 0", "folio vmtree",
        "set $current().mm.areas.count = 9", "folio vmtree",
        "set $first->range.vm_rb.__rb_parent_color = 0", "folio vmtree"])
    lines = "\n".join(s.console)
    maps = [(start, end, perm, offset) for start, end, perm, offset in re.findall(
        r"^([0-9a-f]{8})-([0-9a-f]{8}) (\S{4}) ([0-9a-f]{8}) [0-9a-f]{2}:[0-9a-f]{2}", lines, re.MULTILINE)]
    check(len(maps) >= 4, f"the program's own printout of its maps: {lines[-1500:]}")
    listed = re.findall(r"^([0-9a-f]{8}) ([0-9a-f]{8}) (\S{4}) ([0-9a-f]{8}) +(\d+)/(\d+)",
                        s("folio vmas"), re.MULTILINE)
    check([area[:4] for area in listed] == maps, f"{s('folio vmas')} against {maps}")
    drawn = re.findall(r"([0-9a-f]{8})-([0-9a-f]{8}) (\S{4}) \S+ +\((?:red|black); gap",
                       s("folio vmtree"))
    check(sorted(drawn) == [area[:3] for area in maps], f"{s('folio vmtree')} against {maps}")
    check(s("folio vmtree segments") == s("folio vmtree"), "by name")
    has(s("folio vmas"), r"\[heap\]", r"\[stack\] growsdown", r" /boot/segments$")
    total = has(s("folio vmas"), r"^(\d+) areas, (\d+) of (\d+) pages mapped; the kernel counts "
                r"\d+ anonymous \+ \d+ of files = (\d+)")
    check(int(total[1]) == len(maps), total[0])
    check(total[2] == total[4] and int(total[2]) == sum(int(area[4]) for area in listed), total[0])
    has(s("folio vmtree"), rf"^{len(maps)} areas; list and tree agree, \d black on each way down")
    has(s("folio vmtree"), r"^`-- right", r"\(red;", r"\(black;")
    has(s("folio vmtree", 1), r"WRONG: [0-9a-f]{8}: the largest gap is 0x[0-9a-f]+, not 0x2000",
        r"^list and tree do not agree")
    has(s("folio vmtree", 2), r"WRONG: the list is torn before")
    has(s("folio vmtree", 3), r"WRONG: the count is 9")
    has(s("folio vmtree", 4), r"WRONG: the node at 0x[0-9a-f]+ has another parent")


# ---------------------------------------------------------------- page tables

@test("walk, page: from an address to the frame, from the frame to who maps it")
def walk(build):
    pte = "*(unsigned long *)"
    s = Session(build, AT_WRITE + [
        "set *(unsigned long *)((unsigned long)buf & ~4095) = 0x12345678",
        "folio walk 0x8048000", "folio walk buf", "x/4xb 0x8048000", "folio walk 0x40000000",
        "folio walk &init_task", "folio walk 0xd0012345", "folio walk 0x8048000 swapper",
        "folio walk 0x8048000 init", "folio page 0x8048000", "folio page buf", "folio page $esp",
        "folio page 0x8048000 segments", "folio page 0x40000000", "folio page phys 0x1000000",
        "folio page pfn 0x44bdf", "folio page 0x400000", "folio page &mem_map[0]",
        "x/16xb (unsigned long)buf & ~4095",
        # The entry of the program's text, taken from the walk's own words below.
        "python import gdb, re; gdb.execute('set $entry = ' + re.search(r'entry 72 at (0x\\w+)', "
        "gdb.execute('folio walk 0x8048000', to_string=True))[1])",
        f"print/x {pte}$entry",
        "set $old = *(unsigned long *)$entry",
        f"set {pte}$entry = ($old & ~1) | 0x100", "folio walk 0x8048000",
        f"set {pte}$entry = (5 << 9) | (2 << 1)", "folio walk 0x8048000",
        f"set {pte}$entry = $old | 0x200", "folio walk 0x8048000", "folio page 0x8048000",
        f"set {pte}$entry = 0", "folio walk 0x8048000"], memory=1100)
    text = s("folio walk 0x8048000")
    has(text, r"directory entry 32, table entry 72, offset 0x0; in 08048000-\w+ r-xp /boot/segments",
        r"entry 32 at 0x\w+ is 0x\w+: a table in frame 0x\w+; writable, user, accessed",
        r"entry 72 at 0x\w+ is 0x\w+: a page in frame 0x\w+; read-only, user, accessed$")
    frame = has(text, r"^physical address 0x\w+000, frame (0x\w+): page 0 of file /boot/segments")[1]
    entry = has(text, r"entry 72 at 0x\w+ is (0x\w+)")[1]
    check(s.number(f"print/x {pte}$entry") == int(entry, 16), "the entry that is in memory")
    page = s("folio page 0x8048000")
    has(page, rf"^frame {frame}: page 0 of file /boot/segments", r"contents  7f 45 4c 46",
        rf"mapped    at 0x08048000 by segments \(\d+\), entry {entry}", r"1 page-table entry$",
        r"address_space 0x\w+, index 0x0", r"flags .*uptodate")
    check("WRONG" not in page, page)
    check(s("folio page 0x8048000 segments") == page, "through a task's tables")
    anon = s("folio page buf")
    has(s("folio walk buf"), r"writable, user, accessed, dirty", r"anonymous memory \(flags lru")
    bytes_there = " ".join(re.findall(r"\t0x(\w\w)", s("x/16xb (unsigned long)buf & ~4095")))
    check(bytes_there.strip("0 "), "the page that is compared holds something")
    has(anon, r"zone HighMem; direct map: none", r"mapping   anon_vma 0x\w+, index",
        rf"contents  {bytes_there} \.\.\.$",
        r"mapped    at 0x080[45]\w000 by segments \(\d+\)")
    check("WRONG" not in anon, anon)
    has(s("folio walk 0x40000000"), r"in no area of the process", r"empty: no table, an access")
    has(s("folio walk &init_task"), r"kernel, direct map", r"reserved: the kernel image, at \w+")
    has(s("folio walk 0xd0012345"), r"a 4 MiB page; writable, kernel only.*global",
        r"^physical address 0x10012345, frame 0x10012: free, in the block of order 10 at")
    has(s("folio walk 0x8048000 swapper"), r"directory of swapper_pg_dir", r"empty: no table")
    has(s("folio walk 0x8048000 init"), r"^init \(1\) is a kernel thread")
    has(s("folio page $esp"), r"^frame 0x\w+: used by the kernel")
    has(s("folio page 0x40000000"), r"^no frame behind 0x40000000")
    has(s("folio page phys 0x1000000"), r"^frame 0x1000: ", r"zone Normal; direct map: 0xc1000000")
    has(s("folio page pfn 0x44bdf"), r"^frame 0x44bdf: (?s:.*)contents  (\w\w ){16}")
    has(s("folio page 0x400000"), r"^no frame behind 0x400000")
    has(s("folio page &mem_map[0]"), r"^frame 0x0: reserved")
    has(s("folio walk 0x8048000", 1), r"PROT_NONE: frame 0x\w+ is there.*an access faults")
    has(s("folio walk 0x8048000", 2), r"a swap entry: area 2, offset 0x5; an access faults")
    has(s("folio walk 0x8048000", 3), r"special: the frame is neither counted nor reverse-mapped")
    has(s("folio page 0x8048000", 1), r"WRONG: 0 entries found, 1 counted")
    has(s("folio walk 0x8048000", 4), r": empty; an access faults")


@test("page: free, hot and damaged; a frame of every kind has its name")
def kinds_of_pages(build):
    s = Session(build, AT_WRITE + [
        "python import gdb, re; gdb.execute('set $free = 0x' + re.search(r'order 10, .*: (\\w+)', "
        "gdb.execute('folio buddy blocks normal', to_string=True))[1])",
        "folio page $free", "folio page $free+5",
        *call(build, "unsigned long", "get_free_pages", 0, 3), "set $block = $",
        "folio page $block", "folio page $block+8192",
        *call(build, "unsigned long", "get_free_pages", 0, 0), "set $lone = $",
        *call(build, "void", "free_pages", "$lone", 0), "folio page $lone",
        "folio page $current().mm.pgd", "folio page pfn 0x99999999",
        "print $page(0).flags == 1 << PG_reserved", "set mem_map[5].flags = 0xc0000000",
        "folio page 5", "set mem_map[5].flags = 1 << PG_slab",
        "set mem_map[5].mapping = (void *)64", "folio page 5"], memory=1100)
    has(s("folio page $free"), r"flags buddy$", r"0 references")
    block = has(s("folio page $free"), r"free, in the block of order 10 at frame (0x\w+)$")[1]
    has(s("folio page $free+5"), rf"^frame 0x\w+5: free, in the block .* at frame {block}$")
    has(s("folio page $lone"), r"^frame.*: free, in the hot list$")
    has(s("folio page 5"), r"^a structure is damaged, or not set up yet: ")
    has(s("folio page 5", 1), r"^memory that should be there cannot be read: ")
    check(s.number("print $page(0).flags == 1 << PG_reserved") == 1,
          "frame 0 is reserved, in zone DMA")
    has(s("folio page $current().mm.pgd"), r"a page table or directory", r"flags table")
    has(s("folio page pfn 0x99999999"), r"^there is no frame 0x99999999; the last is 0x44")
    has(s("folio page $block"), r"used by the kernel, a block of order 3", r"flags head")
    has(s("folio page $block+8192"), r"^frame.*: in the block of order 3 at frame")


@test("vmalloc, kmap, pgdir: areas, slots, and what a directory lacks until the first fault")
def kernel_areas(build):
    vmalloc = call(build, "unsigned long", "vmalloc", 40000)
    kmap = call(build, "unsigned long", "kmap", "&mem_map[0x44000]")
    s = Session(build, AT_WRITE + [
        "folio vmalloc", "folio pgdir", *vmalloc, *call(build, "void *", "vmalloc", 4096),
        "folio vmalloc", "folio vmalloc tree", "folio vmalloc 0xf8801000", "folio pgdir",
        "folio pgdir segments cr3", "folio walk 0xf8801000", "folio walk 0xf8801000 swapper",
        *call(build, "struct page *", "vmalloc_to_page", 0xf8801000), "folio page $",
        "folio vmalloc 0xf9000000", "folio kmap", *kmap, "folio kmap",
        "set ((unsigned long *)&fixmap_pte)[1018] = 0x44001163", "folio kmap",
        *call(build, "void", "kunmap", "&mem_map[0x44000]"), "folio kmap",
        "set ((unsigned long *)$current().mm.pgd)[800] = 0x20000063", "folio pgdir",
        "set ((unsigned long *)$current().mm.pgd)[32] = 0", "folio pgdir"], memory=1100)
    has(s("folio vmalloc"), r"^0 areas, 0 pages")
    check(s.number(vmalloc[2]) == 0xf8800000, s(vmalloc[2]))
    has(s("folio vmalloc", 1), r"^f8800000-f880afff +10 pages +vmalloc +by ",
        r"^f880b000-f880cfff +1 page ", r"^2 areas, 11 pages, 1 page table$")
    has(s("folio vmalloc tree"), r"^f8800000-f880afff.*\(black; gap",
        r"^`-- right f880b000.*\(red;", r"^2 areas; list and tree agree")
    one = s("folio vmalloc 0xf8801000")
    has(one, r"f880a000  guard page, never mapped")
    frames = re.findall(r"[0-9a-f]{5}(?= |$)", " ".join(re.findall(r"frames (.*)", one)))
    check(len(set(frames)) == 10 and "WRONG" not in one, one)
    has(s("folio page $"), rf"^frame 0x{frames[1]}: used by the kernel")
    has(s("folio walk 0xf8801000 swapper"), rf"a page in frame 0x{frames[1]}; writable, kernel")
    has(s("folio walk 0xf8801000"), r"empty here, but not in swapper_pg_dir")
    has(s("folio vmalloc 0xf9000000"), r"^no area of vmalloc holds 0xf9000000")
    before, after = s("folio pgdir"), s("folio pgdir", 1)
    has(before, r"^32 +08000000-083fffff +table \w+ +- +only in the first$",
        r"^7\d\d.*4 MiB pages 00400\.\.37c00 4 MiB pages 00400\.\.37c00 equal: shared$",
        r"^1010-1023 +fc800000-ffffffff .*equal: shared$", r"^238 equal; 2 only in the first$")
    check("994" not in before, before)
    has(after, r"^994 +f8800000-f8bfffff +- +table \w+ +missing in the first: vmalloc",
        r"^238 equal; 2 only in the first; 1 missing in the first$")
    has(s("folio pgdir segments cr3"), r"^first: +segments \(\d+\), d",
        r"^second: +segments \(\d+\), in cr3, d", r"^240 equal$")
    has(s("folio kmap"), r"^kmap: 0 slots of 1024 taken", r"^kmap_atomic: 0 slots")
    address = s.number(kmap[2])
    has(s("folio kmap", 1), rf"^  {address:08x}  frame 44000  1 user$", r"^kmap: 1 slot ")
    has(s("folio kmap", 2), r"^  ffffa000  frame 44001$", r"^kmap_atomic: 1 slot in use")
    has(s("folio kmap", 3), rf"^  {address:08x}  frame 44000  nobody; free after the next flush$")
    has(s("folio pgdir", 2), r"^800 +c8000000-c83fffff +table 20000 +4 MiB page 08000 +different$")
    has(s("folio pgdir", 3), r"^237 equal; 1 different; 1 only in the first; 1 missing")
    s = Session(build, ["break lesson_trace_run", "continue", "folio vmalloc"],
                append="selftest=lesson_alloc")
    has(s("folio vmalloc"), r"^f8800000-.* pages +vmalloc +by test_trace\+0x\w+$")


# What is in the log only, because it is of the level "debug".
DEBUG_LINE = re.compile(r"\] pci: [0-9a-f]{2}:")


@test("layout and dmesg: the table of the boot log, and the log of the console")
def layout_and_log(build):
    s = Session(build, AT_WRITE + ["folio layout", "folio dmesg", "folio dmesg 2",
                                   "set log_next = log_next + 32768", "folio dmesg"])
    booted = re.findall(r"0x(\w{8})-0x(\w{8}) +([a-z ]+?) +(\d+) KiB", "\n".join(s.console))
    shown = re.findall(r"^0x(\w{8}) 0x(\w{8}) +(\d+)  (.+)$", s("folio layout"), re.MULTILINE)
    check(len(booted) == 6, f"the boot log's table: {s.console}")
    check([(a, b, name, size) for a, b, size, name in shown] == booted, f"{shown} is not {booted}")
    log = s("folio dmesg").splitlines()
    said = [line for line in s.console if line.strip()]
    logged = [line for line in log if line.strip() and not DEBUG_LINE.search(line)]
    check(logged == said, f"{logged[-3:]} is not {said[-3:]}")
    check(s("folio dmesg 2").splitlines() == log[-2:], s("folio dmesg 2"))
    # The ring has turned: what stands before the first newline is a piece of a line.
    check(s("folio dmesg", 1).splitlines() == log[1:], s("folio dmesg", 1))


@test("the debug kernel's structures are read as well")
def debug_kernel(build):
    s = Session(build, AT_WRITE + ["folio ps", "folio vmtree", "folio buddy", "folio slab",
                                   "folio page 0x8048000", "folio pgdir"], debug=True)
    has(s("folio ps"), r"^\* +\d+ segments .* runs$")
    has(s("folio vmtree"), r"list and tree agree")
    has(s("folio page 0x8048000"), r"mapped    at 0x08048000 by segments \(\d+\)")
    has(s("folio pgdir"), r"\d+ equal; 2 only in the first$")
    check("WRONG" not in "".join(sum(s.answers.values(), [])), "a structure that does not add up")


# ---------------------------------------------------------------- disks

@test("queue: what waits before a disk that several threads use; a count that is wrong")
def request_queue(build):
    with tempfile.NamedTemporaryFile(prefix="folio-disk-", suffix=".img") as image:
        image.write(b"FOLIO-SCRATCH")
        image.truncate(16 << 20)
        s = Session(build, [
            "hbreak blk_end_request if disk->queue->nr_waiting >= 2", "continue", "folio queue",
            "print disk->queue->nr_waiting", "print disk->queue->nr_free", "folio queue hdb",
            "set disk->queue->nr_waiting = 100", "folio queue hda"],
            append="autoexit selftest=scratch_disk",
            flags=["-drive", f"file={image.name},format=raw,if=ide"])
    answer = s("folio queue")
    has(answer, r"^hda: queue at 0xc.*, 1 request at once, each of 2048 sectors",
        r"^  on its way$", r"^    (read|write) \d+\.\.\d+, \d+ bios?, ", r"^  (reads|background writes)$",
        rf"^  {s.number('print disk->queue->nr_free')} of 128 requests free")
    waiting = len(re.findall(r"due in|late by", answer))
    check(waiting == s.number("print disk->queue->nr_waiting"), answer)
    check("WRONG" not in answer, answer)
    has(s("folio queue hdb"), r"^there is no block device hdb")
    has(s("folio queue hda"), rf"WRONG: the queue counts 100 waiting, its lists have {waiting}")


@test("inode, cache: of a program, of a path, of a device with dirty sectors; a page at the wrong place")
def files(build):
    s = Session(build, AT_WRITE + [
        "folio inode $current().mm->exe_file", "folio cache $current().mm->exe_file",
        "print $current().mm->exe_file->f_mapping->nrpages", "folio inode fd 1",
        "folio cache fd 77", "folio inode nonsense", "folio inode",
        "folio inode /dev/console", "folio cache /", "folio cache /dev/nonsense"])
    has(s("folio inode $current().mm->exe_file"), r"^inode \d+ of \w+, \S*/segments: regular file",
        r"^  cache     address_space 0x.*, 0 dirty, 0 writeback; mapped by 2 areas$")
    pages = s.number("print $current().mm->exe_file->f_mapping->nrpages")
    answer = s("folio cache $current().mm->exe_file")
    has(answer, rf"/segments: {pages} pages cached$", r"^  \d+(-\d+)? .*uptodate.*, mapped$")
    has(s("folio inode fd 1"), r"^inode \d+ of \w+, /console: character device",
        r"^  device    5, 1$")
    check(s("folio inode /dev/console") == s("folio inode fd 1"), s("folio inode /dev/console"))
    has(s("folio cache /"), r"^inode \d+ of \w+, /: 0 pages cached")
    has(s("folio cache /dev/nonsense"), r"^/dev/nonsense: nobody has used nonsense lately")
    has(s("folio cache fd 77"), r"^descriptor 77 is not open there")
    has(s("folio inode nonsense"), r"nonsense")
    has(s("folio inode"), r"^which file\?")
    s = Session(build, [
        "hbreak end_page_writeback if page->private", "continue", "folio cache page",
        "folio inode page", "set page->index = 77", "folio cache page->mapping"],
        append="autoexit selftest=block_dev")
    has(s("folio cache page"), r"^inode \d+ of bdev: \d+ pages? cached$",
        r"^  \d+(-\d+)? .* writeback +.*uptodate", r"sectors (any|new|ordered): \d")
    has(s("folio inode page"), r"block device, mode 0600", r" [1-9] writeback; mapped by 0 areas$")
    has(s("folio cache page->mapping"),
        r"WRONG: page \d+: its struct page says that it is another file's, or at another place")
