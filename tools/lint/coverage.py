# SPDX-License-Identifier: Apache-2.0
"""What is promised, and the test that covers it: docs/coverage.txt against the
clauses of docs/abi.md and against the drivers' headers, of which each command,
event, buffer and error is one; and against what is asked of every driver alike.

    python3 tools/lint/coverage.py      writes from it docs/coverage.md, and
                                        tests/fake/promises.h, by which
                                        tests/unit/test_every_driver.c holds the
                                        drivers against their headers

A line of docs/coverage.txt is

    [FILE]                           what promises the clauses that follow
    [FILE 0xNUMBER]                  where a header is of several drivers
    [every driver]                   of each that has a row in the operations of
                                     tests/fake/house.c
    CLAUSE = TEST FILE: NAME         NAME of a test, or text of a check in it
           + TEST FILE: NAME         one more
    CLAUSE - REASON                  why it makes no sense for that driver
"""
import glob
import os
import re
import sys

DATA, TABLE, ABI = "docs/coverage.txt", "docs/coverage.md", "docs/abi.md"
PROMISES, EVERY = "tests/fake/promises.h", "tests/fake/house.c"
DEFECTS, DEFECT_COUNT = "tests/defects.txt", 36
HEADERS = ("drivers/*.h", "loader/*.h", "kernel/ipc.h", "include/berth/verify.h")
NUMBERS = ("include/berth/*.h", "drivers/*.h", "loader/*.h")
ALL = "every driver"
# What is asked of each driver.
DEMANDS = {
    "works": "what is asked for is done and told, once",
    "two apps": "two apps at once",
    "death": "an app dies in the middle",
    "buffers": "buffers shrink and vanish in the middle",
    "nothing": "lengths of zero",
    "most": "the longest, and longer ones",
    "restart": "a new life hears nothing of the last, and finds all idle",
}
ERRORS = ("FAIL BUSY ALREADY OFF RESERVE INVAL SIZE CANCEL NOMEM NOSUPPORT NODEVICE "
          "UNINSTALLED NOACK").split()
HEADING = """# What covers what

Made from [`coverage.txt`](coverage.txt) by `make coverage`; do not edit. A clause
without a test fails `make lint`.
"""
MATRIX_HEADING = """
## Every driver

What is asked of each driver alike. **every** stands for the test of that column in
[`test_every_driver.c`](../tests/unit/test_every_driver.c), which asks it of all
operations of the driver; other tests are named. Errors are in the lists below.

"""
PROMISES_HEADING = """/* SPDX-License-Identifier: Apache-2.0 */
/* What the drivers' headers promise. Made by `make coverage`; do not edit. */
#ifndef TESTS_FAKE_PROMISES_H
#define TESTS_FAKE_PROMISES_H

#include <stdint.h>

struct promise {
    uint32_t driver;
    uint32_t events, ro, rw; /* how many numbers of each there are */
    uint32_t command_count;
    uint8_t commands[20];
};

/* clang-format off */
static const struct promise promises[] = {
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


def numbers_after(text, words):
    """The numbers behind these words: `read-write buffers 0 and 1`."""
    found = re.findall(rf"{words} (\d+)(?:(?: and|,) (\d+))?", text)
    return sorted({int(n) for pair in found for n in pair if n})


class Driver:
    """One driver, or several alike, as a header's first comment has it."""

    def __init__(self, numbers, text):
        self.numbers, text = numbers, re.sub(r"\n \* +", " ", text.replace(
            "\n *  command", "\n@command").replace("\n *  event", "\n@event")).replace(
                "\n@", "\n *  ")
        self.commands = [0]
        for rest in re.findall(r"^ \*  command (.*)", text, re.M):
            listed = re.match(r"\d+(?:(?:, | and )\d+)*", re.sub(r"\([^)]*\)", "", rest))
            self.commands += map(int, re.findall(r"\d+", listed[0])) if listed else []
        self.events = numbers_after(text, r"[Ee]vents?")
        self.ro = numbers_after(text, "read-only(?: buffers?)?")
        self.rw = numbers_after(text, "read-write(?: buffers?)?")
        self.errors = [e for e in ERRORS if re.search(rf"\b{e}\b", text)]

    def clauses(self):
        """What docs/coverage.txt has to say of it."""
        return [*dict.fromkeys(f"command {n}" for n in self.commands),
                *(f"event {n}" for n in self.events),
                *(f"read-only {n}" for n in self.ro),
                *(f"read-write {n}" for n in self.rw),
                *(f"error {e}" for e in self.errors), *DEMANDS]


def header_drivers(path, text):
    """Where in docs/coverage.txt -> driver; nothing if the header is of none."""
    comments = re.findall(r"\n/\*(.*?)\*/", text, re.S)
    comment = comments[0] if comments else ""
    parts = re.split(r"^ \* (0x[0-9A-Fa-f]+)\. ", comment, flags=re.M)
    if len(parts) > 1:
        common = parts[-1].split("\n *\n", 1)[-1]
        return {f"{path} {n}": Driver([int(n, 16)], rest + common)
                for n, rest in zip(parts[1::2], parts[2::2])}
    numbers = re.findall(r"\b0x[0-9A-Fa-f]+", re.split(r"\n \*(?:  |\n)", comment)[0])
    driver = Driver([int(n, 16) for n in numbers], comment)
    is_driver = numbers and len(driver.commands) > 1
    return {path: driver} if is_driver else {}


def drivers(root):
    """Where -> driver, of all headers."""
    result = {}
    for pattern in HEADERS:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            path = os.path.relpath(path, root)
            result.update(header_drivers(path, read(root, path)))
    return result


def names(root):
    """Name -> number of each driver that the code knows."""
    result = {}
    for pattern in NUMBERS:
        for path in glob.glob(os.path.join(root, pattern)):
            path = os.path.relpath(path, root)
            for name, number in re.findall(r"^#define (DRIVER_\w+) (0x[0-9A-Fa-f]+)u?$",
                                           read(root, path), re.M):
                result[name] = int(number, 16)
    return result


def promised(root):
    """File -> its clauses."""
    result = {ABI: abi_clauses(read(root, ABI))}
    result.update({where: d.clauses() for where, d in drivers(root).items()})
    return result


def asked_of_every(root):
    """The numbers of the drivers whose operations that test goes over."""
    if not os.path.exists(os.path.join(root, EVERY)):
        return set()
    known = names(root)
    return {known.get(n) for n in re.findall(r"\.driver = (DRIVER_\w+)", read(root, EVERY))}


def covered(root, data=DATA, where=None):
    """(File, clause) -> its tests as (file, name), or the reason why there is
    none, and lines that make no sense."""
    result, problems, tests = {}, [], None
    for number, line in enumerate(read(root, data).splitlines(), 1):
        words = line.split("#")[0].strip()
        if not words:
            continue
        if words[0] == "[" and words[-1] == "]":
            where = words[1:-1]
            continue
        if words.startswith("+ ") and tests is not None:
            path, _, name = words[2:].partition(": ")
            tests.append((path.strip(), name.strip()))
            continue
        clause, sign, rest = re.match(r"(.*?)(?: (=|-) (.*))?$", words).groups()
        if not where or not sign:
            problems.append(f"{data}:{number}: neither [FILE] nor CLAUSE = TEST")
            continue
        if (where, clause) in result:
            problems.append(f"{data}:{number}: {clause} stands there twice")
        path, _, name = (rest or "").partition(": ")
        tests = [(path.strip(), name.strip())] if sign == "=" else []
        result[(where, clause)] = tests if sign == "=" else rest
    return result, problems


def with_defaults(root, result):
    """The same, with what holds for every driver in its places."""
    asked = asked_of_every(root)
    result = dict(result)
    for where, driver in drivers(root).items():
        for clause in DEMANDS:
            usual = result.get((ALL, clause))
            if usual and set(driver.numbers) <= asked and \
                    not isinstance(result.get((where, clause)), str):
                result[(where, clause)] = usual + result.get((where, clause), [])
    return result


def is_test(root, path, name, clause=""):
    """Is there such a test, or such a check in a test app? That of an error has to
    look for it."""
    if not path.startswith("tests/") or not os.path.exists(os.path.join(root, path)):
        return False
    pattern = rf"^(static void|def) {re.escape(name)}\(" if re.fullmatch(r"\w+", name) \
        else rf'"{re.escape(name)}"'
    text = read(root, path)
    body = re.search(rf"^static void {re.escape(name)}\(.*?^}}", text, re.M | re.S)
    if clause.startswith("error ") and body:
        return f"ERR_{clause[6:]}" in body[0]
    return re.search(pattern, text, re.M) is not None


def check(root):
    """Every driver has a header, every clause a test that exists, and what is made
    of the table says the same."""
    clauses = promised(root)
    lines, problems = covered(root)
    result = with_defaults(root, lines)
    known = {n for d in drivers(root).values() for n in d.numbers}
    problems += [f"{name} (0x{n:x}): no driver's header begins with that number"
                 for name, n in names(root).items() if n not in known]
    for path, wanted in clauses.items():
        problems += [f"{path}: no test covers: {n}" for n in wanted
                     if not result.get((path, n))]
    for (path, clause), tests in lines.items():
        if clause not in (DEMANDS if path == ALL else clauses.get(path, [])):
            problems.append(f"{DATA}: {path} does not promise: {clause}")
        problems += [f"{DATA}: {clause}: no test {t}: {n}" for t, n in tests
                     if not is_test(root, t, n, clause)] \
            if isinstance(tests, list) else []
    count = sum(len(wanted) for wanted in clauses.values())
    made = {TABLE: table, PROMISES: promises} if known else {TABLE: table}
    if not problems:
        problems = [f"{path} is not what {DATA} and the headers say: make coverage"
                    for path, make in made.items()
                    if not os.path.exists(os.path.join(root, path))
                    or read(root, path) != make(root)]
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


def cell(clause, tests, usual):
    """What stands in the matrix: which tests, or that there can be none."""
    if isinstance(tests, str):
        return "–"
    words = ["**every**" if test in usual else test[1].replace("_", " ")
             for test in tests]
    return "<br>".join(dict.fromkeys(words)) or f"no test: {clause}"


def matrix(root, result):
    """A row for each driver, a column for each demand."""
    all_drivers = drivers(root)
    if not all_drivers:
        return []
    lines = [MATRIX_HEADING + "| driver | " + " | ".join(DEMANDS) + " |",
             "|" + "---|" * (len(DEMANDS) + 1)]
    lines.append("| | " + " | ".join(DEMANDS.values()) + " |")
    lines.append("| **every** | " + " | ".join(
        "<br>".join(n.replace("_", " ") for _, n in result.get((ALL, c), []))
        for c in DEMANDS) + " |")
    for where, driver in sorted(all_drivers.items(), key=lambda d: d[1].numbers):
        name = os.path.basename(where.split()[0])[:-2]
        numbers = ", ".join(f"0x{n:X}" for n in driver.numbers)
        lines.append(f"| {name} {numbers} | " + " | ".join(
            cell(c, result.get((where, c), []), result.get((ALL, c), []))
            for c in DEMANDS) + " |")
    return lines


def table(root):
    """The page for people."""
    lines_of, _ = covered(root)
    lines, last = [HEADING], None
    lines += matrix(root, with_defaults(root, lines_of))
    for (path, clause), tests in lines_of.items():
        if path == ALL:
            continue
        if path != last:
            file, _, number = path.partition(" ")
            link = os.path.relpath(file, "docs")
            lines.append(f"\n## [`{file}`]({link}){' ' + number if number else ''}\n\n"
                         "| clause | tests |\n|---|---|")
            last = path
        cells = tests if isinstance(tests, str) else \
            "<br>".join(f"`{t}`: {n.replace('_', ' ')}" for t, n in tests)
        lines.append(f"| {clause} | {cells} |")
    return "\n".join(lines) + "\n"


def promises(root):
    """The same of numbers for the test of every driver."""
    lines = []
    for driver in drivers(root).values():
        commands = sorted(set(driver.commands))
        count = [max(n, default=-1) + 1 for n in (driver.events, driver.ro, driver.rw)]
        for number in driver.numbers:
            lines.append(f"    {{ 0x{number:x}, {count[0]}, {count[1]}, {count[2]}, "
                         f"{len(commands)}, {{ {', '.join(map(str, commands))} }} }},\n")
    return PROMISES_HEADING + "".join(lines) + "};\n/* clang-format on */\n\n#endif\n"


def main():
    for path, make in ((TABLE, table), (PROMISES, promises)):
        with open(path, "w", encoding="utf-8") as out:
            out.write(make("."))


if __name__ == "__main__":
    sys.exit(main())
