/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers. They are the system-call ABI's, so nothing is translated on
 * the way from where an error is found to the app that made it. */
#ifndef BERTH_ERR_H
#define BERTH_ERR_H

typedef enum err {
    OK = 0,
    ERR_FAIL = 1,         /* no more specific reason */
    ERR_BUSY = 2,         /* come back later */
    ERR_ALREADY = 3,      /* it is so already */
    ERR_OFF = 4,          /* powered down or not set up */
    ERR_RESERVE = 5,      /* something must be reserved or allowed first */
    ERR_INVAL = 6,        /* a parameter makes no sense */
    ERR_SIZE = 7,         /* too large or too small */
    ERR_CANCEL = 8,       /* cancelled on request */
    ERR_NOMEM = 9,        /* out of memory */
    ERR_NOSUPPORT = 10,   /* no such operation */
    ERR_NODEVICE = 11,    /* no such driver, device or process */
    ERR_UNINSTALLED = 12, /* the device is not plugged in */
    ERR_NOACK = 13,       /* the other side did not answer */
} err_t;

#endif
