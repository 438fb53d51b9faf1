/* SPDX-License-Identifier: Apache-2.0 */
/* Input at exact times: a text file of steps, one a line.
 *
 *     wait "berth$ " within 5 s     until that was printed
 *     send "list\r"
 *     after 200 ms                  of virtual time
 *     at 3 s                        since power on
 *     pin 12 1                      from outside
 *     reset                         the button
 *     power                         off and on
 *     end 0                         with that status
 *
 * Times are virtual: ns, us, ms or s. `wait` looks at what came since the last
 * match. Strings know \r \n \t \\ \" and \xNN. # begins a comment. */
#ifndef TESTS_SIM_SCRIPT_H
#define TESTS_SIM_SCRIPT_H

#include <tests/sim/devices/line.h>
#include <tests/sim/machine.h>

struct script;

/* NULL: it said on stderr what is wrong, and in which line. */
struct script *script_load(const char *path);

void script_start(struct script *script, struct machine *machine,
                  struct line *line);

/* false: it waited in vain for something, and said so on stderr. */
bool script_has_held(const struct script *script);

#endif
