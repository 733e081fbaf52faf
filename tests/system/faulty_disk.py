"""Disks with faults, by QEMU's drivers blkdebug and throttle.

What the guest gets is a raw disk over one of them over an image file. blkdebug's rules name a
sector: whatever touches it fails. An event puts the rules for it in force, and read_aio and
write_aio are what the raw driver says before each transfer.
"""

import json

DEVICES = {"vda": "virtio-blk-pci", "hda": "ide-hd,bus=ide.0"}
EIO = 5


def fails(kind, sector=None, once=False, errno=EIO):
    """A rule: reading or writing a sector fails, or flushing, or any of one kind; always or once."""
    event = {"read": "read_aio", "write": "write_aio", "flush": "flush_to_disk"}[kind]
    rule = {"event": event, "iotype": kind, "errno": errno, "once": once}
    if sector is not None:
        rule["sector"] = sector
    return rule


def _disk(name, node):
    words = {"node-name": f"node-{name}", **node}
    return ["-blockdev", json.dumps(words), "-device",
            f"{DEVICES[name]},drive=node-{name},rerror=report,werror=report"]


def faulty(name, image, rules):
    """Words for QEMU: a disk (a name of DEVICES) over an image, with these rules."""
    return _disk(name, {"driver": "raw", "file": {
        "driver": "blkdebug", "inject-error": rules,
        "image": {"driver": "file", "filename": image}}})


def stalling(name, image):
    """Words for QEMU: a disk that stops at stall() and works again after go_on(). The throttle is
    on top: a reset of the device waits for what is on its way, and only the top lets that go."""
    return ["-object", "throttle-group,id=stall"] + _disk(name, {
        "driver": "throttle", "throttle-group": "stall",
        "file": {"driver": "raw", "file": {"driver": "file", "filename": image}}})


def stall(machine):
    """One transfer more, and each page takes a minute from then on."""
    machine.monitor.execute("qom-set", path="/objects/stall", property="limits",
                            value={"iops-total": 1, "iops-size": 64})


def go_on(machine):
    """Transfers are fast again, but for those that wait already."""
    machine.monitor.execute("qom-set", path="/objects/stall", property="limits",
                            value={"iops-total": 0, "iops-size": 0})
