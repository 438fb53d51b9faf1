/* SPDX-License-Identifier: Apache-2.0 */
/* Prints every byte value again and again, and a whole frame that would be an
 * answer of the board, for as long as it lives: nobody may take any of it for a
 * frame. */
#include <berth/alarm.h>
#include <berth/console.h>
#include <stdint.h>

static const uint8_t frame[] = {
    /* HELLO's answer, sequence 1, status FAIL, no words, no text; its CRC. */
    0xFE, 0x01, 0x81, 0x01, 0x00, 0x01, 0x00, 0x00, 0xBD, 0xBF, 0x57, 0xFF,
};

int main(void)
{
    static uint8_t bytes[256];
    for (uint32_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (;;) {
        (void)berth_console_write(bytes, sizeof bytes);
        (void)berth_console_write(frame, sizeof frame);
        (void)berth_sleep_ms(5);
    }
}
