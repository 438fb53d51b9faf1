/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's version, for people and in the attributes block that host tools
 * read: TLVs before a fixed tail that ends where the apps begin. */
#include <berth/abi.h>
#include <kernel/kernel.h>
#include <kernel/report.h>

const char kernel_version[] = "2.3";

/* From the linker script. Addresses are the values. */
extern uint8_t __app_ram_start[], __app_ram_size[];
extern uint8_t __rom_start[], __kernel_flash_size[];

extern uint8_t __bss_start[], __bss_end[], __data_start[], __data_end[];
extern uint8_t __stack_guard[], __stack_top[];
extern uint8_t __code_start[], __code_end[], __rodata_end[];

#define REGION(start, end, rights, name)                                       \
    {                                                                          \
        (uint32_t)(start), (uint32_t)(end), rights, name                       \
    }

/* From the top of RAM down, then flash. */
const struct map_region kernel_map[KERNEL_MAP_REGIONS] = {
    REGION(__bss_start, __bss_end, "rw-", "BSS"),
    REGION(__data_start, __data_end, "rw-", "Relocate"),
    REGION(__stack_guard + 64, __stack_top, "rw-", "Stack"),
    REGION(__code_end, __rodata_end, "r--", "RoData"),
    REGION(__code_start, __code_end, "r-x", "Code"),
};

struct attributes {
    const uint8_t *ram_start, *ram_size;
    uint16_t ram_type, ram_length;
    const uint8_t *flash_start, *flash_size;
    uint16_t flash_type, flash_length;
    uint16_t version[4]; /* major, minor, patch, prerelease */
    uint16_t version_type, version_length;
    uint8_t reserved[3], layout;
    char magic[4];
};

extern const struct attributes kernel_attributes;

const struct attributes kernel_attributes USED SECTION(".kernel_attributes") = {
    .ram_start = __app_ram_start,
    .ram_size = __app_ram_size,
    .ram_type = 0x0101,
    .ram_length = 8,
    .flash_start = __rom_start,
    .flash_size = __kernel_flash_size,
    .flash_type = 0x0102,
    .flash_length = 8,
    .version = { ABI_KERNEL_MAJOR, ABI_KERNEL_MINOR, 0, 1 },
    .version_type = 0x0103,
    .version_length = 8,
    .layout = 1,
    .magic = { 'T', 'O', 'C', 'K' },
};
