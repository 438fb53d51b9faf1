/* SPDX-License-Identifier: Apache-2.0 */
/* The system-call ABI: every number that crosses the line between an app and
 * the kernel. Usable from C, C++ and assembly-free C headers of the apps. */
#ifndef BERTH_ABI_H
#define BERTH_ABI_H

/* The ABI version the kernel reports and checks TBF kernel versions against. */
#define ABI_KERNEL_MAJOR 2
#define ABI_KERNEL_MINOR 3

/* System-call class, in a4 (low 8 bits). */
enum syscall_class {
    SYSCALL_YIELD = 0,
    SYSCALL_SUBSCRIBE = 1,
    SYSCALL_COMMAND = 2,
    SYSCALL_ALLOW_RW = 3,
    SYSCALL_ALLOW_RO = 4,
    SYSCALL_MEMOP = 5,
    SYSCALL_EXIT = 6,
    SYSCALL_ALLOW_UR = 7, /* userspace-readable allow */
    SYSCALL_CLASSES = 8,
};

/* Return variant, in a0. */
enum sysret_variant {
    SYSRET_FAILURE = 0,
    SYSRET_FAILURE_U32 = 1,
    SYSRET_FAILURE_2U32 = 2,
    SYSRET_FAILURE_U64 = 3,
    SYSRET_SUCCESS = 128,
    SYSRET_SUCCESS_U32 = 129,
    SYSRET_SUCCESS_2U32 = 130,
    SYSRET_SUCCESS_U64 = 131,
    SYSRET_SUCCESS_3U32 = 132,
    SYSRET_SUCCESS_U32_U64 = 133,
};

enum yield_kind { YIELD_NO_WAIT = 0, YIELD_WAIT = 1, YIELD_WAIT_FOR = 2 };

enum exit_kind { EXIT_TERMINATE = 0, EXIT_RESTART = 1 };

enum memop {
    MEMOP_BRK = 0,
    MEMOP_SBRK = 1,
    MEMOP_RAM_START = 2,
    MEMOP_RAM_END = 3,
    MEMOP_FLASH_START = 4,
    MEMOP_FLASH_END = 5,
    MEMOP_GRANT_START = 6,
    MEMOP_WRITEABLE_COUNT = 7,
    MEMOP_WRITEABLE_START = 8,
    MEMOP_WRITEABLE_END = 9,
    MEMOP_DEBUG_STACK_TOP = 10,
    MEMOP_DEBUG_HEAP_START = 11,
};

/* Driver numbers. Numbers with bit 31 set are Berth's own extensions. */
#define DRIVER_ALARM 0x00000u
#define DRIVER_CONSOLE 0x00001u
#define DRIVER_LED 0x00002u
#define DRIVER_BUTTON 0x00003u
#define DRIVER_GPIO 0x00004u
#define DRIVER_ADC 0x00005u
#define DRIVER_LOW_LEVEL_DEBUG 0x00008u
#define DRIVER_READ_ONLY_STATE 0x00009u
#define DRIVER_PWM 0x00010u
#define DRIVER_IPC 0x10000u
#define DRIVER_APP_LOADER 0x10001u
#define DRIVER_PROCESS_INFO 0x10002u
#define DRIVER_SPI_CONTROLLER 0x20001u
#define DRIVER_I2C_MASTER 0x20003u
#define DRIVER_RNG 0x40001u
#define DRIVER_CRC 0x40002u
#define DRIVER_HMAC 0x40003u
#define DRIVER_SHA 0x40005u
#define DRIVER_AES 0x40006u
#define DRIVER_APP_FLASH 0x50000u
#define DRIVER_NONVOLATILE 0x50001u
#define DRIVER_KV 0x50003u
#define DRIVER_ISOLATED 0x50004u
#define DRIVER_TEMPERATURE 0x60000u
#define DRIVER_HUMIDITY 0x60001u
#define DRIVER_AMBIENT_LIGHT 0x60002u
#define DRIVER_PRESSURE 0x60008u
#define DRIVER_DATE_TIME 0x90007u
#define DRIVER_CYCLE_COUNT 0x90008u
#define DRIVER_APP_LOADER_MORE 0x80010001u
#define DRIVER_VERIFIER 0x80010002u
#define DRIVER_LOADER_LINE 0x80010003u

#endif
