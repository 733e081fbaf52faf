"""Files: an inode in words, and what of it is in the page cache, with tags."""

import gdb

from access import (Command, Trouble, address_of, bits, command, container, count, define,
                    entries, number, text, type_of)
from memmap import flag_names, pfn_of
from queue import block_devices
from task import find_task
from vma import path_of

HEADER = "kernel/fs/fs.h"
# The type in i_mode: inode(7).
KINDS = {0o140000: "socket", 0o120000: "symbolic link", 0o100000: "regular file",
         0o060000: "block device", 0o040000: "folder", 0o020000: "character device",
         0o010000: "pipe"}
STATES = ("DIRTY_SYNC", "DIRTY_DATASYNC", "DIRTY_PAGES", "NEW", "SYNC", "FREEING", "REFERENCED")
ERRORS = {1: "AS_EIO", 2: "AS_ENOSPC"}
MAP_SHIFT = define("kernel/lib/radix_tree.h", "RADIX_TREE_MAP_SHIFT")
TAGS = {"dirty": define("mm/filemap.h", "PAGECACHE_TAG_DIRTY"),
        "writeback": define("mm/filemap.h", "PAGECACHE_TAG_WRITEBACK")}
SECTORS = 8  # of a page
CLASSES = ("any", "new", "ordered")  # enum bdev_class
LINES = 64
NONE = "-"


# ---------------------------------------------------------------- which file


def open_file(fd, word=None):
    """The struct file of a descriptor of a task."""
    files = find_task(word)["files"]
    if not number(files) or fd >= number(files["max_fds"]) or not number(files["fd"][fd]):
        raise Trouble(f"descriptor {fd} is not open there")
    return files["fd"][fd]


def inode_behind(value):
    """The inode that an object of the kernel stands for, by its type; a number is an inode's."""
    kind = str(value.type.strip_typedefs().unqualified()).replace("const ", "").rstrip(" *")
    pointer = value if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR else value.address
    if kind == "struct file":
        return pointer["f_mapping"]["host"]
    if kind == "struct dentry":
        return pointer["d_inode"]
    if kind == "struct address_space":
        return pointer["host"]
    if kind == "struct page":
        return pointer["mapping"]["host"]
    if kind == "struct vm_area_struct":
        if not number(pointer["vm_file"]):
            raise Trouble("that area is no file's")
        return pointer["vm_file"]["f_mapping"]["host"]
    if kind == "struct block_device":
        return pointer["bd_inode"]
    if kind == "struct inode":
        return pointer
    return gdb.Value(number(value)).cast(type_of("struct inode").pointer())


def mounted_on(mount, dentry):
    """The mount and the dentry that are seen at a place."""
    for other in entries(mount["mnt_mounts"], "struct vfsmount", "mnt_child"):
        if number(other["mnt_mountpoint"]) == address_of(dentry):
            return mounted_on(other, other["mnt_root"].dereference())
    return mount, dentry


def inode_of_path(path):
    """The inode of a file by its names, from the first process's root; cached names only."""
    root = find_task("1")["fs"]["root"]
    mount, dentry = root["mnt"].dereference(), root["dentry"].dereference()
    for name in filter(None, path.split("/")):
        mount, dentry = mounted_on(mount, dentry)
        found = [child for child in entries(dentry["d_subdirs"], "struct dentry", "d_child")
                 if number(child["d_inode"]) and text(child["d_name"]["name"]) == name]
        if not found:
            raise Trouble(f"{path}: nobody has used {name} lately: its name is not in memory")
        dentry = found[0]
    return mounted_on(mount, dentry)[1]["d_inode"]


def find_inode(words):
    """What `/bin/sh`, `hda`, `fd 3 sh` and an expression mean."""
    if not words:
        raise Trouble("which file? A path, a device (hda), `fd 3 [TASK]`, or an expression")
    if words[0] == "fd" and 2 <= len(words) <= 3:
        pointer = inode_behind(open_file(int(words[1]), *words[2:]))
    elif len(words) > 1:
        raise Trouble("too many words")
    elif words[0].startswith("/"):
        pointer = inode_of_path(words[0])
    else:
        named = [bdev["bd_inode"] for bdev in block_devices()
                 if bdev["bd_name"].string() == words[0]]
        pointer = named[0] if named else inode_behind(gdb.parse_and_eval(words[0]))
    if not number(pointer):
        raise Trouble(f"there is no inode behind {' '.join(words)}")
    return pointer.dereference()


# ---------------------------------------------------------------- in words


def devices_on(inode):
    """The block device whose cache hangs on an inode, if there is one."""
    return [bdev for bdev in block_devices() if number(bdev["bd_inode"]) == address_of(inode)]


def kind_of(inode):
    mode = number(inode["i_mode"])
    return KINDS.get(mode & 0o170000, f"mode {mode:o}")


def device(dev):
    bits_of_minor = define(HEADER, "MINORBITS")
    return f"{number(dev) >> bits_of_minor}, {number(dev) & (1 << bits_of_minor) - 1}"


def names_of(inode):
    names = entries(inode["i_dentry"], "struct dentry", "d_alias")
    return [path_of(dentry.address) for dentry in names]


def title(inode):
    """A file in a few words."""
    names = names_of(inode) + [bdev["bd_name"].string() for bdev in devices_on(inode)]
    sb = inode["i_sb"]
    system = text(sb["s_type"]["name"]) if number(sb) and number(sb["s_type"]) else "no file system"
    return f"inode {number(inode['i_ino'])} of {system}" + (f", {names[0]}" if names else "")


def describe(inode):
    mode, size = number(inode["i_mode"]), int(inode["i_size"])
    sb = inode["i_sb"]
    print(f"{title(inode)}: {kind_of(inode)}, mode {mode & 0o7777:04o}, "
          f"{count(number(inode['i_nlink']), 'link')}, {count(size, 'byte')}")
    state = [name.lower().replace("_", "-") for i, name in enumerate(STATES)
             if number(inode["i_state"]) >> i & 1]
    print(f"  inode     0x{address_of(inode):08x}, "
          f"{count(number(inode['i_count']['counter']), 'reference')}, "
          f"{count(int(inode['i_blocks']), 'sector')}, owner {number(inode['i_uid'])}:"
          f"{number(inode['i_gid'])}; {', '.join(state) or 'clean'}")
    for name in names_of(inode)[1:]:
        print(f"  also      {name}")
    if number(sb) and number(sb["s_bdev"]):
        print(f"  on        {sb['s_bdev']['bd_name'].string()}, "
              f"blocks of {number(sb['s_blocksize'])} bytes")
    if kind_of(inode).endswith("device"):
        describe_device(inode)
    describe_mapping(inode["i_data"])


def describe_device(inode):
    print(f"  device    {device(inode['i_rdev'])}")
    for bdev in devices_on(inode):
        holder = number(bdev["bd_holder"])
        print(f"  disk      {bdev['bd_name'].string()}, {int(bdev['bd_nr_sectors'])} sectors, "
              f"opened {count(number(bdev['bd_openers']), 'time')}, "
              + (f"held by 0x{holder:08x}" if holder else "held by nobody"))


def describe_mapping(mapping):
    pages = list(cached_pages(mapping))
    areas = len(list(all_areas(mapping["i_mmap"]["rb_node"])))
    tagged = [f"{sum(tag in tags for _, _, tags in pages)} {tag}" for tag in TAGS]
    errors = bits(number(mapping["flags"]), ERRORS)
    print(f"  cache     address_space 0x{address_of(mapping):08x}: {count(len(pages), 'page')}, "
          f"{', '.join(tagged)}; mapped by {count(areas, 'area')}"
          + (f"; {', '.join(errors)}" if errors else ""))
    if len(pages) != number(mapping["nrpages"]):
        print(f"  WRONG     nrpages is {number(mapping['nrpages'])}")


def all_areas(node):
    """The areas of a file's interval tree."""
    if not number(node):
        return
    here = container(node, "struct interval_tree_node", "rb")
    yield container(here.address, "struct vm_area_struct", "vm_shared")
    yield from all_areas(node["rb_left"])
    yield from all_areas(node["rb_right"])


# ---------------------------------------------------------------- the tree


def cached_pages(mapping):
    """(index, struct page, tags) of each page in a file's radix tree."""
    root = mapping["page_tree"]
    page = type_of("struct page").pointer()
    if not number(root["rnode"]):
        return
    if not number(root["height"]):
        tags = [tag for tag, bit in TAGS.items() if number(root["tags"]) >> bit & 1]
        yield 0, root["rnode"].cast(page).dereference(), tags
        return
    node = type_of("struct radix_tree_node").pointer()
    yield from below(root["rnode"].cast(node), number(root["height"]), 0, node, page)


def below(node, height, first, node_type, page_type):
    for slot in range(1 << MAP_SHIFT):
        item = node["slots"][slot]
        if not number(item):
            continue
        index = first + (slot << MAP_SHIFT * (height - 1))
        if height > 1:
            yield from below(item.cast(node_type), height - 1, index, node_type, page_type)
        else:
            tags = [tag for tag, bit in TAGS.items()
                    if number(node["tags"][bit][slot // 32]) >> slot % 32 & 1]
            yield index, item.cast(page_type).dereference(), tags


# ---------------------------------------------------------------- pages


def sectors(page):
    """The dirty sectors of a device's page, by class."""
    words = []
    for i, name in enumerate(CLASSES):
        mask = number(page["private"]) >> i * SECTORS & 0xff
        if mask:
            dirty = [str(s) for s in range(SECTORS) if mask >> s & 1]
            words.append(f"{name}: {' '.join(dirty)}")
    return "; ".join(words)


class Row:
    """Pages that follow each other and are alike."""

    def __init__(self, index, page, tags, device_page):
        self.first = self.last = index
        self.frame, self.frames = pfn_of(page), 1
        self.alike = (tuple(tags), tuple(flag_names(page)), sectors(page) if device_page else "",
                      number(page["_mapcount"]["counter"]) > 0)

    def takes(self, other):
        if other.alike != self.alike or other.first != self.last + 1:
            return False
        self.last, self.frames = other.last, self.frames + 1
        return True

    def line(self):
        tags, flags, dirty, mapped = self.alike
        span = f"{self.first}-{self.last}" if self.last > self.first else str(self.first)
        frames = f"{self.frame:#x}" + (" and others" if self.frames > 1 else "")
        words = [f"{' '.join(tags) or NONE:<15} {' '.join(flags)}"]
        words += ["mapped"] if mapped else []
        words += [f"sectors {dirty}"] if dirty else []
        return f"  {span:<15} {frames:<18} {', '.join(words)}"


def faults(mapping, index, page, tags):
    """What does not add up about a cached page."""
    flags = flag_names(page)
    if number(page["mapping"]) != address_of(mapping) or number(page["index"]) != index:
        yield "its struct page says that it is another file's, or at another place"
    if ("writeback" in flags) != ("writeback" in tags):
        yield "the tag writeback and the flag differ"
    ops = mapping["a_ops"]
    if number(ops) and (number(ops["writepage"]) or number(ops["writepages"])):
        if "dirty" in flags and "dirty" not in tags:
            yield "it is dirty, and cannot be found by the tag"


@command
class ShowInode(Command):
    """folio inode WHAT: an inode in words.

WHAT is a path (/bin/sh) whose names are in memory, a block device (hda), `fd 3 [TASK]` for an open
file, or an expression: a struct inode, file, dentry, address_space, page, vm_area_struct,
block_device, or the address of an inode."""

    name = "inode"

    def run(self, *words):
        describe(find_inode(words))


@command
class ShowCache(Command):
    """folio cache WHAT: the cached pages of a file, with their tags; WHAT as for folio inode.

Pages that follow each other and are alike share a line. Of a block device's pages the dirty
sectors are told, by class."""

    name = "cache"

    def run(self, *words):
        inode = find_inode(words)
        mapping = inode["i_data"]
        rows, total, wrong = [], 0, []
        device_page = kind_of(inode) == "block device"
        for index, page, tags in cached_pages(mapping):
            row = Row(index, page, tags, device_page)
            if not rows or not rows[-1].takes(row):
                rows.append(row)
            total += 1
            wrong += [f"  WRONG: page {index}: {words}"
                      for words in faults(mapping, index, page, tags)]
        print(f"{title(inode)}: {count(total, 'page')} cached")
        if rows:
            print("  index           frame              tags            flags")
        for row in rows[:LINES]:
            print(row.line())
        if len(rows) > LINES:
            print(f"  ... and {count(len(rows) - LINES, 'line')} more")
        for line in wrong:
            print(line)
        if total != number(mapping["nrpages"]):
            print(f"  WRONG: nrpages is {number(mapping['nrpages'])}")
