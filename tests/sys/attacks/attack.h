/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks share: talking without a C library, system calls with any
 * arguments, addresses of things that are not the app's, and traps with every
 * register set to a hostile value. For tests/sys/attacks only; nothing here
 * trusts the kernel to be right, and nothing needs more than a few hundred
 * bytes of RAM. */
#ifndef ATTACK_H
#define ATTACK_H

#include <berth/abi.h>
#include <berth/err.h>
#include <stddef.h>
#include <stdint.h>
#include <syscall.h>

#define UNUSED __attribute__((unused))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { CONSOLE_WRITE = 1, CONSOLE_READ = 2, CONSOLE_ABORT = 3 };
enum { CONSOLE_WRITTEN = 1, CONSOLE_RECEIVED = 2 };
enum { CONSOLE_TEXT = 1 };
enum { ALARM_NOW = 2, ALARM_STOP = 3, ALARM_IN = 5, ALARM_AT = 6 };
enum { ALARM_FIRED = 0 };
enum { LED_TOGGLE = 3 };

/* ---- system calls ---------------------------------------------------------- */

/* Any class, a4 as it is. */
static UNUSED struct sysret call(uint32_t class, uint32_t arg0, uint32_t arg1,
                                 uint32_t arg2, uint32_t arg3)
{
    register uint32_t a0 __asm__("a0") = arg0;
    register uint32_t a1 __asm__("a1") = arg1;
    register uint32_t a2 __asm__("a2") = arg2;
    register uint32_t a3 __asm__("a3") = arg3;
    register uint32_t a4 __asm__("a4") = class;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3)
                     : "r"(a4)
                     : "memory");
    struct sysret result = { a0, { a1, a2, a3 } };
    return result;
}

/* 0 for a success, else the error number. */
static UNUSED uint32_t error_of(struct sysret result)
{
    return sysret_is_success(result) ? 0 : result.value[0];
}

static UNUSED uint32_t memory(enum memop operation)
{
    return syscall_memop(operation, 0).value[0];
}

static UNUSED uint32_t break_now(void)
{
    return syscall_memop(MEMOP_SBRK, 0).value[0];
}

static UNUSED uint32_t break_set(uint32_t address)
{
    return error_of(syscall_memop(MEMOP_BRK, address));
}

static UNUSED uint32_t address_of(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static UNUSED uint32_t code_address(upcall_fn *function)
{
    return (uint32_t)(uintptr_t)function;
}

static UNUSED uint32_t ticks(void)
{
    return syscall_command(DRIVER_ALARM, ALARM_NOW, 0, 0).value[0];
}

/* Sleeps without running an upcall. */
static UNUSED void sleep_ticks(uint32_t dt)
{
    syscall_command(DRIVER_ALARM, ALARM_IN, dt, 0);
    syscall_yield_wait_for(DRIVER_ALARM, ALARM_FIRED);
}

static UNUSED uint32_t ticks_of_ms(uint32_t ms)
{
    return syscall_command(DRIVER_ALARM, 1, 0, 0).value[0] / 1000 * ms;
}

/* One at least; not for stretches of seconds. */
static UNUSED uint32_t ticks_of_us(uint32_t us)
{
    uint32_t hz = syscall_command(DRIVER_ALARM, 1, 0, 0).value[0];
    return hz / 1000 * us / 1000 + 1;
}

/* A storm goes on for that long, several periods of the witness. It asks now
 * and then only: for (uint32_t end = storm_end(); storm_goes_on(end);). */
#define STORM_MS 60u
static UNUSED uint32_t storm_end(void)
{
    return ticks() + ticks_of_ms(STORM_MS);
}

static UNUSED int storm_goes_on(uint32_t end)
{
    return (int32_t)(ticks() - end) < 0;
}

/* Apps that restart themselves stop so when it has been enough. */
static UNUSED void rest_after_ms(uint32_t since_boot)
{
    if (ticks() >= ticks_of_ms(since_boot)) {
        for (;;) {
            syscall_yield_wait_for(DRIVER_ALARM, 0);
        }
    }
}

/* ---- talking ------------------------------------------------------------------ */

/* Writes it all, with whatever events may come meanwhile staying queued. */
static UNUSED void write_text(const char *text, uint32_t length)
{
    syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, length);
    if (sysret_is_success(
            syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, length, 0))) {
        syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
    }
    syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, NULL, 0);
}

struct line {
    uint32_t length;
    char text[96];
};

static UNUSED void line_add(struct line *line, const char *text)
{
    while (*text && line->length < sizeof line->text) {
        line->text[line->length++] = *text++;
    }
}

static UNUSED void line_add_hex(struct line *line, uint32_t value)
{
    char digits[11] = "0x";
    for (uint32_t i = 0; i < 8; i++) {
        digits[2 + i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    digits[10] = '\0';
    line_add(line, digits);
}

static UNUSED void line_add_number(struct line *line, uint32_t value)
{
    char digits[11];
    uint32_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    line_add(line, digits + at);
}

/* One buffer, so that the stack stays small. */
static UNUSED struct line *line_begin(void)
{
    static struct line line;
    line.length = 0;
    line_add(&line, BERTH_APP_NAME ": ");
    return &line;
}

static UNUSED void line_end(struct line *line)
{
    line_add(line, "\n");
    write_text(line->text, line->length);
}

/* "<app>: <text>" */
static UNUSED void say(const char *text)
{
    struct line *line = line_begin();
    line_add(line, text);
    line_end(line);
}

/* "<app>: <text> <value>" */
static UNUSED void say_number(const char *text, uint32_t value)
{
    struct line *line = line_begin();
    line_add(line, text);
    line_add(line, " ");
    line_add_number(line, value);
    line_end(line);
}

/* "<app>: target 0x........"; returns it. */
static UNUSED uint32_t aim(uint32_t address)
{
    struct line *line = line_begin();
    line_add(line, "target ");
    line_add_hex(line, address);
    line_end(line);
    return address;
}

/* The attack had no effect where it should have ended in a fault. */
static UNUSED int survived(void)
{
    say("survived");
    return ERR_FAIL;
}

/* What the kernel answered, counted; told in one line at the end. */
static uint32_t checks_right, checks_wrong;

static UNUSED void expect_value(uint32_t want, uint32_t got)
{
    if (got == want) {
        checks_right++;
        return;
    }
    checks_wrong++;
    struct line *line = line_begin();
    line_add(line, "WRONG: check ");
    line_add_number(line, checks_right + checks_wrong);
    line_add(line, " got ");
    line_add_number(line, got);
    line_add(line, " instead of ");
    line_add_number(line, want);
    line_end(line);
}

static UNUSED void expect_error(enum err want, struct sysret got)
{
    expect_value((uint32_t)want, error_of(got));
}

static UNUSED void check(int is_right)
{
    expect_value(1, is_right != 0);
}

/* "<app>: survived: 12 right, 0 wrong" */
static UNUSED int tell_checks(void)
{
    struct line *line = line_begin();
    line_add(line, "survived: ");
    line_add_number(line, checks_right);
    line_add(line, " right, ");
    line_add_number(line, checks_wrong);
    line_add(line, " wrong");
    line_end(line);
    return (int)checks_wrong;
}

/* ---- touching what one may not ------------------------------------------------ */

static UNUSED uint32_t load8(uint32_t address)
{
    return *(volatile uint8_t *)(uintptr_t)address;
}

static UNUSED uint32_t load32(uint32_t address)
{
    return *(volatile uint32_t *)(uintptr_t)address;
}

static UNUSED void store8(uint32_t address, uint32_t value)
{
    *(volatile uint8_t *)(uintptr_t)address = (uint8_t)value;
}

static UNUSED void store32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)address = value;
}

/* Calls what is there as a function. */
static UNUSED uint32_t jump(uint32_t address, uint32_t arg0, uint32_t arg1)
{
    uint32_t (*function)(uint32_t, uint32_t) =
        (uint32_t(*)(uint32_t, uint32_t))(uintptr_t)address;
    return function(arg0, arg1);
}

/* Instructions as numbers, in flash, which is executable: so that no compiler
 * or assembler has to know them. The last one should be RETURN. */
#define RETURN 0x00008067u
#define CSR_READ(csr) ((uint32_t)(csr) << 20 | 0x2573u)   /* csrr a0 */
#define CSR_WRITE(csr) ((uint32_t)(csr) << 20 | 0x51073u) /* csrw a0 */
#define CSR_SWAP(csr) ((uint32_t)(csr) << 20 | 0x51573u)  /* csrrw a0, a0 */
#define CSR_SET(csr) ((uint32_t)(csr) << 20 | 0x52073u)   /* csrs a0 */

static UNUSED uint32_t execute(const uint32_t *code, uint32_t arg0,
                               uint32_t arg1)
{
    return jump(address_of(code), arg0, arg1);
}

/* ---- addresses of the boards ------------------------------------------------------ */

static UNUSED uint32_t by_board(uint32_t virt, uint32_t hifive1,
                                uint32_t esp32c3)
{
    uint32_t flash = memory(MEMOP_FLASH_START);
    return flash >= 0x3C000000u   ? esp32c3
           : flash >= 0x22000000u ? virt
                                  : hifive1;
}

static UNUSED uint32_t kernel_ram(void)
{
    return by_board(0x80000000u, 0x80000000u, 0x3FC98000u);
}

static UNUSED uint32_t kernel_flash(void)
{
    return by_board(0x20000000u, 0x20010000u, 0x40380000u);
}

static UNUSED uint32_t uart(void)
{
    return by_board(0x10000000u, 0x10013000u, 0x60000000u);
}

/* The kernel's clock, its comparator, and who leads interrupts to the core: on
 * an ESP32-C3 SYSTIMER and the matrix. */
static UNUSED uint32_t clock_compare(void)
{
    return by_board(0x02004000u, 0x02004000u, 0x60023020u);
}

static UNUSED uint32_t clock_count(void)
{
    return by_board(0x0200BFF8u, 0x0200BFF8u, 0x60023044u);
}

static UNUSED uint32_t interrupt_controller(void)
{
    return by_board(0x0C000000u, 0x0C000000u, 0x600C2000u);
}

/* Where flash is written: a bank's own command interface, or the controller. */
static UNUSED uint32_t flash_control(void)
{
    return by_board(0x20000000u, 0x10014000u, 0x60002000u);
}

/* The witness is the first in flash and so in RAM too, the attack the next. */
static UNUSED uint32_t other_ram(void)
{
    return by_board(0x80010000u, 0x80001500u, 0x3FC9D000u);
}

/* Where its binary begins: behind the TBF header, which it may not hand out. */
extern uint8_t _flash_origin[];
static UNUSED uint32_t own_binary(void)
{
    return (uint32_t)(uintptr_t)_flash_origin;
}

static UNUSED uint32_t other_flash(void)
{
    return by_board(0x22000000u, 0x20040000u, 0x42040000u);
}

/* ---- traps with hostile registers ---------------------------------------------------
 *
 * hostile_trap(trap, value) sets every register to `value`, sp, gp and tp too,
 * except a0 to a5, which it takes from hostile_args, and jumps to `trap`, which
 * must be HOSTILE_ECALL or HOSTILE_SPIN, or something that never returns. It
 * tells how many of the registers that the kernel has to keep have changed:
 * all of x1 to x31 but a0 to a5. */

enum hostile_kind {
    HOSTILE_ECALL,
    HOSTILE_SPIN,
    HOSTILE_LOAD,
    HOSTILE_BREAK,
    HOSTILE_ILLEGAL,
    HOSTILE_JUMP
};

UNUSED static uint32_t hostile_args[6];    /* a0 to a5 */
UNUSED static uint32_t hostile_results[6]; /* a0 to a5 afterwards */

uint32_t hostile_trap(uint32_t kind, uint32_t value, uint32_t *args,
                      uint32_t *results);

/* t-registers and ra are free, s-registers and sp, gp, tp are put aside in
 * memory at a fixed place, which `la` finds again without any register. */
__asm__(
    ".pushsection .text.hostile_trap, \"ax\", @progbits\n"
    ".option push\n"
    ".option norelax\n"
    ".balign 4\n"
    ".weak hostile_trap\n"
    "hostile_trap:\n"
    "    la   t0, hostile_saved\n"
    "    sw   ra, 0(t0)\n"
    "    sw   sp, 4(t0)\n"
    "    sw   gp, 8(t0)\n"
    "    sw   tp, 12(t0)\n"
    "    sw   s0, 16(t0)\n"
    "    sw   s1, 20(t0)\n"
    "    sw   s2, 24(t0)\n"
    "    sw   s3, 28(t0)\n"
    "    sw   s4, 32(t0)\n"
    "    sw   s5, 36(t0)\n"
    "    sw   s6, 40(t0)\n"
    "    sw   s7, 44(t0)\n"
    "    sw   s8, 48(t0)\n"
    "    sw   s9, 52(t0)\n"
    "    sw   s10, 56(t0)\n"
    "    sw   s11, 60(t0)\n"
    "    sw   a1, 64(t0)\n"
    "    sw   a3, 68(t0)\n"
    "    slli t1, a0, 3\n"
    "    la   t2, hostile_jumps\n"
    "    add  t1, t1, t2\n"
    "    mv   s0, a1\n"
    "    mv   t2, a2\n"
    "    lw   a0, 0(t2)\n"
    "    lw   a1, 4(t2)\n"
    "    lw   a2, 8(t2)\n"
    "    lw   a3, 12(t2)\n"
    "    lw   a4, 16(t2)\n"
    "    lw   a5, 20(t2)\n"
    "    mv   s1, t1\n" /* the way to the trap, in s1 until the last moment */
    "    mv   ra, s0\n"
    "    mv   sp, s0\n"
    "    mv   gp, s0\n"
    "    mv   tp, s0\n"
    "    mv   t0, s0\n"
    "    mv   t1, s0\n"
    "    mv   t2, s0\n"
    "    mv   a6, s0\n"
    "    mv   a7, s0\n"
    "    mv   s2, s0\n"
    "    mv   s3, s0\n"
    "    mv   s4, s0\n"
    "    mv   s5, s0\n"
    "    mv   s6, s0\n"
    "    mv   s7, s0\n"
    "    mv   s8, s0\n"
    "    mv   s9, s0\n"
    "    mv   s10, s0\n"
    "    mv   s11, s0\n"
    "    mv   t3, s0\n"
    "    mv   t4, s0\n"
    "    mv   t5, s0\n"
    "    mv   t6, s0\n"
    "    jr   s1\n"
    /* eight bytes for each kind */
    ".balign 4\n"
    ".option norvc\n"
    "hostile_jumps:\n"
    "    mv   s1, s0\n"
    "    j    hostile_ecall\n"
    "    mv   s1, s0\n"
    "    j    hostile_spin\n"
    "    mv   s1, s0\n"
    "    lw   s1, 0(a0)\n"
    "    mv   s1, s0\n"
    "    ebreak\n"
    "    mv   s1, s0\n"
    "    .word 0\n"
    "    mv   s1, s0\n"
    "    jr   a0\n"
    "hostile_ecall:\n"
    "    ecall\n"
    "    j    hostile_back\n"
    "hostile_spin:\n"
    "    addi a5, a5, -1\n"
    "    bnez a5, hostile_spin\n"
    "    j    hostile_back\n"
    /* ra alone is lost here, and only to code that an upcall returns from */
    "hostile_back:\n"
    "    xor  ra, ra, s0\n"
    "    snez ra, ra\n"
    "    bne  sp, s0, 1f\n"
    "    bne  gp, s0, 1f\n"
    "    bne  tp, s0, 1f\n"
    "    bne  t0, s0, 1f\n"
    "    bne  t1, s0, 1f\n"
    "    bne  t2, s0, 1f\n"
    "    bne  s1, s0, 1f\n"
    "    bne  a6, s0, 1f\n"
    "    bne  a7, s0, 1f\n"
    "    bne  s2, s0, 1f\n"
    "    bne  s3, s0, 1f\n"
    "    bne  s4, s0, 1f\n"
    "    bne  s5, s0, 1f\n"
    "    bne  s6, s0, 1f\n"
    "    bne  s7, s0, 1f\n"
    "    bne  s8, s0, 1f\n"
    "    bne  s9, s0, 1f\n"
    "    bne  s10, s0, 1f\n"
    "    bne  s11, s0, 1f\n"
    "    bne  t3, s0, 1f\n"
    "    bne  t4, s0, 1f\n"
    "    bne  t5, s0, 1f\n"
    "    bne  t6, s0, 1f\n"
    "    la   t0, hostile_saved\n"
    "    lw   t1, 64(t0)\n"
    "    beq  s0, t1, 2f\n"
    "1:  addi ra, ra, 2\n"
    "    la   t0, hostile_saved\n"
    "2:  lw   t1, 68(t0)\n"
    "    sw   a0, 0(t1)\n"
    "    sw   a1, 4(t1)\n"
    "    sw   a2, 8(t1)\n"
    "    sw   a3, 12(t1)\n"
    "    sw   a4, 16(t1)\n"
    "    sw   a5, 20(t1)\n"
    "    mv   a0, ra\n"
    "    lw   ra, 0(t0)\n"
    "    lw   sp, 4(t0)\n"
    "    lw   gp, 8(t0)\n"
    "    lw   tp, 12(t0)\n"
    "    lw   s0, 16(t0)\n"
    "    lw   s1, 20(t0)\n"
    "    lw   s2, 24(t0)\n"
    "    lw   s3, 28(t0)\n"
    "    lw   s4, 32(t0)\n"
    "    lw   s5, 36(t0)\n"
    "    lw   s6, 40(t0)\n"
    "    lw   s7, 44(t0)\n"
    "    lw   s8, 48(t0)\n"
    "    lw   s9, 52(t0)\n"
    "    lw   s10, 56(t0)\n"
    "    lw   s11, 60(t0)\n"
    "    ret\n"
    ".option pop\n"
    ".popsection\n"
    ".pushsection .bss.hostile_saved, \"aw\", @nobits\n"
    ".balign 4\n"
    "hostile_saved:\n"
    "    .zero 72\n"
    ".popsection\n");

#define HOSTILE_RA_CHANGED 1u /* as an upcall does */
#define HOSTILE_CHANGED 2u    /* any other */

static UNUSED uint32_t hostile(enum hostile_kind kind, uint32_t value)
{
    return hostile_trap((uint32_t)kind, value, hostile_args, hostile_results);
}

static UNUSED uint32_t hostile_call(uint32_t value, uint32_t class,
                                    uint32_t arg0, uint32_t arg1, uint32_t arg2,
                                    uint32_t arg3)
{
    const uint32_t args[6] = { arg0, arg1, arg2, arg3, class, value };
    for (uint32_t i = 0; i < COUNT_OF(args); i++) {
        hostile_args[i] = args[i];
    }
    return hostile(HOSTILE_ECALL, value);
}

/* What sp, gp, tp and all others are set to. */
#define HOSTILE_VALUES 16u
static UNUSED uint32_t hostile_value(uint32_t i)
{
    const uint32_t values[HOSTILE_VALUES] = {
        0,
        1,
        3,
        0xFFFFFFFFu,
        0xFFFFFFFCu,
        0x7FFFFFFFu,
        kernel_ram(),
        kernel_ram() + 0x800,
        kernel_ram() + 0x803,
        kernel_flash(),
        uart(),
        clock_compare(),
        interrupt_controller(),
        other_ram() + 64,
        memory(MEMOP_RAM_END) - 64, /* its own record */
        memory(MEMOP_FLASH_START),
    };
    return values[i % HOSTILE_VALUES];
}

/* ---- an upcall that needs no stack, for those who have none ------------------- */

uint32_t upcall_runs; /* how often it has been run */
void upcall_bare(uint32_t value0, uint32_t value1, uint32_t value2,
                 void *userdata);

__asm__(".pushsection .text.upcall_bare, \"ax\", @progbits\n"
        ".balign 4\n"
        ".globl upcall_bare\n"
        "upcall_bare:\n"
        ".option push\n"
        ".option norelax\n"
        "    la   a0, upcall_runs\n"
        "    lw   a1, 0(a0)\n"
        "    addi a1, a1, 1\n"
        "    sw   a1, 0(a0)\n"
        "    ret\n"
        ".option pop\n"
        ".popsection\n");

#endif
