/* SPDX-License-Identifier: Apache-2.0 */
/* Shows callbacks: an alarm that arms itself again toggles the board's LEDs in
 * turn, and main does nothing but wait. */
#include <berth/alarm.h>
#include <berth/event.h>
#include <berth/led.h>
#include <stdio.h>

#define PERIOD_MS 500u

static struct berth_alarm alarm;
static uint32_t led;

static void blink(uint32_t now, void *userdata)
{
    (void)now, (void)userdata;
    (void)berth_led_toggle(led);
    led = (led + 1) % berth_led_count();
    (void)berth_alarm_after_ms(&alarm, PERIOD_MS, blink, NULL);
}

int main(void)
{
    if (berth_led_count() == 0) {
        printf("%s: this board has no LED\n", BERTH_APP_NAME);
        return ERR_NODEVICE;
    }
    blink(0, NULL);
    for (;;) {
        berth_wait();
    }
}
