"""The kernel's address space: the table that the kernel itself maps by."""

from access import TOP, Command, command, number, text, variable


def regions():
    """(name, start, end) of each region; an end of 4 GiB is 2^32."""
    table = variable("layout_table")
    for i in range(number(variable("layout_regions"))):
        region = table[i]
        yield text(region["name"]), number(region["start"]), number(region["end"]) or TOP


def region_of(address):
    """The name of the region that holds an address."""
    for name, start, end in regions():
        if start <= address < end:
            return name
    return "a gap of the layout"


@command
class Layout(Command):
    """folio layout: the regions of the address space, from layout_table (mm/layout.c)."""

    name = "layout"

    def run(self):
        print(f"{'start':<10} {'end':<10} {'KiB':>9}  region")
        for name, start, end in regions():
            last = f"0x{end - 1:08x}" if end > start else "(not set)"
            print(f"0x{start:08x} {last:<10} {(end - start) >> 10:9}  {name}")
