/* SPDX-License-Identifier: Apache-2.0 */
/* See orders.h. */
#include <loader/orders.h>

/* Of enum message_order those that are about any process. */
static err_t (*const of_process[])(pid_handle_t pid) = {
    [ORDER_PAUSE] = process_stop,    [ORDER_RESUME] = process_resume,
    [ORDER_FAULT] = process_fault,   [ORDER_BOOT] = process_boot,
    [ORDER_END] = process_terminate,
};

static err_t attach(pid_handle_t pid)
{
    if (operator_config()->sink == NULL)
        return ERR_NOSUPPORT;
    return process_find(pid) != NULL ? operator_attach(pid) : ERR_NODEVICE;
}

err_t order_give(uint32_t what, pid_handle_t pid)
{
    if (what < ARRAY_COUNT(of_process))
        return of_process[what](pid);
    if (what == ORDER_ATTACH)
        return attach(pid);
    if (what == ORDER_RESET && operator_config()->reset != NULL)
        operator_config()->reset();
    return ERR_NOSUPPORT;
}
