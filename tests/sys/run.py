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

It lies behind the witness, which keeps a period of 10 ms. It holds
when everything expected has appeared, the witness has reported again after
that, no report tells of a missed period, and the kernel has not panicked.
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
    for board in boards:
        targets = [tbf for t in tests if t.board == board
                   for tbf in harness.tbfs(board, t.apps)]
        if signing.SECURE in kernels(tests, board):
            targets.append(signing.SIGNER)
        for what in [board, *sorted(kernels(tests, board))]:
            trouble = harness.build(what, targets if what == board else [])
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
