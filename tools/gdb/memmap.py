"""struct page and frame numbers; no commands."""

from access import (PAGE_OFFSET, PAGE_SHIFT, Trouble, address_of, define, enum_names, number,
                    type_of, variable)

BOOT_FRAMES = 16 << 20 - PAGE_SHIFT
ZONE_SHIFT = define("mm/page.h", "PAGE_ZONE_SHIFT")


def mem_map():
    """The array of all struct page, as a pointer; Trouble before it exists."""
    array = variable("mem_map")
    if not number(array):
        raise Trouble("there is no mem_map yet; stop later, after mm_init")
    return array


def max_pfn():
    return number(variable("max_pfn"))


def page_of(pfn):
    """The struct page of a frame."""
    array = mem_map()
    if pfn >= max_pfn():
        raise Trouble(f"there is no frame {pfn:#x}; the last is {max_pfn() - 1:#x}")
    return (array + pfn).dereference()


def pfn_of(page):
    """The frame number of a struct page; Trouble if it is none."""
    distance = address_of(page) - number(mem_map())
    pfn, rest = divmod(distance, type_of("struct page").sizeof)
    if rest or not 0 <= pfn < max_pfn():
        raise Trouble(f"{address_of(page):#x} is not a struct page of mem_map")
    return pfn


def is_low(pfn):
    """Does the direct map show the frame? Before mm/ has built it, boot/entry.asm's does."""
    return pfn < (number(variable("max_low_pfn")) or BOOT_FRAMES)


def direct_address(pfn):
    return PAGE_OFFSET + (pfn << PAGE_SHIFT)


def flag_names(page):
    """The flags of a page in words, without PG_."""
    value = number(page["flags"])
    return [name[3:] for bit, name in enumerate(enum_names("enum page_flag"))
            if name.startswith("PG_") and value >> bit & 1]


def zone_of(page):
    """The number of a page's zone."""
    return number(page["flags"]) >> ZONE_SHIFT
