# SPDX-License-Identifier: Apache-2.0
"""Position-independent apps from the command line: `berth tab`, `berth prelink`
and elf2tab, on small apps that the cross compiler makes."""
import hashlib
import os
import struct
import subprocess
import tarfile

import berth_tool
from berth_tool import (FIXED, KERNEL_VERSION, MAIN, NAME, PROGRAM, SHORT_ID,
                        STORAGE, USAGE, WRITEABLE, Tbf, ToolTest)

RELOCATION = 0x8B01
LINKER = os.path.join(berth_tool.ROOT, "linker")
WORDS = ("flash", "flash_length", "ram", "ram_length", "data_offset", "data_length",
         "data_at", "bss_length", "gp", "tls_at", "tls_length", "tp", "ram_alignment",
         "flash_alignment", "table_offset", "table_length", "encoding")

APP = """
static int numbers[4] = { 1, 2, 3, 4 };
int *pointers[] = { &numbers[1], &numbers[3] };
int zeros[10];
const char text[] = "constant";
const char *volatile where = text;
void _start(void)
{
    for (int i = 0; i < 4; i++)
        zeros[i] = numbers[i] + *pointers[i & 1] + where[i];
    for (;;) {
    }
}
"""

TABLE = """
static int one(void) { return 1; }
static int two(void) { return 2; }
static int (*const table[])(void) = { one, two };
int pick(int n) { return table[n & 1](); }
"""

LIBTOCK_SCRIPT = """
ENTRY(_start)
MEMORY {{ FLASH : ORIGIN = {flash}, LENGTH = 1M
         SRAM : ORIGIN = {ram}, LENGTH = 1M }}
SECTIONS {{
    .crt0_header : {{
        _beginning = .;
        LONG(LOADADDR(.got) - _beginning) LONG(_got - _sram_origin)
        LONG(SIZEOF(.got))
        LONG(LOADADDR(.data) - _beginning) LONG(_data - _sram_origin)
        LONG(SIZEOF(.data))
        LONG(_bss - _sram_origin) LONG(SIZEOF(.bss))
        LONG(LOADADDR(.data) + SIZEOF(.data) - _beginning) LONG({stack})
    }} > FLASH
    .wfr.app_state : {{ KEEP(*(.app_state)) . = ALIGN(4); }} > FLASH
    .text : {{ *(.text*) *(.rodata*) *(.srodata*) . = ALIGN(4); }} > FLASH
    .stack (NOLOAD) : {{ _sram_origin = .; . += {stack}; }} > SRAM
    .got : {{ . = ALIGN(4); _got = .; *(.got*) }} > SRAM AT > FLASH
    .data : {{ . = ALIGN(4); _data = .; *(.data*) *(.sdata*) . = ALIGN(4); }}
        > SRAM AT > FLASH
    .bss : {{ _bss = .; *(.bss*) *(.sbss*) . = ALIGN(4); }} > SRAM
}}
"""


class PicTest(ToolTest):
    def compile(self, source=APP, name="app.o", arguments=("-fPIE",)):
        self.write(name + ".c", source.encode())
        return self.gcc(name, "-march=rv32imc", "-mabi=ilp32", "-Os", "-c",
                        "-ffunction-sections", "-fdata-sections", *arguments,
                        name + ".c")

    def link(self, *objects, name="app.elf", arguments=()):
        return self.gcc(name, "-march=rv32imc", "-mabi=ilp32", "-nostdlib",
                        "-static", "-Wl,--build-id=none", "-Wl,--emit-relocs",
                        *arguments, "-L.", f"-L{LINKER}", "-T",
                        os.path.join(LINKER, "app.ld"), "-Wl,-Map=app.map",
                        *objects)

    def app(self, **options):
        return self.link(self.compile(**options))

    def tbf_of(self, elf, *options):
        self.berth("tab", "--tbf", "out.tbf", *options, elf)
        return Tbf(self.read("out.tbf"))

    @staticmethod
    def descriptor(t):
        version, offset = struct.unpack("<2I", t.tlvs[RELOCATION][0])
        assert version == 1
        return dict(zip(WORDS, struct.unpack_from("<17I", t.data, offset)))

    @staticmethod
    def listed(t, d):
        """Offsets in the data image, by a decoder of its own."""
        found, at = [], 0
        for (word,) in struct.iter_unpack(
                "<I", t.data[d["table_offset"]:][:d["table_length"]]):
            if word % 2 == 0 and d["encoding"] == 2:
                near = word >> 24
                at = (word & 0xFFFFFF) + 4
                found.append(at - 4)
                found += [at + 4 * i for i in range(8) if near >> i & 1]
                at += 8 * 4
            elif word % 2 == 0:
                found.append(word)
                at = word + 4
            else:
                found += [at + 4 * i for i in range(31) if word >> (i + 1) & 1]
                at += 31 * 4
        return found


class Relocatable(PicTest):
    def test_the_header_names_no_addresses_but_a_descriptor(self):
        t = self.tbf_of(self.app())
        self.assertEqual(t.order, [PROGRAM, NAME, KERNEL_VERSION, RELOCATION])
        d = self.descriptor(t)
        self.assertEqual((d["flash"], d["encoding"]), (0x10000000, 2))
        self.assertEqual(d["flash_alignment"], 4)
        self.assertEqual(t.protected, t.header_size)
        self.assertLessEqual(t.header_size, 200)

    def test_every_pointer_in_the_data_is_listed(self):
        t = self.tbf_of(self.app())
        d = self.descriptor(t)
        listed = self.listed(t, d)
        self.assertEqual(len(listed), 3)
        image = t.data[d["data_offset"]:][:d["data_length"]]
        targets = [struct.unpack_from("<I", image, at)[0] for at in listed]
        for target in targets:
            self.assertTrue(
                d["ram"] <= target <= d["ram"] + d["ram_length"]
                or d["flash"] <= target <= d["flash"] + d["flash_length"])

    def test_ram_is_stack_data_bss_and_heaps(self):
        t = self.tbf_of(self.app(), "--app-heap", 100, "--kernel-heap", 200)
        d = self.descriptor(t)
        self.assertEqual(d["data_at"], 1024)
        self.assertEqual(d["data_at"] + d["data_length"] + d["bss_length"],
                         d["ram_length"])
        self.assertEqual(t.minimum_ram, d["ram_length"] + 300)

    def test_another_stack_can_be_had_without_another_link(self):
        elf = self.app()
        d = self.descriptor(self.tbf_of(elf, "--stack", 3000))
        self.assertEqual(d["data_at"], 3008)
        self.assertEqual(d["data_at"] + d["data_length"] + d["bss_length"],
                         d["ram_length"])

    def test_the_table_is_plain_relr_where_that_is_as_short(self):
        one = APP.replace("{ &numbers[1], &numbers[3] }", "{ 0, &numbers[3] }").replace(
            "const char *volatile where = text;", "const char *volatile where;")
        d = self.descriptor(self.tbf_of(self.app(source=one)))
        self.assertEqual((d["table_length"], d["encoding"]), (4, 1))

    def test_what_is_defined_before_the_script_counts(self):
        self.compile()
        plain, d = (self.descriptor(self.tbf_of(self.link(
            "app.o", arguments=("-Wl,--no-relax", *defined)))) for defined in (
                (), ("-Wl,--defsym=STACK_SIZE=4090", "-Wl,--defsym=APP_POOL=4",
                     "-Wl,--defsym=APP_PADDING=64")))
        self.assertEqual(d["data_at"], 4096)
        self.assertEqual(d["data_length"], plain["data_length"] + 16)
        self.assertEqual(d["flash_length"], plain["flash_length"] + 16 + 64)

    def test_thread_local_bss_at_the_end_of_ram_is_part_of_it(self):
        source = """__thread volatile int one = 7;
            __thread volatile int zero[3];
            void _start(void) { for (;;) { one += zero[1]; zero[2]++; } }"""
        self.compile(source, arguments=("-fPIE", "-mno-relax"))
        options = ("-static", "--emit-relocs", "--no-relax", "-u", "_start",
                   "-z", "max-page-size=4", f"-L{LINKER}", "-T",
                   os.path.join(LINKER, "app.ld"), "-o", "app.elf", "app.o")
        gnu = os.environ.get("CROSS", "riscv64-unknown-elf-") + "ld"
        for linker in (["ld.lld"], [gnu, "-melf32lriscv"]):
            subprocess.run([*linker, *options], cwd=self.dir, check=True)
            d = self.descriptor(self.tbf_of("app.elf"))
            self.assertEqual((d["tls_at"], d["tls_length"]), (d["data_at"], 16))
            self.assertEqual(d["data_length"] + d["bss_length"], 16)
            self.assertEqual(d["ram_length"], d["data_at"] + 16)

    def test_a_tab_member_is_named_by_the_architecture_alone(self):
        self.berth("tab", "-o", "out.tab", self.app())
        with tarfile.open(self.path("out.tab")) as tab:
            names = tab.getnames()
        self.assertEqual(len(names), 2)
        self.assertRegex(names[1], r"^rv32imc[^.]*\.tbf$")

    def test_the_same_input_gives_the_same_bytes(self):
        elf = self.app()
        self.assertEqual(self.tbf_of(elf).data, self.tbf_of(elf).data)

    def test_text_is_as_long_as_it_was_linked(self):
        elf = self.app()
        t = self.tbf_of(elf)
        out = subprocess.run(
            [os.environ.get("CROSS", "riscv64-unknown-elf-") + "size", "-A", elf],
            cwd=self.dir, text=True, capture_output=True, check=True).stdout
        sizes = {line.split()[0]: int(line.split()[1])
                 for line in out.splitlines() if line.startswith(".")}
        d = self.descriptor(t)
        self.assertEqual(d["data_offset"] - t.protected, sizes[".text"])

    def test_explain_shows_sites_words_and_what_moved(self):
        elf = self.app()
        out = self.berth("tab", "--tbf", "o.tbf", "--explain", "--map", "app.map",
                         elf)
        for wanted in ("app.o(.text._start), function _start", "upper parts",
                       "data words with addresses: 3", "read-only data in RAM"):
            self.assertIn(wanted, out)

    def test_alignment_of_constants_above_8_is_reported(self):
        elf = self.app(source=APP + "const int big[4] "
                       "__attribute__((aligned(64), used)) = { 1 };")
        done = subprocess.run([berth_tool.BERTH, "tab", "--tbf", "out.tbf", elf],
                              cwd=self.dir, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("multiple of 64", done.stderr)
        self.assertEqual(
            self.descriptor(Tbf(self.read("out.tbf")))["flash_alignment"], 64)


class Refusals(PicTest):
    def test_no_relocations(self):
        elf = self.app()
        subprocess.run([berth_tool.OBJCOPY, "--strip-all", elf], cwd=self.dir,
                       check=True)
        self.refused("--emit-relocs", "tab", elf)

    def test_an_address_in_read_only_data_names_object_and_remedy(self):
        elf = self.link(self.compile(), self.compile(
            TABLE + "int (*volatile use)(int) = pick;", "table.o",
            ("-fno-pic", "-mcmodel=medlow")))
        self.refused(r"table\.o\(\.srodata\.table\).*`(one|two).*berth prelink",
                     "tab", "--map", "app.map", elf)

    def test_a_packed_pointer(self):
        elf = self.app(source=APP + "struct __attribute__((packed)) { char c; "
                       "const char *p; } packed = { 1, text };")
        self.refused("packed structure", "tab", elf)

    def test_general_dynamic_thread_local_data(self):
        elf = self.app(source=APP.replace("int zeros", "__thread int tls = 3;"
                                          "int zeros").replace(
                                              "zeros[i] =", "zeros[i] = tls +")
                       + "void *__tls_get_addr(void *p) { return p; }",
                       arguments=("-fPIC",))
        self.refused("local-exec", "tab", elf)

    def test_flash_and_ram_where_nothing_can_be_moved(self):
        self.compile()
        for flash, ram, wanted in ((0x1000, 0x60000000, "flash is linked at"),
                                   (0x80000000, 0x60000000, "other tools"),
                                   (0x10000000, 0x2000, "RAM is linked at")):
            script = LIBTOCK_SCRIPT.format(flash=flash, ram=ram, stack=512)
            self.write("t.ld", script.encode())
            elf = self.gcc("t.elf", "-march=rv32imc", "-mabi=ilp32", "-nostdlib",
                           "-static", "-Wl,--emit-relocs", "-Wl,--no-relax",
                           "-Wl,--no-warn-rwx-segments", "-T", "t.ld", "app.o")
            self.refused(wanted, "tab", elf)

    def test_nothing_is_written_and_what_another_link_needs_is(self):
        elf = self.app(source=APP + "int far[60000]; int *get(int i) "
                       "{ return &far[i + 50000]; }"
                       "int *(*volatile use)(int) = get;")
        done = subprocess.run([berth_tool.BERTH, "tab", "--tbf", "o.tbf",
                               "--relink", "again", elf], cwd=self.dir, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, berth_tool.REFUSED, done.stderr)
        self.assertFalse(os.path.exists(self.path("o.tbf")))
        again = self.read("again").decode().split()
        self.assertRegex(" ".join(again), r"^-Wl,--defsym=APP_POOL=\d+$")
        elf = self.link("app.o", arguments=again)
        self.tbf_of(elf, "--relink", "again")
        self.assertEqual(self.read("again"), b"")


class Prelink(PicTest):
    def test_sections_with_addresses_are_named_and_no_others(self):
        self.compile(TABLE + "const int plain[2] = { 1, 2 };", "table.o",
                     ("-fno-pic",))
        self.compile()
        out = self.berth("prelink", "table.o", "app.o")
        self.assertEqual(out, '"table.o"(.srodata.table)\n')

    def test_members_of_archives_are_named(self):
        long = "a_member_with_a_long_name.o"
        self.compile(TABLE, long, ("-fno-pic",))
        self.compile(TABLE, "b.o", ("-fno-pic",))
        ar = os.environ.get("CROSS", "riscv64-unknown-elf-") + "ar"
        subprocess.run([ar, "crs", "libx.a", long, "b.o"], cwd=self.dir, check=True)
        lines = [f"*libx.a:{long}(.srodata.table)", "*libx.a:b.o(.srodata.table)"]
        self.assertEqual(self.berth("prelink", "libx.a").splitlines(), lines)
        self.assertEqual(self.berth("prelink", "-L.", "-lx").splitlines(), lines)

    def test_what_it_names_can_be_linked_and_rewritten(self):
        self.compile()
        self.compile(TABLE + "int (*volatile use)(int) = pick;", "table.o",
                     ("-fno-pic",))
        self.refused("berth prelink", "tab", self.link("app.o", "table.o"))
        self.berth("prelink", "-o", "prelink.ld", "app.o", "table.o")
        t = self.tbf_of(self.link("app.o", "table.o"))
        self.assertEqual(len(self.listed(t, self.descriptor(t))), 6)

    def test_what_it_costs_is_explained_by_object(self):
        self.compile()
        self.compile(TABLE + "int (*volatile use)(int) = pick;", "table.o",
                     ("-fno-pic",))
        self.berth("prelink", "-o", "prelink.ld", "app.o", "table.o")
        out = self.berth("tab", "--tbf", "o.tbf", "--explain", "--map", "app.map",
                         self.link("app.o", "table.o"))
        self.assertRegex(out, r"(?m)^read-only data in RAM.*: 8 bytes$\n +8  table\.o$")

    def test_a_map_says_what_was_linked(self):
        self.compile()
        self.compile(TABLE + "int (*volatile use)(int) = pick;", "table.o",
                     ("-fno-pic",))
        self.compile(TABLE, "other.o", ("-fno-pic",))
        self.link("app.o", "table.o")
        named = '"table.o"(.srodata.table)\n'
        self.assertEqual(self.berth("prelink", "--map", "app.map"), named)
        self.assertEqual(self.berth("prelink", "--map", "app.map", "other.o",
                                    "table.o"), named)

    def test_other_files_are_refused(self):
        self.refused("neither an ELF object nor an archive", "prelink",
                     self.write("x", b"hello"))
        self.refused("damaged archive", "prelink",
                     self.write("x.a", b"!<arch>\n" + b"y" * 80))
        self.refused("no input", "prelink", expect=USAGE)


class Elf2tab(PicTest):
    def libtock(self, flash=0x80100080, ram=0x80300000, source=APP, relocs=False):
        self.compile(source, arguments=("-fno-pic", "-mcmodel=medlow"))
        self.write("t.ld", LIBTOCK_SCRIPT.format(flash=flash, ram=ram,
                                                 stack=2048).encode())
        return self.gcc("t.elf", "-march=rv32imc", "-mabi=ilp32", "-nostdlib",
                        "-static", "-Wl,--no-relax", "-Wl,--build-id=none",
                        "-Wl,--no-warn-rwx-segments",
                        *(["-Wl,--emit-relocs"] if relocs else []), "-T", "t.ld",
                        "app.o")

    def elf2tab(self, *arguments):
        self.berth("elf2tab", *arguments)
        return Tbf(self.read("t.tbf"))

    def test_the_version_is_the_one_it_stands_for(self):
        self.assertEqual(self.berth("elf2tab", "--version"), "elf2tab 0.13.0\n")
        link = self.path("elf2tab")
        os.symlink(berth_tool.BERTH, link)
        out = subprocess.run([link, "--version"], text=True, capture_output=True,
                             check=True).stdout
        self.assertEqual(out, "elf2tab 0.13.0\n")

    def test_a_fixed_app_has_main_program_name_addresses_and_version(self):
        t = self.elf2tab("-n", "blink", "--stack", 2048, "--app-heap", 1024,
                         "--kernel-heap", 1024, "--kernel-major", 2,
                         "--kernel-minor", 2, "-o", "t.tab", self.libtock())
        self.assertEqual(t.order, [MAIN, PROGRAM, NAME, FIXED, KERNEL_VERSION])
        self.assertEqual(t.fixed, (0x80300000, 0x80100080))
        self.assertEqual(t.tlvs[MAIN][0], t.tlvs[PROGRAM][0][:12])
        self.assertEqual(t.protected, 0x80)
        flat = self.flat("t.elf")
        self.assertEqual(t.binary[:len(flat)], flat)
        self.assertEqual(t.binary[len(flat):], bytes(4))

    def test_footers_are_reserved(self):
        t = self.elf2tab("--minimum-footer-size", 3000, self.libtock())
        self.assertEqual(t.total_size - t.binary_end, 3000)
        self.assertEqual(struct.unpack_from("<HHI", t.data, t.binary_end),
                         (128, 2996, 0))
        self.assertEqual(t.data[t.binary_end + 8:], bytes(2992))
        self.assertNotIn(NAME, t.tlvs)
        self.assertNotIn(KERNEL_VERSION, t.tlvs)

    def test_lists_may_go_on_over_several_arguments(self):
        t = self.elf2tab("--permissions", "1,0", "1,1", "2,5", "--write_id", 7,
                         "--read_ids", 7, 8, "--access_ids", 9, "--short-id",
                         "0x44BE450A", self.libtock(flash=0x801000C0))
        self.assertEqual(t.tlvs[STORAGE][0], struct.pack("<IH2IHI", 7, 2, 7, 8, 1, 9))
        self.assertEqual(t.tlvs[SHORT_ID], [struct.pack("<I", 0x44BE450A)])

    def test_writeable_flash_regions_are_an_entry_each(self):
        source = APP + ("int state __attribute__((section(\".app_state\"), used))"
                        " = 5;")
        t = self.elf2tab(self.libtock(source=source))
        self.assertEqual(len(t.tlvs[WRITEABLE]), 1)
        offset, size = struct.unpack("<2I", t.tlvs[WRITEABLE][0])
        self.assertEqual((size, t.data[offset:offset + 4]), (4, b"\5\0\0\0"))

    def test_the_tab_takes_its_members_names_from_the_files(self):
        elf = self.libtock()
        os.rename(self.path(elf), self.path("rv32imac.0x80100080.0x80300000.elf"))
        self.berth("elf2tab", "-n", "x", "-o", "x.tab",
                   "rv32imac.0x80100080.0x80300000.elf")
        with tarfile.open(self.path("x.tab")) as tab:
            self.assertEqual(tab.getnames(), [
                "metadata.toml", "rv32imac.0x80100080.0x80300000.tbf"])
        self.berth("elf2tab", "-o", "x.tab",
                   "rv32imac.0x80100080.0x80300000.elf,rv32imac")
        with tarfile.open(self.path("x.tab")) as tab:
            self.assertEqual(tab.getnames()[1], "rv32imac.tbf")

    def test_with_relocations_its_start_code_is_told_to_copy_nothing(self):
        elf = self.libtock(flash=0x10000000, ram=0x60000000, relocs=True)
        t = self.elf2tab("-n", "x", "--stack", 2048, elf)
        self.assertEqual(t.order, [MAIN, PROGRAM, NAME, RELOCATION])
        header = struct.unpack_from("<10I", t.binary)
        flat = struct.unpack_from("<10I", self.flat("t.elf"))
        self.assertGreater(flat[5], 0)
        for i in range(10):
            self.assertEqual(header[i], 0 if i in (2, 5, 7) else flat[i])
        self.assertEqual(t.binary[header[8]:header[8] + 4], bytes(4))
        d = self.descriptor(t)
        self.assertEqual(d["data_at"], 2048)
        self.assertEqual(len(self.listed(t, d)), 3)

    def test_credentials_are_made_in_the_room_that_is_asked_for(self):
        t = self.elf2tab("-n", "x", "--sha256", "--minimum-footer-size", 64,
                         self.libtock())
        digest = hashlib.sha256(t.data[:t.binary_end]).digest()
        self.assertEqual(
            t.data[t.binary_end:],
            struct.pack("<HHI", 128, 36, 3) + digest
            + struct.pack("<HHI", 128, 20, 0) + bytes(16))


if __name__ == "__main__":
    berth_tool.main()
