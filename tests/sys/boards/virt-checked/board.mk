# SPDX-License-Identifier: Apache-2.0
# Round robin with the kernel's invariants checked at every turn, and every driver
# there is: those of the board with credentials (which here are not demanded), the
# serial line for the loader app, and models of the devices this machine lacks.

include boards/qemu-virt-secure/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt-secure/board.c $(LIVE_SOURCES) \
    $(BOOT_MODE_SOURCES),$(BOARD_SOURCES)) $(LINE_SOURCES) \
    drivers/adc.c drivers/button.c drivers/gpio.c drivers/i2c_master.c \
    drivers/pwm.c drivers/sensor.c drivers/spi_controller.c \
    tests/sys/boards/virt-checked/board.c tests/sys/boards/virt-checked/invariants.c \
    tests/sys/boards/virt-checked/models.c
