/* SPDX-License-Identifier: Apache-2.0 */
/* How far a transfer is: a bar on a terminal, plain lines elsewhere. On the
 * standard error output. */
#ifndef BERTH_PROGRESS_H
#define BERTH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what;
    uint32_t total, begin; /* begin: was there already */
    int64_t started_ms, drawn_ms;
    bool is_bar, is_quiet;
};

void progress_begin(struct progress *p, const char *what, uint32_t total,
                    uint32_t begin, bool is_quiet);
void progress_at(struct progress *p, uint32_t at);
/* The bar makes room for what is said next. */
void progress_end(struct progress *p);

#endif
