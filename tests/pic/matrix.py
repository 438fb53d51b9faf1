# SPDX-License-Identifier: Apache-2.0
"""Links every program of tests/pic/corpus in every way that compilers offer, and
makes it position independent.

    python3 tests/pic/matrix.py [--ways N] [--seed N] [WORD ...]

A WORD picks ways or programs whose name has it; --ways N takes N of the ways,
by the seed. `berth tab` proves each rewrite by itself, so what is looked for here
are refusals: none but the one that is documented. Prints the ways in which an
app had to be linked again, and ends with `N passed, N failed`.
"""
import argparse
import concurrent.futures
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")
PICOLIBC = os.environ.get("PICOLIBC", f"/usr/lib/picolibc/{CROSS[:-1]}")
CORPUS = os.path.join(ROOT, "tests", "pic", "corpus")
BERTH = os.path.abspath(os.environ.get("BERTH", os.path.join(ROOT, "build", "berth")))
LIBC = os.path.join(PICOLIBC, "lib", "rv32imac", "ilp32")
ARCH = ["-march=rv32imc", "-mabi=ilp32"]
INCLUDES = ["-I" + os.path.join(ROOT, d) for d in ("include", "apps/lib", "apps/rt")]
COMMON = [*ARCH, "-ffunction-sections", "-fdata-sections", "-fno-stack-protector",
          "-ftls-model=local-exec", "-fno-common", "-w", *INCLUDES, "-isystem",
          os.path.join(PICOLIBC, "include")]
CC = {"gcc": [CROSS + "gcc"], "clang": ["clang", "--target=riscv32-unknown-elf"]}
CXX = {"gcc": [CROSS + "g++"], "clang": ["clang++", "--target=riscv32-unknown-elf"]}
CXX_FLAGS = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]
MODELS = {"pic": ["-fPIC"], "pie": ["-fPIE"],
          "medany": ["-fno-pic", "-mcmodel=medany"],
          "medlow": ["-fno-pic", "-mcmodel=medlow"]}
# What is refused, and by what words.
REFUSED = {"refused_packed.c": "no multiple of 4, as in a packed structure"}
LIBGCC = SCRIPTS = None


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True,
                          timeout=120, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def need(*command):
    code, text = run(*command)
    if code:
        raise RuntimeError(f"{' '.join(command)[:200]} ...\n{text}")
    return text


class Way:
    """A compiler with options, and a linker."""

    def __init__(self, cc, level, model, relax, linker):
        self.cc, self.linker, self.relax = cc, linker, relax
        self.name = f"{cc}-O{level}-{model}-{'relax' if relax else 'norelax'}-{linker}"
        self.flags = [f"-O{level}", *MODELS[model],
                      "-mrelax" if relax else "-mno-relax", *COMMON]
        self.dir = None

    def compile(self, source, output):
        if source.endswith(".cc"):
            need(*CXX[self.cc], *self.flags, *CXX_FLAGS, "-c", source, "-o", output)
        else:
            language = [] if source.endswith(".S") else ["-std=c17"]
            need(*CC[self.cc], *self.flags, *language, "-c", source, "-o", output)
        return output

    def prepare(self, folder):
        """The start-up code and library of apps, built this way too."""
        self.dir = os.path.join(folder, self.name)
        os.mkdir(self.dir)
        objects, self.first = [], []
        for part in ("apps/rt", "apps/lib"):
            for name in sorted(os.listdir(os.path.join(ROOT, part))):
                if not name.endswith((".c", ".S")) or name == "crt0_fixed.S":
                    continue
                made = self.compile(os.path.join(ROOT, part, name),
                                    os.path.join(self.dir, f"lib_{name}.o"))
                # These replace functions of picolibc.
                (self.first if name in ("posix.c", "getc.c") else objects).append(made)
        self.archive = os.path.join(self.dir, "libberth.a")
        need(CROSS + "ar", "crs", self.archive, *objects)

    def link(self, objects, elf, settings, more=()):
        script = os.path.join(os.path.dirname(elf), "prelink.ld")
        libraries = [os.path.join(LIBC, "libc.a"), os.path.join(LIBC, "libm.a"), LIBGCC]
        need(BERTH, "prelink", "-o", script, *objects, *self.first, self.archive,
             *libraries)
        # What is defined for a script comes before it.
        options = [f"--defsym=STACK_SIZE={settings.get('STACK_SIZE', 1024)}"]
        options += [m.replace("-Wl,", "") for m in more]
        if settings.get("PRINTF") != "double":
            options += ["--defsym=vfprintf=__i_vfprintf", "--defsym=vfscanf=__i_vfscanf"]
        options += ["--emit-relocs", "-static", "--gc-sections", "-u", "_start",
                    "--build-id=none", "-z", "max-page-size=4",
                    "-L" + os.path.dirname(script), "-L" + SCRIPTS, "-T",
                    os.path.join(SCRIPTS, "app.ld"), "-Map", elf + ".map"]
        tool = ["ld.lld"] if self.linker == "lld" else [CROSS + "ld", "-melf32lriscv"]
        if not self.relax:
            options.append("--no-relax")
        need(*tool, *options, "-o", elf, *objects, *self.first, "--start-group",
             self.archive, *libraries, "--end-group")


def settings_of(source):
    path = os.path.splitext(source)[0] + ".mk"
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return dict(line.strip().split(" := ", 1) for line in file if ":=" in line)


def attempt(way, program):
    """One program one way: what failed, or None; and how often it was linked."""
    folder = os.path.join(way.dir, program.replace(".", "_"))
    os.mkdir(folder)
    elf, relink = (os.path.join(folder, n) for n in ("app.elf", "relink"))
    source = os.path.join(CORPUS, program)
    settings, more = settings_of(source), []
    flags = ["-DPICOLIBC_INTEGER_PRINTF_SCANF"] if settings.get("PRINTF") != "double" else []
    objects = [compile_with(way, source, os.path.join(folder, "app.o"), flags)]
    for links in range(1, 5):
        way.link(objects, elf, settings, more)
        code, text = run(BERTH, "tab", "--tbf", os.path.join(folder, "app.tbf"),
                         "--map", elf + ".map", "--relink", relink, elf)
        if code == 0:
            return None if program not in REFUSED else "should be refused", links
        if code != 1:
            return text, links
        if program in REFUSED:
            return None if REFUSED[program] in text else text, links
        with open(relink, encoding="utf-8") as file:
            again = file.read().split()
        if not again or again == more:
            return text, links
        more = again
    return text, links


def compile_with(way, source, output, flags):
    """Compiles with more flags, for one source only."""
    other = Way.__new__(Way)
    other.__dict__.update(way.__dict__, flags=[*way.flags, *flags])
    return other.compile(source, output)


def ways(words):
    every = []
    for cc, level, model, relax in itertools.product(CC, "0s2", MODELS, (True, False)):
        # lld 14 does not relax, and refuses what asks for it.
        for linker in ("ld",) if relax else ("ld", "lld"):
            every.append(Way(cc, level, model, relax, linker))
    return [w for w in every if not words or any(x in w.name for x in words)]


def programs(words):
    every = sorted(n for n in os.listdir(CORPUS) if n.endswith((".c", ".cc", ".S")))
    return [n for n in every if not words or any(x in n for x in words)]


def main():
    global LIBGCC, SCRIPTS
    parser = argparse.ArgumentParser()
    parser.add_argument("--ways", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    LIBGCC = need(CROSS + "gcc", "-march=rv32imac", "-mabi=ilp32",
                  "-print-libgcc-file-name")
    names = programs([])
    way_words = [w for w in options.words if not any(w in n for n in names)]
    name_words = [w for w in options.words if w not in way_words]
    some = ways(way_words)
    if 0 < options.ways < len(some):
        some = random.Random(options.seed).sample(some, options.ways)
    pairs = list(itertools.product(some, programs(name_words)))
    passed, failed, again = 0, 0, []
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        # A copy: they stay the same for the whole run.
        SCRIPTS = shutil.copytree(os.path.join(ROOT, "linker"),
                                  os.path.join(folder, "linker"))
        list(pool.map(lambda w: w.prepare(folder), {id(w): w for w, _ in pairs}.values()))
        results = pool.map(lambda p: outcome(*p), pairs)
        for (way, name), (problem, links) in zip(pairs, results):
            if problem:
                failed += 1
                print(f"  FAIL  {name} {way.name}: {problem}", flush=True)
            else:
                passed += 1
                if links > 1:
                    again.append(f"{name} {way.name}: {links} links")
    for line in again:
        print(f"  again {line}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def outcome(way, name):
    try:
        return attempt(way, name)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        return str(error), 0


if __name__ == "__main__":
    sys.exit(main())
