/* SPDX-License-Identifier: Apache-2.0 */
/* See spi_flash.h. Here is what may be in flash itself. */
#include <arch/run.h>
#include <berth/mmio.h>
#include <chips/sifive-e/spi_flash.h>

enum { SCKDIV = 0x00, FCTRL = 0x60 };

/* linker/ram_code.ld */
extern const uint32_t __ram_code_load[];
extern uint32_t __ram_code_start[], __ram_code_end[];

/* The first store to a line of the ITIM takes it from the cache. */
static void ram_code_load(void)
{
    const uint32_t *from = __ram_code_load;
    for (uint32_t *to = __ram_code_start; to != __ram_code_end;)
        *to++ = *from++;
    arch_code_new();
}

/* Whoever reads this from flash finds it memory, unless it is not there. */
bool spi_flash_init(struct spi_port *port, uint32_t core_hz)
{
    if (mmio_read32(port->base + FCTRL) == 0)
        return false;
    ram_code_load();
    mmio_write32(port->base + SCKDIV, spi_flash_divider(core_hz));
    return true;
}

void spi_port_told(struct spi_port *port)
{
    kept_uart_tell(port->uart);
}
