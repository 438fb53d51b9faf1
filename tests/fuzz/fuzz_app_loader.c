/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the drivers that install apps, 0x10001 and 0x80010001, on the
 * real kernel, loading machine and store (tests/fake/loading.h). The input is a
 * script: two apps set up, write good and bad images in any order, finalize,
 * start, remove, resume, take their buffer away and die; flash works a little at a
 * time, time passes. Whatever happens:
 *
 *  - a command that was accepted ends with one event of its own, as long as its
 *    app lives, and no event comes of anything else,
 *  - in the end the machine is idle and can do another installation,
 *  - the two apps lie in flash as they were.
 *
 * The world is booted once. Each input begins with two new lives, no transfer and
 * no other app; what is older than that is not put back.
 *
 * SOURCES: loader/app_loader.c loader/authority.c
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/accept_none.c
 * SOURCES: loader/loader.c loader/load.c
 * SOURCES: loader/update.c loader/identity.c loader/store.c loader/store_chain.c
 * SOURCES: loader/store_journal.c loader/store_sector.c loader/store_transfer.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c pic/reloc.c
 * SOURCES: kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * SOURCES: pic/crc32.c
 * LINK: -lcmocka -Wl,--wrap=flash_hold -Wl,--wrap=flash_release */
#include <loader/app_loader.h>
#include <tests/fake/loading.h>

#include <stdlib.h>
#include <string.h>

#include <kernel/flash_hold.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { APPS = 2, STEP = 4, STEPS_MAX = 120, ROOM = 4200, OBJECTS = 8 };
enum { ENABLE = 3, DISABLE = 4, REMOVE = 5, UNLOAD = 6, MORE_COMMANDS = 15 };

static struct app_loader driver;
static const struct driver table[] = {
    { DRIVER_APP_LOADER, &app_loader_ops, &driver, &driver.grant },
    { DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &driver,
      &driver.more_grant },
};
static const struct authority_line list[] = {
    { 0xA, AUTHORITY_ANY_KEY },
    { 0xB, AUTHORITY_ANY_KEY },
};
static const struct tbf_permission both[] = {
    { DRIVER_APP_LOADER, 0, 0xFF },
    { DRIVER_APP_LOADER_MORE, 0, 0xFFFF },
};
static const struct app owners[APPS] = {
    { .name = "ann",
      .short_id = 0xA,
      .ram = 5200,
      .permissions = both,
      .permission_count = 2 },
    { .name = "bob",
      .short_id = 0xB,
      .ram = 5200,
      .permissions = both,
      .permission_count = 2 },
};
static const struct app children[] = {
    { .name = "child", .short_id = 0x77, .version = 1, .ram = 512 },
    { .name = "child", .short_id = 0x77, .version = 2, .ram = 512 },
    { .name = "large", .short_id = 0x78, .ram = 512, .binary = 4200 },
};

static struct process *apps[APPS];
/* Events to come: those of the first driver, and that of the second. */
enum { OF_MORE = 6, EVENTS };
static bool owed[APPS][EVENTS];
static uint32_t owners_end; /* of both in flash */
static uint8_t owners_bytes[4096];
static uint32_t image_size;

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* ---- lives ----------------------------------------------------------------------- */

static void memory_take(struct process *p)
{
    (void)machine_call(p, SYSCALL_MEMOP, 0, process_ram_start(p) + 4600, 0, 0);
}

static bool can_run(const struct process *p)
{
    return p->state == PROCESS_RUNNING && !p->stopped && !loading.nor.is_busy &&
           loading.holds == 0;
}

static void life_begin(uint32_t n)
{
    if (process_is_live(apps[n]))
        (void)process_terminate(apps[n]->pid);
    loading_settle();
    memset(owed[n], 0, sizeof owed[n]);
    if (process_boot(apps[n]->pid) == OK)
        loading_settle();
    if (can_run(apps[n]))
        memory_take(apps[n]);
}

/* Each event is that of a command. */
static void events_take(uint32_t n)
{
    struct process *p = apps[n];
    for (; process_is_live(p) && p->queue_count != 0; p->queue_count--) {
        const struct upcall_event *e = &p->queue[p->queue_first];
        bool is_more = e->what >> 16 == (uint16_t)driver.more_grant.offset;
        uint32_t event = is_more ? OF_MORE : e->what & 0xFFFF;
        require(event < EVENTS && owed[n][event]);
        owed[n][event] = false;
        p->queue_first = (uint8_t)((p->queue_first + 1) % UPCALL_QUEUE);
    }
    if (!process_is_live(p))
        memset(owed[n], 0, sizeof owed[n]);
}

/* ---- steps -------------------------------------------------------------------------- */

/* The object of that number behind the two owners; false: there are not so many. */
static bool object_of(uint32_t number, struct loader_object *o)
{
    uint32_t at = STORE_NONE;
    while (loader_walk(&loading.loader, &at, o))
        if (o->store.at >= owners_end && !o->store.is_free &&
            o->store.error == TBF_OK && number-- == 0)
            return true;
    return false;
}

static void command(uint32_t n, bool is_more, uint32_t number, uint32_t a1,
                    uint32_t a2)
{
    struct process *p = apps[n];
    if (!can_run(p))
        return;
    (void)machine_call(p, SYSCALL_COMMAND,
                       is_more ? DRIVER_APP_LOADER_MORE : DRIVER_APP_LOADER,
                       number, a1, a2);
    bool has_event =
        is_more ? number >= ENABLE && number != 6 && number != 8 : number != 0;
    if (A(p, 0) != SYSRET_SUCCESS || !has_event)
        return;
    uint32_t event = is_more ? OF_MORE : number - 1;
    require(!owed[n][event]);
    owed[n][event] = true;
}

static void step_command(const uint8_t *in)
{
    uint32_t number = in[1] % 8, raw = in[2];
    uint32_t offset = in[3] * 16u;
    if (number == 1)
        command(in[0] / 64 % APPS, false, 1, raw < 200 ? image_size : raw * 4,
                0);
    else if (number == UNLOAD)
        command(in[0] / 64 % APPS, false, UNLOAD, raw < 128 ? 0x77 : 0x78, 0);
    else
        command(in[0] / 64 % APPS, false, number, offset, raw * 16);
}

static void step_more(const uint8_t *in)
{
    struct loader_object o;
    uint32_t number = in[1] % MORE_COMMANDS;
    if (number == 9)
        command(in[0] / 64 % APPS, true, 9, image_size, in[2]);
    else if (number == 1 || number == 7 || number == 8)
        command(in[0] / 64 % APPS, true, number, in[2] % OBJECTS, in[3]);
    else if (object_of(in[2] % OBJECTS, &o))
        command(in[0] / 64 % APPS, true, number, o.store.handle.at,
                o.store.handle.tag ^ (in[3] < 16));
    else
        command(in[0] / 64 % APPS, true, number, in[2] * 256u, in[3]);
}

/* Another image from now on. */
static void step_image(const uint8_t *in)
{
    image_size = loading_image_make(&children[in[1] % ARRAY_COUNT(children)]);
    if (in[2] < 64)
        loading_image[in[3]] ^= in[2];
}

/* A piece of it is lent. */
static bool lend(struct process *p, uint32_t offset, uint32_t len)
{
    if (!can_run(p) || p->app_break < process_ram_start(p) + ROOM + 64)
        return false;
    for (uint32_t i = 0; i < len; i++)
        machine_poke(process_ram_start(p) + 64 + i,
                     loading_image[(offset + i) % LOADING_APP_MAX]);
    (void)machine_call(p, SYSCALL_ALLOW_RO, DRIVER_APP_LOADER, 0,
                       process_ram_start(p) + 64, len);
    return true;
}

/* And perhaps written at its place at once. */
static void step_piece(const uint8_t *in)
{
    struct process *p = apps[in[0] / 64 % APPS];
    uint32_t offset = in[1] % 16 * 512u, len = in[2] * 16u;
    if (!lend(p, offset, len))
        return;
    (void)machine_call(p, SYSCALL_ALLOW_RW, DRIVER_APP_LOADER_MORE, 0,
                       process_ram_start(p) + 64, in[3] * 4u);
    if (in[3] < 128)
        command(in[0] / 64 % APPS, false, 2, offset, len);
}

/* All of it, by one app, as it should be. */
static void step_install(const uint8_t *in)
{
    uint32_t n = in[0] / 64 % APPS;
    command(n, false, 1, image_size, 0);
    loading_pass(5);
    events_take(n);
    for (uint32_t at = 0; at < image_size; at += 2048) {
        uint32_t left = image_size - at, len = left < 2048 ? left : 2048;
        if (lend(apps[n], at, len))
            command(n, false, 2, at, len);
        loading_pass(5);
        events_take(n);
    }
    command(n, false, 3, 0, 0);
    if (in[1] < 200)
        loading_pass(5);
    events_take(n);
    if (in[2] < 128)
        command(n, false, 4, 0, 0);
}

static void step(const uint8_t *in)
{
    switch (in[0] % 16) {
    case 0:
    case 1:
    case 2:
        step_command(in);
        break;
    case 3:
    case 4:
    case 5:
        step_more(in);
        break;
    case 6:
        step_image(in);
        break;
    case 7:
    case 8:
        step_piece(in);
        break;
    case 9:
        step_install(in);
        break;
    case 10:
    case 11:
        for (uint32_t i = in[1] % 8; i > 0; i--)
            (void)loading_step();
        break;
    case 12:
        life_begin(in[0] / 64 % APPS);
        break;
    case 13:
        loading_pass(in[1]);
        break;
    default:
        loading_settle();
        break;
    }
    process_attend();
    for (uint32_t n = 0; n < APPS; n++)
        events_take(n);
}

/* ---- the world ------------------------------------------------------------------------- */

static void until_idle(void)
{
    for (uint32_t ms = 0; loader_busy(&loading.loader) != LOADER_IDLE; ms++) {
        require(ms < 5000);
        loading_pass(1);
    }
}

/* No transfer, no other app, two that run. */
static void world_clean(void)
{
    struct loader_object o;
    const struct store_transfer *t;
    loading_pass(1200); /* a transfer is interrupted then, a trial over */
    until_idle();
    if ((t = loader_transfer(&loading.loader)) != NULL) {
        loading.client.owner = LOADING_OWNER;
        (void)loading_end(
            loader_open(&loading.loader, &loading.client,
                        &(struct store_request){ t->size, 0, 0, STORE_NONE }));
        (void)loader_abort(&loading.loader, &loading.client);
        loading_pass(5);
        until_idle();
    }
    for (uint32_t i = 0; i < OBJECTS && object_of(0, &o); i++)
        (void)loading_end(
            loader_remove(&loading.loader, &loading.client, o.store.handle));
    until_idle();
    for (uint32_t n = 0; n < APPS; n++)
        life_begin(n);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    app_loader_init(&driver, &loading.loader, list, ARRAY_COUNT(list));
    loading_start(table, ARRAY_COUNT(table));
    loading_quicken();
    for (uint32_t n = 0; n < APPS; n++)
        (void)loading_put(&owners[n]);
    owners_end = loading.put_at;
    require(owners_end <= sizeof owners_bytes);
    loading_boot();
    for (uint32_t n = 0; n < APPS; n++) {
        apps[n] = process_find(loading_object(owners[n].name).pid);
        require(apps[n] != NULL);
    }
    flash_open();
    memcpy(owners_bytes, flash_bytes(&loading.nor.flash, 0), owners_end);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > STEP * STEPS_MAX)
        return 0;
    image_size = loading_image_make(&children[0]);
    world_clean();
    for (; size >= STEP; size -= STEP, data += STEP)
        step(data);
    loading_pass(20);
    until_idle();
    for (uint32_t n = 0; n < APPS; n++) {
        events_take(n);
        for (uint32_t i = 0; i < EVENTS; i++)
            require(!owed[n][i]);
    }
    flash_open();
    require(memcmp(owners_bytes, flash_bytes(&loading.nor.flash, 0),
                   owners_end) == 0);
    return 0;
}
