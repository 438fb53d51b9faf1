# SPDX-License-Identifier: Apache-2.0
HEAP_SIZE := 4096
