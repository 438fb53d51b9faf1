/* SPDX-License-Identifier: Apache-2.0 */
/* See loading.h. */
#include <tests/fake/loading.h>

#include <stdlib.h>
#include <string.h>

#include <berth/hil/chip.h>
#include <kernel/flash_hold.h>

#define PIECE 256u
#define STEPS_MAX 1000000u /* what settles at all settles in fewer */

struct loading loading;
uint8_t loading_image[LOADING_APP_MAX];

static const struct store_layout layout = {
    .journal = (LOADING_SECTORS - 2) * LOADING_SECTOR,
    .journal_sectors = 2,
    .spare = LOADING_END,
    .spare_sectors = 1,
    .start = 0,
    .end = LOADING_END,
};

static uint32_t buffer[64];
static struct store_place place = {
    .flash = &loading.nor.flash,
    .geometry = &loading.nor.geometry,
    .base = (const uint8_t *)(uintptr_t)MACHINE_FLASH,
    .layout = &layout,
    .buffer = (uint8_t *)buffer,
    .buffer_size = sizeof buffer,
};

const struct store_place *store_place(const struct store *store)
{
    (void)store;
    return &place;
}

static struct loader_config config = { .policy = &loading.policy };

const struct loader_config *loader_config(const struct loader *l)
{
    (void)l;
    return &config;
}

/* ---- what the kernel is told, counted (LINK: -Wl,--wrap=...) ------------------ */

void real_hold(void) __asm__("__real_flash_hold");
void real_release(void) __asm__("__real_flash_release");
void wrap_hold(void) __asm__("__wrap_flash_hold");
void wrap_release(void) __asm__("__wrap_flash_release");

void wrap_hold(void)
{
    loading.holds++;
    real_hold();
}

void wrap_release(void)
{
    loading.holds--;
    real_release();
}

/* ---- the flash ----------------------------------------------------------------- */

static const struct flash_ops *nor_ops;

static void fail_if_dying(void)
{
    if (loading.nor.operations >= loading.dies_at)
        loading.nor.fail_at = loading.nor.operations;
}

static err_t on_program(struct flash *flash, uint32_t at, const uint8_t *bytes,
                        uint32_t len)
{
    fail_if_dying();
    flash_open();
    return nor_ops->program(flash, at, bytes, len);
}

static err_t on_erase(struct flash *flash, uint32_t at)
{
    fail_if_dying();
    flash_open();
    return nor_ops->erase(flash, at);
}

static void flash_make(void)
{
    static const struct flash_ops ops = { on_program, on_erase };
    static const struct flash_geometry geometry = {
        .size = LOADING_SECTORS * LOADING_SECTOR,
        .sector_size = LOADING_SECTOR,
        .word_size = 4,
        .burst = 256,
        .reprogram = true,
        .read_while_busy = false,
    };
    struct nor *nor = &loading.nor;
    nor_make(nor, &geometry);
    if (nor->shown != nor->cells)
        free(nor->shown);
    nor->shown = (uint8_t *)(uintptr_t)MACHINE_FLASH;
    nor->flash.base = nor->shown;
    memcpy(nor->shown, nor->cells, geometry.size);
    nor_ops = nor->flash.ops;
    nor->flash.ops = &ops;
    loading.dies_at = NOR_NEVER;
}

/* ---- boot ------------------------------------------------------------------------ */

static void on_done(struct loader_client *client, const struct loader_result *r)
{
    assert_ptr_equal(client, &loading.client);
    loading.result = *r;
    loading.dones++;
}

static void on_reported(const struct loader_report *r)
{
    if (r == NULL) {
        loading.finished++;
        return;
    }
    assert_true(loading.report_count < LOADING_REPORTS);
    loading.reports[loading.report_count++] = *r;
}

void loading_start(const struct driver *drivers, uint32_t count)
{
    machine_boot(drivers, count);
    flash_make();
    config.reported = on_reported;
    loading.policy = (struct loader_policy){
        .identity = IDENTITY_BY_HEADER,
        .trial_ms = 300,
        .idle_ms = 1000,
    };
    loading.client =
        (struct loader_client){ .owner = LOADING_OWNER, .done = on_done };
}

void loading_quicken(void)
{
    struct nor *nor = &loading.nor;
    free(nor->cells);
    nor->cells = nor->shown;
}

uint32_t loading_image_make(const struct app *app)
{
    for (uint32_t i = 0; i < sizeof loading_image; i++)
        loading_image[i] = (uint8_t)(i * 7 + app->version);
    uint32_t size = machine_object(app, loading_image, sizeof loading_image);
    return loading.dress == NULL ? size : loading.dress(loading_image, size);
}

uint32_t loading_put(const struct app *app)
{
    uint32_t at = loading.put_at, size = loading_image_make(app);
    nor_preset(&loading.nor, at, loading_image, size);
    loading.put_at += size;
    return at;
}

void loading_boot_begin(void)
{
    config.accept = loading.accept;
    loader_boot(&loading.loader, 0x5EC2E7);
}

void loading_boot(void)
{
    loading_boot_begin();
    for (uint32_t ms = 0; loader_busy(&loading.loader) != LOADER_IDLE; ms++) {
        assert_true(ms < 1000);
        loading_pass(1);
    }
}

/* ---- the loop --------------------------------------------------------------------- */

bool loading_step(void)
{
    process_attend();
    (void)ktimer_run(chip_now());
    if (flash_run())
        return true;
    if (loading.nor.is_dead)
        return false;
    if (loading.nor.is_busy) {
        flash_open();
        nor_complete(&loading.nor);
        return true;
    }
    return loading.holds == 0 && deferred_run();
}

void loading_settle(void)
{
    uint32_t steps = 0;
    while (loading_step())
        assert_true(++steps < STEPS_MAX);
}

void loading_pass(uint32_t ms)
{
    loading_settle();
    for (uint32_t i = 0; i < ms; i++) {
        machine_now += MACHINE_HZ / 1000;
        loading_settle();
    }
}

err_t loading_end(err_t begun)
{
    uint32_t before = loading.dones;
    if (begun != OK)
        return begun;
    for (uint32_t ms = 0; loading.dones == before; ms++) {
        assert_true(ms < 1000); /* else it never ends */
        loading_pass(1);
    }
    assert_int_equal(loading.dones, before + 1);
    return loading.result.e;
}

/* ---- apps --------------------------------------------------------------------------- */

err_t loading_transfer(const struct app *app)
{
    struct loader *l = &loading.loader;
    uint32_t size = loading_image_make(app);
    const struct store_request request = { size, 0, 0, STORE_NONE };
    err_t e = loading_end(loader_open(l, &loading.client, &request));
    for (uint32_t at = 0; e == OK && at < size; at += PIECE) {
        uint32_t len = size - at < PIECE ? size - at : PIECE;
        e = loading_end(
            loader_write(l, &loading.client, at, loading_image + at, len));
    }
    return e;
}

err_t loading_install(const struct app *app,
                      const struct store_handle *replaces, bool start)
{
    struct loader *l = &loading.loader;
    err_t e = loading_transfer(app);
    if (e == OK)
        e = loading_end(loader_seal(l, &loading.client, replaces, false));
    if (e == OK)
        e = loading_end(loader_commit(l, &loading.client, start));
    return e;
}

bool loading_find(const char *name, struct loader_object *o)
{
    uint32_t at = STORE_NONE;
    flash_open();
    while (loader_walk(&loading.loader, &at, o)) {
        const struct tbf_span *span = &o->store.tbf.name;
        if (o->store.error == TBF_OK && !o->store.is_free &&
            span->len == strlen(name) &&
            memcmp(loader_bytes(&loading.loader, o->store.at + span->offset),
                   name, span->len) == 0)
            return true;
    }
    return false;
}

struct loader_object loading_object(const char *name)
{
    struct loader_object o;
    assert_true(loading_find(name, &o));
    return o;
}
