/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a fault: the app writes just below its own RAM, where something of
 * someone else's lies. The kernel stops this app, says which rule it broke,
 * and every other app goes on. */
#include <berth/memory.h>
#include <stdio.h>

int main(void)
{
    volatile uint32_t *mine = berth_memory_ram_start();
    volatile uint32_t *not_mine = mine - 1;
    printf("crash: my RAM begins at %p; now I write to %p\n",
           (void *)(uintptr_t)mine, (void *)(uintptr_t)not_mine);
    *not_mine = 0xdeadbeef;
    printf("crash: I have written there, and nobody stopped me\n");
    return ERR_FAIL;
}
