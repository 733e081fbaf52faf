"""Folio up to its shell, for tests that type commands.

    with Shell(build) as sh:
        output, status = sh.run("ls /")
"""

import os
import re

from harness import Skip, boot, check

PROMPT = r"^folio:\S+ # "


class Shell:
    """A machine with the first files of the tests, at the prompt. `root` is the device of a disk
    in `flags` that has these files instead of the archive."""

    def __init__(self, build, memory=64, append="", debug=False, deadline=300, flags=(), root=None):
        archive = build.path("test.cpio")
        if not os.path.exists(archive):
            raise Skip("no archive of first files")
        files = [] if root else ["-initrd", archive]
        append = f"selftest=off autoexit {f'root={root} ' if root else ''}{append}"
        self.machine = boot(build, append=append, debug=debug, memory=memory,
                            flags=[*files, *flags], deadline=deadline)

    def __enter__(self):
        self.machine.__enter__()
        self.machine.expect(PROMPT, timeout=60)
        return self

    def __exit__(self, *exception):
        self.machine.__exit__(*exception)

    def run(self, command, timeout=60):
        """What a command prints, without the kernel's log, and its exit status."""
        check(len(command) < 50, "the editor would scroll")
        self.machine.send(f"{command}; echo \"=$?=\"\n")
        start = self.machine.position
        self.machine.expect(r"\"=\$\?=\"\n", timeout=10)
        start = self.machine.position
        end = self.machine.expect(r"^=(\d+)=\n", timeout=timeout)
        text = self.machine.text[start:end.start()]
        self.machine.expect(PROMPT, timeout=10)
        return re.sub(r"^\[ *\d+\.\d{6}\] .*\n", "", text, flags=re.MULTILINE), int(end.group(1))

    def succeed(self, command, timeout=60):
        """The same for a command that must end with 0: what it prints."""
        output, status = self.run(command, timeout)
        check(status == 0, f"{command}: status {status}: {output[-800:]}")
        return output

    def power_off(self):
        """QEMU's exit status."""
        self.machine.send("poweroff\n")
        return self.machine.wait(30)


def knows_ext2(build):
    """A machine without ext2 does not come up from a disk: ask one that has the archive."""
    with Shell(build) as sh:
        if "ext2" not in sh.succeed("cat /proc/filesystems"):
            raise Skip("no ext2 in /proc/filesystems")
