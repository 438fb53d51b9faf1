#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header of the app library is C++ too, alone and with all the others,
and what it declares has C linkage."""
import glob
import os
import re
import subprocess
import sys
import tempfile

CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")
CXX = [CROSS + "g++", "-std=c++17", "-march=rv32imc", "-mabi=ilp32",
       "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-fno-exceptions",
       "-fno-rtti", "-Iinclude", "-Iapps/lib", "-Iapps/rt", "-isystem",
       f"/usr/lib/picolibc/{CROSS[:-1]}/include", "-x", "c++"]
HEADERS = sorted(glob.glob("apps/lib/berth/*.h") + ["apps/rt/syscall.h"])
FUNCTION = re.compile(r"^(?!typedef|__attribute__)[a-z][\w *]*\(", re.M)


def compile_cxx(text):
    """What the C++ compiler says of it; empty when it is content."""
    with tempfile.NamedTemporaryFile("w", suffix=".cc") as file:
        file.write(text)
        file.flush()
        return subprocess.run([*CXX, file.name], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              check=False).stdout


def include(path):
    return f'#include "{os.path.abspath(path)}"\n'


def each_header_is_cxx_alone():
    if len(HEADERS) < 30:
        return "there were more headers"
    return "".join(compile_cxx(include(h)) for h in HEADERS)


def all_headers_are_cxx_together_and_twice():
    text = "".join(include(h) for h in HEADERS)
    return compile_cxx(text + text + "int main() { return 0; }\n")


def what_they_declare_has_c_linkage():
    without = []
    for header in HEADERS:
        with open(header, encoding="utf-8") as file:
            text = file.read()
        if FUNCTION.search(text) and 'extern "C"' not in text:
            without.append(header)
    return "\n".join(without)


def a_header_that_is_not_cxx_is_found():
    return "" if compile_cxx("int *f(void *p) { return p; }\n") else "it was not"


def main():
    passed = failed = 0
    for test in (each_header_is_cxx_alone, all_headers_are_cxx_together_and_twice,
                 what_they_declare_has_c_linkage,
                 a_header_that_is_not_cxx_is_found):
        why = test()
        name = test.__name__.replace("_", " ")
        print(f"  FAIL  headers: {name}\n{why}" if why
              else f"  ok    headers: {name}")
        passed, failed = passed + (not why), failed + bool(why)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
