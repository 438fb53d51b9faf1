/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of every driver's entry points, on the scripted kernel and on
 * fakes of all devices (tests/fake/house.h). The input is a script: three apps
 * give commands, lend buffers, take them back, run out of room and die, while
 * devices answer, fail, and time passes. Whatever happens:
 *
 *  - an event comes only of a command of this life that was accepted, and as
 *    often as the driver says (`answers` below); none is lost,
 *  - an app's memory changes nowhere but in what it lends at that time,
 *  - a number of its own that an app has no grant for answers an error,
 *  - the fakes see their contracts kept, the sanitizers no memory of the dead.
 *
 * SOURCES: tests/fake/house.c tests/fake/kernel.c
 * SOURCES: drivers/adc.c drivers/aes.c drivers/alarm.c drivers/app_flash.c
 * SOURCES: drivers/blocks.c drivers/button.c drivers/calendar.c drivers/console.c
 * SOURCES: drivers/crc.c drivers/cycle_count.c drivers/date_time.c
 * SOURCES: drivers/digest_job.c drivers/gpio.c drivers/hmac.c drivers/i2c_master.c
 * SOURCES: drivers/isolated.c drivers/kept.c drivers/kv.c drivers/led.c
 * SOURCES: drivers/low_level_debug.c drivers/mux.c drivers/nonvolatile.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c
 * SOURCES: drivers/pwm.c drivers/read_only_state.c drivers/owners.c drivers/records.c drivers/rng.c
 * SOURCES: drivers/sensor.c drivers/sha.c drivers/spi_controller.c drivers/turns.c
 * SOURCES: loader/line.c loader/messages.c loader/process_info.c kernel/format.c
 * SOURCES: crypto/bearssl_aes.c crypto/bearssl_digest.c
 * SOURCES: pic/crc32.c
 * LINK: -lcmocka -lbearssl */
#include <tests/fake/house.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { APPS = 3, MIGHTY = 2, SCRIPT_MAX = 600 };
enum { RETRY_MS = 200 }; /* by then the console has told what it could not */
enum { MAYBE = 2 };      /* an event may come, or has been lost */

/* How a driver's commands lead to events. */
enum manner {
    NEVER,  /* they do not */
    EACH,   /* each that is accepted to one; none is accepted before that */
    LATEST, /* to one; another one before that takes its place */
    MANY,   /* to any number */
    ANYHOW, /* whoever has used the driver in any way is told */
};

/* Which command leads to which event; the rest to none. */
static const struct answer_rule {
    uint32_t driver;
    uint8_t command, event;
    enum manner manner;
} answers[] = {
    { DRIVER_ALARM, 5, 0, LATEST },
    { DRIVER_ALARM, 6, 0, LATEST },
    { DRIVER_CONSOLE, 1, 1, LATEST },
    { DRIVER_CONSOLE, 2, 2, LATEST },
    { DRIVER_BUTTON, 1, 0, MANY },
    { DRIVER_GPIO, 7, 0, ANYHOW },
    { DRIVER_ADC, 1, 0, MANY },
    { DRIVER_ADC, 2, 0, MANY },
    { DRIVER_ADC, 3, 0, MANY },
    { DRIVER_ADC, 4, 0, MANY },
    { DRIVER_SPI_CONTROLLER, 2, 0, EACH },
    { DRIVER_I2C_MASTER, 1, 0, EACH },
    { DRIVER_I2C_MASTER, 2, 0, EACH },
    { DRIVER_I2C_MASTER, 3, 0, EACH },
    { DRIVER_RNG, 1, 0, LATEST },
    { DRIVER_CRC, 1, 0, EACH },
    { DRIVER_HMAC, 1, 0, EACH },
    { DRIVER_HMAC, 2, 0, EACH },
    { DRIVER_HMAC, 3, 0, EACH },
    { DRIVER_HMAC, 4, 1, EACH },
    { DRIVER_HMAC, 5, 1, EACH },
    { DRIVER_SHA, 2, 0, EACH },
    { DRIVER_AES, 2, 0, EACH },
    { DRIVER_AES, 3, 0, EACH },
    { DRIVER_APP_FLASH, 1, 0, EACH },
    { DRIVER_NONVOLATILE, 2, 0, EACH },
    { DRIVER_NONVOLATILE, 3, 1, EACH },
    { DRIVER_KV, 1, 0, EACH },
    { DRIVER_KV, 2, 0, EACH },
    { DRIVER_KV, 3, 0, EACH },
    { DRIVER_KV, 4, 0, EACH },
    { DRIVER_KV, 5, 0, EACH },
    { DRIVER_KV, 6, 0, EACH },
    { DRIVER_ISOLATED, 1, 0, EACH },
    { DRIVER_ISOLATED, 2, 1, EACH },
    { DRIVER_ISOLATED, 3, 2, EACH },
    { DRIVER_TEMPERATURE, 1, 0, LATEST },
    { DRIVER_HUMIDITY, 1, 0, LATEST },
    { DRIVER_AMBIENT_LIGHT, 1, 0, LATEST },
    { DRIVER_PRESSURE, 1, 0, LATEST },
    { DRIVER_DATE_TIME, 1, 0, EACH },
    { DRIVER_DATE_TIME, 2, 0, EACH },
    { DRIVER_LOADER_LINE, 1, 0, MANY },
    { DRIVER_LOADER_LINE, 3, 1, MANY },
};

static struct life {
    struct process *process;
    /* Accepted, and the event has not come yet; that of MANY never ends. */
    uint32_t owed[HOUSE_DRIVERS][FAKE_NUMBERS];
    uint8_t memory[FAKE_MEMORY]; /* as it was */
    uint32_t dropped;            /* events that found the queue full, so far */
} apps[APPS];

static const uint8_t *input, *input_end;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_of(bool holds, uint32_t row, uint32_t number,
                       const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "driver 0x%x, %u: %s\n", (unsigned)house[row].number,
                  (unsigned)number, what);
    abort();
}

static uint32_t byte(void)
{
    return input < input_end ? *input++ : 0;
}

/* Small, in the middle, near what lengths there are, packed, or anything. */
static uint32_t number(void)
{
    static const uint32_t borders[] = { 16,  32,  64,  256,  300,
                                        600, 700, 512, 1000, 4096 };
    uint32_t b = byte();
    if (b < 96)
        return b % 48;
    if (b < 128)
        return borders[b % 10] + byte() % 5 - 2;
    if (b < 160)
        return byte() << 16 | byte() % 4;
    if (b < 176)
        return byte() << 8 | byte() % 4;
    if (b < 192)
        return 0x22000000u + byte() * 3;
    if (b < 208)
        return apps[byte() % APPS].process->info.pid.handle;
    if (b < 240)
        return byte() << 8 | byte();
    return byte() << 24 | byte() << 16 | byte() << 8 | byte();
}

/* ---- an app -------------------------------------------------------------------------- */

static void life_begin(uint32_t n)
{
    struct life *a = &apps[n];
    memset(a->owed, 0, sizeof a->owed);
    a->process = house_process(n == MIGHTY ? 3 : n);
    memset(fake_bytes(a->process, fake_space(a->process, FAKE_MEMORY)),
           (int)n + 1, FAKE_MEMORY);
    memcpy(a->memory, a->process->memory, FAKE_MEMORY);
    a->dropped = a->process->info.dropped;
}

static const struct answer_rule *rule_of(uint32_t driver, uint32_t command)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++)
        if (answers[i].driver == driver && answers[i].command == command)
            return &answers[i];
    return NULL;
}

static void answered(struct life *a, uint32_t row, uint32_t command)
{
    const struct answer_rule *rule = rule_of(house[row].number, command);
    if (house[row].number == DRIVER_ALARM && command == 3)
        a->owed[row][0] = 0; /* stopped */
    if (house[row].number == DRIVER_AES && command == 4)
        a->owed[row][0] = 0; /* what was under way is forgotten */
    if (rule == NULL)
        return;
    uint32_t *owed = &a->owed[row][rule->event];
    require_of(rule->manner != EACH || *owed != 1, row, command,
               "accepted before the event of the one before");
    *owed = 1;
}

static bool is_of(uint32_t row, uint32_t event, enum manner manner)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++)
        if (answers[i].driver == house[row].number && answers[i].event == event)
            return answers[i].manner == manner;
    return false;
}

static bool is_of_many(uint32_t row, uint32_t event)
{
    return is_of(row, event, MANY) || is_of(row, event, ANYHOW);
}

static void events_take(struct life *a)
{
    struct fake_upcall event;
    while (fake_upcall(a->process, &event)) {
        uint32_t row = 0;
        while (house[row].number != event.driver)
            row++;
        uint32_t *owed = &a->owed[row][event.number];
        require_of(*owed != 0 || is_of(row, event.number, ANYHOW), row,
                   event.number, "an event of no command");
        if (!is_of_many(row, event.number))
            *owed = 0;
    }
}

static void give(struct life *a, uint32_t row, uint32_t command, uint32_t a1,
                 uint32_t a2)
{
    struct process *p = a->process;
    bool has_grant = house[row].grant == NULL || !p->no_room ||
                     grant_peek(house[row].grant, p) != NULL;
    struct sysret r = fake_command(p, house[row].number, command, a1, a2);
    require(r.variant <= SYSRET_FAILURE_U64 || r.variant >= SYSRET_SUCCESS);
    require(r.variant != SYSRET_FAILURE ||
            (r.value != OK && r.value <= ERR_NOACK));
    if (r.variant < SYSRET_SUCCESS)
        return;
    require_of(has_grant || rule_of(house[row].number, command) == NULL ||
                   is_of_many(row, 0),
               row, command, "accepted without a grant");
    answered(a, row, command);
    events_take(a);
}

static void step_command(struct life *a)
{
    uint32_t row = byte() % HOUSE_DRIVERS, command = byte();
    command = command < 240 ? command % 12 : command - 240 + 95;
    uint32_t a1 = number(), a2 = number();
    give(a, row, command, a1, a2);
}

/* A buffer is lent, shortened, moved or taken back. */
static void step_allow(struct life *a)
{
    uint32_t row = byte() % HOUSE_DRIVERS, slot = byte();
    uint32_t at = number() % FAKE_MEMORY, len = number();
    if (len > FAKE_MEMORY - at)
        len = FAKE_MEMORY - at;
    uint32_t address = a->process->base + at;
    err_t e = slot % 2 == 0 ? fake_allow_ro(a->process, house[row].number,
                                            slot / 2 % 4, address, len)
                            : fake_allow_rw(a->process, house[row].number,
                                            slot / 2 % 4, address, len);
    require(e == OK || e == ERR_NOSUPPORT || e == ERR_NOMEM);
}

/* All buffers of a driver, of lengths that mean something, then its commands. */
static void step_operation(struct life *a)
{
    static const uint32_t fit[] = { 0, 1, 8, 12, 13, 16, 24, 32, 48, 64, 128 };
    uint32_t row = byte() % HOUSE_DRIVERS, number = house[row].number;
    uint32_t from = a->process->base;
    for (uint32_t slot = 0; slot < FAKE_NUMBERS; slot++) {
        uint32_t ro = fit[byte() % ARRAY_COUNT(fit)];
        uint32_t rw = fit[byte() % ARRAY_COUNT(fit)];
        (void)fake_allow_ro(a->process, number, slot, from + slot * 256, ro);
        (void)fake_allow_rw(a->process, number, slot, from + slot * 300, rw);
    }
    for (uint32_t n = byte() % 4; n > 0; n--)
        give(a, row, byte() % 10, byte() % 32, byte() % 32);
}

/* What a driver is there for, done right, or with a buffer too many or too few. */
static void step_plain(struct life *a)
{
    const struct house_operation *o =
        &house_operations[byte() % HOUSE_OPERATIONS];
    uint32_t row = (uint32_t)(house_find(o->driver) - house), way = byte();
    for (uint32_t n = 0; n < HOUSE_BUFFERS; n++) {
        uint32_t from = a->process->base + n * 400;
        if (o->ro[n] != 0 && way % 7 != n)
            (void)fake_allow_ro(a->process, o->driver, n, from, o->ro[n]);
        if (o->rw[n] != 0 && way % 11 != n)
            (void)fake_allow_rw(a->process, o->driver, n, from, o->rw[n]);
    }
    give(a, row, o->first, way / 64, way & 1);
    give(a, row, o->command, o->a1, o->a2);
}

/* Others' events leave no room for those of these drivers. */
static void step_crowd(struct life *a)
{
    struct fake_upcall event;
    fake_fill_queue(a->process, FAKE_QUEUE);
    fake_settle();
    for (uint32_t n = 4; n < 15; n++)
        house_event(n, OK);
    fake_settle();
    for (uint32_t i = 0; i < FAKE_QUEUE; i++)
        require(fake_upcall(a->process, &event) && event.driver == 0xF111);
}

static void step_allow_ur(struct life *a)
{
    struct uslice slice = { { a->process->base + byte() }, byte() };
    (void)fake_allow_ur(a->process, house[byte() % HOUSE_DRIVERS].number,
                        byte() % 3, &slice);
}

static void step_poke(struct life *a)
{
    uint32_t at = number() % FAKE_MEMORY;
    a->process->memory[at] = (uint8_t)byte();
    a->memory[at] = a->process->memory[at];
}

/* ---- what has to hold ------------------------------------------------------------------ */

static bool is_lent(const struct process *p, uint32_t at)
{
    for (uint32_t g = 0; g < FAKE_GRANTS; g++)
        for (uint32_t i = 0; i < FAKE_NUMBERS; i++) {
            struct uslice s = p->grants[g].rw[i];
            if (p->base + at - s.base.addr < s.len)
                return true;
        }
    /* Of the one buffer that apps read and drivers write. */
    return p->resumed_told;
}

/* Only what is lent has changed. */
static void memory_check(struct life *a)
{
    const struct process *p = a->process;
    if (memcmp(a->memory, p->memory, FAKE_MEMORY) == 0)
        return;
    for (uint32_t i = 0; i < FAKE_MEMORY; i++)
        require(a->memory[i] == p->memory[i] || is_lent(p, i));
    memcpy(a->memory, p->memory, FAKE_MEMORY);
}

/* Devices have done what they had to do: no answer is owed any more but of an
 * alarm, and of input that nobody types. */
static void debts_check(struct life *a)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
        const struct answer_rule *r = &answers[i];
        uint32_t row = (uint32_t)(house_find(r->driver) - house);
        bool may_take_long = is_of_many(row, r->event) ||
                             r->driver == DRIVER_ALARM ||
                             (r->driver == DRIVER_CONSOLE && r->command == 2);
        require_of(may_take_long || a->owed[row][r->event] != 1, row,
                   r->command, "its event has not come");
    }
}

/* What has found the queue full, of others' events or of samples that nobody
 * takes, is lost and owed no more. The console tells its own later. */
static void losses_forgive(struct life *a)
{
    uint32_t console = (uint32_t)(house_find(DRIVER_CONSOLE) - house);
    if (a->process->info.dropped == a->dropped)
        return;
    a->dropped = a->process->info.dropped;
    for (uint32_t row = 0; row < HOUSE_DRIVERS; row++)
        for (uint32_t e = 0; row != console && e < FAKE_NUMBERS; e++)
            if (!is_of_many(row, e))
                a->owed[row][e] = MAYBE;
}

static void all_check(void)
{
    for (uint32_t n = 0; n < APPS; n++) {
        events_take(&apps[n]);
        losses_forgive(&apps[n]);
        memory_check(&apps[n]);
    }
}

static void settle(void)
{
    house_fail(false);
    house_settle();
    all_check();
    fake_pass_ms(RETRY_MS);
    house_settle();
    all_check();
    for (uint32_t n = 0; n < APPS; n++)
        debts_check(&apps[n]);
}

/* ---- the script -------------------------------------------------------------------------- */

static void step_event(void)
{
    static const err_t statuses[] = { OK, OK, OK, ERR_FAIL, ERR_NOACK };
    uint32_t n = byte() % HOUSE_EVENTS, what = byte();
    house_event(n, n < 15 ? statuses[what % 5] : (err_t)what);
}

static void step(void)
{
    uint32_t what = byte(), n = what / 16 % APPS;
    struct life *a = &apps[n];
    switch (what % 16) {
    case 0:
    case 1:
        step_command(a);
        break;
    case 2:
        step_operation(a);
        break;
    case 3:
        step_plain(a);
        break;
    case 4:
    case 5:
    case 6:
        step_allow(a);
        break;
    case 7:
        if (what % 32 == 7)
            step_allow_ur(a);
        else
            step_crowd(a);
        break;
    case 8:
        (void)fake_settle_one();
        break;
    case 9:
    case 10:
        step_event();
        break;
    case 11:
        step_poke(a);
        break;
    case 12:
        a->process->no_room = !a->process->no_room;
        fake_resume(a->process);
        break;
    case 13:
        house_fail(what >= 128);
        break;
    case 14:
        fake_die(a->process);
        life_begin(n);
        break;
    default:
        settle();
        break;
    }
    all_check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SCRIPT_MAX)
        return 0;
    input = data;
    input_end = data + size;
    house_begin();
    for (uint32_t n = 0; n < APPS; n++)
        life_begin(n);
    while (input < input_end)
        step();
    settle();
    fake_end();
    return 0;
}
