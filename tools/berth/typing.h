/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the board's operator console, typed by the tool: for what there is no
 * request for. What comes back is text among that of the apps, whole lines of each:
 * an app can add lines that look like the board's, and cannot take any away. */
#ifndef BERTH_TYPING_H
#define BERTH_TYPING_H

#include "link.h"

#define TYPED_LINE_MAX 160u

struct typing {
    struct link *link;
    int64_t heard_ms; /* when it began, or the last answer to it */
    char line[TYPED_LINE_MAX];
    size_t len;
    uint8_t escape; /* of a sequence for the terminal: how far it has come */
};

/* Types a command at an empty prompt; whoever is attached to an app is detached. */
void typing_begin(struct typing *typing, struct link *link,
                  const char *command);

/* The next line of text, without what moves the cursor. Ends the program when the
 * board says nothing at all for too long, or all that comes for much longer is no
 * answer: apps that print are no sign that the console hears. */
const char *typing_line(struct typing *typing);

/* That line was an answer. */
void typing_heard(struct typing *typing);

#endif
