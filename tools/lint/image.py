# SPDX-License-Identifier: Apache-2.0
"""Checks of what was built: what a driver can reach, which registers,
instructions and CSRs the linked kernel uses.

Each check takes the tree's root and boards that have been built, and returns
(what was looked at, problems).
"""
import collections
import os
import re
import subprocess

import text

CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")
# Objects that run on every chip.
SHARED = ("arch", "kernel", "drivers", "loader", "pic")
# The app's while the kernel runs.
APPS_OWN = re.compile(r"\b(gp|tp)\b")
ATOMIC = re.compile(r"^(lr|sc|amo\w+)\.")
# Not in the ESP32-C3.
ABSENT_INSTRUCTION = re.compile(r"^(rd(cycle|time|instret)h?|sfence\.vma|fence\.tso)$")
ABSENT_CSR = {"mie", "mip", "mcycle", "mcycleh", "minstret", "minstreth",
              "mcountinhibit", "mcounteren", "cycle", "cycleh", "time", "timeh",
              "instret", "instreth", "0x304", "0x344", "0xb00", "0xb02", "0xb80",
              "0xb82", "0x306", "0x320", "0xc00", "0xc01", "0xc02", "0xc80",
              "0xc81", "0xc82"}
PMP = re.compile(r"\bpmp(cfg|addr)(\d+)\b")

Line = collections.namedtuple("Line", "symbol address mnemonic operands")


def tool(name, *words, root):
    return subprocess.run([CROSS + name, *words], cwd=root, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def setting(root, board, name):
    """What board.mk, or one that it includes, sets `name` to, or None."""
    own = text.read(root, f"boards/{board}/board.mk")
    others = re.findall(r"^include (boards/\S+/board\.mk)$", own, re.M)
    found = re.search(rf"^{name}\s*[:?]*=[ \t]*(.*?)[ \t]*$",
                      "\n".join([own, *(text.read(root, o) for o in others)]), re.M)
    return found and found.group(1)


def instructions(root, path, *options):
    """Each instruction of an object or image, with the symbol it lies behind."""
    symbol = ""
    listing = tool("objdump", "-d", "-M", "no-aliases", *options, path, root=root)
    for line in listing.splitlines():
        label = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if label:
            symbol = label.group(1)
            continue
        found = re.match(r"^ *([0-9a-f]+):\t[0-9a-f ]+\t(\S+)\t?(.*)$", line)
        if found:
            operands = re.sub(r"<.*?>|#.*", "", found.group(3)).strip()
            yield Line(symbol, found.group(1), found.group(2), operands)


def symbols(root, path, *options):
    """The names nm lists."""
    lines = tool("nm", *options, path, root=root).splitlines()
    return {line.split()[-1] for line in lines if line.split()}


def objects(root, board, folders):
    """The board's objects of sources in these folders."""
    top = os.path.join("build", board, "obj")
    for path in text.files(root, ".o", [os.path.join(top, f) for f in folders]):
        source = os.path.relpath(path, top)[:-2]
        if os.path.isfile(os.path.join(root, source)):
            yield path, source


def kernel(board):
    return f"build/{board}/kernel.elf"


def where(line, image):
    return (f"{image}: {line.symbol} at 0x{line.address}: "
            f"{line.mnemonic} {line.operands}")


def authority(root):
    """tools/authority.txt: source -> what it may reach."""
    table = {}
    listing = text.read(root, "tools/authority.txt").replace("\n ", " ")
    for line in listing.splitlines():
        source, colon, names = line.split("#")[0].partition(":")
        if colon:
            table[source.strip()] = set(names.split())
    return table


def audit(root, boards):
    """A driver reaches only what tools/authority.txt grants it."""
    table = authority(root)
    reached, problems = {}, []
    for board in boards:
        for path, source in objects(root, board, ("drivers", "loader")):
            reached.setdefault(source, set()).update(symbols(root, path, "-u"))
    for source, names in sorted(reached.items()):
        if source not in table:
            problems.append(f"{source}: no line in tools/authority.txt; it reaches: "
                            + " ".join(sorted(names)))
            continue
        for name in sorted(names - table[source]):
            problems.append(f"{source}: reaches {name}, which "
                            "tools/authority.txt does not grant it")
        for name in sorted(table[source] - names):
            problems.append(f"{source}: does not need {name}: take it out of "
                            "tools/authority.txt")
    return f"{len(reached)} objects", problems


def registers(root, boards):
    """gp and tp only where a context is saved and restored."""
    problems = []
    for board in boards:
        trap = f"build/{board}/obj/arch/riscv32/trap.S.o"
        context = symbols(root, trap, "--defined-only")
        for line in instructions(root, kernel(board)):
            if line.symbol not in context and APPS_OWN.search(line.operands):
                problems.append(where(line, kernel(board)))
    return f"{len(boards)} images", problems


def instruction_set(root, boards):
    """No instruction that one of the chips lacks."""
    problems = []
    for board in boards:
        for line in instructions(root, kernel(board)):
            if ATOMIC.match(line.mnemonic) or ABSENT_INSTRUCTION.match(line.mnemonic):
                problems.append(where(line, kernel(board)))
    return f"{len(boards)} images", problems


def csrs(root, boards):
    """No CSR that one of the chips lacks in code they share."""
    seen, problems = 0, []
    for board in boards:
        for path, _ in objects(root, board, SHARED):
            seen += 1
            for line in instructions(root, path):
                if (line.mnemonic.startswith("csr")
                        and ABSENT_CSR & set(line.operands.split(","))):
                    problems.append(where(line, path))
    return f"{seen} objects", problems


def pmp(root, boards):
    """No PMP entry beyond the board's budget (BOARD_PMP_ENTRIES)."""
    problems = []
    for board in boards:
        budget = setting(root, board, "BOARD_PMP_ENTRIES")
        if budget is None:
            problems.append(f"boards/{board}/board.mk does not set BOARD_PMP_ENTRIES")
            continue
        for line in instructions(root, kernel(board)):
            found = PMP.search(line.operands)
            if line.mnemonic.startswith("csr") and found:
                number = int(found.group(2)) * (4 if found.group(1) == "cfg" else 1)
                if number >= int(budget):
                    problems.append(where(line, kernel(board)))
    return f"{len(boards)} images", problems


def global_pointer(root, boards):
    """No __global_pointer$, with which the linker would use the app's gp."""
    problems = [f"{kernel(board)} defines __global_pointer$" for board in boards
                if "__global_pointer$" in symbols(root, kernel(board))]
    return f"{len(boards)} images", problems


RAM_CODE = ".ram_code"
JUMP = re.compile(r"^(c\.)?(j|jal|beq|bne|bltu?|bgeu?|beqz|bnez)$")
RETURNS = {("c.jr", "ra"), ("jalr", "zero,0(ra)")}


def addresses(root, path):
    """What nm says where the symbols are."""
    lines = (line.split() for line in tool("nm", path, root=root).splitlines())
    return {words[-1]: int(words[0], 16) for words in lines if len(words) == 3}


def leaves_ram(line, start, end, flash):
    """Why that instruction may not be in code that has to do without flash."""
    if JUMP.match(line.mnemonic):
        target = int(line.operands.split(",")[-1], 16)
        return None if start <= target < end else "goes out of it"
    if line.mnemonic in ("jalr", "c.jr", "c.jalr"):
        known = (line.mnemonic, line.operands) in RETURNS
        return None if known else "goes nobody knows where"
    if line.mnemonic == "auipc":
        return "is of a call or an address that is far away"
    if line.mnemonic in ("lui", "c.lui"):
        value = int(line.operands.split(",")[1], 0) << 12 & 0xFFFFFFFF
        return "is an address in flash" if flash[0] <= value < flash[1] else None
    return None


def ram_code(root, boards):
    """Code that runs while flash cannot be read touches no flash: what is in
    files named *_ram.c, as it was linked."""
    seen, problems = 0, []
    for board in boards:
        image = kernel(board)
        header = re.search(rf"^ *\d+ {re.escape(RAM_CODE)} +([0-9a-f]+) +([0-9a-f]+)",
                           tool("objdump", "-h", image, root=root), re.M)
        known = addresses(root, image)
        start = end = 0
        if header:
            start = int(header[2], 16)
            end = start + int(header[1], 16)
            rom = known.get("__rom_start", 0)  # flash, if no other is named
            flash = (known.get("__flash_start", rom), known.get("__app_flash_end", 0))
            for line in instructions(root, image, "-j", RAM_CODE):
                seen += 1
                why = leaves_ram(line, start, end, flash)
                if why:
                    problems.append(f"{where(line, image)}: {why}")
        for path, source in objects(root, board, ("chips",)):
            if source.endswith("_ram.c"):
                for name in symbols(root, path, "--defined-only", "-g"):
                    if not start <= known.get(name, start) < end:
                        problems.append(f"{image}: {name} of {source} is not in {RAM_CODE}")
    return f"{seen} instructions", problems


# SRAM of the ESP32-C3 as code, and how much lower the same bytes are as data.
SRAM_CODE, SRAM_SIZE, SRAM_LOWER = 0x40380000, 0x60000, 0x700000


def alias(root, boards):
    """No two sections are the same bytes of an SRAM that has two addresses."""
    seen, problems = 0, []
    for board in boards:
        if setting(root, board, "ESP32C3_BOOT") is None:
            continue
        known = addresses(root, kernel(board))
        parts = [("the apps' RAM", known["__app_ram_start"],
                  known["__app_ram_end"] - known["__app_ram_start"])]
        listing = tool("objdump", "-h", kernel(board), root=root)
        for name, size, start in re.findall(
                r"^ *\d+ (\S+) +([0-9a-f]+) +([0-9a-f]+) .*\n.*\bALLOC\b", listing, re.M):
            parts.append((name, int(start, 16), int(size, 16)))
        taken = []
        for name, start, size in parts:
            seen += 1
            first = start - (SRAM_LOWER if 0 <= start - SRAM_CODE < SRAM_SIZE else 0)
            problems += [f"{kernel(board)}: {name} at 0x{start:x} is the same memory as {other}"
                         for other, low, high in taken
                         if size and first < high and low < first + size]
            taken.append((name, first, first + size))
    return f"{seen} parts", problems


VECTORS = 32


def vectors(root, boards):
    """A core that is always vectored enters at the base, a multiple of 256, or some
    words behind it: each entry of the trap table is one jump of four bytes."""
    seen, problems = 0, []
    for board in boards:
        base = addresses(root, kernel(board)).get("trap_table")
        if base is None:
            continue
        seen += 1
        if base % 256:
            problems.append(f"{kernel(board)}: trap_table at 0x{base:x} is no multiple of "
                            "256: mtvec does not take it")
        end = base + 4 * VECTORS
        found = {int(line.address, 16): line.mnemonic for line in instructions(
            root, kernel(board), f"--start-address={base:#x}", f"--stop-address={end:#x}")}
        problems += [f"{kernel(board)}: trap_table has no jump of four bytes at 0x{at:x}"
                     for at in range(base, end, 4) if found.get(at) != "jal"]
    return f"{seen} tables", problems


ENGINE, ENGINE_MAX = "pic/reloc.c", 2048


def engine(root, boards):
    """The relocation engine with its texts stays below 2 KiB."""
    seen, problems = 0, []
    for board in boards:
        path = f"build/{board}/obj/{ENGINE}.o"
        if not os.path.exists(os.path.join(root, path)):
            continue
        seen += 1
        total = sum(int(size) for size in re.findall(
            r"^\.(?:text|rodata)\S*\s+(\d+)", tool("size", "-A", path, root=root), re.M))
        if total > ENGINE_MAX:
            problems.append(f"{path}: {total} bytes, {ENGINE_MAX} are allowed")
    return f"{seen} objects", problems
