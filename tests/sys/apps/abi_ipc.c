/* SPDX-License-Identifier: Apache-2.0 */
/* IPC clause by clause, against ipc_service. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/ipc.h>
#include <string.h>

static BERTH_IPC_BUFFER uint32_t words[4];
static struct berth_ipc_port port;
static uint32_t service;

static err_t ask(uint32_t order, struct berth_ipc_message *message)
{
    words[0] = order;
    return berth_ipc_call(&port, message);
}

static void discovery(void)
{
    uint32_t self = 99, found;
    check("discovery finds an app",
          berth_ipc_find("ipc_service", &service) == OK);
    check("discovery finds oneself",
          berth_ipc_find(BERTH_APP_NAME, &self) == OK && self != service);
    check("discovery knows when there is none",
          berth_ipc_find("nobody", &found) == ERR_NODEVICE);
    check("discovery hands the name back",
          syscall_allow_ro(DRIVER_IPC, 0, NULL, 0).value[0] == 0);
    check("a notification to oneself is refused",
          berth_ipc_notify_service(self) == ERR_INVAL &&
              berth_ipc_notify_client(self) == ERR_INVAL);
}

static void round_trip(void)
{
    struct berth_ipc_message m = { 9, &m, 9 };
    words[1] = 41;
    check("a service works in the client's memory",
          berth_ipc_share(service, words, sizeof words) == OK &&
              berth_ipc_open(&port, service) == OK && ask(1, &m) == OK &&
              words[0] == 2 && words[1] == 42);
    check("the answer names the service and has no buffer",
          m.from == service && m.buffer == NULL && m.length == 0);
    check("a service shares memory of its own",
          ask(3, &m) == OK && m.length == 4 && *(uint32_t *)m.buffer == 0xBEE);
    *(uint32_t *)m.buffer = 0xBE0;
    check("which can be written",
          ask(3, &m) == OK && *(uint32_t *)m.buffer == 0xBE0);
    (void)berth_ipc_share(service, NULL, 0);
    words[0] = 1;
    check("without a buffer there is an event all the same",
          berth_ipc_call(&port, &m) == OK && words[0] == 1);
    (void)berth_ipc_share(service, words + 2, 4);
    words[2] = 1;
    check("of a shorter buffer only that is there",
          berth_ipc_call(&port, &m) == OK && words[2] == 2 && words[3] == 1);
}

static void count_call(const struct berth_ipc_message *message, void *userdata)
{
    (void)message;
    ++*(uint32_t *)userdata;
}

static void callbacks(void)
{
    uint32_t calls = 0;
    struct berth_ipc_message m;
    (void)berth_ipc_share(service, words, sizeof words);
    berth_ipc_listen(&port, count_call, &calls);
    words[0] = 1;
    (void)berth_ipc_notify_service(service);
    while (calls == 0) {
        syscall_yield_wait();
    }
    check("a listener is called", calls == 1 && words[0] == 2);
    words[0] = 1;
    check("a call with a time-out is answered",
          berth_ipc_call_timeout(&port, 1000, &m) == OK && m.from == service);
    check("a wait with a time-out ends",
          berth_ipc_wait_timeout(&port, 5, &m) == ERR_CANCEL);
}

static void stale(void)
{
    struct berth_ipc_message m;
    check("a service that begins a new life does not answer",
          (words[0] = 2, berth_ipc_call_timeout(&port, 20, &m)) == ERR_CANCEL);
    check("its index is stale then",
          berth_ipc_notify_service(service) == ERR_NODEVICE);
    check("until it is found again",
          berth_ipc_find("ipc_service", &service) == OK);
    words[0] = 1;
    check("what was shared with the life before is not shared with this one",
          berth_ipc_call_timeout(&port, 1000, &m) == OK && words[0] == 1);
    (void)berth_ipc_share(service, words, sizeof words);
    check("until it is shared again",
          berth_ipc_call_timeout(&port, 1000, &m) == OK && words[0] == 2);
}

int main(void)
{
    (void)berth_sleep_ms(20); /* the service starts */
    discovery();
    round_trip();
    callbacks();
    stale();
    return check_end();
}
