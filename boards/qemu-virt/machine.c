/* SPDX-License-Identifier: Apache-2.0 */
/* See machine.h. */
#include <berth/compiler.h>
#include <berth/mmio.h>
#include <boards/qemu-virt/machine.h>
#include <kernel/log.h>

#define FINISHER 0x00100000u
#define FINISH_OK 0x5555u
#define FINISH_RESET 0x7777u
#define FINISH_FAILED (3u << 16 | 0x3333u) /* exit status 3 */

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

const struct led_ops log_led_ops = { led_set, led_get };
