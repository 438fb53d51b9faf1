# SPDX-License-Identifier: Apache-2.0
"""`berth image`: where apps end up, that the chain is unbroken, and what is
refused. The objects come from the writer in berth_tool.py."""
import io
import os
import subprocess
import tarfile

import berth_tool
from berth_tool import REFUSED, USAGE, ToolTest, chain, tbf

BASE, SIZE = 0x22000000, 0x4000


class ImageTest(ToolTest):
    def image(self, *arguments, base=BASE, size=SIZE):
        self.berth("image", "-o", "out.img", "--base", hex(base), "--size",
                   hex(size), *arguments)
        image = self.read("out.img")
        self.assertEqual(len(image), size)
        return image

    def image_refused(self, pattern, *arguments, expect=REFUSED):
        self.refused(pattern, "image", "-o", "out.img", "--base", hex(BASE),
                     "--size", hex(SIZE), *arguments, expect=expect)

    def app(self, name, at=None, **kind):
        """A TBF file; `at` is the offset of its header in the image."""
        if at is not None:
            kind = {"protected": 0x80, "flash": BASE + at + 0x80, **kind}
        return self.write(name + ".tbf", tbf(name=name.encode(), **kind))

    def tab(self, name, builds):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for member, data in builds:
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return self.write(name, out.getvalue())

    def assert_chain(self, image, expected, offset=0):
        """`expected`: (offset, size, name), None for padding."""
        self.assertEqual(
            [(at, t.total_size, None if t.is_padding else t.name)
             for at, t in chain(image, offset)], expected)


class Placement(ImageTest):
    def test_an_image_without_apps_is_all_padding_bytes(self):
        self.assertEqual(self.image(), b"\xFF" * SIZE)
        self.assertEqual(self.image("--pad", "0"), bytes(SIZE))

    def test_a_fixed_app_lies_so_that_its_binary_is_where_it_is_linked(self):
        image = self.image(self.app("a", at=0x400, ram=0x80001000))
        self.assert_chain(image, [(0, 0x400, None), (0x400, 256, "a")])
        _, a = chain(image)[1]
        self.assertEqual(BASE + 0x400 + a.protected, a.fixed[1])
        self.assertEqual(image[0x400:0x500], self.read("a.tbf"))

    def test_a_fixed_app_at_the_start_needs_no_padding(self):
        self.assert_chain(self.image(self.app("a", at=0)), [(0, 256, "a")])

    def test_the_order_of_the_arguments_does_not_matter_to_fixed_apps(self):
        one = self.app("a", at=0x400, ram=0x80001000)
        two = self.app("b", at=0x100, ram=0x80002000)
        image = self.image(one, two)
        self.assertEqual(image, self.image(two, one))
        self.assert_chain(image, [(0, 256, None), (256, 256, "b"),
                                  (512, 512, None), (0x400, 256, "a")])

    def test_apps_that_touch_get_nothing_between_them(self):
        image = self.image(self.app("a", at=0, ram=0x80001000),
                           self.app("b", at=0x100, ram=0x80002000))
        self.assert_chain(image, [(0, 256, "a"), (256, 256, "b")])

    def test_movable_apps_are_packed_behind_each_other_in_order(self):
        image = self.image(self.app("a", size=100), self.app("b", size=300),
                           self.app("c", size=104))
        self.assert_chain(image, [(0, 100, "a"), (100, 300, "b"),
                                  (400, 104, "c")])

    def test_movable_apps_fill_the_gaps_between_fixed_ones(self):
        image = self.image(self.app("big", size=600), self.app("small", size=200),
                           self.app("fixed", at=0x200))
        self.assert_chain(image, [(0, 200, "small"), (200, 312, None),
                                  (0x200, 256, "fixed"), (768, 600, "big")])

    def test_a_gap_is_left_empty_or_with_room_for_padding(self):
        for size, at in ((512, 0), (508, 768), (504, 768), (500, 768), (496, 0)):
            image = self.image(self.app("m", size=size),
                               self.app("fixed", at=0x200))
            names = {t.name: offset for offset, t in chain(image)
                     if not t.is_padding}
            self.assertEqual(names, {"m": at, "fixed": 0x200}, size)

    def test_the_last_byte_of_the_image_can_be_used(self):
        self.assert_chain(self.image(self.app("a", at=SIZE - 256)),
                          [(0, SIZE - 256, None), (SIZE - 256, 256, "a")])
        self.assert_chain(self.image(self.app("m", size=SIZE)),
                          [(0, SIZE, "m")])

    def test_behind_the_chain_there_are_padding_bytes(self):
        image = self.image("--pad", "0x5a", self.app("a", size=100))
        self.assertEqual(image[100:], b"\x5A" * (SIZE - 100))

    def test_inside_padding_objects_there_are_padding_bytes(self):
        image = self.image("--pad", "0x5a", self.app("a", at=0x100))
        self.assertEqual(image[16:256], b"\x5A" * 240)

    def test_the_layout_is_printed_on_request(self):
        out = self.berth("image", "-o", "x", "--base", hex(BASE), "--size",
                         "16K", "-v", self.app("a", at=0x100))
        self.assertRegex(out, "0x22000000 to 0x22000100 +256  .padding.\n"
                              "0x22000100 to 0x22000200 +256  a.tbf\n")

    def test_zero_bytes_take_no_room_on_disk(self):
        self.image("--pad", "0", size=4 << 20)
        self.assertLess(os.stat(self.path("out.img")).st_blocks * 512, 65536)


class Kernel(ImageTest):
    def test_it_lies_at_its_address_and_the_apps_behind(self):
        self.write("k.bin", bytes(range(256)))
        image = self.image("--kernel", f"k.bin@{BASE + 0x10:#x}", "--apps",
                           hex(BASE + 0x1000), self.app("a", at=0x1000))
        self.assertEqual(image[0x10:0x110], bytes(range(256)))
        self.assertEqual(image[:0x10], b"\xFF" * 16)
        self.assert_chain(image, [(0x1000, 256, "a")], 0x1000)

    def test_it_may_reach_up_to_the_first_app(self):
        self.write("k.bin", bytes(0x1000))
        self.image("--kernel", f"k.bin@{BASE:#x}", "--apps",
                   hex(BASE + 0x1000), self.app("a", at=0x1000))

    def test_it_may_not_overlap_an_app(self):
        self.write("k.bin", bytes(0x1001))
        self.image_refused("k.bin .*overlaps.*a.tbf", "--kernel",
                           f"k.bin@{BASE:#x}", "--apps", hex(BASE + 0x1000),
                           self.app("a", at=0x1000))

    def test_it_may_not_lie_in_a_gap_of_the_chain(self):
        self.write("k.bin", bytes(16))
        self.image_refused("k.bin .*overlaps the chain", "--kernel",
                           f"k.bin@{BASE + 0x800:#x}", "--apps",
                           hex(BASE + 0x400), self.app("a", at=0x1000))

    def test_it_may_not_lie_outside_the_image(self):
        self.write("k.bin", bytes(16))
        for at in (BASE - 1, BASE + SIZE - 15, BASE + SIZE + 1, 0, 0xFFFFFFFF):
            self.image_refused("k.bin: 16 bytes at .* outside the image",
                               "--kernel", f"k.bin@{at:#x}", "--apps",
                               hex(BASE))

    def test_the_start_of_the_chain_has_to_be_said(self):
        self.write("k.bin", bytes(16))
        self.image_refused("--apps", "--kernel", f"k.bin@{BASE:#x}",
                           expect=USAGE)


class IntelHex(ImageTest):
    """What is written where, as another program reads it."""

    def hex(self, *arguments):
        self.berth("image", "--hex", "-o", "out.hex", "--base", hex(BASE),
                   "--size", hex(SIZE), *arguments)
        subprocess.run([berth_tool.OBJCOPY, "-I", "ihex", "-O", "srec",
                        "--srec-forceS3", "out.hex", "out.srec"], check=True,
                       cwd=self.dir)
        found = {}
        for line in self.read("out.srec").decode().split():
            data = bytes.fromhex(line[4:])
            self.assertEqual(sum(data, int(line[2:4], 16)) & 0xFF, 0xFF)
            if line.startswith("S3"):
                at = int.from_bytes(data[:4], "big")
                found.update(enumerate(data[4:-1], at))
        return found

    def test_apps_and_their_end_go_where_they_belong_and_nothing_else(self):
        app = self.read(self.app("a", size=100))
        self.assertEqual(self.hex("a.tbf"),
                         dict(enumerate(app + b"\xFF" * 64, BASE)))

    def test_a_chain_up_to_the_end_of_flash_has_nothing_behind_it(self):
        self.assertEqual(max(self.hex(self.app("m", size=SIZE))), BASE + SIZE - 1)

    def test_a_kernel_goes_without_its_gaps_and_no_app_is_touched(self):
        kernel = bytes(range(1, 250)) + b"\xFF" * 8192 + b"end"
        self.write("k.bin", kernel)
        found = self.hex("--kernel", f"k.bin@{BASE + 0xFFE:#x}", "--apps",
                         hex(BASE + SIZE))
        self.assertLess(len(found), 2100)
        for at, byte in found.items():
            self.assertEqual(byte, kernel[at - BASE - 0xFFE])
        for at, byte in enumerate(kernel, BASE + 0xFFE):
            self.assertEqual(found.get(at, 0xFF), byte)

    def test_it_goes_on_beyond_64_kib(self):
        base = 0x2000F000
        self.berth("image", "--hex", "-o", "out.hex", "--base", hex(base),
                   "--size", "64K", self.app("m", size=0x2000))
        lines = self.read("out.hex").decode().split()
        self.assertEqual([line for line in lines if line[7:9] == "04"],
                         [":020000042000DA", ":020000042001D9"])
        self.assertEqual(lines[-1], ":00000001FF")


class Bundles(ImageTest):
    def test_of_a_tab_the_first_build_that_fits_is_taken(self):
        builds = [("metadata.toml", b"tab-version = 1\n"),
                  ("rv32imc.1.tbf", tbf(b"x", flash=0x10000080, protected=128)),
                  ("rv32imc.2.tbf", tbf(b"x", flash=BASE + 0x480, protected=128)),
                  ("rv32imc.3.tbf", tbf(b"x", flash=BASE + 0x880, protected=128))]
        image = self.image(self.tab("x.tab", builds))
        self.assert_chain(image, [(0, 0x400, None), (0x400, 256, "x")])

    def test_builds_are_chosen_so_that_all_apps_fit(self):
        def builds(name, *offsets):
            return self.tab(name + ".tab", [
                (f"rv32imc.{at}.tbf",
                 tbf(name.encode(), flash=BASE + at + 128, protected=128,
                     ram=0x80000000 + 16 * at)) for at in offsets])
        image = self.image(builds("a", 0x100, 0x200, 0x300),
                           builds("b", 0x100, 0x200), builds("c", 0x100))
        self.assert_chain(image, [(0, 256, None), (0x100, 256, "c"),
                                  (0x200, 256, "b"), (0x300, 256, "a")])

    def test_builds_are_chosen_so_that_ram_does_not_overlap(self):
        def builds(name, *places):
            return self.tab(name + ".tab", [
                (f"rv32imc.{at}.{ram}.tbf",
                 tbf(name.encode(), flash=BASE + at + 128, protected=128,
                     ram=ram)) for at, ram in places])
        image = self.image(
            builds("a", (0x100, 0x80000000)),
            builds("b", (0x200, 0x80000000), (0x300, 0x80000400)))
        self.assert_chain(image, [(0, 256, None), (0x100, 256, "a"),
                                  (0x200, 256, None), (0x300, 256, "b")])

    def test_the_architecture_can_be_asked_for(self):
        tab = self.tab("x.tab", [("rv32imac.tbf", tbf(b"with")),
                                 ("rv32im.tbf", tbf(b"short")),
                                 ("rv32imc.tbf", tbf(b"without"))])
        image = self.image("--arch", "rv32imc", tab)
        self.assert_chain(image, [(0, 256, "without")])
        self.image_refused("x.tab: holds no build for rv64", "--arch", "rv64",
                           tab)

    def test_it_takes_what_berth_tab_makes(self):
        self.berth("tab", "-o", "x.tab", "-n", "x",
                   self.elf(flash=BASE + 0x180))
        image = self.image("x.tab")
        self.assertEqual([(at, t.is_padding) for at, t in chain(image)],
                         [(0, True), (0x100, False)])

    def test_damaged_tabs_are_refused(self):
        whole = self.read(self.tab("x.tab", [("rv32imc.tbf", tbf())]))
        self.write("cut.tab", whole[:700])
        self.image_refused("cut.tab: ", "cut.tab")
        self.write("bad.tab", whole[:150] + b"9" + whole[151:])
        self.image_refused("bad.tab: not a TAB", "bad.tab")
        self.image_refused("empty.tab: holds no build",
                           self.tab("empty.tab", [("metadata.toml", b"")]))


class Refusals(ImageTest):
    def test_two_apps_that_overlap_are_both_named(self):
        a, b = self.app("a", at=0x100), self.app("b", at=0x1FC)
        self.image_refused("b.tbf .*0x220001fc.* and a.tbf .*overlap in flash",
                           a, b)
        self.image_refused("a.tbf .* and b.tbf .*overlap in flash", b, a)

    def test_the_same_app_twice_is_refused(self):
        self.app("a", at=0x100)
        self.image_refused("a.tbf .* and a.tbf .*overlap", "a.tbf", "a.tbf")

    def test_apps_closer_than_a_padding_object_are_both_named(self):
        for gap in (4, 8, 12):
            self.image_refused(
                f"between b.tbf and a.tbf there are {gap} bytes",
                self.app("a", at=0x100, ram=0x80001000),
                self.app("b", at=0x200 + gap, ram=0x80002000))
        self.image(self.app("a", at=0x100, ram=0x80001000),
                   self.app("b", at=0x210, ram=0x80002000))

    def test_a_first_app_too_close_to_the_start_is_refused(self):
        self.image_refused("begins 8 bytes behind the start",
                           self.app("a", at=8))

    def test_an_app_outside_the_image_is_refused(self):
        for at in (-256, -4, SIZE - 252, SIZE, 0x10000000):
            self.image_refused("a.tbf: linked for flash .* outside the apps' "
                               "flash", self.app("a", at=at))

    def test_an_app_below_the_start_of_the_chain_is_refused(self):
        self.image_refused("outside the apps' flash from 0x22001000", "--apps",
                           hex(BASE + 0x1000), self.app("a", at=0))

    def test_an_app_whose_header_would_lie_below_address_0_is_refused(self):
        self.write("a.tbf", tbf(flash=0x40, protected=0x80))
        self.image_refused("outside the apps' flash", "a.tbf")

    def test_a_movable_app_that_no_gap_holds_is_named(self):
        self.image_refused("m.tbf: 16388 bytes of flash",
                           self.app("m", size=SIZE + 4))
        self.image_refused("m.tbf: ", self.app("a", at=0x2000),
                           self.app("m", size=0x2004))

    def test_overlapping_ram_is_a_warning_that_names_both(self):
        a = self.app("a", at=0x100, ram=0x80001000, minimum_ram=0x401)
        b = self.app("b", at=0x200, ram=0x80001400, minimum_ram=0x400)
        done = berth_tool.subprocess.run(
            [berth_tool.BERTH, "image", "-o", "out.img", "--base", hex(BASE),
             "--size", hex(SIZE), a, b], cwd=self.dir, text=True,
            capture_output=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "warning: b.tbf .* and a.tbf .*overlap "
                                      "in RAM")
        self.assertEqual(len(chain(self.read("out.img"))), 3)

    def test_what_is_no_sound_object_is_refused_with_the_reason(self):
        good = tbf()
        cases = [(b"", "end of the region"), (b"hello, world", "no object"),
                 (good[:-4], "impossible total size"),
                 (good[:12] + b"\0\0\0\0" + good[16:], "checksum"),
                 (good + b"\0", "1 bytes behind")]
        for data, reason in cases:
            self.write("bad.tbf", data)
            self.image_refused(f"bad.tbf: .*{reason}", "bad.tbf")

    def test_wrong_command_lines(self):
        self.write("k.bin", b"k")
        for arguments in ((), ("-o", "x"), ("-o", "x", "--base", "0"),
                          ("-o", "x", "--base", "0", "--size", "1G"),
                          ("-o", "x", "--base", "0", "--size", "16", "--pad",
                           "256"),
                          ("-o", "x", "--base", "0xFFFFFFF0", "--size", "17"),
                          ("-o", "x", "--base", "0", "--size", "16", "--apps",
                           "2"),
                          ("-o", "x", "--base", "0", "--size", "16", "--apps",
                           "20"),
                          ("-o", "x", "--base", "0", "--size", "16", "--kernel",
                           "k.bin")):
            self.berth("image", *arguments, expect=USAGE)

    def test_the_last_address_can_be_used(self):
        image = self.image(base=0xFFFFF000, size=0x1000)
        self.assertEqual(len(image), 0x1000)


if __name__ == "__main__":
    berth_tool.main()
