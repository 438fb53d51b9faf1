# SPDX-License-Identifier: Apache-2.0
SOURCES := tests/bench/bench_reloc.c pic/reloc.c
APP_CFLAGS := -march=rv32imc_zicsr -I.
