# SPDX-License-Identifier: Apache-2.0
"""Power cuts at flash operations of a live session, whole or torn, on a board of
the machine model that runs from the flash it writes.

The session is done once, each of its steps by a machine of its own, which tells
how many operations the step took. What flash held before a step is kept; so a cut
begins with that image at the step it is in, and costs a boot, part of a step and
another boot. Cuts are drawn from all operations, whole and torn, none twice, of each
step as many while it has some: half of all are moves. Several are done at a time,
since the machines mostly wait. Of each fourth the next boot, which puts things
right, is cut as well.

After each: what was there before is there byte for byte and runs, what the step was
about is done or not, and if not it can be done now."""
import concurrent.futures
import itertools
import os
import random
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import ROOT, app, berth, folder  # noqa: E402

FULL = bool(os.environ.get("FULL"))
CUTS = int(os.environ.get("CUTS") or (500 if FULL else 50))
SEED = int(os.environ.get("SEED") or "1")
JOBS = 4 if FULL or os.environ.get("CUTS") else 2
# Flash 20 times as fast: what is looked at is not how long it takes.
QUICK = ["--flash-speed", "20"]
CUT, LIMIT = 123, 121  # how the model ends then, and when its time is over
# d fits into the hole that b leaves, whose sectors it shares with others.
STEPS = (("install", "c1"), ("install", "a2"), ("confirm", "a"), ("remove", "b"),
         ("install", "d1"), ("disable", "c"), ("compact",))


class World:
    """The apps of the session, and what each step makes of what is there."""

    def __init__(self, directory):
        self.dir = directory
        with open(os.path.join(ROOT, "build/apps/witness.tbf"), "rb") as file:
            self.witness = file.read()
        self.blobs = {"a1": app("a", 3000, 1), "a2": app("a", 3400, 2),
                      "b1": app("b", 5200, 1), "c1": app("c", 6000, 1), "d1": app("d", 4800, 1)}
        for name in "a2", "c1", "d1":
            with open(self.file(name), "wb") as file:
                file.write(self.blobs[name])
        self.first = [self.blobs["b1"], self.blobs["a1"], self.witness]
        self.state = {"a": [self.blobs["a1"]], "b": [self.blobs["b1"]],
                      "witness": [self.witness]}

    def file(self, name):
        return os.path.join(self.dir, name + ".tbf")

    def after(self, state, step):
        """What is installed once that step is done."""
        blobs, state = self.blobs, dict(state)
        if step == ("install", "a2"):
            state["a"] = sorted([blobs["a1"], blobs["a2"]])
        elif step[0] == "install":
            state[step[1][0]] = [blobs[step[1]]]
        elif step[0] == "confirm":
            state["a"] = [blobs["a2"]]
        elif step[0] == "remove":
            del state["b"]
        return state

    def perform(self, machine, step):
        words = list(step)
        if step[0] == "install":
            words = ["install", "--no-start", self.file(step[1])]
        return berth(*words, port=machine.port)


class Part:
    """A step: what flash held before it, and how many operations it takes."""

    def __init__(self, step, image, before, after):
        self.step, self.image = step, image
        self.before, self.after = before, after
        self.operations = 0
        # Those that have to run whether it was done or not.
        self.run = set(before) & set(after)
        if step[0] in ("disable", "compact"):
            self.run.discard("c")


def session(machines, world):
    """The parts of the session, none of them cut."""
    machine = machines(world.dir, world.first, [*QUICK, "--stats"])
    parts, state = [], world.state
    for step in STEPS:
        with open(machine.flash, "rb") as file:
            part = Part(step, file.read().rstrip(b"\xff"), state,
                        world.after(state, step))
        done = world.perform(machine, step)
        machine.process.send_signal(signal.SIGTERM)
        machine.process.wait()
        said = machine.process.stderr.read().decode()
        machine.process.stderr.close()
        if done.returncode != 0:
            raise AssertionError(f"{step}: {done.stderr}{said}")
        part.operations = int(re.search(r"(\d+) flash operations", said)[1])
        parts.append(part)
        state = part.after
        machine.start()
    machine.kill()
    return parts


class Cut:
    """The power goes at an operation of a part, and comes back."""

    def __init__(self, part, where, chance):
        self.part = part
        self.options = ["--cut", where, "--seed", str(chance.randrange(1 << 30))]
        self.again = []
        if chance.random() < 0.25:
            self.again = ["--cut", f"{chance.randint(1, 6)}:torn", "--seed",
                          str(chance.randrange(1 << 30))]

    def __str__(self):
        return " ".join([*self.part.step, *self.options, *self.again])

    def look(self, machine):
        """What is there; those that have to run are given a moment to."""
        for _ in range(10):
            found = machine.apps()
            if self.part.run <= set(machine.running):
                break
        return found

    def recover(self, machine):
        """Boots, with power that may go again while things are put right."""
        machine.options = QUICK
        if self.again:
            machine.boot_alone(self.again)
        machine.start()

    def happens(self, machine, world):
        """False: the step ended before that operation came."""
        done = world.perform(machine, self.part.step)
        if done.returncode == 0 and machine.process.poll() is None:
            return False
        if machine.process.wait(20) != CUT:
            raise AssertionError(f"{self}: {done.stderr}")
        machine.process.stderr.close()
        return True

    def done(self, machines, world):
        """Does it, in a folder of its own; whether the power went."""
        with folder() as directory:
            machine = machines(directory, [], [*QUICK, *self.options],
                               whole=self.part.image)
            try:
                if not self.happens(machine, world):
                    return False
                self.recover(machine)
                self.check(machine, world)
            finally:
                machine.kill()
        return True

    def check(self, machine, world):
        part, found = self.part, self.look(machine)
        if found not in (part.before, part.after):
            raise AssertionError(f"{self}: there is {self.told(found)}")
        if not part.run <= set(machine.running):
            raise AssertionError(f"{self}: of {sorted(part.run)} run {machine.running}")
        if found != part.after and part.step[0] in ("install", "remove"):
            done = world.perform(machine, part.step)
            if done.returncode != 0 or machine.apps() != part.after:
                raise AssertionError(f"{self}: asked again: {done.stderr}")

    @staticmethod
    def told(found):
        return {name: [len(blob) for blob in blobs] for name, blobs in found.items()}


def draw(parts, chance, count):
    """So many of all cuts, from each part in turn."""
    piles = []
    for part in parts:
        places = [f"{at}{torn}" for at in range(1, part.operations + 1)
                  for torn in ("", ":torn")]
        chance.shuffle(places)
        piles.append([(part, where) for where in places])
    rounds = itertools.zip_longest(*piles)
    drawn = (pick for round in rounds for pick in round if pick is not None)
    return [Cut(*pick, chance) for pick in itertools.islice(drawn, count)]


class PowerCuts:
    """For a class of unittest.TestCase that names its `machines`."""

    machines = None

    def test_what_was_installed_is_there_and_the_step_is_done_or_not(self):
        print(f"    SEED={SEED} CUTS={CUTS}", flush=True)
        with folder() as directory:
            world = World(directory)
            parts = session(self.machines, world)
            drawn = draw(parts, random.Random(SEED), CUTS)
            with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
                went = list(pool.map(lambda cut: self.one(cut, world), drawn))
        print(f"    {sum(went)} cuts among {sum(p.operations for p in parts)} "
              f"operations, {len(drawn) - sum(went)} after the end of their step: " +
              ", ".join(f"{p.step[0]} {sum(c.part is p for c in drawn)}" for p in parts))
        self.assertGreaterEqual(sum(went), len(drawn) * 9 // 10)

    def one(self, cut, world):
        try:
            return cut.done(self.machines, world)
        except AssertionError as failure:
            with self.subTest(str(cut)):
                raise failure
        return True
