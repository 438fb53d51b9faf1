/* SPDX-License-Identifier: Apache-2.0 */
/* Process info, driver 0x10002: what there is to know about processes, and
 * power over them for those the board has named.
 *
 *  command 1           how many processes there are, as a u32
 *  command 2           their ids, a u32 each, into read-write buffer 0
 *  command 3           likewise their ShortIds (0: unique to this board)
 *                      both answer how many processes there are, as a u32
 *  command 4(pid)      its name into buffer 0; the length as a u32
 *  command 5(pid)      into buffer 0, a u32 each: time slices used up, system
 *                      calls, restarts, state (enum process_state)
 *  command 6(pid, op)  1 resume, 2 stop, 3 fault, 4 terminate, 5 boot
 *
 * Of what a buffer has no room for, whole words are left out (of a name,
 * bytes). A process is visible to itself, and all are visible to apps that the
 * board's list gives AUTHORITY_SEE; to anybody else there is one process. Only
 * AUTHORITY_CONTROL allows command 6, on any process; it includes seeing. An
 * app without a Permissions entry in its header has no authority.
 *
 * INVAL: no such process that is visible, an unknown op, or one its state does
 * not allow. NOSUPPORT: command 6 without the authority. (Tock has no access
 * control here, answers success to command 5 for an unknown pid and to command
 * 6 for an unknown op.) */
#ifndef LOADER_PROCESS_INFO_H
#define LOADER_PROCESS_INFO_H

#include <kernel/driver.h>

enum { AUTHORITY_SEE = 1, AUTHORITY_CONTROL = 2 | AUTHORITY_SEE };

/* What the app of that ShortId may do, if that key has accepted it (0: any, or
 * none). An app without a ShortId of its own has 0; such an entry gives power to
 * nobody. */
struct process_authority {
    uint32_t short_id;
    uint32_t powers;
    uint32_t key;
};

struct process_info_driver {
    struct grant grant;
    const struct process_authority *list;
    uint32_t count;
    /* The key that has accepted the app of a process, 0: none. NULL where apps
     * are not checked. The board sets it. */
    uint32_t (*key_of)(pid_handle_t pid);
};

extern const struct driver_ops process_info_ops;

void process_info_init(struct process_info_driver *driver,
                       const struct process_authority *list, uint32_t count);

#endif
