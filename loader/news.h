/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says by itself: reports of processes that have faulted, and new
 * lines of its log. For the operator's end of the line (loader/operator.h), which
 * may say something of its own between them.
 *
 * Everything goes out through a struct text_port in units, each a piece at a time
 * as the port asks for it, so nothing is ever cut however long a listing is. */
#ifndef LOADER_NEWS_H
#define LOADER_NEWS_H

#include <loader/operator.h>

struct news;

/* Says something, a piece at each call with n->at one higher; false when there
 * is nothing more to say. n->text is empty when it is called. */
typedef bool news_step(struct news *n);

#define NEWS_TEXT (REPORT_LINE_MAX + 2) /* with CR LF */

/* Zeroed but for `text`, then news_init(). There is one. */
struct news {
    const char *rest; /* of the piece that is going out */
    news_step *step;  /* what is being said, one unit; NULL: nothing */
    char *text;       /* a piece in the making, NEWS_TEXT bytes */
    uint32_t at;
    uint32_t slot; /* of the unit */
    uint32_t log_cursor;
    struct writer writer;
    struct deferred work; /* there may be something new */
};

extern struct news *the_news;

/* The first news may come at once. */
void news_init(struct news *n, const struct writer_ops *ops);

/* The writer's next(). */
size_t news_next(struct writer *writer, uint8_t *to, size_t cap);

/* There may be something to say. */
void news_write(struct news *n);

/* Ways to leave the next piece. All return true. */
bool news_say(struct news *n, const char *text);
bool news_line(struct news *n); /* n->text, then a newline */
bool news_part(struct news *n); /* n->text, the line goes on */
/* The line of the log at the cursor, which moves on; false: there is none. */
bool news_log_line(struct news *n, uint32_t *cursor);

static inline struct news *news_of(struct writer *writer)
{
    return CONTAINER_OF(writer, struct news, writer);
}

/* ---- defined by the operator's end ---------------------------------------------- */

/* Something may have happened: looked into from the kernel's loop. */
void news_look(struct news *n);
/* The next unit is chosen: n->step, NULL: there is no news. Then another may take
 * its place. n->rest, if set, goes before it. */
void news_chosen(struct news *n);
/* A unit has been said. */
void news_said(struct news *n, news_step *step);

#endif
