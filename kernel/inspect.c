/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of processes for those who may see them: the operator console,
 * reports and the process-info driver. */
#include <kernel/process.h>
#include <kernel/report.h>
#include <kernel/string.h>

uint32_t process_slots(void)
{
    return kernel_config.slot_count;
}

static struct process *slot_process(uint32_t slot)
{
    return slot < kernel_config.slot_count ? kernel_config.slots[slot].process
                                           : NULL;
}

pid_handle_t process_in_slot(uint32_t slot)
{
    const struct process *p = slot_process(slot);
    return p == NULL ? PID_NONE : p->pid;
}

const uint32_t *process_registers(uint32_t slot)
{
    const struct process *p = slot_process(slot);
    return p == NULL ? NULL : p->context.x;
}

/* What only the header in flash knows. Where it lies; NULL if it has changed. */
static const uint8_t *header_of(const struct process *p, struct tbf *tbf)
{
    const uint8_t *base = process_object(p);
    user_drop();
    enum tbf_error e =
        tbf_parse(base, process_flash_end(p) - process_flash_start(p), tbf);
    return e == TBF_OK ? base : NULL;
}

static void name_copy(char *to, const uint8_t *base, const struct tbf *tbf,
                      uint32_t cap)
{
    uint32_t len = tbf->name.len;
    memcpy(to, base + tbf->name.offset, len < cap ? len : cap);
}

static void header_facts(const struct process *p, struct process_info *info)
{
    struct tbf tbf;
    const uint8_t *base = header_of(p, &tbf);
    if (base == NULL)
        return;
    name_copy(info->name, base, &tbf, sizeof info->name - 1);
    info->short_id = tbf.short_id;
}

uint32_t process_name(uint32_t slot, char *to, uint32_t cap)
{
    const struct process *p = slot_process(slot);
    struct tbf tbf;
    const uint8_t *base = p == NULL ? NULL : header_of(p, &tbf);
    if (base == NULL)
        return 0;
    name_copy(to, base, &tbf, cap);
    return tbf.name.len;
}

static void state_facts(const struct process *p, struct process_info *info)
{
    info->pid = p->pid;
    info->state = (enum process_state)p->state;
    info->stopped = p->stopped;
    info->starting = p->preparing;
    if (p->state == PROCESS_YIELDED_FOR) {
        info->wait_driver = p->wait.driver;
        info->wait_number = p->wait.what & 0xFFFF;
    }
    if (p->state == PROCESS_TERMINATED && p->has_run) {
        info->has_completion = true;
        info->completion = p->completion;
    }
}

static void counter_facts(struct process *p, struct process_info *info)
{
    info->slices = p->slices;
    info->syscalls = p->context.syscalls;
    info->restarts = p->restarts;
    info->dropped = p->dropped;
    info->queued = p->queue_count;
    info->last_syscall = p->context.x[14] & 0xFF;
    info->grants_total = grant_kinds;
    for (uint32_t i = 0; i < grant_kinds; i++)
        info->grants_used += GRANT_OF(p, i) != NULL;
}

/* As memop 10 and 11 stored it; 0 when the app said nothing. */
static uint32_t debug_address(const struct process *p, uint16_t stored)
{
    return stored == 0 ? 0 : process_ram_start(p) + (stored - 1u) * 16;
}

static void memory_facts(const struct process *p, struct process_info *info)
{
    info->object = p->object;
    info->code_ram = p->has_block ? process_code_ram(p) : 0;
    info->flash_start = process_flash_start(p);
    info->flash_end = process_flash_end(p);
    info->protected_size = p->protected_size;
    info->ram_start = process_ram_start(p);
    info->app_break = p->app_break;
    info->grant_start = p->grant_break;
    info->ram_end = p->ram_end;
    info->stack_top = debug_address(p, p->debug_stack);
    info->heap_start = debug_address(p, p->debug_heap);
}

bool process_inspect(uint32_t slot, struct process_info *info)
{
    struct process *p = slot_process(slot);
    if (p == NULL)
        return false;
    memset(info, 0, sizeof *info);
    info->filtered = p->filtered;
    header_facts(p, info);
    state_facts(p, info);
    counter_facts(p, info);
    memory_facts(p, info);
    return true;
}

bool process_facts(uint32_t slot, struct fault_facts *facts)
{
    struct process *p = slot_process(slot);
    if (p == NULL || !process_inspect(slot, &facts->info))
        return false;
    facts->cause = facts->value = 0;
    if (p->state == PROCESS_FAULTED) {
        facts->cause = p->fault.cause;
        facts->value = p->fault.value;
    }
    facts->registers = p->context.x;
    return true;
}
