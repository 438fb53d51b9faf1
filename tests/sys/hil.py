# SPDX-License-Identifier: Apache-2.0
"""System tests on a board, over nothing but its serial line: apps are installed
by the host command, then the operator resets the board and the scenario begins.

The board runs the kernel of this tree (`make flash`), with the operator console
and live loading. What needs more than the line is left out, by name: another
kernel, a flash image of its own, a debugger, a look at how the machine ended.
"""
import inspect
import json
import os
import re
import select
import socket
import subprocess
import termios
import time
import tty

import harness

BERTH = "build/berth"
PATIENCE = 20  # seconds in which a board answers that does
RESET_SECONDS = 15
# What scenarios say that only an emulator can hear.
NEEDS_EMULATOR = re.compile(r"\.wait\(\)|type\(\"(exit|panic)\"\)|\.kill\(\)|"
                            r"with (harness\.)?Machine\(|subprocess")


class NoAnswer(harness.Failed):
    """The board itself has to be looked after."""


def counts_from_boot(app):
    path = f"tests/sys/attacks/{app}.c"
    if not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as file:
        return "rest_after_ms(" in file.read()


def why_not(test):
    """Why that test cannot be run on a board, or None."""
    options = test.options
    if options.get("kernel"):
        return "another kernel"
    if options.get("prepare") or any("." in app for app in test.apps):
        return "flash image of its own"
    if options.get("cpu") or options.get("more") is not None or options.get("model"):
        return "another machine"
    if any(word.startswith(("-gdb", "-chardev", "-rtc", "-global"))
           for word in options["extra"]):
        return "emulator's options"
    if options["may_panic"]:
        return "kernel that stops"
    if any(counts_from_boot(app) for app in test.apps):
        return "clock that a reset sets to 0"
    if NEEDS_EMULATOR.search(inspect.getsource(test.body)):
        return "emulator's end"
    return None


def berth(port, *words):
    """The host command; what it says, and whether it has done it."""
    done = subprocess.run([BERTH, words[0], "--port", port, *words[1:]], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout


def insist(port, *words):
    """Asks up to three times: apps of the last test may still be at it."""
    for _ in range(3):
        done, said = berth(port, *words)
        if done:
            return said
    raise NoAnswer(f"berth {' '.join(words)}: {said.strip()}")


def installed(port):
    """Names, in the order in which they lie in flash."""
    rows = json.loads(insist(port, "list", "--json"))
    return [row["name"] for row in sorted(rows, key=lambda row: row["offset"])]


def name_of(path):
    """As the board calls it."""
    done = subprocess.run([BERTH, "info", path], text=True, check=True,
                          stdout=subprocess.PIPE)
    return re.search(r"^  name +(.*)$", done.stdout, re.M)[1]


def put(port, files):
    """These apps and no others, in that order: what is there already and in
    its place stays, for flash wears."""
    wanted, there = [name_of(path) for path in files], installed(port)
    same = 0
    while same < min(len(wanted), len(there)) and wanted[same] == there[same]:
        same += 1
    if there[same:]:
        insist(port, "remove", *there[same:])
    for path in files[same:]:
        insist(port, "install", "--no-start", path)
    if installed(port) != wanted:
        raise harness.Failed(f"the board holds {installed(port)}, not {wanted}")


def connect(port):
    """A file descriptor of the line: of a serial device at 115200 baud, or of
    what berth calls unix:PATH."""
    if port.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.connect(port[len("unix:"):])
        return line.detach()
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(descriptor)
    mode = termios.tcgetattr(descriptor)
    mode[2] = (mode[2] | termios.CLOCAL | termios.CREAD) & ~termios.HUPCL
    mode[4] = mode[5] = termios.B115200
    termios.tcsetattr(descriptor, termios.TCSANOW, mode)
    return descriptor


class Board(harness.Machine):
    """The board, from a reset on, with these apps in its flash."""

    def __init__(self, board, port, files, timeout):
        # pylint: disable=super-init-not-called # no process
        put(port, files)
        self._line = connect(port)
        self._is_open = True
        self.listen(board, timeout, self._receive)
        self._reset()

    def _receive(self):
        while self._is_open:
            ready, _, _ = select.select([self._line], [], [], 0.1)
            if ready:
                try:
                    return os.read(self._line, 65536)
                except OSError:  # unplugged
                    return b""
        return b""

    def _reset(self):
        """Ctrl-] leaves an app that the operator may be attached to."""
        end = time.monotonic() + RESET_SECONDS
        while time.monotonic() < end:
            self.send("\x1d\r")
            try:
                self._seen = self.expect(r"berth\$ ", 2).start()
                self.type("reset")
                # A kernel begins by a prompt. The echo's end is lost in the reset.
                self.expect(r"berth\$ r?e?s?e?t?\r?\n?(?=berth\$ )", 2)
            except harness.Failed:
                continue
            self.output, self._seen = self.output[self._seen:], 0
            return
        self.kill()
        raise NoAnswer("no prompt: press reset, and look whether it is the kernel "
                       "of this tree")

    def send(self, text):
        try:
            data = text.encode()
            while data:
                data = data[os.write(self._line, data):]
        except OSError as error:
            raise NoAnswer(str(error)) from None

    def kill(self):
        if not self._is_open:
            return
        self._is_open = False
        if self._reader:
            self._reader.join(5)
        os.close(self._line)
