/* SPDX-License-Identifier: Apache-2.0 */
/* How apps come into a board that can be written: store and loading machine, and
 * the drivers that have power over them. The same for every such board, which
 * says where its app flash is and what it demands of apps. */
#ifndef BOARDS_COMMON_APPS_H
#define BOARDS_COMMON_APPS_H

#include <loader/app_loader.h>
#include <loader/loader.h>
#include <loader/process_info.h>

/* ---- the board's ------------------------------------------------------------- */

extern const struct store_place apps_place;
extern const struct loader_config apps_config;

/* What apps_place is made of; the layout and apps_buffer are its too. */
#define APPS_PLACE(device, device_geometry, address, store_layout)             \
    .flash = (device), .geometry = (device_geometry),                          \
    .base = (const uint8_t *)(address), .layout = (store_layout),              \
    .buffer = apps_buffer, .buffer_size = sizeof apps_buffer

/* ---- what it gets --------------------------------------------------------------- */

extern uint8_t apps_buffer[256];
extern const struct loader_policy apps_policy; /* for apps_config */
extern struct loader apps_loader;
extern struct app_loader apps_app_loader;
extern struct process_info_driver apps_process_info;

/* Rows of the board's table. */
#define APPS_DRIVERS                                                           \
    { DRIVER_PROCESS_INFO, &process_info_ops, &apps_process_info,              \
      &apps_process_info.grant },                                              \
        { DRIVER_APP_LOADER, &app_loader_ops, &apps_app_loader,                \
          &apps_app_loader.grant },                                            \
    {                                                                          \
        DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &apps_app_loader,        \
            &apps_app_loader.more_grant                                        \
    }

/* Before kernel_init(), where credentials are demanded. */
void apps_wire(const struct process_authority *observers,
               uint32_t observer_count, const struct authority_line *installers,
               uint32_t installer_count);

/* Before kernel_init(), where none are: nobody sees other processes, and who may
 * install apps is told by ShortIds alone. For trying things out. */
void apps_wire_open(void);

/* The key whose credential accepted that process; 0: none did. */
uint32_t apps_key_of(pid_handle_t pid);

#endif
