/* SPDX-License-Identifier: Apache-2.0 */
/* `berth info` without files: of a board. */
#ifndef BERTH_BOARD_INFO_H
#define BERTH_BOARD_INFO_H

#include <stdbool.h>
#include <stdint.h>

int board_info(const char *port, uint32_t baud, bool is_json);

#endif
