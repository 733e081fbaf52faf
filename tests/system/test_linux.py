"""Programs that others built for Linux on i386 run here as they are: Debian's BusyBox, and
programs of tests/system/linux/ with static glibc and with static musl."""

import glob
import os
import subprocess
import sys

from harness import ROOT, check, foreign, test
from qemu import STATUS_PASSED, Machine

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "linux")
CC = "i686-linux-gnu-gcc"

# Run by BusyBox's shell as the first program. Each line's output is looked for below.
SCRIPT = r"""#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev 2>/dev/null
export PATH=/bin
echo "shell $((6 * 7)) $(echo nested | tr a-z A-Z)"
for i in 3 1 2; do echo $i; done | sort | tr '\n' ' '; echo
ls -l /bin/busybox | cut -c1-10
cat /proc/version | cut -d' ' -f1
ps | grep -c '[p]s'
free | head -1 | tr -s ' '
top -b -n 1 | head -1 | cut -c1-4
seq 1 1000 | awk '{ s += $1 } END { print "sum", s }'
dd if=/dev/zero bs=4096 count=64 2>/dev/null | md5sum | cut -c1-8
mkdir -p /tmp/a/b && touch /tmp/a/b/c && find /tmp/a | wc -l
tar -C /tmp -cf /tmp/a.tar a && tar -tf /tmp/a.tar | wc -l
sleep 0.1 & wait $!; echo "waited $?"
sh -c "trap 'echo trapped; exit 5' TERM; kill -TERM \$\$"; echo "trap $?"
echo hello | gzip -c | gunzip -c
vi -h 2>&1 | head -1 | cut -c1-7
uname -s
df / | tail -1 | awk '{ print $1 }'
stat -c %a /tmp
id -u
for program in /bin/*-glibc /bin/*-musl; do
	[ -x $program ] && echo "$program: $($program 2>&1)"
done
echo finished
poweroff -f
"""

SAYS = r"""shell 42 NESTED
1 2 3
-rwxr-xr-x
Linux
sum 500500
ec87a838
waited 0
trap 5
hello
Linux
1777
0
finished""".split("\n")


def run(words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    check(done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}")


def with_glibc(source, program):
    run([CC, "-O2", "-static", "-pthread", "-o", program, source, "-lm"])


def with_musl(root, source, program):
    lib = os.path.join(root, "usr/lib/i386-linux-musl")
    own = subprocess.run([CC, "-print-file-name=include"], stdout=subprocess.PIPE, text=True,
                         check=True).stdout.strip()
    run([CC, "-O2", "-static", "-nostdinc", "-isystem",
         os.path.join(root, "usr/include/i386-linux-musl"), "-isystem", own,
         "-fno-stack-protector", "-nostdlib", "-o", program, f"{lib}/crt1.o", f"{lib}/crti.o",
         source, f"-L{lib}", "-lc", "-lm", "-lgcc", f"{lib}/crtn.o"])


def build_programs(root, folder):
    """Paths of all programs, each built with both libraries."""
    os.makedirs(folder, exist_ok=True)
    for source in sorted(glob.glob(os.path.join(SOURCES, "*.c"))):
        name = os.path.join(folder, os.path.basename(source)[:-2])
        with_glibc(source, name + "-glibc")
        yield name + "-glibc"
        with_musl(root, source, name + "-musl")
        yield name + "-musl"


def archive(build, root, programs):
    """An initramfs of Debian's BusyBox and the programs; no device nodes, nothing of Folio's."""
    folder = build.path("test", "linux")
    script = os.path.join(folder, "init")
    with open(script, "w", encoding="utf-8") as file:
        file.write(SCRIPT)
    busybox = os.path.join(root, "bin/busybox")
    names = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    path = os.path.join(folder, "linux.cpio")
    words = [f"dir:0755:/{name}" for name in ("bin", "proc", "dev", "etc")]
    words += ["dir:1777:/tmp", f"file:0755:/init:{script}", f"file:0755:/bin/busybox:{busybox}"]
    words += [f"link:/bin/{name}:busybox" for name in names if name != "busybox"]
    words += [f"file:0755:/bin/{os.path.basename(program)}:{program}" for program in programs]
    run([sys.executable, os.path.join(ROOT, "tools/mkcpio.py"), path, *words])
    return path


def lines_of(build, root, kernel, memory):
    programs = list(build_programs(root, build.path("test", "linux")))
    with Machine(kernel=kernel, memory=memory, initrd=archive(build, root, programs), deadline=180,
                 append="selftest=off autoexit") as machine:
        status = machine.wait()
        lines = machine.lines
    check(status == STATUS_PASSED, f"exit status {status}:\n" + "\n".join(lines[-30:]))
    return lines


@test("BusyBox, glibc and musl programs as they come")
def linux_programs(build):
    root = foreign(build)
    for kernel in ("folio.elf", "debug/folio.elf"):
        lines = lines_of(build, root, build.path(kernel), 64)
        for text in SAYS:
            check(any(line.rstrip() == text for line in lines),
                  f"{kernel}: no line {text!r}:\n" + "\n".join(lines[-50:]))
        for name in ("library", "threads"):
            for libc in ("glibc", "musl"):
                check(any(line.startswith(f"/bin/{name}-{libc}: ") and line.endswith("all well")
                          for line in lines), f"{kernel}: {name} with {libc}:\n" + "\n".join(lines[-20:]))
        strange = [line for line in lines if "not implemented" in line]
        check(not strange, "calls that are missing:\n" + "\n".join(strange))
