/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption. */
#include <berth/aes.h>

#include <operation.h>

enum { SET_MODE = 1, SET_UP = 2, CRYPT = 3, FINISH = 4, SET_AAD_AT = 5 };
enum { SET_TEXT_AT = 6, SET_TAG_LENGTH = 7, SET_CONFIDENTIAL = 8, DONE = 0 };
enum { KEY = 0, IV = 1, SOURCE = 2, DESTINATION = 0 };

static void aes_release(void)
{
    (void)syscall_allow_ro(DRIVER_AES, KEY, NULL, 0);
    (void)syscall_allow_ro(DRIVER_AES, IV, NULL, 0);
    (void)syscall_allow_ro(DRIVER_AES, SOURCE, NULL, 0);
    (void)syscall_allow_rw(DRIVER_AES, DESTINATION, NULL, 0);
}

static struct operation crypting = { DRIVER_AES,     DONE, aes_release,
                                     OPERATION_IDLE, NULL, false,
                                     { { 0 } } };

static struct {
    berth_aes_fn *done;
    void *userdata;
    bool has_tag;
} client;

/* A tag that is wrong is an event of status 0 that says so. */
static err_t aes_result(struct event event)
{
    if (event.value[0] == OK && client.has_tag && event.value[2] == 0) {
        return ERR_FAIL;
    }
    return (err_t)event.value[0];
}

static void aes_deliver(struct event event)
{
    client.done(aes_result(event), event.value[1], client.userdata);
}

static err_t aes_set(err_t error, uint32_t command, uint32_t value0,
                     uint32_t value1)
{
    return error != OK ? error
                       : berth_error_of(syscall_command(DRIVER_AES, command,
                                                        value0, value1));
}

static err_t aes_configure(const struct berth_aes *aes)
{
    err_t error = OK;
    if (!aes->go_on) {
        error = aes_set(OK, SET_MODE, (uint32_t)aes->mode, aes->encrypt);
    }
    if (aes->mode == BERTH_AES_CCM || aes->mode == BERTH_AES_GCM) {
        error = aes_set(error, SET_AAD_AT, aes->aad_at, 0);
        error = aes_set(error, SET_TEXT_AT, aes->text_at, 0);
        error = aes_set(error, SET_TAG_LENGTH, aes->tag_length, 0);
        error = aes_set(error, SET_CONFIDENTIAL, 1, 0);
    }
    return error;
}

static err_t aes_start(const struct berth_aes *aes,
                       void (*deliver)(struct event))
{
    err_t error = operation_open(&crypting);
    if (error != OK) {
        return error;
    }
    client.has_tag = aes->mode == BERTH_AES_CCM || aes->mode == BERTH_AES_GCM;
    error = aes_configure(aes);
    error = operation_lend_ro(&crypting, error, KEY, aes->key, aes->key_length);
    error = operation_lend_ro(&crypting, error, IV, aes->iv, aes->iv_length);
    error =
        operation_lend_ro(&crypting, error, SOURCE, aes->source, aes->length);
    error = operation_lend_rw(&crypting, error, DESTINATION, aes->destination,
                              aes->capacity);
    return operation_run(&crypting, error, aes->go_on ? CRYPT : SET_UP, 0, 0,
                         deliver);
}

static err_t aes_end(struct event event, size_t *length)
{
    *length = event.value[1];
    return aes_result(event);
}

err_t berth_aes_async(const struct berth_aes *aes, berth_aes_fn *done,
                      void *userdata)
{
    err_t error = aes_start(aes, aes_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_aes(const struct berth_aes *aes, size_t *length)
{
    operation_settle(&crypting);
    err_t error = aes_start(aes, NULL);
    return error == OK ? aes_end(operation_wait(&crypting), length) : error;
}

err_t berth_aes_timeout(const struct berth_aes *aes, size_t *length,
                        uint32_t ms)
{
    struct event event;
    operation_poll(&crypting);
    err_t error = aes_start(aes, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&crypting, ms, &event)
               ? aes_end(event, length)
               : ERR_CANCEL;
}

err_t berth_aes_forget(void)
{
    operation_settle(&crypting);
    if (crypting.state != OPERATION_IDLE) {
        return ERR_BUSY;
    }
    return berth_error_of(syscall_command(DRIVER_AES, FINISH, 0, 0));
}
