/* SPDX-License-Identifier: Apache-2.0 */
/* See apps.h. */
#include <boards/common/apps.h>

ALIGNED(4) uint8_t apps_buffer[256] SECTION(".noinit");

const struct loader_policy apps_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 10000,
    .idle_ms = 60000,
};

struct loader apps_loader;
struct app_loader apps_app_loader;
struct process_info_driver apps_process_info;

inline const struct store_place *store_place(const struct store *store)
{
    (void)store;
    return &apps_place;
}

inline const struct loader_config *loader_config(const struct loader *l)
{
    (void)l;
    return &apps_config;
}

void apps_wire(const struct process_authority *observers,
               uint32_t observer_count, const struct authority_line *installers,
               uint32_t installer_count)
{
    process_info_init(&apps_process_info, observers, observer_count);
    app_loader_init(&apps_app_loader, &apps_loader, installers,
                    installer_count);
}

void apps_wire_open(void)
{
    static const struct authority_line installers[] = {
        { 0x10AD0001, AUTHORITY_ANY_KEY },
        { 0x10AD0002, AUTHORITY_ANY_KEY },
    };
    apps_wire(NULL, 0, installers, ARRAY_COUNT(installers));
}

uint32_t apps_key_of(pid_handle_t pid)
{
    return loader_key(&apps_loader, pid);
}
