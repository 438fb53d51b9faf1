/* SPDX-License-Identifier: Apache-2.0 */
/* A service that takes more than it is given. The first word of the shared
 * buffer says what it tries: 1: the word before the buffer; 2: the word behind
 * it; 3: to execute it; 4: to read it 40 ms later; 5: to write it then; 6: the
 * client's first word; 7: to read it again once it has been notified again. */
#include <berth/alarm.h>
#include <berth/ipc.h>
#include <stdio.h>

#define LATER_MS 40u

static void take(volatile uint32_t *words, uint32_t length)
{
    uint32_t order = words[0];
    printf("ipc_thief: sees order %lu\n", (unsigned long)order);
    if (order == 1) {
        printf("ipc_thief: stole %lx\n", (unsigned long)words[-1]);
    } else if (order == 2) {
        printf("ipc_thief: stole %lx\n", (unsigned long)words[length / 4]);
    } else if (order == 3) {
        ((void (*)(void))(uintptr_t)words)();
        printf("ipc_thief: stole the processor\n");
    } else if (order == 4) {
        (void)berth_sleep_ms(LATER_MS);
        printf("ipc_thief: stole %lx\n", (unsigned long)words[0]);
    } else if (order == 5) {
        (void)berth_sleep_ms(LATER_MS);
        words[0] = 0;
        printf("ipc_thief: stole a word's place\n");
    } else if (order == 6) {
        words = (volatile uint32_t *)((uintptr_t)words & ~0x3FFFu);
        printf("ipc_thief: stole %lx\n", (unsigned long)*words);
    }
}

int main(void)
{
    struct berth_ipc_port port;
    struct berth_ipc_message message;
    volatile uint32_t *kept = NULL;
    uint32_t self;
    if (berth_ipc_find(BERTH_APP_NAME, &self) != OK ||
        berth_ipc_open(&port, self) != OK) {
        return 1;
    }
    for (;;) {
        berth_ipc_wait(&port, &message);
        if (kept) {
            printf("ipc_thief: stole %lx\n", (unsigned long)*kept);
        }
        if (message.length != 0) {
            take(message.buffer, message.length);
            kept = message.buffer;
        }
        (void)berth_ipc_notify_client(message.from);
    }
}
