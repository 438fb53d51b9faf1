/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/sim/watch.h>

#include <stdio.h>
#include <stdlib.h>

#include <tests/sim/core.h>
#include <tests/sim/gdb.h>
#include <tests/sim/trace.h>

struct watch *watch_of(struct machine *machine)
{
    if (machine->watch == NULL)
        machine->watch = calloc(1, sizeof(*machine->watch));
    if (machine->watch == NULL) {
        fputs("berth-sim: out of memory\n", stderr);
        exit(1);
    }
    return machine->watch;
}

void watch_add(struct machine *machine, struct watcher *watcher)
{
    struct watch *watch = watch_of(machine);

    watcher->next = watch->watchers;
    watch->watchers = watcher;
}

static void tell_before(struct machine *machine)
{
    for (struct watcher *w = machine->watch->watchers; w != NULL; w = w->next)
        if (w->before != NULL)
            w->before(w, machine);
}

static void tell_after(struct machine *machine)
{
    for (struct watcher *w = machine->watch->watchers; w != NULL; w = w->next)
        if (w->after != NULL)
            w->after(w, machine);
}

void watch_step(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    const struct watch *watch = machine->watch;
    uint64_t after = hart->left - 1;

    if (watch->gdb != NULL && !gdb_before(watch->gdb, machine))
        return;
    if (watch->trace != NULL)
        trace_before(watch->trace, machine);
    tell_before(machine);
    hart->end -= after;
    hart->left -= after;
    hart_run(machine);
    hart->end += after;
    hart->left += after;
    if (watch->trace != NULL)
        trace_after(watch->trace, machine);
    tell_after(machine);
    if (watch->gdb != NULL)
        gdb_after(watch->gdb, machine);
}

void watch_sleep(struct machine *machine)
{
    if (machine->watch->gdb != NULL)
        gdb_sleeps(machine->watch->gdb, machine);
}
