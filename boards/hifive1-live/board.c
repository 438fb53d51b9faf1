/* SPDX-License-Identifier: Apache-2.0 */
/* HiFive1 Rev B without a command line: the wiring. main() is the table of
 * contents. */
#include <boards/hifive1-revb/live.h>
#include <chips/sifive-e/watchdog.h>
#include <loader/plain.h>

static const struct driver drivers[] = { MACHINE_DRIVERS };

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("hifive1-live", drivers),
};

const struct live_board live_board = { .name = "hifive1-live", MACHINE_LIVE };

static struct plain plain;
MACHINE_OPERATOR(.reset = watchdog_reset)

/* Not inlined: what it has on the stack is not kept while apps run. */
static NOINLINE void boot(void)
{
    live_wire(plain_receive, &plain);
    kernel_init();
    live_wire_flash();
    plain_init(&plain);
}

int main(void)
{
    boot();
    kernel_run();
}
