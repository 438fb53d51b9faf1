/* SPDX-License-Identifier: Apache-2.0 */
/* See settings.h. */
#include <tests/sim/front/settings.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/sim/models/models.h>
#include <tools/berth/berth.h>
#include <tools/berth/options.h>

enum {
    SERIAL,
    SCRIPT,
    GDB,
    TRACE,
    COUNT_SYMBOLS,
    STRETCHES,
    SYMBOLS,
    STATS,
    FLASH,
    CUT,
    REBOOT,
    FLASH_TIME,
    FLASH_SPEED,
    SHIFT,
    PACE,
    MAX_INSTRUCTIONS,
    MAX_TIME,
    SEED,
    AS_QEMU,
    SMEPMP,
    BAUD,
    PINS,
    FLASH_WORDS,
    USB,
    APPS_AT,
    SERIAL1,
    WIRE,
    I2C_MEMORY,
    I2C_HOLDER,
    SPI1,
    CACHE,
    ITIM_FUNCTIONS,
};

static const struct option_spec specs[] = {
    [SERIAL] = { 's', "serial", "WHERE",
                 "the console: stdio (the default), pty, unix:PATH, tcp:PORT, "
                 "file:PATH or null; a socket waits for its client unless "
                 ",nowait stands behind it" },
    [SCRIPT] = { 0, "script", "FILE",
                 "type what FILE says, when it says so: lines of wait \"text\" "
                 "[within 5 s], send \"text\\r\", after 20 ms, at 3 s, pin 12 "
                 "1, "
                 "reset, power, end 0" },
    [GDB] = { 0, "gdb", "WHERE",
              "wait for gdb at tcp:PORT or at a unix socket's path; with "
              ",nowait "
              "behind it run until gdb comes" },
    [TRACE] = { 0, "trace", "FILE",
                "a line for each instruction, with symbols; - is stderr" },
    [COUNT_SYMBOLS] = { 0, "count-symbols", NULL,
                        "instructions by symbol, on stderr at the end" },
    [STRETCHES] = { 0, "stretches", "FUNCTION",
                    "at the end, the longest time in the kernel without a "
                    "sleep or a "
                    "call of FUNCTION, which looks for interrupts" },
    [SYMBOLS] = { 0, "symbols", "ELF[@OFFSET]",
                  "more symbols, of an app that lies OFFSET beyond where it "
                  "was "
                  "linked" },
    [STATS] = { 0, "stats", NULL,
                "instructions, time, speed, flash operations, at the end" },
    [FLASH] = { 0, "flash", "FILE",
                "the flash that the board can write is this file, made if it "
                "is "
                "not there; without APPS what it holds is left alone" },
    [CUT] = { 0, "cut", "N[:torn]",
              "cut the power at the N-th program or erase of flash, which has "
              "no effect, or with :torn a part of its effect" },
    [REBOOT] = { 0, "reboot", NULL, "... then give power again and go on" },
    [FLASH_TIME] = { 0, "flash-time", NULL,
                     "flash that QEMU has never busy takes its time, too" },
    [FLASH_SPEED] = { 0, "flash-speed", "N",
                      "all flash is busy for an N-th of its time only" },
    [SHIFT] = { 0, "shift", "N",
                "an instruction takes 2^N ns (default 0), as with QEMU's "
                "-icount shift=N" },
    [PACE] = { 0, "pace", "real|fast",
               "real: sleep takes its time (the default at a terminal and for "
               "pty and sockets); fast: time jumps over it" },
    [MAX_INSTRUCTIONS] = { 0, "max-instructions", "N",
                           "end after that many, with status 121" },
    [MAX_TIME] = { 0, "max-time", "MS",
                   "end at that virtual time, with status 121" },
    [SEED] = { 0, "seed", "N",
               "of all chance: torn operations, virtio-rng's bytes" },
    [AS_QEMU] = { 0, "as-qemu", NULL,
                  "hifive1-revb as QEMU's sifive_e has it: timer at 10 MHz, "
                  "serial line without delay, no SPI0, AON, ITIM" },
    [SMEPMP] = { 0, "smepmp", NULL, "qemu-virt: the core has Smepmp" },
    [BAUD] = { 0, "baud", "N",
               "what the serial line runs at (default 115200): another speed "
               "is "
               "an error where the board has real serial timing; 0: any" },
    [PINS] = { 0, "pins", NULL, "say on stderr when an output pin changes" },
    [FLASH_WORDS] = { 0, "flash-words", NULL,
                      "esp32-c3-devkit: loads of bytes and halfwords at "
                      "0x42...... are errors, which they may be on the chip" },
    [USB] = { 0, "usb", "WHERE",
              "esp32-c3-devkit: a host at the USB port, as --serial says it; "
              "without it nothing is plugged in" },
    [APPS_AT] = { 0, "apps-at", "ADDRESS", "where APPS lies in memory" },
    [SERIAL1] = { 0, "serial1", "FILE",
                  "hifive1-revb: where UART1 leads to, as --serial says it" },
    [WIRE] = { 0, "wire", "PIN:PIN",
               "hifive1-revb: these pins are connected; up to four times" },
    [I2C_MEMORY] = { 0, "i2c-memory", "ADDRESS",
                     "hifive1-revb: a memory of 256 bytes on the I2C bus" },
    [I2C_HOLDER] = { 0, "i2c-holder", "ADDRESS:MS",
                     "hifive1-revb: a device on the I2C bus that takes its "
                     "address and then holds the clock for so long" },
    [SPI1] = { 0, "spi1", "loop|flash",
               "hifive1-revb: at chip select 0 of SPI1, a wire from what it "
               "sends to what it gets, or a flash of 4 MiB" },
    [CACHE] = { 0, "cache", "32|64",
                "hifive1-revb: running from flash takes its time, behind a "
                "cache "
                "of 16 KiB with lines of so many bytes (the chip's have 64)" },
    [ITIM_FUNCTIONS] = { 0, "itim-functions", "FILE",
                         "with --cache: the functions named in FILE are taken "
                         "to "
                         "lie in ITIM" },
    { 0, NULL, NULL, NULL },
};

static const char about[] =
    "Runs a kernel image on a model of a board, exactly and the same each "
    "time.\n"
    "KERNEL is an ELF file, APPS a raw image (or \"none\"). Boards: "
    "qemu-virt,\n"
    "hifive1-revb, esp32-c3-devkit; for the last KERNEL may also be what is\n"
    "flashed at 0, or \"none\": what --flash holds. At a terminal, Ctrl-A x\n"
    "leaves, Ctrl-A r resets, Ctrl-A p takes the power away and gives it "
    "back,\n"
    "Ctrl-A a types Ctrl-A.\n\n"
    "The exit status is the guest's own (semihosting, test finisher), or: 1 a\n"
    "file cannot be used, 2 wrong command line, 120 the guest did what "
    "hardware\n"
    "does not allow (the report says what), 121 a limit was reached, 122 it\n"
    "sleeps and nothing can wake it, 123 the power was cut, 124 the script\n"
    "waited in vain.";

static const struct options options = {
    .usage = "[OPTION ...] BOARD KERNEL.elf [APPS.img]",
    .about = about,
    .specs = specs,
};

/* Decimal digits, K or M behind them; more than number_read() takes. */
static uint64_t long_read(const char *what, const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    if (end != text && *end == 'K' && end++)
        value <<= 10;
    else if (end != text && *end == 'M' && end++)
        value <<= 20;
    if (end == text || *end != '\0' || *text == '-')
        fail(EXIT_USAGE, "%s: `%s` is no number", what, text);
    return value;
}

static void cut_read(struct power *power, const char *text)
{
    char *end;
    power->cut_at = strtoull(text, &end, 10);
    power->is_torn = strcmp(end, ":torn") == 0;
    if (power->cut_at == 0 || (*end != '\0' && !power->is_torn))
        fail(EXIT_USAGE,
             "--cut %s: give the number of the operation, from 1 on, and :torn "
             "behind it if it shall have a part of its effect",
             text);
}

static void pace_read(struct settings *s, const char *text)
{
    if (strcmp(text, "real") == 0)
        s->pace = PACE_REAL;
    else if (strcmp(text, "fast") == 0)
        s->pace = PACE_FAST;
    else
        fail(EXIT_USAGE, "--pace %s: it is real or fast", text);
}

static void symbols_read(struct settings *s, const char *text)
{
    if (s->symbols_count == SETTINGS_SYMBOLS)
        fail(EXIT_USAGE, "more than %d --symbols", SETTINGS_SYMBOLS);
    s->symbols[s->symbols_count++] = text;
}

static void wire_read(struct machine_options *o, const char *text)
{
    unsigned one, other;
    char more;
    if (sscanf(text, "%u:%u%c", &one, &other, &more) != 2 || one > 31 ||
        other > 31 || one == other)
        fail(EXIT_USAGE, "--wire %s: give two pins, 0 to 31, as in 11:18",
             text);
    if (o->wire_count == OPTION_WIRES)
        fail(EXIT_USAGE, "more than %d --wire", OPTION_WIRES);
    o->wires[o->wire_count][0] = (uint8_t)one;
    o->wires[o->wire_count++][1] = (uint8_t)other;
}

static void holder_read(struct machine_options *o, const char *text)
{
    int length = 0;
    if (sscanf(text, "%i:%u%n", (int *)&o->i2c_holder, &o->i2c_holds,
               &length) != 2 ||
        text[length] != '\0' || o->i2c_holder == 0 || o->i2c_holder > 0x77 ||
        o->i2c_holds == 0)
        fail(EXIT_USAGE,
             "--i2c-holder %s: give an address up to 0x77 and how many "
             "milliseconds, as in 0x51:1000",
             text);
}

static void spi1_read(struct machine_options *o, const char *text)
{
    if (strcmp(text, "loop") == 0)
        o->spi1 = SPI_LOOP;
    else if (strcmp(text, "flash") == 0)
        o->spi1 = SPI_FLASH;
    else
        fail(EXIT_USAGE, "--spi1 %s: it is loop or flash", text);
}

/* False: it is none of what hangs on a board. */
static bool device_option_take(struct settings *s, int option,
                               const char *value)
{
    switch (option) {
    case SERIAL1:
        s->serial1 = value;
        return true;
    case WIRE:
        wire_read(&s->options, value);
        return true;
    case I2C_MEMORY:
        s->options.i2c_memory = number_read("--i2c-memory", value, 0x77);
        return true;
    case I2C_HOLDER:
        holder_read(&s->options, value);
        return true;
    case SPI1:
        spi1_read(&s->options, value);
        return true;
    case CACHE:
        s->cache_line = number_read("--cache", value, 64);
        if (s->cache_line != 32 && s->cache_line != 64)
            fail(EXIT_USAGE, "--cache %s: a line has 32 or 64 bytes", value);
        return true;
    case ITIM_FUNCTIONS:
        s->itim_functions = value;
        return true;
    default:
        return false;
    }
}

static void option_take(struct settings *s, int option, const char *value)
{
    switch (option) {
    case SERIAL:
        s->serial = value;
        break;
    case SCRIPT:
        s->script = value;
        break;
    case GDB:
        s->gdb = value;
        break;
    case TRACE:
        s->trace = value;
        break;
    case COUNT_SYMBOLS:
        s->counts_symbols = true;
        break;
    case STRETCHES:
        s->stretches = value;
        break;
    case SYMBOLS:
        symbols_read(s, value);
        break;
    case STATS:
        s->prints_stats = true;
        break;
    case FLASH:
        s->options.flash_file = value;
        break;
    case CUT:
        cut_read(&s->power, value);
        break;
    case REBOOT:
        s->reboots = true;
        break;
    case FLASH_TIME:
        s->options.flash_takes_time = true;
        break;
    case FLASH_SPEED:
        s->options.flash_speed = number_read("--flash-speed", value, 1000000);
        break;
    case SHIFT:
        s->shift = number_read("--shift", value, 10);
        break;
    case PACE:
        pace_read(s, value);
        break;
    case MAX_INSTRUCTIONS:
        s->max_instructions = long_read("--max-instructions", value);
        break;
    case MAX_TIME:
        s->max_ns = long_read("--max-time", value) * 1000000;
        break;
    case SEED:
        s->options.seed = long_read("--seed", value);
        break;
    case AS_QEMU:
        s->options.as_qemu = true;
        break;
    case SMEPMP:
        s->options.smepmp = true;
        break;
    case BAUD:
        s->baud = number_read("--baud", value, 10000000);
        break;
    case PINS:
        s->options.shows_pins = true;
        break;
    case USB:
        s->usb = value;
        break;
    case FLASH_WORDS:
        s->options.wants_words = true;
        break;
    case APPS_AT:
        s->apps_at = number_read("--apps-at", value, UINT32_MAX);
        break;
    default:
        break;
    }
}

static void operands_read(struct settings *s, int count, char **operands)
{
    if (count < 2 || count > 3)
        fail(EXIT_USAGE, "give BOARD KERNEL.elf [APPS.img]; `berth-sim --help` "
                         "lists the options");
    s->model = machine_model_named(operands[0]);
    if (!s->model)
        fail(EXIT_USAGE,
             "no board `%s`; there are qemu-virt, hifive1-revb, "
             "esp32-c3-devkit",
             operands[0]);
    if (s->model->place == NULL || strcmp(operands[1], "none") != 0)
        s->kernel = operands[1];
    if (count == 3 && strcmp(operands[2], "none") != 0)
        s->apps = operands[2];
    if (s->apps_at == 0)
        s->apps_at = s->model->apps_at;
    if (s->usb && s->model != &model_esp32_c3_devkit)
        fail(EXIT_USAGE, "--usb: %s has no USB port", s->model->name);
    if (s->cache_line != 0 && s->model != &model_hifive1_revb)
        fail(EXIT_USAGE, "--cache: that of %s is not modelled", s->model->name);
    if (s->itim_functions && s->cache_line == 0)
        fail(EXIT_USAGE, "--itim-functions without --cache");
    if (s->options.smepmp && !s->model->can_have_smepmp)
        fail(EXIT_USAGE, "--smepmp: the core of %s has none", s->model->name);
}

void settings_read(struct settings *s, int argc, char **argv)
{
    const char *value;
    int option;
    *s = (struct settings){
        .serial = "stdio",
        .baud = 115200,
        .max_instructions = NEVER,
        .max_ns = NEVER,
    };
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        if (!device_option_take(s, option, value))
            option_take(s, option, value);
    operands_read(s, argc - optind, argv + optind);
    if (s->reboots && s->power.cut_at == 0)
        fail(EXIT_USAGE, "--reboot without --cut");
    s->power.random = s->options.seed;
}
