/* SPDX-License-Identifier: Apache-2.0 */
/* See i2c.h. */
#include <tests/sim/devices/i2c.h>

#include <berth/compiler.h>

enum {
    PRESCALE_LOW = 0x00,
    PRESCALE_HIGH = 0x04,
    CONTROL = 0x08,
    DATA = 0x0C,
    COMMAND = 0x10,
};
enum { ENABLE = 0x80, INTERRUPTS = 0x40 };
enum {
    START = 0x80,
    STOP = 0x40,
    READ = 0x20,
    WRITE = 0x10,
    NO_ACK = 0x08,
    SERVED = 0x01,
};
enum {
    NOT_ACKNOWLEDGED = 0x80,
    BUSY = 0x40,
    UNDER_WAY = 0x02,
    INTERRUPT = 0x01,
};

#define HZ_MAX 400000u
#define BYTE_BITS 9u /* and the acknowledge */
#define NS_PER_S UINT64_C(1000000000)

static struct i2c *i2c_of(struct device *device)
{
    return CONTAINER_OF(device, struct i2c, device);
}

static void line_update(struct i2c *i)
{
    bool wants = (i->status & INTERRUPT) != 0 && (i->control & INTERRUPTS) != 0;
    plic_wire(i->plic, i->source, wants);
}

static uint32_t bus_hz(const struct i2c *i)
{
    return prci_core_hz(i->prci) / (5 * (i->prescale + 1));
}

/* ---- the memory's side ------------------------------------------------------------ */

static bool memory_write(struct i2c_memory *m, uint8_t byte)
{
    if (!m->is_addressed) {
        m->is_addressed = true;
        m->is_selected = m->address != 0 && byte >> 1 == m->address;
        m->is_read = m->sends = m->is_selected && (byte & 1) != 0;
        m->has_place = false;
    } else if (m->is_selected && !m->is_read && !m->has_place) {
        m->at = byte;
        m->has_place = true;
    } else if (m->is_selected && !m->is_read) {
        m->bytes[m->at++] = byte;
    }
    return m->is_selected && (!m->is_read || m->sends);
}

static uint8_t memory_read(struct i2c_memory *m, bool is_acknowledged)
{
    if (!m->is_selected || !m->sends)
        return 0xFF;
    m->sends = is_acknowledged;
    return m->bytes[m->at++];
}

/* ---- commands -------------------------------------------------------------------------- */

static void check(struct i2c *i, uint32_t command)
{
    struct machine *machine = i->device.machine;
    const char *name = i->device.name;
    if ((i->status & UNDER_WAY) != 0)
        machine_violation(machine, "%s: a command while one is under way",
                          name);
    else if ((command & (READ | WRITE)) == (READ | WRITE))
        machine_violation(machine, "%s: a command to read and to write", name);
    else if ((i->status & BUSY) == 0 && (command & START) == 0)
        machine_violation(machine, "%s: a command without a start before it",
                          name);
    else if (!gpio_is_function0(i->gpio, i->pins))
        machine_violation(machine,
                          "%s: its pins (mask 0x%08x) are not switched to it",
                          name, i->pins);
    else if (bus_hz(i) > HZ_MAX)
        machine_violation(machine, "%s: the bus at %u Hz, devices follow to %u",
                          name, bus_hz(i), HZ_MAX);
}

/* When the clock is free. */
static uint64_t clock_free(struct i2c *i, uint32_t command)
{
    struct i2c_holder *h = &i->holder;
    uint64_t now = machine_now(i->device.machine);
    bool is_asked = (command & (START | WRITE)) == (START | WRITE) &&
                    h->address != 0 && i->out >> 1 == h->address;
    if (is_asked && now >= h->until)
        h->until = now + h->ns;
    return now > h->until ? now : h->until;
}

static void begin(struct i2c *i, uint32_t command)
{
    uint32_t bits = (command & (READ | WRITE)) != 0 ? BYTE_BITS : 0;
    bits += (command & START) != 0;
    bits += (command & STOP) != 0;
    check(i, command);
    i->command = command;
    i->status |= UNDER_WAY | BUSY;
    i->done = clock_free(i, command) + bits * NS_PER_S / bus_hz(i);
}

static void stop(struct i2c *i)
{
    if (i->memory.sends)
        machine_violation(i->device.machine,
                          "%s: a stop while the device sends: the last byte "
                          "was acknowledged",
                          i->device.name);
    i->memory.is_addressed = i->memory.is_selected = i->memory.sends = false;
    i->status &= ~(uint32_t)BUSY;
}

static void end(struct i2c *i)
{
    if ((i->command & START) != 0)
        i->memory.is_addressed = i->memory.is_selected = i->memory.sends =
            false;
    if ((i->command & WRITE) != 0) {
        bool accepts = memory_write(&i->memory, i->out) ||
                       (i->holder.address != 0 && (i->command & START) != 0 &&
                        i->out >> 1 == i->holder.address);
        i->status = accepts ? i->status & ~(uint32_t)NOT_ACKNOWLEDGED
                            : i->status | NOT_ACKNOWLEDGED;
    }
    if ((i->command & READ) != 0)
        i->in = memory_read(&i->memory, (i->command & NO_ACK) == 0);
    if ((i->command & STOP) != 0)
        stop(i);
    i->done = NEVER;
    i->status = (i->status & ~(uint32_t)UNDER_WAY) | INTERRUPT;
}

/* ---- the device ------------------------------------------------------------------------- */

static bool i2c_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    const struct i2c *i = i2c_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == PRESCALE_LOW)
        *value = i->prescale & 0xFF;
    else if (offset == PRESCALE_HIGH)
        *value = i->prescale >> 8;
    else if (offset == CONTROL)
        *value = i->control;
    else if (offset == DATA)
        *value = i->in;
    else if (offset == COMMAND)
        *value = i->status;
    return true;
}

static void prescale_set(struct i2c *i, uint32_t value)
{
    if ((i->control & ENABLE) != 0)
        machine_violation(i->device.machine,
                          "%s: the prescale is set while it is enabled",
                          i->device.name);
    i->prescale = value;
}

static void command_set(struct i2c *i, uint32_t value)
{
    if ((value & SERVED) != 0)
        i->status &= ~(uint32_t)INTERRUPT;
    if ((value & (START | STOP | READ | WRITE)) != 0 &&
        (i->control & ENABLE) != 0)
        begin(i, value);
}

/* Off, it lets go of the lines and forgets what it was doing. */
static void control_set(struct i2c *i, uint32_t value)
{
    i->control = value & (ENABLE | INTERRUPTS);
    if ((value & ENABLE) != 0)
        return;
    i->done = NEVER;
    i->status &= ~(uint32_t)(UNDER_WAY | BUSY);
    i->memory.is_addressed = i->memory.is_selected = i->memory.sends = false;
}

static bool i2c_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct i2c *i = i2c_of(device);
    value &= 0xFF;
    if (bytes != 4)
        return false;
    if (offset == PRESCALE_LOW)
        prescale_set(i, (i->prescale & 0xFF00) | value);
    else if (offset == PRESCALE_HIGH)
        prescale_set(i, (i->prescale & 0xFF) | value << 8);
    else if (offset == CONTROL)
        control_set(i, value);
    else if (offset == DATA)
        i->out = (uint8_t)value;
    else if (offset == COMMAND)
        command_set(i, value);
    line_update(i);
    return true;
}

static uint64_t i2c_due(const struct device *device)
{
    return CONTAINER_OF(device, const struct i2c, device)->done;
}

static void i2c_serve(struct device *device, uint64_t now)
{
    struct i2c *i = i2c_of(device);
    if (now >= i->done)
        end(i);
    line_update(i);
}

static void i2c_reset(struct device *device, enum reset_kind kind)
{
    struct i2c *i = i2c_of(device);
    (void)kind;
    i->prescale = 0xFFFF;
    i->control = i->command = i->status = 0;
    i->done = NEVER;
    i->holder.until = 0;
    i->memory.is_addressed = i->memory.is_selected = i->memory.sends = false;
    line_update(i);
}

static const struct device_ops i2c_ops = {
    i2c_load, i2c_store, i2c_due, i2c_serve, i2c_reset,
};

void i2c_add(struct machine *machine, struct i2c *i2c, const char *name,
             uint32_t base)
{
    i2c->device = (struct device){
        .ops = &i2c_ops, .name = name, .base = base, .size = 0x1000
    };
    machine_add_device(machine, &i2c->device);
}
