"""The regions of a process, as the two things that they are: a list and a tree."""

from access import (PAGE_SHIFT, Command, Trouble, address_of, command, container, count,
                    define, number, size_text, text)
from pagetable import BIT, Space
from task import find_task, mm_of, title

VM = {name: define("mm/mm_types.h", "VM_" + name) for name in (
    "READ", "WRITE", "EXEC", "MAYSHARE", "GROWSDOWN")}


def area_of(node):
    return container(node, "struct vm_area_struct", "range")


def areas(mm):
    """The regions of an mm in the order of the list."""
    here = mm["areas"]["first"]
    while number(here):
        yield area_of(here)
        here = here["vm_next"]


def find_area(mm, address):
    """The region that holds an address, or None."""
    for vma in areas(mm):
        if number(vma["vm_start"]) <= address < number(vma["vm_end"]):
            return vma
    return None


def permissions(vma):
    flags = number(vma["vm_flags"])
    return "".join(letter if flags & VM[name] else "-"
                   for letter, name in (("r", "READ"), ("w", "WRITE"), ("x", "EXEC"))) + (
                       "s" if flags & VM["MAYSHARE"] else "p")


def path_of(dentry):
    """The path of a dentry within its file system."""
    names = []
    while number(dentry["d_parent"]) != number(dentry):
        names.insert(0, text(dentry["d_name"]["name"]))
        dentry = dentry["d_parent"]
    return "/" + "/".join(names)


def area_name(vma):
    """As /proc/PID/maps calls a region."""
    mm = vma["vm_mm"].dereference()
    start, end = number(vma["vm_start"]), number(vma["vm_end"])
    if number(vma["vm_file"]):
        return path_of(vma["vm_file"]["f_path"]["dentry"])
    if start < number(mm["brk"]) and end > number(mm["start_brk"]):
        return "[heap]"
    if start <= number(mm["start_stack"]) <= end:
        return "[stack]"
    return "anonymous"


def span(vma):
    return f"{number(vma['vm_start']):08x}-{number(vma['vm_end']):08x}"


def describe(vma):
    return f"{span(vma)} {permissions(vma)} {area_name(vma)}"


@command
class Vmas(Command):
    """folio vmas [TASK]: the regions of a process in the order of their list.

`pages` says how many pages of a region are mapped just now, of all that it could have."""

    name = "vmas"

    def run(self, word=None):
        task = find_task(word)
        mm = mm_of(task)
        space = Space.of_mm(mm)
        print(f"{title(task)}: mm 0x{address_of(mm):08x}, directory 0x{space.directory:08x}")
        print(f"{'start':<8} {'end':<8} {'perm':<4} {'offset':<8} {'pages':>11}  name")
        mapped = pages = 0
        for vma in areas(mm):
            here, all_pages = self.line(vma, space)
            mapped += here
            pages += all_pages
        rss = number(mm["rss_anon"]) + number(mm["rss_file"])
        print(f"{count(number(mm['areas']['count']), 'area')}, {mapped} of "
              f"{count(pages, 'page')} mapped; the kernel counts {number(mm['rss_anon'])} "
              f"anonymous + {number(mm['rss_file'])} of files = {rss}")

    def line(self, vma, space):
        start, end = number(vma["vm_start"]), number(vma["vm_end"])
        # The page of zeros and device memory are not counted by the kernel either.
        mapped = sum(1 for _, entry in space.mapped(start, end) if not entry & BIT["SPECIAL"])
        pages = (end - start) >> PAGE_SHIFT
        offset = number(vma["vm_pgoff"]) << PAGE_SHIFT if number(vma["vm_file"]) else 0
        flags = number(vma["vm_flags"])
        more = " growsdown" if flags & VM["GROWSDOWN"] else ""
        print(f"{start:08x} {end:08x} {permissions(vma)} {offset:08x} {mapped:5}/{pages:<5}  "
              f"{area_name(vma)}{more}")
        return mapped, pages


# ---------------------------------------------------------------- the tree


class Tree:
    """A vm_range set as a tree: draws it, and says whether list, tree and gaps agree."""

    def __init__(self, ranges, words):
        self.ranges = ranges
        self.words = words      # (vm_range) -> what to write for it
        self.wrong = []
        self.order = []         # addresses of the vm_range, as the tree has them

    def draw(self):
        root = self.ranges["rb"]["rb_node"]
        if number(root):
            _, height = self.node(root, "", "", False)
        else:
            height = 0
        self.compare()
        total = count(number(self.ranges["count"]), "area")
        if self.wrong:
            for sentence in self.wrong:
                print(f"  WRONG: {sentence}")
            raise Trouble("list and tree do not agree")
        print(f"{total}; list and tree agree, {height} black on each way down")

    def node(self, rb, lead, below, red_above):
        """Draw a subtree; its largest gap and its black height."""
        here = container(rb, "struct vm_range", "vm_rb")
        black = number(rb["__rb_parent_color"]) & 1
        gap = number(here["vm_start"])
        if number(here["vm_prev"]):
            gap -= number(here["vm_prev"]["vm_end"])
        stored = number(here["rb_subtree_gap"])
        print(f"{lead}{self.words(here)}  ({'black' if black else 'red'}; gap {size_text(gap)}, "
              f"largest {size_text(stored)})")
        if red_above and not black:
            self.wrong.append(f"{number(here['vm_start']):08x} is red below red")
        left, left_height = self.child(rb["rb_left"], "left ", "right", rb, below, not black)
        self.order.append(address_of(here))
        right, right_height = self.child(rb["rb_right"], "right", "", rb, below, not black)
        if left_height != right_height:
            self.wrong.append(f"{number(here['vm_start']):08x} has {left_height} black on its "
                              f"left, {right_height} on its right")
        largest = max(gap, left, right)
        if largest != stored:
            self.wrong.append(f"{number(here['vm_start']):08x}: the largest gap is "
                              f"{largest:#x}, not {stored:#x}")
        return largest, left_height + black

    def child(self, rb, side, other, parent, below, red):
        if not number(rb):
            return 0, 0
        if number(rb["__rb_parent_color"]) & ~3 != number(parent):
            self.wrong.append(f"the node at {number(rb):#x} has another parent")
        last = not other or not number(parent["rb_right"])
        return self.node(rb, f"{below}{'`' if last else '|'}-- {side} ",
                         below + ("    " if last else "|   "), red)

    def compare(self):
        listed, here = [], self.ranges["first"]
        while number(here):
            if listed and number(here["vm_prev"]) != listed[-1]:
                self.wrong.append(f"the list is torn before {number(here['vm_start']):08x}")
                break
            listed.append(number(here))
            here = here["vm_next"]
        if listed != self.order:
            self.wrong.append(f"{len(listed)} in the list, {len(self.order)} in the tree, "
                              "or in another order")
        if len(listed) != number(self.ranges["count"]):
            self.wrong.append(f"the count is {number(self.ranges['count'])}")


@command
class VmTree(Command):
    """folio vmtree [TASK]: the regions of a process as the red-black tree that finds them.

The gap of a region is the unused space below it; with `largest`, the largest gap in the
subtree, a hole for mmap is found without a walk. List, colours and gaps are checked."""

    name = "vmtree"

    def run(self, word=None):
        task = find_task(word)
        print(f"{title(task)}:")
        Tree(mm_of(task)["areas"], lambda here: describe(area_of(here.address))).draw()
