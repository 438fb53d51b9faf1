# SPDX-License-Identifier: Apache-2.0
# BUILDS: the SDK
"""The SDK as somebody else uses it: installed in a folder with blanks in its
name, an app beside it whose Makefile has five lines, each compiler and linker;
and what comes of it runs."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "sys"))
import harness  # noqa: E402

MAKEFILE = """NAME := outside
SOURCES := main.c shapes.cc
STACK_SIZE := 1536
HEAP_SIZE := 1024
include ../sdk/share/berth/berth.mk
"""
MAIN = r"""
#include <berth/alarm.h>
#include <stdio.h>

int areas(int side);
static const char *const names[] = { "none", "square" };

int main(void)
{
    berth_sleep_ms(5);
    printf("%s: a %s of %d\n", BERTH_APP_NAME, names[1], areas(3));
    return 0;
}
"""
SHAPES = r"""
struct shape {
    virtual int area() const = 0;
    virtual ~shape() {}
};
struct square : shape {
    int side;
    explicit square(int s) : side(s) {}
    int area() const override { return side * side; }
};
static square made_before_main(5);

extern "C" int areas(int side)
{
    shape *s = new square(side);
    int all = s->area() + made_before_main.area();
    delete s;
    return all;
}
"""
WAYS = {"gcc": [], "clang": ["CC=clang"], "lld": ["CC=clang", "LINKER=lld"],
        "gcc -O2": ["CFLAGS=-O2", "CXXFLAGS=-O2"]}


def run(*command, cwd=ROOT):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CC")}
    done = subprocess.run(command, cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=environment,
                          timeout=200, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout[-2000:]}")
    return done.stdout


def built(app, settings):
    """The app made that way runs and prints what it should."""
    run("make", "clean", cwd=app)
    run("make", *settings, cwd=app)
    if not os.path.exists(os.path.join(app, "outside.tab")):
        raise AssertionError("there is no outside.tab")
    again = run("make", *settings, cwd=app)
    if "CC" in again or "LINK" in again or "TAB" in again:
        raise AssertionError(f"a second make does something:\n{again}")
    image = os.path.join(app, "flash.img")
    run("build/berth", "image", "-o", image, "--base", "0x22000000", "--size",
        "33554432", "--pad", "0", os.path.join(app, "build", "outside.tbf"))
    with harness.Machine("qemu-virt", image, timeout=60) as machine:
        machine.expect(r"outside: a square of 34\s")


def describes(installed):
    """pkg-config and the debugger's helper are there and make sense."""
    said = run("sh", "-c", 'PKG_CONFIG_PATH="$0/lib/pkgconfig" '
               'pkg-config --cflags berth || cat "$0/lib/pkgconfig/berth.pc"', installed)
    if "-fPIE" not in said or "berth-app" not in said:
        raise AssertionError(said)
    if not os.path.exists(os.path.join(installed, "share", "berth", "berth_gdb.py")):
        raise AssertionError("no berth_gdb.py")


def main():
    os.chdir(ROOT)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        there = os.path.join(folder, "a folder")
        app, installed = (os.path.join(there, n) for n in ("an app", "installed here"))
        os.makedirs(app)
        run("make", "install", f"PREFIX={installed}")
        run("make", "kernel", "build/berth")
        os.symlink("installed here", os.path.join(there, "sdk"))
        for name, text in (("Makefile", MAKEFILE),
                           ("main.c", MAIN), ("shapes.cc", SHAPES)):
            with open(os.path.join(app, name), "w", encoding="utf-8") as file:
                file.write(text)
        tests = {f"an app made outside with {way} runs": lambda s=s: built(app, s)
                 for way, s in WAYS.items()}
        tests["the SDK describes itself"] = lambda: describes(installed)
        for name, test in tests.items():
            try:
                test()
                passed += 1
                print(f"  ok    {name}")
            except (AssertionError, harness.Failed, subprocess.TimeoutExpired) as why:
                failed += 1
                print(f"  FAIL  {name}: {why}")
        shutil.rmtree(there)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
