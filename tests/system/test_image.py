"""What can be said about the images without starting them."""

import re
import subprocess

from harness import binutil, check, test

# Instructions that a 486 does not know and that compilers and libraries like to use.
BEYOND_486 = re.compile(r"\t(cmov\w+|fu?comip?|fcmov\w+|nop[wl]|endbr32)\b")


def objdump(path):
    return subprocess.run([binutil("objdump"), "-d", "--no-show-raw-insn", path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def headers(path):
    return subprocess.run([binutil("readelf"), "-lW", path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


@test("both kernels are multiboot images")
def multiboot(build):
    for kernel in (build.path("folio.elf"), build.path("debug", "folio.elf")):
        done = subprocess.run(["grub-file", "--is-x86-multiboot", kernel])
        check(done.returncode == 0, f"{kernel} is not")


@test("both kernels keep to the instructions of a 486")
def old_processor(build):
    for kernel in (build.path("folio.elf"), build.path("debug", "folio.elf")):
        strange = [line.strip() for line in objdump(kernel).splitlines() if BEYOND_486.search(line)]
        check(not strange, f"{kernel}: {strange[:3]}")


@test("the kernel's segments: text not writable, data not executable")
def kernel_segments(build):
    loads = re.findall(r"LOAD +\S+ (0xc\S+) (0x\S+) \S+ \S+ ([RWE ]{3}) 0x",
                       headers(build.path("folio.elf")))
    check(len(loads) == 3, f"{len(loads)} segments in the upper half")
    for virtual, physical, flags in loads:
        check(int(virtual, 16) - int(physical, 16) == 0xC0000000, f"{virtual} at {physical}")
        check(not ("W" in flags and "E" in flags), f"{virtual} can be written and executed")


@test("the disc's kernel carries no debug information")
def stripped(build):
    sections = subprocess.run([binutil("readelf"), "-SW", build.path("stripped", "folio.elf")], check=True,
                              text=True, stdout=subprocess.PIPE).stdout
    check(".text" in sections and ".debug" not in sections, "debug sections")


@test("programs: text at 0x08048000, two segments on pages of their own")
def program_segments(build):
    loads = re.findall(r"LOAD +(\S+) (\S+) \S+ \S+ \S+ ([RWE ]{3}) 0x1000",
                       headers(build.path("user", "examples", "segments")))
    check([flags.strip() for _, _, flags in loads] == ["R E", "RW"], f"segments {loads}")
    check(int(loads[0][1], 16) == 0x08048000, f"text at {loads[0][1]}")
    check(all(int(address, 16) % 4096 == 0 for _, address, _ in loads), "not page aligned")
