# SPDX-License-Identifier: Apache-2.0
"""Live loading into the ESP32-C3's flash, on the machine model: the mask ROM boots
what `berth image` has made, from a flash that holds nothing else; erases take
their 60 ms, the line has 115200 baud or is the chip's USB port. FULL=1 does more of
each."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cuts  # noqa: E402
import test_live_hifive1 as hifive1  # noqa: E402
from live import ROOT  # noqa: E402
from berth_tool import main  # noqa: E402

BOARD, USB_BOARD = "esp32-c3-devkit", "esp32-c3-usb"


def setUpModule():  # pylint: disable=invalid-name
    hifive1.build(BOARD)
    hifive1.build(USB_BOARD)


class Esp32c3(hifive1.Hifive1):
    """The whole flash is that file, the kernel in front."""

    board = kernel_of = BOARD
    # An instruction takes 16 ns; three times as fast on the chip.
    sim = ["build/berth-sim", "--pace", "real", "--shift", "4"]

    def front(self):
        with open(os.path.join(ROOT, "build", self.kernel_of,
                               "kernel.flash"), "rb") as file:
            return file.read()

    def images(self):
        return ["none"]


class AtUsb(Esp32c3):
    """CONSOLE=usb: a host at the USB port, nobody at the UART."""

    kernel_of = USB_BOARD

    def line(self):
        return ["--usb", f"unix:{self.socket},nowait", "--serial", "null"]


class OnEsp32c3(hifive1.OnHifive1):
    """The scenarios of the other machines, and of the other chip that runs from
    the flash it writes."""

    machines = Esp32c3


class OverUsb(hifive1.machines.OnMachine, unittest.TestCase):
    """Those that the line matters to; a packet has 64 bytes, and no baud rate."""

    kind = "sim"
    long = 60000
    test_a_panic_report_gets_names = None  # tests/sys/test_esp32c3.py

    def machine(self, *apps):
        machine = AtUsb(self.dir, apps, cuts.QUICK)
        self.addCleanup(machine.kill)
        return machine

    def test_64_kb_use_the_wire_well_and_the_witness_misses_little(self):
        """There is no wire to speak of: how many bytes go over it."""
        machine = self.machine("witness")
        console = self.console(machine)
        out = self.run_berth("install", "--no-start", "--statistics",
                             self.file("big", 65536), port=machine.port)
        self.assertEqual(machine.apps()["big"], [hifive1.app("big", 65536)])
        print("    over USB: " + " ".join(out.split()))
        console.wait_for(rb"(?s)^.{%d}.*witness: .*\n" % len(console.text()))


class PowerCuts(cuts.PowerCuts, unittest.TestCase):
    machines = Esp32c3


if __name__ == "__main__":
    main()
