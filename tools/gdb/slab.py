"""Object caches: all of them in a table, or one with its slabs."""

from access import (PAGE_SHIFT, Command, Trouble, address_of, bits, command, count, defines,
                    entries, number, symbol, text, variable)
from memmap import direct_address, pfn_of

FLAGS = {value: name[5:].lower() for name, value in
         {**defines("mm/slab.h"), **defines("mm/slab_internal.h")}.items()
         if name in ("SLAB_HWCACHE_ALIGN", "SLAB_CACHE_DMA", "SLAB_PANIC", "SLAB_POISON",
                     "SLAB_RED_ZONE", "SLAB_STORE_USER", "SLAB_OFF_SLAB")}
LISTS = ("partial", "full", "free")


def caches():
    """All caches, newest first."""
    chain = variable("cache_chain")
    if address_of(chain) == number(chain["next"]):
        raise Trouble("there are no caches yet; stop later, after kmem_cache_init")
    return list(entries(chain, "struct kmem_cache", "list"))


def slabs(cache, which):
    """The first pages of the slabs in one list of a cache."""
    return list(entries(cache[which], "struct page", "lru"))


class Figures:
    """What is counted of a cache."""

    def __init__(self, cache):
        magazine = cache["array"][0]
        word = magazine["top"].type.sizeof
        self.name = text(cache["name"])
        self.cached = (number(magazine["top"]) - number(magazine["entry"])) // word
        self.limit = (number(magazine["end"]) - number(magazine["entry"])) // word
        self.batch = number(magazine["batch"])
        self.active = number(cache["nr_taken"]) - self.cached
        self.slabs = number(cache["nr_slabs"])
        self.objects = self.slabs * number(cache["num"])


@command
class Slab(Command):
    """folio slab [NAME]: all object caches as /proc/slabinfo has them, or one with its slabs."""

    name = "slab"

    def run(self, name=None):
        if name is None:
            self.table()
            return
        found = [cache for cache in caches() if text(cache["name"]) == name]
        if not found:
            raise Trouble(f"there is no cache {name}; see: folio slab")
        self.show(found[0])

    def table(self):
        everyone, pages = caches(), 0
        print(f"{'cache':<20} {'active':>6} {'hot':>4} {'all':>6} {'size':>6} {'per slab':>8} "
              f"{'pages':>5}  {'partial':>7} {'full':>5} {'free':>5}")
        for cache in everyone:
            figures = Figures(cache)
            lengths = [len(slabs(cache, which)) for which in LISTS]
            print(f"{figures.name:<20} {figures.active:6} {figures.cached:4} {figures.objects:6} "
                  f"{number(cache['size']):6} {number(cache['num']):8} "
                  f"{1 << number(cache['order']):5}  {lengths[0]:7} {lengths[1]:5} {lengths[2]:5}")
            pages += sum(lengths) << number(cache["order"])
            if sum(lengths) != figures.slabs:
                print(f"  WRONG: the cache counts {count(figures.slabs, 'slab')}")
        print(f"{count(pages, 'page')} in slabs; hot: free objects in the magazine")

    def show(self, cache):
        figures = Figures(cache)
        flags = bits(number(cache["flags"]), FLAGS)
        print(f"{figures.name}: cache at 0x{address_of(cache):08x}"
              f"{', ' if flags else ''}{' '.join(flags)}")
        print(f"  objects   {figures.active} active, {figures.cached} in the magazine, "
              f"{figures.objects - figures.active - figures.cached} free in slabs")
        print(f"  geometry  {number(cache['object_size'])} bytes, one each "
              f"{number(cache['size'])}, {number(cache['num'])} in a slab of "
              f"{count(1 << number(cache['order']), 'page')}")
        print(f"  colours   {number(cache['colours'])}, {number(cache['colour_off'])} bytes apart; "
              f"the next is {number(cache['colour_next'])}")
        print(f"  magazine  {figures.cached} of {figures.limit}, moved {figures.batch} at once"
              if figures.limit else "  magazine  none")
        if number(cache["ctor"]):
            print(f"  ctor      {symbol(number(cache['ctor']))}")
        for which in LISTS:
            for page in slabs(cache, which):
                self.slab(cache, which, page)

    def slab(self, cache, which, page):
        start = direct_address(pfn_of(page))
        colour, inuse = number(page["slab_mem"]) - start, number(page["slab_inuse"])
        size, free_list = 1 << number(cache["order"]) + PAGE_SHIFT, number(page["slab_freelist"])
        place = "in the slab" if start <= free_list < start + size else "elsewhere"
        print(f"  {which:<9} frame {pfn_of(page):05x} at 0x{start:08x}: {inuse} of "
              f"{number(cache['num'])} taken, first object at +{colour}, free list {place}")
        full = inuse == number(cache["num"])
        if (which == "full") != full or (which == "free") != (inuse == 0):
            print("  WRONG: it is in the wrong list")
