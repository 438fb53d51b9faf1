# SPDX-License-Identifier: Apache-2.0
"""Checks that read the sources as text: arrows, licence lines, conditionals.

Each check takes the tree's root and returns (what was looked at, problems).
"""
import fnmatch
import os
import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
CONDITIONAL = re.compile(
    # What language a header is read in is no variant.
    r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b(?! *__(?:cplusplus|ASSEMBLER__)$).*",
    re.M)
GUARD = re.compile(r"^#ifndef (\w+)\n#define \1$", re.M)
FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h",
                "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h"}
CODE = (".c", ".h", ".S", ".ld")
LICENSED = (*CODE, ".py", ".sh", ".mk")
FOLDERS = ("apps", "arch", "boards", "chips", "crypto", "drivers", "include", "kernel",
           "linker", "loader", "pic", "tests", "tools", ".ci")
PURE_FOLDERS = ("kernel", "pic", "loader", "drivers", "apps/rt")
WIDTH = 100
# What the first comment of an attack says, a line each.
UNBREAKABLE = re.compile(r"^(/\*| \*) (ATTACK|EXPECT|REJECT): ")
SPDX = "SPDX-License-Identifier: Apache-2.0"


def files(root, endings, folders=FOLDERS):
    """All files with these endings, as paths relative to the root."""
    for folder in folders:
        for where, below, names in os.walk(os.path.join(root, folder)):
            below[:] = sorted(d for d in below if d != "__pycache__")
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(where, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
        return f.read()


class Arrows:
    """tools/arrows.txt."""

    def __init__(self, root):
        self.root = root
        self.roots, self.allowed = [], {}
        for line in read(root, "tools/arrows.txt").splitlines():
            words = line.split("#")[0].split()
            if words[:1] == ["roots"]:
                self.roots = words[1:]
            elif len(words) > 1 and words[1] == "->":
                self.allowed[words[0]] = words[2:]

    def home(self, path):
        """The folder a file belongs to and its line; None if there is none."""
        best = None
        for pattern, rights in self.allowed.items():
            depth = pattern.count("/") + 1
            folder = "/".join(path.split("/")[:depth])
            plain = not pattern.endswith("*")
            if (folder != path and fnmatch.fnmatchcase(folder, pattern)
                    and (best is None or (depth, plain) > best[0])):
                best = ((depth, plain), folder, rights)
        return best and best[1:]

    def resolve(self, path, quote, name):
        """Where in the tree an include leads; None if out of it."""
        places = [os.path.dirname(path)] if quote == '"' else []
        for root in self.roots:
            # Fakes of the tests and headers of the apps are theirs alone.
            kind = root.split("/")[0]
            if kind not in ("apps", "tests") or path.startswith(kind + "/"):
                places.append(root)
        for place in places:
            target = os.path.normpath(os.path.join(place, name))
            if os.path.isfile(os.path.join(self.root, target)):
                return target
        return None

    def crossed(self, path, quote, name):
        """Why that include is wrong, or None."""
        home = self.home(path)
        if not home:
            return "no line for this folder"
        folder, rights = home
        target = self.resolve(path, quote, name)
        if target is None:
            free = "<freestanding>" in rights and name in FREESTANDING
            if free or "<hosted>" in rights or f"<{name}>" in rights:
                return None
            return f"{folder} may not include the system's <{name}>"
        there = (self.home(target) or [""])[0]
        if there in (folder, "include/berth") or target in rights:
            return None
        if any(fnmatch.fnmatchcase(there, right) for right in rights):
            return None
        return f"{folder} may not include {target}"


def arrows(root):
    """Every #include against tools/arrows.txt."""
    table = Arrows(root)
    seen, problems = 0, []
    for path in files(root, (".c", ".h", ".S")):
        for quote, name in INCLUDE.findall(read(root, path)):
            seen += 1
            why = table.crossed(path, quote, name)
            if why:
                problems.append(f"{path}: #include of {name}: {why}")
    return f"{seen} includes", problems


def licences(root):
    """The licence line in the first two lines of every file of ours."""
    seen, problems = 0, []
    paths = [*files(root, LICENSED), *scripts(root), "Makefile"]
    for path in sorted(set(paths)):
        if not os.path.isfile(os.path.join(root, path)):
            continue
        seen += 1
        lines = read(root, path).splitlines()[:2]
        if not any(SPDX in line for line in lines):
            problems.append(f"{path}: line 1 or 2 has to be: {SPDX}")
    return f"{seen} files", problems


def scripts(root):
    """Shell scripts: by name, or by their first line."""
    for path in files(root, ""):
        name = os.path.basename(path)
        if name.endswith(".sh"):
            yield path
        elif "." not in name:
            with open(os.path.join(root, path), "rb") as file:
                if file.readline().rstrip() in (b"#!/bin/sh", b"#!/bin/bash"):
                    yield path


def conditionals(root):
    """No variant by #if where a file picked by the board's makefile is due."""
    seen, problems = 0, []
    for path in files(root, (".c", ".h", ".S"), PURE_FOLDERS):
        seen += 1
        text = read(root, path)
        guards = 1 if path.endswith(".h") and GUARD.search(text) else 0
        found = list(CONDITIONAL.finditer(text))
        for match in found[guards:]:
            line = text.count("\n", 0, match.start()) + 1
            problems.append(f"{path}:{line}: {match.group(0).strip()}")
    return f"{seen} files", problems


def layout(root):
    """Lines of at most 100 characters, no tabs in C, no blanks at their end."""
    seen, problems = 0, []
    for path in files(root, (*CODE, ".py", ".sh")):
        seen += 1
        for number, line in enumerate(read(root, path).split("\n"), 1):
            if len(line) > WIDTH and not UNBREAKABLE.match(line):
                problems.append(f"{path}:{number}: {len(line)} characters wide")
            if line != line.rstrip():
                problems.append(f"{path}:{number}: blanks at the end of the line")
            if "\t" in line and path.endswith((".c", ".h", ".py")):
                problems.append(f"{path}:{number}: a tab")
    return f"{seen} files", problems
