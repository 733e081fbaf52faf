"""Two million system calls with hostile arguments (tests/kernel/programs/fuzz.c), started from
the shell, which must answer as before when they are through."""

import re

from harness import check, test
from qemu import Machine

CALLS = 1000000  # by each of the two: an ordinary user, and root in a folder of its own
SEED = 20261120
LIMIT = 500      # seconds


def numbers(text):
    """What /proc/meminfo and the list of tasks say."""
    return {name: int(value) for name, value in re.findall(r"^(\w+):? +(\d+)", text, re.MULTILINE)}


@test("2 million random system calls: the shell still answers, and nothing is lost")
def random_calls(build):
    with Machine(kernel=build.path("folio.elf"), memory=128, initrd=build.path("test.cpio"),
                 append="selftest=off", deadline=2 * LIMIT + 60) as machine:

        def run(command, timeout=20):
            """The text that a command prints."""
            machine.expect(r"# $", timeout)
            start = len(machine.text)
            machine.send(command + "; echo done=$?\n")
            machine.expect(r"^done=\d+$", timeout)
            return machine.text[start:]

        run("/boot/fuzz 1 20000; /boot/fuzz 2 20000 root", 60)  # caches that stay
        before = run("cat /proc/meminfo; ls /proc")
        for words in ("", " root"):
            text = run(f"/boot/fuzz {SEED} {CALLS}{words}", LIMIT)
            said = re.search(r"fuzz: seed \d+: (\d+) calls, (\d+) succeeded \(\d+ %\), "
                             r"(\d+) got past", text, re.MULTILINE)
            check(said and "done=0" in text, text[-2000:])
            print("          ", said.string[said.start():].splitlines()[0])
            check(int(said[1]) >= CALLS and int(said[3]) * 4 >= int(said[1]), said[0])
        after = run("cat /proc/meminfo; ls /proc")
        check("alive" in run("echo al''ive | cat"), "the shell does not answer")
        lost = numbers(before)["MemFree"] - numbers(after)["MemFree"]
        check(lost < 512, f"{lost} KiB of memory are lost")
        processes = [re.findall(r"\b\d+\b", text.split("\n", 1)[1].rsplit("Committed", 1)[1])
                     for text in (before, after)]
        check(abs(len(processes[0]) - len(processes[1])) <= 1, f"tasks that stay: {processes}")
        check("PANIC" not in machine.text and "WARNING" not in machine.text, machine.text[-3000:])
