# SPDX-License-Identifier: Apache-2.0
# BUILDS: the SDK
"""`berth new`: what it makes is built at once, outside of the tree and in it."""
import os
import re
import subprocess

import berth_tool
from berth_tool import REFUSED, SYSTEM, USAGE, Tbf, ToolTest

ROOT = berth_tool.ROOT


def make(*arguments, cwd=ROOT):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CC")}
    done = subprocess.run(["make", *arguments], cwd=cwd, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment, check=False, timeout=250)
    if done.returncode:
        raise AssertionError(done.stdout[-2000:])
    return done.stdout


class Outside(ToolTest):
    @classmethod
    def setUpClass(cls):
        make("sdk")

    def builds(self, said, folder, name):
        """Does what it was told to do next; the app is there."""
        told = re.search(r"Build it: (.*)\n", said)[1]
        self.assertEqual(told, f"make -C '{folder}'")
        make("-C", folder, cwd=self.dir)
        tbf = Tbf(self.read(f"{folder}/build/{name}.tbf"))
        self.assertEqual(tbf.name, name)
        self.assertTrue(os.path.exists(self.path(f"{folder}/{name}.tab")))

    def test_an_app_in_c(self):
        said = self.berth("new", "my-app")
        self.assertIn("my-app/main.c is yours", said)
        self.assertEqual(set(os.listdir(self.path("my-app"))),
                         {"main.c", "Makefile"})
        self.builds(said, "my-app", "my-app")

    def test_an_app_in_cxx_with_another_name(self):
        os.mkdir(self.path("deep er"))
        said = self.berth("new", "--cxx", "--name", "clock", "deep er/Folder/")
        self.assertIn("main.cc is yours", said)
        self.builds(said, "deep er/Folder", "clock")

    def test_without_an_sdk_make_says_what_to_do(self):
        said = self.berth("new", "--sdk", "later", "early")
        self.assertIn("sdk; make -C 'early'", said)
        with self.assertRaisesRegex(AssertionError, "../later: no SDK of Berth is "
                                    "there yet; `make sdk` in Berth's tree"):
            make("-C", "early", cwd=self.dir)

    def test_an_installed_command_finds_its_sdk(self):
        make("install", f"DESTDIR={self.dir}", "PREFIX=/in")
        for options, source in (((), "main.c"), (("--cxx",), "main.cc")):
            folder = "a" + source.replace(".", "-")
            said = subprocess.run(
                [self.path("in/bin/berth"), "new", *options, folder],
                cwd=self.dir, text=True, capture_output=True, check=True).stdout
            self.assertIn("include ../in/share/berth/berth.mk",
                          self.read(f"{folder}/Makefile").decode())
            self.builds(said, folder, folder)

    def test_another_sdk_can_be_named(self):
        os.symlink(os.path.join(ROOT, "build", "sdk"), self.path("sdk"))
        self.builds(self.berth("new", "--sdk", "sdk", "x"), "x", "x")

    def test_an_sdk_that_is_missing_is_told(self):
        said = self.berth("new", "--sdk", "gone", "x")
        self.assertRegex(said, "make -C '.*' sdk")

    def test_nothing_is_replaced_and_names_are_names(self):
        self.berth("new", "x")
        self.refused("x: is there already", "new", "x")
        self.refused("gone/x: No such file", "new", "gone/x", expect=SYSTEM)
        for name in ("X", "1x", "a_b", "a.b", "x" * 33, "", "ü"):
            self.refused("is no name for an app", "new", name, expect=REFUSED)
        self.refused("one folder", "new", expect=USAGE)
        self.refused("one folder", "new", "a", "b", expect=USAGE)


class InTheTree(ToolTest):
    """The tree by links, but for the folder that gets a new app."""

    def setUp(self):
        super().setUp()
        for name in os.listdir(ROOT):
            if name not in ("apps", "build", ".git"):
                os.symlink(os.path.join(ROOT, name), self.path(name))
        os.mkdir(self.path("apps"))
        for name in os.listdir(os.path.join(ROOT, "apps")):
            os.symlink(os.path.join(ROOT, "apps", name),
                       self.path(f"apps/{name}"))

    def builds(self, name):
        """With the host tool as it is; all of the app is built."""
        os.makedirs(self.path("build"), exist_ok=True)
        if not os.path.exists(self.path("build/berth")):
            os.symlink(berth_tool.BERTH, self.path("build/berth"))
        make("-o", "build/berth", f"build/apps/{name}.tab", cwd=self.dir)
        self.assertEqual(Tbf(self.read(f"build/apps/{name}.tbf")).name, name)

    def test_a_plain_name_is_an_app_of_the_tree(self):
        said = self.berth("new", "mine")
        self.assertIn("Run it: make run APPS=mine", said)
        self.assertEqual(set(os.listdir(self.path("apps/mine"))),
                         {"main.c", "app.mk"})
        self.berth("new", "--cxx", "apps/ours")
        self.assertEqual(set(os.listdir(self.path("apps/ours"))),
                         {"main.cc", "app.mk"})
        self.builds("mine")
        self.builds("ours")

    def test_what_the_tree_has_stays(self):
        for name in ("hello", "lib", "rt"):
            self.refused("is there already", "new", name)
        self.refused("called as its folder is", "new", "--name", "x", "y",
                     expect=USAGE)


if __name__ == "__main__":
    berth_tool.main()
