/* SPDX-License-Identifier: Apache-2.0 */
/* UART0, which the bridge at the board's USB socket leads to. */
#include <boards/esp32-c3-devkit/line.h>

#include <chips/esp32c3/uart.h>

static struct esp_uart uart0 = {
    .uart = { .ops = &esp_uart_ops },
    .base = ESP_UART0,
};

const uint32_t line_source = ESP_UART0_SOURCE;

struct uart *line_init(void)
{
    esp_uart_init(&uart0, 115200);
    return &uart0.uart;
}

void line_serve(void *device)
{
    (void)device;
    esp_uart_serve(&uart0);
}
