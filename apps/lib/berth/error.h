/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of the app library: err_t of <berth/err.h>. Every function that can
 * fail returns one, OK (0) when it did not; results leave through pointers and
 * are untouched after an error unless the function says otherwise. */
#ifndef BERTH_ERROR_H
#define BERTH_ERROR_H

#include <berth/err.h>
#include <syscall.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A few words for an error number; never null, whatever the number. */
const char *berth_strerror(err_t error);

/* The error in a system call's answer, OK for a success. */
static inline err_t berth_error_of(struct sysret result)
{
    return sysret_is_success(result) ? OK : (err_t)result.value[0];
}

/* The same for a call that answers with one number, which goes to `value`. */
static inline err_t berth_error_or_value(struct sysret result, uint32_t *value)
{
    if (result.variant != SYSRET_SUCCESS_U32) {
        return sysret_is_success(result) ? ERR_NODEVICE
                                         : berth_error_of(result);
    }
    *value = result.value[0];
    return OK;
}

#ifdef __cplusplus
}
#endif

#endif
