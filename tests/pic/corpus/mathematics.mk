# SPDX-License-Identifier: Apache-2.0
PRINTF := double
STACK_SIZE := 4096
