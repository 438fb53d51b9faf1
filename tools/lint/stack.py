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
EDGE = re.compile(r'^edge: { sourcename: "([^"]*)" targetname: "([^"]*)"')
BYTES = re.compile(r"(\d+) bytes \((\w[\w,]*)\)")
INDIRECT = "__indirect_call"
ENTRY = "arch_enter"  # where an app is entered and comes back
UNSAVED = re.compile(r"\b(a[67]|t[3-6])\b")
STORE = re.compile(r"^(c\.)?s[bhw](sp)?$")


class Graph:
    """Functions by title, their frames and calls, and what the table says."""

    def __init__(self):
        self.frame, self.name, self.calls = {}, {}, {}
        self.roots, self.final, self.bound = [], [], []
        self.indirect, self.problems = {}, []

    def read_ci(self, listing):
        """A .ci file of gcc."""
        for line in listing.splitlines():
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                title, label, rest = node.groups()
                size = BYTES.search(rest)
                if size:
                    self.frame[title] = int(size.group(1))
                    self.name[title] = label
                    if size.group(2) == "dynamic":
                        self.problems.append(f"{label}: its frame has no bound")
            elif edge:
                self.calls.setdefault(edge.group(1), set()).add(edge.group(2))

    def read_table(self, table):
        """tools/stack.txt."""
        for line in table.splitlines():
            head, *tail = re.split(r":(?=\s|$)", line.split("#")[0], maxsplit=1)
            tail = " ".join(tail)
            words = head.split()
            if not words:
                continue
            if words[0] == "root":
                self.roots += words[1:]
            elif words[0] == "final":
                self.final += words[1:]
            elif words[0] == "bound":
                self.bound += words[1:]
            elif words[0] == "call":
                self.indirect.setdefault(words[1], []).extend(tail.split())
            elif words[0] == "asm":
                self.frame[words[1]] = int(words[2])
                self.name[words[1]] = words[1]
                self.calls[words[1]] = set(tail.split())
            else:
                self.problems.append(f"tools/stack.txt: what is \"{line}\"?")

    def matching(self, pattern):
        """The titles of the functions that a NAME of the table means."""
        return [t for t in self.name if self.is_named(t, pattern)]

    def is_named(self, title, pattern):
        name = self.name[title].split(".")[0]
        if ":" in pattern:
            name = title.split(".c:")[0] + ":" + name
        return fnmatch.fnmatchcase(name, pattern)

    def callees(self, title):
        """The titles a function may call."""
        for target in sorted(self.calls.get(title, ())):
            if target != INDIRECT:
                yield from [target] if target in self.frame else (
                    self.matching(target) or [target])
                continue
            name = self.name[title].split(".")[0]
            patterns = [p for caller, ps in self.indirect.items()
                        if self.is_named(title, caller) for p in ps]
            if not patterns:
                self.problems.append(f"{title} calls through a pointer: say in "
                                     f"tools/stack.txt what (call {name}: ...)")
            for pattern in patterns:
                yield from self.matching(pattern)

    def deepest(self, title, known, path=()):
        """(bytes, the way down) below and with that function."""
        if title in known:
            return known[title]
        if title not in self.frame:
            known[title] = (0, [title])
            if not title.startswith("__builtin"):
                self.problems.append(f"{title}: frame unknown (called by "
                                     f"{path[-1] if path else 'the table'}); if it "
                                     "is assembly give it an asm line in "
                                     "tools/stack.txt")
            return known[title]
        name = self.name[title].split(".")[0]
        best = (0, [])
        for callee in self.callees(title):
            if callee in path or callee == title:
                if not any(fnmatch.fnmatchcase(name, b) for b in self.bound):
                    self.problems.append(
                        "recursion: " + " > ".join([*path, title, callee]))
                continue
            best = max(best, self.deepest(callee, known, (*path, title)))
        known[title] = (self.frame[title] + best[0], [name, *best[1]])
        return known[title]

    def reached(self, title):
        """The names of all that may run below a function and come back."""
        titles, names = [title], set()
        seen = {title}
        while titles:
            for callee in self.callees(titles.pop()):
                name = self.name.get(callee, callee).split(".")[0]
                if callee not in seen and not any(
                        fnmatch.fnmatchcase(name, p) for p in self.final):
                    seen.add(callee)
                    titles.append(callee)
                    names.add(name)
        return names

    def worst(self, patterns, known):
        """The deepest of several roots."""
        best = (0, [])
        for pattern in patterns:
            titles = self.matching(pattern)
            if not titles:
                self.problems.append(f"tools/stack.txt: no function {pattern}")
            for title in titles:
                best = max(best, self.deepest(title, known))
        return best


def budget(root, board):
    """KERNEL_STACK of boards/<board>/memory.ld, in bytes, or None."""
    found = re.search(r"^\s*KERNEL_STACK\s*=\s*([0-9xa-fA-FKk +*()-]+);",
                      text.read(root, f"boards/{board}/memory.ld"), re.M)
    if not found:
        return None
    numbers = re.sub(r"(\d+)[Kk]\b", r"(\1 * 1024)", found.group(1))
    return int(eval(numbers))  # pylint: disable=eval-used # digits only


def graph_of(root, board):
    """The call graph of a board's linked kernel."""
    graph = Graph()
    linked = image.symbols(root, image.kernel(board))
    linked |= {name.split(".")[0] for name in linked}
    top = os.path.join("build", board, "obj")
    for path in text.files(root, ".ci", [top]):
        source = os.path.relpath(path, top)[:-3]
        if os.path.isfile(os.path.join(root, source)):
            graph.read_ci(text.read(root, path))
    # What the linker left out calls nobody.
    for title, name in list(graph.name.items()):
        if name.split(".")[0] not in linked:
            del graph.frame[title], graph.name[title]
            graph.calls.pop(title, None)
    graph.read_table(text.read(root, "tools/stack.txt"))
    return graph


def stale(graphs):
    """What tools/stack.txt names and no board has."""
    named = {p for patterns in graphs[0].indirect.values() for p in patterns}
    named |= set(graphs[0].indirect)
    return [f"tools/stack.txt: no function {pattern}" for pattern in sorted(named)
            if not any(g.matching(pattern) for g in graphs)]


def stack(root, boards):
    """The deepest call chain fits the board's kernel stack."""
    looked, problems, graphs = [], [], []
    for board in boards:
        graph = graph_of(root, board)
        graphs.append(graph)
        deepest, way = graph.worst(graph.roots, {})
        problems += [f"{board}: {p}" for p in dict.fromkeys(graph.problems)]
        size = budget(root, board)
        if size is None:
            problems.append(f"boards/{board}/memory.ld does not set KERNEL_STACK")
            continue
        looked.append(f"{board} {deepest} of {size} bytes")
        if not graph.roots:
            problems.append("tools/stack.txt names no root")
        if deepest > size:
            problems.append(f"{board}: {deepest} bytes, but KERNEL_STACK is "
                            f"{size}: {' > '.join(way)}")
    return ", ".join(looked), problems + stale(graphs)


def scratch(root, boards):
    """What a system call or an interrupt reaches changes none of the registers
    that are saved only for a change of process: a6, a7, t3 to t6. (A variadic
    function stores a6 and a7 unseen, which harms nobody.)"""
    seen, problems = 0, []
    for board in boards:
        graph = graph_of(root, board)
        if ENTRY not in graph.frame:
            problems.append(f"tools/stack.txt has no asm line for {ENTRY}")
            continue
        names = graph.reached(ENTRY)
        seen += len(names)
        for line in image.instructions(root, image.kernel(board)):
            if (line.symbol.split(".")[0] in names
                    and UNSAVED.search(line.operands)
                    and not STORE.match(line.mnemonic)):
                problems.append(image.where(line, image.kernel(board)))
    return f"{seen} functions", problems
