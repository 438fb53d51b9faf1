/* SPDX-License-Identifier: Apache-2.0 */
/* Serves whoever notifies it. The first word of the shared buffer says what is
 * wanted: 1: count each word up; 2: begin a new life; 3: share a word of its
 * own with the client. Then it answers. */
#include <berth/ipc.h>
#include <stdio.h>

static BERTH_IPC_BUFFER uint32_t own[2] = { 0xBEE, 0xBEF };

static void serve(const struct berth_ipc_message *m)
{
    uint32_t *words = m->buffer;
    uint32_t order = m->length == 0 ? 0 : words[0];
    if (order == 1) {
        for (size_t i = 0; i < m->length / 4; i++) {
            words[i]++;
        }
    } else if (order == 2) {
        syscall_exit(EXIT_RESTART, 0);
    } else if (order == 3) {
        (void)berth_ipc_share(m->from, own, 4);
    }
    (void)berth_ipc_notify_client(m->from);
}

int main(void)
{
    struct berth_ipc_port port;
    struct berth_ipc_message message;
    uint32_t self;
    if (berth_ipc_find(BERTH_APP_NAME, &self) != OK ||
        berth_ipc_open(&port, self) != OK) {
        printf(BERTH_APP_NAME ": there is no IPC\n");
        return 1;
    }
    for (;;) {
        berth_ipc_wait(&port, &message);
        serve(&message);
    }
}
