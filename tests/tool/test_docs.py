# SPDX-License-Identifier: Apache-2.0
# BUILDS: what documents type
"""The documents hold: the example driver compiles and passes its own test,
what the README shows of the board is what the board says, and every file that
a document links to or names is there."""
import glob
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

CONSOLE = re.compile(r"```console\n(.*?)```", re.S)
PROMPT = "berth$ "
MEETING = tempfile.TemporaryDirectory(prefix="berth-docs-")
PATIENCE = 300  # a hang, on a host that others use too

EXAMPLE = "docs/writing-a-driver.md"
SOURCE = re.compile(r"```c\n(.*?)```", re.S)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# Paths in backquotes; a star stands for anything, a word in <> is a place.
PATH = re.compile(r"`((?:apps|arch|boards|chips|crypto|docs|drivers|include|kernel|linker"
                  r"|loader|pic|tests|tools)/[\w./*-]*)`")
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wpedantic", "-Wshadow",
            "-Wconversion", "-Wsign-conversion", "-Wmissing-prototypes"]
INCLUDES = ["-Itests/include", "-I.", "-Iinclude", "-Iarch/riscv32/include"]


def documents():
    return sorted(["README.md", *glob.glob("docs/**/*.md", recursive=True),
                   *glob.glob("apps/*/README.md")])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def example_passes_its_test():
    """The three listings of the driver's page, built and run."""
    names = ["drivers/tally.h", "drivers/tally.c", "test_tally.c"]
    listings = SOURCE.findall(read(EXAMPLE))
    if len(listings) != len(names):
        return f"{EXAMPLE} has {len(listings)} listings, not {len(names)}"
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(os.path.join(work, "drivers"))
        paths = [os.path.join(work, name) for name in names]
        for path, listing in zip(paths, listings):
            with open(path, "w", encoding="utf-8") as file:
                file.write(listing)
        program = os.path.join(work, "test")
        build = ["gcc", "-std=c17", "-g", "-D_GNU_SOURCE", *WARNINGS,
                 "-fsanitize=address,undefined", f"-I{work}", *INCLUDES,
                 *paths[1:], "tests/fake/kernel.c", "-lcmocka", "-o", program]
        for command in (build, [program]):
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                return done.stdout
    return None


def environment():
    """For a make of our own, with nothing of the one that runs us, and where no
    other boards of this machine are found."""
    ours = {k: v for k, v in os.environ.items()
            if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BOARD", "APPS",
                         "BERTH_PORT")}
    ours["XDG_RUNTIME_DIR"] = MEETING.name
    return ours


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, command):
        ours, theirs = pty.openpty()
        self.ours, self.text, self.seen = ours, "", 0
        self.end = time.monotonic() + PATIENCE
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["timeout", "-s", "KILL", str(PATIENCE), "sh", "-c", command],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment(),
            start_new_session=True)
        os.close(theirs)

    def read(self):
        """What there is now, or within a moment; False at the end."""
        if not select.select([self.ours], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self.ours, 4096)
        except OSError:
            data = b""
        self.text += data.decode(errors="replace").replace("\r", "")
        return data != b""

    def expect(self, pattern):
        """Whether the pattern comes, behind what came before."""
        regex = re.compile(pattern)
        while True:
            found = regex.search(self.text, self.seen)
            if found:
                self.seen = found.end()
                return True
            if time.monotonic() > self.end or not self.read():
                found = regex.search(self.text, self.seen)
                return found is not None

    def type(self, line):
        os.write(self.ours, line.encode() + b"\r")

    def close(self):
        """Its status, once it has ended."""
        while time.monotonic() < self.end and self.read():
            pass
        if self.process.poll() is None and time.monotonic() >= self.end:
            os.killpg(self.process.pid, signal.SIGKILL)
        os.close(self.ours)
        return self.process.wait()


def pattern_of(line):
    """A line of a document: any numbers and fingerprints, any width of columns, any
    state."""
    if re.match(r" \d+ +Unique ", line):
        line = re.sub(r"(Running|Yielded.*|Terminated)$", "@", line)
    text = re.sub(r"(?:\\ )+", " +", re.escape(line))
    text = re.sub(r"\b[0-9a-f]{16}\b|0x[0-9a-f]+|[0-9]+", "[0-9a-fx]+", text)
    return text.replace("@", r"(?:Running|Yielded|Terminated)")


def play(command, lines):
    """Runs one command, types what stands behind prompts, expects the rest."""
    terminal = Terminal(command)
    trouble = None
    for line in lines:
        typed = line.startswith(PROMPT)
        if not terminal.expect(re.escape(PROMPT) if typed else pattern_of(line)):
            trouble = f"`{command}` did not say: {line}"
            break
        if typed:
            terminal.type(line[len(PROMPT):])
    if trouble:
        terminal.end = time.monotonic()
    status = terminal.close()
    is_refused = bool(lines) and re.match(r"berth \w+: ", lines[-1]) is not None
    if trouble or (status != 0) != is_refused:
        return f"{trouble or f'`{command}` ended with {status}'}\n{terminal.text}"
    return None


def the_board_says_what_the_readme_shows():
    """Its first listing, played on a terminal."""
    listing = CONSOLE.findall(read("README.md"))[0]
    for session in listing.split("$ make ")[1:]:
        command, *lines = session.rstrip("\n").split("\n")
        why = play("make " + command, [line for line in lines if line])
        if why:
            return why
    return None


def sessions(listing):
    """Commands of a listing, each with the lines that it says."""
    for session in re.split(r"^\$ ", listing, flags=re.M)[1:]:
        command, *lines = session.rstrip("\n").split("\n")
        yield command, [line for line in lines if line]


def a_second_terminal_installs_what_the_readme_shows():
    """Its second and third listing: a board on one terminal, commands on another,
    and what the first one says in the end."""
    first, second = CONSOLE.findall(read("README.md"))[1:3]
    (command, lines), = sessions(first)
    board = Terminal(command)
    trouble = None
    for line in lines[:-1]:
        if not board.expect(pattern_of(line)):
            trouble = f"`{command}` did not say: {line}"
    for other, said in sessions(second):
        trouble = trouble or play(other, said)
    if not trouble and not board.expect(pattern_of(lines[-1])):
        trouble = f"`{command}` did not say: {lines[-1]}"
    board.type("exit")
    if trouble:
        board.end = time.monotonic() + 5
    status = board.close()
    return trouble and f"{trouble}\n{board.text}" or (
        status and f"`{command}` ended with {status}")


def a_board_and_commands_as_the_page_on_installing_has_them():
    """The first two blocks of docs/installing.md, as they stand there."""
    blocks = re.findall(r"(?:^    .*\n)+", read("docs/installing.md"), re.M)
    (boot,), commands = (re.sub("^    ", "", b, flags=re.M).splitlines()
                         for b in blocks[:2])
    said = {"install": "hello 1 installed", "list": "hello ", "remove": "hello"}
    board = Terminal(boot)
    trouble = None
    if not board.expect(re.escape(PROMPT)):
        trouble = f"`{boot}` shows no prompt"
    for command in commands:
        trouble = trouble or play(command, [said.pop(command.split()[1])])
    trouble = trouble or (said and f"not there any more: {list(said)}")
    board.type("exit")
    if trouble:
        board.end = time.monotonic() + 5
    status = board.close()
    return trouble and f"{trouble}\n{board.text}" or (
        status and f"`{boot}` ended with {status}")


EXAMPLE_RUN = re.compile(r"```\n\$ (make .*?)```", re.S)


def example_says(path, command, lines):
    """Plays what an example's page shows: what stands behind a prompt is typed, and
    so is to an attached app what it does not say itself."""
    terminal = Terminal(command)
    trouble, attached = None, None
    for line in lines:
        if line.startswith(PROMPT):
            if attached:
                os.write(terminal.ours, b"\x1d")
            attached = None
            if not terminal.expect(re.escape(PROMPT)):
                trouble = "no prompt"
            terminal.type(line[len(PROMPT):])
        elif attached and not line.startswith(attached + ":"):
            terminal.type(line)
        elif not terminal.expect(pattern_of(line)):
            trouble = f"it did not say: {line}"
        if line.startswith("Attached to "):
            attached = line.split()[2].rstrip(":")
        if trouble:
            break
    if attached:
        os.write(terminal.ours, b"\x1d")
        terminal.expect(r"Detached")
    terminal.type("exit")
    terminal.end = min(terminal.end, time.monotonic() + 20)
    terminal.close()
    return f"{path}: {trouble}\n{terminal.text}" if trouble else None


def the_examples_do_what_their_pages_show():
    """Each page in apps/ that shows a run of its app."""
    played = 0
    for path in sorted(glob.glob("apps/*/README.md")):
        for listing in EXAMPLE_RUN.findall(read(path)):
            command, *lines = listing.rstrip("\n").split("\n")
            why = example_says(path, command, [line for line in lines if line])
            if why:
                return why
            played += 1
    return None if played >= 7 else f"only {played} examples show a run"


def every_command_of_berth_that_is_named_is_one():
    """In documents: `berth X`, build/berth X, and the table of commands."""
    done = subprocess.run(["build/berth", "--help"], stdout=subprocess.PIPE,
                          text=True, check=False)
    there = set(re.findall(r"^  ([a-z0-9]+) ", done.stdout, re.M))
    gone = [f"{path}: berth {name}" for path in documents()
            for name in re.findall(r"(?:`|build/|^    )berth ([a-z0-9]+)\b",
                                   read(path), re.M) if name not in there]
    return "\n".join(gone) or None


def the_readme_shows_tests_that_there_are():
    """Its last listing: suites in their order, and tests of the tree."""
    done = subprocess.run(
        ["make", "-s", "--eval", "show-suites: ; @echo $(SUITES)", "show-suites"],
        stdout=subprocess.PIPE, text=True, env=environment(), check=False)
    left = done.stdout.split()
    sources = [*glob.glob("tests/*/*.c"), "tools/lint/lint.py"]
    tests = "\n".join([*map(read, sources), *glob.glob("tests/sys/attacks/*.c")])
    baseline = read("tests/bench/baseline.txt")
    for line in CONSOLE.findall(read("README.md"))[3].split("\n"):
        suite = re.match(r"== (.*)", line)
        test = re.match(r"  ok    (?:\S+: )?(\S+(?: \S+)*)", line)
        bench = re.match(r"([a-z]+_[a-z_]+) +(\d+) +\d+ +\d+ *$", line)
        if suite and suite[1] not in left:
            return f"no such suite here: {suite[1]}"
        if suite:
            del left[:left.index(suite[1])]
        if test and not re.search(rf"\b{test[1].replace(' ', '_')}\b", tests):
            return f"no such test: {test[1]}"
        if bench and f"{bench[1]} {bench[2]}\n" not in baseline:
            return f"README.md, not what tests/bench/baseline.txt says: {line}"
    return None


def links_lead_somewhere():
    """Links are relative to the document that has them."""
    gone = [f"{path}: {link}" for path in documents()
            for link in LINK.findall(read(path))
            if not os.path.exists(os.path.join(os.path.dirname(path), link))]
    return "\n".join(gone) or None


def files_that_are_named_exist():
    """In backquotes, from the root of the tree; not those of the example."""
    gone = [f"{path}: {name}" for path in documents()
            for name in PATH.findall(read(path))
            if "tally" not in name and not glob.glob(name)]
    return "\n".join(gone) or None


def main():
    passed = failed = 0
    for test in (example_passes_its_test, the_board_says_what_the_readme_shows,
                 the_examples_do_what_their_pages_show,
                 a_second_terminal_installs_what_the_readme_shows,
                 a_board_and_commands_as_the_page_on_installing_has_them,
                 every_command_of_berth_that_is_named_is_one,
                 the_readme_shows_tests_that_there_are, links_lead_somewhere,
                 files_that_are_named_exist):
        why = test()
        name = test.__name__.replace("_", " ")
        print(f"  FAIL  docs: {name}\n{why}" if why else f"  ok    docs: {name}")
        passed, failed = passed + (not why), failed + bool(why)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
