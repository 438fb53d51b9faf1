/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of the system. Beyond reading about oneself only for apps that
 * the board's authority list names: for the others ERR_NODEVICE or the like. */
#ifndef BERTH_PROCESS_H
#define BERTH_PROCESS_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_process_state {
    BERTH_PROCESS_RUNNING = 0,
    BERTH_PROCESS_YIELDED = 1,
    BERTH_PROCESS_YIELDED_FOR = 2,
    BERTH_PROCESS_STOPPED = 3,
    BERTH_PROCESS_FAULTED = 4,
    BERTH_PROCESS_TERMINATED = 5,
};

enum berth_process_order {
    BERTH_PROCESS_RESUME = 1,
    BERTH_PROCESS_STOP = 2,
    BERTH_PROCESS_FAULT = 3,
    BERTH_PROCESS_TERMINATE = 4,
    BERTH_PROCESS_BOOT = 5,
};

struct berth_process_counters {
    uint32_t slices_expired;
    uint32_t system_calls;
    uint32_t restarts;
    uint32_t state; /* enum berth_process_state */
};

err_t berth_process_count(uint32_t *count);

/* Fills `ids` up to its `capacity`. `*count` is the number of processes there
 * are, which may be more. Short ids are 0 where there is none. */
err_t berth_process_ids(uint32_t *ids, uint32_t capacity, uint32_t *count);
err_t berth_process_short_ids(uint32_t *ids, uint32_t capacity,
                              uint32_t *count);

/* The name, cut to `size` - 1 bytes and a zero behind it. */
err_t berth_process_name(uint32_t id, char *name, size_t size);
err_t berth_process_counters(uint32_t id,
                             struct berth_process_counters *counters);

err_t berth_process_order(uint32_t id, enum berth_process_order order);

#ifdef __cplusplus
}
#endif

#endif
