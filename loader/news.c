/* SPDX-License-Identifier: Apache-2.0 */
/* See news.h. */
#include <loader/news.h>

#include <kernel/string.h>

/* The kernel's notifications come without an argument. */
struct news *the_news;

/* ---- pieces ---------------------------------------------------------------------- */

bool news_say(struct news *n, const char *text)
{
    n->rest = text;
    return true;
}

bool news_part(struct news *n)
{
    report_clean(n->text);
    return news_say(n, n->text);
}

bool news_line(struct news *n)
{
    news_part(n);
    memcpy(n->text + strlen(n->text), "\r\n", 3);
    return true;
}

bool news_log_line(struct news *n, uint32_t *cursor)
{
    enum log_level level;
    if (klog_read(cursor, n->text + 8, REPORT_LINE_MAX - 8, &level) < 0)
        return false;
    memcpy(n->text, &"[error] [warn]  [info]  [debug] "[8u * level], 8);
    return news_line(n);
}

/* ---- units ------------------------------------------------------------------------ */

/* A report on the process in n->slot. */
static bool step_report(struct news *n)
{
    struct fault_facts facts;
    if (process_facts(n->slot, &facts) &&
        report_line(&facts, n->at, n->text, REPORT_LINE_MAX))
        return news_line(n);
    process_report_done(n->slot);
    return false;
}

static bool step_log_line(struct news *n)
{
    return n->at == 0 && news_log_line(n, &n->log_cursor);
}

/* Is there a line to be shown? Moves on to it. */
static bool log_pending(struct news *n)
{
    enum log_level level;
    for (;;) {
        uint32_t next = n->log_cursor;
        if (klog_read(&next, n->text, 1, &level) < 0)
            return false;
        if (level <= operator_config()->log_level)
            return true;
        n->log_cursor = next;
    }
}

/* The next unit: faults first, then the log, then what else there is. */
static void choose(struct news *n)
{
    n->at = 0;
    n->slot = process_report_due();
    if (n->slot < process_slots())
        n->step = step_report;
    else if (log_pending(n))
        n->step = step_log_line;
    news_chosen(n);
}

/* ---- the writer ------------------------------------------------------------------- */

/* Prepare the next piece; false when the unit is over. */
static bool advance(struct news *n)
{
    news_step *step = n->step;
    if (!step) {
        choose(n);
        return n->step != NULL;
    }
    *n->text = '\0';
    if (step(n)) {
        n->at++;
        return true;
    }
    n->step = NULL;
    news_said(n, step);
    return false;
}

size_t news_next(struct writer *writer, uint8_t *to, size_t cap)
{
    struct news *n = news_of(writer);
    size_t len = 0;
    do {
        while (len < cap && n->rest && *n->rest)
            to[len++] = (uint8_t)*n->rest++;
    } while (len == 0 && advance(n));
    return len;
}

void news_write(struct news *n)
{
    struct text_port *port = operator_config()->port;
    port->ops->write(port, &n->writer);
}

/* The log has grown, or a process has ended. This may be the middle of
 * anything, so it is looked into later. */
static void on_news(void)
{
    deferred_call(&the_news->work);
}

static void on_work(struct deferred *work)
{
    news_look(CONTAINER_OF(work, struct news, work));
}

void news_init(struct news *n, const struct writer_ops *ops)
{
    the_news = n;
    n->writer.ops = ops;
    n->work.run = on_work;
    klog_on_line(on_news);
    process_on_end(on_news);
}
