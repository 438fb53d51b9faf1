/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/stored.h>

struct world w;
struct store *const s = &w.store;
uint8_t app[APP_MAX], other[APP_MAX];
const struct flash_geometry *geometry;

const struct flash_geometry geometries[4] = {
    { 16 * 4096, 4096, 1, 256, true, false },
    { 16 * 4096, 4096, 4, 256, false, false },
    { 16 * 4096, 4096, 32, 256, true, true },
    { 64 * 512, 512, 32, 64, false, false },
};

void start(void)
{
    world_make(&w, geometry, 2, 1);
    assert_int_equal(world_boot(&w), OK);
}

void again(void)
{
    nor_power_up(&w.nor);
    assert_int_equal(world_boot(&w), OK);
}

void end(void)
{
    assert_null(world_check(&w));
    world_free(&w);
}

uint32_t unit_up(uint32_t n)
{
    return round_up(n, store_unit(s));
}

err_t install(uint32_t size, uint32_t number)
{
    app_make(app, size, number);
    return world_install(&w, app, size, 256, NULL);
}

bool has(uint32_t size, uint32_t number, struct store_object *o)
{
    app_make(app, size, number);
    return world_find(&w, app, size, o);
}

struct store_object object(uint32_t size, uint32_t number)
{
    struct store_object o;
    assert_true(has(size, number, &o));
    return o;
}

void removed(uint32_t size, uint32_t number)
{
    struct store_object o = object(size, number);
    assert_int_equal(world_finish(&w, store_remove(s, o.handle)), OK);
    assert_false(has(size, number, &o));
}

uint32_t apps(void)
{
    struct store_object o;
    uint32_t at = STORE_NONE, n = 0;
    while (store_walk(s, &at, &o))
        n += !o.is_free && o.error == TBF_OK;
    return n;
}

err_t open_size(uint32_t owner, uint32_t size, uint32_t id)
{
    const struct store_request request = { size, id, 0, STORE_NONE };
    return world_finish(&w, store_open(s, owner, &request));
}

err_t write_app(uint32_t owner, uint32_t from, uint32_t to)
{
    err_t e = OK;
    while (e == OK && from < to) {
        uint32_t len = to - from < 256 ? to - from : 256;
        e = world_finish(&w, store_write(s, owner, from, app + from, len));
        from += len;
    }
    return e;
}

uint32_t preset(uint32_t at, uint32_t size, uint32_t number)
{
    if (number != 0) {
        app_make(app, size, number);
    } else {
        memset(app, 0xFF, size);
        for (uint32_t i = 0; i < TBF_BASE_SIZE; i += 4) {
            uint32_t word = pad_word(size, i);
            memcpy(app + i, &word, 4);
        }
    }
    nor_preset(&w.nor, at, app, size);
    return at + size;
}
