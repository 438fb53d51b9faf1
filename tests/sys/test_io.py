# SPDX-License-Identifier: Apache-2.0
"""What the FE310 has for apps beside pins: PWM, SPI1, I2C, UART1, all at 320 MHz,
on the machine model, with something at the other end of each."""
import os
import re
import socket
import time

from harness import Failed, boot
from test_abi import all_hold

UART1 = "build/hifive1-revb/uart1.txt"
SOCKET = "build/hifive1-revb/uart1.socket"
ATTACHED = ("--wire", "21:0", "--spi1", "flash", "--i2c-memory", "0x50",
            "--i2c-holder", "0x52:1000", "--serial1", "file:" + UART1)


@boot("drv_io", boards=["hifive1"], kernel="hifive1-io", model=ATTACHED)
def pwm_spi_i2c_and_the_second_uart_reach_what_is_attached(m):
    all_hold(m, "drv_io", 33)
    with open(UART1, encoding="utf-8") as file:
        heard = file.read()
    if not re.fullmatch(r"LowLevelDebug: App 0x\w+ prints 0x1f0\n", heard):
        raise Failed(f"out of UART1 came {heard!r}")


def heard_back(line, sent):
    """What comes back of that."""
    line.sendall(sent)
    got, end = b"", time.monotonic() + 60
    while len(got) < len(sent) and time.monotonic() < end:
        try:
            got += line.recv(4096)
        except TimeoutError:
            break
    return got


@boot("witness", boards=["hifive1"], kernel="hifive1-io",
      model=("--serial1", f"unix:{SOCKET},nowait"))
def the_second_uart_hears_every_byte_at_the_line_s_speed(m):
    m.expect(r"witness: \d+ periods, 0 missed")
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(SOCKET)
        # Every value; a burst many times as long as the FIFO of 8 bytes.
        for sent in (b"A", bytes(range(256)), bytes(range(255, -1, -1)) * 8):
            got = heard_back(line, sent)
            if got != sent:
                raise Failed(f"of {len(sent)} bytes came back {len(got)}: {got[:80]!r}")
    m.expect(r"witness: \d+ periods, 0 missed")
    os.remove(SOCKET)
