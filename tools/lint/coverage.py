# SPDX-License-Identifier: Apache-2.0
"""What is promised, and the test that covers it: docs/coverage.txt against the
clauses of docs/abi.md and the commands and events in the drivers' headers.

    python3 tools/lint/coverage.py      writes docs/coverage.md from it

A line of docs/coverage.txt is

    [FILE]                           what promises the clauses that follow
    CLAUSE = TEST FILE: NAME         NAME of a test, or text of a check in it
           + TEST FILE: NAME         one more
"""
import glob
import os
import re
import sys

DATA, TABLE, ABI = "docs/coverage.txt", "docs/coverage.md", "docs/abi.md"
DEFECTS, DEFECT_COUNT = "tests/defects.txt", 36
HEADERS = ("drivers/*.h", "loader/*.h", "kernel/ipc.h")
HEADING = """# What covers what

Made from [`coverage.txt`](coverage.txt) by `make coverage`; do not edit. A clause
without a test fails `make lint`.
"""


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def abi_clauses(text):
    """First cells of the tables of the ABI page (of its last one the first two),
    and its list items up to their first stop."""
    clauses = []
    for line in re.sub(r"\n  +", " ", text).splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("case", "driver") \
                and not cells[0].startswith("---"):
            in_drivers = "\n## Drivers" in text[:text.find(line)]
            clauses.append(": ".join(cells[:2]) if in_drivers else cells[0])
        elif line.startswith("* "):
            clauses.append(re.split(r"[.:;]( |$)", line[2:])[0])
    return clauses


def header_clauses(text):
    """The commands and events that a driver's first comment lists; empty if it
    is no driver's."""
    comment = re.search(r"\n/\*(.*?)\*/", text, re.S)[1]
    if not re.search(r"driver 0x|0x[0-9A-Fa-f]{5}", comment):
        return []
    clauses = ["command 0"]
    for kind, rest in re.findall(r"^ \*  (command|event) (.*)", comment, re.M):
        numbers = re.sub(r"\([^)]*\)", "", rest.split("  ")[0])
        clauses += [f"{kind} {n}" for n in re.findall(r"\b\d+\b", numbers)]
    return sorted(set(clauses), key=clauses.index)


def promised(root):
    """File -> its clauses."""
    result = {ABI: abi_clauses(read(root, ABI))}
    for pattern in HEADERS:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            path = os.path.relpath(path, root)
            clauses = header_clauses(read(root, path))
            if len(clauses) > 1:
                result[path] = clauses
    return result


def covered(root, data=DATA, where=None):
    """(File, clause) -> its tests as (file, name), and lines that make no
    sense."""
    result, problems, tests = {}, [], None
    for number, line in enumerate(read(root, data).splitlines(), 1):
        words = line.split("#")[0].strip()
        if not words:
            continue
        if words[0] == "[" and words[-1] == "]":
            where = words[1:-1]
            continue
        if words.startswith("+ ") and tests is not None:
            test = words[2:]
        elif " = " in words and where:
            clause, test = words.split(" = ", 1)
            if (where, clause) in result:
                problems.append(f"{data}:{number}: {clause} stands there twice")
            tests = result.setdefault((where, clause), [])
        else:
            problems.append(f"{data}:{number}: neither [FILE] nor CLAUSE = TEST")
            continue
        path, _, name = test.partition(": ")
        tests.append((path.strip(), name.strip()))
    return result, problems


def is_test(root, path, name):
    """Is there such a test, or such a check in a test app?"""
    if not path.startswith("tests/") or not os.path.exists(os.path.join(root, path)):
        return False
    pattern = rf"^(static void|def) {re.escape(name)}\(" if re.fullmatch(r"\w+", name) \
        else rf'"{re.escape(name)}"'
    return re.search(pattern, read(root, path), re.M) is not None


def check(root):
    """Every clause has a test that exists, and the table says the same."""
    clauses = promised(root)
    result, problems = covered(root)
    for path, names in clauses.items():
        problems += [f"{path}: no test covers: {n}" for n in names
                     if not result.get((path, n))]
    for (path, clause), tests in result.items():
        if clause not in clauses.get(path, []):
            problems.append(f"{DATA}: {path} does not promise: {clause}")
        problems += [f"{DATA}: {clause}: no test {t}: {n}" for t, n in tests
                     if not is_test(root, t, n)]
    count = sum(len(names) for names in clauses.values())
    if not problems and read(root, TABLE) != table(root):
        problems.append(f"{TABLE} is not what {DATA} says: make coverage")
    return f"{count} clauses", problems


def defects(root):
    """Each known defect of loaders, by number, has tests that exist."""
    result, problems = covered(root, DEFECTS, DEFECTS)
    numbers = [clause.split()[0] for _, clause in result]
    wanted = [str(n) for n in range(1, DEFECT_COUNT + 1)]
    problems += [f"{DEFECTS}: no test of defect {n}" for n in wanted
                 if n not in numbers]
    problems += [f"{DEFECTS}: what is defect {n}?" for n in numbers
                 if n not in wanted or numbers.count(n) > 1]
    problems += [f"{DEFECTS}: {clause}: no test {t}: {n}"
                 for (_, clause), tests in result.items() for t, n in tests
                 if not is_test(root, t, n)]
    return f"{len(numbers)} defects", problems


def table(root):
    """The page for people."""
    result, _ = covered(root)
    lines, last = [HEADING], None
    for (path, clause), tests in result.items():
        if path != last:
            link = os.path.relpath(path, "docs")
            lines.append(f"\n## [`{path}`]({link})\n\n| clause | tests |\n|---|---|")
            last = path
        cells = "<br>".join(f"`{t}`: {n.replace('_', ' ')}" for t, n in tests)
        lines.append(f"| {clause} | {cells} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with open(TABLE, "w", encoding="utf-8") as out:
        out.write(table("."))
    sys.exit(0)
