/* SPDX-License-Identifier: Apache-2.0 */
/* What picolibc leaves to the system: the end of the program, signals (only to
 * oneself, and all of them end it) and memory for malloc. */
#include <berth/exit.h>
#include <berth/memory.h>
#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

/* picolibc declares these for more than standard C only. */
int kill(pid_t process, int signal);
void *sbrk(ptrdiff_t bytes);
void *_sbrk(ptrdiff_t bytes);

void _exit(int code)
{
    berth_exit((uint32_t)code);
}

pid_t getpid(void)
{
    return 1;
}

/* abort() and raise() end here: with 128 + signal, as a shell would show it. */
int kill(pid_t process, int signal)
{
    if (process != getpid()) {
        errno = ESRCH;
        return -1;
    }
    berth_exit(128u + (uint32_t)signal);
}

void *sbrk(ptrdiff_t bytes)
{
    void *before;
    if (berth_memory_grow(bytes, &before) != OK) {
        errno = ENOMEM;
        return (void *)-1;
    }
    return before;
}

__attribute__((alias("sbrk"))) void *_sbrk(ptrdiff_t bytes);
