# SPDX-License-Identifier: Apache-2.0
# ESP32-C3 where apps run from copies of their binaries in SRAM.

CODE := ram
include boards/esp32-c3-devkit/board.mk
MEMORY_DIR := boards/esp32-c3-devkit
