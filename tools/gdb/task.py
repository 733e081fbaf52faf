"""Tasks: the list of them, and where one that sleeps is."""

import gdb

from access import (Command, Function, Trouble, address_of, at, bits, command, container, count,
                    define, defines, entries, evaluate, line_of, number, offset_of, symbol,
                    type_of, variable)

FRAMES = 40  # more than any sane backtrace has
STACK_SIZE = define("mm/kstack.h", "KSTACK_SIZE")
STATES = {defines("kernel/sched.h")["TASK_" + name]: word for name, word in (
    ("INTERRUPTIBLE", "sleeps"), ("UNINTERRUPTIBLE", "sleeps, no signal wakes it"),
    ("STOPPED", "stopped"), ("ZOMBIE", "zombie"), ("DEAD", "dead"))}
PF_KTHREAD = define("kernel/sched.h", "PF_KTHREAD")


def current():
    """The task that runs."""
    pointer = variable("cpus")[0]["current"]
    if not number(pointer):
        raise Trouble("no task runs yet")
    return pointer.dereference()


def tasks():
    """All tasks, the boot task first."""
    first = variable("init_task")
    yield first
    yield from entries(first["tasks"], "struct task_struct", "tasks")


def comm(task):
    return task["comm"].string("latin-1")


def title(task):
    return f"{comm(task)} ({number(task['pid'])})"


def find_task(word):
    """The task of a pid, a comm or an expression for its address; the current one for None."""
    if word is None:
        return current()
    known = list(tasks())
    named = [task for task in known if word in (comm(task), str(number(task["pid"])))]
    if not named and not word.isidentifier() and not word.isdigit():
        address = evaluate(word)
        named = [task for task in known if address_of(task) == address]
    if len(named) == 1:
        return named[0]
    if named:
        raise Trouble(f"{len(named)} tasks are called {word}; use a pid of: folio ps")
    raise Trouble(f"there is no task {word}; see: folio ps")


def mm_of(task):
    """A task's mm; Trouble for a kernel thread."""
    if not number(task["mm"]):
        raise Trouble(f"{title(task)} is a kernel thread: it has no address space of its own")
    return task["mm"].dereference()


def users_of(mm):
    """The tasks that live in an address space, in words."""
    users = [title(task) for task in tasks() if number(task["mm"]) == address_of(mm)]
    return ", ".join(users) or "no task"


def state(task):
    value = number(task["state"])
    if value:
        return ", ".join(bits(value, STATES)) or f"state {value:#x}"
    if address_of(task) == address_of(current()):
        return "runs"
    return "ready" if number(task["array"]) or not number(task["pid"]) else "ready, not queued"


@command
class Ps(Command):
    """folio ps: all tasks; * marks the one that runs."""

    name = "ps"

    def run(self):
        running = address_of(current())
        print(f"{'':1}{'pid':>5} {'comm':<16} {'prio':>4}  {'stack':<10} {'mm':<10} "
              f"{'task':<10} state")
        for task in tasks():
            mark = "*" if address_of(task) == running else " "
            mm = f"0x{number(task['mm']):08x}" if number(task["mm"]) else "-"
            print(f"{mark}{number(task['pid']):5} {comm(task):<16} {number(task['prio']):4}  "
                  f"0x{number(task['stack']):08x} {mm:<10} 0x{address_of(task):08x} {state(task)}")


@command
class Backtrace(Command):
    """folio bt [TASK]: where a task sleeps, from its saved stack pointer.

Of the task that runs it is gdb's own backtrace. The kernel keeps frame pointers, so the
chain of ebp is enough."""

    name = "bt"

    def run(self, word=None):
        task = find_task(word)
        if address_of(task) == address_of(current()):
            gdb.execute("backtrace")
            return
        esp, low = number(task["thread"]["esp"]), number(task["stack"])
        high = low + STACK_SIZE
        if not low <= esp <= high - 20:
            raise Trouble(f"{title(task)}: its esp {esp:#x} is not in its stack "
                          f"{low:#x}-{high - 1:#x}")
        print(f"{title(task)}: {state(task)}, esp {esp:#x}, "
              f"{count(high - esp, 'byte')} of its stack used")
        # switch_to() has pushed ebp, ebx, esi and edi below its return address.
        self.frames(number(at(esp + 16, "unsigned int")), number(at(esp + 12, "unsigned int")),
                    low, high)
        self.user(task, high)

    def frames(self, eip, ebp, low, high):
        for i in range(FRAMES):
            print(f"#{i:<2} 0x{eip:08x} {symbol(eip):<32} {line_of(eip - 1)}".rstrip())
            if not low <= ebp <= high - 8:
                return
            eip = number(at(ebp + 4, "unsigned int"))
            above = number(at(ebp, "unsigned int"))
            if above and above <= ebp:
                print(f"    the chain of frames is broken: {above:#x} below {ebp:#x}")
                return
            ebp = above

    def user(self, task, high):
        if not number(task["mm"]) or number(task["flags"]) & PF_KTHREAD:
            return
        regs = at(high - type_of("struct pt_regs").sizeof, "struct pt_regs")
        print(f"    from user mode at 0x{number(regs['eip']):08x}, "
              f"esp 0x{number(regs['esp']):08x}")


class TaskFunction(Function):
    """$task(pid): a task_struct by its pid, as in: print $task(2).comm"""

    name = "task"

    def value(self, pid):
        return find_task(str(int(pid)))


class CurrentFunction(Function):
    """$current(): the task_struct of the task that runs."""

    name = "current"

    def value(self):
        return current()


TaskFunction()
CurrentFunction()
