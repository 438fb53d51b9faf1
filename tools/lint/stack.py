# SPDX-License-Identifier: Apache-2.0
"""The kernel's worst-case stack, from gcc's call graphs and tools/stack.txt,
against KERNEL_STACK in the board's memory.ld."""
import fnmatch
import os
import re

import image
import text

NODE = re.compile(r'^node: { title: "([^"]*)" label: "([^"\\]*)\\n([^"]*)"')
EDGE = re.compile(r'^edge: { sourcename: "([^"]*)" targetname: "([^"]*)"')
BYTES = re.compile(r"(\d+) bytes \((\w[\w,]*)\)")
INDIRECT = "__indirect_call"


class Graph:
    """Functions by title, their frames and calls, and what the table says."""

    def __init__(self):
        self.frame, self.name, self.calls = {}, {}, {}
        self.roots, self.on_top, self.bound = [], [], []
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
            head, _, tail = line.split("#")[0].partition(":")
            words = head.split()
            if not words:
                continue
            if words[0] == "root":
                self.roots += words[1:]
            elif words[0] == "on-top":
                self.on_top += words[1:]
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
        """The titles of the functions of that name, or FILE:NAME."""
        return [t for t, n in self.name.items()
                if fnmatch.fnmatchcase(n.split(".")[0], pattern)
                or fnmatch.fnmatchcase(t.split(".c:")[0] + ":" + n.split(".")[0],
                                       pattern)]

    def callees(self, title):
        """The titles a function may call."""
        for target in sorted(self.calls.get(title, ())):
            if target != INDIRECT:
                yield target
                continue
            name = self.name[title].split(".")[0]
            patterns = [p for caller, ps in self.indirect.items()
                        if fnmatch.fnmatchcase(name, caller) for p in ps]
            if not patterns:
                self.problems.append(f"{name} calls through a pointer: say in "
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


def stack(root, boards):
    """The deepest call chain fits the board's kernel stack."""
    looked, problems = [], []
    for board in boards:
        graph = Graph()
        linked = image.symbols(root, image.kernel(board))
        top = os.path.join("build", board, "obj")
        for path in text.files(root, ".ci", [top]):
            source = os.path.relpath(path, top)[:-3]
            if os.path.isfile(os.path.join(root, source)):
                graph.read_ci(text.read(root, path))
        # What the linker left out calls nobody.
        for title, name in list(graph.name.items()):
            if name not in linked and name.split(".")[0] not in linked:
                del graph.frame[title], graph.name[title]
                graph.calls.pop(title, None)
        graph.read_table(text.read(root, "tools/stack.txt"))
        known = {}
        base, way = graph.worst(graph.roots, known)
        extra, on_top = graph.worst(graph.on_top, known)
        problems += [f"{board}: {p}" for p in dict.fromkeys(graph.problems)]
        size = budget(root, board)
        if size is None:
            problems.append(f"boards/{board}/memory.ld does not set KERNEL_STACK")
            continue
        looked.append(f"{board} {base + extra} of {size} bytes")
        if not graph.roots:
            problems.append("tools/stack.txt names no root")
        if base + extra > size:
            problems.append(f"{board}: {base} + {extra} bytes, but KERNEL_STACK is "
                            f"{size}: {' > '.join(way)}"
                            + (f"; then {' > '.join(on_top)}" if on_top else ""))
    return ", ".join(looked), problems
