/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel log. A record in the ring is a level byte, a length byte and the
 * text. Positions count bytes since boot and are taken modulo the ring's size,
 * a power of two, so they stay right when they wrap. The oldest records go, as
 * a whole, while a new one is being written. */
#include <kernel/log.h>

#include <stdarg.h>
#include <stdbool.h>

#include <kernel/format.h>
#include <kernel/kernel.h>

#define HEADER 2u
#define LONGEST 255u /* what a length byte can say */

static struct {
    uint32_t oldest; /* where the oldest record begins */
    uint32_t end;    /* where the next one will */
    void (*notify)(void);
} klog_state;

/* Constants, where the board is known. */
static ALWAYS_INLINE uint32_t ring_size(void)
{
    uint32_t size = kernel_config.log_size;
    return size == 0 ? 1 : 1u << TOP_BIT(size);
}

static ALWAYS_INLINE uint32_t longest(void)
{
    uint32_t room = ring_size() - HEADER;
    return room < LONGEST ? room : LONGEST;
}

static ALWAYS_INLINE uint8_t *ring_at(uint32_t position)
{
    return &kernel_config.log[position & (ring_size() - 1)];
}

void klog_clear(void)
{
    klog_state.oldest = klog_state.end = 0;
}

/* A line in the making; `len` so far. */
struct line_sink {
    struct format_sink sink;
    uint32_t len;
};

/* Append a byte of the record at `end`, at `offset` in it, dropping the oldest
 * records that it runs into. */
static void record_put(uint32_t offset, uint8_t byte)
{
    uint32_t position = klog_state.end + offset;

    while (position - klog_state.oldest >= ring_size())
        klog_state.oldest += HEADER + *ring_at(klog_state.oldest + 1);
    *ring_at(position) = byte;
}

static void line_put(struct format_sink *self, char c)
{
    struct line_sink *line = CONTAINER_OF(self, struct line_sink, sink);

    if (line->len < longest())
        record_put(HEADER + line->len++, (uint8_t)c);
}

void klog(enum log_level level, const char *format, ...)
{
    if (ring_size() <= HEADER || level > kernel_config.log_level)
        return;

    struct line_sink line = { { line_put }, 0 };
    va_list args;
    record_put(0, (uint8_t)level);
    record_put(1, 0);
    va_start(args, format);
    format_to(&line.sink, format, args);
    va_end(args);
    record_put(1, (uint8_t)line.len);
    klog_state.end += HEADER + line.len;
    if (klog_state.notify != NULL)
        klog_state.notify();
}

void klog_on_line(void (*notify)(void))
{
    klog_state.notify = notify;
}

int klog_read(uint32_t *cursor, char *to, size_t cap, enum log_level *level)
{
    uint32_t kept = klog_state.end - klog_state.oldest;

    if (klog_state.end - *cursor > kept)
        *cursor = klog_state.oldest;
    if (*cursor == klog_state.end)
        return -1;

    uint32_t len = *ring_at(*cursor + 1);
    uint32_t n = 0;
    *level = (enum log_level) * ring_at(*cursor);
    for (; n < len && n + 1 < cap; n++)
        to[n] = (char)*ring_at(*cursor + HEADER + n);
    if (cap != 0)
        to[n] = '\0';
    *cursor += HEADER + len;
    return (int)n;
}

uint32_t klog_end(void)
{
    return klog_state.end;
}
