/* SPDX-License-Identifier: Apache-2.0 */
/* See script.h. The script is a device without registers, so that its steps
 * happen at virtual times, and the same in each run. */
#include <tests/sim/front/script.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <berth/compiler.h>

enum step_kind {
    STEP_WAIT,
    STEP_SEND,
    STEP_AT,
    STEP_AFTER,
    STEP_PIN,
    STEP_RESET,
    STEP_POWER,
    STEP_END,
};

struct step {
    enum step_kind kind;
    uint32_t line;
    char *text;
    size_t length;
    uint64_t time; /* ns; of a wait NEVER: for ever */
    uint32_t pin, value;
};

struct script {
    struct device device;
    struct line_listener listener;
    struct line *line;
    const char *path;
    struct step *steps;
    size_t count, next;
    uint64_t due;  /* of the step `next` */
    bool is_begun; /* that step's time runs */
    bool has_failed;
    char *heard; /* since the last match */
    size_t length, room;
};

/* ---- reading ------------------------------------------------------------------- */

struct reader {
    const char *path;
    uint32_t line;
    const char *at;
};

static bool wrong(const struct reader *r, const char *what)
{
    fprintf(stderr, "berth-sim: %s, line %u: %s\n", r->path, r->line, what);
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

static bool word_is(struct reader *r, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(r);
    if (strncmp(r->at, word, length) != 0 ||
        isalnum((unsigned char)r->at[length]))
        return false;
    r->at += length;
    return true;
}

static bool read_number(struct reader *r, uint64_t *value)
{
    char *end;
    skip_blanks(r);
    if (!isdigit((unsigned char)*r->at))
        return wrong(r, "a number is missing");
    *value = strtoull(r->at, &end, 0);
    r->at = end;
    return true;
}

static bool read_time(struct reader *r, uint64_t *ns)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {
        { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }
    };
    uint64_t number;
    if (!read_number(r, &number))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (word_is(r, units[i].name)) {
            *ns = number * units[i].ns;
            return true;
        }
    }
    return wrong(r, "a time is a number and ns, us, ms or s");
}

static bool read_escape(struct reader *r, char *out)
{
    static const char names[] = "rnt\\\"0", values[] = "\r\n\t\\\"\0";
    char digits[3] = { 0 };
    char name = *r->at++;
    const char *found = name ? strchr(names, name) : NULL;
    if (found) {
        *out = values[found - names];
        return true;
    }
    if (name != 'x' || !isxdigit((unsigned char)r->at[0]) ||
        !isxdigit((unsigned char)r->at[1]))
        return wrong(r, "strings know \\r \\n \\t \\\\ \\\" and \\xNN");
    memcpy(digits, r->at, 2);
    *out = (char)strtoul(digits, NULL, 16);
    r->at += 2;
    return true;
}

static bool read_text(struct reader *r, struct step *step)
{
    skip_blanks(r);
    if (*r->at++ != '"')
        return wrong(r, "a text in \"quotes\" is missing");
    step->text = malloc(strlen(r->at) + 1);
    while (step->text && *r->at != '"') {
        char c = *r->at++;
        if (c == '\0')
            return wrong(r, "the text has no end: a \" is missing");
        if (c == '\\' && !read_escape(r, &c))
            return false;
        step->text[step->length++] = c;
    }
    r->at++;
    return step->text != NULL;
}

static bool read_wait(struct reader *r, struct step *step)
{
    step->time = NEVER;
    if (!read_text(r, step))
        return false;
    if (step->length == 0)
        return wrong(r, "an empty text is there at once");
    return !word_is(r, "within") || read_time(r, &step->time);
}

static bool read_pin(struct reader *r, struct step *step)
{
    uint64_t pin, value;
    if (!read_number(r, &pin) || !read_number(r, &value))
        return false;
    if (pin > 31 || value > 1)
        return wrong(r, "a pin is 0 to 31, its level 0 or 1");
    step->pin = (uint32_t)pin;
    step->value = (uint32_t)value;
    return true;
}

static bool read_end(struct reader *r, struct step *step)
{
    uint64_t status;
    if (!read_number(r, &status))
        return false;
    if (status > 119)
        return wrong(r, "a status is 0 to 119");
    step->value = (uint32_t)status;
    return true;
}

static bool read_send(struct reader *r, struct step *step)
{
    return read_text(r, step);
}

static bool read_moment(struct reader *r, struct step *step)
{
    return read_time(r, &step->time);
}

static bool read_nothing(struct reader *r, struct step *step)
{
    (void)r, (void)step;
    return true;
}

static bool read_step(struct reader *r, struct step *step)
{
    static const struct {
        const char *name;
        enum step_kind kind;
        bool (*read)(struct reader *r, struct step *step);
    } kinds[] = {
        { "wait", STEP_WAIT, read_wait },
        { "send", STEP_SEND, read_send },
        { "at", STEP_AT, read_moment },
        { "after", STEP_AFTER, read_moment },
        { "pin", STEP_PIN, read_pin },
        { "reset", STEP_RESET, read_nothing },
        { "power", STEP_POWER, read_nothing },
        { "end", STEP_END, read_end },
    };
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (!word_is(r, kinds[i].name))
            continue;
        *step = (struct step){ .kind = kinds[i].kind, .line = r->line };
        if (!kinds[i].read(r, step))
            return false;
        skip_blanks(r);
        return *r->at == '\0' || *r->at == '#' ||
               wrong(r, "something behind the step that does not belong there");
    }
    return wrong(r,
                 "a step is wait, send, at, after, pin, reset, power or end");
}

static bool read_line(struct script *script, struct reader *r)
{
    skip_blanks(r);
    if (*r->at == '\0' || *r->at == '#')
        return true;
    struct step *steps =
        realloc(script->steps, (script->count + 1) * sizeof *steps);
    if (!steps)
        return wrong(r, "no memory");
    script->steps = steps;
    return read_step(r, &steps[script->count]) && ++script->count > 0;
}

struct script *script_load(const char *path)
{
    FILE *file = fopen(path, "r");
    struct script *script = calloc(1, sizeof *script);
    struct reader reader = { .path = path };
    char *text = NULL;
    size_t room = 0;
    bool ok = true;
    if (!file || !script) {
        fprintf(stderr, "berth-sim: %s: %s\n", path, strerror(errno));
        if (file)
            fclose(file);
        free(script);
        return NULL;
    }
    while (ok && getline(&text, &room, file) > 0) {
        reader.line++;
        reader.at = text;
        ok = read_line(script, &reader);
    }
    free(text);
    fclose(file);
    script->path = path;
    return ok ? script : NULL;
}

/* ---- running ---------------------------------------------------------------------- */

static bool is_found(struct script *s, const struct step *step)
{
    const char *found =
        s->length > 0 ? memmem(s->heard, s->length, step->text, step->length)
                      : NULL;
    if (!found)
        return false;
    size_t used = (size_t)(found - s->heard) + step->length;
    s->length -= used;
    memmove(s->heard, s->heard + used, s->length);
    return true;
}

static void fail(struct script *s, const struct step *step, const char *why)
{
    s->has_failed = true;
    fprintf(stderr, "berth-sim: %s, line %u: %s\n", s->path, step->line, why);
    machine_stop(s->device.machine);
    machine_exit(s->device.machine, 0);
}

/* When a step's time has come, given when it began. */
static uint64_t step_due(const struct step *step, uint64_t now)
{
    if (step->kind == STEP_AT)
        return step->time > now ? step->time : now;
    if (step->kind == STEP_AFTER || step->kind == STEP_WAIT)
        return step->time < NEVER - now ? now + step->time : NEVER;
    return now;
}

static void step_do(struct script *s, const struct step *step)
{
    struct machine *machine = s->device.machine;
    switch (step->kind) {
    case STEP_SEND:
        line_feed(s->line, step->text, step->length);
        break;
    case STEP_PIN:
        if (!machine->model->pin ||
            !machine->model->pin(machine, step->pin, step->value != 0))
            fail(s, step, "this machine has no such pin");
        break;
    case STEP_RESET:
        machine_request_reset(machine);
        break;
    case STEP_POWER:
        machine_cut(machine);
        break;
    case STEP_END:
        machine_exit(machine, step->value);
        break;
    case STEP_WAIT:
    case STEP_AT:
    case STEP_AFTER:
        break;
    }
}

/* Whether the step `next` is over; does it, if it is one to be done. */
static bool step_ends(struct script *s, uint64_t now)
{
    const struct step *step = &s->steps[s->next];
    if (!s->is_begun)
        s->due = step_due(step, now);
    s->is_begun = true;
    if (step->kind == STEP_WAIT) {
        if (is_found(s, step))
            return true;
        if (now >= s->due) {
            s->due = NEVER;
            fail(s, step, "in vain waited for its text");
        }
        return false;
    }
    if (now < s->due)
        return false;
    step_do(s, step);
    return true;
}

static void proceed(struct script *s, uint64_t now)
{
    while (s->next < s->count && !s->has_failed && step_ends(s, now)) {
        s->next++;
        s->is_begun = false;
    }
    if (s->next == s->count)
        s->due = NEVER;
}

static uint64_t script_due(const struct device *device)
{
    return CONTAINER_OF(device, const struct script, device)->due;
}

static void script_serve(struct device *device, uint64_t now)
{
    struct script *s = CONTAINER_OF(device, struct script, device);
    proceed(s, now);
}

static const struct device_ops script_ops = {
    .due = script_due,
    .serve = script_serve,
};

/* A match lets the next steps be done between instructions, not here. */
static void heard(struct line_listener *listener, uint8_t byte)
{
    struct script *s = CONTAINER_OF(listener, struct script, listener);
    if (s->length == s->room) {
        s->room = 2 * s->room + 256;
        s->heard = realloc(s->heard, s->room);
        if (!s->heard)
            abort();
    }
    s->heard[s->length++] = (char)byte;
    if (s->next < s->count && s->steps[s->next].kind == STEP_WAIT &&
        s->length >= s->steps[s->next].length &&
        memcmp(s->heard + s->length - s->steps[s->next].length,
               s->steps[s->next].text, s->steps[s->next].length) == 0) {
        s->due = machine_now(s->device.machine);
        machine_wake(s->device.machine);
    }
}

void script_start(struct script *s, struct machine *machine, struct line *line)
{
    s->device = (struct device){ .ops = &script_ops, .name = "script" };
    s->line = line;
    s->listener.heard = heard;
    line_listen(line, &s->listener);
    machine_add_device(machine, &s->device);
    proceed(s, machine_now(machine));
}

bool script_has_held(const struct script *s)
{
    for (size_t i = s->next; i < s->count && !s->has_failed; i++) {
        if (s->steps[i].kind != STEP_WAIT)
            continue;
        fprintf(stderr,
                "berth-sim: %s, line %u: the run ended before its text came\n",
                s->path, s->steps[i].line);
        return false;
    }
    return !s->has_failed;
}
