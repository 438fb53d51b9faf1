/* SPDX-License-Identifier: Apache-2.0 */
/* What a stranger can ask for over the serial protocol, with the real loading
 * machine behind it.
 * SOURCES: loader/requests.c loader/orders.c loader/messages.c loader/proto.c pic/crc32.c
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/accept_none.c
 * SOURCES: loader/loader.c loader/load.c
 * SOURCES: loader/update.c loader/identity.c loader/store.c loader/store_chain.c
 * SOURCES: loader/store_journal.c loader/store_sector.c loader/store_transfer.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * LINK: -Wl,--wrap=flash_hold -Wl,--wrap=flash_release */
#include <tests/fake/loading.h>

#include <string.h>

#include <loader/orders.h>
#include <loader/requests.h>

#define LOADER (&loading.loader)
#define OUTER 1024u
#define INNER 300u

/* ---- the operator's end ------------------------------------------------------- */

static struct text_sink sink;
static struct operator_board operator_board = { .sink = &sink };
static pid_handle_t attached;
static err_t attach_error;
static uint32_t resets;

const uint32_t operator_features = FEATURE_ORDERS;

const struct operator_board *operator_config(void)
{
    return &operator_board;
}

err_t operator_attach(pid_handle_t pid)
{
    attached = pid;
    return attach_error;
}

static void reset(void)
{
    resets++;
}

/* ---- requests ----------------------------------------------------------------- */

static const struct live_board board = { .name = "test" };
static struct requests requests;
static uint32_t dones;
static uint8_t inner[LOADING_APP_MAX];
static uint32_t inner_size, inner_at;

static void on_done(struct requests *r)
{
    assert_ptr_equal(r, &requests);
    dones++;
}

/* An app that carries another one, at any byte. */
static uint32_t dress(uint8_t *image, uint32_t size)
{
    assert_true(inner_at + inner_size < size);
    memcpy(image + inner_at, inner, inner_size);
    return size;
}

static int setup(void **state)
{
    static const struct app app = { .name = "inner", .binary = INNER };
    (void)state;
    loading.dress = NULL;
    loading_start(NULL, 0);
    inner_size = loading_image_make(&app);
    memcpy(inner, loading_image, inner_size);
    requests = (struct requests){ .done = on_done };
    requests_init(&requests, &board, LOADER);
    requests.client.owner = LOADER_OWNER_SERIAL;
    dones = resets = 0;
    operator_board = (struct operator_board){ .sink = &sink };
    attached = PID_NONE;
    attach_error = OK;
    return 0;
}

static struct reply walk(uint32_t cursor)
{
    struct request r = { .type = MESSAGE_WALK };
    struct reply a = { .status = OK };
    r.word[FROM_CURSOR] = cursor;
    assert_true(requests_execute(&requests, &r, &a));
    return a;
}

/* Two apps; the first carries a third. */
static uint32_t two_apps(uint32_t offset)
{
    static const struct app outer = { .name = "outer", .binary = OUTER };
    static const struct app last = { .name = "last", .binary = OUTER };
    inner_at = offset;
    loading.dress = dress;
    (void)loading_put(&outer);
    loading.dress = NULL;
    uint32_t at = loading_put(&last);
    loading_boot();
    return at;
}

static void assert_no_handle_within(uint32_t offset)
{
    uint32_t last = two_apps(offset);
    struct reply a = walk(STORE_NONE);
    assert_int_equal(a.word[OBJECT_AT], 0);
    assert_int_equal(a.word[OBJECT_NEXT], last);
    a = walk(offset);
    assert_int_equal(a.status, OK);
    assert_int_equal(a.word[OBJECT_AT], last);
    a = walk(a.word[OBJECT_NEXT]);
    assert_int_equal(a.status, ERR_NODEVICE);
}

/* A handle of it would be one to start it by, or to wipe it by. */
static void a_walk_gives_no_handle_of_what_lies_within(void **state)
{
    (void)state;
    assert_no_handle_within(512);
}

static void a_walk_reads_no_word_where_none_can_be(void **state)
{
    (void)state;
    assert_no_handle_within(513);
}

/* Two drivers ask for one app: a greeting by the one lets go of what the app had
 * open, and does not swallow the other's end. */
static void a_greeting_swallows_no_end(void **state)
{
    (void)state;
    static const struct app app = { .name = "new" };
    const struct store_request open = { loading_image_make(&app), 0, 0,
                                        STORE_NONE };
    struct request hello = { .type = MESSAGE_HELLO };
    struct reply a = { .status = OK };
    loading_boot();
    requests.client.owner = LOADING_OWNER;
    assert_int_equal(loading_end(loader_open(LOADER, &loading.client, &open)),
                     OK);
    assert_int_equal(
        loader_write(LOADER, &loading.client, 0, loading_image, 256), OK);
    uint32_t before = loading.dones;
    assert_true(requests_execute(&requests, &hello, &a));
    loading_settle();
    assert_int_equal(loading.dones, before + 1);
    assert_non_null(loader_transfer(LOADER));
    assert_int_equal(loader_transfer(LOADER)->owner, 0);
}

/* Else a board whose power came back would seem to have no app, and all of its
 * flash free. */
static void nothing_is_said_of_apps_before_the_boot_is_over(void **state)
{
    (void)state;
    static const struct app app = { .name = "app" };
    static const uint8_t early[] = { MESSAGE_INFO,   MESSAGE_WALK,
                                     MESSAGE_OPEN,   MESSAGE_REMOVE,
                                     MESSAGE_DIGEST, MESSAGE_ORDER };
    static const uint8_t always[] = { MESSAGE_HELLO, MESSAGE_LOG,
                                      MESSAGE_PROCESS };
    (void)loading_put(&app);
    loading_boot_begin();
    for (uint32_t i = 0; i < ARRAY_COUNT(early); i++) {
        struct request r = { .type = early[i] };
        struct reply a = { .status = OK };
        assert_true(requests_execute(&requests, &r, &a));
        assert_int_equal(a.status, ERR_BUSY);
        assert_true(a.text_len > 0);
    }
    for (uint32_t i = 0; i < ARRAY_COUNT(always); i++) {
        struct request r = { .type = always[i] };
        struct reply a = { .status = OK };
        assert_true(requests_execute(&requests, &r, &a));
        assert_int_not_equal(a.status, ERR_BUSY);
    }
    while (loader_is_starting(LOADER))
        loading_pass(1);
    assert_int_equal(walk(STORE_NONE).status, OK);
}

/* ---- orders ------------------------------------------------------------------- */

static uint8_t order(uint32_t what, uint32_t process)
{
    struct request r = { .type = MESSAGE_ORDER };
    struct reply a = { .status = OK };
    r.word[ORDER_WHAT] = what;
    r.word[ORDER_PROCESS] = process;
    assert_true(requests_execute(&requests, &r, &a));
    assert_int_equal(a.words, 0);
    return a.status;
}

/* The process of the only app. */
static struct process_info only(void)
{
    struct process_info info;
    assert_true(process_inspect(0, &info));
    return info;
}

static void boot_one(void)
{
    static const struct app app = { .name = "app" };
    (void)loading_put(&app);
    loading_boot();
    loading_settle();
}

static void a_process_is_paused_and_goes_on(void **state)
{
    (void)state;
    boot_one();
    uint32_t pid = only().pid.handle;
    assert_int_equal(order(ORDER_RESUME, pid), ERR_INVAL);
    assert_int_equal(order(ORDER_PAUSE, pid), OK);
    loading_settle();
    assert_true(only().stopped);
    assert_int_equal(order(ORDER_PAUSE, pid), ERR_INVAL);
    assert_int_equal(order(ORDER_RESUME, pid), OK);
    loading_settle();
    assert_false(only().stopped);
}

static void a_process_is_ended_and_booted(void **state)
{
    (void)state;
    boot_one();
    uint32_t pid = only().pid.handle;
    assert_int_equal(order(ORDER_BOOT, pid), ERR_INVAL);
    assert_int_equal(order(ORDER_END, pid), OK);
    loading_settle();
    assert_int_equal(only().state, PROCESS_TERMINATED);
    assert_int_equal(order(ORDER_BOOT, only().pid.handle), OK);
    loading_settle();
    assert_true(only().state < PROCESS_FAULTED);
    assert_int_equal(order(ORDER_FAULT, only().pid.handle), OK);
    loading_settle();
    assert_int_equal(only().state, PROCESS_FAULTED);
}

static void an_order_about_nobody_is_refused(void **state)
{
    (void)state;
    boot_one();
    uint32_t other = only().pid.handle + 256; /* of a later life */
    for (uint32_t what = ORDER_PAUSE; what <= ORDER_ATTACH; what++) {
        assert_int_equal(order(what, other), ERR_NODEVICE);
        assert_int_equal(order(what, 0), ERR_NODEVICE);
        assert_int_equal(order(what, UINT32_MAX), ERR_NODEVICE);
    }
    assert_int_equal(attached.handle, 0);
}

static void what_is_typed_goes_to_who_lives(void **state)
{
    (void)state;
    boot_one();
    uint32_t pid = only().pid.handle;
    assert_int_equal(order(ORDER_ATTACH, pid), OK);
    assert_int_equal(attached.handle, pid);
    attach_error = ERR_BUSY;
    assert_int_equal(order(ORDER_ATTACH, pid), ERR_BUSY);
    attached = PID_NONE;
    assert_int_equal(order(ORDER_END, pid), OK);
    loading_settle();
    assert_int_equal(order(ORDER_ATTACH, pid), ERR_NODEVICE);
    operator_board.sink = NULL;
    assert_int_equal(order(ORDER_ATTACH, pid), ERR_NOSUPPORT);
    assert_int_equal(attached.handle, 0);
}

/* One that comes back could not. */
static void a_reset_is_the_boards_to_do(void **state)
{
    (void)state;
    boot_one();
    assert_int_equal(order(ORDER_RESET, 0), ERR_NOSUPPORT);
    operator_board.reset = reset;
    assert_int_equal(order(ORDER_RESET, 0), ERR_NOSUPPORT);
    assert_int_equal(resets, 1);
}

static void an_unknown_order_does_nothing(void **state)
{
    (void)state;
    boot_one();
    operator_board.reset = reset;
    assert_int_equal(order(ORDER_RESET + 1, only().pid.handle), ERR_NOSUPPORT);
    assert_int_equal(order(UINT32_MAX, only().pid.handle), ERR_NOSUPPORT);
    assert_int_equal(resets, 0);
    assert_true(only().state < PROCESS_FAULTED && !only().stopped);
}

static void a_greeting_says_what_is_offered(void **state)
{
    (void)state;
    struct request r = { .type = MESSAGE_HELLO };
    struct reply a = { .status = OK };
    boot_one();
    assert_true(requests_execute(&requests, &r, &a));
    assert_int_equal(a.word[HELLO_FEATURES], FEATURE_STORE | FEATURE_PROCESSES |
                                                 FEATURE_LOG | FEATURE_ORDERS);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_walk_gives_no_handle_of_what_lies_within),
        TEST(a_walk_reads_no_word_where_none_can_be),
        TEST(a_greeting_swallows_no_end),
        TEST(nothing_is_said_of_apps_before_the_boot_is_over),
        TEST(a_process_is_paused_and_goes_on),
        TEST(a_process_is_ended_and_booted),
        TEST(an_order_about_nobody_is_refused),
        TEST(what_is_typed_goes_to_who_lives),
        TEST(a_reset_is_the_boards_to_do),
        TEST(an_unknown_order_does_nothing),
        TEST(a_greeting_says_what_is_offered),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
