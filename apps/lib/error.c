/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers in words. */
#include <berth/error.h>

/* One string and an index of one byte each: small, and free of pointers. */
static const char texts[] = "no error\0"
                            "failed\0"
                            "busy\0"
                            "already so\0"
                            "switched off\0"
                            "not reserved\0"
                            "invalid argument\0"
                            "wrong size\0"
                            "cancelled\0"
                            "out of memory\0"
                            "not supported\0"
                            "no such device\0"
                            "not installed\0"
                            "no answer\0"
                            "unknown error";

const char *berth_strerror(err_t error)
{
    unsigned to_skip =
        (unsigned)error <= ERR_NOACK ? (unsigned)error : ERR_NOACK + 1u;
    const char *text = texts;
    while (to_skip) {
        if (*text++ == '\0') {
            to_skip--;
        }
    }
    return text;
}
