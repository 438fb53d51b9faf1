# SPDX-License-Identifier: Apache-2.0
APP_CFLAGS := -march=rv32imc_zicsr
