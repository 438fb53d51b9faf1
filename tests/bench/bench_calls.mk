# SPDX-License-Identifier: Apache-2.0
# The console is the last driver of qemu-virt's table; its command 3 (stop a
# read) enters the grant and does nothing else.
APP_CFLAGS := -march=rv32imc_zicsr -DBENCH_LAST_DRIVER=1u -DBENCH_GRANT_COMMAND=3u
