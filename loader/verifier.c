/* SPDX-License-Identifier: Apache-2.0 */
/* See verifier.h. Whatever the process does, the check ends: it is looked at
 * every millisecond, and what is neither computing nor an answer is a failure. */
#include <loader/verifier.h>

#include <berth/verify.h>
#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/string.h>

#define PIECE 64u

/* ---- the job, as driver DRIVER_VERIFIER -------------------------------------------- */

/* Copy bytes of flash, or of the kernel, into its buffer. */
static err_t put(const struct verifier *v, struct process *p, uint32_t to,
                 const uint8_t *from, uint32_t len)
{
    uint8_t piece[PIECE];
    struct uslice buffer = allowed_rw(&v->grant, p, 0);
    err_t e = OK;
    for (uint32_t at = 0; at < len && e == OK; at += PIECE) {
        uint32_t n = len - at < PIECE ? len - at : PIECE;
        flash_open();
        memcpy(piece, from + at, n);
        e = user_write(p, buffer, to + at, piece, n);
    }
    return e;
}

static struct sysret job_put(const struct verifier *v, struct process *p)
{
    const struct check *c = v->check;
    uint32_t named = credential_modulus_size(c->footer.format);
    const struct tbf_span *data = &c->footer.data;
    uint8_t format[4] = { (uint8_t)c->footer.format };
    err_t e =
        put(v, p, offsetof(struct verify_job, format), format, sizeof format);
    if (e == OK)
        e = put(v, p, offsetof(struct verify_job, hash), c->digest,
                VERIFY_HASH_MAX);
    if (e == OK)
        e = put(v, p, offsetof(struct verify_job, signature),
                c->base + data->offset + named, data->len - named);
    return sysret_of(e);
}

static struct sysret key_put(const struct verifier *v, struct process *p,
                             uint32_t number)
{
    if (number == 0 || number > v->check->key_count)
        return sysret_failure(ERR_NODEVICE);
    const struct board_key *key = check_key(v->check, number);
    if (key == NULL || key->len > VERIFY_SIGNATURE_MAX)
        return sysret_u32(0);
    err_t e = put(v, p, offsetof(struct verify_job, key), key->bytes, key->len);
    return e == OK ? sysret_u32(key->len) : sysret_failure(e);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    const struct verifier *v = self;
    (void)arg2;
    if (v->check == NULL || !pid_equal(process_pid(p), v->pid))
        return sysret_failure(ERR_NODEVICE);
    if (number == VERIFY_EXISTS)
        return sysret_success();
    if (number == VERIFY_JOB)
        return job_put(v, p);
    if (number == VERIFY_KEY)
        return key_put(v, p, arg1);
    return sysret_failure(ERR_NOSUPPORT);
}

const struct driver_ops verifier_ops = { .command = command };

/* ---- its end -------------------------------------------------------------------------- */

static bool find(pid_handle_t pid, struct process_info *info)
{
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (pid_equal(process_in_slot(slot), pid))
            return process_inspect(slot, info);
    return false;
}

/* What it ended with. */
static enum verifier_answer answer_of(struct verifier *v, uint32_t completion)
{
    v->key = completion - VERIFY_GOOD;
    if (completion == VERIFY_BAD)
        return VERIFIER_BAD;
    bool is_key = v->key != 0 && v->key <= v->check->key_count &&
                  check_key(v->check, v->key) != NULL;
    return is_key ? VERIFIER_GOOD : VERIFIER_FAILED;
}

static enum verifier_answer look(struct verifier *v)
{
    struct process_info info;
    if (process_is_starting(v->pid))
        return VERIFIER_BUSY;
    if (!find(v->pid, &info))
        return VERIFIER_FAILED;
    if (info.state == PROCESS_TERMINATED && info.has_completion)
        return answer_of(v, info.completion);
    bool computes = info.state == PROCESS_RUNNING && !info.stopped &&
                    info.restarts == 0 && info.slices < VERIFIER_SLICES_MAX &&
                    ktime_now() < v->end;
    return computes ? VERIFIER_BUSY : VERIFIER_FAILED;
}

static void look_again(struct verifier *v)
{
    ktimer_arm_ms(&v->timer, VERIFIER_LOOK_MS);
}

/* Its process goes before the answer is told: its RAM and slot are free then. */
static void work_run(struct deferred *work)
{
    struct verifier *v = CONTAINER_OF(work, struct verifier, work);
    struct check *check = v->check;
    if (check == NULL)
        return;
    if (!v->has_answer) {
        v->answer = look(v);
        v->has_answer = v->answer != VERIFIER_BUSY;
    }
    if (!v->has_answer || process_forget(v->pid) == ERR_BUSY) {
        if (v->has_answer)
            (void)process_terminate(v->pid); /* refused if it is dead */
        look_again(v);
        return;
    }
    v->pid = PID_NONE;
    check->client->wake(check->client);
}

static void on_timer(struct ktimer *timer)
{
    deferred_call(&CONTAINER_OF(timer, struct verifier, timer)->work);
}

/* ---- its beginning ------------------------------------------------------------------------ */

static bool start(struct verifier *v)
{
    struct tbf tbf;
    const uint8_t *image = (const uint8_t *)(uintptr_t)v->flash;
    flash_open();
    if (tbf_parse(image, v->size, &tbf) != TBF_OK)
        return false;
    struct load_report load = process_load(v->flash, &tbf, true);
    v->pid = load.pid;
    if (load.error == LOAD_NO_RAM || load.error == LOAD_NO_SLOT) {
        v->answer = VERIFIER_NO_ROOM;
        v->missing = load.wanted;
    }
    return load.error == LOAD_OK;
}

enum verifier_answer verifier_ask(struct verifier *v, struct check *check)
{
    if (v->check == check && v->has_answer) {
        v->check = NULL;
        return v->answer;
    }
    v->check = check;
    v->answer = VERIFIER_FAILED;
    v->end = ktime_now() + ktime_of_ms(VERIFIER_MS_MAX);
    v->has_answer = !start(v);
    look_again(v); /* what was made and does not run has to go */
    return VERIFIER_BUSY;
}

void verifier_init(struct verifier *v, uint32_t flash, uint32_t size)
{
    v->flash = flash;
    v->size = size;
    v->grant.layout.allow_rw = 1;
    v->work.run = work_run;
    v->timer.fire = on_timer;
}
