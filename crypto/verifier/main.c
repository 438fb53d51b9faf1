/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier: a process that the kernel starts to have one signature checked,
 * and that knows nothing else. It can be interrupted, it has no memory but its
 * own, and the only driver that it may call hands it the job. */
#include <berth/abi.h>
#include <berth/verify.h>
#include <crypto/verify.h>
#include <syscall.h>

int main(void);

static struct verify_job job;

/* The signature is there anew for each key. */
static bool is_signer(uint32_t number, uint32_t *key_len)
{
    struct sysret r = syscall_command(DRIVER_VERIFIER, VERIFY_KEY, number, 0);
    *key_len = r.variant == SYSRET_SUCCESS_U32 ? r.value[0] : UINT32_MAX;
    if (*key_len == 0 || *key_len == UINT32_MAX)
        return false;
    r = syscall_command(DRIVER_VERIFIER, VERIFY_JOB, 0, 0);
    return sysret_is_success(r) && verify(&job, *key_len);
}

int main(void)
{
    uint32_t key_len = 0;
    (void)syscall_allow_rw(DRIVER_VERIFIER, 0, &job, sizeof job);
    for (uint32_t number = 1; key_len != UINT32_MAX; number++) {
        if (is_signer(number, &key_len))
            return (int)(VERIFY_GOOD + number);
    }
    return (int)VERIFY_BAD;
}
