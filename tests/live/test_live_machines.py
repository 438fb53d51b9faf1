# SPDX-License-Identifier: Apache-2.0
"""Live loading by the real tool on the real kernel: qemu-virt, in QEMU and on
the machine model, with apps that run meanwhile. FULL=1 does more of each."""
import json
import mmap
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import BERTH, ROOT, app, berth, folder  # noqa: E402
import test_docs  # noqa: E402
from berth_tool import checksum, chain, main  # noqa: E402

FULL = bool(os.environ.get("FULL"))
FLASH_SIZE = 32 << 20
WITNESS = r"witness: (\d+) periods, (\d+) missed, worst (\d+) us"


def build(board):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "-j2", f"BOARD={board}", "kernel", "build/berth",
         "build/berth-sim", "build/apps/witness.tbf", "build/apps/loader.tbf",
         "build/apps/every_byte.tbf", "build/apps/hello.tab"], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout)


def setUpModule():  # pylint: disable=invalid-name
    build("qemu-virt")


class Machine:
    """qemu-virt, its serial line a Unix socket, its app flash a file."""

    def __init__(self, kind, directory, apps, board="qemu-virt"):
        self.kind = kind
        self.kernel = os.path.join(ROOT, "build", board, "kernel.elf")
        self.flash = os.path.join(directory, "flash.img")
        self.socket = os.path.join(directory, "serial")
        self.port = "unix:" + self.socket
        image = b"".join(
            open(os.path.join(ROOT, "build", "apps", f"{name}.tbf"), "rb").read()
            for name in apps)
        with open(self.flash, "wb") as file:
            file.write(image + b"\xFF" * (FLASH_SIZE - len(image)))
        self.start()

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        if self.kind == "qemu":
            words = ["tools/qemu", "qemu-virt", self.kernel, self.flash, "-serial",
                     f"unix:{self.socket},server=on,wait=off"]
        else:
            words = ["build/berth-sim", "--flash", self.flash, "--serial",
                     f"unix:{self.socket},nowait", "--pace", "real", "--",
                     "qemu-virt", self.kernel]
        self.process = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.wait_for_listener()

    def wait_for_listener(self):
        """The socket's file is there a little earlier."""
        end = time.monotonic() + 120
        while True:
            with socket.socket(socket.AF_UNIX) as line:
                if line.connect_ex(self.socket) == 0:
                    return
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise RuntimeError(self.process.stderr.read().decode())
            time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def apps(self):
        """What flash holds: name -> bytes of each app."""
        found, at = {}, 0
        with (open(self.flash, "rb") as file,
              mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image):
            while image[at:at + 2] == b"\2\0":
                header = int.from_bytes(image[at + 2:at + 4], "little")
                total = int.from_bytes(image[at + 4:at + 8], "little")
                data = image[at:at + total]
                if header > 16 and checksum(data[:header]) == 0:
                    (_, part), = chain(data)
                    found.setdefault(part.name, []).append(data)
                at += total
        return found


class Console:
    """`berth console` on a machine, what it shows kept."""

    def __init__(self, machine, directory):
        self.path = os.path.join(directory, "console.txt")
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                [BERTH, "console", "--port", machine.port],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE)
        time.sleep(0.3)

    def text(self):
        with open(self.path, "rb") as file:
            return file.read()

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\r")
        self.process.stdin.flush()

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text()):
            if time.monotonic() > end:
                raise AssertionError(f"in vain waited for {pattern}")
            time.sleep(0.1)

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdin.close()
        self.process.stderr.close()


class OnMachine:
    """The scenarios; below they are run on each kind of machine."""

    kind = None
    board = "qemu-virt"
    own = ()  # apps that the board needs itself
    long = 800000  # bytes that take a while

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name

    def machine(self, *apps):
        machine = Machine(self.kind, self.dir, (*self.own, *apps), self.board)
        self.addCleanup(machine.kill)
        return machine

    def found(self, machine):
        """What is in its flash besides what the board needs."""
        apps = machine.apps()
        for name in self.own:
            del apps[name]
        return apps

    def console(self, machine):
        console = Console(machine, self.dir)
        self.addCleanup(console.end)
        return console

    def run_berth(self, *arguments, port, expect=0):
        done = berth(*arguments, port=port)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done.stdout + done.stderr

    def file(self, name, size, version=1, **more):
        path = os.path.join(self.dir, f"{name}-{version}.tbf")
        with open(path, "wb") as out:
            out.write(app(name, size, version, **more))
        return path

    def test_apps_come_and_go_beside_a_witness(self):
        machine = self.machine("witness")
        console = self.console(machine)
        chance = random.Random(7)
        steps = [f"app{n}" for n in range(12)] * 2
        chance.shuffle(steps)
        if not FULL:
            steps = steps[:10]
        wanted, versions = {}, {}
        for name in steps:
            version = versions[name] = versions.get(name, 0) + 1
            data = app(name, 4 * chance.randrange(40, 3000), version)
            if name in wanted and chance.random() < 0.5:
                self.run_berth("remove", name, port=machine.port)
                del wanted[name]
                continue
            path = self.file(name, len(data), version)
            # There are more of them than slots for processes.
            self.run_berth("install", "--no-start", path, port=machine.port)
            if name in wanted:
                self.run_berth("confirm", name, port=machine.port)
                self.run_berth("stop", name, port=machine.port)
            wanted[name] = data
        shown = json.loads(self.run_berth("list", "--json", port=machine.port))
        self.assertEqual({a["name"] for a in shown},
                         {*self.own, "witness", *wanted})
        found = self.found(machine)
        del found["witness"]
        self.assertEqual(found, {n: [data] for n, data in wanted.items()})
        before = len(console.text())
        console.wait_for(rb"(?s)^.{%d}.*witness: " % before)

    def test_hello_starts_and_the_witness_goes_on(self):
        machine = self.machine("witness")
        console = self.console(machine)
        console.wait_for(rb"witness: 100 periods")
        self.run_berth("install", self.hello(), port=machine.port)
        console.wait_for(rb"Hello from hello")
        out = self.run_berth("install", self.hello(), port=machine.port)
        self.assertIn("hello 1 is installed already", out)
        self.run_berth("remove", "hello", port=machine.port)
        self.assertEqual(set(self.found(machine)), {"witness"})

    def hello(self):
        return os.path.join(ROOT, "build", "apps", "hello.tab")

    def test_64_kb_use_the_wire_well_and_the_witness_misses_little(self):
        machine = self.machine("witness")
        console = self.console(machine)
        out = self.run_berth("install", "--no-start", "--statistics",
                             self.file("big", 65536), port=machine.port)
        efficiency = float(re.search(r"wire_efficiency ([\d.]+)", out)[1])
        console.wait_for(rb"(?s)^.{%d}.*witness: .*\n" % len(console.text()))
        seen = re.findall(WITNESS, console.text().decode(errors="replace"))
        print(f"    {self.kind}: wire_efficiency {efficiency:.4f}, witness "
              f"{seen[-1][0]} periods, {seen[-1][1]} missed, worst "
              f"{seen[-1][2]} us")
        # QEMU's time is the host's, which others use too; the model's is exact.
        if self.kind == "sim":
            self.assertGreaterEqual(efficiency, 0.90)
            self.assertEqual(seen[-1][1], "0")

    def state(self, machine, name):
        shown = json.loads(self.run_berth("list", "--json", port=machine.port))
        return [a["state"] for a in shown if a["name"] == name]

    def result(self, machine, *arguments):
        """What a command says that it has done, in JSON."""
        out = self.run_berth(*arguments, "--json", port=machine.port)
        return json.loads(out)["result"]

    def test_every_command_about_apps(self):
        """For apps without ShortId too: the name is what an update needs."""
        machine = self.machine("witness")
        versions = [self.file("u", 4000 + 400 * v, v, has_id=False)
                    for v in (1, 2, 3)]
        self.assertEqual(self.result(machine, "install", versions[0]),
                         "installed")
        self.assertEqual(self.result(machine, "update", versions[1]), "updated")
        self.assertEqual(self.state(machine, "u"), ["replaced", "waiting"])
        self.assertEqual(self.result(machine, "rollback", "u"), "rolled back")
        self.assertEqual(self.state(machine, "u"), ["waiting"])
        out = self.run_berth("install", versions[1], port=machine.port, expect=5)
        self.assertIn("u 2: this very build was rolled back", out)
        self.run_berth("install", versions[2], port=machine.port)
        self.assertEqual(self.result(machine, "confirm", "u"), "confirmed")
        for command, result, state in (
                ("stop", "ended", "not started"), ("start", "started", "waiting"),
                ("disable", "disabled", "disabled"),
                ("enable", "enabled", "not started")):
            self.assertEqual(self.result(machine, command, "u"), result)
            self.assertEqual(self.state(machine, "u"), [state], command)
            out = self.run_berth(command, "u", port=machine.port)
            self.assertIn("u ", out)  # said so, and nothing done
            self.assertEqual(self.state(machine, "u"), [state], command)
            if state == "disabled":
                out = self.run_berth("start", "u", port=machine.port, expect=5)
                self.assertIn("refused: disabled", out)
        self.run_berth("install", self.file("v", 3000), port=machine.port)
        self.assertEqual(self.result(machine, "remove", "u"), "removed")
        out = self.run_berth("compact", "--json", port=machine.port)
        self.assertGreater(json.loads(out)["gaps_closed"], 0)
        self.assertIn("0 gaps", self.run_berth("compact", port=machine.port))
        svg = os.path.join(self.dir, "map.svg")
        out = self.run_berth("map", "--svg", svg, port=machine.port)
        self.assertIn("witness", out)
        with open(svg, encoding="utf-8") as file:
            self.assertIn("witness", file.read())
        areas = json.loads(self.run_berth("map", "--json", port=machine.port))
        self.assertEqual([a["name"] for a in areas["flash"]["areas"]],
                         [*self.own, "witness", "v"])
        self.assertIn("kernel", self.run_berth("info", port=machine.port))
        info = json.loads(self.run_berth("info", "--json", port=machine.port))
        self.assertGreater(info["erases"], 0)
        json.loads(self.run_berth("log", "--json", port=machine.port))
        out = self.run_berth("remove", "nobody", port=machine.port, expect=1)
        self.assertIn("no app `nobody` on the board; there are:", out)

    def test_a_panic_report_gets_names(self):
        machine = self.machine("witness")
        console = self.console(machine)
        console.wait_for(rb"witness: 50 periods")
        console.type("panic")
        console.wait_for(rb"KERNEL PANIC END")
        text = console.text().decode(errors="replace")
        symbols = subprocess.run(["riscv64-unknown-elf-nm", machine.kernel],
                                 stdout=subprocess.PIPE, text=True,
                                 check=True).stdout
        start = int(re.search(r"^(\w+) \w main$", symbols, re.M)[1], 16)
        text += f"mepc 0x{start + 6:08x} mtval 0x00000007 ra 0x{start:08x}\n"
        report = os.path.join(self.dir, "report.txt")
        with open(report, "w", encoding="utf-8") as file:
            file.write(text)
        out = self.run_berth("decode", "--elf", machine.kernel, report, port="")
        self.assertIn("KERNEL PANIC: ordered by the operator", out)
        last = out.rstrip().split("\n")[-1]
        self.assertRegex(last, r"main ?\+ ?(0x)?6\b.* 0x00000007 ra .*main")
        piped = subprocess.run([BERTH, "decode", "--elf", machine.kernel],
                               input=text, stdout=subprocess.PIPE, text=True,
                               check=True).stdout
        self.assertEqual(piped, out)

    def test_an_app_that_prints_frames_fools_nobody(self):
        machine = self.machine("every_byte")
        console = self.console(machine)
        path = self.file("beside", 20000)
        self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertEqual(machine.apps()["beside"], [app("beside", 20000)])
        text = console.text()
        self.assertIn(bytes(range(32, 256)), text)
        self.assertNotIn(b"beside", text)

    def under_way(self, machine, path):
        """An install that has begun, with a few pages on the board."""
        tool = subprocess.Popen([BERTH, "install", "--no-start", path],
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT,
                                env={**os.environ, "BERTH_PORT": machine.port})
        self.assertIn(b"bytes", tool.stdout.readline())
        time.sleep(0.1)
        self.assertIsNone(tool.poll())
        return tool

    def test_a_reset_and_a_killed_tool_in_mid_transfer(self):
        machine = self.machine("witness")
        size = self.long
        path = self.file("late", size)
        tool = self.under_way(machine, path)
        tool.send_signal(signal.SIGKILL)
        tool.communicate()
        self.assertNotIn("late", machine.apps())
        tool = self.under_way(machine, path)
        machine.kill()
        out, _ = tool.communicate(timeout=500)
        self.assertEqual(tool.returncode, 6, out)
        machine.start()
        self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertEqual(machine.apps()["late"], [app("late", size)])
        self.assertIn("witness", machine.apps())


class Make(unittest.TestCase):
    def test_a_run_that_is_refused_builds_no_other_apps(self):
        """They would be newer than the flash of the board that runs, which then
        would be made anew the next time."""
        image = os.path.join(ROOT, "build", "qemu-virt", "apps.img")
        board = test_docs.Terminal(f"cd '{ROOT}' && make run APPS=blink")
        self.addCleanup(os.close, board.ours)
        self.assertTrue(board.expect(re.escape(test_docs.PROMPT)), board.text)
        before = os.stat(image).st_mtime_ns
        other = test_docs.Terminal(f"cd '{ROOT}' && make run APPS=hello")
        self.assertNotEqual(other.close(), 0)
        self.assertIn("another berth uses it", other.text)
        self.assertEqual(os.stat(image).st_mtime_ns, before)
        board.type("exit")
        while board.read():
            self.assertLess(time.monotonic(), board.end, board.text)
        self.assertEqual(board.process.wait(), 0, board.text)


class InQemu(OnMachine, unittest.TestCase):
    kind = "qemu"
    long = 150000


class OnTheModel(OnMachine, unittest.TestCase):
    kind = "sim"


if __name__ == "__main__":
    main()
