/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_usb.h. */
#include <tests/sim/devices/c3_usb.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    EP1 = 0x00,
    EP1_CONF = 0x04,
    INT_RAW = 0x08,
    INT_STATUS = 0x0C,
    INT_ENABLE = 0x10,
    INT_CLEAR = 0x14,
    CONF0 = 0x18,
    SIZE = 0x80,
};

#define WRITE_DONE 1u
#define HAS_ROOM 2u
#define HAS_DATA 4u
#define INT_OUT_RECEIVED (1u << 2)
#define INT_IN_EMPTY (1u << 3)
#define INT_FIELDS 0xFFFu
#define CONF0_RESET 0x4200u
/* What a host takes to come round. */
#define POLL_NS 100000u

static struct c3_usb *usb_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_usb, device);
}

static uint64_t now_of(const struct c3_usb *u)
{
    return machine_now(u->device.machine);
}

static void update(struct c3_usb *u)
{
    c3_matrix_wire(u->matrix, C3_USB, (u->raw & u->enabled) != 0);
}

/* ---- to the host ---------------------------------------------------------------------- */

static bool has_room(const struct c3_usb *u)
{
    return u->in_level < C3_USB_PACKET && !u->is_flushed;
}

static void flush(struct c3_usb *u)
{
    if (u->in_level == 0 || u->is_flushed)
        return;
    u->is_flushed = true;
    if (u->line)
        u->fetched = now_of(u) + POLL_NS;
}

static void fetch(struct c3_usb *u)
{
    u->fetched = NEVER;
    for (uint32_t i = 0; i < u->in_level; i++)
        line_send(u->line, u->in[i]);
    u->in_level = 0;
    u->is_flushed = false;
    u->raw |= INT_IN_EMPTY;
}

/* A full packet goes without being told to. */
static void put(struct c3_usb *u, uint8_t byte)
{
    if (!has_room(u)) {
        machine_violation(u->device.machine,
                          "%s: a byte is lost, there is no room for it (bit 1 "
                          "of EP1_CONF)",
                          u->device.name);
        return;
    }
    u->in[u->in_level++] = byte;
    if (u->in_level == C3_USB_PACKET)
        flush(u);
}

static void drain(void *usb)
{
    struct c3_usb *u = usb;
    if (u->is_flushed && u->line)
        fetch(u);
}

/* ---- from the host -------------------------------------------------------------------- */

/* It waits as long as the last packet was not read to its end. */
static void plan_arrival(struct c3_usb *u)
{
    bool waits =
        u->line && line_waiting(u->line) > 0 && u->out_read == u->out_level;
    if (!waits)
        u->arrives = NEVER;
    else if (u->arrives == NEVER)
        u->arrives = now_of(u) + POLL_NS;
    machine_wake(u->device.machine);
}

static void arrive(struct c3_usb *u)
{
    u->arrives = NEVER;
    u->out_level = u->out_read = 0;
    while (u->out_level < C3_USB_PACKET &&
           line_take(u->line, &u->out[u->out_level]))
        u->out_level++;
    u->raw |= INT_OUT_RECEIVED;
}

static void fed(void *usb)
{
    plan_arrival(usb);
}

static uint32_t take(struct c3_usb *u)
{
    uint32_t byte = 0;
    if (u->out_read == u->out_level)
        machine_violation(u->device.machine,
                          "%s: a byte is read where there is none (bit 2 of "
                          "EP1_CONF)",
                          u->device.name);
    else
        byte = u->out[u->out_read++];
    plan_arrival(u);
    return byte;
}

/* ---- the device --------------------------------------------------------------------------- */

static bool usb_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct c3_usb *u = usb_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == EP1)
        *value = take(u);
    else if (offset == EP1_CONF)
        *value = (has_room(u) ? HAS_ROOM : 0) |
                 (u->out_read < u->out_level ? HAS_DATA : 0);
    else if (offset == INT_RAW)
        *value = u->raw;
    else if (offset == INT_STATUS)
        *value = u->raw & u->enabled;
    else if (offset == INT_ENABLE)
        *value = u->enabled;
    else if (offset == CONF0)
        *value = u->conf0;
    else if (offset != INT_CLEAR)
        return absent_register(device, offset);
    return true;
}

static bool usb_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct c3_usb *u = usb_of(device);
    if (bytes != 4)
        return false;
    if (offset == EP1) {
        put(u, (uint8_t)value);
    } else if (offset == EP1_CONF) {
        if ((value & WRITE_DONE) != 0)
            flush(u);
    } else if (offset == INT_ENABLE) {
        u->enabled = value & INT_FIELDS;
    } else if (offset == INT_CLEAR) {
        u->raw &= ~value;
    } else if (offset == CONF0) {
        u->conf0 = value;
    } else if (offset != INT_RAW && offset != INT_STATUS) {
        return absent_register(device, offset);
    }
    update(u);
    return true;
}

static uint64_t usb_due(const struct device *device)
{
    const struct c3_usb *u = CONTAINER_OF(device, const struct c3_usb, device);
    return u->fetched < u->arrives ? u->fetched : u->arrives;
}

static void usb_serve(struct device *device, uint64_t now)
{
    struct c3_usb *u = usb_of(device);
    if (now >= u->fetched)
        fetch(u);
    if (now >= u->arrives)
        arrive(u);
    update(u);
}

static void usb_reset(struct device *device, enum reset_kind kind)
{
    struct c3_usb *u = usb_of(device);
    (void)kind;
    u->in_level = u->out_level = u->out_read = 0;
    u->raw = INT_IN_EMPTY;
    u->enabled = 0;
    u->conf0 = CONF0_RESET;
    u->is_flushed = false;
    u->fetched = u->arrives = NEVER;
    plan_arrival(u);
    update(u);
}

static const struct device_ops usb_ops = {
    usb_load, usb_store, usb_due, usb_serve, usb_reset,
};

void c3_usb_add(struct machine *machine, struct c3_usb *usb, uint32_t base,
                struct c3_matrix *matrix)
{
    usb->device = (struct device){
        .ops = &usb_ops, .name = "USB-Serial-JTAG", .base = base, .size = SIZE
    };
    usb->matrix = matrix;
    usb->fetched = usb->arrives = NEVER;
    if (usb->line) {
        usb->line->fed = fed;
        usb->line->drain = drain;
        usb->line->uart = usb;
    }
    machine_add_device(machine, &usb->device);
}
