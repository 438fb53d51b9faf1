# SPDX-License-Identifier: Apache-2.0
"""Apps that run from copies of their binaries in RAM, on the boards that do so.
On the ESP32-C3 the model allows no load of a byte through the window for
instructions meanwhile."""
from harness import FLASH_WORDS, ICOUNT, IDLE, Failed, boot

# board, its kernel with copies, where RAM is as code, how much higher than as data
VIRT = {"boards": ["qemu-virt"], "kernel": "virt-ram"}
ESP32 = {"boards": ["esp32-c3"], "kernel": "esp32-c3-ram"}
WORDS = (*ICOUNT, FLASH_WORDS)
CODE = {"qemu-virt": (0x80010000, 0x80050000, 0),
        "esp32-c3-devkit": (0x4039D000, 0x403E0000, 0x700000)}


def lies_in_ram(m, name):
    """The app's binary lies behind its RAM, as code."""
    low, high, higher = CODE[m.board]
    m.type(f"process {name}")
    rows = {}
    for _ in range(7):
        start, end, what = m.expect(
            r"0x([0-9A-F]{8}) 0x([0-9A-F]{8}) \S{3} (\w+(?: \w+)?) +\d+"
            r"[^\n]*\n").groups()
        rows[what] = int(start, 16), int(end, 16)
        if what.startswith("Protected"):
            break
    flash = [r for what, r in rows.items() if what in ("Protected", "App Flash")]
    if not flash:
        raise Failed(f"no binary among {rows}")
    for start, end in flash:
        if not low <= start < end <= high:
            raise Failed(f"{start:#x} to {end:#x} is not app RAM")
    ram_end = max(end for what, (_, end) in rows.items() if what == "Kernel")
    if min(start for start, _ in flash) != ram_end + higher:
        raise Failed(f"the copy does not lie behind the RAM: {rows}")


def greets_and_stays(m):
    """Twice, and what the first life had is free again for the second."""
    m.expect(r"Hello")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.expect(r"berth\$ ")
    lies_in_ram(m, "witness")
    for _ in range(5):
        m.until_listed("hello", "Terminated")
        m.type("boot hello")
        m.expect(r"Hello")
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("witness", "hello", **VIRT)
def apps_run_from_copies_in_ram(m):
    greets_and_stays(m)


@boot("witness", "hello", **ESP32, extra=WORDS)
def apps_run_from_copies_in_sram(m):
    greets_and_stays(m)


def copy_is_read_only(m):
    """As flash would be, and so say the reports."""
    m.expect(r"write_own_code \(pid \d+\) faulted: wrote 0x[0-9a-f]{8}, "
             r"its own flash, which is read-only")
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("witness", "write_own_code", **VIRT)
def a_copy_can_not_be_written(m):
    copy_is_read_only(m)


@boot("witness", "write_own_code", **ESP32, extra=WORDS)
def a_copy_in_sram_can_not_be_written(m):
    copy_is_read_only(m)


@boot("witness", "jump_own_data", **ESP32, extra=WORDS)
def ram_beside_a_copy_is_not_code(m):
    m.expect(r"jump_own_data \(pid \d+\) faulted: jumped to")
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("witness", "c3_own_ram_as_code", **ESP32, extra=WORDS)
def ram_is_not_code_at_its_other_address_either(m):
    m.expect(r"c3_own_ram_as_code \(pid \d+\) faulted: jumped to")
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("hello", "blink", "sensor", **ESP32, extra=(*IDLE, FLASH_WORDS))
def the_first_apps_run_where_flash_gives_words_only(m):
    m.expect(r"sensor: 20 samples")
    m.type("list")
    m.expect(r" blink .* (Yielded|Running)")
