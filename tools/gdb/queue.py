"""The requests before a disk: what is on its way, what waits, and in which order."""

from access import (Command, Trouble, address_of, bits, command, count, define, entries, enum_names,
                    number, text, variable)

HEADER = "kernel/drivers/block/bio.h"
FLAGS = {define(HEADER, "BIO_SYNC"): "sync", define(HEADER, "BIO_READAHEAD"): "read-ahead"}
REQUESTS = define("kernel/drivers/block/queue.h", "QUEUE_REQUESTS")
MS_PER_TICK = 1000 // define("kernel/cpu/timer.h", "HZ")
OPS = ("read", "write", "flush")
CLASSES = {"RQ_READ": "reads", "RQ_SYNC_WRITE": "writes that somebody waits for",
           "RQ_FLUSH": "flushes", "RQ_WRITE": "background writes"}


def block_devices():
    """All disks and partitions, in the order of discovery."""
    return list(entries(variable("bdevs", "kernel/drivers/block/genhd.c"), "struct block_device",
                        "bd_list"))


def milliseconds(ticks):
    """A difference of jiffies as a number that may be negative, in ms."""
    return ((ticks + (1 << 31)) % (1 << 32) - (1 << 31)) * MS_PER_TICK


def ticks_until(stamp):
    return milliseconds(number(stamp) - number(variable("jiffies")))


def sectors(request):
    """Where it is, in words."""
    first, length = int(request["rq_sector"]), number(request["rq_nr_sectors"])
    return f"{first}..{first + length - 1}" if length else "-"


def describe(request, when):
    bios = list(entries(request["rq_bios"], "struct bio", "bi_list"))
    alone = len(list(entries(request["rq_alone"], "struct bio", "bi_list")))
    words = [f"{OPS[number(request['rq_op'])]} {sectors(request)}",
             f"{count(len(bios), 'bio')}, {count(number(request['rq_nr_segments']), 'segment')}",
             when, *bits(number(request["rq_flags"]), FLAGS)]
    if number(request["rq_retries"]):
        words.append(f"failed {count(number(request['rq_retries']), 'time')}")
    if alone:
        words.append(f"{count(alone, 'bio')} to be tried alone after it")
    line = "    " + ", ".join(words)
    lengths = sum(number(bio["bi_size"]) for bio in bios) >> 9
    if lengths != number(request["rq_nr_sectors"]):
        line += f"\n    WRONG: its bios have {count(lengths, 'sector')}"
    return line


class Queue:
    """What stands in one request_queue."""

    def __init__(self, disk):
        if not number(disk["queue"]):
            raise Trouble(f"{text(disk['name'])} has no queue")
        self.disk, self.queue = disk, disk["queue"].dereference()
        self.started = self.requests("started")
        self.again = self.requests("again")
        self.waiting = [list(entries(self.queue["fifo"][i], "struct request", "rq_list"))
                        for i in range(len(CLASSES))]

    def requests(self, field):
        return list(entries(self.queue[field], "struct request", "rq_list"))

    def show(self):
        disk, queue = self.disk, self.queue
        depth = number(disk["depth"])
        print(f"{text(disk['name'])}: queue at 0x{address_of(queue):08x}, "
              f"{count(depth, 'request') if depth else 'many requests'} at once, each of "
              f"{number(disk['max_sectors'])} sectors and {number(disk['max_segments'])} segments "
              f"at most; the head is at {int(queue['head'])}")
        if number(queue["full"]):
            print("  the driver takes no more now")
        self.list("on its way", self.started,
                  lambda rq: f"for {-ticks_until(rq['rq_started'])} ms")
        self.list("to be tried again", self.again, lambda rq: "next")
        for name, waiting in zip(enum_names("enum rq_class"), self.waiting):
            self.list(CLASSES[name], waiting, self.deadline)
        done = len(list(entries(queue["done"], "struct bio", "bi_list")))
        print(f"  {number(queue['nr_free'])} of {REQUESTS} requests free, "
              f"{count(done, 'bio')} ended and not yet told")
        self.check()

    def list(self, title, requests, when):
        if requests:
            print(f"  {title}")
        for request in requests:
            print(describe(request, when(request)))

    def deadline(self, request):
        left = ticks_until(request["rq_deadline"])
        return f"due in {left} ms" if left > 0 else f"late by {-left} ms"

    def check(self):
        waiting = sum(len(requests) for requests in self.waiting)
        free = len(self.requests("free"))
        for words, counted, found in (
                ("waiting", number(self.queue["nr_waiting"]), waiting),
                ("started", number(self.queue["nr_started"]), len(self.started)),
                ("free", number(self.queue["nr_free"]), free)):
            if counted != found:
                print(f"  WRONG: the queue counts {counted} {words}, its lists have {found}")
        total = waiting + free + len(self.started) + len(self.again)
        if total != REQUESTS:
            print(f"  WRONG: {total} of {REQUESTS} requests are in a list")


@command
class ShowQueue(Command):
    """folio queue [DISK]: the requests before each disk, or before one (hda, or hda1).

In the order in which they were made, by class; which is chosen next is told by the sectors
and the head, unless one is late."""

    name = "queue"

    def run(self, name=None):
        found = [bdev for bdev in block_devices()
                 if (bdev["bd_name"].string() == name if name else not number(bdev["bd_partno"]))]
        if not found:
            raise Trouble(f"there is no block device {name}" if name else "there are no disks")
        for bdev in found:
            Queue(bdev["bd_disk"].dereference()).show()
