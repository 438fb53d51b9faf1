/* SPDX-License-Identifier: Apache-2.0 */
/* Random system calls of an app with power over the others, which the board's
 * list and its header agree on: it stops, ends and starts them and itself, and
 * installs, updates and removes apps. It spares one: the first app in flash,
 * which is to see that all that disturbs nobody. */
#include "fuzz.h"
#include "payload.h"

#define PROCESSES 10u
#define FIRST_ID 0x700u
#define IDS 3u
enum { PIDS = 2, CONTROL = 6, OPS = 7 };
enum { LIST = 1, ENABLE = 3, ROLL_BACK = 13 };

static uint32_t spared_pid, spared_handle;
static struct entry found;

/* That app is process 0 of the first life, and its handle begins with 0, for it
 * lies at the start of flash. */
static bool spares(uint32_t driver, uint32_t command, uint32_t a, uint32_t b)
{
    (void)b;
    if (driver == DRIVER_PROCESS_INFO && command == CONTROL) {
        return a != spared_pid;
    }
    return driver != DRIVER_APP_LOADER_MORE || command < ENABLE ||
           a != spared_handle;
}

static void spare(void)
{
    (void)syscall_allow_rw(MORE, 0, &found, sizeof found);
    if (syscall_command(MORE, LIST, 0, 0).variant == SYSRET_SUCCESS) {
        spared_pid = found.pid;
        spared_handle = found.handle[0];
    }
}

/* An order to one of the processes that there are. */
static void control(void)
{
    static uint32_t pids[PROCESSES];
    memset(pids, 0, sizeof pids);
    (void)make(SYSCALL_ALLOW_RW, DRIVER_PROCESS_INFO, 0, address_of(pids),
               sizeof pids);
    (void)make(SYSCALL_COMMAND, DRIVER_PROCESS_INFO, PIDS, 0, 0);
    uint32_t pid = PICK(pids), number = below(CONTROL + 1), op = below(OPS);
    if (pid != spared_pid) {
        (void)make(SYSCALL_COMMAND, DRIVER_PROCESS_INFO, number, pid, op);
    }
}

/* Installed whole, or in part, or not at all; then it may be started. */
static void installation(void)
{
    const struct payload p = { 256 + 4 * below(900), 1 + below(4),
                               FIRST_ID + below(IDS),
                               one_in(4) ? 0 : 0x100 + below(256) };
    bool is_update = find(&found, p.short_id, 1 + below(4)) == 0;
    switch (below(4)) {
    case 0:
        payload_make(&p);
        image[below(64)] ^= one_in(2) ? any() : 0;
        (void)ask(1, p.size, 0, NULL);
        (void)write_image(0, p.size - 4 * below(40), 4 + 4 * below(300));
        (void)ask(3, 0, 0, NULL);
        break;
    default:
        (void)install(&p, is_update ? found.handle : NULL);
    }
    (void)ask(one_in(4) ? 5 : 4, 0, 0, NULL);
}

/* An order to one of those that it has installed; gaps are closed. */
static void management(void)
{
    uint32_t number = ENABLE + below(ROLL_BACK - ENABLE + 1);
    if (find(&found, FIRST_ID + below(IDS), 1 + below(4)) == 0) {
        (void)ask_more(number, found.handle[0], found.handle[1]);
    }
}

static void power(void)
{
    static void (*const kinds[])(void) = {
        control, control, control, management, management, installation
    };
    if (spared_pid == 0) {
        spare();
    }
    if (spared_pid != 0) {
        PICK(kinds)();
    }
    calls += 4;
}

int main(void)
{
    fuzz_may = spares;
    fuzz_extra = power;
    fuzz_run(0xF0223u);
}
