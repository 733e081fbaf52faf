"""The user programs, on this machine: they are Linux programs for i386.

What they do here they must do on Folio too; here they can be compared with their models,
and a mistake is found in milliseconds.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time

from harness import ROOT, Skip, check, test


def program(build, *names):
    """The absolute path of a program under build/user, if this machine can run it."""
    path = os.path.abspath(build.path("user", *names))
    try:
        subprocess.run([os.path.abspath(build.path("user", "bin", "true"))], check=True)
    except OSError as error:
        raise Skip(f"this machine does not run i386 programs: {error.strerror}") from None
    return path


def run(*words, stdin="", status=0, **arguments):
    """Run a program; what it prints."""
    done = subprocess.run(words, input=stdin, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, **arguments)
    check(done.returncode == status,
          f"{' '.join(words)[:200]}: status {done.returncode}: {done.stdout[-500:]}")
    return done.stdout


class Folder:
    """A folder of our own to work in."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="folio-user-")
        return self.path

    def __exit__(self, *_exception):
        shutil.rmtree(self.path)


# ---------------------------------------------------------------- the library

@test("the C library prints, scans, converts and sorts as glibc does")
def library(build):
    ours = program(build, "libtests", "libc")
    compiler = shutil.which("i686-linux-gnu-gcc")
    if not compiler:
        raise Skip("no i686-linux-gnu-gcc")
    with Folder() as folder:
        theirs = os.path.join(folder, "libc")
        run(compiler, "-D_GNU_SOURCE", "-O1", "-w", "-static", "-o", theirs,
            os.path.join(ROOT, "tests", "user", "libc.c"))
        file = os.path.join(folder, "file")
        ours, theirs = run(ours, file).splitlines(), run(theirs, file).splitlines()
    check(len(theirs) > 200, "the test prints little")
    for mine, model in zip(ours, theirs):
        check(mine == model, f"{mine!r} instead of {model!r}")
    check(len(ours) == len(theirs), "one prints more lines")


@test("the heap survives random mallocs, and comes down again")
def heap(build):
    path = program(build, "libtests", "heap")
    for seed in ("1", "2", str(os.getpid())):
        run(path, seed)


# ---------------------------------------------------------------- the shell

# What a script prints, and its status. A line that begins with > goes into the script.
SCRIPTS = r"""
> echo one   two 'three  four' "five  six" \$x
one two three  four five  six $x
> x=5; echo $x ${x}y "${x:-no}" ${none:-default} ${#x} ${none+set} ${x+set}
5 5y 5 default 1 set
> p=/usr/lib/x.tar.gz; echo ${p##*/} ${p%.*} ${p%%.*} ${p#/usr}
x.tar.gz /usr/lib/x.tar /usr/lib/x /lib/x.tar.gz
> echo $((1 + 2 * 3)) $((010 + 0x10)) $((7 / 2)) $((-7 % 3)) $((1 << 40)) $((3 > 2 && 0 || 1))
7 24 3 -1 1099511627776 1
> x=4; echo $((x += 3)) $((x++)) $x $((++x)) $((x ? x : 0))
7 7 8 9 9
> echo $(echo sub; echo two) `echo back` "$(echo 'a  b')" $(echo 'a  b')
sub two back a  b a b
> i=0; while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done
1
3
> for i in a b; do for j in 1 2 3; do [ $j = 2 ] && continue 2; echo $i$j; done; done
a1
b1
> until [ $((n = n + 1)) -ge 3 ]; do echo $n; done
1
2
> if false; then echo no; elif true; then echo elif; else echo else; fi
elif
> case abc in x|y) echo x;; a*) echo star;; *) echo other;; esac
star
> case '*' in \*) echo quoted;; esac
quoted
> f() { echo "f $1 $#"; shift; echo "$*"; return 3; }; f a b c; echo $? $#
f a 3
b c
3 0
> g() { local q=in; echo $q; }; q=out; g; echo $q
in
out
> fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }; fact 10
3628800
> set -- a "b c" d; for i; do echo "<$i>"; done; echo $# "$*"; shift 2; echo "$@"
<a>
<b c>
<d>
3 a b c d
d
> set --; echo "$@" | wc -w; for i in "$@" ""; do echo "[$i]"; done
0
[]
> cat <<END
> $((1 + 1)) $(echo two) \$x `echo three`
> END
2 two $x three
> cat <<'END'
> $((1 + 1)) $x
> END
$((1 + 1)) $x
> cat <<-END
> 	tabs go
> 	END
tabs go
> { echo a; echo b; } | (read x; read y; echo $y $x)
b a
> echo to-a-file >f; echo more >>f; cat <f; wc -l <f
to-a-file
more
2
> ls nothing-here 2>/dev/null || echo failed $?
failed 1
> (echo out; echo err >&2) 2>&1 | sort
err
out
> exec 3>f; echo three >&3; exec 3>&-; cat f
three
> echo a >x1; echo b >x2; echo x*; echo "x*"; echo y*; echo [xy]?; set -f; echo x*
x1 x2
x*
y*
x1 x2
x*
> IFS=:; v=a:b::c; for i in $v; do echo "[$i]"; done
[a]
[b]
[]
[c]
> echo 'one two three' | while read a b; do echo "$b/$a"; done
two three/one
> IFS=, read a b <<END; echo $b $a
> x,y z
> END
y z x
> true && echo and; false || echo or; ! false; echo $?
and
or
0
> (exit 4); echo $?; sh_missing_command 2>/dev/null; echo $?
4
127
> trap 'echo bye' EXIT; echo hello
hello
bye
> trap 'echo got USR1' USR1; kill -USR1 $$; echo after
got USR1
after
> sleep 0.05 & wait $!; echo $?; (exit 7) & wait $!; echo $?
0
7
> printf '%05d|%-4s|%x|%c|%s\n' 42 ab 255 xyz end; printf '%s-' a b c; echo
00042|ab  |ff|x|end
a-b-c-
> echo ${u=assigned} $u; (: ${v?missing} ) 2>/dev/null; echo $?
assigned assigned
2
> X=1 sh -c 'echo $X'; echo "[$X]"; export Y=2; sh -c 'echo $Y'
1
[]
2
> eval 'x="a  b"'; eval echo '"$x"'
a  b
> [ -f /etc/passwd -a ! -d /etc/passwd ] && [ a != b ] && [ 3 -gt 2 ] && test -n x && echo yes
yes
> sh -c 'echo $0 $1' name arg; echo 'echo script $1 $#' >s; sh s one two
name arg
script one 2
> . ./none 2>/dev/null; echo $?; echo 'z=sourced' >s; . ./s; echo $z
1
sourced
> echo a; echo b # a comment
a
b
> echo a\
> b
ab
> echo "$(cat <<END
> within
> END
> )"
within
> a=$(sh -c 'kill -SEGV $$' 2>&1); echo $?
Segmentation fault
139
> set -e; false || true; if false; then :; fi; echo still; false; echo never
still
status 1
> exit 42
status 42
> if true; then
sh: syntax error near end of file
status 2
> echo )
sh: syntax error near )
status 2
> umask 027; umask; >f; stat f | grep mode
0027
  mode     0640, user 0, group 0
> cd /; cd tmp; pwd; cd -; pwd
/tmp
/
/
> kill -0 $$ && type cd
cd is inside the shell
> echo $(seq 1000) | wc -w; seq 100000 | tail -n 1
1000
100000
> x=$(seq 20000); cat <<END | tail -n 1
> $x
> END
20000
> ulimit -n 50; ulimit -n
50
> n=0; while :; do n=$((n + 1)); [ $n -gt 2000 ] && break; done; echo $n
2001
"""


def scripts():
    """(text, what it prints, status)"""
    script, output, status = [], [], 0
    for line in SCRIPTS.strip("\n").split("\n") + ["> "]:
        if line.startswith("> ") and (output or status):
            yield "\n".join(script) + "\n", "".join(o + "\n" for o in output), status
            script, output, status = [], [], 0
        if line.startswith("> "):
            script.append(line[2:])
        elif line.startswith("status "):
            status = int(line[7:])
        else:
            output.append(line)


@test("scripts for the shell print what they should")
def shell_scripts(build):
    shell = program(build, "bin", "sh")
    path = os.path.dirname(shell)
    for script, wanted, status in scripts():
        with Folder() as folder:
            env = {"PATH": path, "HOME": "/"}
            # As a file, and as one word.
            file = os.path.join(folder, "script")
            with open(file, "w", encoding="utf-8") as out:
                out.write(script)
            got = run("sh", file, executable=shell, cwd=folder, env=env, status=status)
            got = got.replace(file + ":", "sh:")
            if os.getuid():
                got = re.sub(r"user \d+, group \d+", "user 0, group 0", got)
            check(got == wanted, f"{script!r}: {got!r} instead of {wanted!r}")


@test("a long script is read in pieces, standard input not further than its line")
def reading(build):
    shell = program(build, "bin", "sh")
    with Folder() as folder:
        file = os.path.join(folder, "script")
        with open(file, "w", encoding="utf-8") as out:
            for n in range(300):
                out.write(f"echo {n} {'x' * (n * 7 % 2000)} # a comment {'y' * n}\n")
        lines = run(shell, file).splitlines()
    check([line.split()[0] for line in lines] == [str(n) for n in range(300)], "lines are missing")
    check(all(len(line.split() + [""]) > 1 and line.count("x") == n * 7 % 2000
              for n, line in enumerate(lines)), "words were cut")
    check(run(shell, stdin="read x\nvalue\necho $x; cat\nthe rest\n") == "value\nthe rest\n",
          "standard input")


@test("a shell that cannot fork or has no memory says so and goes on")
def shell_without_memory(build):
    shell = program(build, "bin", "sh")
    text = "ulimit -v 2000; x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done; echo not reached"
    check("out of memory" in run(shell, "-c", text, status=2), "does not say that memory is out")
    if os.getuid() == 0:
        drop = {"user": 65534, "group": 65534, "extra_groups": []}
    else:
        drop = {}
    # The processes of a user are counted together: the limit of 0 lets nobody fork.
    got = run(shell, "-c", "ulimit -u 0; /bin/true; echo $?; true | true; echo alive", **drop)
    check("cannot fork" in got and got.endswith("alive\n"), got)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, *words, env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve(words[0], words, env)
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        os.close(self.fd)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)

    def expect(self, pattern, timeout=20):
        until = time.monotonic() + timeout
        while True:
            match = re.search(pattern, self.text, re.MULTILINE)
            if match:
                self.text = self.text[match.end():]
                return match
            left = until - time.monotonic()
            check(left > 0 and select.select([self.fd], [], [], left)[0],
                  f"no {pattern!r} in {self.text!r}")
            self.text += os.read(self.fd, 4096).decode("utf-8", "replace").replace("\r", "")

    def type(self, keys):
        os.write(self.fd, keys.encode())


def terminal(build):
    shell = program(build, "bin", "sh")
    return Terminal(shell, env={"PATH": os.path.dirname(shell), "PS1": "ready$ ", "HOME": "/"})


@test("the line editor: arrows, history, ^A ^E ^K ^U ^W ^Y, completion")
def line_editor(build):
    with terminal(build) as t:
        for keys, printed in (
                ("echo bd\x1b[Dc\x1b[Da\x01\x05!\r", "^bacd!$"),   # the arrow goes left
                ("cho home\x01e\r", "^home$"),
                ("echo one two\x17three\r", "^one three$"),
                ("nonsense\x15echo cleared\r", "^cleared$"),
                ("echo cut here\x1b[D\x1b[D\x1b[D\x1b[D\x0b\x19\x19\r", "^cut herehere$"),
                ("echo abc\x7f\x7fx\r", "^ax$"),
                ("\x1b[A\x7fy\r", "^ay$"),                           # the last line again
                ("\x1b[A\x1b[A\x1b[B\r", "^ay$"),
                ("echo /etc/pass\t\r", "^/etc/passwd"),
                ("ech\t completed\r", "^completed$"),
                ("echo gone\x03", r"\^C"),
                ("echo x\x04\r", "^x$"),
                ("echo " + "long" * 60 + "\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1b[Cx\r", "^xlong" + "long" * 59),
        ):
            t.expect(r"ready\$ ")
            t.type(keys)
            t.expect(printed)
        t.type("\r")
        t.expect(r"ready\$ $")
        t.type("\x04")
        t.expect("exit")


@test("errors lead back to the prompt: syntax, no memory, bad substitution, endless recursion")
def back_to_prompt(build):
    with terminal(build) as t:
        for keys, printed in (
                ("f() { f; }; f\r", "too deep"),
                ("{ echo a; y=${z?gone}; } >/dev/null\r", "gone"),
                ("echo visible; ls /etc | cat | wc -l\r", "^visible\n\\d+$"),
                ("ulimit -v 3000; x=1234; while :; do x=$x$x; done\r", "out of memory"),
                ("echo one ) two\r", r"sh: syntax error near \)$"),
                ("echo $?; echo on\r", "^2\non$"),
                ("unset x; echo $(echo still) here\r", "^still here$"),
                ("if\x03", r"\^C"),
        ):
            t.expect(r"ready\$ ")
            t.type(keys)
            t.expect(printed)
        t.expect(r"ready\$ ")


@test("job control: ^Z, jobs, bg, fg, ^C, kill")
def job_control(build):
    with terminal(build) as t:
        t.type("sleep 100\r")
        time.sleep(0.3)
        t.type("\x1a")
        t.expect(r"\[1\]\+ Stopped +sleep 100")
        t.type("sleep 200 | cat &\r")
        t.expect(r"^\[2\] \d+$")
        t.type("jobs\r")
        t.expect(r"\[1\]\+ Stopped +sleep 100\n\[2\]  Running +sleep 200 \| cat$")
        t.type("bg %1\r")
        t.expect(r"^\[1\] sleep 100 &$")
        t.type("fg %1\r")
        t.expect("^sleep 100$")
        time.sleep(0.3)
        t.type("\x03")
        t.expect(r"ready\$ ")
        t.type("kill %2; wait; echo waited\r")
        t.expect("^waited$")
        t.type("while :; do :; done\r")
        time.sleep(0.3)
        t.type("\x03")
        t.expect(r"ready\$ ")
        t.type("sh -c 'kill -SEGV $$'; echo $?\r")
        t.expect("^Segmentation fault\n139$")
        t.type("(sleep 0.1) & \r")
        t.expect(r"^\[1\] \d+$")
        time.sleep(0.3)
        t.type("\r")
        t.expect(r"^\[1\]. Done +\(sleep 0.1\)$")


@test("top and slabtop draw until q is typed, and leave the terminal as it was")
def screens(build):
    with terminal(build) as t:
        t.type("top -d 1\r")
        t.expect("COMMAND")
        t.expect("COMMAND")
        t.type("q")
        t.expect(r"ready\$ ")
        if os.getuid() == 0:
            t.type("slabtop\r")
            t.expect("OBJS")
            t.type("q")
            t.expect(r"ready\$ ")
        t.type("echo done; cat\r")
        t.expect("^done$")
        t.type("echoed\r")
        t.expect("^echoed\nechoed$")  # by the terminal, and by cat


# ---------------------------------------------------------------- the tools

@test("cat, cp, mv, rm, ln, mkdir, chmod, touch, ls and stat work on files")
def file_tools(build):
    path = os.path.dirname(program(build, "bin", "sh"))
    script = """set -e
mkdir -p a/b/c; echo text >a/b/file; ln -s file a/b/link; ln a/b/file a/hard
cp -r a copy; cat copy/b/file; ls copy copy/b; stat a/hard | grep -c '2 links'
mv copy/b/file copy/renamed; cat copy/renamed; rm -r copy; ls -1
chmod 640 a/hard; chmod u+x,g-r a/hard; stat a/hard | grep -o 2>/dev/null || stat a/hard | grep mode
touch new; ls -d new; rmdir a/b/c; cp a/hard new; cat new; tee t1 t2 <new; cat t1 t2
rm -f nothing; rm new; if [ -e new ]; then echo there; fi
"""
    wanted = ["text", "copy:", "b", "hard", "", "copy/b:", "c", "file", "link", "1", "text", "a"]
    with Folder() as folder:
        got = run(os.path.join(path, "sh"), "-c", script, cwd=folder,
                  env={"PATH": path}).splitlines()
        check(got[:len(wanted)] == wanted, f"{got}")
        check("mode     0700" in got[len(wanted)] or "0700" in " ".join(got), f"{got}")
        check(got[-5:] == ["new", "text", "text", "text", "text"], f"{got}")


@test("head, tail, sort, hexdump, cat and grep do what the host's do")
def text_tools(build):
    path = os.path.dirname(program(build, "bin", "sh"))
    lines = [f"{n * 7919 % 1000} line {'x' * (n % 5)} number {n}." for n in range(300)]
    with Folder() as folder:
        file = os.path.join(folder, "file")
        with open(file, "w", encoding="utf-8") as out:
            out.write("\n".join(lines + [""] * 50 + ["the end"]) + "\n")
        for command in ("head -n 3", "head -5", "tail -n 3", "tail -n +340", "sort", "sort -rn",
                        "sort -u", "hexdump -C -n 100", "hexdump -C -s 13 -n 500", "cat",
                        "grep -n 'x* number 2'", "grep -c '[5-7]\\.$'", "grep -i LINE", "grep -v .",
                        "grep '^7[^0-4]'", "grep -vn x", "grep 'a\\?xx\\+'", "grep -F '1.'"):
            words = command.split(" ", 1)
            host = shutil.which(words[0])
            if not host:
                continue
            environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
            results = [subprocess.run(f"{where} {words[1] if words[1:] else ''} {file}", shell=True,
                                      stdout=subprocess.PIPE, env=environment, check=False)
                       for where in (os.path.join(path, words[0]), host)]
            check(results[1].stdout, f"{command}: the host prints nothing")
            check(results[0].stdout == results[1].stdout, f"{command}: {results[0].stdout[:300]}")
            check(results[0].returncode == results[1].returncode, f"{command}: status")


@test("dd, cmp, cksum and du do what the host's do")
def disk_tools(build):
    path = os.path.dirname(program(build, "bin", "sh"))
    script = """
seq 5000 >a; cp a b; cksum a b; cksum <a; cmp a b; echo $?; echo more >>b; cmp -s a b; echo $?
echo X | dd of=b bs=1 seek=1234 conv=notrunc; cmp a b; cksum b
dd if=a of=c bs=1k count=3 skip=2 seek=1; cksum c; dd if=a bs=777 skip=3 conv=sync,fsync of=d; cksum d
cat a | dd bs=100 skip=7 count=2; dd if=a of=c bs=100 count=1; cksum c; dd if=nothing; echo $?
mkdir -p e/f; cp a e/f; ln a e/g; du -a e; du -s e; du a e; du nothing; echo $?
mkfifo p; cksum <p & cat a >p; wait
"""
    with Folder() as folder:
        for where in ("ours", "host"):
            os.mkdir(os.path.join(folder, where))
        results = [subprocess.run(["/bin/sh", "-c", script], text=True, check=False,
                                  cwd=os.path.join(folder, where), stderr=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE,
                                  env={"PATH": tools, "LC_ALL": "C"}).stdout
                   for where, tools in (("ours", path), ("host", os.environ["PATH"]))]
    ours, host = ([" ".join(line.split()) for line in text.splitlines()] for text in results)
    check(len(host) > 25, f"the host prints only {host}")
    for mine, other in zip(ours, host):
        check(mine == other, f"{mine!r}, but the host says {other!r}")
    check(len(ours) == len(host), f"{len(ours)} lines, not {len(host)}")


@test("ps, top, free, vmstat, pmap, mount and time read Linux's /proc")
def proc_tools(build):
    path = os.path.dirname(program(build, "bin", "sh"))
    me = str(os.getpid())

    def tool(name, *words):
        return run(os.path.join(path, name), *words).splitlines()

    check(any(line.split()[0] == me for line in tool("ps")[1:]), "ps does not list us")
    check(tool("top", "-b", "-n", "1")[0].startswith("Mem: "), "top")
    total = int(tool("free")[1].split()[1])
    with open("/proc/meminfo", encoding="ascii") as file:
        check(total == int(file.readline().split()[1]), "free: total")
    check(len(tool("vmstat")[1].split()) == 17, "vmstat")
    check(any(line.endswith("[stack]") for line in tool("pmap", me)), "pmap")
    check(tool("pmap", "-x", me)[-1].startswith("total kB"), "pmap -x")
    check(any(" on / type " in line for line in tool("mount")), "mount")
    check(any(line.startswith("real ") for line in tool("time", os.path.join(path, "true"))), "time")
    check(tool("uname", "-s") == ["Linux"], "uname")
    if os.getuid() == 0:
        check(any(line.endswith("dentry") for line in tool("slabtop", "-o")), "slabtop")


# ---------------------------------------------------------------- the examples

@test("the examples see on Linux what they teach, but for the execute bit")
def examples(build):
    if os.getuid():
        raise Skip("only root sees frames")
    program(build, "bin", "true")
    for name in ("calculators", "lazy", "cow", "sharedcode", "growstack", "mmapfile", "regions",
                 "heap", "tables"):
        got = run(program(build, "examples", name))
        check("NOT SEEN" not in got and "were seen." in got, f"{name}: {got}")
    run(program(build, "examples", "segments"), "10")
    got = run(program(build, "examples", "randstring"), stdin="12\n")
    check(re.fullmatch(r"How many letters\? [a-z]{12}\n", got), got)
    got = run(program(build, "examples", "randstring"), stdin="1000\n")
    check(re.fullmatch(r"How many letters\? [a-z]{128}\n", got), got)
    protect = subprocess.run([program(build, "examples", "protect")], text=True, check=False,
                             stdout=subprocess.PIPE).stdout
    check(protect.count("OK: ") >= 8 and "jump to data" in protect, protect)
