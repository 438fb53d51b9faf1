/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256. */
#include <berth/sha.h>

#include <operation.h>

enum { SET_ALGORITHM = 1, HASH = 2, HASHED = 0 };
enum { DATA = 0, DIGEST = 0, ALGORITHM_SHA256 = 0 };

static void sha_release(void)
{
    (void)syscall_allow_ro(DRIVER_SHA, DATA, NULL, 0);
    (void)syscall_allow_rw(DRIVER_SHA, DIGEST, NULL, 0);
}

static struct operation hashing = { DRIVER_SHA,     HASHED, sha_release,
                                    OPERATION_IDLE, NULL,   false,
                                    { { 0 } } };

static struct {
    berth_sha_fn *done;
    void *userdata;
} client;

static void sha_deliver(struct event event)
{
    client.done((err_t)event.value[0], client.userdata);
}

static err_t sha_start(const void *data, size_t length, uint8_t *digest,
                       void (*deliver)(struct event))
{
    err_t error = operation_open(&hashing);
    if (error != OK) {
        return error;
    }
    error = berth_error_of(
        syscall_command(DRIVER_SHA, SET_ALGORITHM, ALGORITHM_SHA256, 0));
    error = operation_lend_ro(&hashing, error, DATA, data, length);
    error =
        operation_lend_rw(&hashing, error, DIGEST, digest, BERTH_SHA256_SIZE);
    return operation_run(&hashing, error, HASH, 0, 0, deliver);
}

err_t berth_sha256_async(const void *data, size_t length, uint8_t *digest,
                         berth_sha_fn *done, void *userdata)
{
    err_t error = sha_start(data, length, digest, sha_deliver);
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
    }
    return error;
}

err_t berth_sha256(const void *data, size_t length, uint8_t *digest)
{
    operation_settle(&hashing);
    err_t error = sha_start(data, length, digest, NULL);
    return error == OK ? (err_t)operation_wait(&hashing).value[0] : error;
}

err_t berth_sha256_timeout(const void *data, size_t length, uint8_t *digest,
                           uint32_t ms)
{
    struct event event;
    operation_poll(&hashing);
    err_t error = sha_start(data, length, digest, NULL);
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&hashing, ms, &event) ? (err_t)event.value[0]
                                                        : ERR_CANCEL;
}
