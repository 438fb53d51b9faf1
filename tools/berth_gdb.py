# SPDX-License-Identifier: Apache-2.0
"""Symbols of Berth apps in gdb, at the addresses where they run.

    (gdb) source berth_gdb.py
    (gdb) berth-app build/my-app.elf [NAME]

From then on the app's symbols follow it: whenever the machine stops, they are
moved to where the kernel has the process of that name (that of the file without
another), and away when it has none. The kernel's own symbols have to be loaded.
"""
import os
import struct

import gdb

SHF_ALLOC = 2
FLASH, RAM = 0, 2  # entries of the protection image: where each begins


def c_text(data, at):
    return data[at:data.index(b"\0", at)].decode("utf-8", "replace")


class Elf:
    """Of an app's ELF: its sections and the two link bases."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        if data[:5] != b"\x7fELF\x01":
            raise gdb.GdbError(f"{path}: not a 32-bit ELF file")
        at, size, count, names = struct.unpack_from("<I10xHHH", data, 32)
        headers = [struct.unpack_from("<10I", data, at + size * n)
                   for n in range(count)]
        self.sections = [(c_text(data, headers[names][4] + h[0]), h[3])
                         for h in headers if h[2] & SHF_ALLOC and h[5]]
        self.symbols = {}
        for h in headers:
            if h[1] != 2:
                continue
            strings = headers[h[6]][4]
            for n in range(h[4], h[4] + h[5], 16):
                name, value = struct.unpack_from("<II", data, n)
                text = c_text(data, strings + name)
                if text in ("_flash_origin", "_sram_origin"):
                    self.symbols[text] = value
        if len(self.symbols) != 2:
            raise gdb.GdbError(f"{path}: no _flash_origin and _sram_origin: "
                               "is it an app?")

    def placed(self, flash, ram):
        """Each section's address, with the binary and RAM there."""
        flash_link = self.symbols["_flash_origin"]
        ram_link = self.symbols["_sram_origin"]
        for name, address in self.sections:
            # Of the bases below it the nearer one is its own.
            base, to = max(((link, at) for link, at in ((flash_link, flash),
                                                        (ram_link, ram))
                            if link <= address), default=(flash_link, flash))
            yield name, address - base + to & 0xFFFFFFFF


def processes():
    """name: (address of its binary, RAM start), of those that have RAM."""
    found = {}
    try:
        config = gdb.parse_and_eval("kernel_config")
        slots, count = config["slots"], int(config["slot_count"])
        for n in range(count):
            pointer = slots[n]["process"]
            if not int(pointer) or not int(pointer["has_block"]):
                continue
            image = pointer["protection"]["image"]["addr"]
            flash, ram = int(image[FLASH]) << 2, int(image[RAM]) << 2
            name = name_at(flash & 0xFFFFFFFF)
            found[name] = (flash + int(pointer["protected_size"]), ram)
    except (gdb.error, gdb.MemoryError):
        pass  # no kernel there yet
    return found


def name_at(flash):
    """The package name in the TBF header at that address."""
    memory = gdb.selected_inferior().read_memory
    size = struct.unpack("<H", memory(flash + 2, 2))[0]
    header = bytes(memory(flash, size))
    at = 16
    while at + 4 <= size:
        kind, length = struct.unpack_from("<HH", header, at)
        if kind == 3:
            return header[at + 4:at + 4 + length].decode("utf-8", "replace")
        at += 4 + (length + 3 & ~3)
    return ""


class App:
    """An ELF file, its process' name, and where its symbols are now."""

    def __init__(self, path, name):
        self.path, self.name = path, name
        self.elf = Elf(path)
        self.place = None

    def follow(self, place):
        """Moves the symbols there; None: away."""
        if place == self.place:
            return
        if self.place is not None:
            text = dict(self.elf.placed(*self.place))[".text"]
            gdb.execute(f"remove-symbol-file -a {text:#x}", to_string=True)
        if place is not None:
            where = " ".join(f"-s {name} {address:#x}"
                             for name, address in self.elf.placed(*place))
            gdb.execute(f'add-symbol-file "{self.path}" {where}', to_string=True)
        self.place = place


APPS = []


def follow_all(*_):
    there = processes()
    for app in APPS:
        app.follow(there.get(app.name))


class BerthApp(gdb.Command):
    """berth-app FILE.elf [NAME]: the symbols of an app, wherever it runs."""

    def __init__(self):
        super().__init__("berth-app", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, _from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise gdb.GdbError("usage: berth-app FILE.elf [NAME]")
        name = os.path.basename(words[0]).split(".")[0]
        APPS.append(App(words[0], words[1] if len(words) == 2 else name))
        follow_all()


BerthApp()
gdb.events.stop.connect(follow_all)
