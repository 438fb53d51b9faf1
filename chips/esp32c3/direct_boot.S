/* SPDX-License-Identifier: Apache-2.0 */
/* Direct boot: where the flash begins with the two words below, the mask ROM maps
 * its first 4 MiB and jumps to what lies behind them. Here that puts the kernel
 * into SRAM. `berth image --esp32c3 direct` reads the three words behind the
 * jump and lays the kernel out so; in the form that the ROM itself copies, none
 * of this is in flash. */
#define FLASH_DATA 0x3C000000
#define SRAM_CODE_SHIFT 0x700000

    .section .direct_boot, "ax"
    .option norvc
    .word 0xAEDB041D, 0xAEDB041D
    j     1f
    .word __direct_at            /* in flash: where the kernel lies, */
    .word __direct_to            /* where it goes, */
    .word __direct_size          /* and how long it is, a multiple of 4 */
1:  lui   a0, %hi(FLASH_DATA + __direct_at)
    addi  a0, a0, %lo(FLASH_DATA + __direct_at)
    lui   a1, %hi(__direct_to - SRAM_CODE_SHIFT)
    addi  a1, a1, %lo(__direct_to - SRAM_CODE_SHIFT)
    lui   a2, %hi(__direct_size)
    addi  a2, a2, %lo(__direct_size)
    add   a2, a2, a1
2:  lw    a3, 0(a0)
    sw    a3, 0(a1)
    addi  a0, a0, 4
    addi  a1, a1, 4
    bltu  a1, a2, 2b
    lui   a0, %hi(_start)
    jalr  zero, %lo(_start)(a0)
