# SPDX-License-Identifier: Apache-2.0
"""The serial flash driver on QEMU's sifive_u, whose flash nobody here has
modelled: tests/bare/spi_nor.c, and what it leaves in the flash's file."""
import os
import subprocess
import sys
import tempfile
import threading

CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")
SIZE = 32 << 20
SECTOR = 0x1FF000
SOURCES = ["tests/bare/start.S", "tests/bare/spi_nor.c",
           "chips/common/spi_nor.c", "chips/common/spi_nor_ram.c",
           "chips/sifive-e/spi_flash_ram.c", "chips/sifive-e/kept_uart_ram.c"]


def build(path):
    subprocess.run(
        [CROSS + "gcc", "-march=rv32imac_zicsr_zifencei", "-mabi=ilp32", "-std=c17",
         "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-builtin",
         "-mcmodel=medany", "-msmall-data-limit=0", "-nostdlib", "-static", "-I.",
         "-Iinclude", "-Iarch/riscv32/include",
         "-Wl,--section-start=.init=0x80000000", "-Wl,-Ttext=0x80000100",
         "-Wl,--build-id=none", "-Wl,-e,_start", "-o", path, *SOURCES,
         "-lgcc"], check=True)


def run(kernel, flash):
    """What it says. QEMU is asked to end: then it writes the file first."""
    machine = subprocess.Popen(
        ["qemu-system-riscv32", "-M", "sifive_u", "-display", "none", "-monitor",
         "none", "-serial", "stdio", "-bios", "none", "-kernel", kernel,
         "-drive", f"if=mtd,format=raw,file={flash}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watch = threading.Timer(60, machine.kill)
    watch.start()
    said = b""
    while not said.endswith(b".\n"):
        byte = machine.stdout.read(1)
        if not byte:
            break
        said += byte
    machine.terminate()
    machine.wait()
    watch.cancel()
    return said.decode(errors="replace")


def file_problem(path):
    """What is wrong with what the flash's file holds, or None."""
    page = bytes(i ^ 0xA5 for i in range(256))
    wanted = bytearray(b"\xFF" * 4096)
    wanted[0x100:0x200] = page
    wanted[0x2FC:0x300] = bytes([0x0F, 0xF0, 0, 0xAA])
    with open(path, "rb") as file:
        image = file.read()
    if image[SECTOR:SECTOR + 4096] != wanted:
        return "the sector holds something else"
    rest = image[:SECTOR] + image[SECTOR + 4096:]
    return None if rest == b"\0" * len(rest) else "other sectors were changed"


def main():
    with tempfile.TemporaryDirectory() as folder:
        kernel, flash = os.path.join(folder, "k.elf"), os.path.join(folder, "nor.img")
        build(kernel)
        with open(flash, "wb") as file:
            file.write(b"\0" * SIZE)
        said = run(kernel, flash)
        problems = [("the driver runs on it",
                     None if said.endswith("ok.\n") else f"it says {said!r}"),
                    ("its flash holds what was written, and nothing else",
                     file_problem(flash))]
    failed = sum(why is not None for _, why in problems)
    for name, why in problems:
        print(f"  {'FAIL' if why else 'ok  '}  spi nor in QEMU: {name}"
              + (f": {why}" if why else ""))
    print(f"{len(problems) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
