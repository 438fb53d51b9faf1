# SPDX-License-Identifier: Apache-2.0
# What this app needs; every line may go, docs/writing-an-app.md has the rest.
STACK_SIZE := 1024
HEAP_SIZE := 512
APP_VERSION := 1
