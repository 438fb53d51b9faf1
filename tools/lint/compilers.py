# SPDX-License-Identifier: Apache-2.0
"""Checks that compilers and their like make: what a second compiler thinks,
what static analysis finds, whether a header stands alone, layout, shell.

How a file is compiled is taken from the build (tools/compile_commands.py). A
verdict "nothing to say" is kept in build/lint/ under a hash of the preprocessed
file and of the question, so that only what changed is asked again.
Each check takes a Sources and returns (what was looked at, problems).
"""
import concurrent.futures
import glob
import hashlib
import json
import os
import subprocess

import text

JOBS = 2
# Of the paths through a function clang's analyzer follows as many as make so many
# nodes; its own limit, at which one function takes seconds, is for FULL=1.
NODES = 225_000 if os.environ.get("FULL") else 50_000
PICOLIBC = "/usr/lib/picolibc/riscv64-unknown-elf/include"
# Options that say where output goes, with a value of their own or in one word.
OUTPUT_AND_VALUE = ("-o", "-MF", "-MT")
OUTPUT = ("-c", "-MMD", "-MD", "-MP", "-flto", "-ffat-lto", "-fcallgraph-info")
# Options that mean the same to clang; the others are about gcc's code.
COMMON = ("-I", "-D", "-U", "-W", "-std", "-march", "-mabi", "-ffreestanding",
          "-fno-builtin", "-isystem", "-O", "--target")


class Sources:
    """The tree's root and how each of its C files is compiled."""

    def __init__(self, root, commands):
        self.root = root
        self.commands = commands  # path -> words
        self.preprocessed = {}
        self.cache = os.path.join(root, "build", "lint", "cache")
        os.makedirs(self.cache, exist_ok=True)

    def bare(self, path):
        """The words of the compilation without input and output."""
        words, skip = [], False
        for word in self.commands[path]:
            if skip:
                skip = False
            elif word in OUTPUT_AND_VALUE:
                skip = True
            elif word != path and not word.startswith(OUTPUT):
                words.append(word)
        return words

    def for_target(self, path):
        return "riscv" in self.commands[path][0]

    def clang(self, path):
        """The same for clang."""
        words = []
        for before, word in zip([None, *self.bare(path)], self.bare(path)):
            if word.startswith(COMMON) or before in ("-I", "-isystem", "-D"):
                # clang 14 has the CSR instructions in the base set.
                words.append(word.replace("_zicsr", "").replace("_zifencei", ""))
        extra = ["-Wno-unknown-warning-option", "-Wno-unused-command-line-argument"]
        if self.for_target(path):
            extra += ["--target=riscv32-unknown-elf", "-isystem", PICOLIBC]
        # A function that a header declares without `inline` is no inline definition
        # (C17 6.7.4): it may use what is static. clang 14 warns all the same.
        return ["clang", *extra, *words, "-Wno-static-in-inline"]

    def nearest(self, header):
        """A source whose way of being compiled suits that header."""
        def common(path):
            return len(os.path.commonprefix([path, header]))
        return max(sorted(self.commands), key=common)


def run(words, root, stdin=None):
    """Exit status and everything that was printed."""
    done = subprocess.run(words, cwd=root, input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          errors="replace", check=False)
    return done.returncode, done.stdout.strip()


def ask(sources, question, path, words):
    """Runs `words` on a file unless the answer is known; what it said."""
    if path not in sources.preprocessed:
        _, sources.preprocessed[path] = run(
            [*sources.clang(path), "-w", "-E", path], sources.root)
    key = hashlib.sha256("\0".join(
        [question, *words, sources.preprocessed[path]]).encode())
    known = os.path.join(sources.cache, key.hexdigest())
    if os.path.exists(known):
        return None
    status, said = run(words, sources.root)
    if status != 0:
        return said or f"{path}: {words[0]} failed"
    with open(known, "w", encoding="utf-8"):
        pass
    return None


def ask_all(sources, question, paths, words_for):
    """Asks about many files; the problems."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        said = pool.map(lambda p: ask(sources, question, p, words_for(p)), paths)
        return [s for s in said if s]


def no_tests(sources):
    return [p for p in sources.commands if not p.startswith("tests/")]


def clang(sources):
    """clang accepts it with the same warnings. (Attacks are meant to be odd.)"""
    paths = [p for p in sources.commands if not p.startswith("tests/sys/attacks/")]
    return f"{len(paths)} files", ask_all(
        sources, "clang", paths,
        lambda p: [*sources.clang(p), "-fsyntax-only", p])


def analyzer(sources):
    """gcc -fanalyzer finds nothing."""
    paths = no_tests(sources)
    return f"{len(paths)} files", ask_all(
        sources, "analyzer", paths,
        lambda p: [*sources.bare(p), "-fanalyzer", "-S", "-o", "/dev/null", p])


def tidy(sources):
    """clang-tidy finds nothing (.clang-tidy)."""
    paths = no_tests(sources)
    config = text.read(sources.root, ".clang-tidy")
    limit = ["-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={NODES}"]
    return f"{len(paths)} files", ask_all(
        sources, config, paths,
        lambda p: ["clang-tidy", "--quiet", p, "--", *sources.clang(p)[1:], *limit])


def headers(sources):
    """Each header compiles alone, first in a file."""
    paths = [p for p in text.files(sources.root, ".h")
             if not p.startswith("tests/include")]

    def alone(path):
        like = sources.nearest(path)
        status, said = run([*sources.bare(like), "-fsyntax-only", "-x", "c", "-"],
                           sources.root,
                           f'#include "{path}"\nextern int stands_alone;\n')
        return f"{path} does not compile alone:\n{said}" if status else None
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        return f"{len(paths)} headers", [s for s in pool.map(alone, paths) if s]


def cppcheck(sources):
    """cppcheck finds nothing."""
    # A table of 24,576 expressions takes it hours; the compilers read that file.
    paths = [p for p in no_tests(sources) if p != "apps/multiply/main.c"]
    build = os.path.join(sources.root, "build", "lint", "cppcheck")
    os.makedirs(build, exist_ok=True)
    status, said = run(
        ["cppcheck", "-q", f"-j{JOBS}", "--enable=warning,performance,portability",
         # It knows the attribute but not the keyword.
         "-D_Noreturn=__attribute__((noreturn))", "--inline-suppr",
         "--std=c11", "--error-exitcode=1", "--template=gcc",
         "--suppress=missingIncludeSystem",
         # The two analyzers follow calls and know better.
         "--suppress=uninitvar", "--suppress=ctuuninitvar",
         "--suppress=nullPointer",
         f"--cppcheck-build-dir={build}", "-I.", "-Iinclude",
         "-Iarch/riscv32/include", *paths], sources.root)
    return f"{len(paths)} files", [said] if status else []


def layout(sources):
    """clang-format would change nothing."""
    paths = list(text.files(sources.root, (".c", ".h")))
    status, said = run(["clang-format", "--dry-run", "-Werror", *paths],
                       sources.root)
    changed = sorted({line.split(":")[0] for line in said.splitlines()
                      if "clang-format-violations" in line})
    problems = [f"{path}: not laid out as .clang-format has it" for path in changed]
    return f"{len(paths)} files", problems or ([said] if status else [])


def shell(sources):
    """shellcheck finds nothing."""
    paths = list(text.scripts(sources.root))
    if not paths:
        return "0 scripts", []
    status, said = run(["shellcheck", *paths], sources.root)
    return f"{len(paths)} scripts", [said] if status else []


def load(root, boards):
    """The Sources of these boards and of those that only tests use."""
    tests = sorted(glob.glob(os.path.join(root, "tests/sys/boards/*/board.mk")))
    boards = [*boards, *(os.path.basename(os.path.dirname(t)) for t in tests)]
    done = subprocess.run(["tools/compile_commands.py", *boards], cwd=root,
                          stdout=subprocess.PIPE, check=True)
    return Sources(root, {entry["file"]: entry["arguments"]
                          for entry in json.loads(done.stdout)})
