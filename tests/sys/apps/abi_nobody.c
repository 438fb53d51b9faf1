/* SPDX-License-Identifier: Apache-2.0 */
/* What abi_sees does, without a ShortId to be known by. */
#include "abi_sees.c"
