/* SPDX-License-Identifier: Apache-2.0 */
/* See machine.h. */
#include <boards/qemu-virt/machine.h>

#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/common/counters.h>
#include <kernel/log.h>

struct uart16550 machine_uart = {
    .uart = { .ops = &uart16550_ops },
    .base = 0x10000000,
};

/* ---- LEDs that light up as lines of the kernel log --------------------------- */

struct log_led {
    struct led led; /* first: ops */
    const char *name;
    bool *on;
};

static const struct log_led *self_of(const struct led *led)
{
    return CONTAINER_OF(led, const struct log_led, led);
}

static void led_set(const struct led *led, bool on)
{
    const struct log_led *l = self_of(led);
    if (*l->on == on)
        return;
    *l->on = on;
    klog(LOG_DEBUG, "led %s %s", l->name, on ? "on" : "off");
}

static bool led_get(const struct led *led)
{
    return *self_of(led)->on;
}

static const struct led_ops log_led_ops = { led_set, led_get };
static bool led_on[2];
static const struct log_led led0 = { { &log_led_ops }, "0", &led_on[0] };
static const struct log_led led1 = { { &log_led_ops }, "1", &led_on[1] };
static const struct led *const leds[] = { &led0.led, &led1.led };

/* ---- the serial line ----------------------------------------------------------- */

static uint8_t frame_body[PROTO_BODY_MAX] SECTION(".noinit");
struct mux machine_mux;
struct framed_uart machine_line;
struct console machine_console;
struct alarm_driver machine_alarm;
struct led_driver machine_leds = { leds, ARRAY_COUNT(leds) };
struct low_level_debug machine_debug;
struct trace_entry machine_trace[32] SECTION(".noinit");
uint8_t machine_log[2048] SECTION(".noinit");

void machine_init(void (*receive)(void *context, const uint8_t *bytes,
                                  size_t len),
                  void *context)
{
    uart16550_init(&machine_uart);
    counters_allow(COUNTER_CYCLE | COUNTER_INSTRET);
    framed_init(&machine_line, &machine_uart.uart, frame_body);
    mux_init(&machine_mux, &machine_line.uart, receive, context);
    console_init(&machine_console, &machine_mux.port);
    alarm_init(&machine_alarm);
    low_level_debug_init(&machine_debug, &machine_mux.port);
}

/* ---- the operator --------------------------------------------------------------- */

struct operator_console machine_operator;
char machine_history[512] SECTION(".noinit");

void machine_panic_order(void)
{
    panic("ordered by the operator");
}

void machine_operator_init(void)
{
    operator_init(&machine_operator);
}

/* ---- its end --------------------------------------------------------------------- */

#define FINISHER 0x00100000u
#define FINISH_OK 0x5555u
#define FINISH_RESET 0x7777u
#define FINISH_FAILED (3u << 16 | 0x3333u) /* exit status 3 */

void machine_panic_put(uint8_t byte)
{
    machine_line.uart.ops->put(&machine_line.uart, byte);
}

void machine_exit_ok(void)
{
    mmio_write32(FINISHER, FINISH_OK);
}

void machine_exit_failed(void)
{
    mmio_write32(FINISHER, FINISH_FAILED);
}

void machine_reset(void)
{
    mmio_write32(FINISHER, FINISH_RESET);
}
