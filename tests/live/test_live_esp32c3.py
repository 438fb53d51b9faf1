# SPDX-License-Identifier: Apache-2.0
"""Live loading into the ESP32-C3's flash, on the machine model: the mask ROM boots
what `berth image` has made, from a flash that holds nothing else; erases take
their 45 ms, the line has 115200 baud. FULL=1 does more of each."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_live_hifive1 as hifive1  # noqa: E402
from live import ROOT  # noqa: E402
from berth_tool import main  # noqa: E402

BOARD = "esp32-c3-devkit"


def setUpModule():  # pylint: disable=invalid-name
    hifive1.build(BOARD)


class Esp32c3(hifive1.Hifive1):
    """The whole flash is that file, the kernel in front."""

    board = BOARD
    # An instruction takes 16 ns; three times as fast on the chip.
    sim = ["build/berth-sim", "--pace", "real", "--shift", "4"]

    def front(self):
        with open(os.path.join(ROOT, "build", BOARD, "kernel.flash"), "rb") as file:
            return file.read()

    def images(self):
        return ["none"]


class OnEsp32c3(hifive1.OnHifive1):
    """The scenarios of the other machines, and of the other chip that runs from
    the flash it writes."""

    machines = Esp32c3


class PowerCuts(hifive1.PowerCuts):
    """The power goes at a flash operation of a live session, whole or torn."""

    machines = Esp32c3


if __name__ == "__main__":
    main()
