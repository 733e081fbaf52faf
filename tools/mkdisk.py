#!/usr/bin/env python3
"""Make the disk that `make run` boots from, or bring its programs up to date.

usage: mkdisk.py [--size MIB] [--swap MIB] [--block-size BYTES] IMAGE WORD...

The words say which files there are, as in mkcpio.py. The disk has an MBR and two partitions,
each made by the tool that everybody uses for it:

    1  from 1 MiB on  ext2 (mke2fs)     the files
    2  the last MIB   Linux swap (mkswap)

Nobody needs to be root for that: owners, modes and times are written into the image (debugfs),
and the same words make the same bytes.

An image that is already there is kept, with all that was changed in it. Only files that differ
from what was put there last time (IMAGE.files remembers it) are replaced, and the file system is
checked first, as a PC does when it starts: the power may have gone before it was unmounted.
"""

import argparse
import fcntl
import hashlib
import json
import os
import stat
import struct
import subprocess
import sys
import tempfile

import mkcpio

MIB = 1 << 20
SECTOR = 512
FIRST = 1 * MIB  # where partition 1 begins, as fdisk has it
PAGE = 4096
DISK_ID = 0x464F4C49
ROOT_UUID = "f0110000-0000-4000-8000-000000000001"
HASH_SEED = "f0110000-0000-4000-8000-000000000002"
SWAP_UUID = "f0110000-0000-4000-8000-000000000003"
EPOCH = max(1, int(os.environ.get("SOURCE_DATE_EPOCH", "1")))  # 0 means "now" to e2fsprogs

ENVIRONMENT = dict(os.environ, E2FSPROGS_FAKE_TIME=str(EPOCH), LC_ALL="C", TZ="UTC",
                   PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")


class Failure(Exception):
    pass


def tool(*command, text=None, good=(0,)):
    """Run a tool; what it says is only shown if it fails."""
    done = subprocess.run(command, input=text, env=ENVIRONMENT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode not in good:
        raise Failure(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done


def file_system(image, offset):
    """How e2fsprogs call a file system inside a file."""
    return f"{image}?offset={offset}"


def debugfs(where, commands, forgive=()):
    """Run commands of debugfs, which says on stderr what it could not do, and ends with 0."""
    with tempfile.NamedTemporaryFile("w", prefix="folio-debugfs-") as script:
        script.write("".join(command + "\n" for command in commands))
        script.flush()
        done = subprocess.run(["debugfs", "-w", "-f", script.name, where], env=ENVIRONMENT,
                              text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              check=False)
    errors = [line for line in done.stderr.splitlines()
              if line and not line.startswith("debugfs ") and not line.startswith(forgive)]
    if errors or done.returncode:
        raise Failure("\n".join(["debugfs: the files cannot be written:"] + errors))


# ---- files

def families(entries):
    """The names of each file, the first one in front; folders before what is in them."""
    names = {}
    for entry in entries:
        if entry.path.strip("/"):
            names.setdefault(entry.first, []).append("/" + entry.path.strip("/"))
    return names


def fingerprint(entry, names):
    contents = hashlib.sha256(entry.data).hexdigest()
    return [entry.mode, list(entry.rdev), contents, names[1:]]


def attributes(entry, name):
    """Owner, mode and times, whatever the staging tree or debugfs gave it."""
    yield f"set_inode_field {name} mode 0{entry.mode:o}"
    for field in ("uid", "gid"):
        yield f"set_inode_field {name} {field} 0"
    for field in ("atime", "ctime", "mtime"):
        yield f"set_inode_field {name} {field} @{EPOCH}"


def node_commands(entry, name):
    folder, leaf = os.path.split(name)
    yield f"cd {folder}"
    if stat.S_ISFIFO(entry.mode):
        yield f"mknod {leaf} p"
    else:
        kind = "c" if stat.S_ISCHR(entry.mode) else "b"
        yield f"mknod {leaf} {kind} {entry.rdev[0]} {entry.rdev[1]}"
    yield "cd /"


def is_node(entry):
    return not (stat.S_ISDIR(entry.mode) or stat.S_ISREG(entry.mode) or stat.S_ISLNK(entry.mode))


def put(entry, names, source):
    """The commands that make a file anew under all its names; `source` has its contents."""
    name = names[0]
    if stat.S_ISDIR(entry.mode):
        yield f"mkdir {name}"
    else:
        yield from (f"rm {old}" for old in names)
    if stat.S_ISLNK(entry.mode):
        yield f"symlink {name} {entry.data.decode()}"
    elif is_node(entry):
        yield from node_commands(entry, name)
    elif stat.S_ISREG(entry.mode):
        yield f"write {source} {name}"
    for other in names[1:]:
        yield f"ln {name} {other}"
    if len(names) > 1:
        yield f"set_inode_field {name} links_count {len(names)}"
    yield from attributes(entry, name)


def stage(tree, entries):
    """The files as a tree of the host, as far as an ordinary user can make them."""
    for entry, names in families(entries).items():
        path = tree + names[0]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if stat.S_ISDIR(entry.mode):
            os.makedirs(path, exist_ok=True)
        elif stat.S_ISLNK(entry.mode):
            os.symlink(entry.data, path)
        elif stat.S_ISREG(entry.mode):
            with open(path, "wb") as file:
                file.write(entry.data)
        for other in names[1:]:
            os.link(path, tree + other)


# ---- a new disk

def partition(image, size, swap):
    with open(image, "wb") as file:
        file.truncate(size)
    root = size - FIRST - swap
    table = [f"label: dos\nlabel-id: {DISK_ID:#x}",
             f"start={FIRST // SECTOR}, size={root // SECTOR}, type=83, bootable"]
    if swap:
        table.append(f"start={(FIRST + root) // SECTOR}, size={swap // SECTOR}, type=82")
    tool("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", image, text="\n".join(table) + "\n")
    return root


def make_root(image, size, block_size, entries):
    with tempfile.TemporaryDirectory(prefix="folio-disk-") as tree:
        stage(tree, entries)
        tool("mke2fs", "-q", "-t", "ext2", "-b", str(block_size), "-i", "8192", "-L", "folio",
             "-U", ROOT_UUID, "-d", tree, "-E",
             f"offset={FIRST},root_owner=0:0,hash_seed={HASH_SEED},nodiscard",
             image, f"{size // 1024}k")
    commands = []
    for entry, names in families(entries).items():
        if is_node(entry):
            commands += put(entry, names, None)
        else:
            commands += attributes(entry, names[0])
    debugfs(file_system(image, FIRST), commands, forgive=("rm:",))


def make_swap(image, start, size):
    """mkswap writes one page: its own file's goes into the image."""
    with tempfile.NamedTemporaryFile(prefix="folio-swap-") as area:
        area.truncate(size)
        tool("mkswap", "--quiet", "--pagesize", str(PAGE), "-U", SWAP_UUID, "-L", "folio-swap",
             area.name)
        area.seek(0)
        with open(image, "r+b") as file:
            file.seek(start)
            file.write(area.read(PAGE))


def make(image, options, entries):
    new, size, swap = image + ".new", options.size * MIB, options.swap * MIB
    root = partition(new, size, swap)
    make_root(new, root, options.block_size, entries)
    if swap:
        make_swap(new, FIRST + root, swap)
    os.replace(new, image)
    print(f"  DISK    {image}: {options.size} MiB, of which {root // MIB} are ext2")


# ---- one that is there

def first_partition(image):
    with open(image, "rb") as file:
        sector = file.read(SECTOR)
    kind, start = sector[446 + 4], struct.unpack_from("<I", sector, 446 + 8)[0]
    if sector[510:] != b"\x55\xaa" or kind != 0x83:
        raise Failure("its first partition is not Linux's any more")
    return start * SECTOR


def lock(image):
    """QEMU locks bytes 100 to 299 of an image in one way or another; so do we."""
    file = open(image, "r+b")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 200, 100)
    except OSError as error:
        raise Failure("a running machine uses it") from error
    return file


def check(image, offset):
    done = tool("e2fsck", "-p", file_system(image, offset), good=(0, 1, 4, 8))
    if done.returncode == 1:
        print(done.stdout.replace(file_system(image, offset), image), end="")
    elif done.returncode:
        raise Failure(f"e2fsck -p ended with status {done.returncode}\n{done.stdout}")


def replace(image, offset, changed, gone):
    commands = []
    with tempfile.TemporaryDirectory(prefix="folio-disk-") as folder:
        for number, (entry, names) in enumerate(changed):
            source = os.path.join(folder, str(number))
            with open(source, "wb") as file:
                file.write(entry.data)
            commands += put(entry, names, source)
        commands += [f"rm {name}" for name in gone]
        debugfs(file_system(image, offset), commands, forgive=("rm:", "mkdir:"))


def renew(image, old, entries):
    new = {names[0]: (entry, names) for entry, names in families(entries).items()}
    changed = [(entry, names) for name, (entry, names) in new.items()
               if old.get(name) != fingerprint(entry, names)]
    gone = [name for name, (mode, *_rest) in old.items()
            if name not in new and not stat.S_ISDIR(mode)]
    offset = first_partition(image)
    with lock(image):
        check(image, offset)
        if changed or gone:
            replace(image, offset, changed, gone)
            number = len(changed) + len(gone)
            print(f"  DISK    {image}: {number} file{'s' * (number > 1)} renewed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--size", type=int, default=64, help="MiB of the disk")
    parser.add_argument("--swap", type=int, default=16, help="MiB of them for swap")
    parser.add_argument("--block-size", type=int, default=4096, help="of ext2: 1024, 2048, 4096")
    parser.add_argument("image")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    image, remembered = options.image, options.image + ".files"
    entries = []
    for word in options.words:
        entries += mkcpio.parse(word, entries)
    try:
        if not os.path.exists(image):
            make(image, options, entries)
        else:
            with open(remembered, encoding="utf-8") as file:
                renew(image, json.load(file), entries)
    except FileNotFoundError as error:
        sys.exit(f"mkdisk.py: {image}: {error.filename}: no such file")
    except Failure as failure:
        sys.exit(f"mkdisk.py: {image}: {failure}\n(`make clean-disk` removes the disk)")
    finally:
        if os.path.exists(image + ".new"):
            os.remove(image + ".new")
    prints = {names[0]: fingerprint(entry, names) for entry, names in families(entries).items()}
    with open(remembered, "w", encoding="utf-8") as file:
        json.dump(prints, file, indent=0)


if __name__ == "__main__":
    main()
