/* SPDX-License-Identifier: Apache-2.0 */
/* SiFive's HiFive1 Rev B: an FE310-G002 and its flash, from the moment on when
 * the stock bootloader jumps to 0x20010000. With `as_qemu` what QEMU's sifive_e
 * lacks is missing here too, and its clock and serial line run as there. */
#include <tests/sim/models/models.h>

#include <stdlib.h>
#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/aon.h>
#include <tests/sim/devices/clint.h>
#include <tests/sim/devices/flash_file.h>
#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/i2c.h>
#include <tests/sim/devices/icache.h>
#include <tests/sim/devices/itim.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/devices/pwm.h>
#include <tests/sim/devices/sifive_uart.h>
#include <tests/sim/devices/spi.h>
#include <tests/sim/options.h>

#define MODE_SELECT 0x1000u
#define RESET_PC 0x1004u
#define MASK_ROM 0x10000u
#define OTP 0x20000u
#define FLASH 0x20000000u
#define DTIM 0x80000000u
#define DTIM_SIZE (16u << 10)

enum { SOURCES = 52, ABSENT = 4, PWMS = 3 };
enum {
    SOURCE_UART0 = 3,
    SOURCE_UART1 = 4,
    SOURCE_SPI0 = 5,
    SOURCE_SPI1 = 6,
    SOURCE_SPI2 = 7,
    SOURCE_GPIO = 8,
    SOURCE_PWM = 40,
    SOURCE_I2C = 52,
};

struct hifive {
    struct memory mode_select, mask_rom, otp, flash, dtim;
    struct itim itim;
    struct nor nor, spi1_nor;
    struct plic plic;
    struct clint clint;
    struct aon aon;
    struct prci prci;
    struct gpio gpio;
    struct sifive_uart uart0, uart1;
    struct spi spi0, spi1, spi2;
    struct pwm pwm[PWMS];
    struct i2c i2c;
    struct absent absent[ABSENT], no_spi[3], no_aon;
    struct power power, spi1_power;
};

static void rom_add(struct machine *machine, struct memory *memory,
                    const char *name, uint32_t base, uint32_t size)
{
    *memory = (struct memory){ .name = name,
                               .base = base,
                               .size = size,
                               .bytes = memory_bytes(size),
                               .direct = MEMORY_READ | MEMORY_FETCH };
    machine_add_memory(machine, memory);
}

/* As if the boot ROM and the bootloader had run. */
static void mode_select_fill(uint8_t *bytes)
{
    static const uint32_t code[] = {
        0, 0x200102B7, /* lui t0, 0x20010 */
        0x00028067,    /* jr t0 */
    };
    memcpy(bytes, code, sizeof code);
}

static void memories_add(struct machine *machine, struct hifive *h)
{
    rom_add(machine, &h->mode_select, "mode select", MODE_SELECT, 4096);
    mode_select_fill(h->mode_select.bytes);
    h->dtim = (struct memory){
        .name = "DTIM",
        .base = DTIM,
        .size = DTIM_SIZE,
        .bytes = memory_bytes(DTIM_SIZE),
        .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
        .is_volatile = true,
    };
    machine_add_memory(machine, &h->dtim);
}

static bool flash_add(struct machine *machine, struct hifive *h,
                      const struct machine_options *options)
{
    uint32_t size = nor_is25lp032d.size;
    uint8_t *bytes = options->flash_file
                         ? flash_file_map(options->flash_file, size)
                         : memory_bytes(size);
    if (!bytes)
        return false;
    if (!options->flash_file)
        memset(bytes, 0xFF, size);
    nor_init(&h->nor, &nor_is25lp032d, bytes,
             options->power ? options->power : &h->power);
    h->nor.speed = options->flash_speed ? options->flash_speed : 1;
    h->flash = (struct memory){
        .name = "flash",
        .base = FLASH,
        .size = size,
        .bytes = bytes,
        .direct = MEMORY_READ | MEMORY_FETCH,
        .ops = &spi_window_ops,
        .owner = &h->spi0,
    };
    machine_add_memory(machine, &h->flash);
    return true;
}

static void serial_add(struct machine *machine, struct hifive *h,
                       const struct machine_options *options)
{
    h->uart0 = (struct sifive_uart){
        .line = options->console,
        .plic = &h->plic,
        .source = SOURCE_UART0,
        .prci = &h->prci,
        .gpio = &h->gpio,
        .tx_pin = 1u << 17,
        .rx_pin = 1u << 16,
        .is_instant = options->as_qemu,
    };
    h->uart1 = h->uart0;
    h->uart1.line = options->second;
    h->uart1.source = SOURCE_UART1;
    h->uart1.tx_pin = 1u << 18;
    h->uart1.rx_pin = 1u << 23;
    sifive_uart_add(machine, &h->uart0, "UART0", 0x10013000);
    sifive_uart_add(machine, &h->uart1, "UART1", 0x10023000);
}

/* Erased; what is written to it is no operation to cut. */
static void spi1_flash_add(struct hifive *h)
{
    uint8_t *bytes = memory_bytes(nor_is25lp032d.size);
    memset(bytes, 0xFF, nor_is25lp032d.size);
    nor_init(&h->spi1_nor, &nor_is25lp032d, bytes, &h->spi1_power);
    h->spi1_nor.speed = 1;
    h->spi1.nor = &h->spi1_nor;
}

static void spi_bus_add(struct machine *machine, struct hifive *h,
                        const struct machine_options *options)
{
    struct spi bus = { .plic = &h->plic,
                       .prci = &h->prci,
                       .speed = options->flash_speed };
    h->spi0 = h->spi1 = h->spi2 = bus;
    h->spi0.source = SOURCE_SPI0;
    h->spi0.nor = &h->nor;
    h->spi0.window = &h->flash;
    h->spi1.source = SOURCE_SPI1;
    h->spi1.gpio = &h->gpio;
    h->spi1.pins = 0x3C; /* CS0, MOSI, MISO, SCK */
    h->spi1.is_looped = options->spi1 == SPI_LOOP;
    if (options->spi1 == SPI_FLASH)
        spi1_flash_add(h);
    h->spi2.source = SOURCE_SPI2;
    spi_add(machine, &h->spi0, "SPI0", 0x10014000);
    spi_add(machine, &h->spi1, "SPI1", 0x10024000);
    spi_add(machine, &h->spi2, "SPI2", 0x10034000);
    h->prci.changed = spi_clock_changed;
    h->prci.context = &h->spi0;
}

/* What QEMU lacks, or has as registers that read 0. */
static void rest_add(struct machine *machine, struct hifive *h, bool as_qemu)
{
    static const struct {
        const char *name;
        uint32_t base;
    } blocks[ABSENT] = {
        { "OTP control", 0x10010000 },
        { "PWM0", 0x10015000 },
        { "PWM1", 0x10025000 },
        { "PWM2", 0x10035000 },
    };
    for (uint32_t i = 0; i < (as_qemu ? ABSENT : 1); i++)
        absent_add(machine, &h->absent[i], blocks[i].name, blocks[i].base,
                   0x1000, as_qemu);
}

static void pwm_all_add(struct machine *machine, struct hifive *h)
{
    static const struct {
        const char *name;
        uint32_t base, bits;
        uint8_t pins[PWM_COMPARATORS];
    } timers[PWMS] = {
        { "PWM0", 0x10015000, 8, { 0, 1, 2, 3 } },
        { "PWM1", 0x10025000, 16, { 20, 19, 21, 22 } },
        { "PWM2", 0x10035000, 16, { 10, 11, 12, 13 } },
    };
    for (uint32_t i = 0; i < PWMS; i++) {
        h->pwm[i] =
            (struct pwm){ .plic = &h->plic,
                          .first_source = SOURCE_PWM + i * PWM_COMPARATORS,
                          .prci = &h->prci,
                          .gpio = &h->gpio,
                          .bits = timers[i].bits };
        memcpy(h->pwm[i].pins, timers[i].pins, sizeof timers[i].pins);
        pwm_add(machine, &h->pwm[i], timers[i].name, timers[i].base);
    }
}

static void i2c_bus_add(struct machine *machine, struct hifive *h,
                        const struct machine_options *options)
{
    h->i2c = (struct i2c){ .plic = &h->plic,
                           .source = SOURCE_I2C,
                           .prci = &h->prci,
                           .gpio = &h->gpio,
                           .pins = 0x3000, /* SDA, SCL */
                           .memory = { .address = options->i2c_memory },
                           .holder = { .address = options->i2c_holder,
                                       .ns = options->i2c_holds *
                                             UINT64_C(1000000) } };
    i2c_add(machine, &h->i2c, "I2C0", 0x10016000);
}

/* What QEMU has of all that: nothing, or registers that read 0. */
static void qemu_add(struct machine *machine, struct hifive *h)
{
    static const char *const names[] = { "SPI0", "SPI1", "SPI2" };
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++)
        absent_add(machine, &h->no_spi[i], names[i], 0x10014000 + i * 0x10000,
                   0x1000, true);
    absent_add(machine, &h->no_aon, "AON", 0x10000000, 0x8000, true);
}

static void icache_add(struct machine *machine, struct hifive *h,
                       struct icache *c)
{
    c->spi = &h->spi0;
    c->flash = &h->flash;
    c->itim = &h->itim;
    icache_start(c, machine);
}

static void silicon_add(struct machine *machine, struct hifive *h,
                        const struct machine_options *options)
{
    rom_add(machine, &h->mask_rom, "mask ROM", MASK_ROM, 8192);
    rom_add(machine, &h->otp, "OTP", OTP, 8192);
    memset(h->otp.bytes, 0xFF, 8192);
    itim_add(machine, &h->itim, 0x08000000, 8192);
    aon_add(machine, &h->aon, 0x10000000, &h->plic);
    spi_bus_add(machine, h, options);
    pwm_all_add(machine, h);
    i2c_bus_add(machine, h, options);
    if (options->icache)
        icache_add(machine, h, options->icache);
}

static bool build(struct machine *machine,
                  const struct machine_options *options)
{
    struct hifive *h = calloc(1, sizeof *h);
    if (!h) {
        fputs("berth-sim: no memory\n", stderr);
        return false;
    }
    machine->model_state = h;
    memories_add(machine, h);
    if (!flash_add(machine, h, options))
        return false;
    plic_add(machine, &h->plic, 0x0C000000, SOURCES);
    h->clint.is_late = options->as_qemu;
    clint_add(machine, &h->clint, 0x02000000,
              options->as_qemu ? 10000000 : 32768);
    prci_add(machine, &h->prci, 0x10008000, options->as_qemu);
    gpio_add(machine, &h->gpio, 0x10012000, &h->plic, SOURCE_GPIO,
             options->shows_pins);
    for (uint32_t i = 0; i < options->wire_count; i++)
        gpio_wire(&h->gpio, options->wires[i][0], options->wires[i][1]);
    serial_add(machine, h, options);
    if (options->as_qemu)
        qemu_add(machine, h);
    else
        silicon_add(machine, h, options);
    rest_add(machine, h, options->as_qemu);
    return true;
}

static bool pin_drive(struct machine *machine, uint32_t pin, bool level)
{
    if (pin > 31)
        return false;
    struct hifive *h = machine->model_state;
    gpio_drive(&h->gpio, pin, level);
    return true;
}

const struct machine_model model_hifive1_revb = {
    .name = "hifive1-revb",
    .what = "SiFive HiFive1 Rev B: FE310-G002, 16 KiB RAM, 8 PMP entries",
    .hart = {
        .privileged = PRIVILEGED_1_10,
        .has_a = true,
        .misaligned_traps = true,
        .has_counters = true,
        .has_mcounteren = true,
        .has_mie_mip = true,
        .has_mprv = true,
        .pmp_entries = 8,
        .lines = 0x888,
        .reset_pc = RESET_PC,
        .mvendorid = 0x489,
    },
    .apps_at = 0x20040000,
    .build = build,
    .pin = pin_drive,
};
