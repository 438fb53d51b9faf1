# SPDX-License-Identifier: Apache-2.0
"""Installing on a running board that demands credentials, signed by the real
tool: qemu-virt-secure in QEMU."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import BERTH, ROOT, app, folder  # noqa: E402
from berth_tool import main  # noqa: E402
import test_docs  # noqa: E402
import test_live_machines  # noqa: E402
from test_live_machines import Console, Machine, berth  # noqa: E402

def setUpModule():  # pylint: disable=invalid-name
    test_live_machines.setUpModule()
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    subprocess.run(["make", "-j2", "BOARD=qemu-virt-secure", "kernel"], cwd=ROOT,
                   stdout=subprocess.DEVNULL, env=environment, check=True)


def key(name):
    return os.path.join(ROOT, "tests", "keys", f"{name}.pem")


class OnASecureBoard(unittest.TestCase):
    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name
        self.machine = Machine("qemu", self.dir, (), "qemu-virt-secure")
        self.addCleanup(self.machine.kill)

    def file(self, name, version, *sign):
        path = os.path.join(self.dir, f"{name}-{version}.tbf")
        with open(path, "wb") as out:
            out.write(app(name, 3000, version))
        if sign:
            subprocess.run([BERTH, "sign", *sign, path], check=True,
                           stdout=subprocess.DEVNULL)
        return path

    def install(self, path, expect=0, says=""):
        done = berth("install", "--no-start", path, port=self.machine.port)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode != 0, expect != 0, text)
        self.assertIn(says, text)

    def test_what_is_not_signed_is_refused_with_the_reason(self):
        self.install(self.file("plain", 1), 1, "carries no credential")
        self.install(self.file("plain", 1, "--key", key("stranger-ecdsa")), 1,
                     "no key of this board signed these bytes")
        self.install(self.file("plain", 1, "--key", key("stranger-rsa4096")), 1,
                     "its key is not one of this board's")
        self.assertEqual(self.machine.apps(), {})

    def test_each_kind_is_installed_and_stays_so_after_a_reset(self):
        kinds = {"hashed": ("--sha256",), "coded": ("--hmac", key("hmac")),
                 "curved": ("--key", key("ecdsa-second")),
                 "small": ("--key", key("rsa2048-first")),
                 "large": ("--key", key("rsa4096"))}
        for name, how in kinds.items():
            self.install(self.file(name, 1, *how))
        self.assertEqual(set(self.machine.apps()), set(kinds))
        self.machine.kill()
        self.machine.start()
        console = Console(self.machine, self.dir)
        self.addCleanup(console.end)
        for _ in range(30):  # they are checked before the first one starts
            console.type("list")
            time.sleep(1)
            if b" large " in console.text():
                break
        console.wait_for(rb" large ")
        self.assertNotIn(b"not started", console.text())

    def test_an_update_wants_the_same_key_or_its_successor(self):
        self.install(self.file("mine", 1, "--key", key("ecdsa-first")))
        self.install(self.file("mine", 2, "--key", key("rsa4096")), 1,
                     "signed with another key")
        self.install(self.file("mine", 2, "--key", key("ecdsa-second")))
        berth("confirm", "mine", port=self.machine.port)
        self.install(self.file("mine", 3, "--key", key("ecdsa-first")), 1,
                     "signed with another key")


class Document(unittest.TestCase):
    """What docs/signing.md does on a board, as it stands there: the board on one
    terminal, commands on another. tests/tool/test_berth_sign.py plays the rest."""

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name
        for name in os.listdir(ROOT):
            if name != "boards" and not name.startswith("."):
                os.symlink(os.path.join(ROOT, name), os.path.join(held.name, name))
        shutil.copytree(os.path.join(ROOT, "boards"),
                        os.path.join(held.name, "boards"))
        subprocess.run(["make", "-s", "build/apps/hello.tab"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, env=test_docs.environment())
        with open(os.path.join(ROOT, "docs", "signing.md"), encoding="utf-8") as f:
            self.listings = test_docs.CONSOLE.findall(f.read())

    def here(self, command):
        return f"cd '{self.dir}' && {command}"

    def play(self, listing):
        for command, lines in test_docs.sessions(listing):
            trouble = test_docs.play(self.here(command), lines)
            self.assertIsNone(trouble, trouble)

    def boot(self, command, lines):
        board = test_docs.Terminal(self.here(command))
        self.addCleanup(os.close, board.ours)
        self.addCleanup(self.kill, board.process)
        for line in lines:
            self.assertTrue(board.expect(test_docs.pattern_of(line)),
                            f"{command} did not say {line}: {board.text}")
        return board

    @staticmethod
    def kill(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end(self, board):
        self.assertTrue(board.expect(re.escape(test_docs.PROMPT)), board.text)
        board.type("exit")
        while board.read():
            self.assertLess(time.monotonic(), board.end, board.text)
        self.assertEqual(board.process.wait(), 0, board.text)

    def test_its_board_does_what_it_shows(self):
        first, _, on_board, second, own_key = self.listings[:5]
        self.play(first)
        (refused, said), (signed, nothing) = test_docs.sessions(on_board)
        self.assertIn("APP_SIGN", signed)
        self.assertEqual((said[-1], nothing), ("berth$ exit", []))
        self.end(self.boot(refused, said[:-1]))
        board = self.boot(signed, ["berth$ "])
        self.assertNotIn("not started", board.text)
        self.play(second)
        self.assertIn("hello 1 installed", second)
        self.assertTrue(board.expect("Hello from hello"), board.text)
        board.type("")
        self.end(board)
        keys = os.path.join(self.dir, "boards", "qemu-virt-secure", "keys.c")
        with open(keys, encoding="utf-8") as file:
            before = file.read()
        self.play(own_key)
        with open(keys, encoding="utf-8") as file:
            self.assertNotEqual(file.read(), before)


if __name__ == "__main__":
    main()
