# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 4096
