# SPDX-License-Identifier: Apache-2.0
"""berth-sim's ESP32-C3: a program without a kernel goes through what the chip
has, from RAM and from flash; each mistake that hardware would not forgive has a
guest of a few instructions that makes it, and a report."""
import hashlib
import os
import pathlib
import struct
import subprocess

import berth_tool
from berth_tool import OBJCOPY, ToolTest
from test_sim_gdb import PC, Stub

SIM = os.path.abspath("build/berth-sim")
BARE = os.path.abspath("tests/bare")
FLASH_SIZE = 4 << 20
RAM = 0x40380000

# Registers are written by `put`, read into a0 by `fetch`.
MACROS = """
    .macro put at, value
    li   t0, \\at
    li   t1, \\value
    sw   t1, 0(t0)
    .endm
    .macro fetch at
    li   t0, \\at
    lw   a0, 0(t0)
    .endm
    .macro spi command          /* one of SPI1's shortcuts */
    put  0x60002000, \\command
9:  lw   t1, 0(t0)
    bnez t1, 9b
    .endm
    .macro window               /* flash page 0 at the windows' start */
    put  0x600C5000, 0
    put  0x600C4004, 0
    put  0x600C4030, 0
    put  0x600C4028, 1
    put  0x600C4000, 1
    .endm
    .macro dogs_off
    put  0x6001F048, 0
    put  0x600080A8, 0x50D83AA1
    put  0x60008090, 0
    put  0x600080B0, 0x8F1D312A
    put  0x600080AC, 0x80000000
    .endm
    .macro done
    .option push
    .option norvc
    li   a0, 0x18
    li   a1, 0x20026
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    .option pop
    .endm
    .globl _start, wrong
_start:
"""

# name: what the guest does, what is said of it. The last line of each goes on
# for ever, should nobody stop it.
MISTAKES = {
    "flash read while it is busy":
        ("window; spi 1<<30; put 0x60002008, 0; put 0x60002004, 0x100000;"
         "spi 1<<24; fetch 0x3C000000",
         r"read of flash at 0x3c000000 while the flash is busy .* us more"),
    "flash fetched from while it is busy":
        ("window; spi 1<<30; put 0x60002008, 0; put 0x60002004, 0x100000;"
         "spi 1<<24; li t0, 0x42000100; jr t0",
         r"instruction fetch of flash at 0x42000100 while the flash is busy"),
    "flash read while the cache is off":
        ("fetch 0x3C000000", r"read of flash at 0x3c000000 while the cache is off"),
    "flash read while its bus is shut":
        ("window; put 0x600C4004, 2; fetch 0x42000000; fetch 0x3C000000",
         r"read of flash at 0x3c000000 while the cache's bus to it is shut"),
    "flash read while the cache is frozen":
        ("window; put 0x600C40CC, 1; fetch 0x42000000",
         r"read of flash at 0x42000000 while the cache is frozen"),
    "a page that nobody mapped":
        ("window; fetch 0x3C010000", r"the MMU's entry 1 held at power on: nobody wrote it"),
    "a page that is mapped to nothing":
        ("window; put 0x600C5004, 0x100; fetch 0x42010000",
         r"at 0x42010000, which is not mapped \(the MMU's entry 1 is 0x100\)"),
    "a page beyond the flash":
        ("window; put 0x600C5004, 0x40; fetch 0x42010000",
         r"which is not mapped \(the MMU's entry 1 is 0x040\)"),
    "flash read after a program without invalidation":
        ("window; fetch 0x3C00F000; spi 1<<30; put 0x60002008, 0;"
         "put 0x60002058, 0x1234; put 0x60002004, 0xF000 + (4<<24); spi 1<<25;"
         "8: spi 1<<27; fetch 0x6000202C; bnez a0, 8b;"
         "fetch 0x3C00F020; fetch 0x3C00F004",
         r"read of flash at 0x3c00f004 gives what the cache held before flash was "
         r"changed there \(0x00f004\)"),
    "a map that is changed without invalidation":
        ("window; fetch 0x3C000000; put 0x600C5000, 0x10; fetch 0x3C000000",
         r"read of flash at 0x3c000000 gives what the cache held"),
    "a store to flash":
        ("window; put 0x3C000000, 1", r"store of flash at 0x3c000000 which never reaches it"),
    "the cache's SRAM":
        ("window; put 0x4037C000, 1", r"access to 0x4037c000, which is the cache's"),
    "an erase without write enable":
        ("put 0x60002008, 0; spi 1<<24", r"4 KiB erase without a write enable"),
    "a command while the last one is on the wire":
        ("put 0x60002000, 1<<28; put 0x60002000, 1<<30",
         r"SPI1: command 0x40000000 while 0x10000000 is still on the wire"),
    "a register of SPI1 during a command":
        ("put 0x60002000, 1<<28; put 0x60002004, 0",
         r"SPI1: \+0x04 is written while command 0x10000000 is still on the wire"),
    "a command to the flash on two lines":
        ("spi 1<<30; spi 1<<24",
         r"SPI1: command 0x01000000 with CTRL 0x00ac2000, which is for reading on several"),
    "a transaction without a command":
        ("put 0x60002008, 0; put 0x60002018, 0; spi 1<<18",
         r"SPI1: a transaction without a command of 8 bits"),
    "a transaction of 12 bits":
        ("put 0x60002008, 0; put 0x60002018, 9<<28; put 0x60002028, 11; spi 1<<18",
         r"SPI1: a transaction with 12 bits of data in"),
    "a program of 65 bytes":
        ("put 0x60002008, 0; spi 1<<30; put 0x60002004, 65<<24; spi 1<<25",
         r"SPI1: program of 65 bytes"),
    "a command that nobody knows":
        ("put 0x60002008, 0; put 0x60002000, 1<<16", r"SPI1: CMD 0x00010000 is not modelled"),
    "overlapping PMP entries, for one instruction":
        ("li t0, 0x10000000; csrw pmpaddr0, t0; csrw pmpaddr1, t0; li t1, 0x1F1F;"
         "csrw pmpcfg0, t1; csrw pmpcfg0, zero",
         r"PMP entries 0 and 1 overlap"),
    "MPRV":
        ("li t0, 0x20000; csrs mstatus, t0", r"mstatus.MPRV is set"),
    "a peripheral without a clock":
        ("put 0x600C0010, ~(1<<2); fetch 0x60000004",
         r"UART0 \(\+0x4\) is accessed while its clock is off .*PERIP_CLK_EN0 bit 2"),
    "a peripheral that is held in reset":
        ("put 0x600C0018, 1<<29; fetch 0x60023000",
         r"SYSTIMER \(\+0x0\) is accessed while its reset is held .*PERIP_RST_EN0 bit 29"),
    "a clock source that is not there":
        ("put 0x600C0058, 3<<10", r"SYSTEM: the CPU is left without a clock: source 3"),
    "a PLL without power":
        ("put 0x60008000, 1<<10; put 0x600C0058, 1<<10",
         r"the CPU is left without a clock: the PLL"),
    "a CPU period that is not there":
        ("put 0x600C0008, 2; put 0x600C0058, 1<<10", r"SYSTEM: CPU period 2"),
    "text at the wrong speed":
        ("put 0x60000014, 100; put 0x60000000, 'a'",
         r"UART0 sends at 400000 baud \(40000000 Hz, CLKDIV 0x00000064\)"),
    "text whose speed goes with the CPU's clock":
        ("put 0x60000078, 0x03500000; put 0x600C0058, 1<<10; put 0x60000000, 'a'",
         r"UART0 sends at 23\d\d\d\d baud \(80000000 Hz"),
    "text without a clock":
        ("put 0x60000078, 0x03300000; put 0x60000000, 'a'",
         r"UART0 sends without a clock"),
    "text with parity":
        ("put 0x60000020, 0x1000001E; put 0x60000000, 'a'",
         r"UART0 sends with CONF0 0x1000001e"),
    "text at a pin that is not the UART's":
        ("put 0x60009058, 0x1800; put 0x60000000, 'a'",
         r"UART0 sends while its pin GPIO21 is not switched to it"),
    "more text than fits":
        ("li t0, 0x60000000; li t1, 'a'; 1: sw t1, 0(t0); j 1b",
         r"UART0: a byte is lost, the transmit FIFO is full"),
    "a byte from an empty FIFO":
        ("fetch 0x60000000", r"UART0: a byte is read from an empty FIFO"),
    "the time without asking for it":
        ("fetch 0x60023044", r"unit 0 is read without having been asked for"),
    "the time before it is there":
        ("put 0x60023004, 1<<30; fetch 0x60023044", r"unit 0 is read before it is valid"),
    "the timer group's watchdog, locked":
        ("put 0x6001F064, 0; put 0x6001F048, 0",
         r"the watchdog of TIMG0: 0x0 written at \+0x48 without the key"),
    "the RTC watchdog, locked":
        ("put 0x60008090, 0", r"the RTC watchdog: 0x0 written at \+0x90 without the key"),
    "the super watchdog, locked":
        ("put 0x600080AC, 1<<31",
         r"the super watchdog: 0x80000000 written at \+0xac without the key .*0x8f1d312a"),
    "the flash's pins":
        ("put 0x60004024, 1<<15", r"GPIO15 is taken from the flash"),
    "the flash's pins, by IO_MUX":
        ("put 0x60009034, 0x1800", r"GPIO12 is taken from the flash"),
    "a fuse":
        ("put 0x60008800, 1", r"eFuse: 0x1 written at \+0x0"),
    "USB data that is not there":
        ("fetch 0x60043000", r"USB-Serial-JTAG: a byte is read where there is none"),
    "USB text that nobody fetches":
        ("li t0, 0x60043000; 1: sw t1, 0(t0); j 1b", r"USB-Serial-JTAG: a byte is lost"),
    "a block that is not modelled":
        ("fetch 0x6003F000", r"GDMA \(\+0x0\) is not modelled"),
    "a register that is not modelled":
        ("fetch 0x60000064", r"UART0 \(\+0x64\) is not modelled"),
    "a ROM function that is not modelled":
        ("li t0, 0x40000040; jalr t0", r"ROM function 0x40000040, which is not modelled"),
    "a ROM function without the ROM's data":
        ("put 0x3FCDF000, -1; li t0, 0x400004D8; jalr t0",
         r"ROM function 0x400004d8 after the RAM .* was overwritten at 0x3fcdf00\d"),
    "a download that nobody sends":
        ("dogs_off; put 0x600080F4, 1; put 0x60008000, 1<<31; 1: j 1b",
         r"the ROM waits for a download"),
    "a handler that is not there":
        ("csrw mtvec, zero; ecall", r"the trap handler at 0x00000000 traps itself"),
    "data that is executed":
        ("la t0, 1f; csrw mtvec, t0; li t0, 0x3FC80000; jr t0; .balign 256; 1: "
         "csrr a0, mcause; addi a0, a0, -1; bnez a0, 1b; put 0x60008800, 7",
         r"eFuse: 0x7 written"),
    "a misaligned load":
        ("la t0, 1f; csrw mtvec, t0; li t0, 0x3FC80001; lw t1, 0(t0); .balign 256; 1: "
         "csrr a0, mcause; addi a0, a0, -4; bnez a0, 1b; put 0x60008800, 7",
         r"eFuse: 0x7 written"),
}


class C3Test(ToolTest):
    def guest(self, source, name="guest.elf"):
        # One line each: assembler macros end at the line's.
        text = MACROS + source.replace(";", "\n") + "\n1: j 1b\n"
        self.write("guest.S", text.encode())
        return self.gcc(name, "-march=rv32imc_zicsr", "-mabi=ilp32", "-nostdlib",
                        "-static", f"-Wl,-Ttext={RAM:#x}", "-Wl,--build-id=none,-n",
                        "guest.S")

    def program(self, kind, name="program.elf"):
        """tests/bare/esp32_c3.c, run from `kind`: ram or flash."""
        return self.gcc(
            name, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "-std=gnu17",
            "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-builtin",
            "-mcmodel=medany", "-msmall-data-limit=0", "-nostdlib", "-static",
            "-Wl,--build-id=none", f"-Wl,-T,{BARE}/esp32_c3_{kind}.ld",
            f"{BARE}/esp32_c3_start.S", f"{BARE}/esp32_c3.c", "-lgcc")

    def sim(self, *words, kernel="guest.elf", apps=(), expect=0, typed=""):
        done = subprocess.run(
            [SIM, "--max-time", "20000", *words, "esp32-c3-devkit", kernel, *apps],
            cwd=self.dir, input=typed, text=True, timeout=100, capture_output=True,
            check=False)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done

    def flat(self, elf, out):
        subprocess.run([OBJCOPY, "-O", "binary", elf, out], cwd=self.dir, check=True)
        return self.read(out)


class Chip(C3Test):
    def check(self, said):
        self.assertTrue(said.stdout.endswith("ok.\n"), said.stdout)
        self.assertEqual(
            [line for line in said.stdout.splitlines() if "rst:" in line],
            ["rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)",
             "rst:0x3 (RTC_SW_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)",
             "rst:0xc (RTC_SW_CPU_RST),boot:0xc (SPI_FAST_FLASH_BOOT)"])

    def test_a_program_that_the_rom_copies_to_ram(self):
        self.program("ram")
        self.check(self.sim("--flash-speed", "100", kernel="program.elf"))

    def test_a_program_that_runs_from_flash(self):
        self.program("flash")
        self.check(self.sim("--flash-speed", "100", kernel="program.elf"))

    def test_it_runs_from_what_flash_holds_as_well(self):
        self.program("ram")
        self.sim("--flash-speed", "100", "--flash", "flash", kernel="program.elf")
        self.check(self.sim("--flash-speed", "100", "--flash", "flash",
                            kernel="none"))

    def test_two_runs_are_the_same(self):
        self.program("ram")
        words = ("--flash-speed", "1000", "--shift", "2", "--stats")
        runs = [self.sim(*words, kernel="program.elf") for _ in range(2)]
        said = [run.stdout + run.stderr.split(" operations")[0] for run in runs]
        self.assertEqual(said[0], said[1])

    def test_flash_operations_can_be_cut(self):
        self.program("ram")
        for cut in ("1", "2", "1:torn", "2:torn"):
            said = self.sim("--flash-speed", "1000", "--cut", cut, "--flash",
                            "flash", kernel="program.elf", expect=123)
            self.assertIn(f"power cut at flash operation {cut[0]}", said.stderr)
        self.sim("--flash-speed", "1000", "--cut", "2", "--reboot",
                 kernel="program.elf")


class Mistakes(C3Test):
    pass


def mistake(name):
    source, report = MISTAKES[name]

    def test(self):
        self.guest(source)
        said = self.sim("--max-time", "100", expect=120).stderr
        self.assertRegex(said, report)
    return test


for name_ in MISTAKES:
    setattr(Mistakes, "test_" + "".join(c if c.isalnum() else "_" for c in name_),
            mistake(name_))


class Dogs(C3Test):
    # Seconds of a loop: an instruction takes 256 ns, the watchdogs count the time.
    SLOW = ("--shift", "8")

    def bites(self, source, who, cause, ms):
        self.guest(source)
        said = self.sim("--max-time", str(ms), *self.SLOW, expect=121)
        self.assertIn(f"{who} bites: the c", said.stderr.lower())
        self.assertIn(f"rst:{cause}", said.stdout)

    def test_a_timer_groups_bites_who_leaves_it_as_the_rom_does(self):
        self.bites("", "the watchdog of timg0", "0x7 (TG0WDT_SYS_RST)", 900)

    def test_the_rtcs_bites_who_stops_only_the_other(self):
        self.bites("put 0x6001F048, 0; put 0x600080B0, 0x8F1D312A;"
                   "put 0x600080AC, 1<<31", "the rtc watchdog",
                   "0x10 (RTCWDT_RTC_RST)", 3100)

    def test_the_super_one_bites_who_stops_only_these(self):
        self.bites("put 0x6001F048, 0; put 0x600080A8, 0x50D83AA1;"
                   "put 0x60008090, 0", "the super watchdog",
                   "0x12 (SUPER_WDT_RST)", 1100)

    def test_a_stage_can_reset_the_cpu_alone(self):
        self.bites("dogs_off; put 0x6002004C, 1<<16; put 0x60020050, 40000;"
                   "put 0x60020048, 0x80000000 + (2<<29) + (1<<22)",
                   "the watchdog of timg1", "0x11 (TG1WDT_CPU_RST)", 5)

    def test_none_bites_who_stops_all(self):
        self.guest("dogs_off")
        said = self.sim("--max-time", "4000", *self.SLOW, expect=121)
        self.assertNotIn("bites", said.stderr)

    def test_none_bites_who_feeds(self):
        self.guest("""
            put 0x600080A8, 0x50D83AA1
            put 0x600080B0, 0x8F1D312A
        1:  put 0x6001F060, 1
            put 0x600080A4, 0x80000000
            put 0x600080AC, 0x20000000
            li t0, 10000
        2:  addi t0, t0, -1
            bnez t0, 2b
            j 1b
        """)
        said = self.sim("--shift", "6", "--max-time", "4000", expect=121)
        self.assertNotIn("bites", said.stderr)


class Images(C3Test):
    """What the ROM refuses, by name; the image is put together here."""

    def image(self, segments=((RAM, b"\x01\xa0\0\0"),), entry=RAM, spoil=None,
              mode=2, size=0x2F, chip=5, least=0, most=0xFFFF, flip=False):
        data = struct.pack("<BBBBI", 0xE9, len(segments), mode, size, entry)
        data += struct.pack("<B3xHBHH4xB", 0xEE, chip, 0, least, most, 1)
        check = 0xEF
        for address, payload in segments:
            data += struct.pack("<II", address, len(payload)) + payload
            for byte in payload:
                check ^= byte
        data += bytes((15 - len(data)) % 16) + bytes([check ^ (1 if flip else 0)])
        data += hashlib.sha256(data).digest()
        if spoil is not None:
            data = data[:spoil] + bytes([data[spoil] ^ 1]) + data[spoil + 1:]
        self.write("image", data)

    def refused(self, report):
        said = self.sim("--max-time", "10", kernel="image", expect=120).stderr
        self.assertRegex(said, "the ROM refuses what flash holds: .*" + report)

    def test_a_good_one_is_run(self):
        self.image()
        self.sim("--max-time", "10", kernel="image", expect=121)

    def test_nothing(self):
        self.write("image", b"\xff" * 16)
        self.refused("invalid header: 0xffffffff")

    def test_no_segments_and_too_many(self):
        self.image(segments=())
        self.refused("0 segments: 1 to 16")
        self.image(segments=tuple((RAM + 16 * i, b"\0\0\0\0") for i in range(17)))
        self.refused("17 segments")

    def test_another_chip_or_revision(self):
        self.image(chip=9)
        self.refused("is for chip 9, an ESP32-C3 is chip 5")
        self.image(least=101)
        self.refused(r"revisions 1\.1 to 655\.35, the chip is 0\.4")

    def test_flash_that_is_not_there(self):
        self.image(size=0x3F)
        self.refused("says that the flash has 8 MiB, it has 4")
        self.image(mode=4)
        self.refused("flash mode 4")

    def test_segments_that_lie_wrong(self):
        self.image(segments=((RAM, b"\0" * 4), (0x3FCDC700, b"\0" * 32)))
        self.refused("segment 1 of 0x20 bytes at 0x3fcdc700 is not in SRAM below")
        self.image(segments=((RAM, b"\0" * 4), (0x60000000, b"\0" * 4)))
        self.refused("segment 1 of 0x4 bytes at 0x60000000")
        self.image(segments=((RAM, b"\0" * 6),))
        self.refused("segment 0 has 0x6 bytes: not a multiple of 4")

    def test_segments_that_are_the_same_bytes_of_ram(self):
        self.image(segments=((RAM, b"\0" * 64), (0x3FC80020, b"\0" * 4)))
        self.refused("segment 1 at 0x3fc80020 lies over segment 0 at 0x40380000")

    def test_an_entry_that_can_not_be_executed(self):
        self.image(entry=RAM + 0x100)
        self.refused("the entry 0x40380100 is not in a segment")
        self.image(segments=((0x3FC80000, b"\0" * 4),), entry=0x3FC80000)
        self.refused("the entry 0x3fc80000")

    def test_a_wrong_checksum(self):
        self.image(flip=True)
        self.refused("the checksum at 0x2f is 0x")

    def test_a_wrong_hash_is_told_and_booted(self):
        self.image(spoil=0x30 + 5)
        said = self.sim("--max-time", "10", kernel="image", expect=121)
        self.assertIn("SHA-256 comparison failed", said.stdout)
        self.assertIn("SHA-256 comparison failed", said.stderr)

    def test_what_reaches_beyond_the_flash(self):
        self.image()
        data = bytearray(self.read("image"))
        data[28:32] = struct.pack("<I", 0x7FFFFFFC)
        self.write("image", bytes(data))
        self.refused("segment 0 of 0x7ffffffc bytes reaches beyond the flash")

    def test_the_image_of_an_elf_file_is_what_the_format_says(self):
        self.guest("done")
        self.sim("--flash", "flash")
        data = self.read("flash")
        self.assertEqual(data[0], 0xE9)
        at, check = 24, 0xEF
        for _ in range(data[1]):
            address, length = struct.unpack_from("<II", data, at)
            self.assertEqual(address, RAM)
            for byte in data[at + 8:at + 8 + length]:
                check ^= byte
            at += 8 + length
        at |= 15
        self.assertEqual(data[at], check)
        self.assertEqual(data[at + 1:at + 33],
                         hashlib.sha256(data[:at + 1]).digest())
        self.assertEqual(data[at + 33:4096], b"\xff" * (4096 - at - 33))


class Placing(C3Test):
    def test_apps_go_to_flash_at_either_address(self):
        self.guest("window; put 0x600C5010, 4; put 0x600C4028, 1;"
                   "fetch 0x3C040000; li a1, 0x11223344; bne a0, a1, 1f;"
                   "fetch 0x42040000; bne a0, a1, 1f; done; 1: j 1b")
        self.write("apps", bytes.fromhex("44332211"))
        for at in ("0x40000", "0x42040000", "0x3C040000"):
            self.sim("--apps-at", at, apps=("apps",))

    def test_the_image_takes_the_place_of_the_stub_that_boots_directly(self):
        self.write("guest.S", (MACROS + '''
            done
            .section .stub, "ax"
            .word 0xAEDB041D, 0xAEDB041D
            j .
            .section .far, "a"
            .word 0x12345678
        ''').encode())
        self.gcc("guest.elf", "-march=rv32imc_zicsr", "-mabi=ilp32", "-nostdlib",
                 "-static", f"-Wl,-Ttext={RAM:#x}", "-Wl,--build-id=none,-n",
                 "-Wl,--section-start=.stub=0x42000000",
                 "-Wl,--section-start=.far=0x4203FFD4", "guest.S")
        self.sim("--flash", "flash")
        self.assertEqual(self.read("flash")[0], 0xE9)
        self.assertEqual(self.read("flash")[0x3FFD4:0x3FFD8],
                         bytes.fromhex("78563412"))

    def test_an_image_that_reaches_what_is_in_flash_is_refused(self):
        self.write("guest.S", (MACROS + '''
            done
            .section .near, "a"
            .word 1
        ''').encode())
        self.gcc("guest.elf", "-march=rv32imc_zicsr", "-mabi=ilp32", "-nostdlib",
                 "-static", f"-Wl,-Ttext={RAM:#x}", "-Wl,--build-id=none,-n",
                 "-Wl,--section-start=.near=0x42000020", "guest.S")
        self.assertIn("does not fit into the flash in front of what the ELF file",
                      self.sim(expect=1).stderr)

    def test_apps_over_the_kernel_are_refused(self):
        self.guest("done")
        self.write("apps", b"1234")
        said = self.sim("--apps-at", "0x42000010", apps=("apps",), expect=1).stderr
        self.assertIn("lies over the kernel's image, which ends at 0x1000", said)

    def test_a_segment_that_the_rom_does_not_load_is_refused(self):
        self.write("guest.S", (MACROS + "nop\n").encode())
        self.gcc("guest.elf", "-march=rv32imc_zicsr", "-mabi=ilp32", "-nostdlib",
                 "-static", "-Wl,-Ttext=0x60000000", "-Wl,--build-id=none,-n",
                 "guest.S")
        self.assertIn("the ROM loads nothing there", self.sim(expect=1).stderr)

    def test_bytes_at_the_instruction_bus_can_be_forbidden(self):
        self.guest("window; li t0, 0x42000001; lbu a0, 0(t0); done")
        self.sim()
        said = self.sim("--flash-words", expect=120).stderr
        self.assertIn("read of 1 byte at 0x42000001: through the instruction bus "
                      "only aligned words are sure to work", said)
        self.guest("window; fetch 0x42000004; li t0, 0x3C000001; lbu a0, 0(t0); done")
        self.sim("--flash-words")


class Usb(C3Test):
    def test_a_host_can_be_plugged_in(self):
        self.guest("dogs_off; put 0x60043000, 'u'; sw t1, 0(t0); put 0x60043004, 1;"
                   "1: fetch 0x60043004; andi a0, a0, 2; beqz a0, 1b; done")
        self.sim("--usb", "file:usb")
        self.assertEqual(self.read("usb"), b"uu")
        said = self.sim("--max-time", "5", expect=121).stdout
        self.assertTrue(said.endswith("(SPI_FAST_FLASH_BOOT)\n"), said)

    def test_another_board_has_no_such_port(self):
        done = subprocess.run([SIM, "--usb", "null", "qemu-virt", "x"], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--usb: qemu-virt has no USB port", done.stderr)


class Pins(C3Test):
    def test_outputs_are_shown_and_the_button_interrupts(self):
        self.guest("""
            dogs_off
            la t0, vectors
            csrw mtvec, t0
            put 0x60009010, 0x1800      /* GPIO3: plain */
            put 0x60004024, 1 << 3
            put 0x60004008, 1 << 3
            put 0x60009028, 0x1B00      /* GPIO9: input */
            put 0x60004098, (1 << 13) + (2 << 7)
            put 0x600C2040, 3
            put 0x600C2120, 1
            put 0x600C2194, 1
            put 0x600C2104, 1 << 3
            csrsi mstatus, 8
        1:  wfi
            j 1b
            .balign 256
        vectors:
            .option norvc
            j .
            j .
            j .
            j pressed
        pressed:
            csrr a0, mcause
            put 0x6000400C, 1 << 3
            done
        """)
        self.write("script", b"after 5 ms\npin 9 0\nafter 5 ms\nend 3\n")
        said = self.sim("--pins", "--script", "script").stderr
        self.assertRegex(said, r"GPIO3 low\n.*GPIO3 high\nsim: 0\.005\d+ s: GPIO3 low")

    def test_the_button_at_reset_is_a_download(self):
        self.guest("dogs_off; 1: wfi; j 1b")
        self.write("script", b"after 1 ms\npin 9 0\nreset\nafter 5 ms\nend 3\n")
        said = self.sim("--script", "script", expect=120).stderr
        self.assertIn("the ROM waits for a download", said)


class Rom(C3Test):
    def test_its_flash_functions_do_what_they_say(self):
        self.guest("""
            dogs_off
            window
            li a0, 0x100
            li t0, 0x40000128           /* erase sector */
            jalr t0
            bnez a0, 9f
            li a0, 0x100008
            la a1, words
            li a2, 300
            li t0, 0x4000012C           /* write */
            jalr t0
            bnez a0, 9f
            li a0, 0x100008
            li a1, 0x3FCA0000
            li a2, 300
            li t0, 0x40000130           /* read */
            jalr t0
            bnez a0, 9f
            li t0, 0x3FCA0000
            la t1, words
            li t2, 75
        1:  lw a0, 0(t0)
            lw a1, 0(t1)
            bne a0, a1, 9f
            addi t0, t0, 4
            addi t1, t1, 4
            addi t2, t2, -1
            bnez t2, 1b
            li t0, 0x400004D8           /* invalidate all */
            jalr t0
            done
        9:  j 9b
            .balign 4
        words:
            .set n, 0x1000
            .rept 75
            .word n
            .set n, n + 0x101
            .endr
        """)
        self.sim("--flash", "flash", "--flash-speed", "100")
        self.assertEqual(self.read("flash")[0x100008:0x100010],
                         struct.pack("<II", 0x1000, 0x1101))

    def test_it_waits(self):
        self.guest("dogs_off; li a0, 2500; li t0, 0x40000050; jalr t0; done")
        said = self.sim("--stats").stderr
        self.assertRegex(said, r", 0\.00250\d+ s of virtual time")


class Gdb(C3Test):
    def test_it_follows_the_rom_into_the_program(self):
        self.guest("nop; li a1, 7; window; fetch 0x3C000000; done")
        stub = Stub(pathlib.Path(self.dir), [
            SIM, "--serial", "null", "esp32-c3-devkit", self.path("guest.elf")])
        self.addCleanup(stub.close)
        self.assertEqual(stub.register(PC), 0x40000000)
        stub.ask("s")
        self.assertEqual(stub.register(PC), RAM)
        code = stub.ask(f"m{RAM:x},8")
        self.assertEqual(stub.ask("m3fc80000,8"), code)
        self.assertEqual(stub.ask(f"Z0,{RAM + 2:x},2"), "OK")
        self.assertIn("hwbreak", stub.ask("c"))
        self.assertEqual(stub.ask("Z3,3c000000,4"), "OK")
        self.assertIn("rwatch:3c000000", stub.ask("c"))
        self.assertEqual(stub.ask("m42000000,4"), stub.ask("m3c000000,4"))
        self.assertEqual(stub.ask("m42000000,1"), "e9")
        text = stub.ask("qXfer:features:read:target.xml:0,4000")
        self.assertIn('name="mpccr"', text)
        self.assertIn('name="pmpaddr15"', text)
        self.assertNotIn('name="mie"', text)
        self.assertNotIn('name="mcycle"', text)


class Random(C3Test):
    def test_words_are_the_seeds_and_need_their_time(self):
        self.guest("fetch 0x600260B0; mv s0, a0; fetch 0x600260B0; bne a0, s0, 8f;"
                   "li t2, 200; 1: addi t2, t2, -1; bnez t2, 1b;"
                   "fetch 0x600260B0; beq a0, s0, 8f; put 0x60000000, 'y';"
                   "mv s1, a0; li s2, 8; 2: andi a0, s1, 15; addi a0, a0, 'a'; sw a0, 0(t0);"
                   "srli s1, s1, 4; addi s2, s2, -1; bnez s2, 2b; done; 8: j 8b")
        texts = [self.sim("--seed", seed).stdout for seed in ("1", "1", "2")]
        self.assertEqual(texts[0], texts[1])
        self.assertNotEqual(texts[0], texts[2])


if __name__ == "__main__":
    berth_tool.main()
