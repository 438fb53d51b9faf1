/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console: typing, the prompt, and what is written when. */
#include <loader/console_priv.h>

#include <kernel/string.h>

/* Values of `shown` that say what is on the terminal instead of a length. */
enum draw {
    DRAW_AGAIN = 0x100, /* an outdated line */
    DRAW_NEW,           /* nothing: the cursor is at the start of a line */
};

enum { CTRL_C = 0x03, BACKSPACE = 0x08, CTRL_U = 0x15, ESC = 0x1B, DEL = 0x7F };

#define WIPE "\r\x1b[K"

/* The kernel's notifications come without an argument. */
static struct operator_console *the_console;

/* ---- pieces ---------------------------------------------------------------------- */

bool console_say(struct operator_console *c, const char *text)
{
    c->rest = text;
    return true;
}

bool console_part(struct operator_console *c)
{
    report_clean(c->text);
    return console_say(c, c->text);
}

bool console_line(struct operator_console *c)
{
    console_part(c);
    memcpy(c->text + strlen(c->text), "\r\n", 3);
    return true;
}

/* ---- the prompt ------------------------------------------------------------------- */

/* How far the terminal's cursor has to be moved to the right by writing what
 * stands there. */
static uint32_t draw_end(const struct operator_console *c)
{
    return c->shown < c->length ? c->length : c->cursor;
}

/* The characters of the line that come next. They are no piece: typing may
 * change them at any time. */
static size_t draw_rest(struct operator_console *c, uint8_t *to, size_t cap)
{
    size_t n = 0;
    while (n < cap && c->shown < DRAW_AGAIN && c->column < draw_end(c)) {
        to[n++] = (uint8_t)c->line[c->column++];
        if (c->shown < c->column)
            c->shown = c->column;
    }
    return n;
}

/* Make the terminal show the line; false when it does but for draw_rest(). */
static bool draw_piece(struct operator_console *c)
{
    if (c->shown >= DRAW_AGAIN) {
        const char *text = WIPE "berth$ ";
        if (c->shown == DRAW_NEW)
            text += sizeof WIPE - 1;
        c->shown = c->column = 0;
        return console_say(c, text);
    }
    if (c->shown > c->length) {
        c->shown--;
        c->column--;
        return console_say(c, "\b \b");
    }
    if (c->column > c->cursor) {
        c->column--;
        return console_say(c, "\b");
    }
    return false;
}

/* What is on the terminal is not the beginning of the line any more. */
static void redraw(struct operator_console *c)
{
    if (c->shown < DRAW_AGAIN)
        c->shown = DRAW_AGAIN;
}

/* The console speaks so long after the start, if nobody asks before: the apps
 * that are there start first. */
#define FIRST_MS 1u
/* An attached app that has no room for input is asked again after so long. */
#define RETRY_MS 4u

/* ---- history ---------------------------------------------------------------------- */

/* Latest first, each line with its NUL; what does not fit whole is gone. */
static void history_add(struct operator_console *c)
{
    char *history = operator_config(c)->history;
    size_t size = operator_config(c)->history_size, len = c->length + 1;
    if (len == 1 || len > size || memcmp(history, c->line, len) == 0)
        return;
    memmove(history + len, history, size - len);
    memcpy(history, c->line, len);
    while (size > 0 && history[size - 1] != '\0')
        history[--size] = '\0';
}

/* Line number `back`, 1 for the latest; NULL when there are not so many. */
static const char *history_find(const struct operator_console *c, uint32_t back)
{
    const char *history = operator_config(c)->history;
    size_t at = 0, size = operator_config(c)->history_size;
    while (--back > 0 && at < size && history[at])
        at += strlen(history + at) + 1;
    return at < size && history[at] ? history + at : NULL;
}

/* ---- typing ----------------------------------------------------------------------- */

static void replace(struct operator_console *c, const char *line)
{
    c->length = c->cursor = (uint32_t)strlen(line);
    memcpy(c->line, line, c->length + 1);
    redraw(c);
}

static void recall(struct operator_console *c, uint32_t back)
{
    const char *line = back ? history_find(c, back) : "";
    if (!line)
        return;
    c->recall = back;
    replace(c, line);
}

static void insert(struct operator_console *c, uint8_t byte)
{
    char *at = c->line + c->cursor;
    if (c->length >= OPERATOR_LINE - 1)
        return;
    if (c->cursor < c->length || c->shown > c->length)
        redraw(c);
    memmove(at + 1, at, c->length - c->cursor + 1);
    *at = (char)byte;
    c->length++;
    c->cursor++;
}

/* Without the character at the cursor. */
static void erase(struct operator_console *c)
{
    char *at = c->line + c->cursor;
    if (c->cursor == c->length)
        return;
    memmove(at, at + 1, c->length - c->cursor);
    c->length--;
    if (c->cursor < c->length || c->column < c->shown)
        redraw(c);
}

/* An escape sequence, by its last letter or, before a tilde, its number. */
static void sequence(struct operator_console *c, uint32_t key)
{
    uint32_t to = c->cursor;
    if (key == 'A')
        recall(c, c->recall + 1);
    if (key == 'B' && c->recall)
        recall(c, c->recall - 1);
    if (key == 'C')
        to++;
    if (key == 'D')
        to--;
    if (key == 'H' || key == 1 || key == 7)
        to = 0;
    if (key == 'F' || key == 4 || key == 8)
        to = c->length;
    if (key == 3)
        erase(c);
    if (key != 'A' && key != 'B' && to <= c->length)
        c->cursor = to;
}

/* Take the byte as a part of an escape sequence, if it is. */
static bool escape(struct operator_console *c, uint8_t byte)
{
    uint32_t depth = c->escape;
    c->escape = 0;
    if (byte == ESC)
        c->escape = 1;
    else if (depth == 1 ? byte == '[' || byte == 'O'
                        : depth == 2 && byte >= ' ' && byte < '@')
        c->escape = 2;
    else if (depth == 2 && byte >= '@')
        sequence(c, byte == '~' ? c->parameter : byte);
    else
        return false;
    c->parameter = byte - '0';
    return true;
}

static void submit(struct operator_console *c)
{
    if (!c->hibernating) {
        c->state = CONSOLE_SUBMITTED;
        return;
    }
    c->hibernating = console_parse(c) != console_start;
    replace(c, "");
}

static void type(struct operator_console *c, uint8_t byte)
{
    if (byte >= 128 || escape(c, byte))
        return;
    if (byte == '\r' || byte == '\n') {
        c->last = byte;
        submit(c);
    } else if (byte == BACKSPACE || byte == DEL) {
        if (c->cursor > 0) {
            c->cursor--;
            erase(c);
        }
    } else if (byte == CTRL_C || byte == CTRL_U) {
        recall(c, 0);
    } else if (byte >= ' ') {
        insert(c, byte);
    }
}

/* ---- input -------------------------------------------------------------------------- */

/* Something to be said that takes the place of a command. */
static void order(struct operator_console *c, operator_step *step)
{
    c->state = CONSOLE_ORDERED;
    c->order = step;
}

/* Hand it to the attached app; false if it has no room. */
static bool pass_on(struct operator_console *c, uint8_t byte)
{
    struct text_sink *sink = operator_config(c)->sink;
    if (sink->ops->put(sink, c->attached.handle, byte))
        return true;
    ktimer_arm_ms(&c->timer, RETRY_MS);
    return false;
}

/* Use one byte; false if it has to wait. */
static bool use(struct operator_console *c, uint8_t byte)
{
    uint32_t last = c->last;
    c->last = 0;
    if (last && byte == (last ^ '\r' ^ '\n'))
        return true; /* the second half of CR LF or LF CR */
    if (c->state == CONSOLE_EDITING)
        type(c, byte);
    else if (byte == OPERATOR_ESCAPE)
        order(c, console_detached);
    else
        return pass_on(c, byte);
    return true;
}

static void drop_pending(struct operator_console *c)
{
    c->lost += c->pending;
    c->pending = 0;
}

/* Use the bytes that have come, as far as it is their turn, and write if there
 * may be something to write. */
static void service(struct operator_console *c)
{
    if (c->state == CONSOLE_ATTACHED && !process_find(c->attached)) {
        drop_pending(c);
        order(c, console_ended);
    }
    while (c->pending && c->state < CONSOLE_SUBMITTED &&
           use(c, c->pending_bytes[0]))
        memmove(c->pending_bytes, c->pending_bytes + 1, --c->pending);
    operator_config(c)->port->ops->write(operator_config(c)->port, &c->writer);
}

void operator_received(struct operator_console *c, uint8_t byte)
{
    if (c->state == CONSOLE_ATTACHED && byte == OPERATOR_ESCAPE)
        drop_pending(c); /* it does not wait behind them */
    if (c->pending == OPERATOR_RING && c->state != CONSOLE_ATTACHED) {
        drop_pending(c);
        c->skipping = true;
    }
    if (c->skipping || c->pending == OPERATOR_RING)
        c->lost++;
    else
        c->pending_bytes[c->pending++] = byte;
    if (byte == '\r' || byte == '\n' || byte == CTRL_C)
        c->skipping = false;
    service(c);
}

void operator_receive(void *console, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        operator_received(console, bytes[i]);
}

static void on_timer(struct ktimer *timer)
{
    service(CONTAINER_OF(timer, struct operator_console, timer));
}

/* The log has grown, or a process has ended. This may be the middle of
 * anything, so it is looked into later. */
static void on_news(void)
{
    deferred_call(&the_console->work);
}

static void on_work(struct deferred *work)
{
    service(CONTAINER_OF(work, struct operator_console, work));
}

/* ---- what is said in one unit --------------------------------------------------------- */

/* A report on the process in c->slot. */
static bool step_report(struct operator_console *c)
{
    struct fault_facts facts;
    if (process_facts(c->slot, &facts) &&
        report_line(&facts, c->at, c->text, REPORT_LINE_MAX))
        return console_line(c);
    process_report_done(c->slot);
    return false;
}

static bool step_log_line(struct operator_console *c)
{
    return c->at == 0 && console_log_line(c, &c->log_cursor);
}

/* Is there a line to be shown? Moves on to it. */
static bool log_pending(struct operator_console *c)
{
    enum log_level level;
    for (;;) {
        uint32_t next = c->log_cursor;
        if (klog_read(&next, c->text, 1, &level) < 0)
            return false;
        if (level <= operator_config(c)->log_level)
            return true;
        c->log_cursor = next;
    }
}

static bool step_prompt(struct operator_console *c)
{
    if (c->hibernating || c->state == CONSOLE_ATTACHED)
        return false;
    if (c->shown == DRAW_NEW && c->lost) {
        report_add(c->text, "%u bytes of input lost", (unsigned)c->lost);
        c->lost = 0;
        return console_line(c);
    }
    if (draw_piece(c))
        return true;
    if (c->state != CONSOLE_SUBMITTED)
        return false;
    history_add(c);
    c->shown = DRAW_NEW;
    order(c, console_parse(c));
    c->step = c->order;
    c->at = 0u - 1;
    return console_say(c, "\r\n");
}

/* The next unit: faults first, then the log, then the operator. */
static void choose(struct operator_console *c)
{
    c->at = 0;
    c->slot = process_report_due();
    if (c->slot < process_slots())
        c->step = step_report;
    else if (log_pending(c))
        c->step = step_log_line;
    else
        c->step = c->state == CONSOLE_ORDERED ? c->order : step_prompt;
    if (c->step != step_prompt && c->shown != DRAW_NEW) {
        c->shown = DRAW_NEW;
        c->rest = WIPE;
    }
}

/* A unit is over. */
static void conclude(struct operator_console *c)
{
    bool more = c->step != step_prompt;
    if (c->step == c->order) {
        c->order = NULL;
        if (c->state == CONSOLE_ORDERED)
            c->state = CONSOLE_EDITING;
        recall(c, 0);
    }
    c->step = NULL;
    if (more)
        service(c);
}

/* ---- the writer ------------------------------------------------------------------------- */

/* Prepare the next piece; false when the unit is over. */
static bool advance(struct operator_console *c)
{
    if (!c->step) {
        choose(c);
        return true;
    }
    *c->text = '\0';
    if (c->step(c)) {
        c->at++;
        return true;
    }
    conclude(c);
    return false;
}

static struct operator_console *console_of(struct writer *writer)
{
    return CONTAINER_OF(writer, struct operator_console, writer);
}

static size_t on_next(struct writer *writer, uint8_t *to, size_t cap)
{
    struct operator_console *c = console_of(writer);
    size_t n = 0;
    do {
        while (n < cap && c->rest && *c->rest)
            to[n++] = (uint8_t)*c->rest++;
        if (n == 0 && c->step == step_prompt)
            n = draw_rest(c, to, cap);
    } while (n == 0 && advance(c));
    return n;
}

static const char *on_displaced(struct writer *writer)
{
    console_of(writer)->shown = DRAW_NEW;
    return WIPE;
}

static void on_line_free(struct writer *writer)
{
    service(console_of(writer));
}

void operator_init(struct operator_console *c)
{
    const struct operator_board *board = operator_config(c);
    static const struct writer_ops ops = {
        .next = on_next,
        .displaced = on_displaced,
        .line_free = on_line_free,
    };
    the_console = c;
    c->shown = DRAW_NEW;
    c->writer.ops = &ops;
    c->writer.keeps_line = true;
    c->timer.fire = on_timer;
    c->work.run = on_work;
    if (board->history_size != 0)
        board->history[0] = '\0';
    klog_on_line(on_news);
    process_on_end(on_news);
    ktimer_arm_ms(&c->timer, FIRST_MS);
}
