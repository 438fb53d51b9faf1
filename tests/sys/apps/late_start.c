/* SPDX-License-Identifier: Apache-2.0 */
/* Enables and starts every app that is not enabled, one after the other, by the
 * app loader, and says what came of it and how many instructions passed. So
 * credentials are checked while others run. */
#include <berth/err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <syscall.h>

#define MORE DRIVER_APP_LOADER_MORE

enum { LIST = 1, ENABLE = 3, START = 10, IS_ENABLED = 1 };

/* As the driver writes it. */
struct entry {
    uint32_t handle[2], size, version, short_id, flags, pid;
    char name[36];
};

/* The status of the event, or 100 and the error that was answered. */
static uint32_t ask(uint32_t number, const struct entry *e)
{
    struct sysret r = syscall_command(MORE, number, e->handle[0], e->handle[1]);
    if (r.variant != SYSRET_SUCCESS)
        return 100 + r.value[0];
    return syscall_yield_wait_for(MORE, 0).value[0];
}

static uint32_t instructions(void)
{
    uint32_t n;
    __asm__ volatile(".option push\n\t.option arch, +zicsr\n\t"
                     "csrr %0, instret\n\t.option pop"
                     : "=r"(n));
    return n;
}

static bool next_disabled(struct entry *e)
{
    (void)syscall_allow_rw(MORE, 0, e, sizeof *e);
    for (uint32_t n = 0;; n++) {
        if (syscall_command(MORE, LIST, n, 0).variant != SYSRET_SUCCESS)
            return false;
        if ((e->flags & IS_ENABLED) == 0 && e->size != 0 && e->name[0] != 0)
            return true;
    }
}

int main(void)
{
    struct entry e;
    while (next_disabled(&e)) {
        uint32_t enabled = ask(ENABLE, &e);
        uint32_t before = instructions();
        uint32_t status = ask(START, &e);
        uint32_t passed = instructions() - before;
        printf("late %s of %lu bytes: %lu, %lu after %lu instructions\n",
               e.name, (unsigned long)e.size, (unsigned long)enabled,
               (unsigned long)status, (unsigned long)passed);
        if (enabled != 0)
            break;
    }
    printf("late: done\n");
    return 0;
}
