/* SPDX-License-Identifier: Apache-2.0 */
/* Memop: where the app's memory lies, the break, what keeps it up, and that
 * memory is zero when it is new. The app restarts itself once, so that the
 * second life finds RAM that is not zero by nature. */
#include "check.h"

#include <berth/exit.h>
#include <berth/memory.h>
#include <berth/process.h>
#include <string.h>

#define BIG 8192u /* more than the kernel zeroes in one go */
#define DIRT 0xA5

extern uint8_t _sram_origin[], _flash_origin[], _heap_start[];

static uint32_t heap;      /* the break as start-up left it */
static uint32_t break_top; /* as high as it goes */

static struct quad memop(uint32_t operation, uint32_t argument)
{
    return call(SYSCALL_MEMOP, QUAD(operation, argument, 0x22, 0x33));
}

static uint32_t value_of(uint32_t operation)
{
    return memop(operation, 0).r[1];
}

static bool brk_works(uint32_t to)
{
    return memop(MEMOP_BRK, to).r[0] == SYSRET_SUCCESS;
}

static void check_memop(const char *clause, uint32_t operation,
                        uint32_t argument, struct quad want)
{
    check_call(clause, SYSCALL_MEMOP, QUAD(operation, argument, 0x22, 0x33),
               want);
}

static bool is_filled(uint32_t from, uint32_t to, uint8_t with)
{
    const volatile uint8_t *byte = (const volatile uint8_t *)(uintptr_t)from;
    for (; from != to; from++) {
        if (*byte++ != with) {
            return false;
        }
    }
    return true;
}

static void fill(uint32_t from, uint32_t to)
{
    memset((void *)(uintptr_t)from, DIRT, to - from);
}

static const struct quad no_memory = { { SYSRET_FAILURE, ERR_NOMEM, KEEP,
                                         KEEP } };
static const struct quad success = { { SYSRET_SUCCESS, KEEP, KEEP, KEEP } };

static struct quad value(uint32_t v)
{
    return QUAD(SYSRET_SUCCESS_U32, v, KEEP, KEEP);
}

static void places(void)
{
    const uint32_t *header = berth_memory_flash_start();
    uint32_t flash = address_of(header);
    check_memop("RAM start", MEMOP_RAM_START, 0x11,
                value(address_of(_sram_origin)));
    check("flash start is the TBF header, the binary lies behind it",
          address_of(_flash_origin) - flash >= header[0] >> 16 &&
              address_of(_flash_origin) - flash <= 0x80);
    check("the TBF header can be read", (header[0] & 0xFFFF) == 2);
    check_memop("flash end is the header's total size behind it",
                MEMOP_FLASH_END, 0x11, value(flash + header[1]));
    const volatile uint32_t *last =
        (const volatile uint32_t *)(uintptr_t)(flash + header[1] - 4);
    check("flash can be read to its last word", *last == *last);
    uint32_t grants = value_of(MEMOP_GRANT_START);
    check("the grants lie between break and RAM end",
          grants >= heap && grants < value_of(MEMOP_RAM_END));
    check("RAM start is 16-aligned", address_of(_sram_origin) % 16 == 0);
    check_memop("an app without writeable flash has 0 regions",
                MEMOP_WRITEABLE_COUNT, 0x11, value(0));
    check_memop("a region that is not there has no start",
                MEMOP_WRITEABLE_START, 0,
                QUAD(SYSRET_FAILURE, ERR_FAIL, KEEP, KEEP));
    check_memop("a region that is not there has no end", MEMOP_WRITEABLE_END,
                0xFFFFFFFF, QUAD(SYSRET_FAILURE, ERR_FAIL, KEEP, KEEP));
    check_memop("debug: stack top", MEMOP_DEBUG_STACK_TOP, 0xFFFFFFFF, success);
    check_memop("debug: heap start", MEMOP_DEBUG_HEAP_START, 0, success);
    check_memop("operand 12 is NOSUPPORT", 12, 0x11,
                QUAD(SYSRET_FAILURE, ERR_NOSUPPORT, KEEP, KEEP));
    check_memop("the highest operand is NOSUPPORT", 0xFFFFFFFF, 0x11,
                QUAD(SYSRET_FAILURE, ERR_NOSUPPORT, KEEP, KEEP));
}

static void refusals(void)
{
    const uint32_t ram = address_of(_sram_origin);
    const uint32_t not_a_break[] = {
        0,
        ram - 1,
        ram - 4,
        break_top + 1,
        break_top + 4,
        value_of(MEMOP_RAM_END),
        value_of(MEMOP_RAM_END) + 4,
        0x7FFFFFFF,
        0xFFFFFFFF,
        0x80000000,
    };
    for (unsigned i = 0; i < sizeof not_a_break / sizeof *not_a_break; i++) {
        check_memop("a break that can not be is NOMEM", MEMOP_BRK,
                    not_a_break[i], no_memory);
    }
    static const uint32_t not_a_step[] = { 0x7FFFFFFF, 0x80000000, 100000,
                                           0xFFFF0000, (uint32_t)-100000 };
    for (unsigned i = 0; i < sizeof not_a_step / sizeof *not_a_step; i++) {
        check_memop("a step that can not be is NOMEM", MEMOP_SBRK,
                    not_a_step[i], no_memory);
    }
    check_memop("the break is where it was after refusals", MEMOP_SBRK, 0,
                value(heap));
}

static void steps(void)
{
    check_memop("brk to the same place", MEMOP_BRK, heap, success);
    check_memop("sbrk answers the old break", MEMOP_SBRK, 64, value(heap));
    check_memop("sbrk has moved it", MEMOP_SBRK, 0, value(heap + 64));
    fill(heap, heap + 64);
    check_memop("sbrk back", MEMOP_SBRK, (uint32_t)-64, value(heap + 64));
    check_memop("brk moves it too", MEMOP_BRK, heap + 64, success);
    check("what comes back is zero", is_filled(heap, heap + 64, 0));
    check_memop("brk back", MEMOP_BRK, heap, success);
    check_memop("up to the grants", MEMOP_BRK, break_top, success);
    check("all up to the grants is zero", is_filled(heap, break_top, 0));
    check_memop("and back", MEMOP_BRK, heap, success);
}

/* The counter of system calls, as the kernel has it. */
static uint32_t calls_made(void)
{
    struct berth_process_counters counters = { .system_calls = 0 };
    uint32_t self, count;
    (void)berth_process_ids(&self, 1, &count);
    (void)berth_process_counters(self, &counters);
    return counters.system_calls;
}

static uint32_t restarts(void)
{
    struct berth_process_counters counters = { .restarts = 0 };
    uint32_t self, count;
    (void)berth_process_ids(&self, 1, &count);
    (void)berth_process_counters(self, &counters);
    return counters.restarts;
}

static void large(void)
{
    uint32_t before = calls_made();
    uint32_t overhead = calls_made() - before;
    const struct quad in = QUAD(MEMOP_SBRK, BIG, 0x22, 0x33);
    before = calls_made();
    struct quad got = call(SYSCALL_MEMOP, in);
    uint32_t calls = calls_made() - before - overhead;
    check_quad("a large step answers the old break", in, got, value(heap));
    check_equal("and counts as one system call", calls, 1);
    check("all of it is zero", is_filled(heap, heap + BIG, 0));
    fill(heap, heap + BIG);
    check_memop("a large step back", MEMOP_BRK, heap, success);
    check_memop("a large step by brk", MEMOP_BRK, heap + BIG, success);
    check("all of it is zero again", is_filled(heap, heap + BIG, 0));
    check_memop("back again", MEMOP_BRK, heap, success);
}

/* The wall stands at a multiple of 4: what lies between is shown too. */
static void unaligned(void)
{
    uint32_t before = heap;
    bool zero = true, works = true;
    for (uint32_t odd = 1; odd < 64; odd += 3) {
        uint32_t to = heap + 256 + odd;
        works = works && brk_works(to);
        zero = zero && is_filled(before, (to + 3) & ~3u, 0);
        before = to;
    }
    check("an unaligned break works", works);
    check("all that an unaligned break shows is zero", zero);
    fill(heap, heap + 256);
    works =
        brk_works(heap + 1) && brk_works(heap + 101) && brk_works(heap + 102);
    check("from an unaligned break to another", works);
    check("new memory behind an unaligned break is zero",
          is_filled(heap + 1, heap + 102, 0));
    check("back to an aligned one", brk_works(heap));
}

static void high_water(void)
{
    const uint32_t up = heap + 256, at = heap + 128;
    (void)brk_works(up);
    (void)call(SYSCALL_ALLOW_RW, QUAD(DRIVER_CONSOLE, 0, up, 0));
    check("a buffer of length 0 does not keep the break up",
          brk_works(heap) && brk_works(up));
    (void)call(SYSCALL_ALLOW_RO, QUAD(DRIVER_CONSOLE, 0, up, 0));
    check("nor does a read-only one", brk_works(heap) && brk_works(up));
    (void)call(SYSCALL_ALLOW_RW, QUAD(DRIVER_CONSOLE, 99, heap, 256));
    check("nor does an allow that failed", brk_works(heap) && brk_works(up));
    (void)call(SYSCALL_ALLOW_RO,
               QUAD(DRIVER_CONSOLE, 0, address_of(_flash_origin), 64));
    check("nor does one in flash", brk_works(heap) && brk_works(up));

    (void)call(SYSCALL_ALLOW_RO, QUAD(DRIVER_CONSOLE, 0, heap, 32));
    check("a read-only buffer in RAM keeps the break up",
          !brk_works(heap + 31) && brk_works(heap + 32) && brk_works(up));
    (void)call(SYSCALL_ALLOW_RW, QUAD(DRIVER_CONSOLE, 0, heap, 128));
    check("a read-write buffer keeps the break up",
          !brk_works(at - 1) && brk_works(at) && brk_works(up));
    (void)call(SYSCALL_ALLOW_RW, QUAD(DRIVER_CONSOLE, 0, heap, 16));
    check("a lower buffer changes nothing", !brk_works(at - 1));
    (void)call(SYSCALL_ALLOW_RW, QUAD(DRIVER_CONSOLE, 0, 0, 0));
    check("nor does taking it back", !brk_works(at - 1) && brk_works(at));
    check_memop("sbrk is refused there too", MEMOP_SBRK, (uint32_t)-1,
                no_memory);
}

/* A driver's first use takes from the top of the free memory. */
static void grants(void)
{
    uint32_t before = value_of(MEMOP_GRANT_START);
    (void)brk_works(before);
    check("without room a driver's grant is NOMEM",
          call(SYSCALL_ALLOW_UR, QUAD(DRIVER_READ_ONLY_STATE, 0, heap, 16))
                  .r[1] == ERR_NOMEM);
    (void)brk_works(heap);
    struct quad in = QUAD(DRIVER_READ_ONLY_STATE, 0, 0, 0);
    check_call("with room it works", SYSCALL_ALLOW_UR, in,
               QUAD(SYSRET_SUCCESS_2U32, 0, 0, KEEP));
    break_top = value_of(MEMOP_GRANT_START);
    check("and the grants begin lower then", break_top < before);
    check_memop("the break does not reach what they took", MEMOP_BRK, before,
                no_memory);
}

/* Leaves its traces in all memory there is. */
static void first_life(void)
{
    printf("abi_memory: restarts\n");
    (void)brk_works(break_top = value_of(MEMOP_GRANT_START));
    fill(heap, break_top);
    berth_restart(0);
}

int main(void)
{
    heap = address_of(_heap_start);
    if (restarts() == 0) {
        first_life();
    }
    check_memop("start-up has set the break", MEMOP_SBRK, 0, value(heap));
    unaligned(); /* first: memory that no break has shown before */
    places();
    grants();
    refusals();
    steps();
    large();
    high_water();
    return check_end();
}
