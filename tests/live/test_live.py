# SPDX-License-Identifier: Apache-2.0
"""The whole of live loading by the real tool, against the board on the host:
installs in random order, a line that breaks in every way, tools that are killed
and boards that are reset. FULL=1 does more of each."""
import glob
import json
import os
import pty
import random
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import unittest.mock
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import BERTH, Board, Line, app, berth, folder  # noqa: E402
from berth_tool import main  # noqa: E402

FULL = bool(os.environ.get("FULL"))
EFFICIENCY = 0.90  # payload bytes of all bytes on the wire, 64 KB


class Live(unittest.TestCase):
    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name

    def file(self, name, size, version=1, seed=0):
        path = os.path.join(self.dir, f"{name}-{version}-{seed}.tbf")
        with open(path, "wb") as f:
            f.write(app(name, size, version, seed))
        return path

    def board(self, *options, where=None):
        board = Board(self.dir, where, *options)
        self.addCleanup(board.kill)
        return board

    def run_berth(self, *arguments, port, expect=0):
        done = berth(*arguments, port=port)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done.stdout + done.stderr

    def scenario(self, board, seed):
        """12 apps in random order, updates and removals in between; flash holds
        what is expected at each step."""
        chance = random.Random(seed)
        names = [f"app{n}" for n in range(12)]
        wanted, versions = {}, {}
        steps = names * 2
        chance.shuffle(steps)
        for name in steps:
            if name not in wanted:
                versions[name] = versions.get(name, 0) + 1
                size = 4 * chance.randrange(40, 5000)
                path = self.file(name, size, versions[name], seed)
                self.run_berth("install", path, port=board.port)
                wanted[name] = app(name, size, versions[name], seed)
            elif chance.random() < 0.5:
                self.run_berth("remove", name, port=board.port)
                del wanted[name]
            else:
                versions[name] += 1
                size = 4 * chance.randrange(40, 5000)
                path = self.file(name, size, versions[name], seed)
                self.run_berth("update", path, port=board.port)
                self.run_berth("confirm", name, port=board.port)
                wanted[name] = app(name, size, versions[name], seed)
            self.assertEqual(board.apps(),
                             {n: [data] for n, data in wanted.items()})
        self.run_berth("compact", port=board.port)
        self.assertEqual(board.apps(),
                         {n: [data] for n, data in wanted.items()})
        shown = json.loads(self.run_berth("list", "--json", port=board.port))
        self.assertEqual({a["name"]: a["version"] for a in shown},
                         {n: versions[n] for n in wanted})

    def test_twelve_apps_come_and_go_over_a_socket(self):
        for seed in range(5 if FULL else 1):
            with Board(self.dir) as board:
                self.scenario(board, seed)
            os.unlink(board.flash)

    def test_twelve_apps_come_and_go_over_a_pseudo_terminal(self):
        self.scenario(self.board(where="pty"), 77)

    def test_64_kb_use_the_wire_well(self):
        board = self.board()
        out = self.run_berth("install", "--statistics",
                             self.file("big", 65536), port=board.port)
        efficiency = float(re.search(r"wire_efficiency ([\d.]+)", out)[1])
        print(f"    wire_efficiency {efficiency:.4f} (at least {EFFICIENCY})")
        self.assertGreaterEqual(efficiency, EFFICIENCY)
        self.assertIn("repeats 0", out)

    def test_what_is_there_is_left_alone(self):
        board = self.board()
        path = self.file("same", 4000)
        self.run_berth("install", path, port=board.port)
        before = board.apps()
        out = self.run_berth("install", path, port=board.port)
        self.assertIn("same 1 is installed already", out)
        self.assertEqual(board.apps(), before)

    def test_versions_are_compared_before_anything_is_written(self):
        board = self.board()
        self.run_berth("install", self.file("v", 4000, 5), port=board.port)
        for path, reason in ((self.file("v", 4000, 4), "older 4"),
                             (self.file("v", 4000, 5, seed=1), "--force")):
            out = self.run_berth("install", path, port=board.port, expect=1)
            self.assertIn(reason, out)
        out = self.run_berth("update", self.file("w", 400), port=board.port,
                             expect=1)
        self.assertIn("nothing to update", out)
        self.assertEqual(board.apps(), {"v": [app("v", 4000, 5)]})

    def test_too_large_is_said_and_leaves_nothing(self):
        board = self.board()
        out = self.run_berth("install", self.file("huge", 600000),
                             port=board.port, expect=5)
        self.assertIn("no room for 600000 bytes", out)
        self.run_berth("install", self.file("a", 400000), port=board.port)
        out = self.run_berth("install", self.file("b", 200000),
                             port=board.port, expect=5)
        self.assertIn("no room for 200000 bytes", out)
        self.assertIn("`berth remove` makes room", out)
        self.assertNotIn("compact", out)
        self.assertEqual(set(board.apps()), {"a"})

    def test_compaction_is_suggested_where_it_makes_room(self):
        board = self.board("--quiet")
        for name in "abc":
            self.run_berth("install", self.file(name, 150000), port=board.port)
        self.run_berth("remove", "b", port=board.port)
        out = self.run_berth("install", self.file("d", 170000),
                             port=board.port, expect=5)
        self.assertIn("`berth compact` brings the free parts together", out)
        self.run_berth("compact", port=board.port)
        self.run_berth("install", self.file("d", 170000), port=board.port)
        self.assertEqual(set(board.apps()), {"a", "c", "d"})

    # ---- a line that breaks --------------------------------------------------

    def spoilt(self, board, **how):
        line = Line(self.dir, board.port, **how)
        self.addCleanup(line.close)
        return line

    def install_spoilt(self, name, **how):
        """Ends with success and the right bytes, or with a true error; then a
        sound line completes it."""
        board = self.board()
        line = self.spoilt(board, **how)
        size = 65536 if FULL else 16384
        path = self.file(name, size)
        done = berth("install", path, port=line.port, timeout=280)
        self.assertGreater(line.faults + (how.get("delay", 0) > 0), 0)
        self.assertIn(done.returncode, (0, 6), done.stderr)
        if done.returncode == 0:
            self.assertEqual(board.apps(), {name: [app(name, size)]})
        self.assertEqual(berth("install", path, port=board.port).returncode, 0)
        self.assertEqual(board.apps(), {name: [app(name, size)]})
        board.kill()
        board.start()
        return done.returncode

    def test_lost_bytes_do_no_harm(self):
        self.assertEqual(self.install_spoilt("lost", lose=0.0002), 0)

    def test_doubled_bytes_do_no_harm(self):
        self.assertEqual(self.install_spoilt("twice", double=0.0002), 0)

    def test_changed_bytes_do_no_harm(self):
        self.assertEqual(self.install_spoilt("changed", change=0.0002), 0)

    def test_delays_do_no_harm(self):
        self.assertEqual(self.install_spoilt("late", delay=0.05), 0)

    def test_swapped_bytes_do_no_harm(self):
        self.assertEqual(self.install_spoilt("swapped", reorder=0.1), 0)

    def test_all_of_it_at_once_ends_one_way_or_the_other(self):
        for seed in range(4 if FULL else 1):
            self.install_spoilt(f"all{seed}", seed=seed, lose=0.0005,
                                double=0.0005, change=0.0005, delay=0.02,
                                reorder=0.02)
            os.unlink(os.path.join(self.dir, "flash"))

    def test_a_line_of_another_speed_is_told_and_does_no_harm(self):
        """Whatever is sent arrives as something else, on both sides."""
        board = self.board()
        line = self.spoilt(board, change=1.0)
        with unittest.mock.patch.dict(os.environ, BERTH_PATIENCE="3"):
            out = self.run_berth("install", self.file("fast", 5000),
                                 port=line.port, expect=6)
        self.assertIn("at this port and speed (--baud)", out)
        line.close()
        self.assertEqual(board.apps(), {})
        self.run_berth("install", self.file("fast", 5000), port=board.port)

    def test_a_cut_at_every_packet_is_taken_up_again(self):
        """The line is cut in the middle of each packet of an install in turn;
        the next try completes it, without writing all of it again."""
        board = self.board("--quiet")
        size = 6000
        line = self.spoilt(board)
        self.run_berth("install", self.file("count", size), port=line.port)
        self.run_berth("remove", "count", port=board.port)
        whole, at, cuts, resumed = line.from_tool, 8, 0, 0
        while at < whole:
            name = f"c{cuts}"
            path = self.file(name, size)
            line = self.spoilt(board, cut=at)
            done = berth("install", path, port=line.port)
            self.assertIn(done.returncode, (0, 6), done.stderr)
            done = berth("install", path, port=board.port)
            self.assertEqual(done.returncode, 0, done.stderr)
            resumed += "goes on at" in done.stderr
            self.assertEqual(board.apps(), {name: [app(name, size)]})
            self.run_berth("remove", name, port=board.port)
            line.close()
            cuts += 1
            at += 266 if FULL else 532
        print(f"    {cuts} cuts, {resumed} transfers went on where they were")
        self.assertGreater(resumed, cuts // 3)

    def test_a_board_that_is_deaf_while_it_erases_is_waited_for(self):
        """Longer than one that has said nothing. What it says before reaches the
        tool by half, and most of what it is asked meanwhile is lost."""
        with open(os.path.join(self.dir, "flash"), "wb") as f:
            f.write(b"\xFF" * 6 * 4096)
            f.write(bytes(512 * 1024 - f.tell()))
        board = self.board("--quiet", "--deaf", "12000")
        with unittest.mock.patch.dict(os.environ, BERTH_PATIENCE="10"):
            out = self.run_berth("install", self.file("waited", 3000),
                                 port=board.port)
        self.assertIn("waited 1 installed", out)
        self.assertEqual(board.apps(), {"waited": [app("waited", 3000)]})

    # ---- tools and boards that go away ----------------------------------------

    def begin(self, board, path):
        return subprocess.Popen(
            [BERTH, "install", path], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "BERTH_PORT": board.port})

    def test_a_killed_tool_is_followed_by_one_that_goes_on(self):
        board = self.board("--slow", "8")
        path = self.file("k", 100000)
        for _ in range(3):
            tool = self.begin(board, path)
            time.sleep(0.5)
            tool.kill()
            tool.communicate()
            self.assertEqual(board.apps(), {})
        done = berth("install", path, port=board.port)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("goes on at", done.stderr)
        self.assertEqual(board.apps(), {"k": [app("k", 100000)]})

    def test_ctrl_c_leaves_nothing(self):
        board = self.board("--slow", "8")
        tool = self.begin(board, self.file("k", 100000))
        time.sleep(0.5)
        tool.send_signal(signal.SIGINT)
        out, _ = tool.communicate(timeout=60)
        self.assertEqual(tool.returncode, 130, out)
        self.assertIn("nothing of k is on the board", out)
        self.run_berth("install", self.file("other", 4000), port=board.port)
        self.assertEqual(board.apps(), {"other": [app("other", 4000)]})

    def test_a_board_that_is_reset_keeps_what_was_written(self):
        board = self.board("--slow", "8", where="unix:" + self.dir + "/b")
        path = self.file("r", 100000)
        tool = self.begin(board, path)
        time.sleep(0.6)
        board.kill()
        out, _ = tool.communicate(timeout=60)
        self.assertEqual(tool.returncode, 6, out)
        board.start()
        done = berth("install", path, port=board.port)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("goes on at", done.stderr)
        self.assertEqual(board.apps(), {"r": [app("r", 100000)]})

    def test_two_tools_at_once_take_turns(self):
        board = self.board("--slow", "1")
        paths = [self.file(f"t{n}", 30000) for n in range(2)]
        tools = [self.begin(board, path) for path in paths]
        for tool in tools:
            out, _ = tool.communicate(timeout=100)
            self.assertEqual(tool.returncode, 0, out)
        self.assertEqual(board.apps(), {f"t{n}": [app(f"t{n}", 30000)]
                                        for n in range(2)})

    def test_commands_go_through_an_open_console(self):
        board = self.board()
        console = subprocess.Popen(
            [BERTH, "console", "--port", board.port], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(0.5)
        path = self.file("through", 20000)
        self.run_berth("install", path, port=board.port)
        self.assertIn("through", self.run_berth("list", port=board.port))
        out = self.run_berth("console", port=board.port, expect=7)
        self.assertIn("another berth uses it", out)
        console.terminate()
        text, _ = console.communicate(timeout=20)
        self.assertEqual(board.apps(), {"through": [app("through", 20000)]})
        self.assertIn(b"forged", text)      # what the board prints, and
        self.assertNotIn(b"through", text)  # nothing of the frames

    def test_a_command_waits_while_an_open_console_serves_another(self):
        board = self.board()
        place = os.path.join(self.dir, "run")
        os.mkdir(place)
        with unittest.mock.patch.dict(os.environ, XDG_RUNTIME_DIR=place):
            console = subprocess.Popen(
                [BERTH, "console", "--port", board.port], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
            time.sleep(0.5)
            (meeting,) = glob.glob(os.path.join(place, "berth", "*.sock"))
            with socket.socket(socket.AF_UNIX) as other:
                other.settimeout(20)
                other.connect(meeting)
                self.assertEqual(other.recv(1), b"\n")  # its turn
                # The test may have been started where Ctrl-C is ignored.
                tools = [subprocess.Popen(
                    ["env", "--default-signal=INT", BERTH, "list", "--port",
                     board.port], text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    for _ in range(2)]
                for tool in tools:
                    self.assertIn("waiting: another berth uses",
                                  tool.stderr.readline())
                tools[1].send_signal(signal.SIGINT)
                tools[1].communicate(timeout=20)
            out, said = tools[0].communicate(timeout=20)
            console.terminate()
            console.communicate(timeout=20)
        self.assertEqual((tools[0].returncode, said), (0, ""), out)
        self.assertEqual(tools[1].returncode, -signal.SIGINT)

    def test_run_makes_flash_anew_only_where_nobody_misses_it(self):
        """In a tree whose machine shows that it was started."""
        tree, place = (os.path.join(self.dir, name) for name in ("tree", "run"))
        flash, own = (os.path.join(tree, "build", "b", name)
                      for name in ("flash.img", "own.img"))
        os.makedirs(os.path.dirname(flash))
        os.makedirs(os.path.join(tree, "tools"))
        os.mkdir(place)
        with open(os.path.join(tree, "tools", "qemu"), "w",
                  encoding="ascii") as script:
            script.write('#!/bin/sh\ntouch "$3.started"\nexec head -c 1 >/dev/null\n')
        os.chmod(script.name, 0o755)

        now = int(time.time()) + 0.5

        def write(path, content, age):
            with open(path, "wb") as f:
                f.write(content)
            os.utime(path, (now - age,) * 2)

        def run(*options):
            return subprocess.Popen(
                [BERTH, "run", "--tree", tree, "--board", "b", *options],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True,
                env={**os.environ, "XDG_RUNTIME_DIR": place})

        def read(path):
            with open(path, "rb") as f:
                return f.read()

        write(flash[:-9] + "apps.img", app("new", 4000), 10)
        write(flash, b"old", 10.0001)
        write(own, b"own", 20)
        run("--flash", own).communicate("\r", timeout=20)
        self.assertTrue(os.path.exists(own + ".started"))
        self.assertEqual(read(own), b"own")
        first = run()
        end = time.monotonic() + 20
        while not os.path.exists(flash + ".started"):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.assertEqual(read(flash), app("new", 4000))
        write(flash, b"used", 20)
        second = run()
        self.assertIn("another berth uses it", second.communicate(timeout=20)[1])
        self.assertEqual((second.returncode, read(flash)), (7, b"used"))
        first.send_signal(signal.SIGHUP)  # its terminal was closed
        first.communicate(timeout=20)
        self.assertEqual(first.returncode, 0)  # it has ended the machine

    def test_a_file_is_no_port_and_stays_as_it_is(self):
        path = self.file("precious", 4000)
        out = self.run_berth("list", port=path, expect=7)
        self.assertIn("no serial port", out)
        out = self.run_berth("list", port="run:nothing", expect=7)
        self.assertIn("no `berth run`", out)
        with open(path, "rb") as f:
            self.assertEqual(f.read(), app("precious", 4000))

    def test_what_is_no_app_is_said(self):
        board = self.board()
        path = os.path.join(self.dir, "text")
        for content in (b"", b"a", b"# A text, not an app\n"):
            with open(path, "wb") as f:
                f.write(content)
            out = self.run_berth("install", path, port=board.port, expect=1)
            self.assertIn("neither TAB nor TBF", out)

    def test_only_a_trial_can_be_ended(self):
        board = self.board()
        self.run_berth("install", self.file("t", 4000), port=board.port)
        for command in ("confirm", "rollback"):
            out = self.run_berth(command, "t", port=board.port, expect=5)
            self.assertIn("t is not on trial", out)

    def test_a_board_at_a_tcp_port(self):
        """As QEMU's -serial tcp: makes one: here a listener in between."""
        board = self.board()
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        port = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        ends = threading.Thread(target=self.pass_on, daemon=True,
                                args=(listener, board.port))
        ends.start()
        path = self.file("tcp", 9000)
        self.run_berth("install", path, port=port)
        self.assertEqual(board.apps(), {"tcp": [app("tcp", 9000)]})
        self.assertIn("tcp", self.run_berth("list", port=port))
        listener.shutdown(socket.SHUT_RDWR)
        ends.join(10)
        listener.close()
        out = self.run_berth("list", port=port, expect=7)
        self.assertIn("refused", out)

    @staticmethod
    def pass_on(listener, port):
        while True:
            try:
                tool, _ = listener.accept()
            except OSError:
                return
            board = socket.socket(socket.AF_UNIX)
            board.connect(port.removeprefix("unix:"))
            ends = {tool: board, board: tool}
            while ends:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(4096)
                    if not data:
                        ends = {}
                        break
                    ends[end].sendall(data)
            tool.close()
            board.close()

    def test_progress_on_a_terminal_and_without_one(self):
        board = self.board("--slow", "2")
        path = self.file("bar", 60000)
        ours, theirs = pty.openpty()
        tool = subprocess.Popen([BERTH, "install", path], stdin=theirs,
                                stdout=theirs, stderr=theirs,
                                env={**os.environ, "BERTH_PORT": board.port})
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 4096):
                shown += data
        except OSError:
            pass  # the other end is closed
        os.close(ours)
        self.assertEqual(tool.wait(60), 0)
        self.assertRegex(shown, rb"\d+ ?%")
        self.assertRegex(shown, rb"[kM]?B/s")
        self.assertRegex(shown, rb"\d+ ?s\b|\d+:\d\d")
        self.run_berth("remove", "bar", port=board.port)
        out = self.run_berth("install", path, port=board.port)
        self.assertNotIn("\r", out)
        self.assertIn("bar: 60000 bytes", out)

    def test_a_map_shows_every_app_under_any_name(self):
        board = self.board("--quiet")
        names = ["plain", "a<b&c>\"d\"'e'", "]]>--"]
        for name in names:
            self.run_berth("install", self.file(name, 5000), port=board.port)
        path = os.path.join(self.dir, "map.svg")
        out = self.run_berth("map", "--svg", path, port=board.port)
        picture = xml.etree.ElementTree.parse(path).getroot()
        self.assertTrue(picture.tag.endswith("svg"))
        shown = "\n".join(t for t in picture.itertext())
        for name in names:
            self.assertIn(name, out)
            self.assertIn(name, shown)
        missing = os.path.join(self.dir, "no", "map.svg")
        out = self.run_berth("map", "--svg", missing, port=board.port, expect=3)
        self.assertIn("No such file", out)

    def test_no_name_gets_at_the_terminal(self):
        board = self.board("--quiet")
        bad = {"\x1b[31mred\n": "?[31mred?", "a\x7fb": "a?b", "\x9bJ": "??J",
               "\u202egpj": "???gpj", "caf\u00e9": "caf\u00e9"}
        for name, shown in bad.items():
            out = self.run_berth("install", self.file(name, 5000),
                                 port=board.port)
            self.assertIn(f"{shown} 1 installed\n", out)
        for command in ("list", "map", "info"):
            out = self.run_berth(command, port=board.port)
            for shown in bad.values():
                self.assertTrue(shown in out or command == "info", out)
            self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        rows = json.loads(self.run_berth("list", "--json", port=board.port))
        self.assertEqual({row["name"] for row in rows}, set(bad.values()))
        self.run_berth("remove", "?[31mred?", port=board.port)

    def test_nobody_there_is_said(self):
        out = self.run_berth("list", port="unix:" + self.dir + "/none",
                             expect=7)
        self.assertIn("No such file", out)


if __name__ == "__main__":
    main()
