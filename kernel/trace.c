/* SPDX-License-Identifier: Apache-2.0 */
/* See trace.h. */
#include <kernel/kernel.h>
#include <kernel/string.h>
#include <kernel/trace.h>

static uint32_t written; /* entries ever */

static struct trace_entry *entry_at(uint32_t n)
{
    return &kernel_config.trace[n & (kernel_config.trace_entries - 1)];
}

void trace(enum trace_event event, pid_handle_t pid, uint32_t value)
{
    if (kernel_config.trace_entries == 0)
        return;
    *entry_at(written++) =
        (struct trace_entry){ ktime_now_low(), pid, value, (uint32_t)event };
}

const struct trace_entry *trace_read(uint32_t n)
{
    uint32_t kept = written < kernel_config.trace_entries
                        ? written
                        : kernel_config.trace_entries;
    return n < kept ? entry_at(written - kept + n) : NULL;
}

const char *trace_text(uint32_t event)
{
    return text_pick("start\0"
                     "exit\0"
                     "fault\0"
                     "stop\0"
                     "resume\0"
                     "refuse",
                     event);
}
