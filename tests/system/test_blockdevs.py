"""Block devices in ring 3: a program on a disk with a partition; then the disk, from outside.

tests/kernel/programs/blockdevs.c knows how large things are, what they hold, and writes to places
that are known here.
"""

import struct
import tempfile

from harness import boot, check, test
from qemu import STATUS_PASSED

DISK = 8 << 20
START, SECTORS = 67, 4099
PAGE = 4096


def host_byte(at):
    return (at * 7 + at // 512) & 0xff


def make_image():
    """A disk whose only partition begins and ends in the middle of pages."""
    image = bytearray(b"\xee" * DISK)
    image[:512] = bytes(446) + struct.pack("<B3xB3xII", 0, 0x83, START, SECTORS) + bytes(48) + \
        b"\x55\xaa"
    image[START * 512:(START + SECTORS) * 512] = bytes(map(host_byte, range(SECTORS * 512)))
    return image


def expected():
    """The image, with what the program writes."""
    image = make_image()

    def write(at, data):
        image[START * 512 + at:START * 512 + at + len(data)] = data

    write(700, b"\xa5" * 600)
    write(SECTORS * 512 - 10, b"\xa5" * 10)
    write(16 * PAGE + 5, b"\x77x\x78")
    write(40 * PAGE, b"node")
    write(50 * PAGE + 1, b"close")
    return image


def run_program(build, name, interface, debug):
    with tempfile.NamedTemporaryFile(prefix="folio-disk-", suffix=".img") as file:
        file.write(make_image())
        file.flush()
        with boot(build, append=f"autoexit selftest=blockdevs blockdevs={name}", debug=debug,
                  initrd=build.path("selftest.cpio"),
                  flags=["-drive", f"file={file.name},format=raw,if={interface}"]) as m:
            status = m.wait()
        with open(file.name, "rb") as written:
            image = written.read()
    check(status == STATUS_PASSED, f"exit status {status}")
    check(not any("# SKIP" in line for line in m.lines), "it was skipped")
    right = expected()
    wrong = [at for at in range(0, DISK, 512) if image[at:at + 512] != right[at:at + 512]]
    check(not wrong, f"sectors {[at // 512 for at in wrong[:10]]} are not as they should be")


for disk, how in (("hda", "ide"), ("vda", "virtio")):
    for checks in (False, True):
        @test(f"block devices in ring 3: {disk}, {'debug' if checks else 'shipped'} kernel")
        def run(build, disk=disk, how=how, checks=checks):
            run_program(build, disk, how, checks)
