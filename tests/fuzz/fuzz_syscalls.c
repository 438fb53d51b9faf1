/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the kernel's system-call entry, with the real drivers,
 * multiplexer and operator console, on the scripted machine. The input is a
 * script: calls of four apps with arguments that lie at edges, bytes typed by
 * an operator, a UART that takes more or less, and time that passes. After
 * each step the invariants of docs/design/kernel.md have to hold. Every input
 * begins with four new lives; what is older than that is not put back.
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c kernel/ram.c
 * SOURCES: pic/reloc.c
 * SOURCES: kernel/report.c kernel/sched.c kernel/syscall.c kernel/upcall.c
 * SOURCES: kernel/user.c kernel/trace.c drivers/alarm.c drivers/console.c drivers/mux.c
 * SOURCES: drivers/low_level_debug.c drivers/read_only_state.c
 * SOURCES: loader/console.c loader/console_commands.c loader/news.c loader/orders.c
 * SOURCES: loader/process_info.c
 * LINK: -lcmocka */
#include <tests/fake/machine.h>

#include <stdlib.h>
#include <string.h>

#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <drivers/read_only_state.h>
#include <kernel/log.h>
#include <loader/console.h>
#include <loader/process_info.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { APPS = 4, STEP = 8 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* ---- the UART ------------------------------------------------------------------ */

static size_t uart_room;
static bool uart_owes;
static uint8_t typed;
static bool has_typed;

static size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    (void)uart, (void)bytes;
    size_t n = len < uart_room ? len : uart_room;
    uart_room -= n;
    uart_owes = uart_owes || n < len;
    return n;
}

static size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    (void)uart;
    if (!has_typed || len == 0)
        return 0;
    has_typed = false;
    *bytes = typed;
    return 1;
}

static const struct uart_ops uart_ops = { uart_send, uart_receive, NULL };
static struct uart uart = { .ops = &uart_ops };

/* ---- the board ------------------------------------------------------------------- */

static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct low_level_debug debug;
static struct read_only_state read_only_state;
static struct process_info_driver process_info;
static struct ipc ipc;
static const struct process_authority authorities[] = {
    { 7, AUTHORITY_CONTROL, 0 },
};
static struct operator_console operator_console;
static char history[64];
static const struct operator_board operator_board = {
    .port = &mux.port,
    .sink = &console.sink,
    .history = history,
    .history_size = sizeof history,
    .log_level = LOG_INFO,
    .default_app = "a",
    .version = "fuzz",
};

const struct operator_board *operator_config(void)
{
    return &operator_board;
}

static const struct driver table[] = {
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
};

static struct bounds {
    struct process *p;
    uint32_t ram, ram_end, flash, flash_end;
} apps[APPS];

static uint32_t grant_size(const struct grant *g)
{
    return g->data + (uint32_t)g->layout.size;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    static const struct tbf_permission some[] = {
        { DRIVER_ALARM, 0, ~0ull },
        { DRIVER_CONSOLE, 0, 6 },
        { DRIVER_READ_ONLY_STATE, 0, 2 },
    };
    /* Power over others has who asks for it. */
    static const struct tbf_permission all[] = {
        { DRIVER_ALARM, 0, ~0ull },
        { DRIVER_CONSOLE, 0, ~0ull },
        { DRIVER_LOW_LEVEL_DEBUG, 0, ~0ull },
        { DRIVER_READ_ONLY_STATE, 0, ~0ull },
        { DRIVER_PROCESS_INFO, 0, ~0ull },
        { DRIVER_IPC, 0, ~0ull },
    };
    static const struct tbf_span regions[] = { { 0, 8 }, { 64, 64 } };
    const struct app specs[APPS] = {
        { .name = "a", .ram = 2000 },
        { .name = "b",
          .ram = 300,
          .permissions = some,
          .permission_count = ARRAY_COUNT(some) },
        { .name = "c",
          .ram = 1200,
          .short_id = 7,
          .permissions = all,
          .permission_count = ARRAY_COUNT(all),
          .writeable = regions,
          .writeable_count = ARRAY_COUNT(regions) },
        { .name = "d", .ram = 48 }, /* room for one alarm and no other grant */
    };
    mux_init(&mux, &uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);
    read_only_state_init(&read_only_state);
    process_info_init(&process_info, authorities, ARRAY_COUNT(authorities));
    machine_config.ipc = &ipc;
    ipc_init(&ipc);
    machine_config.fault = (struct fault_policy){ FAULT_RESTART, 0, 20 };
    machine_boot(table, ARRAY_COUNT(table));
    for (uint32_t i = 0; i < APPS; i++) {
        struct process *p = machine_start(&specs[i]);
        apps[i] =
            (struct bounds){ p, process_ram_start(p), p->ram_end,
                             process_flash_start(p), process_flash_end(p) };
    }
    const struct process *d = apps[APPS - 1].p;
    uint32_t room = d->grant_break - process_ram_start(d);
    uint32_t alarm = (grant_size(&alarm_driver.grant) + 7) & ~7u;
    require(room == alarm || room == alarm + 8); /* blocks are in units of 16 */
    operator_init(&operator_console);
    return 0;
}

/* ---- what has to hold --------------------------------------------------------------- */

/* Each life has a block of its own, which nobody else has a part of. */
static void blocks_check(void)
{
    for (uint32_t i = 0; i < APPS; i++) {
        struct bounds *b = &apps[i];
        if (!process_is_live(b->p))
            continue;
        b->ram = process_ram_start(b->p);
        b->ram_end = b->p->ram_end;
        require(b->ram >= machine_config.ram_start && b->ram < b->ram_end);
        require(b->ram_end <= machine_config.ram_end);
        for (uint32_t j = 0; j < APPS; j++) {
            const struct bounds *other = &apps[j];
            uint32_t record = (uint32_t)(uintptr_t)other->p;
            require(record + sizeof *other->p <= b->ram ||
                    record >= b->ram_end);
            require(j >= i || !process_is_live(other->p) ||
                    other->ram_end <= b->ram || other->ram >= b->ram_end);
        }
    }
}

static void memory_check(const struct bounds *b)
{
    const struct process *p = b->p;
    uint32_t wall_end = protection_end(&p->protection, PROTECTION_RAM);
    require(process_flash_start(p) == b->flash);
    require(process_flash_end(p) == b->flash_end);
    if (!process_is_live(p))
        return;
    require(b->ram <= p->app_break && p->app_break <= wall_end);
    require(wall_end - p->app_break <= 4 && wall_end > b->ram);
    require(wall_end <= p->grant_break && p->grant_break % 8 == 0);
    require(p->grant_break <= b->ram_end);
    require(p->high_water <= p->app_break);
}

/* A window shows words below the break of one other app, which lives. */
static void window_check(const struct bounds *b)
{
    const struct protection *image = &b->p->protection;
    uint32_t start = protection_start(image, PROTECTION_WINDOW);
    uint32_t end = protection_end(image, PROTECTION_WINDOW);
    bool is_sound = start == end;
    for (uint32_t i = 0; i < APPS; i++)
        is_sound |= apps[i].p != b->p && process_is_live(apps[i].p) &&
                    start >= apps[i].ram && end <= apps[i].p->app_break;
    require(is_sound);
    require(user_loaded != b->p || machine_is_walled(b->p));
}

/* Whole, in the kernel's part, and each for itself. */
static void grants_check(struct process *p)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        uint32_t at = (uint32_t)(uintptr_t)*grant_pointer(table[i].grant, p);
        if (at == 0)
            continue;
        require(process_is_live(p) && at >= p->grant_break);
        require(at + grant_size(table[i].grant) <= p->ram_end);
        for (uint32_t j = 0; j < i; j++) {
            uint32_t other =
                (uint32_t)(uintptr_t)*grant_pointer(table[j].grant, p);
            require(other == 0 || at + grant_size(table[i].grant) <= other ||
                    other + grant_size(table[j].grant) <= at);
        }
    }
}

static const struct grant *grant_of_event(uint32_t what)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++)
        if (what >> 16 == (uint16_t)table[i].grant->offset)
            return table[i].grant;
    abort();
}

/* A blocked process has nothing in its queue that it waits for. */
static void queue_check(struct process *p)
{
    if (!process_is_live(p))
        return;
    require(p->queue_count <= UPCALL_QUEUE && p->queue_first < UPCALL_QUEUE);
    for (uint32_t n = 0; n < p->queue_count; n++) {
        uint32_t what = p->queue[(p->queue_first + n) % UPCALL_QUEUE].what;
        const struct grant *g = grant_of_event(what);
        require((what & 0xFFFF) < g->layout.upcalls);
        require(*grant_pointer(g, p) != NULL);
        require(p->state != PROCESS_YIELDED_FOR || p->wait.what != what);
        require(p->state != PROCESS_YIELDED ||
                grant_upcall(*grant_pointer(g, p), what & 0xFFFF)->function ==
                    0);
    }
}

static void state_check(const struct process *p)
{
    bool can_run = p->state == PROCESS_RUNNING && !p->stopped;
    uint32_t ready = machine_config.sched->ready >> process_slot(p) & 1u;
    require(p->state <= PROCESS_TERMINATED && p->state != PROCESS_STOPPED);
    require(ready == can_run);
    require((machine_config.sched->woken & ~machine_config.sched->ready) == 0);
    require(p->request == REQUEST_NONE);
}

static void check(void)
{
    blocks_check();
    for (uint32_t i = 0; i < APPS; i++) {
        require(machine_process(i) == apps[i].p);
        memory_check(&apps[i]);
        window_check(&apps[i]);
        grants_check(apps[i].p);
        queue_check(apps[i].p);
        state_check(apps[i].p);
    }
}

/* ---- steps ----------------------------------------------------------------------------- */

static uint32_t number_of(uint32_t pick)
{
    return pick % 7 < ARRAY_COUNT(table) ? table[pick % 7].number : 0x999;
}

/* A value at an edge, `raw` off it. */
static uint32_t value_of(const struct bounds *b, uint32_t kind, uint32_t raw)
{
    const struct process *p = b->p;
    const uint32_t edges[16] = {
        0,
        0,
        b->ram,
        p->app_break,
        p->grant_break,
        b->ram_end,
        b->flash,
        b->flash + p->protected_size,
        b->flash_end,
        p->high_water,
        (uint32_t)machine_now,
        apps[(process_slot(p) + 1) % APPS].ram,
        apps[(process_slot(p) + raw) % APPS].p->pid.handle,
        0x80000000u,
        (uint32_t)(uintptr_t)p,
        b->ram + (raw << 4),
    };
    uint32_t off = raw & 0x80 ? raw - 0x100 : raw;
    return kind == 12 || kind == 15 ? edges[kind] : edges[kind] + off;
}

/* One system call of one app, if it can make any. */
static void step_call(const uint8_t *in)
{
    const struct bounds *b = &apps[in[1] % APPS];
    struct process *p = b->p;
    uint32_t class = in[2] % 9;
    if (p->state != PROCESS_RUNNING || p->stopped)
        return;
    uint32_t a0 = class == SYSCALL_MEMOP || class == SYSCALL_YIELD ||
                          class == SYSCALL_EXIT
                      ? in[3] % 13
                      : number_of(in[3]);
    uint32_t a1 = in[4], a2 = value_of(b, in[5] & 15, in[6]);
    if (class == SYSCALL_MEMOP || (class == SYSCALL_YIELD && a0 == 0))
        a1 = a2;
    else if (class == SYSCALL_YIELD)
        a1 = number_of(in[4]);
    else if (class == SYSCALL_COMMAND && in[7] % 4 == 0)
        a1 %= 8;
    else
        a1 %= 4;
    if (class == SYSCALL_YIELD)
        a2 = in[6] % 4;
    machine_call(p, in[2] == 0xFF ? 0xBD : class, a0, a1, a2,
                 value_of(b, in[5] >> 4, in[7]));
    bool answers = class != SYSCALL_YIELD && p->request == REQUEST_NONE;
    require(!answers || A(p, 0) <= SYSRET_FAILURE_U64 ||
            (A(p, 0) >= SYSRET_SUCCESS && A(p, 0) <= SYSRET_SUCCESS_U32_U64));
}

static void step_time(const uint8_t *in)
{
    machine_now += in[1];
    if (in[2] & 1)
        machine_now += (uint32_t)in[3] << 12;
    if (in[2] & 2)
        machine_now = (machine_now | 0xFFFFFFFF) - in[4];
}

static void step_uart(const uint8_t *in)
{
    uart_room = in[1] == 0xFF ? SIZE_MAX : in[1];
    if (uart_owes && uart_room > 0) {
        uart_owes = false;
        uart.client->can_send(uart.client);
    }
}

static void type(const char *text)
{
    for (; *text != '\0'; text++) {
        typed = (uint8_t)*text;
        has_typed = true;
        uart.client->received(uart.client);
    }
}

/* A byte, or what an operator may do, to an app. */
static void step_type(const uint8_t *in)
{
    static const char *const words[] = {
        "list\r",   "status\r", "stop ",          "start ",
        "fault ",   "boot ",    "process ",       "terminate ",
        "attach ",  "log\r",    "help\r",         "\x1d",
        "kernel\r", "\x1b[A\r", "console-stop\r", "console-start\r",
    };
    static const char *const names[] = { "a\r", "b\r", "c\r", "d\r" };
    const char raw[] = { (char)(in[2] == 0 ? 1 : in[2]), '\0' };
    uint32_t word = in[1] % 32;
    if (word >= ARRAY_COUNT(words)) {
        type(raw);
        return;
    }
    type(words[word]);
    if (words[word][strlen(words[word]) - 1] == ' ')
        type(names[in[2] % 4]);
}

/* An app breaks a rule by itself. */
static void step_fault(const uint8_t *in)
{
    struct process *p = apps[in[1] % APPS].p;
    if (p->state == PROCESS_RUNNING && !p->stopped)
        process_break(p, (struct trap){ 1 + 2 * (in[2] % 4u), in[3] });
}

/* An app finds another, or itself, by the one letter of its name. */
static void step_find(const uint8_t *in)
{
    const struct bounds *b = &apps[in[1] % APPS];
    struct process *p = b->p;
    if (p->state != PROCESS_RUNNING || p->stopped || p->app_break == b->ram)
        return;
    machine_poke(b->ram, (uint8_t)('a' + in[2] % APPS));
    machine_call(p, SYSCALL_ALLOW_RO, DRIVER_IPC, 0, b->ram, 1);
    machine_call(p, SYSCALL_COMMAND, DRIVER_IPC, 1, 0, 0);
}

/* The app with power gives an order to one that there is, or was. */
static void step_order(const uint8_t *in)
{
    enum { MIGHTY = 2, CONTROL = 6, FAULT = 3, OPS = 7 };
    struct process *p = apps[MIGHTY].p;
    const struct process *other = apps[in[1] % APPS].p;
    uint32_t pid = other->pid.handle;
    bool lives = process_is_live(other);
    if (p->state != PROCESS_RUNNING || p->stopped)
        return;
    bool could = in[3] % 8 != 0; /* else a handle of before */
    machine_call(p, SYSCALL_COMMAND, DRIVER_PROCESS_INFO, CONTROL,
                 could ? pid : pid - 0x100, in[2] % OPS);
    require(in[2] % OPS != 0 || A(p, 0) == SYSRET_FAILURE);
    require(could || A(p, 0) == SYSRET_FAILURE);
    require(!could || !lives || in[2] % OPS != FAULT ||
            A(p, 0) == SYSRET_SUCCESS);
}

static void lives_begin(void)
{
    uart_room = SIZE_MAX;
    uart_owes = false;
    uart.client->can_send(uart.client);
    type("\x1d\rconsole-start\r");
    machine_settle();
    for (uint32_t i = 0; i < APPS; i++)
        (void)process_terminate(apps[i].p->pid);
    machine_settle();
    for (uint32_t i = 0; i < APPS; i++)
        require(process_boot(apps[i].p->pid) == OK);
    machine_settle();
    for (uint32_t i = 0; i < APPS; i++)
        require(apps[i].p->state == PROCESS_RUNNING);
    check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const steps[])(const uint8_t *in) = { step_time, step_uart,
                                                        step_type, step_fault,
                                                        step_find, step_order };
    if (size > STEP * 512)
        return 0;
    lives_begin();
    for (; size >= STEP; size -= STEP, data += STEP) {
        if (data[0] % 16 < ARRAY_COUNT(steps))
            steps[data[0] % 16](data);
        else
            step_call(data);
        if (data[0] & 0x80)
            (void)deferred_run(); /* only a part of what waits */
        else
            machine_settle();
        process_attend();
        check();
    }
    return 0;
}
