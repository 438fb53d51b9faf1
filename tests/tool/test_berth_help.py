# SPDX-License-Identifier: Apache-2.0
"""What comes out of the tables of options beside `--help`: the manual page, and
completion in shells, driven as a shell drives it."""
import os
import re
import subprocess

import berth_tool
from berth_tool import USAGE, ToolTest

ROOT = berth_tool.ROOT


def run(*command, text=None):
    return subprocess.run(command, input=text, text=True, capture_output=True,
                          check=False, timeout=60)


class HelpTest(ToolTest):
    def commands(self):
        return re.findall(r"(?m)^  ([a-z0-9]+) +\S", self.berth("--help"))

    def options(self, command):
        """(letter or "", name, whether it takes a value) of each option."""
        out = self.berth(command, "--help")
        found = re.findall(r"(?m)^  (?:-(\w), |    )--([\w-]+)( \S+)?", out)
        return [(letter, name, value != "" and name != "help")
                for letter, name, value in found]


class Manual(HelpTest):
    def test_the_page_of_the_tree_is_what_the_command_prints(self):
        with open(os.path.join(ROOT, "docs", "berth.1"), encoding="utf-8") as f:
            self.assertEqual(f.read(), self.berth("man"),
                             "`make man` makes it anew")

    def test_every_command_and_option_is_in_it(self):
        page = self.berth("man").replace("\\-", "-")
        commands = self.commands()
        self.assertGreater(len(commands), 20)
        for command in commands:
            self.assertIn(f"\n.SS {command}\n", page)
            section = page.split(f"\n.SS {command}\n")[1].split("\n.SS ")[0]
            for _, name, _ in self.options(command):
                if name != "help":
                    self.assertIn(f"--{name}\\fR", section, command)

    def test_groff_has_nothing_to_say_about_it(self):
        done = run("groff", "-man", "-Tutf8", "-ww", "-z", "-rLL=78n",
                   text=self.berth("man"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_exit_statuses_are_those_of_the_help(self):
        page = self.berth("man")
        wanted = re.search(r"exit status: (.*)", self.berth("--help"), re.S)[1]
        for number in re.findall(r"\b(\d+) ", wanted):
            self.assertIn(f".TP\n\\fB{number}\\fR\n", page)


class Lines(HelpTest):
    def test_no_line_of_help_ends_in_a_blank(self):
        for command in self.commands():
            for line in self.berth(command, "--help").splitlines():
                self.assertEqual(line, line.rstrip(), command)


class Bash(HelpTest):
    def complete(self, *words):
        """What bash is told for the last of the words."""
        script = self.path("completion")
        with open(script, "w", encoding="utf-8") as f:
            f.write(self.berth("completion", "bash"))
        line = " ".join(f"'{w}'" for w in words)
        done = subprocess.run(
            ["bash", "-uc", f". ./completion; COMP_WORDS=({line}); "
             f"COMP_CWORD={len(words) - 1}; _berth; "
             "printf '%s\\n' \"${COMPREPLY[@]}\""],
            cwd=self.dir, text=True, capture_output=True, check=True)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split("\n")) - {""}

    def test_commands_come_first(self):
        self.assertEqual(self.complete("berth", ""),
                         {*self.commands(), "--help", "--version"})
        self.assertEqual(self.complete("berth", "ver"), {"verify"})

    def test_each_command_has_its_options(self):
        for command in self.commands():
            wanted = {"--help", "-h"}
            for letter, name, _ in self.options(command):
                wanted |= {f"--{name}"} | ({f"-{letter}"} if letter else set())
            self.assertEqual(self.complete("berth", command, "-"), wanted,
                             command)

    def test_files_where_there_can_be_some(self):
        self.write("an app.tab", b"")
        self.assertIn("an app.tab", self.complete("berth", "sign", "an"))
        self.assertIn("an app.tab", self.complete("berth", "sign", "-o", "an"))
        self.assertEqual(self.complete("berth", "sign", "--reserve", "an"), set())
        self.assertEqual(self.complete("berth", "list", "an"), set())
        self.assertEqual(self.complete("berth", "map", "an"), set())
        self.assertIn("an app.tab", self.complete("berth", "map", "--svg", "an"))
        for command in ("tab", "image", "install", "info", "verify", "new"):
            self.assertIn("an app.tab", self.complete("berth", command, "an"),
                          command)

    def test_shellcheck_has_nothing_to_say_about_it(self):
        done = run("shellcheck", "-s", "bash", "-",
                   text=self.berth("completion", "bash"))
        self.assertEqual(done.stdout, "")


class OtherShells(HelpTest):
    def test_zsh_and_fish_have_every_command_and_option(self):
        zsh, fish = (self.berth("completion", s) for s in ("zsh", "fish"))
        for command in self.commands():
            self.assertIn(f"        '{command}:", zsh)
            self.assertIn(f"    {command})\n        _arguments", zsh)
            self.assertIn(f"-a {command} -d '", fish)
            for letter, name, has_value in self.options(command):
                if name == "help":
                    continue
                row = re.search(rf"(?m)^complete -c berth -n "
                                rf"'__fish_seen_subcommand_from {command}'"
                                rf"( -s (\w))? -l {name}( .*)? -d '", fish)
                self.assertTrue(row, f"{command} --{name}")
                self.assertEqual(row[2] or "", letter)
                self.assertEqual(bool(row[3]), has_value)
                self.assertRegex(zsh, rf"--{name}(\}}')?\[")

    def test_quotes_are_closed(self):
        """By the count of those that are not escaped, on each line."""
        for shell in ("zsh", "fish"):
            for line in self.berth("completion", shell).splitlines():
                if not line.startswith("#"):
                    self.assertEqual(line.replace("'\\''", "").count("'") % 2, 0,
                                     line)

    def test_other_shells_are_refused(self):
        self.refused("there are bash, zsh and fish", "completion", "csh",
                     expect=USAGE)
        self.refused("one shell", "completion", expect=USAGE)
        self.refused("takes no operands", "man", "berth", expect=USAGE)


if __name__ == "__main__":
    berth_tool.main()
