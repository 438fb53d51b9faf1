# SPDX-License-Identifier: Apache-2.0
"""Runs the system tests: attacks and scenarios, in QEMU or on the machine model
(tests/sim), on every board.

    python3 tests/sys/run.py [--on qemu|sim] [--boards "a b"] [WORD ...]
    python3 tests/sys/run.py --on hil --port PORT --boards BOARD [WORD ...]

With words only the tests whose name holds one of them; the long ones, named
soak_*, only run when asked for by that word. An attack is an app,
tests/sys/attacks/<name>.c, whose first comment says what has to come of it:

    ATTACK: what it does, in a sentence
    EXPECT: regular expression that must appear in the output (any number)
    EXPECT-esp32: the same, instead, on boards with that in their names
    REJECT: regular expression that must not (any number)
    BOARDS: virt             only there (parts of names; default: every board)
    APPS: witness bystander  who else runs (default: the witness)
    FIXED: why               linked for slot 1, the witness for slot 0
    KERNEL: BOARD OTHER      on that board with the kernel of the other
    FAST: why                at 1 GHz, not at a microcontroller's 62.5 MHz
    LATE: why                the witness may miss periods, but goes on

It lies behind the witness, which keeps a period of 10 ms. It holds
when everything expected has appeared, the witness has reported again after
that, no report tells of a missed period (but see LATE), and the kernel has not panicked.
"""
import argparse
import concurrent.futures
import glob
import importlib.util
import os
import re
import sys
import time
import traceback

import harness
import hil
import signing

HEADER = re.compile(r"\b(ATTACK|EXPECT(?:-\w+)?|REJECT|BOARDS|APPS|FIXED|KERNEL|FAST|LATE): *"
                    r"(.*?) *(?:\*/)?$", re.M)
WITNESS = r"witness: (\d+) periods, (\d+) missed, worst (\d+) us"
REPORTS_AFTER = 2
SLOW_SECONDS = 3  # from here on it is printed how long a test took
FOLDERS = {"qemu": "sys", "sim": "sys-sim", "hil": "hil"}
# By then (half a minute of virtual time) an attack has to have come to its end.
GIVE_UP = r"witness: 3000 periods|witness \(pid \d+\) faulted|KERNEL PANIC END"


class Test:
    """A name, a board, the apps of the image, and a function on a machine."""

    def __init__(self, name, board, apps, body, options):
        self.name, self.board, self.apps = name, board, apps
        self.body, self.options = body, options
        self.image = f"build/{board}/{FOLDERS[harness.ON]}/{name.replace(' ', '_')}.img"
        self.seconds = 0.0

    def boot(self):
        """Its machine."""
        if harness.ON == "hil":
            return hil.Board(self.board, self.options["port"],
                             harness.tbfs(self.board, self.apps),
                             self.options["timeout"])
        prepare = self.options.get("prepare")
        if self.apps or prepare:
            harness.make_image(self.board, self.apps, self.image)
        if prepare:
            prepare(self.board, self.image)
        return harness.Machine(self.board,
                               self.image if self.apps or prepare else None,
                               self.options["extra"], self.options["timeout"],
                               self.options.get("kernel"),
                               self.options.get("cpu"),
                               self.options.get("more"),
                               self.options.get("model"))

    def run(self):
        """Judges, and takes the time: None if it held, else why not and the output."""
        began = time.monotonic()
        result = self.judge()
        self.seconds = time.monotonic() - began
        return result

    def judge(self):
        """Boots, and looks whether it behaves."""
        output = ""
        try:
            with self.boot() as machine:
                try:
                    self.body(machine)
                    if not self.options["may_panic"]:
                        machine.refuse(harness.PANIC)
                finally:
                    machine.kill()
                    output = machine.output
        except harness.Failed as failure:
            return str(failure), output
        except Exception:  # a mistake in the test is a failure of it
            return traceback.format_exc(), output
        if os.path.exists(self.image):
            os.remove(self.image)
        return None


def header_of(path):
    """The fields of an attack's first comment."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    fields = {}
    for key, value in HEADER.findall(text.split("\n#include", 1)[0]):
        fields.setdefault(key, []).append(value)
    return fields


def expected(fields, board):
    """What has to appear on that board."""
    own = [texts for key, texts in fields.items()
           if key.startswith("EXPECT-") and key[len("EXPECT-"):] in board]
    return own[0] if own else fields["EXPECT"]


def attack_body(fields):
    """What an attack's machine has to show."""
    def body(machine):
        machine.give_up = GIVE_UP
        machine.expect_all(expected(fields, machine.board))
        for _ in range(REPORTS_AFTER):
            machine.expect(WITNESS)
        for periods, missed, worst in re.findall(WITNESS, machine.output):
            if missed != "0" and "LATE" not in fields:
                raise harness.Failed(f"after {periods} periods the witness had "
                                     f"missed {missed}, worst {worst} us")
        for pattern in fields.get("REJECT", []):
            machine.refuse(pattern)
    return body


def attacks(boards):
    """One test for each attack and board."""
    for path in sorted(glob.glob("tests/sys/attacks/*.c")):
        name = os.path.basename(path)[:-2]
        fields = header_of(path)
        if "EXPECT" not in fields or "ATTACK" not in fields:
            sys.exit(f"{path}: its first comment lacks ATTACK: or EXPECT:")
        others = " ".join(fields.get("APPS", ["witness"])).split()
        others = [o for o in others if o != "witness"]
        options = {"extra": harness.ICOUNT if "FAST" in fields else harness.MCU,
                   "timeout": harness.TIMEOUT, "may_panic": False}
        apps = ["witness", name, *others]
        if "FIXED" in fields:
            apps = [f"{app}.{slot}" for slot, app in enumerate(apps)]
        wanted = " ".join(fields.get("BOARDS", [""])).split() or [""]
        kernels = dict(line.split() for line in fields.get("KERNEL", []))
        for board in boards:
            if any(w in board for w in wanted):
                yield Test(name, board, apps, attack_body(fields),
                           {**options, "kernel": kernels.get(board)})


def needs_qemu(options):
    """The machine model has the devices that it has."""
    return (options["more"] is not None or "-global" in options["extra"]
            or "-rtc" in options["extra"])


def scenarios(boards):
    """One test for each scenario and board."""
    for path in sorted(glob.glob("tests/sys/test_*.py")
                       + glob.glob("tests/sys/soak_*.py")):
        module_name = os.path.basename(path)[:-3]
        spec = importlib.util.spec_from_file_location(module_name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        prefix = "soak " if module_name.startswith("soak_") else ""
        for name, function in vars(module).items():
            options = getattr(function, "scenario", None)
            if options is None:
                continue
            for board in boards:
                if harness.ON == "sim" and needs_qemu(options):
                    continue
                if harness.ON == "qemu" and options["model"]:
                    continue
                if any(w in board for w in options["boards"] or [""]):
                    yield Test(prefix + name.replace("_", " "), board,
                               list(options["apps"]), function, options)


def chosen(tests, words):
    """The tests that one of the words picks; without words all short ones."""
    if words:
        return [t for t in tests
                if any(w in t.name or w in t.name.replace(" ", "_")
                       for w in words)]
    return [t for t in tests if not t.name.startswith("soak ")]


def kernels(tests, board):
    """The kernels other than the board's own that its tests run."""
    return {t.options["kernel"] for t in tests
            if t.board == board and t.options.get("kernel")}


def report(test, result):
    """Prints one verdict; keeps the output of what failed in a file."""
    if result is None:
        slow = f" ({test.seconds:.0f} s)" if test.seconds >= SLOW_SECONDS else ""
        print(f"  ok    {test.board}: {test.name}{slow}", flush=True)
        return True
    why, output = result
    log = test.image[:-4] + ".log"
    os.makedirs(os.path.dirname(log), exist_ok=True)
    with open(log, "w", encoding="utf-8") as file:
        file.write(output)
    print(f"  FAIL  {test.board}: {test.name}: {why}")
    for line in output.splitlines()[-25:]:
        print(f"        | {line}")
    print(f"        whole output: {log}", flush=True)
    return False


def for_a_board(tests, port):
    """Those that can be run on a board; says which are left out, and why."""
    left_out = {}
    for test in tests:
        test.options = {**test.options, "port": port}
        why = hil.why_not(test)
        if why:
            left_out.setdefault(why, []).append(test.name)
    for why, names in sorted(left_out.items()):
        print(f"  left out, as they need {article(why)}: {', '.join(names)}")
    return [t for t in tests if not hil.why_not(t)]


def article(what):
    return what if what.startswith("another") or what.endswith("options") else (
        ("an " if what[0] in "aeiou" else "a ") + what)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--boards", default="qemu-virt hifive1-revb")
    parser.add_argument("--on", choices=["qemu", "sim", "hil"], default="qemu")
    parser.add_argument("--port", help="with --on hil: where the board is")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    harness.ON = arguments.on
    if (arguments.on == "hil") != (arguments.port is not None):
        parser.error("--on hil and --port belong together")
    # One that has its machine from another board is a kernel for that one's
    # scenarios (kernel=), no board of its own here. QEMU has not every machine.
    machines = ["QEMU_MACHINE"] + (["ESP32C3_BOOT"] if harness.ON != "qemu" else [])
    boards = []
    for board in arguments.boards.split():
        with open(f"boards/{board}/board.mk", encoding="utf-8") as file:
            if (arguments.on == "hil"
                    or re.search(rf"^({'|'.join(machines)})\b", file.read(), re.M)):
                boards.append(board)
    tests = chosen([*attacks(boards), *scenarios(boards)], arguments.words)
    tests = for_a_board(tests, arguments.port) if arguments.port else tests
    if not tests:
        print("no test has one of these words in its name: "
              f"{' '.join(arguments.words)}" if arguments.words
              else f"no test for the boards {arguments.boards}")
    images = {board: sorted(kernels(tests, board)) for board in boards}
    trouble = harness.build_kernels(dict.fromkeys(
        what for board, others in images.items() for what in [board, *others]))
    if trouble:
        print(trouble)
    for board, others in images.items():
        targets = [tbf for t in tests if t.board == board
                   for tbf in harness.tbfs(board, t.apps)]
        if signing.SECURE in others:
            targets.append(signing.SIGNER)
        trouble = harness.build(board, targets)
        if trouble:
            print(trouble)
    jobs = 1 if arguments.port else arguments.jobs
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        held = [report(test, result) for test, result
                in zip(tests, pool.map(Test.run, tests))]
    print(f"{sum(held)} passed, {len(held) - sum(held)} failed")
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
