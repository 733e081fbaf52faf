"""What a person sees when the machine is switched on."""

import re
import time

from harness import boot, check, test
from qemu import Machine, STATUS_PASSED, Timeout


UNKNOWN = re.compile(r"(?i)unknown|not known")


@test("a plain boot: one line of self-tests, then the first program")
def plain_boot(build):
    with boot(build, append="autoexit") as m:
        status = m.wait()
        check(status == STATUS_PASSED, f"exit status {status}")
    check(not any(line.startswith("KTAP") for line in m.lines), "quick self-tests print KTAP")
    check(len([line for line in m.lines if re.search(r"self-?tests?\b.*\b\d+", line)]) == 1,
          "not exactly one line about the self-tests")
    check(any("all regions, from /proc/self/maps" in line for line in m.lines),
          "no output of the first program")


@test("the first program's parts lie in regions of their kind")
def segments(build):
    with boot(build, append="autoexit selftest=off") as m:
        m.wait()
    rows = {}
    for line in m.lines:
        found = re.match(r"  (\w+ .*?) +0x([0-9a-f]{8})   ([0-9a-f]{8})-([0-9a-f]{8}) (\S+)", line)
        if found:
            name, address, start, end, permissions = found.groups()
            rows[name] = permissions
            check(int(start, 16) <= int(address, 16) < int(end, 16), f"not in its region: {line}")
    kinds = {name.split()[0]: permissions for name, permissions in rows.items()}
    expected = {"text": "r-xp", "data": "rw-p", "bss": "rw-p", "heap": "rw-p", "stack": "rw-p"}
    for kind, permissions in expected.items():
        check(kind in kinds, f"no line about {kind}")
        check(kinds[kind] == permissions, f"{kind} is {kinds[kind]}, not {permissions}")


@test("the boot log shows the memory map, the zones and the layout")
def boot_log(build):
    with boot(build, append="autoexit selftest=off", memory=1024) as m:
        m.wait()
    log = "\n".join(m.lines)
    check(re.search(r"0*9fbff\b", log, re.I), "no end of the first available range")
    for zone in ("DMA", "Normal", "HighMem"):
        check(re.search(rf"\b{zone}\b", log), f"zone {zone} is not mentioned")
    for address in ("c0000000", "f8800000", "fc800000", "ff800000", "ffc00000"):
        check(re.search(address, log, re.I), f"the layout does not show {address}")


@test("of 3583 MiB nearly all is memory, most of it high")
def all_memory(build):
    with boot(build, append="autoexit selftest=off", memory=3583) as m:
        m.wait()
    log = "\n".join(m.lines)
    total, free = map(int, re.search(r"memory: (\d+) KiB, .* (\d+) KiB free", log).groups())
    high = 4 * int(re.search(r"HighMem +0x38000-0x\w+ +(\d+)", log).group(1))
    check(total > 3582 * 1024, f"only {total} KiB are memory")
    check(free > total * 98 // 100, f"only {free} KiB are free")
    check(high > total * 7 // 10, f"only {high} KiB are high memory")


@test("an unknown boot option gets one line of warning")
def unknown_option(build):
    with boot(build, append="frobnicate=7 selftest=off autoexit") as m:
        status = m.wait()
    warnings = [line for line in m.lines if "frobnicate" in line and UNKNOWN.search(line)]
    check(len(warnings) == 1, f"{len(warnings)} warnings")
    check(status == STATUS_PASSED, f"exit status {status}")


@test("known boot options and the kernel's own path get no warning")
def known_options(build):
    with boot(build, append="selftest=off autoexit") as m:
        m.wait()
    check(not [line for line in m.lines if UNKNOWN.search(line)], "a warning")
    check(m.lines, "no console at all")


@test("without autoexit the machine powers off or waits")
def no_autoexit(build):
    with boot(build, append="selftest=off") as m:
        m.expect(r"from /proc/self/maps:", 60)
        try:
            status = m.wait(15)
        except Timeout:
            return  # it waits
        check(status == 0, f"exit status {status}")


@test("GRUB's menu: all self-tests, on the disc that make run boots")
def grub_menu(build):
    with Machine(iso=build.path("folio.iso"), memory=64, deadline=300) as m:
        m.expect(r"Folio: all self-tests", 30)
        m.send("\x1b[B\n")  # arrow down, enter
        m.expect(r"^KTAP version 1$", 60)
        m.expect(r"^1\.\.\d+$", 60)


@test("GRUB's menu: the serial console only leaves the screen alone")
def grub_serial(build):
    with Machine(iso=build.path("folio.iso"), memory=64, deadline=120,
                 flags=["-no-shutdown"]) as m:
        m.expect(r"Folio: serial console only", 30)
        m.send("\x1b[B\x1b[B\n")
        m.expect(r"^folio:/ # ", 60)
        check(not any("folio:/" in line for line in m.screen()),
              "the shell's prompt is on the screen")


def still_screen(machine):
    """The screen when it has come to rest: read while it scrolls, a line may be half another."""
    last = None
    while last != (last := machine.screen()):
        time.sleep(0.2)
    return last


@test("the VGA screen shows what the serial console says")
def vga_screen(build):
    # A machine that is switched off stays, stopped, so that its screen can be read.
    with boot(build, append="selftest=off", flags=["-no-shutdown"]) as m:
        m.expect(r"from /proc/self/maps:", 60)
        m.expect(r"init: .* ended", 10)
        screen = [line for line in still_screen(m) if line]
        said = "\n".join(m.lines) + m.text
    check(len(screen) >= 10, "hardly anything on the screen")
    wrapped = re.sub(r"\s+", "", said)
    strange = [line for line in screen if re.sub(r"\s+", "", line) not in wrapped]
    check(not strange, f"only on the screen: {strange[:3]}")


@test("the screen's picture is not empty")
def screendump(build):
    with boot(build, append="selftest=off", flags=["-no-shutdown"]) as m:
        m.expect(r"\[stack\]", 60)
        path = build.path("test", "screen.ppm")
        m.screendump(path)
    with open(path, "rb") as file:
        picture = file.read()
    check(picture.startswith(b"P6"), "not a picture")
    check(len(set(picture[20:])) > 1, "all of one colour")
