/* SPDX-License-Identifier: Apache-2.0 */
/* The shared cycle counter: commands only. */
#include <berth/cycles.h>

enum { CYCLES_START = 1, CYCLES_READ = 2, CYCLES_RESET = 3, CYCLES_STOP = 4 };

static struct sysret cycles_command(uint32_t command)
{
    return syscall_command(DRIVER_CYCLE_COUNT, command, 0, 0);
}

err_t berth_cycles_start(void)
{
    return berth_error_of(cycles_command(CYCLES_START));
}

err_t berth_cycles_stop(void)
{
    return berth_error_of(cycles_command(CYCLES_STOP));
}

err_t berth_cycles_reset(void)
{
    return berth_error_of(cycles_command(CYCLES_RESET));
}

err_t berth_cycles_read(uint64_t *cycles)
{
    struct sysret result = cycles_command(CYCLES_READ);
    if (result.variant != SYSRET_SUCCESS_U64) {
        return sysret_is_success(result) ? ERR_NODEVICE
                                         : berth_error_of(result);
    }
    *cycles = (uint64_t)result.value[1] << 32 | result.value[0];
    return OK;
}
