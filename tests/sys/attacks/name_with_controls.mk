# SPDX-License-Identifier: Apache-2.0
# An escape sequence, made by the shell: no editor shows it here.
PACKAGE_NAME := $(shell printf '\033[2J berth$$')
