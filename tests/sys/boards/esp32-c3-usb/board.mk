# SPDX-License-Identifier: Apache-2.0
# ESP32-C3 whose console is the chip's own USB port.

CONSOLE := usb
include boards/esp32-c3-devkit/board.mk
MEMORY_DIR := boards/esp32-c3-devkit
