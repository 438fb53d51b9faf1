/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_matrix.h. */
#include <tests/sim/devices/c3_matrix.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    MAP_END = 4 * C3_SOURCES,
    STATUS_LOW = 0xF8,
    STATUS_HIGH = 0xFC,
    CLOCK = 0x100,
    ENABLE = 0x104,
    TYPE = 0x108,
    CLEAR = 0x10C,
    PENDING = 0x110,
    PRIORITY = 0x114,
    PRIORITY_END = PRIORITY + 4 * C3_LINES,
    THRESHOLD = 0x194,
    SIZE = 0x800,
};

static struct c3_matrix *matrix_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_matrix, device);
}

static uint32_t pending(const struct c3_matrix *m)
{
    return ((m->levels & ~m->is_edge) | (m->latched & m->is_edge)) & ~1u;
}

/* Priority 0 is off, whatever the threshold. */
static uint32_t winner(const struct c3_matrix *m)
{
    uint32_t lines = pending(m) & m->enabled, best = 0;
    for (uint32_t line = 1; line < C3_LINES; line++)
        if ((lines >> line & 1u) != 0 && m->priority[line] >= m->threshold &&
            m->priority[line] > (best ? m->priority[best] : 0))
            best = line;
    return best;
}

static void offer(struct c3_matrix *m)
{
    uint32_t line = winner(m);
    if (line == m->offered)
        return;
    if (m->offered != 0)
        machine_set_interrupt(m->device.machine, m->offered, false);
    m->offered = line;
    if (line != 0)
        machine_set_interrupt(m->device.machine, line, true);
}

static void update(struct c3_matrix *m)
{
    uint32_t before = m->levels;
    m->levels = 0;
    for (uint32_t source = 0; source < C3_SOURCES; source++)
        if ((m->wires >> source & 1u) != 0)
            m->levels |= 1u << m->line[source];
    m->latched |= m->levels & ~before & m->is_edge;
    m->latched &= ~m->clear;
    offer(m);
}

void c3_matrix_wire(struct c3_matrix *m, uint32_t source, bool level)
{
    uint64_t bit = UINT64_C(1) << source;
    if (((m->wires & bit) != 0) == level)
        return;
    m->wires ^= bit;
    update(m);
}

static bool matrix_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    const struct c3_matrix *m = matrix_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset < MAP_END)
        *value = m->line[offset / 4];
    else if (offset == STATUS_LOW)
        *value = (uint32_t)m->wires;
    else if (offset == STATUS_HIGH)
        *value = (uint32_t)(m->wires >> 32);
    else if (offset == CLOCK)
        *value = m->clock;
    else if (offset == ENABLE)
        *value = m->enabled;
    else if (offset == TYPE)
        *value = m->is_edge;
    else if (offset == CLEAR)
        *value = m->clear;
    else if (offset == PENDING)
        *value = pending(m);
    else if (offset >= PRIORITY && offset < PRIORITY_END)
        *value = m->priority[(offset - PRIORITY) / 4];
    else if (offset == THRESHOLD)
        *value = m->threshold;
    else
        return absent_register(device, offset);
    return true;
}

static bool matrix_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    struct c3_matrix *m = matrix_of(device);
    if (bytes != 4)
        return false;
    if (offset < MAP_END)
        m->line[offset / 4] = value & 31u;
    else if (offset == CLOCK)
        m->clock = value & 1u;
    else if (offset == ENABLE)
        m->enabled = value & ~1u;
    else if (offset == TYPE)
        m->is_edge = value & ~1u;
    else if (offset == CLEAR)
        m->clear = value & ~1u;
    else if (offset >= PRIORITY && offset < PRIORITY_END)
        m->priority[(offset - PRIORITY) / 4] = value & 15u;
    else if (offset == THRESHOLD)
        m->threshold = value & 15u;
    else if (offset != STATUS_LOW && offset != STATUS_HIGH && offset != PENDING)
        return absent_register(device, offset);
    update(m);
    return true;
}

/* The sources keep their levels: their devices say so themselves. */
static void matrix_reset(struct device *device, enum reset_kind kind)
{
    struct c3_matrix *m = matrix_of(device);
    (void)kind;
    memset(m->line, 0, sizeof m->line);
    memset(m->priority, 0, sizeof m->priority);
    m->clock = 1;
    m->enabled = m->is_edge = m->clear = m->threshold = 0;
    m->levels = m->latched = 0;
    m->offered = 0;
    update(m);
}

static const struct device_ops matrix_ops = {
    .load = matrix_load,
    .store = matrix_store,
    .reset = matrix_reset,
};

void c3_matrix_add(struct machine *machine, struct c3_matrix *matrix,
                   uint32_t base)
{
    matrix->device = (struct device){ .ops = &matrix_ops,
                                      .name = "interrupt matrix",
                                      .base = base,
                                      .size = SIZE };
    machine_add_device(machine, &matrix->device);
}
