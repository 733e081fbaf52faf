"""The slots of kmap and kmap_atomic."""

from access import PAGE_SHIFT, Command, command, count, define, number, type_of, variable
from memmap import pfn_of
from pagetable import Space

PKMAP_BASE = define("mm/layout.h", "PKMAP_BASE")
FIXADDR_TOP = define("mm/fixmap.h", "FIXADDR_TOP")


def atomic_slots():
    """(address, frame) of the fixmap's slots of kmap_atomic that map something."""
    fields = {field.name: field.enumval for field in type_of("enum fixed_addresses").fields()}
    tables = Space.named("swapper")  # the variable of assembly code has no type for gdb
    for slot in range(fields["FIX_KMAP_BEGIN"], fields["FIX_KMAP_END"] + 1):
        address = FIXADDR_TOP - (slot << PAGE_SHIFT)
        entry = tables.entry(address)
        if entry:
            yield address, entry >> PAGE_SHIFT


@command
class Kmap(Command):
    """folio kmap: the slots of kmap that map a page of high memory, and those of kmap_atomic."""

    name = "kmap"

    def run(self):
        slots = variable("slots", "mm/highmem.c")
        first, last = slots.type.range()
        used = 0
        for i in range(first, last + 1):
            if number(slots[i]["count"]):
                self.show(i, slots[i])
                used += 1
        print(f"kmap: {count(used, 'slot')} of {last + 1} taken")
        atomic = list(atomic_slots())
        for address, frame in atomic:
            print(f"  {address:08x}  frame {frame:05x}")
        print(f"kmap_atomic: {count(len(atomic), 'slot')} in use")

    def show(self, i, slot):
        users = number(slot["count"]) - 1
        words = count(users, "user") if users else "nobody; free after the next flush"
        address = PKMAP_BASE + (i << PAGE_SHIFT)
        print(f"  {address:08x}  frame {pfn_of(slot['page'].dereference()):05x}  {words}")
