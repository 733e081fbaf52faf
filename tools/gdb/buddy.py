"""Zones and the free blocks of the buddy system."""

from access import (NR_CPUS, Command, Trouble, command, count, entries, enum_names,
                    number, stack_of, text, variable)
from memmap import pfn_of


def zones():
    """The zones; Trouble before the kernel has made them."""
    table = variable("zones")
    if not number(table[0]["name"]):
        raise Trouble("the zones are not made yet; stop later, after zones_init")
    first, last = table.type.range()
    return [table[i] for i in range(first, last + 1)]


def hot_lists(zone):
    """The hot lists of a zone, one for each processor."""
    return [variable("hot_pages", "mm/page_alloc.c")[cpu][number(zone["type"])]
            for cpu in range(NR_CPUS)]


def hot_pages(zone):
    """Pointers to the pages in the hot lists of a zone."""
    return [page for hot in hot_lists(zone) for page in stack_of(hot["bottom"], hot["top"])]


def zone_named(name):
    for zone in zones():
        if text(zone["name"]).lower() == name.lower():
            return zone
    names = ", ".join(text(zone["name"]) for zone in zones())
    raise Trouble(f"there is no zone {name}; there are {names}")


def free_areas(zone):
    areas = zone["buddy"]["free_area"]
    first, last = areas.type.range()
    return [areas[order] for order in range(first, last + 1)]


@command
class Buddy(Command):
    """folio buddy [blocks [ZONE]]: free blocks of each order, as /proc/buddyinfo has them.

With `blocks` the lists are walked and the frame numbers of the blocks printed; each list
is compared with its counter."""

    name = "buddy"

    def run(self, what=None, name=None):
        if what is None:
            self.table()
        elif what == "blocks":
            for zone in [zone_named(name)] if name else zones():
                self.blocks(zone)
        else:
            raise Trouble(f"buddy {what}? see: help folio buddy")

    def table(self):
        orders = range(len(free_areas(zones()[0])))
        print(f"{'order':<9}" + "".join(f"{order:6}" for order in orders) + "    pages   hot")
        total = 0
        for zone in zones():
            counts = [number(area["nr_free"]) for area in free_areas(zone)]
            pages = sum(n << order for order, n in enumerate(counts))
            hot = len(hot_pages(zone))
            print(f"{text(zone['name']):<9}" + "".join(f"{n:6}" for n in counts) +
                  f"{pages:9}{hot:6}")
            if pages != number(zone["buddy"]["free_pages"]):
                print(f"  WRONG: the zone counts {number(zone['buddy']['free_pages'])} free pages")
            total += pages + hot
        print(f"free: {count(total, 'page')}, {total * 4} KiB")

    def blocks(self, zone):
        print(f"{text(zone['name'])}:")
        for order, area in enumerate(free_areas(zone)):
            pages = list(entries(area["free_list"], "struct page", "lru"))
            if not pages and not number(area["nr_free"]):
                continue
            frames = " ".join(f"{pfn_of(page):05x}" for page in pages)
            print(f"  order {order:2}, {count(len(pages), 'block')}: {frames}")
            if len(pages) != number(area["nr_free"]):
                print(f"  WRONG: nr_free is {number(area['nr_free'])}")
            for page in pages:
                self.check_block(page, order)

    def check_block(self, page, order):
        flag = 1 << enum_names("enum page_flag").index("PG_buddy")
        if not number(page["flags"]) & flag or number(page["private"]) != order:
            print(f"  WRONG: frame {pfn_of(page):05x} is not marked as a free block of this order")


@command
class Zone(Command):
    """folio zone [NAME]: marks, reserves, free and present pages, hot list, LRU lists."""

    name = "zone"

    def run(self, name=None):
        for zone in [zone_named(name)] if name else zones():
            self.show(zone)

    def show(self, zone):
        buddy = zone["buddy"]
        start, end = number(buddy["start"]), number(buddy["end"])
        if start == end:
            print(f"{text(zone['name'])}: this machine has no memory there")
            return
        print(f"{text(zone['name'])}: frames {start:#x}-{end - 1:#x}, "
              f"{start << 12 >> 20}-{end << 12 >> 20} MiB")
        print(f"  present   {number(zone['present_pages']):8} pages that the allocator was given")
        print(f"  free      {number(buddy['free_pages']):8} in the buddy lists, "
              f"{len(hot_pages(zone))} in the hot list")
        for hot in hot_lists(zone):
            here, limit = (len(stack_of(hot["bottom"], hot[end])) for end in ("top", "end"))
            print(f"  hot list  {here:8} pages; at {limit} it gives back {number(hot['batch'])}")
        self.marks(zone)
        for i, name in enumerate(enum_names("enum lru_list")[:-1]):
            words = name[len("LRU_"):].lower().replace("_", " ")
            print(f"  {words:<13} {number(zone['nr_lru'][i]):4} pages on the LRU list")

    def marks(self, zone):
        marks = [number(zone["watermark"][i]) for i in range(3)]
        words = ", ".join(f"{name} {mark}" for name, mark in zip(("min", "low", "high"), marks))
        free = number(zone["buddy"]["free_pages"])
        below = [name for name, mark in zip(("min", "low", "high"), marks) if free < mark]
        print(f"  marks     {words}: " + (f"below {below[0]}" if below else "above all"))
        reserve = zone["lowmem_reserve"]
        kept = [f"{number(reserve[number(other['type'])])} pages from {text(other['name'])}"
                for other in zones() if number(reserve[number(other["type"])])]
        print(f"  reserves  {', '.join(kept) if kept else 'none'}")
