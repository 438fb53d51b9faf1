/* SPDX-License-Identifier: Apache-2.0 */
/* The process-info driver: commands on a buffer, answered at once. */
#include <berth/process.h>

#include <string.h>

enum {
    INFO_COUNT = 1,
    INFO_IDS = 2,
    INFO_SHORT_IDS = 3,
    INFO_NAME = 4,
    INFO_COUNTERS = 5,
    INFO_ORDER = 6,
};
enum { INFO_BUFFER = 0 };

/* Lends the buffer for the time of one command. */
static struct sysret info_command(uint32_t command, uint32_t argument,
                                  void *bytes, size_t length)
{
    struct sysret result =
        syscall_allow_rw(DRIVER_PROCESS_INFO, INFO_BUFFER, bytes, length);
    if (sysret_is_success(result)) {
        result = syscall_command(DRIVER_PROCESS_INFO, command, argument, 0);
        (void)syscall_allow_rw(DRIVER_PROCESS_INFO, INFO_BUFFER, NULL, 0);
    }
    return result;
}

err_t berth_process_count(uint32_t *count)
{
    return berth_error_or_value(
        syscall_command(DRIVER_PROCESS_INFO, INFO_COUNT, 0, 0), count);
}

err_t berth_process_ids(uint32_t *ids, uint32_t capacity, uint32_t *count)
{
    return berth_error_or_value(
        info_command(INFO_IDS, 0, ids, capacity * sizeof *ids), count);
}

err_t berth_process_short_ids(uint32_t *ids, uint32_t capacity, uint32_t *count)
{
    return berth_error_or_value(
        info_command(INFO_SHORT_IDS, 0, ids, capacity * sizeof *ids), count);
}

err_t berth_process_name(uint32_t id, char *name, size_t size)
{
    uint32_t length = 0;
    if (size == 0) {
        return ERR_SIZE;
    }
    err_t error = berth_error_or_value(
        info_command(INFO_NAME, id, name, size - 1), &length);
    if (error == OK) {
        name[length < size ? length : size - 1] = '\0';
    }
    return error;
}

/* The driver answers success for an unknown process too, and then leaves the
 * buffer as it was: a state that does not exist tells. */
err_t berth_process_counters(uint32_t id,
                             struct berth_process_counters *counters)
{
    struct berth_process_counters read = { .state = UINT32_MAX };
    err_t error =
        berth_error_of(info_command(INFO_COUNTERS, id, &read, sizeof read));
    if (error == OK && read.state == UINT32_MAX) {
        error = ERR_INVAL;
    }
    if (error == OK) {
        *counters = read;
    }
    return error;
}

err_t berth_process_order(uint32_t id, enum berth_process_order order)
{
    return berth_error_of(
        syscall_command(DRIVER_PROCESS_INFO, INFO_ORDER, id, (uint32_t)order));
}
