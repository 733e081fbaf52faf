"""Page tables: the walk of one address in plain words, and directories side by side.

The tables of the i386 (Intel SDM vol. 3A, 4.3) lie in low memory always, so the direct
map shows those of every process, not only of the one that runs.
"""

import struct

import gdb

from access import (PAGE_OFFSET, PAGE_SHIFT, PAGE_SIZE, Command, Trouble, address_of, bits, command,
                    define, defines, evaluate, number, register, variable)
from layout import region_of
from memmap import flag_names, is_low, max_pfn, page_of
import task as tasks

BIT = {name[6:]: value for name, value in defines("mm/pgtable.h").items()
       if name.startswith("_PAGE_")}
FRAME = 0xFFFFF000
ENTRIES = 1024
TABLE_SPAN = 4 << 20  # bytes that one directory entry stands for
KERNEL = PAGE_OFFSET >> 22  # the first directory entry of the kernel
VMALLOC = range(define("mm/layout.h", "VMALLOC_START") >> 22,
                (define("mm/layout.h", "VMALLOC_END") - 1 >> 22) + 1)


def table_at(address):
    """The 1024 entries of a directory or table, by its physical address."""
    if not is_low(address >> PAGE_SHIFT):
        raise Trouble(f"{address:#x} is not in low memory: no page table is there")
    data = gdb.selected_inferior().read_memory(PAGE_OFFSET + address, PAGE_SIZE)
    return struct.unpack("<1024I", bytes(data))


def physical_of(kernel_address):
    return kernel_address - PAGE_OFFSET


class Space:
    """An address space: its directory's physical address, and whose it is."""

    def __init__(self, name, directory, mm=None):
        self.name = name
        self.directory = directory
        self.mm = mm
        self.entries = table_at(directory)
        self._tables = {}

    @classmethod
    def of_mm(cls, mm):
        return cls(tasks.users_of(mm), physical_of(number(mm["pgd"])), mm)

    @classmethod
    def named(cls, word):
        """By a task, `swapper` (swapper_pg_dir), or None for the one in cr3."""
        if word in ("swapper", "swapper_pg_dir"):
            return cls("swapper_pg_dir", physical_of(address_of(variable("swapper_pg_dir"))))
        if word not in (None, "cr3"):
            return cls.of_mm(tasks.mm_of(tasks.find_task(word)))
        directory = register("cr3") & FRAME
        if directory == physical_of(address_of(variable("swapper_pg_dir"))):
            return cls("swapper_pg_dir, in cr3", directory)
        for task in tasks.tasks():
            if number(task["mm"]) and physical_of(number(task["mm"]["pgd"])) == directory:
                return cls(tasks.users_of(task["mm"].dereference()) + ", in cr3", directory,
                           task["mm"].dereference())
        return cls("cr3", directory)

    def table(self, index):
        """The table of a directory entry, which must name one."""
        if index not in self._tables:
            self._tables[index] = table_at(self.entries[index] & FRAME)
        return self._tables[index]

    def entry(self, address):
        """The page-table entry of an address, 0 if there is no table; not for large pages."""
        above = self.entries[address >> 22]
        if not above & BIT["PRESENT"] or above & BIT["PSE"]:
            return 0
        return self.table(address >> 22)[address >> PAGE_SHIFT & ENTRIES - 1]

    def frame(self, address):
        """The frame behind an address, or None."""
        above = self.entries[address >> 22]
        if above & BIT["PRESENT"] and above & BIT["PSE"]:
            return (above >> PAGE_SHIFT & ~(ENTRIES - 1)) + (address >> PAGE_SHIFT & ENTRIES - 1)
        entry = self.entry(address)
        return entry >> PAGE_SHIFT if has_frame(entry) else None

    def mapped(self, start, end):
        """(address, entry) of every page in a range that has a frame."""
        address = start
        while address < end:
            if not self.entries[address >> 22] & BIT["PRESENT"]:
                address = (address | TABLE_SPAN - 1) + 1
                continue
            entry = self.entry(address)
            if has_frame(entry):
                yield address, entry
            address += PAGE_SIZE


def has_frame(entry):
    return bool(entry & (BIT["PRESENT"] | BIT["PROTNONE"]))


def rights(entry):
    """The bits of a present entry in words."""
    words = ["writable" if entry & BIT["RW"] else "read-only",
             "user" if entry & BIT["USER"] else "kernel only"]
    return words + bits(entry, {BIT["PWT"]: "write-through", BIT["PCD"]: "not cached",
                                BIT["ACCESSED"]: "accessed"})


def page_rights(entry):
    """The same for an entry that maps memory: a page's, or a large one's."""
    return rights(entry) + bits(entry, {BIT["DIRTY"]: "dirty", BIT["GLOBAL"]: "global",
                                        BIT["SPECIAL"]: "special"})


def absent(entry):
    """What an entry with P = 0 means."""
    if not entry:
        return "empty"
    if entry & BIT["PROTNONE"]:
        return f"PROT_NONE: frame {entry >> PAGE_SHIFT:#x} is there, but no access is allowed"
    return f"a swap entry: area {entry >> 1 & 63}, offset {entry >> 9:#x}"


@command
class Walk(Command):
    """folio walk ADDRESS [TASK | swapper]: how the processor translates an address.

Without a second word, through the directory in cr3. Says which entries are used, what
their bits mean, and what the frame is used for."""

    name = "walk"

    def run(self, word, where=None):
        address = evaluate(word)
        space = Space.named(where)
        print(f"address 0x{address:08x}: directory entry {address >> 22}, table entry "
              f"{address >> 12 & 1023}, offset {address & 4095:#x}; {self.place(space, address)}")
        self.directory(space, address)

    def place(self, space, address):
        from vma import describe, find_area  # it needs this file itself
        if address >> 22 >= KERNEL:
            return f"kernel, {region_of(address)}"
        if space.mm is None:
            return "in user space"
        vma = find_area(space.mm, address)
        return f"in {describe(vma)}" if vma else "in no area of the process"

    def directory(self, space, address):
        index = address >> 22
        entry = space.entries[index]
        print(f"directory of {space.name}, frame {space.directory >> PAGE_SHIFT:#x}")
        lead = f"  entry {index} at 0x{PAGE_OFFSET + space.directory + 4 * index:08x} is " \
               f"0x{entry:08x}: "
        if not entry & BIT["PRESENT"]:
            print(lead + self.no_table(space, index, entry))
            return
        if entry & BIT["PSE"]:
            print(lead + "a 4 MiB page; " + ", ".join(page_rights(entry)))
            self.frame(space.frame(address), address)
            return
        print(lead + f"a table in frame {entry >> PAGE_SHIFT:#x}; " + ", ".join(rights(entry)))
        self.table(space, address, entry)

    def no_table(self, space, index, entry):
        if index in VMALLOC and index < 1024:
            kernel = Space.named("swapper")
            if kernel.entries[index] & BIT["PRESENT"] and not entry:
                return ("empty here, but not in swapper_pg_dir: the first access faults and "
                        "copies it (vmalloc_sync_one)")
        return f"{absent(entry)}: no table, an access faults"

    def table(self, space, address, above):
        table, index = above & FRAME, address >> PAGE_SHIFT & 1023
        entry = space.entry(address)
        print(f"table in frame {table >> PAGE_SHIFT:#x}")
        lead = f"  entry {index} at 0x{PAGE_OFFSET + table + 4 * index:08x} is 0x{entry:08x}: "
        if not entry & BIT["PRESENT"]:
            print(f"{lead}{absent(entry)}; an access faults")
            if has_frame(entry):
                self.frame(entry >> PAGE_SHIFT, address, reaches=False)
            return
        print(f"{lead}a page in frame {entry >> PAGE_SHIFT:#x}; " + ", ".join(page_rights(entry)))
        if entry & BIT["SPECIAL"]:
            print("  special: the frame is neither counted nor reverse-mapped")
        if entry & BIT["USER"] & ~above or entry & BIT["RW"] & ~above:
            print("  the directory entry allows less, and that counts")
        self.frame(entry >> PAGE_SHIFT, address)

    def frame(self, pfn, address, reaches=True):
        from page import use  # it needs this file itself
        offset = address & PAGE_SIZE - 1
        what = f"physical address 0x{(pfn << PAGE_SHIFT) + offset:08x}, " if reaches else ""
        if pfn >= max_pfn():
            why = "no memory of mem_map: a device's" if max_pfn() else "there is no mem_map yet"
            print(f"{what}frame {pfn:#x}; {why}")
            return
        page = page_of(pfn)
        flags = " ".join(["flags"] + flag_names(page)) if flag_names(page) else "no flags"
        print(f"{what}frame {pfn:#x}: {use(page)} ({flags})")


# ---------------------------------------------------------------- side by side

SAME, BITS, DIFFERENT, ONLY_FIRST, ONLY_SECOND, LAZY = range(6)
WORDS = ("equal: shared", "equal but for accessed and dirty", "different", "only in the first",
         "only in the second", "missing in the first: vmalloc copies it at the first fault")


def kind_of(entry):
    """What a directory entry names."""
    if not entry & BIT["PRESENT"]:
        return "not present" if entry else "-"
    return "4 MiB page" if entry & BIT["PSE"] else "table"


def column(entries):
    """A run of entries of one kind."""
    kind = kind_of(entries[0])
    if not entries[0]:
        return kind
    frames = [f"{entry >> PAGE_SHIFT:05x}" for entry in (entries[0], entries[-1])]
    if len(entries) == 1:
        return f"{kind} {frames[0]}"
    return f"{kind}s {frames[0]}..{frames[1]}"


def compare(index, first, second):
    """How two entries of the same number differ."""
    used = BIT["ACCESSED"] | BIT["DIRTY"]  # set by the processor in the one that it walks
    if first == second:
        return SAME
    if not first:
        return LAZY if index in VMALLOC else ONLY_SECOND
    if not second:
        return ONLY_FIRST
    return BITS if (first ^ second) & ~used == 0 else DIFFERENT


@command
class Pgdir(Command):
    """folio pgdir [FIRST [SECOND]]: two page directories side by side.

Each is a task, `swapper` (the default of the second) or `cr3` (of the first). A run of
entries that are alike is one line, with the first and the last frame of the run."""

    name = "pgdir"

    def run(self, first=None, second="swapper"):
        spaces = [Space.named(first), Space.named(second)]
        for word, space in zip(("first", "second"), spaces):
            print(f"{word + ':':<8}{space.name}, directory in frame "
                  f"{space.directory >> PAGE_SHIFT:#x}")
        print(f"{'entries':<10} {'addresses':<18} {'first':<24} {'second':<24} comparison")
        totals = [0] * len(WORDS)
        for start, end, kind in self.runs(*(space.entries for space in spaces)):
            totals[kind] += end - start
            self.line(start, end, kind, *(space.entries for space in spaces))
        print("; ".join(f"{n} {words.split(':')[0]}" for n, words in zip(totals, WORDS) if n))

    def runs(self, first, second):
        """(start, end, comparison) of runs of entries; empty ones are left out."""
        start, alike = 0, None
        for i in range(ENTRIES + 1):
            here = None
            if i < ENTRIES and (first[i] or second[i]):
                here = compare(i, first[i], second[i]), kind_of(first[i]), kind_of(second[i])
            if here != alike or i == KERNEL:
                if alike is not None:
                    yield start, i, alike[0]
                start, alike = i, here

    def line(self, start, end, kind, first, second):
        numbers = f"{start}-{end - 1}" if end - start > 1 else f"{start}"
        columns = [column(entries[start:end]) for entries in (first, second)]
        print(f"{numbers:<10} {start << 22:08x}-{(end << 22) - 1:08x}  {columns[0]:<24} "
              f"{columns[1]:<24} {WORDS[kind]}")
