/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/loaded.h>

const struct app alpha = { .name = "alpha", .short_id = 11, .version = 1 };

const struct app beta = { .name = "beta", .short_id = 12, .version = 1 };

const struct app gamma = { .name = "gamma", .short_id = 13, .version = 1 };

struct app with_version(const struct app *app, uint32_t version)
{
    struct app a = *app;
    a.version = version;
    return a;
}

void start(void)
{
    loading_start(NULL, 0);
}

bool lives(const char *name)
{
    return process_find(loading_object(name).pid) != NULL;
}

err_t start_app(const char *name)
{
    return loading_end(
        loader_start(LOADER, CLIENT, loading_object(name).store.handle));
}

err_t remove_app(const char *name)
{
    return loading_end(
        loader_remove(LOADER, CLIENT, loading_object(name).store.handle));
}
