"""Reading KTAP, version 1 (Linux, Documentation/dev-tools/ktap.rst).

A report is a plan `1..N` and N result lines `ok 1 name` or `not ok 2 name`, some
with `# SKIP reason`; in front of a result may stand, indented, a report of its
parts. All other lines are somebody else's talk between them and are passed over.
"""

import re

PLAN = re.compile(r"^( *)1\.\.(\d+)")
RESULT = re.compile(r"^( *)(ok|not ok) (\d+)(?: -)? *([^#]*?)\s*(?:#\s*(.*?))?\s*$")
SUBTEST = re.compile(r"^ *# Subtest: ")
BAIL_OUT = re.compile(r"^ *Bail out!")


class Test:
    """One result: name, whether it is ok, skipped (the reason or None), its parts."""

    def __init__(self, name, ok, skipped, parts):
        self.name, self.ok, self.skipped, self.parts = name, ok, skipped, parts

    def leaves(self, path=()):
        """(path of names, Test) of the tests without parts."""
        path += (self.name,)
        if not self.parts:
            yield path, self
        for part in self.parts:
            yield from part.leaves(path)
        # A whole may fail though each of its parts is fine: that counts too.
        if self.parts and not self.ok and all(p.ok for p in self.parts):
            yield path, self


class _Level:
    def __init__(self, indent):
        self.indent, self.plan, self.tests = indent, None, []


class Report:
    """What a text in KTAP says.

    tests       the outermost tests (the kernel's suites)
    complaints  what was wrong with the report itself: each counts as a failure
    """

    def __init__(self, lines):
        self.tests, self.complaints = [], []
        self._levels = []
        for line in lines:
            self._read(line)
        while len(self._levels) > 1:
            level = self._levels.pop()
            self._finish(level, "a group of tests")
            self.complaints.append("the report ends within a group of tests")
        if self._levels:
            level = self._levels.pop()
            self.tests = level.tests
            self._finish(level, "the report")

    def _read(self, line):
        plan, result = PLAN.match(line), RESULT.match(line)
        if BAIL_OUT.match(line):
            self.complaints.append(line.strip())
        elif plan:
            self._at(len(plan[1])).plan = int(plan[2])
        elif result:
            self._result(result)

    def _at(self, indent):
        """The level of this indentation, a new one within the last if it is deeper."""
        if not self._levels or self._levels[-1].indent < indent:
            self._levels.append(_Level(indent))
        return self._levels[-1]

    def _result(self, match):
        indent, parts = len(match[1]), []
        while self._levels and self._levels[-1].indent > indent:
            inner = self._levels.pop()
            self._finish(inner, match[4])
            parts = inner.tests + parts
        level = self._at(indent)
        number, name, directive = int(match[3]), match[4], match[5] or ""
        skipped = directive[4:].strip() if directive.upper().startswith("SKIP") else None
        if number != len(level.tests) + 1:
            self.complaints.append(f"{name}: is number {number}, not {len(level.tests) + 1}")
        level.tests.append(Test(name, match[2] == "ok", skipped, parts))

    def _finish(self, level, name):
        if level.plan is None:
            self.complaints.append(f"{name}: no plan")
        elif level.plan != len(level.tests):
            self.complaints.append(f"{name}: {len(level.tests)} of {level.plan} tests reported")

    def leaves(self):
        for test in self.tests:
            yield from test.leaves()
