/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations. */
#include <berth/memory.h>

static void *memory_address(enum memop operation)
{
    return (void *)(uintptr_t)syscall_memop(operation, 0).value[0];
}

void *berth_memory_ram_start(void)
{
    return memory_address(MEMOP_RAM_START);
}

void *berth_memory_ram_end(void)
{
    return memory_address(MEMOP_RAM_END);
}

void *berth_memory_grant_start(void)
{
    return memory_address(MEMOP_GRANT_START);
}

void *berth_memory_break(void)
{
    return memory_address(MEMOP_SBRK);
}

const void *berth_memory_flash_start(void)
{
    return memory_address(MEMOP_FLASH_START);
}

const void *berth_memory_flash_end(void)
{
    return memory_address(MEMOP_FLASH_END);
}

err_t berth_memory_break_set(void *address)
{
    return berth_error_of(syscall_memop(MEMOP_BRK, syscall_address(address)));
}

err_t berth_memory_grow(ptrdiff_t bytes, void **before)
{
    uint32_t old = 0;
    err_t error =
        berth_error_or_value(syscall_memop(MEMOP_SBRK, (uint32_t)bytes), &old);
    if (error == OK) {
        *before = (void *)(uintptr_t)old;
    }
    return error;
}

size_t berth_memory_free(void)
{
    return (uintptr_t)berth_memory_grant_start() -
           (uintptr_t)berth_memory_break();
}

uint32_t berth_memory_writeable_count(void)
{
    return syscall_memop(MEMOP_WRITEABLE_COUNT, 0).value[0];
}

err_t berth_memory_writeable(uint32_t index, uint32_t *start, uint32_t *end)
{
    uint32_t first = 0;
    err_t error = berth_error_or_value(
        syscall_memop(MEMOP_WRITEABLE_START, index), &first);
    if (error == OK) {
        error = berth_error_or_value(syscall_memop(MEMOP_WRITEABLE_END, index),
                                     end);
    }
    if (error == OK) {
        *start = first;
    }
    return error;
}
