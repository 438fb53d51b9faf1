/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted kernel: see kernel.h beside this. */
#include <tests/fake/kernel.h>

#include <stdlib.h>
#include <string.h>

static struct {
    const struct driver *drivers;
    size_t driver_count;
    struct process *slots[FAKE_SLOTS];
    uint32_t generation;
    struct deferred *deferred;
    struct ktimer *timers;
    uint64_t now;
} kernel;

struct fake_admin fake_admin;

/* ---- life ------------------------------------------------------------------ */

void fake_boot(const struct driver *drivers, size_t count)
{
    memset(&kernel, 0, sizeof kernel);
    memset(&fake_admin, 0, sizeof fake_admin);
    kernel.drivers = drivers;
    kernel.driver_count = count;
    kernel.now = 0xFFFFFF00u; /* the low word wraps soon */
    uint8_t index = 0;
    for (size_t i = 0; i < count; i++) {
        if (drivers[i].grant)
            drivers[i].grant->offset = (int16_t)index++;
    }
    assert_true(index <= FAKE_GRANTS);
}

static void process_free(struct process *p)
{
    for (size_t i = 0; i < FAKE_GRANTS; i++)
        free(p->grants[i].data);
    free(p->memory);
    free(p);
}

void fake_end(void)
{
    for (size_t i = 0; i < FAKE_SLOTS; i++) {
        if (kernel.slots[i])
            process_free(kernel.slots[i]);
        kernel.slots[i] = NULL;
    }
}

struct process *fake_process(const char *name)
{
    uint32_t slot = 0;
    while (slot < FAKE_SLOTS && kernel.slots[slot])
        slot++;
    assert_true(slot < FAKE_SLOTS);
    struct process *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->info.pid.handle = ++kernel.generation << 8 | slot;
    strncpy(p->info.name, name, sizeof p->info.name - 1);
    p->base = 0x80010000u + slot * 0x10000u;
    p->memory = calloc(1, FAKE_MEMORY);
    assert_non_null(p->memory);
    kernel.slots[slot] = p;
    return p;
}

void fake_die(struct process *p)
{
    for (size_t i = 0; i < kernel.driver_count; i++) {
        const struct driver *d = &kernel.drivers[i];
        if (d->ops->gone)
            d->ops->gone(d->self, p);
    }
    kernel.slots[p->info.pid.handle & 0xFF] = NULL;
    process_free(p);
}

static const struct driver *driver_of(uint32_t number)
{
    for (size_t i = 0; i < kernel.driver_count; i++) {
        if (kernel.drivers[i].number == number)
            return &kernel.drivers[i];
    }
    return NULL;
}

static const struct driver *driver_of_grant(const struct grant *g)
{
    for (size_t i = 0; i < kernel.driver_count; i++) {
        if (kernel.drivers[i].grant == g)
            return &kernel.drivers[i];
    }
    fail_msg("this grant belongs to no driver of the table");
    return NULL;
}

/* ---- processes and grants ---------------------------------------------------- */

pid_handle_t process_pid(const struct process *p)
{
    return p->info.pid;
}

struct process *process_find(pid_handle_t pid)
{
    uint32_t slot = pid.handle & 0xFF;
    struct process *p = slot < FAKE_SLOTS ? kernel.slots[slot] : NULL;
    return p && pid_equal(p->info.pid, pid) ? p : NULL;
}

static struct fake_grant *grant_of(const struct grant *g, struct process *p)
{
    driver_of_grant(g);
    assert_true(g->layout.upcalls <= FAKE_NUMBERS);
    assert_true(g->layout.allow_ro <= FAKE_NUMBERS);
    assert_true(g->layout.allow_rw <= FAKE_NUMBERS);
    assert_int_equal(g->layout.size % 8, 0);
    return &p->grants[g->offset];
}

void *grant_enter(const struct grant *g, struct process *p)
{
    struct fake_grant *own = grant_of(g, p);
    if (!own->data && !p->no_room)
        own->data = calloc(1, g->layout.size ? g->layout.size : 1);
    return own->data;
}

void *grant_peek(const struct grant *g, struct process *p)
{
    return grant_of(g, p)->data;
}

struct process *grant_next(const struct grant *g, struct process *previous)
{
    uint32_t slot = previous ? (previous->info.pid.handle & 0xFF) + 1 : 0;
    for (; slot < FAKE_SLOTS; slot++) {
        if (kernel.slots[slot] && grant_peek(g, kernel.slots[slot]))
            return kernel.slots[slot];
    }
    return NULL;
}

/* ---- events -------------------------------------------------------------------- */

err_t upcall_queue(const struct grant *g, struct process *p, uint32_t number,
                   uint32_t arg0, uint32_t arg1, uint32_t arg2)
{
    const struct driver *d = driver_of_grant(g);
    assert_true(number < g->layout.upcalls);
    if (!grant_peek(g, p))
        return ERR_NODEVICE;
    bool waited_for =
        p->waits && p->waits_driver == d->number && p->waits_number == number;
    if (p->queued >= FAKE_QUEUE + (waited_for ? 1 : 0)) {
        p->info.dropped++;
        return ERR_NOMEM;
    }
    p->queue[p->queued++] =
        (struct fake_upcall){ d->number, number, { arg0, arg1, arg2 } };
    return OK;
}

void upcall_drop(const struct grant *g, struct process *p, uint32_t number)
{
    const struct driver *d = driver_of_grant(g);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->queued; i++) {
        const struct fake_upcall u = p->queue[i];
        if (u.driver != d->number || u.number != number)
            p->queue[kept++] = u;
    }
    p->queued = kept;
}

uint32_t upcall_pending(const struct process *p)
{
    return p->queued;
}

bool fake_upcall(struct process *p, struct fake_upcall *out)
{
    if (p->queued == 0)
        return false;
    *out = p->queue[0];
    p->queued--;
    memmove(&p->queue[0], &p->queue[1], p->queued * sizeof p->queue[0]);
    return true;
}

void fake_fill_queue(struct process *p, uint32_t count)
{
    while (p->queued < count)
        p->queue[p->queued++] = (struct fake_upcall){ .driver = 0xF111 };
}

void process_tell_resumed(struct process *p, bool tell)
{
    p->resumed_told = tell;
}

void fake_resume(struct process *p)
{
    for (size_t i = 0; p->resumed_told && i < kernel.driver_count; i++) {
        const struct driver *d = &kernel.drivers[i];
        if (d->ops->resumed)
            d->ops->resumed(d->self, p);
    }
}

/* ---- user memory ------------------------------------------------------------------ */

static uint8_t *user_at(struct process *p, struct uslice s, uint32_t offset,
                        size_t len)
{
    if (offset > s.len || len > s.len - offset)
        return NULL;
    uint64_t at = (uint64_t)s.base.addr + offset;
    if (at < p->base || at + len > (uint64_t)p->base + FAKE_MEMORY)
        return NULL;
    return p->memory + (at - p->base);
}

err_t user_read(struct process *p, void *to, struct uslice from,
                uint32_t offset, size_t len)
{
    const uint8_t *at = user_at(p, from, offset, len);
    if (!at)
        return ERR_INVAL;
    memcpy(to, at, len);
    return OK;
}

err_t user_write(struct process *p, struct uslice to, uint32_t offset,
                 const void *from, size_t len)
{
    uint8_t *at = user_at(p, to, offset, len);
    if (!at)
        return ERR_INVAL;
    memcpy(at, from, len);
    return OK;
}

struct uslice allowed_ro(const struct grant *g, struct process *p,
                         uint32_t number)
{
    assert_true(number < g->layout.allow_ro);
    return grant_of(g, p)->ro[number];
}

struct uslice allowed_rw(const struct grant *g, struct process *p,
                         uint32_t number)
{
    assert_true(number < g->layout.allow_rw);
    return grant_of(g, p)->rw[number];
}

static struct grant *allow_enter(struct process *p, uint32_t driver, err_t *e)
{
    const struct driver *d = driver_of(driver);
    *e = !d ? ERR_NODEVICE : ERR_NOMEM;
    if (!d || !d->grant || !grant_enter(d->grant, p))
        return NULL;
    *e = OK;
    return d->grant;
}

err_t fake_allow_ro(struct process *p, uint32_t driver, uint32_t number,
                    uint32_t addr, uint32_t len)
{
    err_t e;
    const struct grant *g = allow_enter(p, driver, &e);
    if (!g)
        return e;
    if (number >= g->layout.allow_ro)
        return ERR_NOSUPPORT;
    grant_of(g, p)->ro[number] = (struct uslice){ { addr }, len };
    return OK;
}

err_t fake_allow_rw(struct process *p, uint32_t driver, uint32_t number,
                    uint32_t addr, uint32_t len)
{
    err_t e;
    const struct grant *g = allow_enter(p, driver, &e);
    if (!g)
        return e;
    if (number >= g->layout.allow_rw)
        return ERR_NOSUPPORT;
    grant_of(g, p)->rw[number] = (struct uslice){ { addr }, len };
    return OK;
}

err_t fake_allow_ur(struct process *p, uint32_t driver, uint32_t number,
                    struct uslice *slice)
{
    const struct driver *d = driver_of(driver);
    if (!d)
        return ERR_NODEVICE;
    if (!d->ops->allow_ur)
        return ERR_NOSUPPORT;
    return d->ops->allow_ur(d->self, p, number, slice);
}

uint32_t fake_space(struct process *p, uint32_t len)
{
    uint32_t at = p->used;
    assert_true(len <= FAKE_MEMORY - at);
    p->used = (at + len + 3) & ~3u;
    return p->base + at;
}

uint32_t fake_text(struct process *p, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);
    uint32_t addr = fake_space(p, len);
    memcpy(fake_bytes(p, addr), text, len);
    return addr;
}

uint8_t *fake_bytes(struct process *p, uint32_t addr)
{
    assert_true(addr >= p->base && addr - p->base < FAKE_MEMORY);
    return p->memory + (addr - p->base);
}

uint32_t fake_word(struct process *p, uint32_t addr)
{
    uint32_t word;
    memcpy(&word, fake_bytes(p, addr), sizeof word);
    return word;
}

/* ---- calls, deferred work, time ------------------------------------------------------ */

struct sysret fake_command(struct process *p, uint32_t driver, uint32_t number,
                           uint32_t arg1, uint32_t arg2)
{
    const struct driver *d = driver_of(driver);
    if (!d)
        return sysret_failure(ERR_NODEVICE);
    return d->ops->command(d->self, number, arg1, arg2, p);
}

struct sysret sysret_u64(struct process *p, uint64_t value)
{
    p->wide = (uint32_t)(value >> 32);
    return (struct sysret){ SYSRET_SUCCESS_U64, (uint32_t)value };
}

void deferred_call(struct deferred *d)
{
    if (d->queued)
        return;
    struct deferred **end = &kernel.deferred;
    while (*end)
        end = &(*end)->next;
    d->queued = true;
    d->next = NULL;
    *end = d;
}

bool fake_settle_one(void)
{
    struct deferred *d = kernel.deferred;
    if (!d)
        return false;
    kernel.deferred = d->next;
    d->queued = false;
    d->run(d);
    return true;
}

void fake_settle(void)
{
    uint32_t turns = 0;
    while (fake_settle_one())
        assert_true(++turns < 10000); /* else they never end */
}

uint64_t ktime_now(void)
{
    return kernel.now;
}

uint32_t ktime_now_low(void)
{
    return (uint32_t)kernel.now;
}

uint64_t ktime_of_ms(uint32_t ms)
{
    return (uint64_t)ms * (FAKE_HZ / 1000);
}

uint32_t ktime_hz(void)
{
    return FAKE_HZ;
}

void ktimer_disarm(struct ktimer *timer)
{
    struct ktimer **at = &kernel.timers;
    while (*at && *at != timer)
        at = &(*at)->next;
    if (*at)
        *at = timer->next;
    timer->armed = false;
}

void ktimer_arm(struct ktimer *timer, uint64_t due)
{
    ktimer_disarm(timer);
    struct ktimer **at = &kernel.timers;
    while (*at && (*at)->due <= due)
        at = &(*at)->next;
    timer->next = *at;
    timer->due = due;
    timer->armed = true;
    *at = timer;
}

void ktimer_arm_ms(struct ktimer *timer, uint32_t ms)
{
    ktimer_arm(timer, ktime_now() + ktime_of_ms(ms));
}

void fake_pass_ms(uint32_t ms)
{
    uint64_t end = kernel.now + (uint64_t)ms * (FAKE_HZ / 1000);
    uint32_t turns = 0;
    fake_settle();
    while (kernel.timers && kernel.timers->due <= end) {
        struct ktimer *timer = kernel.timers;
        if (timer->due > kernel.now)
            kernel.now = timer->due;
        ktimer_disarm(timer);
        timer->fire(timer);
        fake_settle();
        assert_true(++turns < 10000);
    }
    kernel.now = end;
}

/* ---- process_admin.h ------------------------------------------------------------------- */

uint32_t process_slots(void)
{
    return FAKE_SLOTS;
}

pid_handle_t process_in_slot(uint32_t slot)
{
    return slot < FAKE_SLOTS && kernel.slots[slot]
               ? kernel.slots[slot]->info.pid
               : PID_NONE;
}

bool process_inspect(uint32_t slot, struct process_info *info)
{
    if (slot >= FAKE_SLOTS || !kernel.slots[slot])
        return false;
    *info = kernel.slots[slot]->info;
    return true;
}

uint32_t process_name(uint32_t slot, char *to, uint32_t cap)
{
    if (slot >= FAKE_SLOTS || !kernel.slots[slot])
        return 0;
    const char *name = kernel.slots[slot]->long_name
                           ? kernel.slots[slot]->long_name
                           : kernel.slots[slot]->info.name;
    size_t len = strlen(name);
    memcpy(to, name, len < cap ? len : cap);
    return (uint32_t)len;
}

err_t process_order(pid_handle_t pid, enum process_order what)
{
    static const char *const verbs[] = {
        [PROCESS_STOP] = "stop",           [PROCESS_RESUME] = "resume",
        [PROCESS_FAULT] = "fault",         [PROCESS_BOOT] = "boot",
        [PROCESS_TERMINATE] = "terminate",
    };
    if (!process_find(pid))
        return ERR_NODEVICE;
    fake_admin.verb = verbs[what];
    fake_admin.pid = pid;
    return fake_admin.answer;
}

/* ---- assertions ---------------------------------------------------------------------------- */

void assert_sysret_at(struct sysret r, uint32_t variant, uint32_t value,
                      const char *file, int line)
{
    _assert_int_equal(r.variant, variant, file, line);
    _assert_int_equal(r.value, value, file, line);
}

void assert_upcall_at(struct process *p, uint32_t driver, uint32_t number,
                      uint32_t a0, uint32_t a1, uint32_t a2, const char *file,
                      int line)
{
    struct fake_upcall u = { 0, 0, { 0, 0, 0 } };
    _assert_true(fake_upcall(p, &u), "an event is waiting", file, line);
    _assert_int_equal(u.driver, driver, file, line);
    _assert_int_equal(u.number, number, file, line);
    _assert_int_equal(u.args[0], a0, file, line);
    _assert_int_equal(u.args[1], a1, file, line);
    _assert_int_equal(u.args[2], a2, file, line);
}
