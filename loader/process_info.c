/* SPDX-License-Identifier: Apache-2.0 */
/* Process info, driver 0x10002. */
#include <loader/process_info.h>

#include <kernel/process_admin.h>
#include <kernel/string.h>

enum {
    COMMAND_EXISTS,
    COMMAND_COUNT,
    COMMAND_PIDS,
    COMMAND_SHORT_IDS,
    COMMAND_NAME,
    COMMAND_STATS,
    COMMAND_CONTROL,
};
enum { BUFFER_OUT = 0 };

/* How much of a name is written at the most: longer ones fit no header that
 * other tools read. */
#define NAME_MAX 256u

/* By the op of command 6. */
static const uint8_t controls[] = {
    [1] = PROCESS_RESUME, PROCESS_STOP, PROCESS_FAULT,
    PROCESS_TERMINATE,    PROCESS_BOOT,
};

/* One call: who asks, and what it may do. */
struct request {
    const struct process_info_driver *driver;
    struct process *caller;
    pid_handle_t self;
    uint32_t powers;
};

/* Power needs a line of the board and that the header asks for it: an app whose
 * header asks for nothing reaches this driver, too, but has none. */
static uint32_t powers_of(const struct process_info_driver *d, pid_handle_t pid)
{
    struct process_info info;
    if (d->count == 0 || !process_inspect_pid(pid, &info) ||
        info.short_id == 0 || !info.filtered)
        return 0;
    uint32_t powers = 0, key = d->key_of == NULL ? 0 : d->key_of(pid);
    for (uint32_t i = 0; i < d->count; i++) {
        bool fits = d->list[i].key == 0 || d->list[i].key == key;
        if (fits && d->list[i].short_id == info.short_id)
            powers |= d->list[i].powers;
    }
    return powers;
}

static bool is_visible(const struct request *r, pid_handle_t pid)
{
    return pid.handle != 0 &&
           ((r->powers & AUTHORITY_SEE) != 0 || pid_equal(pid, r->self));
}

/* Write `len` bytes at `at` of the caller's buffer, or none if not all fit. */
static void put(const struct request *r, uint32_t at, const void *bytes,
                uint32_t len)
{
    struct uslice to = allowed_rw(&r->driver->grant, r->caller, BUFFER_OUT);
    if (at > to.len || len > to.len - at)
        return;
    err_t ignored = user_write(r->caller, to, at, bytes, len);
    (void)ignored;
}

/* Commands 1 to 3: go over the processes, writing a word for each. */
static struct sysret list_processes(const struct request *r, uint32_t number)
{
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        struct process_info info;
        if (!is_visible(r, pid) || !process_inspect(slot, &info))
            continue;
        uint32_t word = number == COMMAND_PIDS ? pid.handle : info.short_id;
        if (number != COMMAND_COUNT)
            put(r, 4 * count, &word, sizeof word);
        count++;
    }
    return sysret_u32(count);
}

static struct sysret put_name(const struct request *r,
                              const struct process_info *info)
{
    char name[NAME_MAX];
    uint32_t slot = info->pid.handle & 0xFF;
    uint32_t end = allowed_rw(&r->driver->grant, r->caller, BUFFER_OUT).len;
    end = end < NAME_MAX ? end : NAME_MAX;
    uint32_t len = process_name(slot, name, end);
    put(r, 0, name, end < len ? end : len);
    return sysret_u32(len);
}

static struct sysret put_stats(const struct request *r,
                               const struct process_info *info)
{
    const uint32_t words[] = {
        info->slices,
        info->syscalls,
        info->restarts,
        info->stopped ? PROCESS_STOPPED : (uint32_t)info->state,
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(words); i++)
        put(r, 4 * i, &words[i], 4);
    return sysret_success();
}

static struct sysret control(const struct request *r, pid_handle_t pid,
                             uint32_t op)
{
    if (op == 0 || op >= ARRAY_COUNT(controls))
        return sysret_failure(ERR_INVAL);
    if ((r->powers & AUTHORITY_CONTROL) != AUTHORITY_CONTROL)
        return sysret_failure(ERR_NOSUPPORT);
    return process_order(pid, controls[op]) == OK ? sysret_success()
                                                  : sysret_failure(ERR_INVAL);
}

/* Commands 4 to 6, about one process. */
static struct sysret about_one(const struct request *r, uint32_t number,
                               pid_handle_t pid, uint32_t op)
{
    struct process_info info;
    if (!is_visible(r, pid) || !process_inspect_pid(pid, &info))
        return sysret_failure(ERR_INVAL);
    if (number == COMMAND_NAME)
        return put_name(r, &info);
    if (number == COMMAND_STATS)
        return put_stats(r, &info);
    return control(r, pid, op);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    if (number == COMMAND_EXISTS)
        return sysret_success();
    if (number > COMMAND_CONTROL)
        return sysret_failure(ERR_NOSUPPORT);
    const struct request r = {
        .driver = self,
        .caller = p,
        .self = process_pid(p),
        .powers = powers_of(self, process_pid(p)),
    };
    if (number <= COMMAND_SHORT_IDS)
        return list_processes(&r, number);
    return about_one(&r, number, (pid_handle_t){ arg1 }, arg2);
}

const struct driver_ops process_info_ops = { .command = command };

void process_info_init(struct process_info_driver *driver,
                       const struct process_authority *list, uint32_t count)
{
    driver->grant.layout.allow_rw = 1;
    driver->list = list;
    driver->count = count;
}
