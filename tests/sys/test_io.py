# SPDX-License-Identifier: Apache-2.0
"""What the FE310 has for apps beside pins: PWM, SPI1, I2C, UART1, all at 320 MHz,
on the machine model, with something at the other end of each."""
import re

from harness import Failed, boot
from test_abi import all_hold

UART1 = "build/hifive1-revb/uart1.txt"
ATTACHED = ("--wire", "21:0", "--spi1", "flash", "--i2c-memory", "0x50",
            "--serial1", "file:" + UART1)


@boot("drv_io", boards=["hifive1"], kernel="hifive1-io", model=ATTACHED)
def pwm_spi_i2c_and_the_second_uart_reach_what_is_attached(m):
    all_hold(m, "drv_io", 29)
    with open(UART1, encoding="utf-8") as file:
        heard = file.read()
    if not re.fullmatch(r"LowLevelDebug: App 0x\w+ prints 0x1f0\n", heard):
        raise Failed(f"out of UART1 came {heard!r}")
