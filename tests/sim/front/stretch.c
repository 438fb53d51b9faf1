/* SPDX-License-Identifier: Apache-2.0 */
/* See stretch.h. */
#include <tests/sim/front/stretch.h>

#include <inttypes.h>

#include <berth/compiler.h>
#include <tests/sim/symbols.h>

#define SECTOR 4096u /* an erase is no less, a program is */

static void note_flash(struct stretches *s)
{
    if (!s->power || s->power->operations == s->operations)
        return;
    enum stretch_kind kind =
        s->power->len < SECTOR ? STRETCH_PROGRAM : STRETCH_ERASE;
    s->operations = s->power->operations;
    if (kind > s->kind)
        s->kind = kind;
}

static void close_stretch(struct stretches *s, const struct machine *machine)
{
    struct stretch *longest = &s->longest[s->kind];
    uint64_t ns = machine_now(machine) - s->ns;
    if (!s->has_begun || ns <= longest->ns)
        return;
    longest->ns = ns;
    longest->instructions = machine_instructions(machine) - s->instructions;
    longest->from = s->from;
}

static void after(struct watcher *watcher, struct machine *machine)
{
    struct stretches *s = CONTAINER_OF(watcher, struct stretches, watcher);
    const struct hart *hart = &machine->hart;
    bool is_app = hart->privilege == PRIVILEGE_U;
    note_flash(s);
    if (!is_app && !hart->sleeps && hart->pc != s->look)
        return;
    close_stretch(s, machine);
    s->has_begun = s->has_begun || is_app;
    s->instructions = machine_instructions(machine);
    s->ns = machine_now(machine);
    s->from = hart->pc;
    s->kind = STRETCH_PLAIN;
}

/* What it slept is no stretch. */
static void before(struct watcher *watcher, struct machine *machine)
{
    struct stretches *s = CONTAINER_OF(watcher, struct stretches, watcher);
    if (machine_instructions(machine) == s->instructions)
        s->ns = machine_now(machine);
}

bool stretches_start(struct stretches *s, struct machine *machine,
                     const char *look, const struct power *power)
{
    const struct symbol *symbol = symbols_named(machine->symbols, look);
    if (!symbol) {
        fprintf(stderr, "berth-sim: --stretches %s: no such function\n", look);
        return false;
    }
    *s = (struct stretches){
        .watcher = { before, after, NULL },
        .power = power,
        .look = symbol->address,
    };
    watch_add(machine, &s->watcher);
    return true;
}

void stretches_report(const struct stretches *s, const struct machine *machine,
                      FILE *out)
{
    static const char *const kinds[STRETCH_KINDS] = { "plain", "program",
                                                      "erase" };
    char place[128];
    for (uint32_t i = 0; i < STRETCH_KINDS; i++)
        fprintf(out,
                "berth-sim: longest stretch, %s: %" PRIu64
                " instructions, %" PRIu64 " ns, from %s\n",
                kinds[i], s->longest[i].instructions, s->longest[i].ns,
                symbols_place(machine->symbols, s->longest[i].from, place,
                              sizeof place));
}
