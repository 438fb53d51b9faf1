/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's side in the kernel, on the real one: what its process is
 * handed, what its end means, and that the check ends whatever it does. Tests
 * make its system calls in its stead.
 * SOURCES: loader/verifier.c loader/checker_signature.c loader/credential.c
 * SOURCES: pic/footer.c crypto/verify.c tests/fake/signing.c
 * SOURCES: boards/qemu-virt-secure/keys.c crypto/bearssl_digest.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * LINK: -lbearssl */
#include <tests/fake/machine.h>

#include <string.h>

#include <crypto/bearssl_digest.h>
#include <crypto/verify.h>
#include <loader/verifier.h>
#include <tests/fake/signing.h>

static const struct checker checkers[] = {
    CHECKER_ECDSA_P256(&bearssl_sha256),
    CHECKER_RSA_2048(&bearssl_sha256),
    CHECKER_RSA_4096(&bearssl_sha512),
};
static const struct app process_image = { .name = "verifier", .ram = 2048 };
static const struct app large = { .name = "large", .ram = 13400 };
static const struct app plain = { .name = "plain", .ram = 512 };

static struct verifier verifier;
static const struct driver drivers[] = {
    { DRIVER_VERIFIER, &verifier_ops, &verifier, &verifier.grant },
};
static ALIGNED(8) uint8_t digest_state[1024];
static uint8_t object[4096];
static uint32_t size, woken;
static struct check check;

static void wake(struct check_client *client)
{
    (void)client;
    woken++;
}

static struct check_client client = { wake };

/* A check of an app that was signed so, up to where it waits. */
static void begin(uint32_t format, const char *key)
{
    struct tbf tbf;
    enum check_progress p = CHECK_MORE;
    verifier_init(&verifier, 1, 0); /* its row has to be complete */
    machine_boot(drivers, 1);
    uint32_t flash = machine_flash(&process_image);
    verifier_init(&verifier, flash, 4096);
    size = signing_object(object, 100);
    signing_add(object, &size, format, key);
    check = (struct check){
        .checkers = checkers,
        .checker_count = ARRAY_COUNT(checkers),
        .keys = board_keys,
        .key_count = board_key_count,
        .state = digest_state,
        .verifier = &verifier,
        .client = &client,
    };
    assert_int_equal(tbf_parse(object, size, &tbf), TBF_OK);
    check_begin(&check, object, &tbf);
    while (p == CHECK_MORE)
        p = check_step(&check);
    assert_int_equal(p, CHECK_WAITS);
    machine_settle();
}

static void begin_ecdsa(void)
{
    begin(CREDENTIAL_ECDSA, "tests/keys/ecdsa-second.pem");
}

/* Until the check is woken, and what comes of it. */
static enum check_verdict end(uint32_t most_ms)
{
    for (uint32_t ms = 0; woken == 0; ms++) {
        assert_true(ms <= most_ms);
        machine_now += MACHINE_HZ / 1000;
        machine_settle();
    }
    assert_int_equal(woken, 1);
    assert_int_not_equal(check_step(&check), CHECK_WAITS);
    return check.result.verdict;
}

static struct process *process(void)
{
    struct process *p = process_find(verifier.pid);
    assert_non_null(p);
    user_load(p);
    return p;
}

static void exit_with(uint32_t code)
{
    machine_call(process(), SYSCALL_EXIT, EXIT_TERMINATE, code, 0, 0);
    machine_settle();
}

static uint32_t processes(void)
{
    uint32_t n = 0;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        n += process_in_slot(slot).handle != 0;
    return n;
}

static uint32_t ram_largest_now(void)
{
    struct tbf tbf;
    uint32_t flash = machine_flash(&(struct app){ .name = "x", .ram = 40000 });
    assert_int_equal(tbf_parse((const uint8_t *)(uintptr_t)flash, 4096, &tbf),
                     TBF_OK);
    tbf.minimum_ram = 16200;
    struct load_report r = process_load(flash, &tbf, true);
    if (r.pid.handle != 0)
        assert_int_equal(process_forget(r.pid), OK);
    return r.actual;
}

/* ---- the job ----------------------------------------------------------------------- */

#define COMMAND(p, number, arg)                                                \
    machine_call((p), SYSCALL_COMMAND, DRIVER_VERIFIER, (number), (arg), 0)

/* What stands in its buffer after JOB and KEY(n). */
static void job_fetch(struct verify_job *job, uint32_t number)
{
    struct process *p = process();
    uint32_t at = process_ram_start(p);
    machine_call(p, SYSCALL_MEMOP, MEMOP_BRK, at + 1600, 0, 0);
    machine_call(p, SYSCALL_ALLOW_RW, DRIVER_VERIFIER, 0, at,
                 (uint32_t)sizeof *job);
    COMMAND(p, VERIFY_JOB, 0);
    assert_answer(p, SYSRET_SUCCESS, 0);
    COMMAND(p, VERIFY_KEY, number);
    for (uint32_t i = 0; i < sizeof *job; i++)
        ((uint8_t *)job)[i] = machine_peek(at + i);
}

static void its_process_gets_hash_signature_and_keys(void **state)
{
    (void)state;
    struct verify_job job;
    begin_ecdsa();
    job_fetch(&job, 3);
    assert_answer(process(), SYSRET_SUCCESS_U32, 65);
    assert_int_equal(job.format, CREDENTIAL_ECDSA);
    assert_true(verify(&job, 65));
    job_fetch(&job, 2);
    assert_answer(process(), SYSRET_SUCCESS_U32, 65);
    assert_false(verify(&job, 65));
    COMMAND(process(), VERIFY_KEY, 1); /* an HMAC secret is nothing for it */
    assert_answer(process(), SYSRET_SUCCESS_U32, 0);
    COMMAND(process(), VERIFY_KEY, 4);
    assert_answer(process(), SYSRET_SUCCESS_U32, 0);
    COMMAND(process(), VERIFY_KEY, 7);
    assert_refused(process(), ERR_NODEVICE);
    COMMAND(process(), VERIFY_KEY, 0);
    assert_refused(process(), ERR_NODEVICE);
    COMMAND(process(), 3, 0);
    assert_refused(process(), ERR_NOSUPPORT);
}

static void an_rsa_signature_comes_without_the_key_that_it_names(void **state)
{
    (void)state;
    struct verify_job job;
    begin(CREDENTIAL_RSA4096, "tests/keys/rsa4096.pem");
    job_fetch(&job, 6);
    assert_answer(process(), SYSRET_SUCCESS_U32, 512);
    assert_true(verify(&job, 512));
}

static void nobody_else_gets_it(void **state)
{
    (void)state;
    begin_ecdsa();
    struct process *p = machine_start(&plain);
    for (uint32_t number = VERIFY_EXISTS; number <= VERIFY_KEY; number++) {
        COMMAND(p, number, 3);
        assert_refused(p, ERR_NODEVICE);
    }
    exit_with(VERIFY_GOOD + 3);
    assert_int_equal(end(5), CHECK_ACCEPTED);
    user_load(p);
    COMMAND(p, VERIFY_JOB, 3);
    assert_refused(p, ERR_NODEVICE);
}

static void a_buffer_too_short_gets_nothing(void **state)
{
    (void)state;
    begin_ecdsa();
    struct process *p = process();
    COMMAND(p, VERIFY_JOB, 0);
    assert_refused(p, ERR_INVAL);
    COMMAND(p, VERIFY_KEY, 3);
    assert_refused(p, ERR_INVAL);
}

/* ---- its end ------------------------------------------------------------------------- */

static void its_answers_count_and_it_is_gone_then(void **state)
{
    (void)state;
    begin_ecdsa();
    exit_with(VERIFY_GOOD + 3);
    assert_int_equal(end(5), CHECK_ACCEPTED);
    assert_int_equal(check.result.key, 3);
    assert_int_equal(processes(), 0);
}

static void it_may_say_no(void **state)
{
    (void)state;
    begin_ecdsa();
    exit_with(VERIFY_BAD);
    assert_int_equal(end(5), CHECK_NOT_SIGNED);
    assert_int_equal(processes(), 0);
}

static void anything_else_is_no_answer(void **state)
{
    (void)state;
    static const uint32_t codes[] = {
        0,
        1,
        VERIFY_GOOD,
        VERIFY_GOOD + 1,
        VERIFY_GOOD + 4,
        VERIFY_GOOD + 7,
        VERIFY_BAD + 1,
        UINT32_MAX,
    };
    begin_ecdsa();
    for (uint32_t i = 0;; i++) {
        exit_with(codes[i]);
        assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
        assert_int_equal(processes(), 0);
        if (i + 1 == ARRAY_COUNT(codes))
            break;
        woken = 0;
        check_begin(&check, object, &check.tbf);
        while (check_step(&check) == CHECK_MORE)
            ;
        machine_settle();
    }
}

static void one_that_faults_has_not_accepted(void **state)
{
    (void)state;
    begin_ecdsa();
    assert_int_equal(process_fault(verifier.pid), OK);
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

static void one_that_faults_and_would_be_restarted_is_gone(void **state)
{
    (void)state;
    machine_config.fault.action = FAULT_RESTART;
    machine_config.fault.backoff_ms = 1;
    begin_ecdsa();
    assert_int_equal(process_fault(verifier.pid), OK);
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

static void one_that_an_operator_ends_or_stops_has_failed(void **state)
{
    (void)state;
    begin_ecdsa();
    assert_int_equal(process_stop(verifier.pid), OK);
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

static void one_that_waits_for_something_has_failed(void **state)
{
    (void)state;
    begin_ecdsa();
    machine_call(process(), SYSCALL_YIELD, YIELD_WAIT, 0, 0, 0);
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

static void one_that_computes_for_ever_is_ended(void **state)
{
    (void)state;
    begin_ecdsa();
    process()->slices = VERIFIER_SLICES_MAX - 1;
    for (uint32_t ms = 0; ms < 20; ms++) {
        machine_now += MACHINE_HZ / 1000;
        machine_settle();
    }
    assert_int_equal(woken, 0);
    process()->slices = VERIFIER_SLICES_MAX;
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

static void patience_ends_where_slices_are_not_counted(void **state)
{
    (void)state;
    begin_ecdsa();
    machine_now += (uint64_t)VERIFIER_MS_MAX * (MACHINE_HZ / 1000);
    machine_settle();
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
    assert_int_equal(processes(), 0);
}

/* ---- room ------------------------------------------------------------------------------- */

static void without_ram_it_says_how_much_is_missing(void **state)
{
    (void)state;
    begin_ecdsa();
    exit_with(VERIFY_BAD);
    (void)end(5);
    struct process *p = machine_start(&large);
    machine_start(&plain);
    woken = 0;
    check_begin(&check, object, &check.tbf);
    while (check_step(&check) == CHECK_MORE)
        ;
    machine_settle();
    assert_int_equal(end(5), CHECK_NO_VERIFIER);
    assert_true(check.result.detail >= 2048);
    assert_int_equal(processes(), 2); /* nothing dead is left */
    assert_non_null(p);
}

static void it_takes_no_ram_for_good(void **state)
{
    (void)state;
    begin_ecdsa();
    exit_with(VERIFY_BAD);
    (void)end(5);
    uint32_t before = ram_largest_now();
    for (uint32_t i = 0; i < 20; i++) {
        woken = 0;
        check_begin(&check, object, &check.tbf);
        while (check_step(&check) == CHECK_MORE)
            ;
        machine_settle();
        exit_with(i % 2 == 0 ? VERIFY_BAD : 77);
        (void)end(5);
    }
    assert_int_equal(ram_largest_now(), before);
}

static void a_binary_that_is_none_fails(void **state)
{
    (void)state;
    begin_ecdsa();
    exit_with(VERIFY_BAD);
    (void)end(5);
    woken = 0;
    verifier.size = 8;
    check_begin(&check, object, &check.tbf);
    while (check_step(&check) == CHECK_MORE)
        ;
    machine_settle();
    assert_int_equal(end(5), CHECK_VERIFIER_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_process_gets_hash_signature_and_keys),
        cmocka_unit_test(an_rsa_signature_comes_without_the_key_that_it_names),
        cmocka_unit_test(nobody_else_gets_it),
        cmocka_unit_test(a_buffer_too_short_gets_nothing),
        cmocka_unit_test(its_answers_count_and_it_is_gone_then),
        cmocka_unit_test(it_may_say_no),
        cmocka_unit_test(anything_else_is_no_answer),
        cmocka_unit_test(one_that_faults_has_not_accepted),
        cmocka_unit_test(one_that_faults_and_would_be_restarted_is_gone),
        cmocka_unit_test(one_that_an_operator_ends_or_stops_has_failed),
        cmocka_unit_test(one_that_waits_for_something_has_failed),
        cmocka_unit_test(one_that_computes_for_ever_is_ended),
        cmocka_unit_test(patience_ends_where_slices_are_not_counted),
        cmocka_unit_test(without_ram_it_says_how_much_is_missing),
        cmocka_unit_test(it_takes_no_ram_for_good),
        cmocka_unit_test(a_binary_that_is_none_fails),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
