/* SPDX-License-Identifier: Apache-2.0 */
/* A board with a store on the fake machine (machine.h): the real kernel, the
 * real loading machine, the real store, over a NOR flash (tests/power/nor.h)
 * that holds app flash and reads as status while it is busy. There is no loop:
 * loading_settle() does what the loop would do, and time passes only in
 * loading_pass(). What runs in apps is whatever a test calls in their stead.
 *
 *     loading_start(drivers, count);
 *     uint32_t at = loading_put(&(struct app){ .name = "a" });
 *     loading_boot();
 *     assert_int_equal(loading_end(loader_compact(&loading.loader,
 *                                                 &loading.client)), OK);
 */
#ifndef TESTS_FAKE_LOADING_H
#define TESTS_FAKE_LOADING_H

#include <loader/loader.h>
#include <tests/fake/machine.h>
#include <tests/power/nor.h>

enum {
    LOADING_SECTOR = 2048,
    LOADING_SECTORS = 32,
    LOADING_OWNER = 3,
    LOADING_APP_MAX = 16384,
    LOADING_REPORTS = 80,
};

/* Where the chain ends; behind it lie spare and journal. */
#define LOADING_END ((LOADING_SECTORS - 3u) * LOADING_SECTOR)

struct loading {
    struct nor nor;
    struct loader loader;
    struct loader_policy policy; /* by header, 300 ms, 1000 ms */
    struct loader_client client;
    struct loader_result result; /* of the client's last request */
    uint32_t dones;
    struct loader_report reports[LOADING_REPORTS]; /* of the boot */
    uint32_t report_count, finished;
    int holds; /* flash_hold() less flash_release() */
    uint32_t put_at;
    uint64_t dies_at; /* operations from that number on fail */
    const struct accept_policy *accept; /* with loader/accept.c */
    /* Something to do to each image that is made: its size then. */
    uint32_t (*dress)(uint8_t *image, uint32_t size);
};

extern struct loading loading;

/* Once in a test: the machine, and erased flash. */
void loading_start(const struct driver *drivers, uint32_t count);
/* From now on flash can be read while it is busy: much faster. Before
 * loading_boot(). */
void loading_quicken(void);
/* As a programmer would: behind the one before. Its offset. */
uint32_t loading_put(const struct app *app);
/* loader_boot(), and until it is over. */
void loading_boot(void);
void loading_boot_begin(void); /* does not wait for its end */

/* All that is to be done now; one piece of it, false: there is none. */
void loading_settle(void);
bool loading_step(void);
void loading_pass(uint32_t ms);
/* What that request ended with, exactly once; `begun` is what it answered. */
err_t loading_end(err_t begun);

/* Make the image of an app; its size. Valid until the next. */
extern uint8_t loading_image[LOADING_APP_MAX];
uint32_t loading_image_make(const struct app *app);
/* Open, write, seal and commit it; the first error. `replaces`: NULL for no
 * update. */
err_t loading_install(const struct app *app,
                      const struct store_handle *replaces, bool start);
/* The same without the commit. */
err_t loading_transfer(const struct app *app);

/* The object of that name, of several the first; false: there is none. */
bool loading_find(const char *name, struct loader_object *o);
struct loader_object loading_object(const char *name);

#endif
