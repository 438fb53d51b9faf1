# SPDX-License-Identifier: Apache-2.0
# ESP32-C3 booted directly from flash, by the kernel's own stub.

ESP32C3_BOOT := direct
include boards/esp32-c3-devkit/board.mk
MEMORY_DIR := boards/esp32-c3-devkit
