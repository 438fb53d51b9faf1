/* SPDX-License-Identifier: Apache-2.0 */
/* Memop: an app's questions about its memory, and its break.
 *
 * Newly exposed memory is zeroed. A large step is zeroed in pieces: the call
 * is put back behind its ecall and made again by itself, with interrupts taken
 * in between, until zeroed_to has reached the new break. */
#include <kernel/process.h>
#include <kernel/string.h>

#define ZERO_STEP 1024u

static bool break_is_possible(const struct process *p, uint32_t to)
{
    return to >= process_ram_start(p) && to >= p->high_water &&
           to <= p->grant_break;
}

/* Zero up to `to` in a bounded step, and on to the end of the word there: the
 * wall stands at words. True when all of it is done. */
static bool break_zeroed(struct process *p, uint32_t to)
{
    uint32_t from = p->zeroed_to > p->app_break ? p->zeroed_to : p->app_break;
    to = (to + 3) & ~3u;
    if (to <= from)
        return true;
    if (from < protection_end(&p->protection, PROTECTION_RAM))
        user_drop(); /* the app can reach that word: with Smepmp it alone can */
    uint32_t len = to - from < ZERO_STEP ? to - from : ZERO_STEP;
    memset((void *)(uintptr_t)from, 0, len);
    p->zeroed_to = from + len;
    return p->zeroed_to == to;
}

COLD void process_set_break(struct process *p, uint32_t app_break)
{
    uint32_t ram = process_ram_start(p);
    uint32_t end = (app_break + 3) & ~3u;
    if (end == ram)
        end += 4; /* an empty region would keep no bounds */
    p->app_break = app_break;
    p->zeroed_to = app_break;
    protection_move_end(&p->protection, end); /* inside the block */
    if (user_loaded == p)
        user_load(p);
}

/* `result` is what the call answers when it has been done. */
static NOINLINE COLD struct sysret break_move(struct process *p, uint32_t to,
                                              struct sysret result)
{
    if (!break_is_possible(p, to))
        return sysret_failure(ERR_NOMEM);
    if (!break_zeroed(p, to)) {
        p->context.x[CONTEXT_PC] -= 4;
        p->context.syscalls--;
        return sysret_keep();
    }
    process_set_break(p, to);
    return result;
}

/* Writeable flash regions come from the header, read while nothing is walled
 * off: the way back reloads the wall. */
static NOINLINE COLD struct sysret writeable_region(struct process *p,
                                                    uint32_t operand,
                                                    uint32_t index)
{
    uint32_t flash = process_flash_start(p);
    uint32_t len = process_flash_end(p) - flash;
    const uint8_t *base = process_object(p);
    struct tbf tbf;
    struct tbf_span span;
    user_drop();
    if (tbf_parse(base, len, &tbf) != TBF_OK)
        return sysret_failure(ERR_FAIL);
    if (operand == MEMOP_WRITEABLE_COUNT)
        return sysret_u32(tbf_writeable_count(base, &tbf));
    if (!tbf_writeable(base, &tbf, index, &span) || span.len == 0)
        return sysret_failure(ERR_FAIL);
    uint32_t start = flash + span.offset;
    return sysret_u32(operand == MEMOP_WRITEABLE_START ? start
                                                       : start + span.len);
}

/* What the app says of its memory, for people. In 16 bytes, plus 1; 0: it did
 * not say. */
static NOINLINE COLD struct sysret debug_note(uint16_t *note, uint32_t address,
                                              const struct process *p)
{
    uint32_t offset = (address - process_ram_start(p)) / 16;
    *note = offset < UINT16_MAX ? (uint16_t)(offset + 1) : 0;
    return sysret_success();
}

struct sysret syscall_memop(uint32_t operand, uint32_t a1, uint32_t a2,
                            uint32_t a3, struct process *p)
{
    (void)a2, (void)a3;
    switch (operand) {
    case MEMOP_BRK:
        return break_move(p, a1, sysret_success());
    case MEMOP_SBRK:
        return break_move(p, p->app_break + a1, sysret_u32(p->app_break));
    case MEMOP_RAM_START:
        return sysret_u32(process_ram_start(p));
    case MEMOP_RAM_END:
        return sysret_u32(p->ram_end);
    case MEMOP_FLASH_START:
        return sysret_u32(process_flash_start(p));
    case MEMOP_FLASH_END:
        return sysret_u32(process_flash_end(p));
    case MEMOP_GRANT_START:
        return sysret_u32(p->grant_break);
    case MEMOP_WRITEABLE_COUNT:
    case MEMOP_WRITEABLE_START:
    case MEMOP_WRITEABLE_END:
        return writeable_region(p, operand, a1);
    case MEMOP_DEBUG_STACK_TOP:
        return debug_note(&p->debug_stack, a1, p);
    case MEMOP_DEBUG_HEAP_START:
        return debug_note(&p->debug_heap, a1, p);
    default:
        return sysret_failure(ERR_NOSUPPORT);
    }
}
