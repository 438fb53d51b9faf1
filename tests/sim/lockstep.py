#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random programs on the machine model and on QEMU: do they compute the same?

    tests/sim/lockstep.py [--seed N] [--programs N] [--fine] [--keep DIR]
                          [--counts]

A program is made from its seed. It checks itself as it goes: what each random
instruction wrote (register, memory, or the trap it led to: mcause, mepc, mtval,
mstatus) is folded at once into a hash that forgets nothing, s11 = s11 * odd +
value. After each pass the hash, all registers, the data page and the counters
are printed, so both sides have to print the same lines. --fine prints the hash
after every item, to find the one that differs; --counts adds counts.py. Every
program runs on two cores: with atomics, and without, as the ESP32-C3's is.

Programs keep to what both sides model alike; what they leave out (where QEMU
7.2 is not exact) tests/unit/test_sim_hart.c looks at."""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import time

CROSS = "riscv64-unknown-elf-"
BARE = "build/host/sim/bare"
CPU = ("rv32,s=false,h=false,f=false,d=false,mmu=false,zba=false,zbb=false,"
       "zbc=false,zbs=false,sstc=false")
# The model's options and QEMU's processor: with the A extension, and without.
CORES = {"rv32imac": ([], CPU), "rv32imc": (["--no-atomics"], CPU + ",a=false")}


def qemu(cpu):
    return ["timeout", "-s", "KILL", "20", "qemu-system-riscv32", "-M", "virt",
            "-cpu", cpu, "-m", "64", "-nodefaults", "-display", "none", "-icount",
            "shift=0,sleep=off", "-semihosting-config", "enable=on,target=native",
            "-bios", "none", "-kernel"]


# s7 is for the generator, s8 the middle of the data page, s9 where to go on
# after a jump into nowhere, s10 the odd number, s11 the hash. All else is free.
FREE = [f"x{n}" for n in range(1, 32) if n not in (23, 24, 25, 26, 27)]
NEAR = [f"x{n}" for n in range(8, 16)]
DATA = 0x80200000
CODE_END = 0x80200000
NOWHERE = 0x15000000

RUNTIME = f"""
    .option norvc
    .globl _start
_start:
    la t0, trap
    csrw mtvec, t0
    la t0, save
    csrw mscratch, t0
    csrw mie, zero
    csrw mepc, zero
    csrw mcause, zero
    csrw mtval, zero
    li t0, 0x1888
    csrc mstatus, t0
    li t0, 0x20000000
    csrw pmpaddr7, t0
    li t0, {CODE_END >> 2:#x}
    csrw pmpaddr8, t0
    li t0, 0x0d
    csrw pmpcfg2, t0
    li s8, {DATA + 2048:#x}
    li s10, 0x9e3779b1
    li s11, 0
    csrw minstret, zero
    csrw mcycle, zero
"""

# FROM any instruction, M or U. t4 to t6 are saved; mscratch holds `save`.
TRAP = """
    .option rvc
    .balign 4
    .option norvc
trap:
    csrrw t6, mscratch, t6
    sw t5, 0(t6)
    sw t4, 4(t6)
    csrr t4, mcause
    FOLD t4
    csrr t5, mepc
    FOLD t5
    csrr t4, mtval
    FOLD t4
    csrr t4, mstatus
    FOLD t4
    csrr t4, mcause
    bltz t4, 5f
    addi t4, t4, -1
    beqz t4, 4f
    addi t4, t4, -7
    bnez t4, 1f
    li t4, 0x1800           # ecall from U goes on in M
    csrs mstatus, t4
1:  lhu t4, 0(t5)
    andi t4, t4, 3
    addi t4, t4, -3
    addi t5, t5, 2
    bnez t4, 2f
    addi t5, t5, 2
2:  csrw mepc, t5
3:  lw t5, 0(t6)
    lw t4, 4(t6)
    csrrw t6, mscratch, t6
    mret
4:  csrw mepc, s9
    j 3b
5:  csrw mie, zero
    j 3b

# FROM M with the return address in s7: all registers into the hash, and it to
# the outside.
checkpoint:
    csrrw t6, mscratch, t6
    sw t5, 0(t6)
    sw t4, 4(t6)
    sw a0, 8(t6)
    sw a1, 12(t6)
ALL_REGISTERS
    csrr t4, mscratch
    FOLD t4
    lw t4, 0(t6)
    FOLD t4
    lw t4, 4(t6)
    FOLD t4
    mv t4, s11
    addi t5, t6, 32
6:  srli a1, t4, 28
    slli t4, t4, 4
    sltiu a0, a1, 10
    bnez a0, 7f
    addi a1, a1, 39
7:  addi a1, a1, 48
    sb a1, 0(t5)
    addi t5, t5, 1
    addi a1, t6, 40
    bne t5, a1, 6b
    li a1, 10
    sb a1, 0(t5)
    sb zero, 1(t5)
    li a0, 4
    addi a1, t6, 32
    .option rvc
    .balign 16
    .option norvc
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    lw a0, 8(t6)
    lw a1, 12(t6)
    lw t4, 4(t6)
    lw t5, 0(t6)
    csrrw t6, mscratch, t6
    jr s7

# FROM M with the return address in ra: the data page and the counters.
page:
    li t0, DATA
    li t1, DATA + 4096
8:  lw t2, 0(t0)
    FOLD t2
    addi t0, t0, 4
    bne t0, t1, 8b
    csrr t2, minstret
    FOLD t2
    csrr t2, mcycle
    FOLD t2
    csrr t2, mip
    FOLD t2
    ret

finish:
    li a0, 0x18
    li a1, 0x20026
    .option rvc
    .balign 16
    .option norvc
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    j .
    .option rvc
    .balign 64
save:
    .zero 64
""".replace("DATA", f"{DATA:#x}").replace("ALL_REGISTERS", "\n".join(
    f"    FOLD x{n}" for n in range(1, 29) if n not in (23, 26, 27)))

ALU = ("add sub sll slt sltu xor srl sra or and mul mulh mulhsu mulhu div divu "
       "rem remu").split()
ALU_IMMEDIATE = "addi slti sltiu xori ori andi".split()
SHIFTS = "slli srli srai".split()
BRANCHES = "beq bne blt bge bltu bgeu".split()
LOADS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4}
STORES = {"sb": 1, "sh": 2, "sw": 4}
AMOS = ("amoswap amoadd amoxor amoand amoor amomin amomax amominu "
        "amomaxu").split()
CORNERS = [0, 1, 2, 0xffffffff, 0xfffffffe, 0x80000000, 0x7fffffff, 0x80000001,
           0xffff8000, 0x7fff, 0x8000, 0xff, 0x80, 0xaaaaaaaa, 0x55555555, 31,
           32, 33, 0xffffffe0]
# Registers that both sides do not have: each access is an illegal instruction.
MISSING_CSRS = [0x5c0, 0x5a8, 0x6a8, 0x7c0, 0x9c0, 0xbc0, 0xcc0, 0xdc0, 0xfc0,
                0x3f0, 0x100, 0x141, 0x180, 0x200, 0x3b0 + 16, 0x3a4]
READ_ONLY_CSRS = [0xf11, 0xf12, 0xf13, 0xf14, 0xc00, 0xc02, 0xc80]


class Program:
    def __init__(self, seed, fine):
        self.random = random.Random(seed)
        self.fine = fine
        self.lines = []
        self.count = 0      # random instructions in one pass
        self.label = 0
        self.user = False

    # ---- pieces ----

    def emit(self, *lines):
        self.lines += ["    " + line for line in lines]

    def fold(self, *registers):
        self.emit(*[f"FOLD {r}" for r in registers if r not in ("x0", "zero")])

    def tested(self, line):
        self.emit(line)
        self.count += 1

    def new_label(self):
        self.label += 1
        return f"L{self.label}"

    def place(self, label):
        self.lines.append(f"{label}:")

    def any(self):
        return self.random.choice(FREE)

    def source(self):
        return self.random.choice(FREE + ["x0"])

    def target(self):
        return self.random.choice(FREE + FREE + ["x0"])

    def imm(self, bits=12):
        r = self.random
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        return r.choice([r.randint(low, high), r.choice([low, high, 0, -1, 1])])

    def offset(self, size):
        """In the data page, from s8; now and then misaligned."""
        offset = self.random.randrange(-2048, 2048 - size + 1)
        if self.random.random() < 0.7:
            offset -= offset % size
        return offset

    # ---- items ----

    def value(self):
        """A register gets something worth computing with."""
        r = self.random
        value = r.choice([r.choice(CORNERS), r.getrandbits(32)])
        register = self.any()
        self.emit(f"li {register}, {value:#x}")

    def alu(self):
        rd = self.target()
        self.tested(f"{self.random.choice(ALU)} {rd}, {self.source()}, "
                    f"{self.source()}")
        self.fold(rd)

    def alu_immediate(self):
        rd = self.target()
        self.tested(f"{self.random.choice(ALU_IMMEDIATE)} {rd}, "
                    f"{self.source()}, {self.imm()}")
        self.fold(rd)

    def shift_immediate(self):
        rd = self.target()
        self.tested(f"{self.random.choice(SHIFTS)} {rd}, {self.source()}, "
                    f"{self.random.randrange(32)}")
        self.fold(rd)

    def upper(self):
        rd = self.target()
        self.tested(f"{self.random.choice(['lui', 'auipc'])} {rd}, "
                    f"{self.random.getrandbits(20)}")
        self.fold(rd)

    def load(self):
        name, size = self.random.choice(list(LOADS.items()))
        rd, offset = self.target(), self.offset(size)
        self.tested(f"{name} {rd}, {offset}(s8)")
        self.fold(rd)

    def store(self):
        name, size = self.random.choice(list(STORES.items()))
        offset = self.offset(size)
        self.tested(f"{name} {self.source()}, {offset}(s8)")
        word = min(max(offset & ~3, -2048), 2044)
        self.emit(f"lw s7, {word}(s8)")
        self.fold("s7")
        if word + 4 < offset + size:
            self.emit(f"lw s7, {word + 4}(s8)")
            self.fold("s7")

    def branch(self):
        """Taken or not decides what is folded."""
        over, kind = self.new_label(), self.random.choice(BRANCHES)
        r1 = self.source()
        r2 = r1 if self.random.random() < 0.2 else self.source()
        self.tested(f"{kind} {r1}, {r2}, {over}")
        self.emit(f"addi s11, s11, {self.random.randrange(1, 2000)}")
        self.place(over)
        self.emit(f"mul s11, s11, s10")

    def branch_back(self):
        """A short loop, left by a branch back that is not taken."""
        back = self.new_label()
        rd = self.any()
        self.emit(f"li s7, {self.random.randrange(1, 4)}")
        self.place(back)
        self.tested(f"{self.random.choice(ALU)} {rd}, {self.source()}, {rd}")
        self.fold(rd)
        self.emit("addi s7, s7, -1")
        self.tested(f"bnez s7, {back}")

    def jump(self):
        over, rd = self.new_label(), self.random.choice(FREE + ["x0"])
        if self.random.random() < 0.5:
            self.tested(f"jal {rd}, {over}")
        else:
            self.emit(f"la s7, {over}")
            odd = self.random.randrange(2)      # bit 0 falls off
            self.tested(f"jalr {rd}, {odd}(s7)")
        self.emit(f"addi s11, s11, {self.random.randrange(1, 2000)}")
        self.place(over)
        self.fold(rd)

    def atomic(self):
        rd, offset = self.target(), self.offset(4) & ~3
        order = self.random.choice(["", ".aq", ".rl", ".aqrl"])
        self.emit(f"addi s7, s8, {offset}")
        self.tested(f"{self.random.choice(AMOS)}.w{order} {rd}, "
                    f"{self.source()}, (s7)")
        self.fold(rd)
        self.emit("lw s7, 0(s7)")
        self.fold("s7")

    def reserve(self):
        """Now and then the store is not where the reservation is, or comes
        twice."""
        r, rd, offset = self.random, self.target(), self.offset(4) & ~3
        self.emit(f"addi s7, s8, {offset}")
        self.tested(f"lr.w {rd}, (s7)")
        self.fold(rd)
        if r.random() < 0.3:
            self.emit(f"addi s7, s8, {self.offset(4) & ~3}")
        for _ in range(r.choice([1, 1, 2])):
            rd = self.target()
            self.tested(f"sc.w {rd}, {self.source()}, (s7)")
            self.fold(rd)
        self.emit("lw s7, 0(s7)")
        self.fold("s7")

    def fence(self):
        self.tested(self.random.choice(["fence", "fence.i", "fence rw, w",
                                        ".word 0x8330000f"]))

    def compressed(self):
        """The 16-bit instructions by name (the assembler shortens others)."""
        r = self.random
        near, other, rd = r.choice(NEAR), r.choice(NEAR), self.any()
        kind = r.randrange(12)
        if kind == 0:
            self.tested(f"c.addi4spn {near}, sp, {4 * r.randrange(1, 256)}")
        elif kind == 1:
            self.emit(f"addi {near}, s8, {4 * r.randrange(-512, 480)}")
            self.tested(f"c.lw {other}, {4 * r.randrange(32)}({near})")
            near = other
        elif kind == 2:
            offset = 4 * r.randrange(32)
            self.emit(f"addi {near}, s8, {4 * r.randrange(-512, 480)}")
            self.tested(f"c.sw {other}, {offset}({near})")
            self.emit(f"lw s7, {offset}({near})")
            near = "s7"
        elif kind == 3:
            near = rd
            self.tested(f"c.{r.choice(['addi', 'li'])} {rd}, "
                        f"{r.choice([n for n in range(-32, 32) if n])}")
        elif kind == 4:
            near = "sp"
            self.tested("c.addi16sp sp, "
                        f"{16 * r.choice([n for n in range(-32, 32) if n])}")
        elif kind == 5:
            near = r.choice([x for x in FREE if x != "x2"])
            self.tested(f"c.lui {near}, {r.choice([1, 31, 0xfffff, 0xfffe0])}")
        elif kind == 6:
            self.tested(f"c.{r.choice(['srli', 'srai'])} {near}, "
                        f"{r.randrange(1, 32)}")
        elif kind == 7:
            self.tested(f"c.andi {near}, {r.randrange(-32, 32)}")
        elif kind == 8:
            self.tested(f"c.{r.choice(['sub', 'xor', 'or', 'and'])} {near}, "
                        f"{other}")
        elif kind == 9:
            near = rd
            self.tested(f"c.slli {rd}, {r.randrange(1, 32)}")
        elif kind == 10:
            near = rd
            self.tested(f"c.{r.choice(['mv', 'add'])} {rd}, {self.any()}")
        else:
            offset = 4 * r.randrange(64)
            self.emit(f"addi sp, s8, {4 * r.randrange(-512, 448)}")
            near = rd
            self.tested(f"c.swsp {rd}, {offset}(sp)")
            self.tested(f"c.lwsp {rd}, {offset}(sp)")
        self.fold(near)

    def compressed_jump(self):
        r, over, near = self.random, self.new_label(), self.random.choice(NEAR)
        kind, rd = r.randrange(5), "x0"
        if kind == 0:
            self.tested(f"c.j {over}")
        elif kind == 1:
            rd = "ra"
            self.tested(f"c.jal {over}")
        elif kind == 2:
            self.tested(f"c.{r.choice(['beqz', 'bnez'])} {near}, {over}")
        else:
            self.emit(f"la s7, {over}")
            rd = "ra" if kind == 3 else "x0"
            self.tested(f"c.{'jalr' if kind == 3 else 'jr'} s7")
        self.emit(f"addi s11, s11, {r.randrange(1, 2000)}")
        self.place(over)
        self.fold(rd)
        self.emit("mul s11, s11, s10")

    def call_out(self):
        self.tested(self.random.choice(["ecall", "ebreak", "c.ebreak"]))

    def illegal(self):
        """Encodings that no extension of either side knows."""
        r = self.random
        kind = r.randrange(6)
        if kind == 0:           # opcodes that are nobody's here
            word = r.getrandbits(25) << 7 | r.choice([0x07, 0x27, 0x53, 0x43,
                                                      0x1b, 0x3b, 0x5b, 0x6b])
        elif kind == 1:         # funct7 of nobody
            word = (r.choice([2, 3, 6, 8, 64, 127]) << 25 |
                    r.getrandbits(18) << 7 | 0x33)
        elif kind == 2:         # wide loads, stores; branches that are none
            word = r.choice([0x3003, 0x7003, 0x3023, 0x7023, 0x2063, 0x3063])
            word |= r.getrandbits(15) << 15
        elif kind == 3:         # shifts by 32 and more
            word = (r.choice([1, 33]) << 25 | r.getrandbits(10) << 15 |
                    r.choice([0x1013, 0x5013]) | r.getrandbits(5) << 7)
        elif kind == 4:         # atomics of nobody
            word = (r.choice([5, 6, 7, 9, 17, 29]) << 27 | 0x202f |
                    r.getrandbits(10) << 15)
        else:
            half = r.choice([0x0000, 0x2000, 0x6000, 0x8000, 0xa000, 0xe000,
                             0x6081, 0x9001 | 0x1c00, 0x8002, 0x4002, 0x6002,
                             0x2002, 0xa002, 0xe002, 0x9c41, 0x1082 | 0x1000,
                             0x9081, 0x9481])
            self.tested(f".half {half:#06x}")
            return
        self.tested(f".word {word:#010x}")

    def csr_missing(self):
        r, rd = self.random, self.target()
        if r.random() < 0.5:
            number = r.choice(MISSING_CSRS)
            self.tested(f"csrr{r.choice('wsc')} {rd}, {number:#x}, "
                        f"{self.source()}")
        else:
            self.tested(f"csrrw {rd}, {r.choice(READ_ONLY_CSRS):#x}, "
                        f"{self.source()}")
        self.fold(rd)

    def csr_kept(self):
        """Registers that keep what is written to them."""
        r, rd = self.random, self.target()
        name = r.choice(["mcause", "mtval", "mepc"])
        form = r.choice(["csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi",
                         "csrrci"])
        if form.endswith("i"):
            operand = str(r.randrange(0, 32, 2))
        else:
            operand = self.source()
            if operand != "x0":
                self.emit(f"andi {operand}, {operand}, -2")
        self.tested(f"{form} {rd}, {name}, {operand}")
        self.fold(rd)
        self.tested(f"csrr {rd}, {name}")
        self.fold(rd)

    def csr_status(self):
        """MPIE, MPP and, now and then, MIE with the timer waiting."""
        r, rd = self.random, self.target()
        self.emit(f"li s7, {r.choice([0x80, 0x1800, 0x1880]):#x}")
        self.tested(f"csrr{r.choice('sc')} {rd}, mstatus, s7")
        self.fold(rd)
        if r.random() < 0.5:
            self.emit("li s7, 0x80")
            self.tested("csrw mie, s7")
            kind = r.randrange(3)
            if kind == 0:
                # With mie set once more, for what was taken cleared it.
                self.emit("csrci mstatus, 8", "csrw mie, s7")
                self.tested("wfi")
            elif kind == 1:
                self.tested("csrsi mstatus, 8")
            else:
                self.tested("csrr s7, mie")
                self.fold("s7")
        self.tested("csrci mstatus, 8")
        self.emit("csrw mie, zero", "csrr s7, mstatus")
        self.fold("s7")

    def csr_counters(self):
        rd = self.target()
        self.tested(f"csrr {rd}, {self.random.choice(['minstret', 'mcycle'])}")
        self.fold(rd)
        self.emit(f"csrwi mcounteren, {self.random.randrange(8)}")

    def csr_user(self):
        rd = self.target()
        name = self.random.choice(["cycle", "instret", "cycleh", "instreth",
                                   "mstatus", "mscratch", "pmpaddr0"])
        if not self.user and name == "mscratch":
            name = "cycle"
        self.tested(f"csrr {rd}, {name}")
        self.fold(rd)

    def nowhere(self):
        """Accesses to, and jumps into, where there is nothing."""
        r, rd = self.random, self.target()
        self.emit(f"li s7, {NOWHERE + r.getrandbits(20) & ~3:#x}")
        kind = r.randrange(3)
        if kind == 0:
            self.tested(f"{r.choice(list(LOADS))} {rd}, 0(s7)")
        elif kind == 1:
            self.tested(f"{r.choice(list(STORES))} {rd}, 0(s7)")
        else:
            on = self.new_label()
            self.emit(f"la s9, {on}")
            self.tested(f"jalr {rd}, 0(s7)")
            self.place(on)
        self.fold(rd)

    def privileged_in_user(self):
        self.tested(self.random.choice(["mret", "csrr s7, mie", "ebreak",
                                        "csrwi mie, 0"]))

    def mprv(self):
        """M's loads and stores with the rights of MPP."""
        r, rd = self.random, self.target()
        self.windows(0)
        self.emit("li s7, 0x1800")
        self.emit(f"csr{r.choice(['s', 'c', 'c', 'c'])} mstatus, s7")
        self.emit("li s7, 0x20000")
        self.emit("csrs mstatus, s7")
        if r.random() < 0.5:
            name, size = r.choice(list(LOADS.items()))
            self.tested(f"{name} {rd}, {self.offset(size)}(s8)")
        else:
            name, size = r.choice(list(STORES.items()))
            self.tested(f"{name} {self.source()}, {self.offset(size)}(s8)")
        self.emit("csrc mstatus, s7")
        self.fold(rd)

    def windows(self, lock):
        """PMP entries 0 to 6 cut the data page into pieces."""
        r, words = self.random, []
        for i in range(7):
            word = (DATA >> 2) + r.randrange(1024)
            # Entry 0 up from address 0 would cover the code.
            mode = r.choice([0, 1, 1, 2, 3] if i else [0, 2, 3])
            if mode == 3:
                ones = r.randrange(8)
                word = word & ~((2 << ones) - 1) | (1 << ones) - 1
            words.append((word, mode << 3 | r.choice([0, 1, 3]) |
                          (0x80 if r.random() < lock else 0)))
        for i, (word, _) in enumerate(words):
            self.emit(f"li s7, {word:#x}", f"csrw pmpaddr{i}, s7")
        for reg in range(2):
            value = sum(config << 8 * n for n, (_, config) in
                        enumerate(words[4 * reg:4 * reg + 4]))
            self.emit(f"li s7, {value:#x}", f"csrw pmpcfg{reg}, s7",
                      f"csrr s7, pmpcfg{reg}")
            self.fold("s7")
        for i in range(7):
            self.emit(f"csrr s7, pmpaddr{i}")
            self.fold("s7")

    def user_block(self):
        self.windows(0)
        start = self.new_label()
        self.emit(f"csrwi mcounteren, {self.random.randrange(8)}",
                  f"la s7, {start}", "csrw mepc, s7", "li s7, 0x1800",
                  "csrc mstatus, s7", "mret")
        self.place(start)
        self.user = True
        for _ in range(self.random.randrange(5, 25)):
            self.item(USER_ITEMS)
        self.user = False
        self.tested("ecall")

    # ---- the whole ----

    def item(self, table):
        functions, weights = zip(*table)
        self.random.choices(functions, weights)[0](self)
        if self.fine and not self.user:
            self.emit("jal s7, checkpoint")

    def text(self, items, passes):
        self.lines.append(RUNTIME)
        self.emit("li s7, %d" % passes, "la s9, save", "sw s7, 56(s9)")
        self.emit(*[f"li {x}, {self.random.getrandbits(32):#x}" for x in FREE])
        self.lines += ["    .option rvc", "again:"]
        for _ in range(items):
            self.item(ITEMS)
        self.lines.append("    .option norvc")
        self.emit("la s9, save", "jal ra, page", "jal s7, checkpoint",
                  "lw s7, 56(s9)", "addi s7, s7, -1", "sw s7, 56(s9)",
                  "beqz s7, 9f", "la s9, again", "jr s9")
        # What is locked binds M as well, to the end.
        self.lines += ["9:", "    .option rvc"]
        self.windows(0.5)
        self.windows(0.5)
        for _ in range(200):
            self.item(LOCKED_ITEMS)
        self.lines.append("    .option norvc")
        self.emit("jal s7, checkpoint", "j finish")
        self.lines.append(TRAP)
        head = [".macro FOLD r", "    mul s11, s11, s10",
                "    add s11, s11, \\r", ".endm", ".text"]
        tail = [f".section .page, \"awx\"", ".zero 4096"]
        return "\n".join(head + self.lines + tail) + "\n"


P = Program
COMMON = [(P.value, 3), (P.alu, 12), (P.alu_immediate, 6),
          (P.shift_immediate, 3), (P.upper, 2), (P.load, 6), (P.store, 6),
          (P.branch, 6), (P.branch_back, 1), (P.jump, 3), (P.atomic, 3),
          (P.reserve, 2), (P.fence, 1), (P.compressed, 12),
          (P.compressed_jump, 4), (P.illegal, 2), (P.csr_missing, 1),
          (P.csr_user, 1), (P.nowhere, 2)]
ITEMS = COMMON + [(P.csr_kept, 2), (P.csr_status, 2), (P.csr_counters, 1),
                  (P.mprv, 1), (P.call_out, 1), (P.user_block, 3)]
USER_ITEMS = [entry for entry in COMMON
              if entry[0] not in (P.atomic, P.reserve)] + \
    [(P.load, 10), (P.store, 10), (P.privileged_in_user, 1)]
LOCKED_ITEMS = [(P.alu, 1), (P.load, 4), (P.store, 4)]


def build(seed, directory, items, passes, fine):
    program = Program(seed, fine)
    source = directory / f"program-{seed}.S"
    elf = source.with_suffix(".elf")
    source.write_text(program.text(items, passes))
    subprocess.run([CROSS + "gcc", "-march=rv32imac_zicsr_zifencei",
                    "-mabi=ilp32", "-mno-relax", "-nostdlib", "-nostartfiles",
                    "-Wl,-Ttext=0x80000000", f"-Wl,--section-start=.page={DATA:#x}",
                    "-Wl,--no-relax", "-Wl,-N", "-Wl,--no-warn-rwx-segments",
                    "-o", elf, source], check=True)
    return program.count * passes, elf


def output(command, stream):
    """Exit status, the check points, and all of stderr. QEMU's semihosting
    writes there, where it also warns of each wfi."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in getattr(done, stream).splitlines()
             if not line.startswith("qemu-system-riscv32: warning: icount")]
    return done.returncode, lines, done.stderr


def compare(seed, core, ours, theirs):
    """What is wrong, or None."""
    for i, (a, b) in enumerate(zip(ours[1] + [""], theirs[1] + [""])):
        if a != b:
            return (f"seed {seed}, {core}: at check point {i} the model has "
                    f"{a or 'nothing'}, QEMU {b or 'nothing'}")
    if ours[0] != 0 or theirs[0] != 0 or not ours[1]:
        return (f"seed {seed}, {core}: the model ended with {ours[0]}, QEMU with "
                f"{theirs[0]}, after {len(ours[1])} and {len(theirs[1])} check "
                f"points\n{ours[2]}{theirs[2]}")
    return None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--programs", type=int, default=8)
    arguments.add_argument("--items", type=int, default=1500)
    arguments.add_argument("--passes", type=int, default=20)
    arguments.add_argument("--counts", action="store_true")
    arguments.add_argument("--fine", action="store_true")
    arguments.add_argument("--keep", type=pathlib.Path)
    options = arguments.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 10**9
    passed = failed = tested = executed = 0
    seconds = 0.0

    print(f"lockstep: seed {seed} and following, {options.programs} programs")
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.keep or pathlib.Path(scratch)
        directory.mkdir(parents=True, exist_ok=True)
        for number in range(seed, seed + options.programs):
            count, elf = build(number, directory, options.items,
                               options.passes, options.fine)
            for core, (words, cpu) in CORES.items():
                ours = output([BARE, *words, elf], "stdout")
                theirs = output(qemu(cpu) + [elf], "stderr")
                wrong = compare(number, core, ours, theirs)
                if wrong:
                    print("FAILED", wrong)
                    failed += 1
                    continue
                passed += 1
                tested += count
                words = ours[2].split()     # bare: N instructions, N million
                executed += int(words[1])
                seconds += int(words[1]) / 1e6 / max(float(words[3]), 0.1)
    print(f"lockstep: {tested} random instructions ({executed} with the "
          "checks) had the same effect")
    if seconds:
        print(f"lockstep: the model executed {executed / 1e6 / seconds:.0f} "
              "million instructions a second")
    if options.counts:
        import counts
        more_passed, more_failed = counts.compare()
        passed, failed = passed + more_passed, failed + more_failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
