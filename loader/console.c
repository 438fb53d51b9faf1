/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console: typing and the prompt. */
#include <loader/console_priv.h>

#include <berth/messages.h>
#include <kernel/string.h>

/* Values of `shown` that say what is on the terminal instead of a length. */
enum draw {
    DRAW_AGAIN = 0x100, /* an outdated line */
    DRAW_NEW,           /* nothing: the cursor is at the start of a line */
};

enum { CTRL_C = 0x03, BACKSPACE = 0x08, CTRL_U = 0x15, ESC = 0x1B, DEL = 0x7F };

#define WIPE "\r\x1b[K"

static struct operator_console *console_of(struct news *news)
{
    return CONTAINER_OF(news, struct operator_console, news);
}

/* ---- the prompt ------------------------------------------------------------------- */

/* How far the terminal's cursor has to be moved to the right by writing what
 * stands there. */
static uint32_t draw_end(const struct operator_console *c)
{
    return c->shown < c->length ? c->length : c->cursor;
}

/* The next character of the line. One at a time: typing may change the line while
 * a piece goes out. */
static bool draw_next(struct operator_console *c)
{
    c->news.text[0] = c->line[c->column++];
    c->news.text[1] = '\0';
    if (c->shown < c->column)
        c->shown = c->column;
    return news_say(&c->news, c->news.text);
}

/* Make the terminal show the line; false when it does. */
static bool draw_piece(struct operator_console *c)
{
    if (c->shown >= DRAW_AGAIN) {
        const char *text = WIPE "berth$ ";
        if (c->shown == DRAW_NEW)
            text += sizeof WIPE - 1;
        c->shown = c->column = 0;
        return news_say(&c->news, text);
    }
    if (c->column < draw_end(c))
        return draw_next(c);
    if (c->shown > c->length) {
        c->shown--;
        c->column--;
        return news_say(&c->news, "\b \b");
    }
    if (c->column > c->cursor) {
        c->column--;
        return news_say(&c->news, "\b");
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
    char *history = operator_config()->history;
    size_t size = operator_config()->history_size, len = c->length + 1;
    if (len == 1 || len > size || memcmp(history, c->line, len) == 0)
        return;
    memmove(history + len, history, size - len);
    memcpy(history, c->line, len);
    while (size > 0 && history[size - 1] != '\0')
        history[--size] = '\0';
}

/* Line number `back`, 1 for the latest; NULL when there are not so many. */
static const char *history_find(uint32_t back)
{
    const char *history = operator_config()->history;
    size_t at = 0, size = operator_config()->history_size;
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
    const char *line = back ? history_find(back) : "";
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
    struct text_sink *sink = operator_config()->sink;
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
    news_write(&c->news);
}

const uint32_t operator_features = FEATURE_ORDERS | FEATURE_COMMANDS;

/* As if it had been typed. */
err_t operator_attach(pid_handle_t pid)
{
    struct operator_console *c = console_of(the_news);
    if (c->hibernating)
        return ERR_OFF;
    if (c->state >= CONSOLE_SUBMITTED)
        return ERR_BUSY;
    drop_pending(c);
    c->state = CONSOLE_SUBMITTED;
    *c->line = '\0';
    report_add(c->line, "attach %u", (unsigned)pid.handle);
    c->length = c->cursor = (uint32_t)strlen(c->line);
    redraw(c);
    service(c);
    return OK;
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

void news_look(struct news *n)
{
    service(console_of(n));
}

/* ---- what is said in one unit --------------------------------------------------------- */

static bool step_order(struct news *n)
{
    struct operator_console *c = console_of(n);
    return c->order(c);
}

static bool step_prompt(struct news *n)
{
    struct operator_console *c = console_of(n);
    if (c->hibernating || c->state == CONSOLE_ATTACHED)
        return false;
    if (c->shown == DRAW_NEW && c->lost) {
        report_add(n->text, "%u bytes of input lost", (unsigned)c->lost);
        c->lost = 0;
        return news_line(n);
    }
    if (draw_piece(c))
        return true;
    if (c->state != CONSOLE_SUBMITTED)
        return false;
    history_add(c);
    c->shown = DRAW_NEW;
    order(c, console_parse(c));
    n->step = step_order;
    n->at = 0u - 1;
    return news_say(n, "\r\n");
}

/* News, then what the operator wants. The prompt gives way. */
void news_chosen(struct news *n)
{
    struct operator_console *c = console_of(n);
    if (!n->step)
        n->step = c->state == CONSOLE_ORDERED ? step_order : step_prompt;
    if (n->step != step_prompt && c->shown != DRAW_NEW) {
        c->shown = DRAW_NEW;
        n->rest = WIPE;
    }
}

void news_said(struct news *n, news_step *step)
{
    struct operator_console *c = console_of(n);
    if (step == step_order) {
        c->order = NULL;
        if (c->state == CONSOLE_ORDERED)
            c->state = CONSOLE_EDITING;
        recall(c, 0);
    }
    if (step != step_prompt)
        service(c);
}

/* ---- the writer ------------------------------------------------------------------------- */

static const char *on_displaced(struct writer *writer)
{
    console_of(news_of(writer))->shown = DRAW_NEW;
    return WIPE;
}

static void on_line_free(struct writer *writer)
{
    service(console_of(news_of(writer)));
}

void operator_init(struct operator_console *c)
{
    const struct operator_board *board = operator_config();
    static const struct writer_ops ops = {
        .next = news_next,
        .displaced = on_displaced,
        .line_free = on_line_free,
    };
    c->shown = DRAW_NEW;
    c->news.text = c->text;
    c->news.writer.keeps_line = true;
    c->timer.fire = on_timer;
    if (board->history_size != 0)
        board->history[0] = '\0';
    news_init(&c->news, &ops);
    ktimer_arm_ms(&c->timer, FIRST_MS);
}
