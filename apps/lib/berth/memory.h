/* SPDX-License-Identifier: Apache-2.0 */
/* The app's own memory: where it lies, and how far it is accessible. malloc
 * moves the break itself; an app that uses malloc leaves it alone. */
#ifndef BERTH_MEMORY_H
#define BERTH_MEMORY_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RAM is [ram_start, ram_end); accessible is what lies below the break, and
 * from the grant start upwards it is the kernel's. */
void *berth_memory_ram_start(void);
void *berth_memory_ram_end(void);
void *berth_memory_grant_start(void);
void *berth_memory_break(void);

/* Flash is [flash_start, flash_end), the TBF header included. */
const void *berth_memory_flash_start(void);
const void *berth_memory_flash_end(void);

/* Sets the break. ERR_NOMEM if it would reach the kernel's part or uncover a
 * buffer that has been allowed to a driver. Memory newly gained is zero. */
err_t berth_memory_break_set(void *address);

/* Moves the break by `bytes`; `*before` is where it was. */
err_t berth_memory_grow(ptrdiff_t bytes, void **before);

/* What the break could still grow by. */
size_t berth_memory_free(void);

/* Regions of flash that a driver may write for this app. */
uint32_t berth_memory_writeable_count(void);
err_t berth_memory_writeable(uint32_t index, uint32_t *start, uint32_t *end);

#ifdef __cplusplus
}
#endif

#endif
