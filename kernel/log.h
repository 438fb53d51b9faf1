/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel log: lines of text with a level, in a ring that keeps the latest.
 * Any kernel-side code may write; the operator console reads. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stddef.h>
#include <stdint.h>

#include <berth/compiler.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Where, how many and which lines are kept: kernel_config. */

/* printf-like, see kernel/format.h; one line, no newline at its end. It is cut
 * at 255 characters; the oldest lines make room for it. */
void klog(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* Called, from anywhere, whenever a line was added; may not log by itself. */
void klog_on_line(void (*notify)(void));

/* The line that begins at *cursor, or the oldest still there if that one has
 * been overwritten: copied NUL-terminated to `to` (at most cap - 1 bytes), its
 * level to *level; *cursor moves to the next. Returns its length, -1 when
 * there is none. A cursor starts as 0 (oldest) or klog_end(). */
int klog_read(uint32_t *cursor, char *to, size_t cap, enum log_level *level);
uint32_t klog_end(void);

/* No line is kept any more, as at boot. For tests. */
void klog_clear(void);

#endif
