# SPDX-License-Identifier: Apache-2.0
"""What gcc's call graphs and tools/stack.txt tell of the kernel: its worst-case
stack, against KERNEL_STACK in the board's memory.ld, and what system calls
reach."""
import fnmatch
import os
import re

import image
import text

NODE = re.compile(r'^node: { title: "([^"]*)" label: "([^"\\]*)\\n([^"]*)"')
EDGE = re.compile(r'^edge: { sourcename: "([^"]*)" targetname: "([^"]*)"'
                  r'(?: label: "([^"]*)")?')
BYTES = re.compile(r"(\d+) bytes \((\w[\w,]*)\)")
FUNCTION = re.compile(r"^[A-Za-z_].*?\b(\w+)\(")
FOLDERS = ("arch", "boards", "chips", "crypto", "drivers", "include", "kernel", "loader", "pic")
INDIRECT = "__indirect_call"
ENTRY = "arch_enter"  # where an app is entered and comes back
UNSAVED = re.compile(r"\b(a[67]|t[3-6])\b")
STORE = re.compile(r"^(c\.)?s[bhw](sp)?$")


def named(name, pattern):
    """Whether FILE:NAME is what a NAME of the table means."""
    if ":" not in pattern:
        name = name.split(":")[-1]
    return fnmatch.fnmatchcase(name, pattern)


def full_name(file, name):
    """FILE:NAME, the file without its ending."""
    return os.path.splitext(os.path.normpath(file))[0] + ":" + name.split(".")[0]


class Table:
    """tools/stack.txt."""

    def __init__(self, listing):
        self.roots, self.final, self.rows, self.also = [], [], {}, {}
        self.asm, self.problems = {}, []
        for line in listing.splitlines():
            head, *tail = re.split(r":(?=\s|$)", line.split("#")[0], maxsplit=1)
            words, tail = head.split(), " ".join(tail).split()
            kind = words[0] if words else None
            if kind in ("root", "final"):
                (self.roots if kind == "root" else self.final).extend(words[1:])
            elif kind in ("call", "also"):
                rows = self.rows if kind == "call" else self.also
                rows.setdefault(words[1], []).extend(tail)
            elif kind == "asm":
                self.asm[words[1]] = int(words[2])
                self.also.setdefault(words[1], []).extend(tail)
            elif kind:
                self.problems.append(f"tools/stack.txt: what is \"{line}\"?")

    def stale(self, root, linked):
        """The NAMEs that are in no source any more, nor, as what is not ours,
        in a linked image."""
        known = [*linked, *(":" + name for name in self.asm)]
        for path in text.files(root, (".c", ".h"), FOLDERS):
            known += [full_name(path, match.group(1)) for match in
                      re.finditer(FUNCTION.pattern, text.read(root, path), re.M)]
        names = {*self.roots, *self.final, *self.rows, *self.also}
        for targets in (*self.rows.values(), *self.also.values()):
            names.update(targets)
        return [f"tools/stack.txt: no function {pattern}" for pattern in sorted(names)
                if not any(named(name, pattern) for name in known)]


class Graph:
    """The functions of a board's image by title, their frames and calls.

    Calls through pointers are known by the function in whose source they are
    written: inlining does not change that."""

    def __init__(self, root, board, table):
        self.root, self.table = root, table
        self.frame = dict(table.asm)
        self.name = {name: ":" + name for name in table.asm}
        self.calls, self.indirect = {}, {}
        self.problems, self.sources = [], {}
        self.writers = set()  # of calls through pointers, inlined or not
        for path in call_graphs(root, board):
            self.read(text.read(root, path))

    def read(self, listing):
        """One .ci file of gcc."""
        for line in listing.splitlines():
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                title, label, rest = node.groups()
                place, _, size = rest.partition("\\n")
                size = BYTES.search(size)
                if size:
                    self.frame[title] = int(size.group(1))
                    self.name[title] = full_name(place.split(":")[0], label)
                    if size.group(2) == "dynamic":
                        self.problems.append(f"{label}: its frame has no bound")
            elif edge:
                source, target, place = edge.groups()
                if target == INDIRECT:
                    self.indirect.setdefault(source, set()).add(place)
                else:
                    self.calls.setdefault(source, set()).add(target)

    def matching(self, pattern):
        """The titles of the functions that a NAME of the table means."""
        return [t for t, n in self.name.items() if named(n, pattern)]

    def writer(self, place):
        """FILE:NAME of the function in which that place of the source lies."""
        file, line = place.split(":")[:2]
        if file not in self.sources:
            self.sources[file] = text.read(self.root, file).splitlines()
        in_body = False
        for content in reversed(self.sources[file][:int(line)]):
            in_body = in_body or content == "{"
            match = FUNCTION.match(content)
            if in_body and match:
                return full_name(file, match.group(1))
        return full_name(file, "?")

    def copy_of(self, title):
        """The function that gcc has merged this copy with, if it has."""
        if title in self.frame or ".lto_priv." not in title:
            return title
        stem = title[:title.index(".lto_priv.") + 1]
        return next((t for t in self.frame if t.startswith(stem)), title)

    def callees(self, title):
        """The titles a function may call."""
        for target in sorted(self.calls.get(title, ())):
            yield self.copy_of(target)
        name = self.name.get(title, "")
        patterns = [p for caller, ps in self.table.also.items()
                    if named(name, caller) for p in ps]
        for writer in sorted({self.writer(p) for p in self.indirect.get(title, ())}):
            self.writers.add(writer)
            rows = [ps for caller, ps in self.table.rows.items()
                    if named(writer, caller)]
            if not rows:
                self.problems.append(f"{writer} calls through a pointer: say in "
                                     f"tools/stack.txt what (call {writer}: ...)")
            patterns += [p for row in rows for p in row]
        for pattern in patterns:
            yield from self.matching(pattern)

    def deepest(self, title, known, path=()):
        """(bytes, the way down) below and with that function."""
        if title in known:
            return known[title]
        if title not in self.frame:
            known[title] = (0, [title])
            caller = self.name.get(path[-1]) if path else "the table"
            self.problems.append(f"{title}: frame unknown (called by {caller}); if "
                                 "it is assembly give it an asm line in "
                                 "tools/stack.txt")
            return known[title]
        best = (0, [])
        for callee in self.callees(title):
            if callee in path or callee == title:
                self.problems.append("recursion: " + " > ".join(
                    self.name[t] for t in (*path, title, callee)))
                continue
            best = max(best, self.deepest(callee, known, (*path, title)))
        known[title] = (self.frame[title] + best[0],
                        [self.name[title].split(":")[-1], *best[1]])
        return known[title]

    def worst(self):
        """The deepest of the roots."""
        best, known = (0, []), {}
        for pattern in self.table.roots:
            titles = self.matching(pattern)
            if not titles:
                self.problems.append(f"no function {pattern} in the image")
            for title in titles:
                best = max(best, self.deepest(title, known))
        return best

    def reached(self, title):
        """The names of all that may run below a function and come back."""
        titles, seen = [title], {title}
        while titles:
            for callee in self.callees(titles.pop()):
                final = any(named(self.name.get(callee, ""), p)
                            for p in self.table.final)
                if callee not in seen and not final:
                    seen.add(callee)
                    titles.append(callee)
        return {self.name.get(t, t).split(":")[-1] for t in seen - {title}}


def call_graphs(root, board):
    """gcc's call graphs of an image: that of the link-time optimiser, and of
    the objects that it was not given."""
    top = os.path.join("build", board)
    whole = [os.path.join(top, name)
             for name in sorted(os.listdir(os.path.join(root, top)))
             if name.startswith(("kernel.elf.", "hot.o.")) and name.endswith(".ci")]
    yield from whole
    for path in text.files(root, ".ci", [os.path.join(top, "obj")]):
        source = os.path.relpath(path, os.path.join(top, "obj"))[:-3]
        if not os.path.isfile(os.path.join(root, source)):
            continue
        sections = image.tool("objdump", "-h", path[:-3] + ".o", root=root)
        if not whole or ".gnu.lto_" not in sections:
            yield path


def budget(root, board):
    """KERNEL_STACK of the board's memory.ld, in bytes, or None. That is another
    board's where board.mk sets MEMORY_DIR."""
    elsewhere = re.search(r"^MEMORY_DIR *:= *(\S+)",
                          text.read(root, f"boards/{board}/board.mk"), re.M)
    folder = elsewhere[1] if elsewhere else f"boards/{board}"
    found = re.search(r"^\s*KERNEL_STACK\s*=\s*([0-9xa-fA-FKk +*()-]+);",
                      text.read(root, f"{folder}/memory.ld"), re.M)
    if not found:
        return None
    numbers = re.sub(r"(\d+)[Kk]\b", r"(\1 * 1024)", found.group(1))
    return int(eval(numbers))  # pylint: disable=eval-used # digits only


def stack(root, boards):
    """The deepest call chain fits the board's kernel stack."""
    table = Table(text.read(root, "tools/stack.txt"))
    looked, problems, linked = [], [*table.problems], set()
    if not table.roots:
        problems.append("tools/stack.txt names no root")
    for board in boards:
        graph = Graph(root, board, table)
        deepest, way = graph.worst()
        linked.update(graph.name.values(), graph.writers)
        problems += [f"{board}: {p}" for p in dict.fromkeys(graph.problems)]
        size = budget(root, board)
        if size is None:
            problems.append(f"boards/{board}/memory.ld does not set KERNEL_STACK")
            continue
        looked.append(f"{board} {deepest} of {size} bytes")
        if deepest > size:
            problems.append(f"{board}: {deepest} bytes, but KERNEL_STACK is "
                            f"{size}: {' > '.join(way)}")
    problems += table.stale(root, linked)
    return ", ".join(looked), problems


def scratch(root, boards):
    """What a system call or an interrupt reaches changes none of the registers
    that are saved only for a change of process: a6, a7, t3 to t6. (A variadic
    function stores a6 and a7 unseen, which harms nobody.)"""
    table = Table(text.read(root, "tools/stack.txt"))
    if ENTRY not in table.asm:
        return "", [f"tools/stack.txt has no asm line for {ENTRY}"]
    seen, problems = 0, []
    for board in boards:
        names = Graph(root, board, table).reached(ENTRY)
        seen += len(names)
        for line in image.instructions(root, image.kernel(board)):
            if (line.symbol.split(".")[0] in names
                    and UNSAVED.search(line.operands)
                    and not STORE.match(line.mnemonic)):
                problems.append(image.where(line, image.kernel(board)))
    return f"{seen} functions", problems
