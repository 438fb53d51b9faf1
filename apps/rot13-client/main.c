/* SPDX-License-Identifier: Apache-2.0 */
/* Has a text turned by rot13-service, again and again. */
#include <berth/alarm.h>
#include <berth/ipc.h>
#include <stdio.h>

#define SERVICE "rot13-service"

static BERTH_IPC_BUFFER char text[16] = "Hello World!";

/* The service may start after this app, or anew. */
static void service_find(struct berth_ipc_port *port)
{
    uint32_t index;
    while (berth_ipc_find(SERVICE, &index) != OK ||
           berth_ipc_share(index, text, sizeof text) != OK ||
           berth_ipc_open(port, index) != OK) {
        (void)berth_sleep_ms(100);
    }
}

int main(void)
{
    struct berth_ipc_port port;
    struct berth_ipc_message message;
    service_find(&port);
    for (;;) {
        err_t error = berth_ipc_call_timeout(&port, 200, &message);
        if (error == OK) {
            printf("12: %s\n", text);
            (void)berth_sleep_ms(500);
        } else {
            printf("the service: %s\n", berth_strerror(error));
            service_find(&port);
            (void)berth_sleep_ms(50);
        }
    }
}
