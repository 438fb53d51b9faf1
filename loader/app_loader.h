/* SPDX-License-Identifier: Apache-2.0 */
/* Apps that install apps: app loader, driver 0x10001, and what it lacks as
 * driver 0x80010001. An app may use either if the board's list has a line for
 * it and its own header asks for that driver (loader/authority.h); else every
 * command answers NOSUPPORT, and the log says what is missing, once.
 *
 * 0x10001. Each command but 0 ends with the event of its number less 1:
 *  command 1(size)          set up a transfer; event 0 (status, 0, 0)
 *  command 2(offset, len)   write the first `len` bytes, at most 4096, of
 *                           read-only buffer 0; event 1 (status, len, 0). In
 *                           order, and all but the last a multiple of 4 bytes,
 *                           the first at least 16
 *  command 3                finalize: judged as flash holds it; then it is
 *                           installed; event 2 (status, 0, 0)
 *  command 4                load: start what was finalized; event 3 (status, 0,
 *                           0). NOMEM: no RAM for it, ALREADY: blocked by
 *                           another. RESERVE: it has finalized nothing;
 *                           NODEVICE: the set of installed apps has changed
 *                           since
 *  command 5                abort; event 4 (status, 0, 0). Also while a setup or
 *                           a write of its own is under way, which then ends
 *                           with CANCEL
 *  command 6(ShortId)       unload; event 5 (status, flash address of what was
 *                           ended, 0). NODEVICE: there is no process of it
 *
 * 0x80010001. A handle is two words, as `list` tells them; it is refused once
 * the set of installed apps has changed. All but 1, 2, 6 and 8 end with event 0,
 * (status, command, 0):
 *  command 1(n)             list: app number n into read-write buffer 0 as a
 *                           struct app_loader_entry; NODEVICE: there are no more
 *  command 2(handle)        info, likewise
 *  command 3, 4, 5(handle)  enable, disable, remove
 *  command 6(handle)        update, at once: `finalize` makes the transfer under
 *                           way, its own, an update of that app, which goes on
 *                           trial. RESERVE: it has no transfer under way
 *  command 7                compact: close a gap; ALREADY: there is none
 *  command 8                progress: answers size, offset, and whether it is
 *                           ours
 *  command 9(size, crc)     resume: as setup, for the image of that CRC-32:
 *                           `progress` says from where on it is wanted. The
 *                           first 16 bytes come first again
 *  command 10, 11, 12, 13(handle)
 *                           start, stop, confirm, roll back
 *
 * BUSY: a request of somebody is under way, or another's transfer. A transfer
 * ends with its app, which leaves what there is to whoever resumes it. */
#ifndef LOADER_APP_LOADER_H
#define LOADER_APP_LOADER_H

#include <loader/authority.h>
#include <loader/loader.h>

#define APP_LOADER_WRITE_MAX 4096u
#define APP_LOADER_PIECE 256u

enum {
    APP_LOADER_ENABLED = 1,
    APP_LOADER_ON_TRIAL = 2,
    APP_LOADER_REPLACED = 4, /* another is on trial in its stead */
    APP_LOADER_RUNS = 8,
};

struct app_loader_entry {
    uint32_t handle[2];
    uint32_t size, version, short_id;
    uint32_t flags; /* APP_LOADER_... */
    uint32_t pid;   /* 0: no process */
    char name[36];  /* ends with a NUL */
};

struct app_loader {
    struct grant grant, more_grant;
    struct loader *loader;
    const struct authority_line *list;
    uint32_t count;
    struct loader_client client;

    pid_handle_t asker;   /* whose request is under way; PID_NONE: nobody's */
    pid_handle_t refused; /* who was told of last in the log, for what */
    uint8_t refused_of;
    uint8_t command;          /* which one */
    uint32_t at, len, offset; /* of a write: done, whole, in the object; `at`
                                 of an unload: where it lay */
    bool wants_abort;         /* of the asker, once this has ended */
    ALIGNED(4) uint8_t piece[APP_LOADER_PIECE];
};

extern const struct driver_ops app_loader_ops, app_loader_more_ops;

/* May `p` use that driver, by the list and its own header? If not the log says
 * why. */
bool app_loader_allows(struct app_loader *d, struct process *p,
                       uint32_t driver);

void app_loader_init(struct app_loader *driver, struct loader *loader,
                     const struct authority_line *list, uint32_t count);

#endif
