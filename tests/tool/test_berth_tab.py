# SPDX-License-Identifier: Apache-2.0
"""`berth tab` on small ELF files, read back by a parser of its own."""
import io
import os
import struct
import subprocess
import tarfile

import berth_tool
from berth_tool import (DONE, FIXED, KERNEL_VERSION, MAIN, NAME, PERMISSIONS,
                        PROGRAM, SHORT_ID, STORAGE, SYSTEM, USAGE, WRITEABLE,
                        Tbf, ToolTest)

FLASH, RAM = 0x22000080, 0x80100000


def far_script(distance):
    """A script with a second flash F2, `distance` behind the first."""
    return berth_tool.SCRIPT.replace(
        "RAM : ORIGIN",
        f"F2 : ORIGIN = {{flash}} + {distance}, LENGTH = 1K\nRAM : ORIGIN")


class TabTest(ToolTest):
    def tbf_of(self, elf, *options):
        self.berth("tab", "--tbf", "out.tbf", *options, elf)
        return Tbf(self.read("out.tbf"))


class Conversion(TabTest):
    def test_the_binary_is_what_objcopy_makes_of_the_elf(self):
        elf = self.elf()
        t = self.tbf_of(elf)
        flat = self.flat(elf)
        self.assertGreater(len(flat), 16)
        self.assertEqual(t.binary[:len(flat)], flat)
        self.assertEqual(len(t.data), t.total_size)

    def test_a_zero_word_follows_the_binary(self):
        elf = self.elf()
        t = self.tbf_of(elf)
        rest = t.binary[len(self.flat(elf)):]
        self.assertIn(len(rest), range(4, 8))
        self.assertEqual(rest, bytes(len(rest)))

    def test_the_binary_begins_at_its_linked_address(self):
        t = self.tbf_of(self.elf())
        self.assertEqual(t.fixed, (RAM, FLASH))
        self.assertEqual(t.protected, 0x80)
        self.assertEqual(t.data[t.header_size:t.protected],
                         bytes(t.protected - t.header_size))
        self.assertEqual((FLASH - t.protected) % 256, 0)

    def test_the_entry_is_where_the_elf_says(self):
        for entry, offset in (("_start", 0), ("second", 4)):
            elf = self.elf(arguments=(f"-Wl,-e,{entry}",))
            self.assertEqual(self.tbf_of(elf).entry, 0x80 + offset)

    def test_the_default_header_has_program_name_addresses_and_version(self):
        t = self.tbf_of(self.elf("hello.elf"))
        self.assertEqual(t.order, [PROGRAM, NAME, FIXED, KERNEL_VERSION])
        self.assertEqual(t.name, "hello")
        self.assertEqual(t.flags, 1)
        self.assertEqual(t.version, 0)
        self.assertEqual(t.binary_end, t.total_size)
        self.assertEqual(t.tlvs[KERNEL_VERSION], [struct.pack("<2H", 2, 2)])

    def test_the_total_size_is_a_multiple_of_4_whatever_the_contents(self):
        for more in range(1, 5):
            source = berth_tool.SOURCE + f".data\n.space {more}, 0xEE\n"
            elf = self.elf(source=source)
            t = self.tbf_of(elf)  # its reader insists on the multiple of 4
            flat = self.flat(elf)
            self.assertEqual(t.binary[:len(flat)], flat)

    def test_gaps_between_segments_are_zero(self):
        elf = self.elf(script=far_script("0x1000"), data_at="AT > F2")
        t = self.tbf_of(elf)
        flat = self.flat(elf)
        self.assertEqual(t.binary[:len(flat)], flat)
        self.assertEqual(t.binary[0x1000:0x1004], b"\x44\x33\x22\x11")
        self.assertEqual(t.binary[0x20:0x1000], bytes(0xFE0))

    def test_headers_of_the_elf_below_the_flash_origin_are_cut(self):
        script = berth_tool.SCRIPT.replace(
            "SECTIONS {{", "PHDRS {{ text PT_LOAD FILEHDR PHDRS; "
            "stack PT_LOAD; data PT_LOAD; }}\nSECTIONS {{").replace(
                "*(.rodata) }} > FLASH", "*(.rodata) }} > FLASH :text").replace(
                    "> RAM\n    .data", "> RAM :stack\n    .data").replace(
                        "RAM {data_at}", "RAM {data_at} :data")
        elf = self.elf(flash=0x22000180, script=script)
        self.assertIn("loaded at 0x22000000", self.berth("info", elf))
        t = self.tbf_of(elf)
        self.assertEqual(t.fixed[1], 0x22000180)
        self.assertEqual(t.entry, t.protected)
        self.assertEqual(t.binary[:8], bytes.fromhex("0100 0100 01a0") + b"co")

    def test_without_a_symbol_the_first_executable_section_is_the_origin(self):
        t = self.tbf_of(self.elf(symbols=""))
        self.assertEqual(t.fixed, (RAM, FLASH))
        elf = self.elf(flash=0x220001C0, symbols="")
        self.assertIn("loaded at 0x22000000", self.berth("info", elf))
        self.assertEqual(self.tbf_of(elf).fixed, (RAM, 0x220001C0))

    def test_writeable_flash_regions_stand_in_one_entry(self):
        regions = ".wfr.a : ALIGN(8) { LONG(1) LONG(2) } > FLASH\n" \
                  ".wfr.b : ALIGN(8) { LONG(3) } > FLASH"
        t = self.tbf_of(self.elf(extra=regions))
        self.assertEqual(len(t.tlvs[WRITEABLE]), 1)
        spans = list(struct.iter_unpack("<2I", t.tlvs[WRITEABLE][0]))
        self.assertEqual([size for _, size in spans], [8, 4])
        self.assertEqual(t.data[spans[0][0]:spans[0][0] + 8],
                         struct.pack("<2I", 1, 2))
        self.assertEqual(t.data[spans[1][0]:spans[1][0] + 4],
                         struct.pack("<I", 3))


class Ram(TabTest):
    def test_stack_data_and_heaps_add_up(self):
        elf = self.elf(stack=512)  # 8 bytes of data, 16 of bss
        t = self.tbf_of(elf, "--app-heap", 100, "--kernel-heap", 201)
        self.assertEqual(t.minimum_ram, 512 + 24 + 100 + 204)

    def test_heaps_are_1024_bytes_each_by_default(self):
        self.assertEqual(self.tbf_of(self.elf(stack=512)).minimum_ram,
                         512 + 24 + 2048)

    def test_a_given_stack_replaces_the_linked_one(self):
        options = ("--app-heap", 0, "--kernel-heap", 0)
        elf = self.elf(stack=512)
        self.assertEqual(self.tbf_of(elf, "--stack", 3001, *options).minimum_ram,
                         3008 + 24)

    def test_it_is_never_less_than_what_is_linked(self):
        elf = self.elf(stack=512)
        t = self.tbf_of(elf, "--stack", 16, "--app-heap", 0,
                        "--kernel-heap", 0)
        self.assertEqual(t.minimum_ram, 512 + 24)

    def test_without_a_stack_section_it_is_2048(self):
        script = berth_tool.SCRIPT.replace(".stack (NOLOAD)", ".lump (NOLOAD)")
        elf = self.elf(script=script, stack=16)
        t = self.tbf_of(elf, "--app-heap", 0, "--kernel-heap", 0)
        self.assertEqual(t.minimum_ram, 2048 + 16 + 24)

    def test_the_sum_may_be_given(self):
        t = self.tbf_of(self.elf(), "--minimum-ram", "4K")
        self.assertEqual(t.minimum_ram, 4096)

    def test_the_sum_and_its_parts_exclude_each_other(self):
        elf = self.elf()
        for part in ("--stack", "--app-heap", "--kernel-heap"):
            self.refused("the sum of", "tab", "--minimum-ram", 1, part, 1, elf,
                         expect=USAGE)


class Header(TabTest):
    def test_permissions_are_grouped_by_driver_and_64_commands(self):
        elf = self.elf(flash=0x220000C0)
        t = self.tbf_of(elf, "--permissions", "2,1", "--permissions", "1,0",
                        "--permissions", "1,63", "--permissions", "1,64",
                        "--permissions", "0x90000000,0", "--permissions", "1,0")
        payload = t.tlvs[PERMISSIONS][0]
        self.assertEqual(struct.unpack_from("<H", payload)[0], 4)
        entries = list(struct.iter_unpack("<IIQ", payload[2:]))
        self.assertEqual(entries, [(1, 0, 1 << 63 | 1), (1, 1, 1), (2, 0, 2),
                                   (0x90000000, 0, 1)])

    def test_several_permissions_may_follow_one_option(self):
        elf = self.elf()
        one = self.tbf_of(elf, "--permissions", "1,0", "1,1", "8,2")
        other = self.tbf_of(elf, "--permissions", "8,2 1,1 1,0")
        self.assertEqual(one.data, other.data)
        self.assertEqual(len(one.tlvs[PERMISSIONS][0]), 2 + 32)

    def test_more_permissions_than_a_header_holds_are_refused(self):
        self.refused("a header of [0-9]+ bytes; no kernel starts an app with more "
                     "than 2048: name fewer permissions", "tab", self.elf(),
                     "--permissions", *(f"{driver},0" for driver in range(130)))

    def test_storage_permissions_are_written_as_given(self):
        t = self.tbf_of(self.elf(), "--storage-write-id", 7,
                        "--storage-read-ids", "1,2,0x30", "--storage-modify-ids",
                        "5")
        self.assertEqual(t.tlvs[STORAGE][0],
                         struct.pack("<IH3IHI", 7, 3, 1, 2, 0x30, 1, 5))

    def test_one_storage_option_makes_the_entry(self):
        t = self.tbf_of(self.elf(), "--storage-read-ids", "9")
        self.assertEqual(t.tlvs[STORAGE][0],
                         struct.pack("<IHIH", 0, 1, 9, 0))

    def test_identity_and_versions_are_written_as_given(self):
        t = self.tbf_of(self.elf(), "--short-id", "0xDEADBEEF", "--app-version",
                        "4294967295", "--kernel-major", 3, "--kernel-minor", 9,
                        "-n", "grüße")
        self.assertEqual(t.tlvs[SHORT_ID], [struct.pack("<I", 0xDEADBEEF)])
        self.assertEqual(t.version, 0xFFFFFFFF)
        self.assertEqual(t.tlvs[KERNEL_VERSION], [struct.pack("<2H", 3, 9)])
        self.assertEqual(t.name, "grüße")

    def test_short_id_0_is_none(self):
        self.assertNotIn(SHORT_ID, self.tbf_of(self.elf(), "--short-id", 0).tlvs)

    def test_a_disabled_app_is_not_enabled(self):
        self.assertEqual(self.tbf_of(self.elf(), "--disable").flags, 0)

    def test_main_agrees_with_program_and_comes_first(self):
        t = self.tbf_of(self.elf(arguments=("-Wl,-e,second",)), "--main")
        self.assertEqual(t.order[:2], [MAIN, PROGRAM])
        self.assertEqual(t.tlvs[MAIN][0], t.tlvs[PROGRAM][0][:12])
        self.assertEqual(t.entry, t.protected + 4)

    def test_a_header_over_200_bytes_is_made_with_a_warning(self):
        elf = self.elf(flash=0x22000200,
                       symbols="tbf_protected_region_size = 0x200;")
        done = subprocess.run([berth_tool.BERTH, "tab", "--tbf", "out.tbf",
                               "-n", "x" * 150, elf], cwd=self.dir, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stderr, "warning: .*stock tockloader")
        self.assertEqual(Tbf(self.read("out.tbf")).name, "x" * 150)

    def test_a_header_of_200_bytes_is_made_in_silence(self):
        elf = self.elf(flash=0x22000200,
                       symbols="tbf_protected_region_size = 0x200;")
        length = 200 - 16 - 24 - 12 - 8 - 4
        done = subprocess.run([berth_tool.BERTH, "tab", "--tbf", "out.tbf",
                               "-n", "x" * length, elf], cwd=self.dir, text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertEqual(Tbf(self.read("out.tbf")).header_size, 200)


class Protected(TabTest):
    def test_the_symbol_decides(self):
        t = self.tbf_of(self.elf(flash=0x22000060,
                                 symbols="tbf_protected_region_size = 0x50;"))
        self.assertEqual(t.protected, 0x50)

    def test_the_option_decides_where_there_is_no_symbol(self):
        t = self.tbf_of(self.elf(), "--protected-region-size", "0x480")
        self.assertEqual(t.protected, 0x480)

    def test_symbol_and_option_may_agree_but_not_differ(self):
        elf = self.elf(symbols="tbf_protected_region_size = 0x80;")
        self.assertEqual(
            self.tbf_of(elf, "--protected-region-size", "128").protected, 128)
        self.refused("protected size of 128.*not 132", "tab",
                     "--protected-region-size", "132", elf)

    def test_too_little_room_for_the_header_is_refused_with_an_address(self):
        elf = self.elf(flash=0x22000020)
        self.refused("32 bytes.*link it for 0x22000080", "tab", elf)
        self.refused("8 are set aside", "tab", "--protected-region-size", 8, elf)

    def test_the_address_that_the_refusal_names_works(self):
        self.refused("link it for 0x22000080", "tab", self.elf(flash=0x22000000))
        self.tbf_of(self.elf(flash=0x22000080))

    def test_odd_protected_sizes_are_refused(self):
        self.refused("not a multiple of 4", "tab", "--protected-region-size",
                     130, self.elf())

    def test_more_protected_bytes_than_address_space_are_refused(self):
        self.refused("no room", "tab", "--protected-region-size", 0x1000,
                     self.elf(flash=0x880))


class Bundle(TabTest):
    def members(self, name):
        with tarfile.open(fileobj=io.BytesIO(self.read(name))) as tar:
            return [(m, tar.extractfile(m).read()) for m in tar.getmembers()]

    def test_a_tab_holds_metadata_first_and_one_tbf_per_elf(self):
        one = self.elf("one.elf", flash=0x22000080, ram=0x80100000)
        two = self.elf("two.elf", flash=0x22010080, ram=0x80110000)
        self.berth("tab", "-o", "out.tab", "-n", "both", one, two)
        members = self.members("out.tab")
        self.assertEqual([m.name for m, _ in members],
                         ["metadata.toml", "rv32imc.0x22000080.0x80100000.tbf",
                          "rv32imc.0x22010080.0x80110000.tbf"])
        for _, data in members[1:]:
            t = Tbf(data)
            self.assertEqual((t.name, len(data)), ("both", t.total_size))
        self.assertEqual(Tbf(members[2][1]).fixed, (0x80110000, 0x22010080))
        for member, _ in members:
            self.assertEqual((member.uid, member.gid, member.mode,
                              member.isreg()), (0, 0, 0o644, True))

    def test_metadata_says_name_kernel_boards_and_date(self):
        self.berth("tab", "-n", 'a "b" \\c', "--supported-boards", "x,y",
                   "-o", "out.tab", self.elf(),
                   env={"SOURCE_DATE_EPOCH": "86399"})
        self.assertEqual(self.members("out.tab")[0][1].decode().splitlines(), [
            "tab-version = 1", 'name = "a \\"b\\" \\\\c"',
            'only-for-boards = "x,y"', 'minimum-tock-kernel-version = "2.2"',
            "build-date = 1970-01-01T23:59:59Z"])

    def test_the_same_input_makes_the_same_tab(self):
        elf = self.elf()
        self.berth("tab", "--deterministic", "-o", "a.tab", elf)
        os.utime(self.path(elf), (1, 1))
        self.berth("tab", "--deterministic", "-o", "b.tab", elf)
        self.assertEqual(self.read("a.tab"), self.read("b.tab"))
        self.berth("tab", "-o", "c.tab", elf, env={"SOURCE_DATE_EPOCH": "0"})
        self.assertEqual(self.read("a.tab"), self.read("c.tab"))
        self.assertEqual({m.mtime for m, _ in self.members("a.tab")}, {0})

    def test_without_an_output_the_tab_is_called_like_the_app(self):
        self.berth("tab", self.elf("hello.elf"))
        self.assertEqual(len(self.members("hello.tab")), 2)

    def test_tbf_alone_makes_no_tab_and_with_output_both(self):
        elf = self.elf("hello.elf")
        self.berth("tab", "--tbf", "a.tbf", elf)
        self.assertFalse(os.path.exists(self.path("hello.tab")))
        self.berth("tab", "--tbf", "b.tbf", "-o", "b.tab", elf)
        self.assertEqual(self.members("b.tab")[1][1], self.read("b.tbf"))
        self.assertEqual(self.read("a.tbf"), self.read("b.tbf"))

    def test_the_architecture_comes_from_the_elf_or_the_option(self):
        for march, name in (("rv32imac", "rv32imac"), ("rv32im", "rv32im"),
                            ("rv32imc_zicsr", "rv32imc")):
            elf = self.elf(arguments=(f"-march={march}",))
            self.berth("tab", "-o", "out.tab", elf)
            self.assertTrue(self.members("out.tab")[1][0].name.startswith(
                name + ".0x"))
        self.berth("tab", "-o", "out.tab", "--arch", "rv32xyz", elf)
        self.assertTrue(self.members("out.tab")[1][0].name.startswith(
            "rv32xyz.0x"))

    def test_two_elf_files_for_the_same_addresses_are_refused(self):
        self.refused("one.elf and two.elf would both be", "tab", "-o", "out.tab",
                     self.elf("one.elf"), self.elf("two.elf"))

    def test_tbf_of_two_elf_files_is_refused(self):
        self.refused("takes one ELF", "tab", "--tbf", "x.tbf",
                     self.elf("one.elf"), self.elf("two.elf"), expect=USAGE)


class Refusals(TabTest):
    def test_what_is_not_elf(self):
        self.write("junk", b"hello, world")
        self.refused("junk: not an ELF", "tab", "junk")
        self.write("empty", b"")
        self.refused("empty: not an ELF", "tab", "empty")

    def test_a_missing_file(self):
        self.refused("gone.elf: No such file", "tab", "gone.elf", expect=SYSTEM)

    def test_an_elf_for_64_bits(self):
        self.write("x.S", b".globl _start\n_start: nop\n")
        self.gcc("x.elf", "-march=rv64imac", "-mabi=lp64", "-nostdlib",
                 "-static", "x.S")
        self.refused("x.elf: not a 32-bit", "tab", "x.elf")

    def test_an_elf_for_another_machine(self):
        data = bytearray(self.read(self.elf()))
        struct.pack_into("<H", data, 18, 40)
        self.write("arm.elf", data)
        self.refused("machine 40, not RISC-V", "tab", "arm.elf")

    def test_an_object_file(self):
        self.write("x.S", b"nop\n")
        self.gcc("x.o", "-march=rv32imc", "-mabi=ilp32", "-c", "x.S")
        self.refused("x.o: an object file; link it", "tab", "x.o")

    def test_a_shared_object(self):
        data = bytearray(self.read(self.elf()))
        struct.pack_into("<H", data, 16, 3)  # ET_DYN
        self.write("x.so", data)
        self.refused("x.so: not a static executable", "tab", "x.so")

    def test_a_dynamic_executable(self):
        data = bytearray(self.read(self.elf()))
        (phoff,) = struct.unpack_from("<I", data, 28)
        struct.pack_into("<I", data, phoff, 3)  # PT_INTERP
        self.write("dyn.elf", data)
        self.refused("dynamically linked; link it with -static", "tab",
                     "dyn.elf")

    def test_an_elf_without_segments(self):
        data = bytearray(self.read(self.elf()))
        struct.pack_into("<H", data, 44, 0)
        self.write("none.elf", data)
        self.refused("no segments", "tab", "none.elf")

    def test_an_elf_that_is_cut_off(self):
        data = self.read(self.elf())
        self.write("cut.elf", data[:0x100])
        self.refused("cut.elf: ", "tab", "cut.elf")

    def test_every_truncation_ends_in_a_message(self):
        data = self.read(self.elf())
        for length in range(0, len(data), 97):
            self.write("cut.elf", data[:length])
            done = subprocess.run([berth_tool.BERTH, "tab", "--tbf", "o.tbf",
                                   "cut.elf"], cwd=self.dir, text=True,
                                  capture_output=True, check=False)
            self.assertIn(done.returncode, (0, 1), f"{length}: {done.stderr}")

    def test_an_entry_outside(self):
        for entry in ("0x22000000", "0x80100000", "0"):
            elf = self.elf(arguments=(f"-Wl,-e,{entry}",))
            self.refused(r"the entry 0x\w+ lies in none", "tab", elf)

    def test_an_odd_entry(self):
        elf = self.elf(arguments=("-Wl,-e,0x22000081",))
        self.refused("entry 0x22000081 is odd", "tab", elf)

    def test_overlapping_segments(self):
        elf = self.elf(data_at="AT > F2", script=far_script("8"),
                       arguments=("-Wl,--no-check-sections",))
        self.refused("overlap at load address 0x22000088", "tab", elf)

    def test_data_whose_load_address_is_in_ram(self):
        self.refused("0x8010.* are to be loaded into RAM.*AT > FLASH", "tab",
                     self.elf(data_at=""))

    def test_data_whose_load_address_is_in_ram_below_flash(self):
        self.refused("loaded into RAM", "tab",
                     self.elf(data_at="", ram=0x10000000))

    def test_zero_initialised_data_in_flash(self):
        script = berth_tool.SCRIPT.replace("> RAM {data_at}", "> FLASH").replace(
            "*(.bss) }} > RAM", "*(.bss) }} > FLASH")
        self.refused("zero-initialised data at 0x220000.* lies in flash", "tab",
                     self.elf(script=script))

    def test_segments_far_apart(self):
        self.refused("more than 16 MiB", "tab",
                     self.elf(script=far_script("64M"), data_at="AT > F2"))

    def test_no_ram_origin(self):
        script = berth_tool.SCRIPT.replace("_sram_origin", "something")
        self.refused("_sram_origin", "tab", self.elf(script=script))

    def test_data_below_the_ram_origin(self):
        script = berth_tool.SCRIPT.replace("_sram_origin = .;",
                                           "_sram_origin = . + 1K;")
        self.refused("below the RAM origin", "tab", self.elf(script=script))

    def test_flash_at_an_address_that_is_no_multiple_of_4(self):
        self.refused("0x22000082; it has to be a multiple of 4", "tab",
                     self.elf(symbols="_flash_origin = 0x22000082;"))

    def test_contents_below_the_flash_origin(self):
        self.refused("below the flash origin", "tab",
                     self.elf(symbols="_flash_origin = ORIGIN(FLASH) + 4;"))

    def test_a_name_that_is_not_utf_8(self):
        elf = self.elf()
        done = subprocess.run([berth_tool.BERTH, "tab", "-n", b"\xff", elf],
                              cwd=self.dir, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"name is not UTF-8", done.stderr)

    def test_a_directory_that_is_not_there(self):
        self.refused("No such file", "tab", "-o", "gone/out.tab", self.elf(),
                     expect=SYSTEM)

    def test_wrong_command_lines(self):
        elf = self.elf()
        for arguments in ((), ("--bogus", elf), ("--stack", elf),
                          ("--stack", "many", elf), ("--stack", "-1", elf),
                          ("--stack", "0x100000000", elf), ("--stack", "1x", elf),
                          ("--permissions", "1", elf),
                          ("--permissions", "1,2,3", elf),
                          ("--permissions", "", elf),
                          ("--permissions", "a,b", elf),
                          ("--storage-read-ids", "1,x", elf),
                          ("--kernel-major", "65536", elf),
                          ("--app-version", "4294967296", elf),
                          ("--stack", "0x", elf), ("--stack", "", elf)):
            self.berth("tab", *arguments, expect=USAGE)

    def test_a_failed_run_leaves_the_old_output_as_it_was(self):
        self.write("out.tab", b"precious")
        self.refused("below the flash origin", "tab", "-o", "out.tab",
                     self.elf(symbols="_flash_origin = ORIGIN(FLASH) + 4;"))
        self.assertEqual(self.read("out.tab"), b"precious")


if __name__ == "__main__":
    berth_tool.main()
