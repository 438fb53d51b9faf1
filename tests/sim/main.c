/* SPDX-License-Identifier: Apache-2.0 */
/* berth-sim: a board without the board. Puts the parts together that the
 * command line names, runs them, and says how it ended. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <tests/sim/devices/icache.h>
#include <tests/sim/front/images.h>
#include <tests/sim/front/pace.h>
#include <tests/sim/front/port.h>
#include <tests/sim/front/script.h>
#include <tests/sim/front/settings.h>
#include <tests/sim/front/stretch.h>
#include <tests/sim/gdb.h>
#include <tests/sim/machine.h>
#include <tests/sim/trace.h>
#include <tests/sim/watch.h>
#include <tools/berth/berth.h>

/* Input is looked for that often while the machine computes. */
#define STRETCH 2000000u

static struct settings settings;
static struct machine machine;
static struct line line, second_line, usb_line;
static struct port port, second_port, usb_port;
static struct pace_keeper keeper;
static struct script *script;
static FILE *trace_file;
static struct stretches stretches;
static struct icache icache;

static void on_signal(int number)
{
    (void)number;
    machine_stop(&machine);
}

/* ---- beginning --------------------------------------------------------------------- */

static void key_pressed(void *context, char key)
{
    (void)context;
    if (key == 'x') {
        machine_stop(&machine);
    } else if (key == 'r') {
        machine_request_reset(&machine);
    } else if (key == 'p') {
        machine_cut(&machine);
    } else {
        fputs("\r\nCtrl-A x leave, r reset, p power off and on, a Ctrl-A\r\n",
              stderr);
    }
}

static void ports_close(void)
{
    port_close(&port);
    if (settings.serial1)
        port_close(&second_port);
    if (settings.usb)
        port_close(&usb_port);
}

static void text_printed(struct machine *m, const char *text, size_t length)
{
    (void)m;
    port_flush(&port);
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static bool itim_functions_read(const char *path)
{
    char name[128];
    bool is_right = true;
    FILE *file = fopen(path, "r");
    if (!file)
        fail(EXIT_REFUSED, "%s: can not be read", path);
    while (is_right && fscanf(file, "%127s", name) == 1)
        is_right = icache_hold(&icache, &machine, name);
    fclose(file);
    if (!is_right)
        fprintf(stderr, "berth-sim: %s: no function %s, or one too many\n",
                path, name);
    return is_right;
}

static bool watchers_start(void)
{
    if (settings.itim_functions &&
        !itim_functions_read(settings.itim_functions))
        return false;
    if (settings.trace) {
        trace_file = stderr;
        if (settings.trace[0] != '-' || settings.trace[1] != '\0')
            trace_file = fopen(settings.trace, "w");
        if (!trace_file)
            fail(EXIT_REFUSED, "%s: can not be written", settings.trace);
    }
    if (settings.trace || settings.counts_symbols)
        watch_of(&machine)->trace =
            trace_start(&machine, trace_file, settings.counts_symbols);
    if (settings.stretches &&
        !stretches_start(&stretches, &machine, settings.stretches,
                         settings.options.power))
        return false;
    if (settings.gdb) {
        struct gdb *gdb = gdb_listen(&machine, settings.gdb);
        if (!gdb)
            return false;
        watch_of(&machine)->gdb = gdb;
    }
    return true;
}

static bool begin(void)
{
    line.baud = second_line.baud = settings.baud;
    settings.options.console = &line;
    settings.options.second = settings.serial1 ? &second_line : NULL;
    settings.options.usb = settings.usb ? &usb_line : NULL;
    settings.options.power = &settings.power;
    icache.line = settings.cache_line;
    settings.options.icache = settings.cache_line ? &icache : NULL;
    if (settings.script && !(script = script_load(settings.script)))
        return false;
    if (!machine_init(&machine, settings.model, &settings.options) ||
        !images_load(&machine, &settings) ||
        !port_open(&port, settings.serial, &line) ||
        (settings.serial1 &&
         !port_open(&second_port, settings.serial1, &second_line)) ||
        (settings.usb && !port_open(&usb_port, settings.usb, &usb_line)))
        return false;
    machine.shift = settings.shift;
    machine.semihosting = true;
    machine.time_limit = settings.max_ns;
    port.command = key_pressed;
    keeper.port = &port;
    keeper.more[0] = settings.serial1 ? &second_port : NULL;
    keeper.more[1] = settings.usb ? &usb_port : NULL;
    keeper.is_real =
        settings.pace == PACE_REAL ||
        (settings.pace == PACE_GIVEN_BY_LINE &&
         (port.is_terminal || port.server >= 0 || settings.serial[0] == 'p'));
    machine.hooks.idle = pace_sleep;
    machine.hooks.text = text_printed;
    machine.hooks.context = &keeper;
    if (script)
        script_start(script, &machine, &line);
    return watchers_start();
}

/* ---- running ------------------------------------------------------------------------- */

static uint64_t stretch(void)
{
    uint64_t executed = machine_instructions(&machine);
    if (executed >= settings.max_instructions)
        return 0;
    uint64_t left = settings.max_instructions - executed;
    return left < STRETCH ? left : STRETCH;
}

/* The power is away: for a moment, or for good. */
static bool power_returns(void)
{
    bool was_ordered = settings.power.is_cut;
    if (was_ordered && !settings.reboots)
        return false;
    settings.power.is_cut = false;
    machine_reset(&machine, RESET_POWER_ON);
    return true;
}

static bool goes_on(enum machine_end end)
{
    pace_breathe(&keeper, &machine);
    if (end == END_CUT)
        return power_returns();
    return end == END_LIMIT && stretch() > 0 &&
           machine_now(&machine) < settings.max_ns;
}

/* ---- the end -------------------------------------------------------------------------- */

static uint64_t host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void stats_print(uint64_t took)
{
    uint64_t instructions = machine_instructions(&machine);
    uint64_t now = machine_now(&machine);
    fprintf(stderr,
            "berth-sim: %" PRIu64 " instructions, %" PRIu64 ".%09" PRIu64
            " s of virtual time, %" PRIu64 " flash operations; %.1f s, %.1f "
            "million instructions a second\n",
            instructions, now / 1000000000, now % 1000000000,
            settings.power.operations, (double)took / 1e9,
            (double)instructions * 1e3 / (double)(took ? took : 1));
}

static int status_of_end(void)
{
    switch (machine.end) {
    case END_CUT:
        fprintf(stderr,
                "berth-sim: power cut at flash operation %" PRIu64 "%s, at "
                "0x%x of %u bytes\n",
                settings.power.operations,
                settings.power.is_torn ? ", torn" : "", settings.power.at,
                settings.power.len);
        return STATUS_CUT;
    case END_LIMIT:
        fputs("berth-sim: the instructions or the time allowed are used up\n",
              stderr);
        break;
    case END_IDLE:
        fputs("berth-sim: it sleeps, and nothing can wake it any more\n",
              stderr);
        break;
    case END_NONE:
    case END_EXIT:
    case END_VIOLATION:
    case END_STOP:
        break;
    }
    return machine_status(&machine);
}

static int finish(uint64_t took)
{
    if (machine.end != END_CUT)
        line_drain(&line);
    if (machine.end != END_CUT && settings.serial1)
        line_drain(&second_line);
    if (machine.end != END_CUT && settings.usb)
        line_drain(&usb_line);
    ports_close();
    if (settings.gdb)
        gdb_end(&machine);
    if (settings.counts_symbols)
        trace_report(&machine, stderr);
    if (trace_file && trace_file != stderr)
        fclose(trace_file);
    if (settings.cache_line)
        fprintf(stderr,
                "berth-sim: cache: %" PRIu64 " lines and %" PRIu64
                " words of data read from flash, which took %" PRIu64
                " ns; %u bytes of functions in ITIM\n",
                icache.misses, icache.reads, icache.stalled_ns,
                icache.held_bytes);
    if (settings.stretches)
        stretches_report(&stretches, &machine, stderr);
    if (settings.prints_stats)
        stats_print(took);
    if (line.lost > 0)
        fprintf(stderr,
                "berth-sim: %" PRIu64 " bytes of what was typed are lost: the "
                "receive FIFO was full when they came\n",
                line.lost);
    int status = status_of_end();
    if (script && !script_has_held(script))
        status = STATUS_SCRIPT;
    machine_free(&machine);
    return status;
}

int main(int argc, char **argv)
{
    static char name[] = "berth-sim";
    say_prefix(name);
    argv[0] = name;
    settings_read(&settings, argc, argv);
    if (!begin()) {
        ports_close();
        return EXIT_REFUSED;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    signal(SIGPIPE, SIG_IGN);
    uint64_t began = host_now();
    while (goes_on(machine_run(&machine, stretch())))
        ;
    return finish(host_now() - began);
}
