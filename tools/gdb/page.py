"""One page frame: its struct page in words, and who maps it."""

from access import (PAGE_OFFSET, PAGE_SHIFT, Command, Function, Trouble,
                    address_of, at, command, container, count, define, entries,
                    evaluate, number, physical, symbol, text, type_of)
from buddy import hot_pages, zones
from memmap import (direct_address, flag_names, is_low, max_pfn, mem_map, page_of, pfn_of, zone_of)
from pagetable import BIT, Space, page_rights
from task import users_of
from vma import area_name, span

ANON = define("mm/rmap.h", "PAGE_MAPPING_ANON")
MAX_ORDER = define("mm/buddy.h", "MAX_ORDER")
DUMP = 16  # bytes of the contents to show


def has(page, flag):
    return flag in flag_names(page)


# ---------------------------------------------------------------- reverse map


def overlapping(node, member, index):
    """The areas of an interval tree that hold an index; `node` is its root's rb_node."""
    if not number(node):
        return
    here = container(node, "struct interval_tree_node", "rb")
    if number(here["subtree_last"]) < index:
        return
    yield from overlapping(node["rb_left"], member, index)
    if number(here["start"]) <= index <= number(here["last"]):
        yield container(here.address, "struct vm_area_struct", member)
    yield from overlapping(node["rb_right"], member, index)


def family(anon_vma):
    """An anon_vma and all that descend from it."""
    yield anon_vma
    for child in entries(anon_vma["children"], "struct anon_vma", "sibling"):
        yield from family(child)


def candidates(page):
    """The areas that may map a page."""
    mapping, index = number(page["mapping"]), number(page["index"])
    if mapping & ANON:
        for node in family(at(mapping - ANON, "struct anon_vma")):
            yield from overlapping(node["areas"]["rb_node"], "vm_anon", index)
    elif mapping:
        yield from overlapping(page["mapping"]["i_mmap"]["rb_node"], "vm_shared", index)


def mappings(page):
    """(area, address, entry) of each page-table entry that maps a page."""
    pfn = pfn_of(page)
    if not is_mapped(page):
        return
    for vma in candidates(page):
        pages = number(page["index"]) - number(vma["vm_pgoff"])
        address = number(vma["vm_start"]) + (pages << PAGE_SHIFT)
        space = Space.of_mm(vma["vm_mm"].dereference())
        entry = space.entry(address)
        if space.frame(address) == pfn and not entry & BIT["SPECIAL"]:
            yield vma, address, entry


def is_mapped(page):
    return not has(page, "slab") and number(page["_mapcount"]["counter"]) > 0


# ---------------------------------------------------------------- what a frame is for


def free_block(pfn):
    """(first frame, order) of the free block that a frame lies in, or None."""
    for order in range(MAX_ORDER):
        head = pfn & ~((1 << order) - 1)
        page = page_of(head)
        if has(page, "buddy") and number(page["private"]) >= order:
            return head, number(page["private"])
    return None


def in_hot_list(page):
    zone = zones()[zone_of(page)]
    return address_of(page) in [number(hot) for hot in hot_pages(zone)]


def used_block(pfn):
    """(first frame, order) of the block of order > 0 in use that a frame lies in, or None."""
    for order in range(1, MAX_ORDER):
        head = pfn & ~((1 << order) - 1)
        if has(page_of(head), "head") and number(page_of(head + 1)["index"]) >= order:
            return head, number(page_of(head + 1)["index"])
    return None


def file_name(mapping):
    """What a file is called: an area that maps it knows; the inode's number if none does."""
    root = mapping["i_mmap"]["rb_node"]
    if number(root):
        node = container(root, "struct interval_tree_node", "rb")
        vma = container(node.address, "struct vm_area_struct", "vm_shared")
        return area_name(vma)
    if not number(mapping["host"]):
        return f"the mapping at {number(mapping):#x}"
    return f"inode {int(mapping['host']['i_ino'])}"


def use(page):
    """What a frame is used for, in a few words."""
    pfn = pfn_of(page)
    if has(page, "slab"):
        return f"slab of {text(page['slab_cache']['name'])}"
    if has(page, "table"):
        return "a page table or directory"
    if number(page["mapping"]) and number(page["_count"]["counter"]):
        if number(page["mapping"]) & ANON:
            return "anonymous memory"
        return f"page {number(page['index'])} of file {file_name(page['mapping'])}"
    if has(page, "reserved"):
        return "reserved" + kernel_part(pfn)
    block = free_block(pfn)
    if block:
        return f"free, in the block of order {block[1]} at frame {block[0]:#x}"
    if not number(page["_count"]["counter"]):
        if in_hot_list(page):
            return "free, in the hot list"
        block = used_block(pfn)
        if not block:
            return "not in use, and in no list"
        return f"in the block of order {block[1]} at frame {block[0]:#x}"
    block = used_block(pfn)
    return "used by the kernel" + (f", a block of order {block[1]}" if block else "")


def kernel_part(pfn):
    """What of the kernel image lies at the beginning of a frame."""
    name = symbol(direct_address(pfn)) if is_low(pfn) else ""
    return f": the kernel image, at {name}" if name and not name.startswith("0x") else ""


# ---------------------------------------------------------------- the command


def resolve(words):
    """(frame, the address meant or None) of what was typed."""
    if words[0] in ("pfn", "phys", "virt"):
        if len(words) < 2:
            raise Trouble(f"{words[0]} of what? see: help folio page")
        value = evaluate(words[1])
        if words[0] == "virt":
            return frame_behind(value, *words[2:3])
        return (value if words[0] == "pfn" else value >> PAGE_SHIFT), None
    value = evaluate(words[0])
    first = number(mem_map())
    if value < max_pfn():
        return value, None
    if first <= value < first + max_pfn() * type_of("struct page").sizeof:
        return pfn_of(at(value, "struct page")), None
    return frame_behind(value, *words[1:2])


def frame_behind(address, where=None):
    if address >= PAGE_OFFSET and is_low(address - PAGE_OFFSET >> PAGE_SHIFT):
        return address - PAGE_OFFSET >> PAGE_SHIFT, address
    space = Space.named(where)
    pfn = space.frame(address)
    if pfn is None:
        raise Trouble(f"no frame behind {address:#x} in the directory of {space.name}; "
                      f"folio walk {address:#x} says why")
    return pfn, address


@command
class Page(Command):
    """folio page WHAT [TASK]: a frame's struct page in words, and who maps the frame.

WHAT is a frame number, the address of a struct page (as &mem_map[5]), or an address: of
the direct map, or any other one, through the tables in cr3 or those of TASK. To be exact,
say which: folio page pfn 0x153, folio page phys 0x153000, folio page virt 0x8048000."""

    name = "page"

    def run(self, *words):
        if not words:
            raise Trouble("which page? see: help folio page")
        pfn, address = resolve(words)
        page = page_of(pfn)
        where = f"0x{direct_address(pfn):08x}" if is_low(pfn) else "none, it is high memory"
        print(f"frame {pfn:#x}: {use(page)}")
        zone = text(zones()[zone_of(page)]["name"])
        print(f"  physical  0x{pfn << PAGE_SHIFT:08x}, zone {zone}; direct map: {where}")
        print(f"  page      0x{address_of(page):08x}, flags {' '.join(flag_names(page)) or 'none'}")
        self.counts(page)
        self.details(page, address)
        print(f"  contents  {physical(pfn << PAGE_SHIFT, DUMP).hex(' ')} ...")
        self.who_maps(page)

    def counts(self, page):
        refs = int(page["_count"]["counter"])
        if has(page, "slab"):
            print(f"  count     {refs}")
        else:
            mapped = int(page["_mapcount"]["counter"])
            print(f"  count     {count(refs, 'reference')}, mapped by "
                  f"{count(mapped, 'page-table entry', 'page-table entries')}")

    def details(self, page, address):
        if has(page, "slab"):
            self.slab(page, address)
            return
        mapping = number(page["mapping"])
        if not mapping or not number(page["_count"]["counter"]):
            return
        kind = "anon_vma" if mapping & ANON else "address_space"
        print(f"  mapping   {kind} 0x{mapping & ~ANON:08x}, index {number(page['index']):#x} pages")
        if number(page["private"]):
            print(f"  private   {number(page['private']):#x}")

    def slab(self, page, address):
        cache = page["slab_cache"].dereference()
        head = page_of(pfn_of(page) & ~((1 << number(cache["order"])) - 1))
        print(f"  slab      {number(head['slab_inuse'])} of {number(cache['num'])} objects of "
              f"{number(cache['object_size'])} bytes taken, the first at "
              f"0x{number(head['slab_mem']):08x}")
        if address is not None:
            index = (address - number(head["slab_mem"])) // number(cache["size"])
            if 0 <= index < number(cache["num"]):
                start = number(head["slab_mem"]) + index * number(cache["size"])
                start += number(cache["obj_offset"])
                print(f"  object    {index}, at 0x{start:08x}")

    def who_maps(self, page):
        found = 0
        for vma, address, entry in mappings(page):
            print(f"  mapped    at 0x{address:08x} by {users_of(vma['vm_mm'].dereference())}, "
                  f"entry 0x{entry:08x} ({', '.join(page_rights(entry))})")
            print(f"            in {span(vma)} {area_name(vma)}, mm 0x{number(vma['vm_mm']):08x}")
            found += 1
        if is_mapped(page) and found != number(page["_mapcount"]["counter"]):
            print(f"  WRONG: {count(found, 'entry', 'entries')} found, "
                  f"{number(page['_mapcount']['counter'])} counted")


class PageFunction(Function):
    """$page(frame): the struct page of a frame number, as in: print $page(0x153)"""

    name = "page"

    def value(self, pfn):
        return page_of(number(pfn))


PageFunction()
