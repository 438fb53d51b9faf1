/* SPDX-License-Identifier: Apache-2.0 */
/* Turns each letter that a client shares by 13 places, in the client's own
 * memory. It keeps no pointer from one message to the next. */
#include <berth/ipc.h>
#include <stdio.h>

static char turned(char letter)
{
    if (letter >= 'a' && letter <= 'z') {
        return (char)('a' + (letter - 'a' + 13) % 26);
    }
    if (letter >= 'A' && letter <= 'Z') {
        return (char)('A' + (letter - 'A' + 13) % 26);
    }
    return letter;
}

int main(void)
{
    struct berth_ipc_port port;
    struct berth_ipc_message message;
    uint32_t self;
    err_t error = berth_ipc_find(BERTH_APP_NAME, &self);
    if (error == OK) {
        error = berth_ipc_open(&port, self);
    }
    if (error != OK) {
        printf(BERTH_APP_NAME ": %s\n", berth_strerror(error));
        return 1;
    }
    for (;;) {
        berth_ipc_wait(&port, &message);
        char *text = message.buffer;
        for (size_t i = 0; i < message.length; i++) {
            text[i] = turned(text[i]);
        }
        (void)berth_ipc_notify_client(message.from);
    }
}
