"""The Makefile, tried on a kernel of three files in a folder of its own."""

import os
import shutil
import subprocess
import tempfile

from harness import ROOT, Skip, binutil, check, plain_environment, test

FILES = {
    "boot/entry.asm": "section .multiboot\ndd 0x1BADB002, 3, -(0x1BADB002 + 3)\n"
                      "section .boot.text progbits alloc exec\nglobal _start\n_start: hlt\n",
    "boot/grub.cfg": "menuentry \"x\" {\n\tmultiboot /boot/folio.elf @APPEND@\n}\n",
    "kernel/one.h": "int one(void);\n#define ONE 1\n",
    "kernel/one.c": '#include "kernel/one.h"\nint one(void)\n{\n\treturn ONE;\n}\n',
    "kernel/two.c": "int two(void);\nint two(void)\n{\n\treturn 2;\n}\n",
    "user/lib/start.S": ".globl _start\n_start: call main\n",
    "user/examples/segments.c": "int main(void);\nint main(void)\n{\n\treturn 0;\n}\n",
}


class Tree:
    """A copy of the build's own files with the small kernel."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="folio-build-")
        for name in ("Makefile", "linker.ld", "tools"):
            source, target = os.path.join(ROOT, name), os.path.join(self.path, name)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, target)
        if os.path.isdir(os.path.join(ROOT, "toolchain")):
            os.symlink(os.path.join(ROOT, "toolchain"), os.path.join(self.path, "toolchain"))
        for name, text in FILES.items():
            self.write(name, text)
        return self

    def __exit__(self, *_exception):
        shutil.rmtree(self.path)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def make(self, *words):
        """Run make; the lines that it printed, as (verb, file)."""
        done = subprocess.run(["make", *words], cwd=self.path, text=True,
                              env=plain_environment(compiler=False),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(done.returncode == 0, f"make {' '.join(words)}: {done.stdout}")
        return [tuple(line.split()) for line in done.stdout.splitlines()]


def symbols(tree, kernel):
    return subprocess.run([binutil("nm"), os.path.join(tree.path, kernel)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


@test("make with nothing to do prints nothing and does nothing")
def idle(_build):
    with Tree() as tree:
        check(tree.make("-j2"), "the first make printed nothing")
        check(tree.make("-j2") == [], "the second make did something")


@test("editing a header rebuilds what depends on it and nothing else")
def header(_build):
    with Tree() as tree:
        tree.make("kernels")
        tree.write("kernel/one.h", FILES["kernel/one.h"] + "/* edited */\n")
        compiled = [line for line in tree.make("kernels") if "LD" not in line[0]]
        check(compiled == [("CC", "kernel/one.c"), ("d-CC", "kernel/one.c")], f"{compiled}")


@test("a header that is gone does not stop the build")
def header_gone(_build):
    with Tree() as tree:
        tree.make("kernels")
        tree.write("kernel/one.c", FILES["kernel/two.c"].replace("two", "one"))
        os.remove(os.path.join(tree.path, "kernel/one.h"))
        tree.make("kernels")


@test("a source file that is gone is gone from the image")
def source_gone(_build):
    with Tree() as tree:
        tree.make("kernels")
        check(" two" in symbols(tree, "build/folio.elf"), "two() is not there at all")
        os.remove(os.path.join(tree.path, "kernel/two.c"))
        tree.make("kernels")
        check(" two" not in symbols(tree, "build/folio.elf"), "two() is still there")


@test("other flags compile everything again")
def flags(_build):
    with Tree() as tree:
        tree.make("build/folio.elf")
        again = tree.make("build/folio.elf", "WARNINGS=-Wall")
        check(("CC", "kernel/one.c") in again and ("CC", "kernel/two.c") in again, f"{again}")


@test("CC=clang builds both kernels")
def clang(_build):
    if not shutil.which("clang"):
        raise Skip("no clang here")
    with Tree() as tree:
        tree.make("kernels", "CC=clang")


@test("APPEND reaches the kernel's line in GRUB's menu")
def append(_build):
    with Tree() as tree:
        tree.make("iso", "APPEND=one two=3")
        with open(os.path.join(tree.path, "build/folio.iso.tree/boot/grub/grub.cfg"),
                  encoding="utf-8") as file:
            check("folio.elf root=/dev/hda1 one two=3\n" in file.read(), "no such line")


@test("make help names the targets of the README")
def help_text(_build):
    text = subprocess.run(["make", "-s", "help"], cwd=ROOT, text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    for target in ("run", "run-fast", "debug", "test", "bench", "toolchain", "help", "disk",
                   "clean-disk"):
        check(f"\n  {target} " in text, f"no {target}")


@test("the check for tools names the packages that are missing")
def tools(_build):
    script = os.path.join(ROOT, "tools/check-deps.sh")
    with tempfile.TemporaryDirectory() as empty:
        for tool in ("id", "sort", "tr"):
            os.symlink(shutil.which(tool), os.path.join(empty, tool))
        done = subprocess.run(["/bin/sh", script], env={"PATH": empty}, text=True,
                              stderr=subprocess.PIPE)
    check(done.returncode == 1, "nothing is missing from an empty PATH")
    for word in ("nasm", "qemu-system-x86", "gcc-i686-linux-gnu", "xorriso", "mtools", "gdb"):
        check(word in done.stderr, f"{word} is not named")
