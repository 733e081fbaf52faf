"""Terminals: what is typed on the serial line and on the keyboard, and what is seen.

The program at the other end is tests/kernel/programs/talk.c.
"""

import time

from harness import boot, check, test
from qemu import STATUS_PASSED


def talk(build, append="", debug=False, **arguments):
    return boot(build, append=f"selftest=off autoexit init=/boot/talk {append}", debug=debug,
                initrd=build.path("selftest.cpio"), **arguments)


def press(machine, *keys):
    """Keys of the PC keyboard, by QEMU's names, one after the other."""
    for key in keys:
        machine.command_line(f"sendkey {key} 20")
        time.sleep(0.06)


def awaited_screen(machine, text, timeout=15):
    """The screen's lines, as soon as one of them has the text."""
    until = time.monotonic() + timeout
    while True:
        lines = machine.screen()
        if any(text in line for line in lines):
            return lines
        check(time.monotonic() < until, f"no {text!r} on the screen: {lines}")
        time.sleep(0.1)


@test("lines typed on the serial line are echoed, edited and read")
def serial_lines(build):
    for debug in (False, True):
        with talk(build, debug=debug) as m:
            m.expect(r"^talk: ready$", 30)
            m.send("hello\r")
            m.expect(r"^hello$", 10)
            m.expect(r"^read 6: <hello>$", 10)
            m.send("helpo\x7f\x7flo\x15one two\x17three\n")
            m.expect(r"^read 10: <one three>$", 10)
            m.send("^V: \x16\x03\n")
            m.expect(r"^read 6: <\^V: \x03>$", 10)
            m.send("\x04")
            m.expect(r"^talk: end of file or quit$", 10)
            check(m.wait(20) == STATUS_PASSED, "exit status")


@test("the keyboard types on the same console, and the screen shows it")
def keyboard_lines(build):
    with talk(build, debug=True) as m:
        m.expect(r"^talk: ready$", 30)
        press(m, "shift-h", "e", "l", "p", "backspace", "l", "spc", "1", "shift-1", "ret")
        m.expect(r"^read 8: <Hell 1!>$", 10)
        awaited_screen(m, "read 8: <Hell 1!>")
        press(m, "caps_lock", "a", "1", "caps_lock", "b", "tab", "ctrl-v", "ctrl-c", "ret")
        m.expect(r"^read 6: <A1b\t\x03>$", 10)
        m.send("raw\n")
        m.expect(r"^raw:$", 10)
        press(m, "up", "f1", "delete", "alt-x", "ctrl-c", "ret", "kp_enter", "esc", "q")
        m.expect(r"^ 1b 5b 41 1b 5b 5b 41 1b 5b 33 7e 1b 78 03 0d 0d 1b 71 done$", 10)
        press(m, "ctrl-d")
        m.expect(r"^talk: end of file or quit$", 10)
        check(m.wait(20) == STATUS_PASSED, "exit status")


@test("what is pasted at speed all arrives, though the program is slow")
def paste(build):
    data = bytes((i * 7 + i // 256) % 256 for i in range(50000))
    total = 0
    for byte in data:
        total = (total * 31 + byte) % 2 ** 32
    for debug in (False, True):
        with talk(build, debug=debug) as m:
            m.expect(r"^talk: ready$", 30)
            m.send("bulk 50000\n")
            m.expect(r"^bulk: ready$", 10)
            m.process.stdin.write(data)
            m.process.stdin.flush()
            m.expect(rf"^bulk: 50000 bytes, sum {total}$", 60)
            m.send("typed\n")
            m.expect(r"^read 6: <typed>$", 10)


@test("what is typed before anybody reads is not lost")
def typed_ahead(build):
    with talk(build, append="selftest=log") as m:
        m.expect(r"^\[.*memory: ", 30)
        m.send("early\nquit\n")
        m.expect(r"^read 6: <early>$", 30)
        check(m.wait(20) == STATUS_PASSED, "exit status")


@test("the screen follows cursor, colour and scroll sequences")
def sequences(build):
    with talk(build, append="console=tty0") as m:
        awaited_screen(m, "talk: ready", 30)
        keys = {"~": "shift-grave_accent", "[": "bracket_left", ";": "semicolon", " ": "spc",
                "\n": "ret"}

        def say(text):
            press(m, *(keys.get(c, f"shift-{c.lower()}" if c.isupper() else c) for c in text))

        say("show ~[2J~[5;10Hfive~[31mred~[0m~[12;40Hend\n")
        screen = awaited_screen(m, " " * 39 + "end")
        check(screen[11] == " " * 39 + "end", f"row 12 is {screen[11]!r}")
        check(screen[4] == " " * 9 + "fivered", f"row 5 is {screen[4]!r}")
        cells = m.memory(0xB8000 + (4 * 80 + 9) * 2, 14)
        check(cells[1] == 0x07 and cells[9] == 0x04, f"attributes: {cells.hex()}")
        say("show ~[24;1H~[6n\n")  # the answer comes as if typed
        awaited_screen(m, "^[[24;1R")
        check("talk" not in m.text, "the serial line has the console's output")


@test("a line of the log does not begin in the middle of a program's")
def log_lines(build):
    with talk(build) as m:
        m.expect(r"^talk: ready$", 30)
        m.send("show prompt>\n")
        m.expect(r"^prompt>", 10)
        m.send("log\n")
        m.expect(r"\n\[ *[0-9.]+\] talk\[\d+\]: system call \d+ is not implemented$", 10)
        m.send("show open\n")
        m.expect(r"^open", 10)
        m.send("quit\n")
        m.expect(r"\n\[ *[0-9.]+\] init: ", 10)
        check(m.wait(20) == STATUS_PASSED, "exit status")


@test("Ctrl-Alt-Del restarts the machine")
def restart(build):
    with boot(build, append="selftest=off init=/boot/talk", initrd=build.path("selftest.cpio")) as m:
        m.expect(r"^talk: ready$", 30)
        press(m, "ctrl-alt-delete")
        check(m.wait(15) == 0, "the machine was not reset")  # -no-reboot: QEMU ends
