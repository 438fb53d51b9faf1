/* SPDX-License-Identifier: Apache-2.0 */
/* An app store on a flash of one of four kinds (tests/power/world.h): to fill it, to
 * ask it, to start it again. A test is run on each of them by ON_EVERY_FLASH. */
#ifndef TESTS_FAKE_STORED_H
#define TESTS_FAKE_STORED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loader/store_priv.h>
#include <tests/power/world.h>

#define APP_MAX 65536u

extern struct world w;
extern struct store *const s;
extern uint8_t app[APP_MAX], other[APP_MAX];
extern const struct flash_geometry *geometry;
extern const struct flash_geometry geometries[4];

void start(void);
void again(void);
void end(void);

#define ON_EVERY_FLASH(test)                                                   \
    for (uint32_t g_ = 0; g_ < ARRAY_COUNT(geometries); g_++) {                \
        geometry = &geometries[g_];                                            \
        start();                                                               \
        test();                                                                \
        end();                                                                 \
    }

uint32_t unit_up(uint32_t n);
err_t install(uint32_t size, uint32_t number);
bool has(uint32_t size, uint32_t number, struct store_object *o);
struct store_object object(uint32_t size, uint32_t number);
void removed(uint32_t size, uint32_t number);
uint32_t apps(void);
err_t open_size(uint32_t owner, uint32_t size, uint32_t id);
err_t write_app(uint32_t owner, uint32_t from, uint32_t to);

/* A chain as a programmer would write it; padding is number 0. */
uint32_t preset(uint32_t at, uint32_t size, uint32_t number);

#endif
