# SPDX-License-Identifier: Apache-2.0
"""Live loading into the HiFive1's own flash, on the machine model: the chip runs
from the flash that is written, erases take their 70 ms, the line has 115200
baud. FULL=1 does more of each."""
import glob
import json
import os
import socket
import subprocess
import sys
import time
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cuts  # noqa: E402
import test_live_machines as machines  # noqa: E402
from cuts import QUICK  # noqa: E402
from live import BERTH, ROOT, app, berth, folder  # noqa: E402
from berth_tool import main  # noqa: E402

BOARD, PLAIN = "hifive1-revb", "hifive1-live"
SIZE = 4 << 20
APPS = 0x40000
# An instruction takes 64 ns, as at 16 MHz.
SIM = ["build/berth-sim", "--pace", "real", "--shift", "6"]


def build(board):
    """All that the scenarios want of it."""
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "-j2", f"BOARD={board}", "kernel", "build/berth",
         "build/berth-sim", "build/apps/witness.tbf",
         "build/apps/every_byte.tbf", "build/apps/hello.tab",
         "build/apps/echo.tbf", "build/apps/crash.tbf",
         f"build/{BOARD}/apps.img"], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout)


def setUpModule():  # pylint: disable=invalid-name
    build(BOARD)
    build(PLAIN)


class Hifive1(machines.Machine):
    """Its serial line a Unix socket, its flash a file."""

    board, sim = BOARD, SIM
    kernel_of = BOARD

    def front(self):
        """What lies before the apps."""
        return b"\xFF" * APPS

    def images(self):
        """What the model is given besides that file."""
        return [f"build/{self.kernel_of}/kernel.elf"]

    def line(self):
        """Where the model's serial lines lead to."""
        return ["--serial", f"unix:{self.socket},nowait"]

    def __init__(self, directory, apps, options=(), whole=None):
        """`whole`: what is in flash, the apps among it."""
        # pylint: disable=super-init-not-called # other files
        self.kind = "sim"
        self.running = []
        self.kernel = os.path.join(ROOT, "build", self.kernel_of, "kernel.elf")
        self.options = list(options)
        self.flash = os.path.join(directory, "flash.img")
        self.socket = os.path.join(directory, "serial")
        self.port = "unix:" + self.socket
        image = whole or self.front()
        for name in apps:
            if isinstance(name, bytes):
                image += name
                continue
            path = os.path.join(ROOT, "build", "apps", f"{name}.tbf")
            with open(path, "rb") as file:
                image += file.read()
        with open(self.flash, "wb") as file:
            file.write(image + b"\xFF" * (SIZE - len(image)))
        self.start()

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self.process = subprocess.Popen(
            [*self.sim, *self.options, "--flash", self.flash, *self.line(), "--",
             self.board, *self.images()], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.wait_for_listener()

    def wait_for_listener(self):
        """The power may go earlier."""
        try:
            super().wait_for_listener()
        except RuntimeError:
            if self.process.returncode != cuts.CUT:
                raise

    def boot_alone(self, options):
        """Two seconds of its time from power on, with nobody at the line."""
        sim = ["fast" if word == "real" else word for word in self.sim]
        done = subprocess.run(
            [*sim, *self.options, *options, "--max-time", "2000", "--flash", self.flash,
             "--serial", "null", "--", self.board, *self.images()], cwd=ROOT,
            stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode not in (cuts.CUT, cuts.LIMIT):
            raise AssertionError(done.stderr.decode())

    def kill(self):
        """A machine that has found something wrong has ended by itself."""
        if self.process.stderr.closed:
            return
        status, said = self.process.poll(), b""
        if status is None:
            self.process.kill()
            self.process.wait()
        else:
            said = self.process.stderr.read()
        self.process.stderr.close()
        if status == 120:
            raise AssertionError(said.decode())

    def apps(self):
        """What is installed, by what the board says and the flash holds: name
        -> bytes of each app."""
        for _ in range(3):  # a busy host may be slower than the board would be
            done = berth("list", "--json", port=self.port)
            if done.returncode == 0:
                break
        else:
            raise AssertionError(done.stderr)
        with open(self.flash, "rb") as file:
            image = file.read()
        found, rows = {}, json.loads(done.stdout)
        self.running = [row["name"] for row in rows if row["ram"]]
        for row in rows:
            at = row["offset"]
            found.setdefault(row["name"], []).append(image[at:at + row["size"]])
        return {name: sorted(blobs) for name, blobs in found.items()}


class OnHifive1(machines.OnMachine, unittest.TestCase):
    """The scenarios of the other machines, and what is different here."""

    kind = "sim"
    options = QUICK
    machines = Hifive1

    def machine(self, *apps):
        machine = self.machines(self.dir, apps, self.options)
        self.addCleanup(machine.kill)
        return machine

    def test_64_kb_use_the_wire_well_and_the_witness_misses_little(self):
        self.options = []
        machine = self.machine("witness")
        console = self.console(machine)
        out = self.run_berth("install", "--no-start", "--statistics",
                             self.file("big", 65536), port=machine.port)
        efficiency = float(machines.re.search(r"wire_efficiency ([\d.]+)", out)[1])
        console.wait_for(rb"(?s)^.{%d}.*witness: .*\n" % len(console.text()))
        seen = machines.re.findall(machines.WITNESS,
                                   console.text().decode(errors="replace"))
        print(f"    {machine.board}: wire_efficiency {efficiency:.4f}, witness "
              f"{seen[-1][0]} periods, {seen[-1][1]} missed, worst "
              f"{seen[-1][2]} us")
        self.assertGreaterEqual(efficiency, 0.90)
        # Nothing runs while sectors are erased, each for 70 ms.
        self.assertLess(int(seen[-1][2]), 6 * 70000)

    def test_a_reset_and_a_killed_tool_in_mid_transfer(self):
        machine = self.machine("witness")
        path = self.file("late", 20000)
        for end in "tool", "board":
            tool = subprocess.Popen(
                [BERTH, "install", "--no-start", path], stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "BERTH_PORT": machine.port})
            time.sleep(0.6)
            self.assertIsNone(tool.poll())
            (tool if end == "tool" else machine).kill()
            tool.communicate(timeout=60)
        machine.start()
        out = self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertIn("goes on at", out)
        self.assertEqual(machine.apps()["late"], [app("late", 20000)])
        self.assertIn("witness", machine.apps())

    def test_what_is_typed_while_flash_is_erased_is_heard(self):
        self.options = []
        machine = self.machine("witness", "hello")
        console = self.console(machine)
        tool = subprocess.Popen(
            [BERTH, "install", "--no-start", self.file("a", 30000)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "BERTH_PORT": machine.port})
        time.sleep(0.8)
        for _ in range(6):
            console.type("status")
            time.sleep(0.15)
        self.assertIsNone(tool.poll())
        out, _ = tool.communicate(timeout=60)
        self.assertEqual(tool.returncode, 0, out)
        console.wait_for(rb"(?s)(Total processes: 2.*){6}")

    def test_four_apps_run_at_once(self):
        machine = self.machine("witness")
        console = self.console(machine)
        for name in "hello", "blink", "sensor":
            path = os.path.join(ROOT, "build", "apps", name + ".tbf")
            if not os.path.exists(path):
                subprocess.run(["make", f"build/apps/{name}.tbf"], cwd=ROOT,
                               check=True, stdout=subprocess.DEVNULL)
            self.run_berth("install", path, port=machine.port)
        rows = json.loads(self.run_berth("list", "--json", port=machine.port))
        print("    RAM in use: " + ", ".join(f"{r['name']} {r['ram']}" for r in rows))
        self.assertEqual([r["name"] for r in rows if r["ram"]],
                         ["witness", "hello", "blink", "sensor"])
        console.wait_for(rb"sensor: ")


class NothingKept(unittest.TestCase):
    """Questions about what apps keep, on a board where they can keep nothing."""

    setUp = machines.OnMachine.setUp
    console = machines.OnMachine.console
    machine = OnHifive1.machine
    machines = Hifive1
    options = QUICK

    def test_that_nothing_is_kept_here_is_told_while_an_app_prints(self):
        machine = self.machine("witness")
        for words in ("kept",), ("forget", "0x1234"):
            done = berth(*words, port=machine.port, timeout=60)
            self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
            self.assertIn("apps keep nothing on this board", done.stderr)

    def test_a_console_that_is_off_ends_kept_whatever_an_app_prints(self):
        machine = self.machine("witness")
        console = self.console(machine)
        console.type("console-stop")
        console.wait_for(rb"Disabling the process console")
        with unittest.mock.patch.dict(os.environ, BERTH_PATIENCE="3"):
            done = berth("kept", port=machine.port, timeout=90)
        self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
        self.assertIn("type `console-start` there", done.stderr)


class Run(unittest.TestCase):
    """`berth run`, as the board's README has it."""

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name
        self.flash = os.path.join(self.dir, "flash.img")

    def boot(self):
        run = subprocess.Popen(
            [BERTH, "run", "--board", BOARD, "--flash", self.flash],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_RUNTIME_DIR": self.dir})
        self.addCleanup(run.stdin.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        end = time.monotonic() + 60
        while not self.is_up():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        return run

    def is_up(self):
        """Does a `berth run` listen? One that was killed leaves its socket."""
        for path in glob.glob(os.path.join(self.dir, "berth", "*.sock")):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(path) == 0:
                    return True
        return False

    def ask(self, *words):
        with unittest.mock.patch.dict(os.environ, XDG_RUNTIME_DIR=self.dir):
            done = berth(*words, port=f"run:{BOARD}")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def machines(self):
        """The processes that have this flash."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if self.flash.encode() in words and b"run" not in words:
                found.append(int(entry))
        return found

    def test_what_is_installed_is_there_in_the_next_run(self):
        """The first one is killed, and takes its machine with it."""
        new = os.path.join(self.dir, "new.tbf")
        with open(new, "wb") as file:
            file.write(app("new", 9000))
        run = self.boot()
        self.ask("install", "--no-start", new)
        self.assertTrue(self.machines())
        run.kill()
        run.wait()
        end = time.monotonic() + 60
        while self.machines():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.boot()
        self.assertIn("new", self.ask("list"))
        self.assertIn("hello", self.ask("list"))

    def test_there_is_no_flash_to_keep_in_qemu(self):
        done = berth("run", "--board", BOARD, "--on", "qemu", "--flash",
                     self.flash, port="")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--on sim has it", done.stderr)
        self.assertFalse(os.path.exists(self.flash))


class Plain(Hifive1):
    """The same without a command line."""

    kernel_of = PLAIN


class OnHifive1Live(unittest.TestCase):
    """What is different without a command line: nobody but the tool orders."""

    setUp = machines.OnMachine.setUp
    console = machines.OnMachine.console
    run_berth = machines.OnMachine.run_berth
    state = machines.OnMachine.state
    file = machines.OnMachine.file

    def machine(self, *apps):
        machine = Plain(self.dir, apps, QUICK)
        self.addCleanup(machine.kill)
        return machine

    def attach(self, machine, name):
        """At the console that there is."""
        out = self.run_berth("console", "--app", name, port=machine.port)
        self.assertIn(f"goes to {name}; ctrl-] ends that", out)

    def test_what_is_typed_goes_to_who_is_attached(self):
        machine = self.machine("echo", "witness")
        console = self.console(machine)
        self.state(machine, "echo")  # it has booted
        console.type("to nobody")
        self.attach(machine, "echo")
        console.type("list")
        console.wait_for(rb"echo: 4 <list>")
        console.type("\x1dto nobody")
        self.attach(machine, "echo")
        console.type("again")
        console.wait_for(rb"echo: 5 <again>")
        console.wait_for(rb"witness: 200 periods, 0 missed")
        said = console.text()
        self.assertNotIn(b"nobody", said)
        self.assertNotIn(b"berth$", said)
        console.type("end")
        console.wait_for(rb"echo: 3 <end>")
        done = berth("console", "--app", "echo", port=machine.port)
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("echo does not run: `berth start echo`", done.stderr)

    def test_a_fault_and_the_log_are_told_and_others_go_on(self):
        machine = self.machine("witness")
        console = self.console(machine)
        crash = os.path.join(ROOT, "build", "apps", "crash.tbf")
        self.run_berth("install", crash, port=machine.port)
        console.wait_for(rb"crash \(pid \d+\) faulted: wrote 0x")
        self.run_berth("reset", port=machine.port)  # its log: from here on
        console.wait_for(rb"\n\[info\]  this board demands no credentials")
        console.wait_for(rb"(?s)(crash \(pid \d+\) faulted: wrote 0x.*){2}")
        before = len(console.text())
        console.wait_for(rb"(?s)^.{%d}.*witness: " % before)
        self.assertEqual(self.state(machine, "crash"), ["faulted"])
        log = self.run_berth("log", port=machine.port)
        self.assertIn("this board demands no credentials", log)

    def test_orders(self):
        machine = self.machine("witness", "echo")
        console = self.console(machine)
        for words, said in ((("pause", "witness"), "witness paused"),
                            (("resume", "witness"), "witness goes on"),
                            (("fault", "echo"), "echo faulted"),
                            (("restart", "echo"), "echo restarted"),
                            (("restart", "witness"), "witness restarted")):
            self.assertIn(said, self.run_berth(*words, port=machine.port))
            self.assertEqual(self.state(machine, "witness") == ["paused"],
                             words[0] == "pause", words)
        console.wait_for(rb"echo \(pid \d+\) faulted: ")
        console.wait_for(rb"echo: listens")
        done = berth("resume", "witness", port=machine.port)
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("witness is not paused", done.stderr)

    def test_an_update_on_trial_is_not_restarted_but_kept(self):
        machine = self.machine("witness")
        for version in 1, 2:
            self.run_berth("install", self.file("u", 3000, version), port=machine.port)
        refused = self.run_berth("restart", "u", port=machine.port, expect=5)
        self.assertIn("u is on trial", refused)
        self.assertIn("`berth confirm u`", refused)
        self.run_berth("confirm", "u", port=machine.port)
        self.run_berth("restart", "u", port=machine.port)
        self.assertEqual(machine.apps()["u"], [app("u", 3000, 2)])

    def test_a_reset_is_a_new_boot(self):
        machine = self.machine("echo")
        console = self.console(machine)
        out = self.run_berth("reset", port=machine.port)
        self.assertEqual(out, "hifive1-live reset\n")
        console.wait_for(rb"echo: listens")
        self.assertIn(self.state(machine, "echo"), (["waiting"], ["running"]))
        out = self.run_berth("reset", "--json", port=machine.port)
        self.assertEqual(json.loads(out), {"board": "hifive1-live", "result": "reset"})

    def test_commands_that_are_typed_say_that_there_is_no_command_line(self):
        done = berth("kept", port=self.machine("echo").port)
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("hifive1-live: this board has no command line",
                      done.stderr)


class PowerCuts(cuts.PowerCuts, unittest.TestCase):
    machines = Hifive1


if os.environ.get("CUTS") or cuts.FULL:
    class PlainPowerCuts(cuts.PowerCuts, unittest.TestCase):
        machines = Plain


if __name__ == "__main__":
    main()
