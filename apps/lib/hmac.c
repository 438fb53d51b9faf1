/* SPDX-License-Identifier: Apache-2.0 */
/* Message authentication codes. */
#include <berth/hmac.h>

#include <operation.h>

enum { SET_ALGORITHM = 0, EVENT_CODE = 0, EVENT_VERIFIED = 1 };
enum { KEY = 0, DATA = 1, COMPARE = 2, CODE = 2 };

static void hmac_release(void)
{
    (void)syscall_allow_ro(DRIVER_HMAC, KEY, NULL, 0);
    (void)syscall_allow_ro(DRIVER_HMAC, DATA, NULL, 0);
    (void)syscall_allow_ro(DRIVER_HMAC, COMPARE, NULL, 0);
    (void)syscall_allow_rw(DRIVER_HMAC, CODE, NULL, 0);
}

static struct operation coding = { DRIVER_HMAC,    EVENT_CODE, hmac_release,
                                   OPERATION_IDLE, NULL,       false,
                                   { { 0 } } };

static struct {
    berth_hmac_fn *done;
    void *userdata;
} client;

static bool hmac_verifies(enum berth_hmac_step step)
{
    return step == BERTH_HMAC_VERIFY || step == BERTH_HMAC_VERIFY_LAST;
}

/* A code that is verified wrong is an event of status 0 that says no. */
static err_t hmac_result(struct event event)
{
    if (event.value[0] == OK && coding.number == EVENT_VERIFIED &&
        event.value[1] == 0) {
        return ERR_FAIL;
    }
    return (err_t)event.value[0];
}

static void hmac_deliver(struct event event)
{
    client.done(hmac_result(event), client.userdata);
}

static err_t hmac_lend(const struct berth_hmac *hmac, enum berth_hmac_step step)
{
    err_t error = berth_error_of(
        syscall_command(DRIVER_HMAC, SET_ALGORITHM, (uint32_t)hmac->kind, 0));
    error = operation_lend_ro(&coding, error, KEY, hmac->key, hmac->key_length);
    error = operation_lend_ro(&coding, error, DATA, hmac->data, hmac->length);
    if (hmac_verifies(step)) {
        return operation_lend_ro(&coding, error, COMPARE, hmac->code,
                                 hmac->code_length);
    }
    return operation_lend_rw(&coding, error, CODE, hmac->code,
                             hmac->code_length);
}

static err_t hmac_start(const struct berth_hmac *hmac,
                        enum berth_hmac_step step,
                        void (*deliver)(struct event))
{
    if (coding.state != OPERATION_IDLE) {
        return ERR_BUSY;
    }
    coding.number = hmac_verifies(step) ? EVENT_VERIFIED : EVENT_CODE;
    err_t error = operation_open(&coding);
    if (error != OK) {
        return error;
    }
    return operation_run(&coding, hmac_lend(hmac, step), (uint32_t)step, 0, 0,
                         deliver);
}

err_t berth_hmac_async(const struct berth_hmac *hmac, enum berth_hmac_step step,
                       berth_hmac_fn *done, void *userdata)
{
    err_t error = hmac_start(hmac, step, hmac_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_hmac(const struct berth_hmac *hmac, enum berth_hmac_step step)
{
    operation_settle(&coding);
    err_t error = hmac_start(hmac, step, NULL);
    return error == OK ? hmac_result(operation_wait(&coding)) : error;
}

err_t berth_hmac_timeout(const struct berth_hmac *hmac,
                         enum berth_hmac_step step, uint32_t ms)
{
    struct event event;
    operation_poll(&coding);
    err_t error = hmac_start(hmac, step, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&coding, ms, &event) ? hmac_result(event)
                                                       : ERR_CANCEL;
}
