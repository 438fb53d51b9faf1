/* SPDX-License-Identifier: Apache-2.0 */
/* See orders.h. */
#include <loader/orders.h>

_Static_assert(ORDER_PAUSE == (uint32_t)PROCESS_STOP &&
                   ORDER_END == (uint32_t)PROCESS_TERMINATE,
               "orders about any process are the kernel's, in one order");

static err_t attach(pid_handle_t pid)
{
    if (operator_config()->sink == NULL)
        return ERR_NOSUPPORT;
    return process_find(pid) != NULL ? operator_attach(pid) : ERR_NODEVICE;
}

err_t order_give(uint32_t what, pid_handle_t pid)
{
    if (what <= ORDER_END)
        return process_order(pid, (enum process_order)what);
    if (what == ORDER_ATTACH)
        return attach(pid);
    if (what == ORDER_RESET && operator_config()->reset != NULL)
        operator_config()->reset();
    return ERR_NOSUPPORT;
}
