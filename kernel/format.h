/* SPDX-License-Identifier: Apache-2.0 */
/* Small printf-like formatting: %s %u %x %X %%, with width, a flag '0' or '-',
 * and precision for %s (a number or *). No floating point, no 64-bit, no signed
 * numbers. An unknown conversion is shown as it stands and takes no argument. */
#ifndef KERNEL_FORMAT_H
#define KERNEL_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include <berth/compiler.h>

/* As snprintf: writes at most cap - 1 characters and a NUL, returns the length
 * the whole would have had. */
size_t format(char *to, size_t cap, const char *fmt, ...) PRINTF_LIKE(3, 4);
size_t format_va(char *to, size_t cap, const char *fmt, va_list args);

/* Where characters go one by one: first member of whatever takes them. For
 * text that needs no buffer, as the panic dump and the log. */
struct format_sink {
    void (*put)(struct format_sink *self, char c);
};

void format_to(struct format_sink *sink, const char *fmt, va_list args);

#endif
