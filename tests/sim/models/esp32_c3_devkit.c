/* SPDX-License-Identifier: Apache-2.0 */
/* Espressif's boards with an ESP32-C3 and 4 MiB of flash (DevKitM-1,
 * DevKitC-02), from the mask ROM on. A kernel's ELF file is flashed as the image
 * that the ROM boots: in segments that it copies to RAM, or as it is if it runs
 * from flash. */
#include <tests/sim/models/models.h>

#include <stdlib.h>
#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/c3_cache.h>
#include <tests/sim/devices/c3_gpio.h>
#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/c3_misc.h>
#include <tests/sim/devices/c3_rom.h>
#include <tests/sim/devices/c3_rtc.h>
#include <tests/sim/devices/c3_spi.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/devices/c3_systimer.h>
#include <tests/sim/devices/c3_timg.h>
#include <tests/sim/devices/c3_uart.h>
#include <tests/sim/devices/c3_usb.h>
#include <tests/sim/devices/esp_image.h>
#include <tests/sim/devices/flash_file.h>
#include <tests/sim/options.h>

#define SRAM_DATA 0x3FC80000u
#define SRAM_CODE 0x40380000u
#define SRAM_SIZE (384u << 10)
#define RTC_RAM 0x50000000u
#define RTC_RAM_SIZE (8u << 10)
#define SECTOR 4096u
#define APPS_AT 0x40000u /* in flash */

enum { ABSENT = 15 };

struct devkit {
    struct memory sram_data, sram_code, rtc_ram;
    struct nor nor;
    struct c3_matrix matrix;
    struct c3_system system;
    struct c3_gpio gpio;
    struct c3_rtc rtc;
    struct c3_cache cache;
    struct c3_spi spi;
    struct c3_uart uart0, uart1;
    struct c3_systimer systimer;
    struct c3_timg timg0, timg1;
    struct c3_efuse efuse;
    struct c3_random random;
    struct c3_usb usb;
    struct c3_rom rom;
    struct absent absent[ABSENT];
    struct power power;
    /* A kernel that is being placed: its segments in RAM, in order. */
    struct esp_segment segments[ESP_SEGMENTS];
    uint32_t segment_count;
    uint32_t flash_low, flash_high; /* what was placed in flash itself */
    uint32_t kernel_end;            /* in flash, once it is there */
};

/* ---- building ------------------------------------------------------------------------- */

static void ram_add(struct machine *machine, struct memory *memory,
                    const char *name, uint32_t base, uint32_t size,
                    uint8_t *bytes, uint32_t direct)
{
    *memory = (struct memory){ .name = name,
                               .base = base,
                               .size = size,
                               .bytes = bytes,
                               .direct = direct,
                               .is_volatile = true };
    machine_add_memory(machine, memory);
}

/* One SRAM: data has an address of its own, at which nothing is executed. */
static void memories_add(struct machine *machine, struct devkit *d)
{
    uint32_t data = MEMORY_READ | MEMORY_WRITE, code = data | MEMORY_FETCH;
    uint8_t *sram = memory_bytes(SRAM_SIZE);
    ram_add(machine, &d->sram_data, "SRAM1 (data bus)", SRAM_DATA, SRAM_SIZE,
            sram, data);
    ram_add(machine, &d->sram_code, "SRAM1 (instruction bus)", SRAM_CODE,
            SRAM_SIZE, sram, code);
    d->sram_data.alias = &d->sram_code;
    d->sram_code.alias = &d->sram_data;
    ram_add(machine, &d->rtc_ram, "RTC fast RAM", RTC_RAM, RTC_RAM_SIZE,
            memory_bytes(RTC_RAM_SIZE), code);
}

static bool flash_add(struct machine *machine, struct devkit *d,
                      const struct machine_options *options)
{
    uint32_t size = nor_w25q32.size;
    uint8_t *bytes = options->flash_file
                         ? flash_file_map(options->flash_file, size)
                         : memory_bytes(size);
    if (!bytes)
        return false;
    if (!options->flash_file)
        memset(bytes, 0xFF, size);
    nor_init(&d->nor, &nor_w25q32, bytes,
             options->power ? options->power : &d->power);
    d->nor.speed = options->flash_speed ? options->flash_speed : 1;
    d->cache.nor = &d->nor;
    d->cache.wants_words = options->wants_words;
    c3_cache_add(machine, &d->cache, 0x600C4000, 0x600C5000, 0x4037C000);
    d->spi = (struct c3_spi){ .nor = &d->nor,
                              .cache = &d->cache,
                              .system = &d->system,
                              .speed = options->flash_speed };
    c3_spi_add(machine, &d->spi, 0x60002000);
    return true;
}

static void serial_add(struct machine *machine, struct devkit *d,
                       const struct machine_options *options)
{
    d->uart0 = (struct c3_uart){ .line = options->console,
                                 .matrix = &d->matrix,
                                 .source = C3_UART0,
                                 .system = &d->system,
                                 .gpio = &d->gpio };
    d->uart1 = d->uart0;
    d->uart1.line = NULL;
    d->uart1.source = C3_UART1;
    d->uart1.gpio = NULL;
    c3_uart_add(machine, &d->uart0, "UART0", 0x60000000);
    c3_uart_add(machine, &d->uart1, "UART1", 0x60010000);
    d->usb.line = options->usb;
    c3_usb_add(machine, &d->usb, 0x60043000, &d->matrix);
}

static void clock_changed(void *context)
{
    struct devkit *d = context;
    c3_timg_clock_changed(&d->timg0);
    c3_timg_clock_changed(&d->timg1);
}

static void timers_add(struct machine *machine, struct devkit *d)
{
    d->timg0 = (struct c3_timg){ .matrix = &d->matrix,
                                 .system = &d->system,
                                 .rtc = &d->rtc,
                                 .source = C3_TIMG0_T0,
                                 .core_cause = C3_RESET_TIMG0_CORE,
                                 .cpu_cause = C3_RESET_TIMG0_CPU };
    d->timg1 = d->timg0;
    d->timg1.source = C3_TIMG1_T0;
    d->timg1.core_cause = C3_RESET_TIMG1_CORE;
    d->timg1.cpu_cause = C3_RESET_TIMG1_CPU;
    c3_systimer_add(machine, &d->systimer, 0x60023000, &d->matrix);
    c3_timg_add(machine, &d->timg0, "TIMG0", 0x6001F000);
    c3_timg_add(machine, &d->timg1, "TIMG1", 0x60020000);
    d->system.changed = clock_changed;
    d->system.context = d;
}

static void gates_add(struct devkit *d)
{
    c3_system_gate(&d->system, &d->spi.device, C3_GATE_SPI);
    c3_system_gate(&d->system, &d->uart0.device, C3_GATE_UART0);
    c3_system_gate(&d->system, &d->uart1.device, C3_GATE_UART1);
    c3_system_gate(&d->system, &d->timg0.device, C3_GATE_TIMG0);
    c3_system_gate(&d->system, &d->timg1.device, C3_GATE_TIMG1);
    c3_system_gate(&d->system, &d->usb.device, C3_GATE_USB);
    c3_system_gate(&d->system, &d->systimer.device, C3_GATE_SYSTIMER);
}

static void rest_add(struct machine *machine, struct devkit *d)
{
    static const struct {
        const char *name;
        uint32_t base;
    } blocks[ABSENT] = {
        { "SPI0", 0x60003000 },      { "I2C0", 0x60013000 },
        { "UHCI0", 0x60014000 },     { "RMT", 0x60016000 },
        { "LEDC", 0x60019000 },      { "SPI2", 0x60024000 },
        { "TWAI", 0x6002B000 },      { "I2S0", 0x6002D000 },
        { "AES", 0x6003A000 },       { "SHA", 0x6003B000 },
        { "GDMA", 0x6003F000 },      { "SARADC", 0x60040000 },
        { "SENSITIVE", 0x600C1000 }, { "ASSIST_DEBUG", 0x600CE000 },
        { "WORLD", 0x600D0000 },
    };
    for (uint32_t i = 0; i < ABSENT; i++)
        absent_add(machine, &d->absent[i], blocks[i].name, blocks[i].base,
                   0x1000, false);
}

static bool build(struct machine *machine,
                  const struct machine_options *options)
{
    struct devkit *d = calloc(1, sizeof *d);
    if (!d) {
        fputs("berth-sim: no memory\n", stderr);
        return false;
    }
    machine->model_state = d;
    d->flash_low = UINT32_MAX;
    memories_add(machine, d);
    c3_matrix_add(machine, &d->matrix, 0x600C2000);
    c3_system_add(machine, &d->system, 0x600C0000, &d->matrix);
    c3_gpio_add(machine, &d->gpio, 0x60004000, 0x60009000, &d->matrix,
                options->shows_pins);
    d->rtc.matrix = &d->matrix;
    d->rtc.system = &d->system;
    d->rtc.gpio = &d->gpio;
    c3_rtc_add(machine, &d->rtc, 0x60008000);
    if (!flash_add(machine, d, options))
        return false;
    serial_add(machine, d, options);
    timers_add(machine, d);
    gates_add(d);
    c3_efuse_add(machine, &d->efuse, 0x60008800);
    c3_random_add(machine, &d->random, 0x60026000, options->seed);
    rest_add(machine, d);
    d->rom.cache = &d->cache;
    d->rom.spi = &d->spi;
    d->rom.uart = &d->uart0;
    d->rom.rtc = &d->rtc;
    c3_rom_add(machine, &d->rom);
    return true;
}

/* ---- flashing ------------------------------------------------------------------------- */

static bool flash_offset(const struct devkit *d, uint32_t address,
                         uint32_t *offset)
{
    uint32_t size = d->nor.flash.size;
    *offset = address;
    if (address - C3_DATA_WINDOW < size)
        *offset = address - C3_DATA_WINDOW;
    if (address - C3_CODE_WINDOW < size)
        *offset = address - C3_CODE_WINDOW;
    return *offset < size;
}

static bool segment_keep(struct devkit *d, uint32_t address, const void *bytes,
                         size_t length)
{
    struct esp_segment *s = &d->segments[d->segment_count];
    uint8_t *copy = malloc(length);
    if (d->segment_count == ESP_SEGMENTS || !copy) {
        fprintf(stderr,
                "berth-sim: the kernel has more than %u segments in "
                "RAM: the ROM takes no more\n",
                ESP_SEGMENTS);
        free(copy);
        return false;
    }
    memcpy(copy, bytes, length);
    *s = (struct esp_segment){ .address = address,
                               .length = (uint32_t)length,
                               .bytes = copy };
    d->segment_count++;
    return true;
}

static bool flash_put(struct devkit *d, uint32_t offset, const void *bytes,
                      size_t length)
{
    if (length > d->nor.flash.size - offset) {
        fprintf(stderr,
                "berth-sim: 0x%zx bytes at 0x%x reach beyond the flash of "
                "0x%x\n",
                length, offset, d->nor.flash.size);
        return false;
    }
    memcpy(d->nor.flash.bytes + offset, bytes, length);
    return true;
}

/* A kernel that is copied to RAM may bring what copies it when the chip boots
 * directly; the image takes its place. */
static bool is_stub(uint32_t offset, const void *bytes, size_t length)
{
    static const uint8_t magic[] = { 0x1D, 0x04, 0xDB, 0xAE };
    return offset == 0 && length >= sizeof magic &&
           memcmp(bytes, magic, sizeof magic) == 0;
}

static bool place(struct machine *machine, uint32_t address, const void *bytes,
                  size_t length)
{
    struct devkit *d = machine->model_state;
    uint32_t offset, unused;
    if (flash_offset(d, address, &offset)) {
        if (offset < d->kernel_end) {
            fprintf(stderr,
                    "berth-sim: what goes to flash at 0x%x lies over the "
                    "kernel's image, which ends at 0x%x\n",
                    offset, d->kernel_end);
            return false;
        }
        if (!is_stub(offset, bytes, length) && offset < d->flash_low)
            d->flash_low = offset;
        if (offset + length > d->flash_high)
            d->flash_high = offset + (uint32_t)length;
        return flash_put(d, offset, bytes, length);
    }
    if (esp_ram_offset(address, &unused))
        return segment_keep(d, address, bytes, length);
    fprintf(stderr,
            "berth-sim: 0x%zx bytes at 0x%08x: the ROM loads nothing there; "
            "there is flash at 0x42000000 and 0x3C000000, SRAM at 0x40380000 "
            "and 0x3FC80000 up to the ROM's stack at 0x3FCDC710\n",
            length, address);
    return false;
}

static bool image_flash(struct devkit *d, uint32_t entry)
{
    uint32_t room = d->nor.flash.size;
    uint8_t *image = malloc(room);
    uint32_t length = image ? esp_image_write(d->segments, d->segment_count,
                                              entry, image, room)
                            : 0;
    bool fits = length > 0 && flash_put(d, 0, image, length);
    if (length == 0 || length > d->flash_low) {
        fprintf(stderr,
                "berth-sim: the kernel's image of 0x%x bytes does not fit into "
                "the flash in front of what the ELF file puts there itself\n",
                length);
        fits = false;
    }
    d->kernel_end = (length + SECTOR - 1) / SECTOR * SECTOR;
    d->kernel_end = d->kernel_end < d->flash_low ? d->kernel_end : d->flash_low;
    if (fits)
        memset(d->nor.flash.bytes + length, 0xFF, d->kernel_end - length);
    free(image);
    return fits;
}

static bool placed(struct machine *machine, uint32_t entry)
{
    struct devkit *d = machine->model_state;
    if (d->segment_count > 0)
        return image_flash(d, entry);
    d->kernel_end = (d->flash_high + SECTOR - 1) / SECTOR * SECTOR;
    return true;
}

static bool pin_drive(struct machine *machine, uint32_t pin, bool level)
{
    struct devkit *d = machine->model_state;
    if (pin >= C3_PINS)
        return false;
    c3_gpio_drive(&d->gpio, pin, level);
    return true;
}

const struct machine_model model_esp32_c3_devkit = {
    .name = "esp32-c3-devkit",
    .what = "ESP32-C3 DevKitM-1 or DevKitC-02: 400 KiB RAM, 4 MiB flash",
    .hart = {
        .privileged = PRIVILEGED_1_10,
        .misaligned_traps = true,
        .mtvec_is_vectored = true,
        .mprv_is_doubtful = true,
        .has_tw = true,
        .has_mpc = true,
        .pmp_overlap_is_error = true,
        .pmp_entries = 16,
        .lines = 0xFFFFFFFE,
        .reset_pc = C3_ROM,
        .mvendorid = 0x612,
        .marchid = 0x80000001,
        .mimpid = 1,
    },
    .apps_at = APPS_AT,
    .build = build,
    .place = place,
    .placed = placed,
    .pin = pin_drive,
};
