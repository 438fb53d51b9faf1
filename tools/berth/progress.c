/* SPDX-License-Identifier: Apache-2.0 */
/* See progress.h. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link.h"

#define BAR 28u
#define REDRAW_MS 100

static uint32_t percent(const struct progress *p, uint32_t at)
{
    return p->total ? (uint32_t)((uint64_t)at * 100 / p->total) : 100;
}

void progress_begin(struct progress *p, const char *what, uint32_t total,
                    uint32_t begin, bool is_quiet)
{
    *p = (struct progress){ .what = what,
                            .total = total,
                            .begin = begin,
                            .started_ms = now_ms(),
                            .is_bar = isatty(2) && !is_quiet,
                            .is_quiet = is_quiet };
    if (begin > 0 && !is_quiet)
        fprintf(stderr, "%s: goes on at %u of %u bytes\n", what, begin, total);
    else if (!p->is_bar && !is_quiet)
        fprintf(stderr, "%s: %u bytes\n", what, total);
    progress_at(p, begin);
}

void progress_at(struct progress *p, uint32_t at)
{
    int64_t now = now_ms();
    if (!p->is_bar || (now - p->drawn_ms < REDRAW_MS && at < p->total))
        return;
    p->drawn_ms = now;
    uint32_t full = percent(p, at) * BAR / 100;
    char bar[BAR + 1];
    memset(bar, '#', full);
    memset(bar + full, '.', BAR - full);
    bar[BAR] = '\0';
    double seconds = (double)(now - p->started_ms) / 1000;
    double rate = seconds > 0.2 ? (at - p->begin) / seconds : 0;
    fprintf(stderr, "\r%-16.16s [%s] %3u%%", p->what, bar, percent(p, at));
    if (rate > 0) {
        uint32_t left = (uint32_t)((p->total - at) / rate + 0.5);
        fprintf(stderr, " %6.1f KB/s %2u:%02u left ", rate / 1000, left / 60,
                left % 60);
    }
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->is_bar)
        fputs("\r\x1b[K", stderr);
    p->is_bar = false;
}
