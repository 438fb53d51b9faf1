# SPDX-License-Identifier: Apache-2.0
"""Pins, buttons and IPC on the small board that has them."""
from harness import boot
from test_abi import all_hold
from test_ipc import CLAUSES


@boot("abi_gpio", boards=["hifive1"], kernel="hifive1-io")
def pins_and_buttons_behave_as_documented(m):
    all_hold(m, "abi_gpio", 20)


@boot("ipc_service", "abi_ipc", boards=["hifive1"], kernel="hifive1-io")
def ipc_works_on_a_small_board(m):
    all_hold(m, "abi_ipc", CLAUSES)
