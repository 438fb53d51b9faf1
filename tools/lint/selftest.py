# SPDX-License-Identifier: Apache-2.0
"""Shows that each static check refuses what it is there to refuse.

    python3 tools/lint/selftest.py

Every case builds a small tree that a check must accept, spoils it in one way,
and wants to be told so. The last line is `N passed, N failed`.
"""
import os
import subprocess
import sys
import tempfile

import compilers
import coverage
import image
import stack
import text

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
TARGET = ["riscv64-unknown-elf-gcc", "-march=rv32imac_zicsr_zifencei",
          "-mabi=ilp32", "-std=c17", "-Os", "-ffreestanding", "-Wall", "-Wextra",
          "-Wconversion", "-Werror", "-Wmissing-prototypes", "-I.", "-Iinclude"]
ARROWS = """roots . include
kernel -> <freestanding>
drivers -> kernel/driver.h <freestanding>
"""
BOARD_MK = "# SPDX-License-Identifier: Apache-2.0\nBOARD_PMP_ENTRIES := 8\n"
GOOD_TRAP = SPDX + ".globl trap_entry\ntrap_entry:\n sw gp, 0(a0)\n sw t3, 4(a0)\n mret\n"
GOOD_MAIN = SPDX + """
void kernel_main(void);
void kernel_main(void)
{
    for (;;)
        __asm__ volatile("csrw pmpaddr7, zero");
}
"""
GOOD_DRIVER = SPDX + "extern int upcall_queue(void);\nint f(void);\n" \
    "int f(void)\n{\n    return upcall_queue();\n}\n"
COVERAGE_MD = coverage.HEADING + "\n\n## [`docs/abi.md`](abi.md)\n\n| clause | tests |\n" \
    "|---|---|\n| a class | `tests/sys/test_x.py`: it faults |\n"
DEFECTS = "".join(f"{n} it fails = tests/sys/test_x.py: it_faults\n"
                  for n in range(1, coverage.DEFECT_COUNT + 1))
GOOD = {
    "tools/arrows.txt": ARROWS,
    "tools/authority.txt": "drivers/led.c: upcall_queue\n",
    "tools/stack.txt": "root kernel_main\nasm arch_enter 0: kernel_main\n",
    "boards/b/board.mk": BOARD_MK,
    "boards/b/memory.ld": SPDX + "KERNEL_STACK = 1K - 768;\n",
    "arch/riscv32/trap.S": GOOD_TRAP,
    "kernel/main.c": GOOD_MAIN,
    "kernel/driver.h": SPDX + "#ifndef D_H\n#define D_H\n#include <stdint.h>\n"
                              "uint32_t d(void);\n#endif\n",
    "drivers/led.c": GOOD_DRIVER,
    "docs/abi.md": "| case | here |\n|---|---|\n| a class | a fault |\n",
    "docs/coverage.txt": "[docs/abi.md]\na class = tests/sys/test_x.py: it_faults\n",
    "docs/coverage.md": COVERAGE_MD,
    "tests/defects.txt": DEFECTS,
    "kernel/ipc.h": SPDX + "/* No driver. */\n#ifndef I_H\n#define I_H\n#endif\n",
    "tests/sys/test_x.py": "# SPDX-License-Identifier: Apache-2.0\ndef it_faults(m):\n"
                           "    m.expect(r'.')\n",
    "tools/check.sh": "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\necho ok\n",
}


def write(root, files):
    for path, content in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(content)


def build(root):
    """Compiles the tree as the Makefile would, to build/b."""
    linked = []
    for path in text.files(root, (".c", ".S")):
        to = f"build/b/obj/{path}.o"
        os.makedirs(os.path.join(root, os.path.dirname(to)), exist_ok=True)
        options = [w for w in TARGET if w != "-Werror"]
        if path.endswith(".c"):
            options = [*options, "-fcallgraph-info=su"]
        subprocess.run([*options, "-c", "-o", to, path], cwd=root, check=True,
                       stderr=subprocess.DEVNULL)
        linked.append(to)
    subprocess.run([TARGET[0], "-march=rv32imac", "-mabi=ilp32", "-nostdlib",
                    "-nostartfiles", "-Wl,--unresolved-symbols=ignore-all",
                    "-Wl,--no-relax", "-Wl,-T,/dev/null", "-o",
                    "build/b/kernel.elf", *linked], cwd=root, check=True,
                   stderr=subprocess.DEVNULL)


def sources(root):
    return compilers.Sources(root, {p: [*TARGET, "-c", "-o", "x.o", p]
                                    for p in text.files(root, ".c")})


def c(body):
    return SPDX + "#include <stdint.h>\n" + body


def asm(line):
    """kernel/main.c with one more instruction."""
    return {"kernel/main.c": GOOD_MAIN.replace("    for",
                                               f'    __asm__("{line}");\n    for')}


def table(lines):
    """A table of traps beside the rest."""
    return {"arch/x.S": SPDX + "    .option norvc\n" + lines + "\n"}


def in_ram(does):
    """Code for RAM that does something, in a kernel whose flash is known."""
    return {"kernel/x.c": c(
        "void kernel_main(void);\nvoid g(unsigned x);\n"
        '__asm__(".globl __rom_start, __app_flash_end\\n"\n'
        '        "__rom_start = 0x20000000\\n__app_flash_end = 0x20400000");\n'
        '__attribute__((section(".ram_code"))) void g(unsigned x)\n{\n'
        f"    (void)x;\n    {does}\n}}\n")}


DEEP = c("void kernel_main(void);\nvoid kernel_main(void)\n{\n"
         "    volatile char a[400];\n    a[3] = 0;\n}\n")
LOOP = c("void kernel_main(void);\nint loop(int);\nvoid kernel_main(void)\n{\n"
         "    loop(3);\n}\n__attribute__((noipa)) int loop(int n)\n{\n"
         "    return n ? loop(n - 1) ^ loop(n / 2) : 1;\n}\n")
POINTER = c("void (*hook)(void);\nvoid kernel_main(void);\n"
            "void kernel_main(void)\n{\n    hook();\n    hook();\n}\n")
LONG = c("void f(volatile int *p);\nvoid f(volatile int *p)\n{\n"
         + "    (*p)++;\n" * 80 + "}\n")

# the check, what spoils the tree, what has to be said
CASES = (
    (text.arrows, {"drivers/x.c": '#include <kernel/main.h>\n',
                   "kernel/main.h": ""}, "drivers may not include kernel/main.h"),
    (text.arrows, {"kernel/x.c": '#include "../drivers/led.c"\n'},
     "kernel may not include drivers/led.c"),
    (text.arrows, {"kernel/x.c": "#include <stdio.h>\n"}, "may not include the"),
    (text.arrows, {"loader/x.c": "#include <stdint.h>\n"}, "no line for this folder"),
    (text.licences, {"kernel/x.c": "int x;\n"}, "kernel/x.c"),
    (text.licences, {"tools/x": "#!/bin/sh\necho\n"}, "tools/x"),
    (text.conditionals, {"kernel/x.c": "#ifdef DEBUG\n#endif\n"}, "#ifdef DEBUG"),
    (text.conditionals, {"pic/x.h": "#ifndef A\n#define A\n#if A > 3\n#endif\n#endif\n"},
     "#if A > 3"),
    (text.layout, {"kernel/x.c": "/* " + "x" * 100 + " */\n"}, "characters wide"),
    (text.layout, {"kernel/x.c": "int x; \n"}, "blanks at the end"),
    (coverage.check, {"docs/coverage.txt": "[docs/abi.md]\n"},
     "no test covers: a class"),
    (coverage.check, {"tests/sys/test_x.py": "# SPDX-License-Identifier: Apache-2.0\n"},
     "no test tests/sys/test_x.py: it_faults"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on */\n"},
     "no test covers: command 1"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on\n"
                                            " *  event 2  BUSY: it is\n */\n"},
     "no test covers: event 2"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on\n"
                                            " *  read-write buffer 1 */\n"},
     "no test covers: read-write 1"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on\n"
                                            " * BUSY: it is */\n"},
     "no test covers: error BUSY"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on */\n"},
     "no test covers: two apps"),
    (coverage.check, {"drivers/x.h": SPDX + "/* Y. */\n#define DRIVER_X 0x99u\n"},
     "DRIVER_X (0x99): no driver's header"),
    (coverage.check, {"drivers/x.h": SPDX + "/* X, driver 0x99.\n *\n *  command 1  on\n"
                                            " * BUSY: it is */\n",
                      "tests/unit/test_x.c": SPDX + "static void it_is(void **state)\n{\n}\n",
                      "docs/coverage.txt": "[drivers/x.h]\nerror BUSY = "
                                           "tests/unit/test_x.c: it_is\n"},
     "error BUSY: no test tests/unit/test_x.c: it_is"),
    (coverage.check, {"docs/coverage.txt": "[docs/abi.md]\na class = tests/sys/test_x.py: "
                                           "it_faults\nnothing\n"},
     "neither [FILE] nor CLAUSE"),
    (coverage.check, {"docs/coverage.md": "old\n"}, "make coverage"),
    (coverage.check, {"docs/coverage.txt": "[docs/abi.md]\na class = tests/sys/test_x.py: "
                                           "it_faults\nb = tests/sys/test_x.py: it_faults\n"},
     "does not promise: b"),
    (coverage.defects, {"tests/defects.txt": DEFECTS.replace("36 it", "35 that it")},
     "no test of defect 36"),
    (coverage.defects, {"tests/defects.txt": DEFECTS + "37 it = tests/sys/test_x.py: it_faults\n"},
     "what is defect 37?"),
    (coverage.defects, {"tests/defects.txt": DEFECTS.replace("it_faults", "it_holds", 1)},
     "no test tests/sys/test_x.py: it_holds"),
    (compilers.layout, {"kernel/x.c": "int   x;\n"}, "kernel/x.c"),
    (compilers.shell, {"tools/x.sh": "#!/bin/sh\nrm $1\n"}, "SC2086"),
    (compilers.headers, {"kernel/x.h": "uint32_t x(void);\n"}, "does not compile"),
    (compilers.clang, {"kernel/x.c": c("int f(unsigned a);\nint f(unsigned a)\n{\n"
                                       "    return a;\n}\n")}, "implicit conversion"),
    (compilers.analyzer, {"kernel/x.c": c("int f(void);\nint f(void)\n{\n    int *p = 0;\n"
                                          "    return *p;\n}\n")}, "NULL"),
    (compilers.cppcheck, {"kernel/x.c": c("int f(void);\nint f(void)\n{\n    int a[2];\n"
                                          "    a[0] = 1;\n    return a[2];\n}\n")},
     "out of bounds"),
    (compilers.tidy, {"kernel/x.c": LONG}, "exceeds recommended size"),
    (compilers.tidy, {"kernel/x.c": c("int f(int x);\nint f(int x)\n{\n"
                                      "    if (x)\n        return 1;\n    else\n"
                                      "        return 1;\n}\n")}, "bugprone"),
    (image.audit, {"drivers/led.c": GOOD_DRIVER.replace("upcall_queue", "process_stop")},
     "reaches process_stop"),
    (image.audit, {"drivers/x.c": "int x;\n"}, "no line in tools/authority.txt"),
    (image.audit, {"tools/authority.txt": "drivers/led.c: upcall_queue memcpy\n"},
     "does not need memcpy"),
    (image.registers, asm("mv a0, gp"), "kernel_main"),
    (stack.scratch, asm("li t4, 1"), "kernel_main"),
    (stack.scratch, asm("li a7, 1"), "kernel_main"),
    (image.registers, asm("sw tp, 0(a0)"), "kernel_main"),
    (image.instruction_set, asm("amoadd.w a0, a1, (a2)"), "amoadd.w"),
    (image.instruction_set, asm("lr.w a0, (a2)"), "lr.w"),
    (image.csrs, asm("csrr a0, mcycle"), "mcycle"),
    (image.csrs, asm("csrs mie, a0"), "mie"),
    (image.csrs, asm("rdtime a0"), "time"),
    (image.ram_code, in_ram("kernel_main();"), "far away"),
    (image.ram_code, in_ram("((void (*)(void))x)();"), "nobody knows where"),
    (image.ram_code, in_ram('__asm__ volatile("j . + 0x400");'), "goes out of it"),
    (image.ram_code, in_ram("*(volatile char *)0x20001000;"), "an address in flash"),
    (image.ram_code, {"chips/c/x_ram.c": "int h(void);\nint h(void)\n{\n    return 1;\n}\n"},
     "is not in .ram_code"),
    (image.alias, {"boards/b/board.mk": "ESP32C3_BOOT ?= rom\n", "kernel/x.c": c(
        '__asm__(".globl __app_ram_start, __app_ram_end\\n"\n'
        '        "__app_ram_start = 0\\n__app_ram_end = 0x10000000");\n')},
     "is the same memory as the apps' RAM"),
    (image.vectors, table(".balign 256\n.space 4\n.globl trap_table\ntrap_table:\n"
                          ".rept 32\nj .\n.endr"), "no multiple of 256"),
    (image.vectors, table(".balign 256\n.globl trap_table\ntrap_table:\n.rept 31\nj .\n"
                          ".endr\nnop"), "no jump of four bytes"),
    (image.vectors, table(".balign 256\n.globl trap_table\ntrap_table:\n.option rvc\n"
                          ".rept 32\nj .\n.endr"), "no jump of four bytes"),
    (image.engine, {"pic/reloc.c": "extern const int a[600];\nconst int a[600] = {1};\n"},
     "2048 are allowed"),
    (image.pmp, asm("csrw pmpaddr8, a0"), "pmpaddr8"),
    (image.pmp, asm("csrw pmpcfg2, a0"), "pmpcfg2"),
    (image.pmp, {"boards/b/board.mk": "X := 1\n"}, "BOARD_PMP_ENTRIES"),
    (image.global_pointer, asm(".globl __global_pointer$\\n__global_pointer$:"),
     "__global_pointer$"),
    (stack.stack, {"kernel/main.c": DEEP}, "KERNEL_STACK is 256"),
    (stack.stack, {"kernel/main.c": LOOP}, "recursion"),
    (stack.stack, {"kernel/main.c": POINTER}, "calls through a pointer"),
    (stack.stack, {"tools/stack.txt": "root no_such\n"}, "no function no_such"),
    (stack.stack, {"tools/stack.txt": "root kernel_main\ncall f: b\n"},
     "no function b"),
)


def problems_of(check, root):
    """What the check says about the tree, as one text."""
    module = check.__module__
    if module in ("text", "coverage"):
        return "\n".join(check(root)[1])
    if module == "compilers":
        return "\n".join(check(sources(root))[1])
    build(root)
    return "\n".join(check(root, ["b"])[1])


def holds(check, spoilt, wanted):
    """None if the check accepts the good tree and refuses the spoilt one."""
    with tempfile.TemporaryDirectory() as root:
        write(root, GOOD)
        write(root, {".clang-format": text.read(".", ".clang-format"),
                     ".clang-tidy": text.read(".", ".clang-tidy")})
        said = problems_of(check, root)
        if said:
            return f"refuses what is good:\n{said}"
        write(root, spoilt)
        said = problems_of(check, root)
        return None if wanted in said else f"did not say \"{wanted}\" but:\n{said}"


def main():
    failed = 0
    for check, spoilt, wanted in CASES:
        name = f"{check.__module__}.{check.__name__} refuses: {wanted}"
        why = holds(check, spoilt, wanted)
        failed += why is not None
        print(f"  {'FAIL' if why else 'ok  '}  {name}" + (f": {why}" if why else ""),
              flush=True)
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
