/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port for tests: what was sent is a string; how much it takes before
 * it is full is up to the test. */
#ifndef TESTS_FAKE_UART_H
#define TESTS_FAKE_UART_H

#include <stdbool.h>

#include <berth/hil/uart.h>

#define FAKE_UART_ALWAYS_READY SIZE_MAX

struct fake_uart {
    struct uart uart;
    size_t room; /* bytes it takes before it is full */
    bool owes_can_send;
    char sent[8192];
    size_t sent_len;
    const char *input;
};

void fake_uart_init(struct fake_uart *fake, size_t room);

/* Send on, `step` bytes at a time, as long as there is anything to send;
 * deferred calls run in between. */
void fake_uart_drain(struct fake_uart *fake, size_t step);

/* The text arrives. */
void fake_uart_type(struct fake_uart *fake, const char *text);

/* All that was sent since the last call is `text`. */
#define assert_sent(fake, text)                                                \
    assert_sent_at((fake), (text), __FILE__, __LINE__)
void assert_sent_at(struct fake_uart *fake, const char *text, const char *file,
                    int line);

#endif
