# SPDX-License-Identifier: Apache-2.0
"""`berth info` on each kind of file, and the front door of the command."""
import os
import subprocess

import berth_tool
from berth_tool import DONE, REFUSED, SYSTEM, USAGE, ToolTest, tbf

NO_PORT = 7


class Info(ToolTest):
    def test_all_entries_of_an_object_are_shown(self):
        self.berth("tab", "--tbf", "a.tbf", "-n", "hello", "--permissions",
                   "1,0 1,65 8,3", "--storage-write-id", 5,
                   "--storage-read-ids", "6,7", "--short-id", "0xabc",
                   "--app-version", 12, "--minimum-ram", 4096,
                   self.elf(flash=0x22000100 + 0xC8,
                            symbols="tbf_protected_region_size = 0xC8;",
                            extra=".wfr.x : { LONG(1) } > FLASH"))
        out = self.berth("info", "a.tbf")
        for wanted in ("a.tbf: TBF object, ", " enabled", "name         hello",
                       "RAM 0x80100000, flash 0x220001c8",
                       "driver 0x1: 0; driver 0x1: 65; driver 0x8: 3",
                       "write id 5, read 6 7, modify none", "0x00000abc",
                       "version 12", "RAM 4096 bytes", "2.2 or a later 2.x",
                       "4 bytes at 2", "entry at 200"):
            self.assertIn(wanted, out)

    def test_unknown_entries_are_shown_as_bytes(self):
        entry = berth_tool.tlv(0x1234, b"\xDE\xAD\xBE\xEF")
        start = berth_tool.struct.pack("<HHII", 2, 24, 28, 3)
        start += berth_tool.struct.pack(
            "<I", berth_tool.checksum(start + entry))
        self.write("odd.tbf", start + entry + b"code")
        out = self.berth("info", "odd.tbf")
        self.assertIn("type 0x1234  4 bytes: de ad be ef", out)
        self.assertIn("sticky", out)

    def test_a_chain_is_walked_to_its_end(self):
        self.write("a.tbf", tbf(b"one"))
        self.write("b.tbf", tbf(b"two", flash=0x22000480, protected=128))
        self.berth("image", "-o", "i.img", "--base", "0x22000000", "--size",
                   "8K", "a.tbf", "b.tbf")
        out = self.berth("info", "i.img")
        self.assertEqual(out.count("TBF object"), 2)
        self.assertIn("i.img + 256: padding, 768 bytes", out)
        self.assertIn("i.img + 1024: TBF object", out)
        out = self.berth("info", "--offset", 1024, "i.img")
        self.assertEqual(out.count("TBF object"), 1)

    def test_a_malformed_object_is_named_and_the_walk_goes_on(self):
        good = tbf()
        bad = good[:12] + b"\0\0\0\0" + good[16:]
        self.write("chain.bin", good + bad + good)
        done = subprocess.run([berth_tool.BERTH, "info", "chain.bin"],
                              cwd=self.dir, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, REFUSED)
        self.assertEqual(done.stdout.count("TBF object"), 2)
        self.assertIn("chain.bin + 256: malformed: wrong header checksum",
                      done.stdout)

    def test_a_tab_is_shown_with_its_metadata(self):
        self.berth("tab", "--deterministic", "-o", "x.tab", self.elf("hi.elf"))
        out = self.berth("info", "x.tab")
        for wanted in ("x.tab: TAB of 2 members", '  name = "hi"',
                       "rv32imc.0x22000080.0x80100000.tbf: TBF object"):
            self.assertIn(wanted, out)

    def test_an_elf_is_shown_with_what_matters_to_the_tool(self):
        out = self.berth("info", self.elf(stack=512))
        for wanted in ("ELF for rv32imc, entry 0x22000080", "r-x",
                       "_sram_origin                 0x80100000",
                       "512 bytes at 0x80100000",
                       "tbf_protected_region_size    not defined"):
            self.assertIn(wanted, out)

    def test_control_characters_do_not_reach_the_terminal(self):
        self.write("evil.tbf", tbf("a\x1b[2J\x07\u009b\x7f ü".encode()))
        out = self.berth("info", "evil.tbf")
        self.assertIn("a\\x1b[2J\\x07\\u009b\\x7f", out)
        self.assertIn(" ü\n", out)
        self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f]")

    def test_something_else_is_refused_with_advice(self):
        self.write("junk", b"\xFF" * 64)
        done = subprocess.run([berth_tool.BERTH, "info", "junk"], cwd=self.dir,
                              text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("neither ELF nor TAB", done.stderr)
        self.assertIn("--offset", done.stderr)

    def test_offsets_outside_the_file_are_refused(self):
        self.write("a.tbf", tbf())
        for offset in (256, 257, 4294967295):
            self.refused("nothing at offset", "info", "--offset", offset, "a.tbf")
        self.refused("neither", "info", "--offset", 255, "a.tbf")

    def test_a_missing_file_and_no_file_are_told_apart(self):
        self.refused("gone: No such file", "info", "gone", expect=SYSTEM)
        self.berth("info", expect=NO_PORT, env={"BERTH_PORT": "unix:gone"})

    def test_every_single_changed_byte_of_an_object_ends_in_words(self):
        data = tbf(b"fuzz", flash=0x22000080)
        for at in range(len(data.rstrip(b"\xC3"))):
            for value in (0, 0xFF):
                changed = bytearray(data)
                changed[at] = value
                self.write("x.tbf", changed)
                done = subprocess.run([berth_tool.BERTH, "info", "x.tbf"],
                                      cwd=self.dir, capture_output=True,
                                      check=False)
                self.assertIn(done.returncode, (DONE, REFUSED))


class FrontDoor(ToolTest):
    def test_help_lists_commands_and_exit_codes(self):
        out = self.berth("--help")
        for wanted in ("tab ", "image ", "info ", "exit status"):
            self.assertIn(wanted, out)
        self.assertEqual(out, self.berth("help"))

    def test_every_command_has_help_with_all_its_options(self):
        for command in ("tab", "image", "info"):
            for option in ("--help", "-h"):
                out = self.berth(command, option)
                self.assertTrue(out.startswith(f"usage: berth {command} "))
                self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_the_version_is_one_line(self):
        self.assertRegex(self.berth("--version"), r"\Aberth \d+\.\d+\.\d+\n\Z")

    def test_wrong_commands_are_usage_errors(self):
        self.refused("--help", expect=USAGE)
        self.refused("no command `fly`", "fly", expect=USAGE)
        self.refused("berth tab --help", "tab", "--bogus", expect=USAGE)
        self.refused("'--json'", "console", "--json", expect=USAGE)

    def test_it_is_a_file_that_can_be_run_from_anywhere(self):
        self.assertTrue(os.access(berth_tool.BERTH, os.X_OK))


if __name__ == "__main__":
    berth_tool.main()
