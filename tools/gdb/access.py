"""What the commands share: reading the kernel's variables, lists and constants, and
saying in a sentence why something cannot be read.

Structures are read through gdb's own types, by the names of their fields. Constants that
are macros are not in the debug information; they are read from the headers themselves.
"""

import functools
import os
import re

import gdb

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIST_LIMIT = 1 << 20  # no list of the kernel is longer
NR_CPUS = 1


class Trouble(gdb.GdbError):
    """Something cannot be read; gdb shows the sentence and nothing else."""


# ---------------------------------------------------------------- constants

@functools.lru_cache(maxsize=None)
def defines(header):
    """{name: number} of the header's macros that are a plain number."""
    with open(os.path.join(ROOT, header), encoding="utf-8") as file:
        found = re.findall(r"^#define\s+(\w+)\s+(0x[0-9A-Fa-f]+|\d+)[uUlL]*(?:\s*/[/*].*)?$",
                           file.read(), re.MULTILINE)
    return {name: int(value, 8 if re.fullmatch(r"0\d+", value) else 0) for name, value in found}


def define(header, name):
    """One constant of a header."""
    try:
        return defines(header)[name]
    except KeyError:
        raise Trouble(f"{header} does not define {name} as a number") from None


def bits(value, names):
    """The names, of {bit mask: name}, whose bit is set in value."""
    return [name for mask, name in names.items() if value & mask]


PAGE_SHIFT = define("mm/layout.h", "PAGE_SHIFT")
PAGE_SIZE = 1 << PAGE_SHIFT
PAGE_OFFSET = define("mm/layout.h", "PAGE_OFFSET")
TOP = 1 << 32

# ---------------------------------------------------------------- the machine


def register(name):
    """A register of the stopped processor, as a number."""
    value = gdb.parse_and_eval("$" + name)
    if value.type.code == gdb.TYPE_CODE_VOID:
        raise Trouble(f"the machine does not show its register {name}")
    return int(value.cast(gdb.lookup_type("unsigned int")))


def check_machine():
    """Trouble unless a machine is attached, stopped, and pages already."""
    thread = gdb.selected_thread()
    if thread is None or not thread.is_valid():
        raise Trouble("no machine is attached; `make debug` starts one")
    if thread.is_running():
        raise Trouble("the machine is running; stop it with Ctrl-C")
    if not register("cr0") & 1 << 31:
        raise Trouble("paging is not on yet, so the kernel's addresses lead nowhere; "
                      "`hbreak kernel_main` and `continue`")


def physical(address, length):
    """Bytes of physical memory: by the direct map, or by QEMU's monitor above it."""
    low = number(variable("max_low_pfn")) << PAGE_SHIFT
    if address + length <= low:
        return bytes(gdb.selected_inferior().read_memory(PAGE_OFFSET + address, length))
    answer = gdb.execute(f"monitor xp /{length}xb {address:#x}", to_string=True)
    found = re.findall(r"^[0-9a-f]+:((?: 0x[0-9a-f]{2})+)", answer, re.MULTILINE)
    data = bytes(int(byte, 16) for line in found for byte in line.split())
    if len(data) != length:
        raise Trouble(f"QEMU's monitor cannot read physical {address:#x}: {answer.strip()}")
    return data


# ---------------------------------------------------------------- variables and types


def variable(name, file=None):
    """A variable of the kernel. `file` says which one, for a name that is static in a file."""
    expression = f"'{file}'::{name}" if file else name
    where = f"{name} of {file}" if file else name
    try:
        value = gdb.parse_and_eval(expression)
    except gdb.error as error:
        raise Trouble(f"this kernel has no variable {where}: {error}") from None
    if value.is_optimized_out:
        raise Trouble(f"the compiler optimised the variable {where} away")
    return value


@functools.lru_cache(maxsize=None)
def type_of(name):
    """A type by name, as "struct page"."""
    try:
        return gdb.lookup_type(name)
    except gdb.error:
        raise Trouble(f"no {name} in the debug information; is this build/folio.elf?") from None


def at(address, type_name):
    """The object of a type at an address."""
    return gdb.Value(address & TOP - 1).cast(type_of(type_name).pointer()).dereference()


def number(value):
    """A gdb.Value as an unsigned number of 32 bits."""
    return int(value) & TOP - 1


def address_of(value):
    return number(value.address)


@functools.lru_cache(maxsize=None)
def offset_of(type_name, field):
    """Bytes from the beginning of a structure to a field of it."""
    bit = bit_of(type_of(type_name), field)
    if bit is None:
        raise Trouble(f"{type_name} of this kernel has no field {field}")
    return bit // 8


def stack_of(bottom, top):
    """The pointers of an array used as a stack, from its bottom to below its top."""
    return [bottom[i] for i in range((number(top) - number(bottom)) // bottom.type.sizeof)]


def bit_of(type_, name):
    """The same in bits, looking into unions and structures without a name too; or None."""
    for field in type_.fields():
        if field.name == name:
            return field.bitpos
        if not field.name:
            inside = bit_of(field.type, name)
            if inside is not None:
                return field.bitpos + inside
    return None


def container(pointer, type_name, field):
    """container_of(): the structure whose `field` is what `pointer` points to."""
    return at(number(pointer) - offset_of(type_name, field), type_name)


def evaluate(words):
    """What a person typed for an address or a number: any expression of gdb's."""
    try:
        value = gdb.parse_and_eval(words)
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_ARRAY,
                                                gdb.TYPE_CODE_FUNC):
            value = value.address
        if value.type.code == gdb.TYPE_CODE_FLAGS:
            value = value.cast(gdb.lookup_type("unsigned int"))
        return number(value)
    except gdb.error as error:
        raise Trouble(f"{words} is neither a number nor an address: {error}") from None


def enum_names(type_name):
    """The names of an enumeration, in order."""
    return [field.name for field in type_of(type_name).fields()]


def text(pointer):
    """A string of the kernel; "" for NULL."""
    if not number(pointer):
        return ""
    try:
        return pointer.string("latin-1")
    except gdb.MemoryError:
        return f"<no string at {number(pointer):#x}>"


def symbol(address):
    """What of the kernel lies at an address, as name+offset."""
    answer = gdb.execute(f"info symbol {address:#x}", to_string=True)
    found = re.match(r"(\S+)(?: \+ (\d+))? in section", answer)
    if not found:
        return f"{address:#010x}"
    return found[1] + (f"+{int(found[2]):#x}" if found[2] else "")


def line_of(address):
    """file:line of an instruction, or ""."""
    place = gdb.find_pc_line(address)
    return f"{place.symtab.filename}:{place.line}" if place.symtab else ""


# ---------------------------------------------------------------- lists


def entries(head, type_name, field):
    """The members of a list_head list; Trouble when it is torn."""
    end = address_of(head)
    before, here = end, number(head["next"])
    for _ in range(LIST_LIMIT):
        if not here:
            raise Trouble(f"the list at {end:#x} is not set up" if before == end else
                          f"the list at {end:#x} is broken: NULL after {before:#x}")
        node = at(here, "struct list_head")
        if number(node["prev"]) != before:
            raise Trouble(f"the list at {end:#x} is broken: {here:#x} does not point back "
                          f"to {before:#x}")
        if here == end:
            return
        yield container(node.address, type_name, field)
        before, here = here, number(node["next"])
    raise Trouble(f"the list at {end:#x} has no end")


# ---------------------------------------------------------------- commands


class Command(gdb.Command):
    """A command below `folio`: its docstring is the help, run() gets the words typed."""

    name = None

    def __init__(self):
        super().__init__("folio " + self.name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        try:
            check_machine()
            self.run(*gdb.string_to_argv(argument))
        except gdb.MemoryError as error:
            raise Trouble(f"memory that should be there cannot be read: {error}") from None
        except gdb.error as error:
            raise Trouble(f"gdb cannot read this: {error}") from None
        except (IndexError, KeyError, RecursionError, ValueError) as error:
            raise Trouble(f"a structure is damaged, or not set up yet: {error}") from None
        except TypeError as error:
            if "run()" not in str(error):
                raise
            raise Trouble(f"too many or too few words; see: help folio {self.name}") from None


def command(cls):
    """Decorator: define the command."""
    cls()
    return cls


class Function(gdb.Function):
    """A function of gdb's language; a sentence when it fails."""

    def __init__(self):
        super().__init__(self.name)

    def invoke(self, *arguments):
        check_machine()
        return self.value(*arguments)


def count(n, noun, plural=None):
    """3 areas, 1 area."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def size_text(length):
    """Bytes in the largest unit that divides them."""
    if not length:
        return "0"
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if length >= unit and length % unit == 0:
            return f"{length // unit} {name}"
    return f"{length} bytes"
