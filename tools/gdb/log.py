"""The kernel's log."""

from access import Command, command, evaluate, number, variable
import gdb


@command
class Dmesg(Command):
    """folio dmesg [LINES]: the log, or its last lines; also what no console has shown yet."""

    name = "dmesg"

    def run(self, lines=None):
        text = self.read() or "(the log is empty)"
        if lines is not None:
            text = "".join(text.splitlines(keepends=True)[-evaluate(lines):])
        print(text, end="" if text.endswith("\n") else "\n")

    def read(self):
        ring = variable("log_ring", "kernel/printk.c")
        end = int(variable("log_next", "kernel/printk.c"))
        size = ring.type.sizeof
        data = bytes(gdb.selected_inferior().read_memory(number(ring.address), size))
        if end <= size:
            return data[:end].decode("latin-1")
        turned = data[end % size:] + data[:end % size]
        return turned[turned.find(b"\n") + 1:].decode("latin-1")  # from a whole line on
