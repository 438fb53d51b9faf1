/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only state, driver 0x9. */
#include <drivers/read_only_state.h>

enum { COMMAND_EXISTS, COMMAND_VERSION };
enum { BUFFER_STATE = 0 };
enum { LAYOUT_VERSION = 1 };

/* Per app. */
struct ALIGNED(8) shown {
    struct uslice buffer;
    uint32_t count;
};

/* As the app sees it. */
struct layout {
    uint32_t count;
    uint32_t pending;
    uint64_t ticks;
};
_Static_assert(sizeof(struct layout) == 16, "the ABI says so");

static size_t fields_that_fit(uint32_t len)
{
    if (len >= 16)
        return 16;
    return len >= 8 ? 8 : len & 4;
}

static void resumed(void *self, struct process *p)
{
    const struct read_only_state *s = self;
    struct shown *shown = grant_peek(&s->grant, p);
    if (!shown || shown->buffer.len == 0)
        return;
    const struct layout now = {
        .count = ++shown->count,
        .pending = upcall_pending(p),
        .ticks = ktime_now(),
    };
    /* The app may have given the memory back: then there is nothing to show. */
    err_t ignored = user_write(p, shown->buffer, 0, &now,
                               fields_that_fit(shown->buffer.len));
    (void)ignored;
}

static err_t allow_ur(void *self, struct process *p, uint32_t number,
                      struct uslice *slice)
{
    const struct read_only_state *s = self;
    if (number != BUFFER_STATE)
        return ERR_NOSUPPORT;
    struct shown *shown = grant_enter(&s->grant, p);
    if (!shown)
        return ERR_NOMEM;
    const struct uslice previous = shown->buffer;
    shown->buffer = *slice;
    *slice = previous;
    process_tell_resumed(p, shown->buffer.len > 0);
    resumed(self, p);
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)self, (void)arg1, (void)arg2, (void)p;
    if (number == COMMAND_EXISTS)
        return sysret_success();
    if (number == COMMAND_VERSION)
        return sysret_u32(LAYOUT_VERSION);
    return sysret_failure(ERR_NOSUPPORT);
}

const struct driver_ops read_only_state_ops = {
    .command = command,
    .allow_ur = allow_ur,
    .resumed = resumed,
};

void read_only_state_init(struct read_only_state *state)
{
    state->grant.layout.size = sizeof(struct shown);
}
