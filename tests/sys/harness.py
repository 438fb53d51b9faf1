# SPDX-License-Identifier: Apache-2.0
"""A board as an object, in QEMU or on the machine model: boot it, type to it,
wait for what it prints.

A scenario is a function whose name is a sentence, in a file test_*.py:

    from harness import boot

    @boot("witness", "hello")
    def hello_greets_and_ends(m):
        m.expect(r"Hello")
        m.type("list")
        m.expect(r"hello .* Terminated")

The apps are those of apps/, tests/sys/apps/ and tests/sys/attacks/, by name,
in the order in which they lie in flash; `hello.0` is linked for fixed addresses,
those of the board's slot 0. A scenario fails by an exception; expect() raises
one when its text does not come. Time in the machine is virtual: it runs as
fast as it can and skips over idle time, so seconds here are only a limit.
"""
import codecs
import os
import re
import subprocess
import threading
import time

TIMEOUT = int(os.environ.get("SYS_TIMEOUT", "240"))
PANIC = r"KERNEL PANIC"
ICOUNT = ("-icount", "shift=0,sleep=off")
# For apps that all end: without a timer to skip to, QEMU 7.2 jumps to the end of
# its virtual time, where at times it hears its serial line no more. Here idle
# time passes as on the wall.
IDLE = ("-icount", "shift=0")
# An instruction takes 16 ns, as on a microcontroller: what keeps the processor
# busy for seconds is tested for in a sixteenth of the instructions.
MCU = ("-icount", "shift=4,sleep=off")
# An instruction takes 64 ns instead of 1: for apps that compute through many
# time slices.
SLOW = ("-icount", "shift=6,sleep=off")
SLOW_IDLE = ("-icount", "shift=6")
# Flash is busy for as long as real flash is, on the machine model. QEMU's never is.
FLASH_TIME = "-flash-time"
# The window for instructions of the ESP32-C3's flash gives no bytes, only words.
FLASH_WORDS = "-flash-words"
OF_MODEL = (FLASH_TIME, FLASH_WORDS)


# What machines are booted on: "qemu", "sim" (tests/sim) or "hil", a board at a
# serial line (hil.py). run.py sets it.
ON = "qemu"
ENDED = {"qemu": "QEMU", "sim": "the model", "hil": "the serial line"}


class Failed(Exception):
    """The machine did not do what the test wants."""


def sim_options(extra, cpu):
    """What the model calls the options of QEMU that scenarios use."""
    options, words = ["--pace", "fast"], list(extra)
    while words:
        word = words.pop(0)
        if word in OF_MODEL:
            options.append("-" + word)
            continue
        value = words.pop(0) if words else ""
        shift = re.fullmatch(r"shift=(\d+)(,sleep=off)?", value)
        path = re.search(r"path=([^,]+)", value)
        if word == "-icount" and shift:
            options += ["--shift", shift[1]]
        elif word == "-chardev" and path:
            options += ["--gdb", path[1] + ",nowait"]
        elif word != "-gdb":
            raise Failed(f"the model has nothing like {word} {value}")
    if cpu not in (None, "x-epmp=true"):
        raise Failed(f"the model's core has no {cpu}")
    return options + (["--smepmp"] if cpu else [])


def command(board, kernel, image, extra, cpu):
    """The words that boot a machine with its console on stdio."""
    if ON == "sim":
        return ["tools/sim", board, kernel, image, *sim_options(extra, cpu)]
    return ["tools/qemu", board, kernel, image, "-serial", "stdio", "-seed", "1",
            *(word for word in extra if word not in OF_MODEL)]


class Machine:
    """One boot of one board. To be used by `with`; the end is a SIGKILL."""

    def __init__(self, board, image, extra=ICOUNT, timeout=TIMEOUT,
                 kernel=None, cpu=None, more=None, model=()):
        process = subprocess.Popen(
            command(board, f"build/{kernel or board}/kernel.elf",
                    image or "none", extra, cpu) + list(model or ()),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0,
            env={**os.environ, **({"QEMU_CPU_MORE": cpu} if cpu else {}),
                 **({} if more is None else {"QEMU_MORE": more})})
        self._process = process
        self.listen(board, timeout, lambda: process.stdout.read(65536))

    def listen(self, board, timeout, read):
        """From now on what comes is kept; read() is b"" at its end."""
        self.board = board
        self.output = ""
        self._seen = 0
        self.give_up = None  # text at which nothing is waited for any more
        self._end = time.monotonic() + timeout
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=[read], daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def _read(self, read):
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while True:
            data = read()
            with self._news:
                if data:
                    self.output += decoder.decode(data)
                else:
                    self._reader = None
                self._news.notify_all()
                if not data:
                    return

    def send(self, text):
        """Puts bytes on the serial line as they are."""
        try:
            self._process.stdin.write(text.encode())
        except BrokenPipeError:
            raise Failed(f"{ENDED[ON]} has ended") from None

    def type(self, line):
        """Types a line and the return key."""
        self.send(line + "\r")

    def expect(self, pattern, timeout=None):
        """Waits for text behind what was expected before; returns the match."""
        regex = re.compile(pattern, re.M)
        end = self._end
        if timeout is not None:
            end = min(end, time.monotonic() + timeout)
        with self._news:
            while True:
                match = regex.search(self.output, self._seen)
                if match:
                    self._seen = match.end()
                    return match
                left = end - time.monotonic()
                if self.give_up and re.search(self.give_up, self.output):
                    left = 0
                if left <= 0:
                    raise Failed(f"in vain waited for /{pattern}/")
                if self._reader is None:
                    raise Failed(f"{ENDED[ON]} ended before /{pattern}/")
                self._news.wait(left)

    def expect_all(self, patterns):
        """Waits until each has appeared, in any order, from where we are."""
        start = end = self._seen
        for pattern in patterns:
            self._seen = start
            self.expect(pattern)
            end = max(end, self._seen)
        self._seen = end

    def until_listed(self, name, state):
        """Types `list` until it shows the first app of that name like that."""
        row = rf"^ \d+ +\S+ +{name} +\d+ +\d+ +\d+ +\d+/ ?\d+ +(\S[^\r\n]*)[\r\n]"
        while True:
            self.type("list")
            if re.fullmatch(state, self.expect(row)[1].strip()):
                return

    def refuse(self, pattern):
        """Fails if that text was printed at any time."""
        match = re.search(pattern, self.output, re.M)
        if match:
            raise Failed(f"printed what it must not: {match.group(0)!r}")

    def wait(self):
        """Waits until it ends by itself; its exit status."""
        try:
            return self._process.wait(max(0.1, self._end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Failed(f"{ENDED[ON]} did not end") from None

    def kill(self):
        """Ends it: QEMU under sleep=off listens to no other signal."""
        self._process.kill()
        self._process.wait()
        reader = self._reader
        if reader:
            reader.join(5)
        self._process.stdin.close()
        self._process.stdout.close()


def boot(*apps, boards=None, extra=ICOUNT, timeout=TIMEOUT, may_panic=False,
         kernel=None, cpu=None, more=None, prepare=None, model=None):
    """Makes a function a scenario: see above. boards: parts of their names;
    kernel: that of another board, of tests/sys/boards/, on this machine; cpu:
    more properties of the processor; more: devices in place of the board's
    QEMU_MORE; prepare: called as prepare(board, path)
    to change the flash image at that path, or to make one for no apps; model: only
    on the machine model, with these options of it."""
    def mark(function):
        function.scenario = {
            "apps": apps, "boards": boards, "extra": tuple(extra),
            "timeout": timeout, "may_panic": may_panic, "kernel": kernel,
            "cpu": cpu, "more": more, "prepare": prepare, "model": model,
        }
        return function
    return mark


def setting(board, name):
    """What boards/<board>/board.mk sets `name` to."""
    path = os.path.join("boards", board, "board.mk")
    with open(path, encoding="utf-8") as file:
        found = re.search(rf"^{name}\s*[:?]*=[ \t]*(.*?)[ \t]*$", file.read(), re.M)
    if not found:
        raise Failed(f"{path} does not set {name}")
    return found.group(1)


def tbfs(board, apps):
    """The files the apps are built to. `name` lies anywhere, `name.2` is linked
    for the board's slot 2; slots come in order."""
    return [f"build/{board}/apps/{app}.tbf" if "." in app
            else f"build/apps/{app}.tbf" for app in apps]


def build(board, targets):
    """Builds the board's kernel and as much of that as can be built; what make says,
    if it failed."""
    return make(f"BOARD={board}", "kernel", "build/berth",
                *(["build/berth-sim"] if ON == "sim" else []), *sorted(set(targets)))


def build_kernels(boards):
    """The same of many boards' kernels."""
    return make("kernels", f"KERNELS={' '.join(boards)}")


def make(*words):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "-k", "-j2", "--no-print-directory", *words], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, env=environment, check=False)
    return None if done.returncode == 0 else done.stdout


def make_image(board, apps, path):
    """Writes the flash image that holds the apps in that order."""
    make_image_of(board, tbfs(board, apps), path)


def make_image_of(board, files, path):
    """The same of object files."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    done = subprocess.run(
        ["build/berth", "image", "-o", path, "--base", setting(board, "APPS_BASE"),
         "--size", setting(board, "APPS_SIZE"), "--pad", "0", *files],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"no image: {done.stdout.strip()}")
