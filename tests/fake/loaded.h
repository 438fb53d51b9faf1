/* SPDX-License-Identifier: Apache-2.0 */
/* Three apps on a board with a store (loading.h), and orders to the loading machine
 * by their names. */
#ifndef TESTS_FAKE_LOADED_H
#define TESTS_FAKE_LOADED_H

#include <string.h>

#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <loader/store_priv.h>
#include <tests/fake/loading.h>

#define CLIENT (&loading.client)
#define LOADER (&loading.loader)

extern const struct app alpha;
extern const struct app beta;
extern const struct app gamma;

struct app with_version(const struct app *app, uint32_t version);
void start(void);
bool lives(const char *name);
err_t start_app(const char *name);
err_t remove_app(const char *name);

#endif
