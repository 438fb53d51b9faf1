# SPDX-License-Identifier: Apache-2.0
APP_CFLAGS := -march=rv32imc_zicsr
SHORT_ID := 0x10AD0001
PERMISSIONS := 1,0 1,1 0x10001,1 0x10001,2 0x10001,3 0x10001,4
