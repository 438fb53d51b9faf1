/* SPDX-License-Identifier: Apache-2.0 */
/* The machine model's ESP32-C3 as a program sees it that has nothing else: no
 * kernel, no library. It goes through what a kernel needs of the chip, twice
 * across a reset, says `ok.` or what failed, and ends by semihosting. The same
 * source runs from RAM, where the ROM has copied it, and from flash. */
#include <stdbool.h>
#include <stdint.h>

#define RAM_CODE __attribute__((section(".ram.text"), noinline))

#define UART0 0x60000000u
#define SPI1 0x60002000u
#define RTC 0x60008000u
#define TIMG0 0x6001F000u
#define SYSTIMER 0x60023000u
#define SYSTEM 0x600C0000u
#define MATRIX 0x600C2000u
#define EXTMEM 0x600C4000u
#define MMU 0x600C5000u

#define SECTOR 0x00200000u /* where the flash is tried, and the page it is in */
#define PAGE 32u
#define WINDOW (0x3C000000u + PAGE * 0x10000u)
#define ALARM_LINE 5u
#define SOFTWARE_LINE 6u

static volatile struct {
    uint32_t cause, epc, value, count;
} last;
volatile uint32_t way_back;
uint32_t in_user(uint32_t address);
extern uint8_t user_code[], user_code_end[];

static inline uint32_t get(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void set(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#define csr_get(name)                                                          \
    ({                                                                         \
        uint32_t v;                                                            \
        __asm__ volatile("csrr %0, " name : "=r"(v)::"memory");                \
        v;                                                                     \
    })
#define csr_set(name, value)                                                   \
    __asm__ volatile("csrw " name ", %0" ::"r"(value) : "memory")

/* ---- words ---------------------------------------------------------------------------- */

static void say(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((get(UART0 + 0x1C) >> 16 & 0x3FFu) >= 128)
            ;
        set(UART0, (uint8_t)*text);
    }
}

static void end(uint32_t status)
{
    static uint32_t block[2];
    while ((get(UART0 + 0x1C) >> 16 & 0x3FFu) > 0)
        ;
    block[0] = 0x20026;
    block[1] = status;
    register uint32_t a0 __asm__("a0") = 0x20;
    register uint32_t *a1 __asm__("a1") = block;
    __asm__ volatile(".option push\n.option norvc\nslli x0, x0, 0x1f\n"
                     "ebreak\nsrai x0, x0, 7\n.option pop" ::"r"(a0),
                     "r"(a1)
                     : "memory");
}

static void want(bool holds, const char *step)
{
    if (holds)
        return;
    say("failed: ");
    say(step);
    say(".\n");
    end(1);
}

/* ---- traps ---------------------------------------------------------------------------- */

RAM_CODE void trapped(void)
{
    uint32_t cause = csr_get("mcause"), epc = csr_get("mepc");
    last.cause = cause;
    last.epc = epc;
    last.value = csr_get("mtval");
    last.count++;
    if (cause == (0x80000000u | ALARM_LINE)) {
        set(SYSTIMER + 0x6C, 1);
    } else if (cause == (0x80000000u | SOFTWARE_LINE)) {
        set(SYSTEM + 0x28, 0);
    } else if (way_back != 0) {
        csr_set("mepc", way_back);
        way_back = 0;
        __asm__ volatile("csrs mstatus, %0" ::"r"(0x1800));
    } else {
        csr_set("mepc", epc + 4);
    }
}

static void traps_missing_registers(void)
{
    uint32_t before = last.count, value;
    __asm__ volatile(".option push\n.option norvc\n"
                     "csrr %0, 0x304\ncsrr %0, 0x344\ncsrr %0, 0xB00\n"
                     "csrr %0, 0xC00\ncsrr %0, 0xC01\ncsrw 0x306, zero\n"
                     ".option pop"
                     : "=r"(value)::"memory");
    want(last.count == before + 6 && last.cause == 2,
         "registers that this core has not are illegal");
    before = last.count;
    __asm__ volatile(".option push\n.option norvc\n.word 0x0005A52F\n"
                     ".option pop" ::
                         : "a0", "memory"); /* amoadd.w a0, x0, (a1) */
    want(last.count == before + 1 && last.cause == 2, "so are atomics");
    csr_set("mtvec", 0x40380300u);
    want(csr_get("mtvec") == 0x40380301u, "mtvec is vectored in any case");
}

static void counts_events(void)
{
    csr_set("0x7E0", 2);
    csr_set("0x7E1", 1);
    uint32_t first = csr_get("0x7E2"), next = csr_get("0x802");
    want(next - first == 1, "mpccr counts instructions");
    csr_set("0x7E1", 0);
}

/* ---- interrupts and time --------------------------------------------------------------- */

static uint64_t ticks(void)
{
    set(SYSTIMER + 0x04, 1u << 30);
    while ((get(SYSTIMER + 0x04) & 1u << 29) == 0)
        ;
    return (uint64_t)get(SYSTIMER + 0x40) << 32 | get(SYSTIMER + 0x44);
}

static void alarm_set(uint64_t when)
{
    set(SYSTIMER, get(SYSTIMER) & ~(1u << 24));
    set(SYSTIMER + 0x34, 0);
    set(SYSTIMER + 0x1C, (uint32_t)(when >> 32));
    set(SYSTIMER + 0x20, (uint32_t)when);
    set(SYSTIMER + 0x50, 1);
    set(SYSTIMER, get(SYSTIMER) | 1u << 24);
    set(SYSTIMER + 0x64, 1);
}

static void wakes_by_alarm(void)
{
    uint64_t when = ticks() + 16000;
    set(MATRIX + 4 * 37, ALARM_LINE);
    set(MATRIX + 4 * 50, SOFTWARE_LINE);
    set(MATRIX + 0x114 + 4 * ALARM_LINE, 1);
    set(MATRIX + 0x114 + 4 * SOFTWARE_LINE, 2);
    set(MATRIX + 0x108, 0);
    set(MATRIX + 0x194, 1);
    set(MATRIX + 0x104, 1u << ALARM_LINE | 1u << SOFTWARE_LINE);
    uint32_t before = last.count;
    alarm_set(when);
    __asm__ volatile("wfi");
    want(last.count == before && ticks() >= when, "wfi wakes with MIE off");
    want((get(MATRIX + 0x110) & 1u << ALARM_LINE) != 0, "the alarm pends");
    set(SYSTEM + 0x28, 1);
    __asm__ volatile("csrsi mstatus, 8\nnop\ncsrci mstatus, 8");
    want(last.count == before + 2 && last.cause == (0x80000000u | ALARM_LINE),
         "the higher priority comes first, then the alarm");
    alarm_set(ticks() - 1);
    want((get(SYSTIMER + 0x68) & 1u) != 0, "an alarm in the past is at once");
    set(SYSTIMER + 0x6C, 1);
    set(SYSTIMER, get(SYSTIMER) & ~(1u << 24));
}

/* ---- protection ------------------------------------------------------------------------- */

static void protects(void)
{
    static uint32_t words[4] __attribute__((aligned(16))) = { 11, 22, 33, 44 };
    uint32_t code = (uint32_t)user_code, end_ = (uint32_t)user_code_end;
    csr_set("pmpaddr0", code >> 2);
    csr_set("pmpaddr1", end_ >> 2);
    csr_set("pmpaddr2", (uint32_t)&words[1] >> 2);
    csr_set("pmpaddr3", (uint32_t)&words[3] >> 2);
    csr_set("pmpcfg0", 0x09000D00u);
    csr_set("mstatus", 0x1800);
    want(in_user((uint32_t)&words[1]) == 22 && last.cause == 8,
         "U reads what it may");
    in_user((uint32_t)&words[0]);
    want(last.cause == 5 && last.value == (uint32_t)&words[0],
         "U reads nothing below");
    in_user((uint32_t)&words[3]);
    want(last.cause == 5, "U reads nothing above");
    in_user((uint32_t)&words[1] + 0x700000u);
    want(last.cause == 5, "nor the same byte at its other address");
    csr_set("pmpcfg0", 0);
}

/* ---- flash -------------------------------------------------------------------------------- */

RAM_CODE static void command(uint32_t bits)
{
    set(SPI1, bits);
    while (get(SPI1) != 0)
        ;
}

RAM_CODE static void wait_ready(void)
{
    do
        command(1u << 27);
    while ((get(SPI1 + 0x2C) & 1u) != 0);
}

RAM_CODE static uint32_t flash_id(void)
{
    uint32_t control = get(SPI1 + 0x08), user = get(SPI1 + 0x18);
    set(SPI1 + 0x08, 0);
    set(SPI1 + 0x18, 1u << 31 | 1u << 28);
    set(SPI1 + 0x20, 7u << 28 | 0x9F);
    set(SPI1 + 0x28, 23);
    command(1u << 18);
    set(SPI1 + 0x08, control);
    set(SPI1 + 0x18, user);
    return get(SPI1 + 0x58) & 0xFFFFFFu;
}

RAM_CODE static void flash_erase(uint32_t at)
{
    set(SPI1 + 0x08, 0);
    command(1u << 30);
    set(SPI1 + 0x04, at);
    command(1u << 24);
    wait_ready();
}

RAM_CODE static void flash_program(uint32_t at, uint32_t first, uint32_t count)
{
    set(SPI1 + 0x08, 0);
    command(1u << 30);
    set(SPI1 + 0x04, at | 4 * count << 24);
    for (uint32_t i = 0; i < count; i++)
        set(SPI1 + 0x58 + 4 * i, first + i);
    command(1u << 25);
    wait_ready();
}

RAM_CODE static void invalidate(uint32_t address, uint32_t lines)
{
    set(EXTMEM + 0x2C, address);
    set(EXTMEM + 0x30, lines);
    set(EXTMEM + 0x28, 1);
    while ((get(EXTMEM + 0x28) & 2u) == 0)
        ;
}

/* As the vendor's bootloader does it; when the program runs from flash this has
 * been done by the ROM. */
RAM_CODE static void window_open(void)
{
    if ((get(EXTMEM) & 1u) != 0)
        return;
    for (uint32_t i = 0; i < 128; i++)
        set(MMU + 4 * i, 0x100);
    set(MMU + 4 * PAGE, SECTOR >> 16);
    set(EXTMEM + 0x04, 0);
    invalidate(0, 0);
    set(EXTMEM, 1);
}

static void writes_flash(void)
{
    want(flash_id() == 0x1640EFu, "the flash says who it is");
    window_open();
    flash_erase(SECTOR);
    invalidate(WINDOW, 4096 / 32);
    want(get(WINDOW) == 0xFFFFFFFFu, "erased flash is ones");
    flash_program(SECTOR + 0x80, 0x12345678u, 16);
    invalidate(WINDOW, 4096 / 32);
    want(get(WINDOW + 0x80) == 0x12345678u &&
             get(WINDOW + 0x84) == 0x12345679u &&
             get(WINDOW + 0xBC) == 0x12345687u &&
             get(WINDOW + 0xC0) == 0xFFFFFFFFu,
         "what was programmed is in the window");
    want(*(volatile uint8_t *)(WINDOW + 0x81) == 0x56, "bytes can be read");
}

/* ---- start -------------------------------------------------------------------------- */

static void watchdogs_stop(void)
{
    set(TIMG0 + 0x64, 0x50D83AA1u);
    set(TIMG0 + 0x48, 0);
    set(TIMG0 + 0x64, 0);
    set(RTC + 0xA8, 0x50D83AA1u);
    set(RTC + 0x90, get(RTC + 0x90) & ~(1u << 31 | 1u << 12));
    set(RTC + 0xA8, 0);
    set(RTC + 0xB0, 0x8F1D312Au);
    set(RTC + 0xAC, get(RTC + 0xAC) | 1u << 31);
    set(RTC + 0xB0, 0);
}

static void clock_raise(void)
{
    set(SYSTEM + 0x08, (get(SYSTEM + 0x08) & ~7u) | 1u);
    set(SYSTEM + 0x58, 1u << 10);
    want((get(SYSTEM + 0x58) >> 12 & 0x7Fu) == 40, "the crystal has 40 MHz");
}

/* Reasons for resets: power on, then software, then software for the CPU alone,
 * across which words are kept. */
static void resets(void)
{
    uint32_t cause = get(RTC + 0x38) & 0x3Fu;
    if (cause == 1) {
        want(get(RTC + 0x50) == 0, "no word is kept without power");
        set(RTC + 0x50, 1);
        set(RTC, 1u << 31);
    } else if (cause == 3) {
        want(get(RTC + 0x50) == 1, "a word is kept");
        set(RTC + 0x50, 2);
        set(RTC, 1u << 5);
    }
    for (volatile uint32_t i = 0; cause != 0xC && i < 100; i++)
        ;
    want(cause == 0xC && get(RTC + 0x50) == 2, "each reset has its reason");
}

int main(void)
{
    watchdogs_stop();
    traps_missing_registers();
    csr_set("mtvec", 0);
    extern uint8_t vectors[];
    csr_set("mtvec", vectors);
    counts_events();
    clock_raise();
    say("hello from the C3\n");
    wakes_by_alarm();
    protects();
    writes_flash();
    resets();
    say("ok.\n");
    end(0);
    for (;;)
        ;
}
