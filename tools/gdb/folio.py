"""Folio's commands for gdb: `source tools/gdb/folio.py`, then `help folio`.

One file per topic stands beside this one; each defines commands below `folio`. Sourcing
this file again loads them all anew, which helps while one writes a command.
"""

import importlib
import os
import sys

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))
TOPICS = ("layout", "buddy", "page", "slab", "vmalloc", "kmap", "task", "vma", "pagetable", "log",
          "queue", "inode")


class Folio(gdb.Command):
    """Folio's kernel structures, read from the stopped machine.

Start with `make debug`. Addresses and numbers may be any expression of gdb's language
without blanks: $eip, &init_task, 0xc0100000. A task is named by its pid or by its comm;
without one, the task that was stopped is meant."""

    def __init__(self):
        super().__init__("folio", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument, from_tty):
        if argument:
            raise gdb.GdbError(f"folio has no command {argument.split()[0]}; see: help folio")
        gdb.execute("help folio")


def load():
    """Define the commands, from the files as they are now."""
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    for name, module in list(sys.modules.items()):
        if os.path.dirname(getattr(module, "__file__", None) or "") == HERE:
            del sys.modules[name]
    Folio()
    for topic in TOPICS:
        importlib.import_module(topic)


load()
