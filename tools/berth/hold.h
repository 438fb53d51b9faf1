/* SPDX-License-Identifier: Apache-2.0 */
/* The console of a board whose port this program holds: text to the terminal,
 * typing to the board, and the frames of other berths both ways; their typing, too,
 * and then the text. */
#ifndef BERTH_HOLD_H
#define BERTH_HOLD_H

#include "port.h"

/* Until the operator leaves (ctrl-A x) or the line ends. True: the line has
 * ended. */
bool hold_run(struct port *port);

#endif
