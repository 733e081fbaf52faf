"""The areas of vmalloc."""

from access import (PAGE_SHIFT, PAGE_SIZE, Command, Trouble, bits, command, container, count,
                    define, evaluate, number, symbol, variable)
from memmap import pfn_of
from vma import Tree

FLAGS = {define("mm/vmalloc.h", "VM_" + name): word for name, word in (
    ("ALLOC", "vmalloc"), ("MAP", "vmap"), ("FREED", "freed, waits for the flush"))}


def area_of(node):
    return container(node, "struct vm_struct", "range")


def ranges():
    return variable("areas", "mm/vmalloc.c")


def areas():
    """All areas, in the order of their addresses."""
    here = ranges()["first"]
    while number(here):
        yield area_of(here)
        here = here["vm_next"]


def describe(area):
    start, end = number(area["addr"]), number(area["end"])
    kinds = ", ".join(bits(number(area["flags"]), FLAGS)) or "not set up"
    pages = (end - start - PAGE_SIZE) >> PAGE_SHIFT  # the last one is the guard page
    return f"{start:08x}-{end - 1:08x} {count(pages, 'page'):>11}  {kinds}"


def frames(area):
    """The frame numbers behind an area, in words."""
    from pagetable import Space  # through swapper_pg_dir, which has them all
    start, end = number(area["addr"]), number(area["end"])
    return [entry >> PAGE_SHIFT for _, entry in Space.named("swapper").mapped(start, end)]


@command
class Vmalloc(Command):
    """folio vmalloc [ADDRESS | tree]: the areas of vmalloc and vmap, and who asked for them.

With an address, the area that holds it and the frames behind it. With `tree`, the
red-black tree that finds areas and holes."""

    name = "vmalloc"

    def run(self, word=None):
        if word is None:
            self.table()
        elif word == "tree":
            Tree(ranges(), lambda here: describe(area_of(here.address))).draw()
        else:
            self.one(evaluate(word))

    def table(self):
        pages = total = 0
        for area in areas():
            print(f"{describe(area):<42} by {symbol(number(area['caller']))}")
            pages += number(area["nr_pages"])
            total += 1
        print(f"{count(total, 'area')}, {count(pages, 'page')}, "
              f"{count(number(variable('nr_tables', 'mm/vmalloc.c')), 'page table')}")

    def one(self, address):
        for area in areas():
            if number(area["addr"]) <= address < number(area["end"]):
                break
        else:
            raise Trouble(f"no area of vmalloc holds {address:#x}")
        print(f"{describe(area)}, by {symbol(number(area['caller']))}")
        behind = frames(area)
        for i in range(0, len(behind), 8):
            start = number(area["addr"]) + (i << PAGE_SHIFT)
            print(f"  {start:08x}  frames " + " ".join(f"{pfn:05x}" for pfn in behind[i:i + 8]))
        print(f"  {number(area['end']) - PAGE_SIZE:08x}  guard page, never mapped")
        self.compare(area, behind)

    def compare(self, area, behind):
        if not number(area["pages"]):
            return
        kept = [pfn_of(area["pages"][i].dereference()) for i in range(number(area["nr_pages"]))]
        if kept != behind:
            print("  WRONG: the page tables show other frames than the area's list")
