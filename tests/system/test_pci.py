"""Machines with other buses than the default one's."""

import re

from harness import boot, check, test
from qemu import STATUS_PASSED


def found(machine):
    """What the log says of each device: (place, vendor:device)."""
    return re.findall(r"pci: ([0-9a-f]{2}:[0-9a-f]{2}\.\d)  ([0-9a-f]{4}:[0-9a-f]{4})", "\n".join(machine.lines))


@test("PCI: a device behind a bridge, one line for each device")
def behind_a_bridge(build):
    flags = ("-device", "pci-bridge,chassis_nr=1,id=bridge",
             "-device", "virtio-rng-pci,bus=bridge,addr=3")
    with boot(build, append="autoexit selftest=quick loglevel=8", flags=flags) as m:
        check(m.wait() == STATUS_PASSED, "it did not end well")
    devices = found(m)
    check(devices == sorted(devices) and len(set(devices)) == len(devices), f"{devices}")
    check(("00:00.0", "8086:1237") in devices, f"no host bridge in {devices}")
    check(("01:03.0", "1af4:1005") in devices, f"nothing behind the bridge in {devices}")


@test("a machine without PCI boots")
def without_pci(build):
    with boot(build, append="autoexit selftest=quick", flags=("-M", "isapc")) as m:
        check(m.wait() == STATUS_PASSED, "it did not end well")
    check(any(line.endswith("pci: none") for line in m.lines), "no line about the missing bus")
