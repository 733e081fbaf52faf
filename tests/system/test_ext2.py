"""ext2 against its tools on the host: what mke2fs wrote is read in the guest, and what the guest
writes is read on the host. Every disk is checked by e2fsck -fn when its test ends (disk.py)."""

import os
import re
import time
import zlib

from disk import Disks, debugfs, make_tree, mke2fs, need_ext2, run
from harness import boot, check, test
from powercut import powercut
from qemu import STATUS_PASSED
from shell import Shell

FSX_SEED = 20261120
BLOCKS = (1024, 2048, 4096)
ERASED = r"PANIC|WARNING|BUG:|I/O error|read error|write error|EXT2-fs error"


def no_complaints(sh):
    found = re.search(ERASED, sh.machine.text)
    check(not found, "the kernel complained:\n" + sh.machine.text[-3000:])


def lines_of(text):
    """The lines of /tests/tree: {path: the rest}."""
    check("tree: that is all" in text, text[-500:])
    return dict(line.split(" ", 1) for line in text.splitlines() if not line.startswith("tree: "))


def expected_lines(fs):
    """The same by the host's reader of the image."""
    lines = {}
    for path, inode in fs.walk():
        size, last = inode.size, "-"
        if inode.is_file:
            last = f"{zlib.crc32(inode.read(0, size)):08x}"
        elif inode.type == "link":
            last = inode.target()
        elif inode.type in ("char", "block"):
            last = f"{inode.pointers[0] >> 8}:{inode.pointers[0] & 255}"
        lines[path] = f"{inode.type} {inode.mode & 0o7777:o} {inode.links} {0 if inode.is_dir else size} {last}"
    return lines


def compare(found, expected, what):
    wrong = [f"{path}: {found.get(path)} instead of {expected.get(path)}"
             for path in sorted(set(found) | set(expected)) if found.get(path) != expected.get(path)]
    check(not wrong, f"{what}: {len(wrong)} differ:\n" + "\n".join(wrong[:10]))


def rich_disk(disks, block, bus):
    """A disk with a tree of all that there is, and the tree's folder."""
    tree = disks.path(f"tree{block}")
    os.mkdir(tree)
    make_tree(tree, seed=block)
    disk = disks.add(mib=16, block=block, tree=tree, bus=bus)
    debugfs(disk.path, "mknod null c 1 3", "mknod disk b 3 65", write=True)
    return disk, tree


def same_files(disk, folder, tree):
    """debugfs's dump of a folder of the disk against the tree on the host."""
    out = disk.path + ".dump"
    os.makedirs(out, exist_ok=True)
    debugfs(disk.path, f"rdump {folder} {out}")
    run(["diff", "-r", "--no-dereference", "--exclude=fifo", tree,
         os.path.join(out, os.path.basename(folder))])


@test("ext2: trees by mke2fs -d are read, copied and compared on the host, in blocks of 1, 2, 4 KiB")
def trees(build):
    with Disks() as disks:
        pairs = [(*rich_disk(disks, block, bus), disks.add(mib=16, block=block, bus=bus))
                 for block, bus in zip(BLOCKS, ("ide", "virtio", "virtio"))]
        before = [expected_lines(disk.ext2()) for disk, _, _ in pairs]
        with Shell(build, flags=disks.flags) as sh:
            need_ext2(sh)
            sh.succeed("mkdir -p /mnt/a /mnt/b")
            copies = []
            for (disk, _, copy), expected in zip(pairs, before):
                sh.succeed(f"mount -t ext2 -o ro {disk.device} /mnt/a")
                sh.succeed(f"mount -t ext2 {copy.device} /mnt/b")
                compare(lines_of(sh.succeed("/tests/tree /mnt/a")), expected, disk.device)
                for name in ("deep", "many", "large", "sparse"):
                    sh.succeed(f"cp -r /mnt/a/{name} /mnt/b/{name}")
                copies.append(lines_of(sh.succeed("/tests/tree /mnt/b")))
                sh.succeed("umount /mnt/a; umount /mnt/b")
            no_complaints(sh)
            sh.power_off()
        for (disk, tree, copy), found in zip(pairs, copies):
            compare(found, expected_lines(copy.ext2()), copy.device)
            for name in ("deep", "many"):
                same_files(copy, "/" + name, os.path.join(tree, name))


@test("ext2: what is immutable stays as it is, what is for appending only grows")
def fixed_files(build):
    with Disks() as disks:
        tree = disks.path("tree")
        os.makedirs(os.path.join(tree, "dir"))
        for name in ("fixed", "log", "dir/inside"):
            with open(os.path.join(tree, name), "w", encoding="ascii") as file:
                file.write("first\n")
        disk = disks.add(mib=8, tree=tree)
        debugfs(disk.path, "sif fixed flags 0x10", "sif log flags 0x20", "sif dir flags 0x10", write=True)
        with Shell(build, flags=disks.flags) as sh:
            need_ext2(sh)
            sh.succeed(f"mkdir -p /mnt; mount {disk.device} /mnt; cd /mnt")
            for command in ("echo x >fixed", "echo x >>fixed", "chmod 600 fixed", "rm fixed",
                            "mv fixed other", "ln fixed other", "echo x >log", "rm log", "mv log other",
                            "echo x >dir/new", "rm dir/inside", "mv dir other", "mv dir/inside ."):
                output, status = sh.run(command)
                check(status and "not permitted" in output, f"{command}: status {status}: {output}")
            sh.succeed("echo second >>log; cat fixed")
            check(sh.succeed("cat log") == "first\nsecond\n", "what was appended")
            sh.succeed("cd /; umount /mnt")
            sh.power_off()


def start_fsx(sh, mount, block, words, limit):
    text = sh.succeed(f"/tests/fsx -s {FSX_SEED + block} {words} {mount}", timeout=limit)
    check("fsx: all well" in text, text[-3000:])
    return re.findall(rf"^fsx: {mount}/(\S+) size (\d+) crc (\w+)$", text, re.MULTILINE)


@test("fsx: 50,000 operations in blocks of 1, 2 and 4 KiB, by processes alone and together")
def exerciser(build):
    with Disks() as disks:
        parts = [disks.add(mib=16, block=block, bus=bus)
                 for block, bus in zip(BLOCKS, ("ide", "virtio", "virtio"))]
        said = []
        with Shell(build, memory=32, flags=disks.flags) as sh:
            need_ext2(sh)
            for disk, block in zip(parts, BLOCKS):
                start = time.monotonic()
                sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {disk.device} /mnt/x")
                said.append(start_fsx(sh, "/mnt/x", block, "-n 10000 -p 3 -m 2", 200))
                sh.succeed("umount /mnt/x")
                print(f"           fsx: blocks of {block}: {time.monotonic() - start:.0f} s")
            no_complaints(sh)
            sh.power_off()
        for disk, files in zip(parts, said):
            check(len(files) == 4, f"{disk.device}: {files}")
            fs = disk.ext2()
            for name, size, crc in files:
                inode = fs.lookup(name)
                found = zlib.crc32(inode.read(0, inode.size))
                check((inode.size, found) == (int(size), int(crc, 16)),
                      f"{disk.device}: {name} is {inode.size} bytes with CRC {found:08x} on the "
                      f"disk, was {size} with {crc}")


@test("races: processes write, truncate, map, sync and remove the same files without locks")
def races(build):
    for debug, block, memory in ((False, 1024, 24), (True, 4096, 64)):
        with Disks() as disks:
            disk = disks.add(mib=16, block=block, bus="virtio")
            with Shell(build, debug=debug, memory=memory, flags=disks.flags) as sh:
                need_ext2(sh)
                sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {disk.device} /mnt/x")
                sh.succeed(f"/tests/races -n 1500 -s {block} /mnt/x", timeout=120)
                sh.succeed("umount /mnt/x")
                no_complaints(sh)
                sh.power_off()


@test("the largest files: direct, indirect, double and triple indirect blocks, written, read and cut off")
def largest_files(build):
    with Disks() as disks:
        parts = [disks.add(mib=4, block=block, bus=bus)
                 for block, bus in zip(BLOCKS, ("ide", "virtio", "virtio"))]
        with Shell(build, flags=disks.flags) as sh:
            need_ext2(sh)
            for disk, block in zip(parts, BLOCKS):
                sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {disk.device} /mnt/x")
                said = sh.succeed(f"/tests/corners /mnt/x {block}", timeout=60)
                check("all well" in said, said[-500:])
                sh.succeed("umount /mnt/x")
            no_complaints(sh)
            sh.power_off()


@test("a large folder: names made, removed and moved at random against a model")
def large_folder(build):
    with Disks() as disks:
        parts = [disks.add(mib=16, block=block, bus=bus)
                 for block, bus in ((1024, "ide"), (4096, "virtio"))]
        with Shell(build, flags=disks.flags) as sh:
            need_ext2(sh)
            for disk in parts:
                sh.succeed(f"mkdir -p /mnt/x; mount -t ext2 {disk.device} /mnt/x")
                sh.succeed("mkdir /mnt/x/d")
                said = sh.succeed(f"/tests/bigdir -f 1500 -s {FSX_SEED} /mnt/x/d", timeout=120)
                check("bigdir: all well" in said, said[-2000:])
                sh.succeed("umount /mnt/x")
            no_complaints(sh)
            sh.power_off()


@test("power cuts: 60 crash images are repaired by e2fsck -p and keep every promise")
def power_cuts(build):
    powercut(build, 60, 20261120, lambda text: print("           powercut: " + text))


# ---------------------------------------------------------------- no memory

@test("ext2: each allocation of mounting, changing and unmounting fails once")
def scarce(build):
    with Disks() as disks:
        disk = disks.add(mib=4, block=1024, bus="virtio")
        with boot(build, append=f"autoexit selftest=scarce_ext2 ext2disk={disk.device}", debug=True,
                  initrd=build.path("selftest.cpio"), flags=disks.flags, deadline=300) as m:
            check(m.wait(300) == STATUS_PASSED, "a case failed")
        check(not any("# SKIP" in line for line in m.lines), "skipped")


# ---------------------------------------------------------------- damaged images

IMAGE_KIB = 2048
IMAGES = 170        # for each size of blocks
HANG = 30           # seconds without a new image


def watch(machine, last):
    """Wait until the guest is through; each image has its time."""
    while True:
        match = machine.expect(r"^hostile: (?:seed (\d+):.*|\d+ images, .*)\n|^\S*hostile: .*\n", HANG)
        if match.group(0).startswith("hostile: seed"):
            last[0] = match.group(0).strip()
        else:
            return match.group(0)


def hostile_boot(build, block, first, count, **arguments):
    """One boot with so many damaged images; what the guest's program said last."""
    last = ["none"]
    with Disks() as disks:
        tree = disks.path("tree")
        os.mkdir(tree)
        make_tree(tree, seed=block, names=60, large=330_000)
        pristine = disks.raw(bus="virtio")
        with open(pristine.path, "wb") as file:
            file.truncate(IMAGE_KIB * 1024)
        mke2fs(pristine.path, IMAGE_KIB, block, tree, words=["-N", "256"])
        debugfs(pristine.path, "mknod null c 1 3", "mknod disk b 3 65", write=True)
        pristine.systems = [(0, IMAGE_KIB * 1024)]
        scratch = disks.raw(mib=IMAGE_KIB // 1024, bus="virtio")
        with Shell(build, flags=disks.flags, **arguments) as sh:
            need_ext2(sh)
            sh.succeed(f"p='{pristine.device} {scratch.device} /tmp/h'")
            sh.succeed("/tests/hostile $p 0 1")
            sh.machine.send(f"/tests/hostile $p {first} {count}\n")
            try:
                said = watch(sh.machine, last)
                check(f"hostile: {count} images" in said, said)
                sh.succeed("echo alive | cat")
                sh.power_off()
            except Exception as error:
                raise AssertionError(f"blocks of {block}, {last[0]}: {error}\n"
                                     + sh.machine.text[-2500:]) from error
            check("PANIC" not in sh.machine.text and "WARNING" not in sh.machine.text,
                  f"{last[0]}: the kernel complained")
        return said


@test("510 damaged ext2 images are mounted, walked and written: no panic, no hang")
def hostile_images(build):
    for number, block in enumerate(BLOCKS):
        start = time.monotonic()
        said = hostile_boot(build, block, 1 + number * IMAGES, IMAGES, debug=block == 2048)
        used = int(re.search(r"(\d+) used", said).group(1))
        print(f"           {said.strip()} in {time.monotonic() - start:.0f} s, blocks of {block}")
        check(used * 2 > IMAGES, f"only {used} could be mounted")


# A block that is appended to such a folder would begin in the middle of its last page, and end
# behind it.
@test("ext2: a folder that ends within a block or lies behind the disk is refused; so is such a root")
def folders_of_odd_sizes(build):
    with Disks() as disks:
        for folder, size in (("/odd", 4092), ("/", 8191)):
            disk = disks.add(mib=4, block=4096)
            debugfs(disk.path, "mkdir odd", f"sif {folder} size {size}", "sif / blocks 16",
                    "mkdir torn", "sif /torn block[0] 99999", write=True)
            disk.systems = []
        with Shell(build, flags=disks.flags, debug=True) as sh:
            need_ext2(sh)
            sh.succeed(f"mkdir /mnt/x; mount {disks.disks[0].device} /mnt/x")
            for command in ("ls /mnt/x/odd", ": > /mnt/x/odd/name", "ls /mnt/x/torn",
                            "du /mnt/x/torn", "cp -r /mnt/x/torn /tmp"):
                text, status = sh.run(command)
                check(status and "needs cleaning" in text, f"{command}: {status}: {text}")
            _, status = sh.run(f"mount {disks.disks[1].device} /mnt")
            check(status, "a root that ends within a block was mounted")
            sh.power_off()
