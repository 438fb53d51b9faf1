# SPDX-License-Identifier: Apache-2.0
# HiFive1 Rev B with all that its own board leaves out because flash is dear: full
# speed, GPIO, a button, IPC, PWM, SPI1, I2C, UART1. Nothing can be installed on it.

MEMORY_DIR ?= tests/sys/boards/hifive1-io
include tests/sys/boards/hifive1-static/board.mk
BOARD_SOURCES := $(HIFIVE1_SOURCES) $(CONSOLE_SOURCES) loader/boot.c drivers/button.c \
    chips/sifive-e/i2c.c chips/sifive-e/pll.c chips/sifive-e/pwm.c chips/sifive-e/spi.c \
    drivers/gpio.c drivers/i2c_master.c drivers/pwm.c drivers/spi_controller.c \
    tests/sys/boards/hifive1-io/board.c
