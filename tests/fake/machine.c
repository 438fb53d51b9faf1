/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: see machine.h beside this. */
#include <tests/fake/machine.h>

#include <pic/reloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include <berth/hil/chip.h>
#include <kernel/log.h>

#define NEVER UINT64_MAX
#define INTERRUPTS 64
/* The clock stands still while the kernel runs; it may not spin. */
#define TURNS_WITHOUT_TIME 1000
/* What an app of a word's privilege may do, in a pmpcfg byte. */
#define CFG_TOR 8u

static struct process_slot slots[MACHINE_SLOTS];
static uint32_t budgets[MACHINE_SLOTS];
static uint8_t levels[MACHINE_SLOTS];
static struct sched sched = { .budget = budgets, .level = levels };
static struct ram_range reserved[MACHINE_RESERVED];
static uint8_t log_ring[1024];

static void panic_put(uint8_t byte)
{
    (void)byte;
}

struct kernel_config machine_config = {
    .board = "machine",
    .slots = slots,
    .slot_count = MACHINE_SLOTS,
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .slice_ms = 10,
    .ram_start = MACHINE_RAM,
    .ram_end = MACHINE_RAM + MACHINE_RAM_SIZE,
    .flash_start = MACHINE_FLASH,
    .flash_end = MACHINE_FLASH + MACHINE_FLASH_SIZE,
    .reserved = reserved,
    .reserved_cap = MACHINE_RESERVED,
    .log = log_ring,
    .log_size = sizeof log_ring,
    .log_level = LOG_DEBUG,
    .panic_put = panic_put,
};

uint64_t machine_now;
uint64_t machine_comparator = NEVER;
uint32_t machine_idled;
uint32_t machine_loads;
uint32_t machine_fences;

static uint32_t flash_used;

/* ---- the wall ----------------------------------------------------------------- */

static struct pmp_image wall; /* in force */

static uint32_t region_rights(const struct pmp_image *image, uint32_t region)
{
    uint32_t cfg = image->cfg[region / 2] >> (region % 2 * 16 + 8);
    return (cfg & CFG_TOR) != 0 ? cfg & 7u : 0;
}

static uint32_t region_start(const struct pmp_image *image, uint32_t region)
{
    return image->addr[2 * region] << 2;
}

static uint32_t region_end(const struct pmp_image *image, uint32_t region)
{
    return image->addr[2 * region + 1] << 2;
}

/* May an app inside the wall use that byte so? */
static bool wall_grants(uint32_t at, uint32_t right)
{
    for (uint32_t i = 0; i < PMP_APP_REGIONS; i++)
        if ((region_rights(&wall, i) & right) != 0 &&
            at >= region_start(&wall, i) && at < region_end(&wall, i))
            return true;
    return false;
}

/* AddressSanitizer knows no 4-byte ends: the last half word of 8 stays open. */
static void wall_poison(bool on)
{
    for (uint32_t i = 0; i < PMP_APP_REGIONS; i++) {
        uint32_t start = region_start(&wall, i);
        size_t len = (region_end(&wall, i) & ~7u) - start;
        void *at = (void *)(uintptr_t)start;
        if (region_rights(&wall, i) == 0)
            continue;
        if (on)
            __asan_poison_memory_region(at, len);
        else
            __asan_unpoison_memory_region(at, len);
    }
}

err_t protection_set(struct protection *p, uint32_t flash, uint32_t flash_end,
                     uint32_t ram, uint32_t ram_end)
{
    const struct region regions[] = {
        { flash, flash_end, PMP_R | PMP_X },
        { ram, ram_end, PMP_R | PMP_W },
    };
    return pmp_encode(regions, ARRAY_COUNT(regions), &p->image);
}

err_t protection_window(struct protection *p, uint32_t start, uint32_t end)
{
    const struct region regions[] = {
        { protection_start(p, PROTECTION_FLASH),
          protection_end(p, PROTECTION_FLASH), PMP_R | PMP_X },
        { protection_start(p, PROTECTION_RAM),
          protection_end(p, PROTECTION_RAM), PMP_R | PMP_W },
        { start, end, PMP_R | PMP_W },
    };
    return pmp_encode(regions, ARRAY_COUNT(regions), &p->image);
}

void protection_drop(void)
{
    wall_poison(false);
    memset(&wall, 0, sizeof wall);
}

void protection_load(const struct protection *p)
{
    protection_drop();
    wall = p->image;
    wall_poison(true);
    machine_loads++;
}

bool machine_is_walled(const struct process *p)
{
    return memcmp(&wall, &p->protection.image, sizeof wall) == 0;
}

/* ---- memory ---------------------------------------------------------------------- */

#define PAST_THE_WALL __attribute__((no_sanitize("address")))

PAST_THE_WALL uint8_t machine_peek(uint32_t at)
{
    return *(volatile uint8_t *)(uintptr_t)at;
}

PAST_THE_WALL void machine_poke(uint32_t at, uint8_t byte)
{
    *(volatile uint8_t *)(uintptr_t)at = byte;
}

uint32_t machine_word(uint32_t at)
{
    return machine_peek(at) | (uint32_t)machine_peek(at + 1) << 8 |
           (uint32_t)machine_peek(at + 2) << 16 |
           (uint32_t)machine_peek(at + 3) << 24;
}

int arch_copy_from_app(void *to, uint32_t from, uint32_t len)
{
    uint8_t *bytes = to;
    for (uint32_t i = 0; i < len; i++) {
        if (!wall_grants(from + i, PMP_R))
            return 1;
        bytes[i] = machine_peek(from + i);
    }
    return 0;
}

int arch_copy_to_app(uint32_t to, const void *from, uint32_t len)
{
    const uint8_t *bytes = from;
    for (uint32_t i = 0; i < len; i++) {
        if (!wall_grants(to + i, PMP_W))
            return 1;
        machine_poke(to + i, bytes[i]);
    }
    return 0;
}

void arch_put_flag(uint32_t to, uint32_t byte)
{
    if (wall_grants(to, PMP_W))
        machine_poke(to, (uint8_t)byte);
}

/* Nothing around it is mapped. What was there before an app is not zero. */
static void memory_map(uint32_t at, uint32_t size)
{
    void *got = mmap((void *)(uintptr_t)at, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    assert_ptr_equal(got, (void *)(uintptr_t)at);
    memset(got, 0xC5, size);
}

/* ---- boot --------------------------------------------------------------------------- */

void arch_init(void)
{
}

NORETURN void panic(const char *why)
{
    mock_assert(0, why, "the kernel", 0);
    abort();
}

void machine_boot(const struct driver *drivers, uint32_t count)
{
    memory_map(MACHINE_FLASH, MACHINE_FLASH_SIZE);
    memory_map(MACHINE_RAM, MACHINE_RAM_SIZE);
    klog_clear();
    machine_config.drivers = drivers;
    machine_config.driver_count = count;
    kernel_init();
}

static int run_all(const char *machine, const struct CMUnitTest *tests,
                   size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        int status = 1;
        fflush(stdout);
        fflush(stderr);
        pid_t child = fork();
        if (child == 0)
            exit(_cmocka_run_group_tests(machine, &tests[i], 1, NULL, NULL));
        failed += child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
    }
    return failed != 0;
}

int machine_main(const struct CMUnitTest *tests, size_t count)
{
    int failed = run_all("machine", tests, count);
    machine_config.lean = true;
    machine_config.scheduler = &sched_round_robin_small;
    return run_all("lean machine", tests, count) | failed;
}

/* ---- apps ------------------------------------------------------------------------------ */

/* The object being written. */
static uint8_t *object;
static uint32_t object_len;

static void put16(uint32_t value)
{
    object[object_len++] = (uint8_t)value;
    object[object_len++] = (uint8_t)(value >> 8);
}

static void put32(uint32_t value)
{
    put16(value & 0xFFFF);
    put16(value >> 16);
}

static void put_tlv(uint32_t type, uint32_t len)
{
    while (object_len % 4 != 0)
        object[object_len++] = 0;
    put16(type);
    put16(len);
}

static void put_permissions(const struct app *app)
{
    put_tlv(TBF_TLV_PERMISSIONS, 2 + 16 * app->permission_count);
    put16(app->permission_count);
    for (uint32_t i = 0; i < app->permission_count; i++) {
        put32(app->permissions[i].driver);
        put32(app->permissions[i].offset);
        put32((uint32_t)app->permissions[i].commands);
        put32((uint32_t)(app->permissions[i].commands >> 32));
    }
}

static void put_writeable(const struct app *app, uint32_t protected_size)
{
    put_tlv(TBF_TLV_WRITEABLE_FLASH, 8 * app->writeable_count);
    for (uint32_t i = 0; i < app->writeable_count; i++) {
        put32(protected_size + app->writeable[i].offset);
        put32(app->writeable[i].len);
    }
}

static void put_optional_tlvs(const struct app *app)
{
    if (!app->no_kernel_version) {
        put_tlv(TBF_TLV_KERNEL_VERSION, 4);
        put16(app->kernel_major == 0 ? 2 : app->kernel_major);
        put16(app->kernel_minor);
    }
    if (app->fixed_ram != 0 || app->fixed_flash != 0) {
        put_tlv(TBF_TLV_FIXED_ADDRESSES, 8);
        put32(app->fixed_ram == 0 ? TBF_NO_ADDRESS : app->fixed_ram);
        put32(app->fixed_flash == 0 ? TBF_NO_ADDRESS : app->fixed_flash);
    }
    if (app->short_id != 0) {
        put_tlv(TBF_TLV_SHORT_ID, 4);
        put32(app->short_id);
    }
    if (app->has_permissions || app->permission_count != 0)
        put_permissions(app);
}

static void put_header(const struct app *app, uint32_t header, uint32_t total)
{
    const char *name = app->name == NULL ? "app" : app->name;
    object_len = 0;
    put16(TBF_VERSION);
    put16(header);
    put32(total);
    put32(app->is_disabled ? 0 : TBF_FLAG_ENABLED);
    put32(0);
    put_tlv(app->version == 0 ? TBF_TLV_MAIN : TBF_TLV_PROGRAM,
            app->version == 0 ? 12 : 20);
    put32(app->trailer);
    put32(app->trailer);
    put32(app->ram == 0 ? 1024 : app->ram);
    if (app->version != 0) {
        put32(total);
        put32(app->version);
    }
    put_tlv(TBF_TLV_NAME, (uint32_t)strlen(name));
    memcpy(object + object_len, name, strlen(name));
    object_len += (uint32_t)strlen(name);
    put_optional_tlvs(app);
    if (app->descriptor != 0) {
        put_tlv(TBF_TLV_RELOCATION, RELOC_TLV_SIZE);
        put32(RELOC_VERSION);
        put32(header + app->trailer + app->descriptor);
    }
    put_writeable(app, header + app->trailer);
    while (object_len % 4 != 0)
        object[object_len++] = 0;
}

static void put_checksum(uint32_t header)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < header; i += 4) {
        uint32_t word;
        memcpy(&word, object + i, 4);
        sum ^= word;
    }
    memcpy(object + TBF_AT_CHECKSUM, &sum, 4);
}

uint32_t machine_object(const struct app *app, uint8_t *to, uint32_t cap)
{
    uint32_t binary = app->binary == 0 ? 256 : app->binary;
    object = to;
    put_header(app, 0, 0);
    uint32_t header = object_len, total = header + app->trailer + binary;
    assert_true(total <= cap);
    put_header(app, header, total);
    put_checksum(header);
    return total;
}

uint32_t machine_flash(const struct app *app)
{
    uint32_t at = MACHINE_FLASH + flash_used;
    flash_used += machine_object(app, (uint8_t *)(uintptr_t)at,
                                 MACHINE_FLASH_SIZE - flash_used);
    return at;
}

struct load_report machine_load(uint32_t flash)
{
    struct tbf tbf;
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)flash,
                               MACHINE_FLASH + MACHINE_FLASH_SIZE - flash,
                               &tbf),
                     TBF_OK);
    return process_load(flash, &tbf, true);
}

struct process *machine_start(const struct app *app)
{
    struct load_report r = machine_load(machine_flash(app));
    assert_int_equal(r.error, LOAD_OK);
    struct process *p = process_find(r.pid);
    assert_non_null(p);
    user_load(p);
    return p;
}

struct process *machine_process(uint32_t slot)
{
    return slots[slot].process;
}

struct process_info machine_info(const struct process *p)
{
    struct process_info info;
    const struct process *before = user_loaded;
    assert_true(process_inspect(process_slot(p), &info));
    if (before != NULL)
        user_load(before);
    return info;
}

/* ---- system calls ---------------------------------------------------------------------- */

/* One ecall at context.x[CONTEXT_PC] - 4. */
static void call_once(struct process *p, uint32_t class,
                      const uint32_t arg[static 4])
{
    syscall_handler *handler = syscall_command;
    p->context.syscalls++;
    if (class >= SYSCALL_CLASSES) {
        (void)syscall_unknown_class(class, arg[1], arg[2], arg[3], p);
        return;
    }
    if (class == SYSCALL_YIELD) {
        syscall_yield(arg[0], arg[1], arg[2], arg[3], p);
        return;
    }
    if (class != SYSCALL_COMMAND)
        handler = syscall_table[class];
    struct sysret r = handler(arg[0], arg[1], arg[2], arg[3], p);
    if (r.variant == SYSRET_KEEP)
        return;
    A(p, 0) = r.variant;
    if (r.variant != SYSRET_SUCCESS)
        A(p, 1) = r.value;
}

uint32_t machine_call(struct process *p, uint32_t class, uint32_t a0,
                      uint32_t a1, uint32_t a2, uint32_t a3)
{
    const uint32_t arg[4] = { a0, a1, a2, a3 };
    uint32_t pc = p->context.x[CONTEXT_PC];
    uint32_t times = 0;
    if (user_loaded != p)
        user_load(p);
    memcpy(&A(p, 0), arg, sizeof arg);
    A(p, 4) = class;
    do {
        p->context.x[CONTEXT_PC] = pc + 4;
        call_once(p, class & 0xFF, arg);
        times++;
        if (user_loaded != p && process_is_live(p))
            user_load(p); /* the way back leads through the loop */
    } while (((class & 0xFF) == SYSCALL_MEMOP ||
              (class & 0xFF) == SYSCALL_COMMAND) &&
             p->context.x[CONTEXT_PC] == pc);
    return times;
}

void machine_settle(void)
{
    do {
        process_attend();
        (void)ktimer_run(chip_now());
    } while (deferred_run());
    process_attend();
}

int machine_next(void)
{
    return machine_config.scheduler->next(&sched).slot;
}

/* ---- time, devices ------------------------------------------------------------------------ */

static struct {
    uint64_t time;
    void (*serve)(void);
} interrupts[INTERRUPTS];

uint32_t machine_hz = MACHINE_HZ;

uint32_t chip_timer_hz(void)
{
    return machine_hz;
}

uint64_t chip_now(void)
{
    return machine_now;
}

uint32_t chip_now_low(void)
{
    return (uint32_t)machine_now;
}

void chip_timer_set(uint64_t due)
{
    machine_comparator = due;
}

void machine_interrupt_at(uint64_t time, void (*serve)(void))
{
    size_t i = 0;
    while (i < INTERRUPTS && interrupts[i].serve != NULL)
        i++;
    assert_true(i < INTERRUPTS);
    interrupts[i].time = time;
    interrupts[i].serve = serve;
}

static uint64_t next_interrupt(void)
{
    uint64_t next = NEVER;
    for (size_t i = 0; i < INTERRUPTS; i++)
        if (interrupts[i].serve != NULL && interrupts[i].time < next)
            next = interrupts[i].time;
    return next;
}

void chip_service(void)
{
    for (size_t i = 0; i < INTERRUPTS; i++) {
        void (*serve)(void) = interrupts[i].serve;
        if (serve == NULL || interrupts[i].time > machine_now)
            continue;
        interrupts[i].serve = NULL;
        serve();
    }
}

/* ---- the loop ---------------------------------------------------------------------------- */

static jmp_buf run_over;
static machine_script *run_script;
static uint64_t run_until;
static struct trap run_fault;
static bool
    trapped; /* the app has been left: only then can the loop be wanted */

static uint64_t next_event(void)
{
    uint64_t device = next_interrupt();
    return device < machine_comparator ? device : machine_comparator;
}

void chip_wait(void)
{
    uint64_t next = next_event();
    machine_idled++;
    if (next > run_until)
        longjmp(run_over, 1);
    if (next > machine_now)
        machine_now = next;
}

void machine_spend(uint64_t ticks)
{
    trapped = false;
    uint64_t next = next_event();
    machine_now += ticks == 0 ? 1 : ticks;
    if (machine_now > next)
        machine_now = next;
}

void machine_fault(uint32_t cause, uint32_t value)
{
    run_fault = (struct trap){ cause, value };
}

bool machine_interrupt(uint32_t cause)
{
    if (cause == cpu.preempt)
        return true;
    kernel_interrupt(cause);
    return cpu.attention != 0;
}

/* Those that are due. True: and then the loop is wanted. */
static bool interrupts_take(void)
{
    for (uint32_t n = 0; next_event() <= machine_now; n++) {
        assert_true(n < TURNS_WITHOUT_TIME);
        if (machine_interrupt(machine_comparator <= machine_now ? TRAP_IRQ_TIMER
                                                                : 0x8000000Bu))
            return true;
    }
    return false;
}

/* With attention set already the app still runs up to its next trap. */
struct trap arch_run(struct context *context)
{
    struct process *p = CONTAINER_OF(context, struct process, context);
    static uint64_t last_time;
    static uint32_t turns;
    turns = last_time == machine_now ? turns + 1 : 0;
    last_time = machine_now;
    assert_true(turns < TURNS_WITHOUT_TIME);
    assert_true(machine_is_walled(p));
    cpu.current = context;
    run_fault = (struct trap){ TRAP_NONE, 0 };
    do {
        if (machine_now >= run_until)
            longjmp(run_over, 1);
        if (interrupts_take()) {
            if (cpu.attention == 0)
                run_fault.cause = TRAP_PREEMPTED;
            break;
        }
        uint64_t before = machine_now;
        trapped = true;
        run_script(p);
        if (machine_now == before)
            machine_now++;
    } while (run_fault.cause == TRAP_NONE && !(trapped && cpu.attention != 0));
    return run_fault;
}

void machine_run(machine_script *script, uint64_t until)
{
    run_script = script;
    run_until = until;
    if (setjmp(run_over) == 0)
        kernel_run();
}

/* ---- assertions ----------------------------------------------------------------------------- */

void assert_answer_at(const struct process *p, uint32_t variant, uint32_t value,
                      const char *file, int line)
{
    _assert_int_equal(A(p, 0), variant, file, line);
    if (variant != SYSRET_SUCCESS)
        _assert_int_equal(A(p, 1), value, file, line);
}
