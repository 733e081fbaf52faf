"""A machine in QEMU whose serial console a test reads and answers.

    with Machine(kernel="build/folio.elf", memory=64, append="autoexit") as m:
        m.expect(r"Folio", timeout=10)
        status = m.wait(60)

Everything that the machine says is kept with the time of its arrival. A machine
never outlives its `with` block, nor its deadline.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

QEMU = os.environ.get("QEMU", "qemu-system-i386")

# What the kernel tells QEMU through isa-debug-exit, as QEMU's exit status.
STATUS_PASSED = 33
STATUS_FAILED = 35
STATUS_PANIC = 37


class Timeout(Exception):
    """What was awaited did not come in time."""


class Ended(Exception):
    """The machine ended before what was awaited came."""


class Monitor:
    """QEMU's machine protocol (QMP) over a Unix socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw")
        self.file.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:  # events may come before the answer
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def close(self):
        self.file.close()
        self.socket.close()


class _Latest(threading.local):
    machine = None


class Machine:
    """One run of QEMU; see the module's text.

    kernel, iso   what to boot: a multiboot ELF file, or a disc through GRUB
    memory        in MiB
    cpu           QEMU's name of a model, or None for its default
    append        boot options; only with `kernel`
    initrd        the archive of the first files; only with `kernel`
    flags         more words for QEMU's command line
    deadline      seconds after which the machine is killed, whatever it does
    """

    def __init__(self, kernel=None, iso=None, memory=64, cpu=None, append="", flags=(),
                 deadline=120, initrd=None):
        if (kernel is None) == (iso is None):
            raise ValueError("either a kernel or a disc")
        self.command = [QEMU, "-m", str(memory), "-no-reboot", "-nic", "none",
                        "-display", "none", "-serial", "stdio", "-monitor", "none",
                        "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
        if kernel is not None:
            self.command += ["-kernel", kernel, "-append", append]
            if initrd is not None:
                self.command += ["-initrd", initrd]
        else:
            self.command += ["-cdrom", iso, "-boot", "d"]
        if cpu is not None:
            self.command += ["-cpu", cpu]
        self.command += list(flags)
        self.deadline = deadline
        self.text = ""          # all that came over the serial console
        self.arrivals = []      # (seconds since the start, line without its end)
        self.position = 0       # how far expect() has read
        self.killed = False     # by the deadline
        self._partial = ""
        self._arrived = threading.Condition()

    latest = _Latest()  # the machine that this thread started last

    def __enter__(self):
        self.latest.machine = self
        self.directory = tempfile.mkdtemp(prefix="folio-")
        self._socket = os.path.join(self.directory, "qmp")
        self._monitor = None
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command + ["-qmp", f"unix:{self._socket},server=on,wait=off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._watchdog = threading.Timer(self.deadline, self._expire)
        self._watchdog.daemon = True
        self._watchdog.start()
        return self

    def __exit__(self, *_exception):
        self._watchdog.cancel()
        self._kill()
        self._reader.join(10)
        self.process.stdin.close()
        self.process.stdout.close()
        if self._monitor:
            self._monitor.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def save(self, path):
        """Keep the command and the console's text, each line with its time, in a file."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(" ".join(self.command) + "\n")
            file.writelines(f"{at:9.3f}  {line}\n" for at, line in self.arrivals)

    # ---- the console

    def _read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            at = time.monotonic() - self.started
            with self._arrived:
                text = data.decode("utf-8", "replace").replace("\r", "")
                self.text += text
                *lines, self._partial = (self._partial + text).split("\n")
                if not data and self._partial:
                    lines, self._partial = [self._partial], ""
                self.arrivals += [(at, line) for line in lines]
                self.ended = not data
                self._arrived.notify_all()
            if not data:
                return

    ended = False

    @property
    def lines(self):
        """The console's complete lines so far."""
        with self._arrived:
            return [line for _, line in self.arrivals]

    def expect(self, pattern, timeout=30):
        """Wait for a regular expression behind what earlier calls found; the match."""
        regex = re.compile(pattern, re.MULTILINE)
        until = time.monotonic() + timeout
        with self._arrived:
            while True:
                match = regex.search(self.text, self.position)
                if match:
                    self.position = match.end()
                    return match
                if self.ended:
                    raise Ended(f"the machine ended without {pattern!r}")
                left = until - time.monotonic()
                if left <= 0:
                    raise Timeout(f"no {pattern!r} in {timeout} s")
                self._arrived.wait(left)

    def send(self, text):
        """Type on the serial console."""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    # ---- the machine

    def wait(self, timeout=None):
        """Wait for the machine to end; QEMU's exit status."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Timeout(f"still running after {timeout} s") from None
        if self.killed:
            raise Timeout(f"still running after {self.deadline} s")
        self._reader.join(10)
        return status

    def _expire(self):
        self.killed = self.process.poll() is None
        self._kill()

    def _kill(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def monitor(self):
        if self._monitor is None:
            self.await_file(self._socket)
            self._monitor = Monitor(self._socket)
        return self._monitor

    def await_file(self, path):
        """Wait for a socket that QEMU makes as it starts."""
        while not os.path.exists(path) and not self.ended:
            time.sleep(0.02)

    def command_line(self, command):
        """A command of QEMU's human monitor; its answer."""
        return self.monitor.execute("human-monitor-command", **{"command-line": command})

    def memory(self, address, size):
        """@size bytes of physical memory."""
        path = os.path.join(self.directory, "memory")
        self.monitor.execute("pmemsave", val=address, size=size, filename=path)
        with open(path, "rb") as file:
            return file.read()

    def screen(self):
        """The VGA text screen: 25 lines without trailing blanks (VGA memory at 0xB8000)."""
        cells = self.memory(0xB8000, 80 * 25 * 2)[::2].decode("cp437").replace("\0", " ")
        return [cells[i:i + 80].rstrip() for i in range(0, len(cells), 80)]

    def screendump(self, path):
        """The screen as a picture (PPM)."""
        self.monitor.execute("screendump", filename=os.path.abspath(path))
