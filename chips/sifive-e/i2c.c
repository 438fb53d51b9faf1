/* SPDX-License-Identifier: Apache-2.0 */
/* See i2c.h. The controller does a byte at a time, with what is to be before or
 * behind it (start, stop), and interrupts. So a transfer is a walk:
 *
 *   WRITE_ADDRESS  WRITING ...  READ_ADDRESS  READING ...  (idle)
 *
 * in which parts of length 0 are left out, and STOPPING follows a byte that was
 * not acknowledged. The last command of all carries the stop. */
#include <chips/sifive-e/i2c.h>

#include <stdbool.h>

#include <berth/compiler.h>
#include <berth/mmio.h>

enum {
    PRESCALE_LOW = 0x00,
    PRESCALE_HIGH = 0x04,
    CONTROL = 0x08,
    DATA = 0x0C,
    COMMAND = 0x10, /* read: the status */
};
enum { ENABLE = 0x80, INTERRUPTS = 0x40 };
enum {
    START = 0x80,
    STOP = 0x40,
    READ = 0x20,
    WRITE = 0x10,
    NO_ACK = 0x08,
    SERVED = 0x01, /* the interrupt */
};
enum { NOT_ACKNOWLEDGED = 0x80, LOST = 0x20, INTERRUPT = 0x01 };
enum step {
    OFF,
    IDLE,
    WRITE_ADDRESS,
    WRITING,
    READ_ADDRESS,
    READING,
    STOPPING
};

static void go(struct sifive_i2c *i, enum step step, uint32_t command)
{
    i->step = (uint8_t)step;
    mmio_write32(i->base + COMMAND, command | SERVED);
}

static void address_send(struct sifive_i2c *i, bool is_read)
{
    bool is_all = i->write == 0 && i->read == 0;
    i->done = 0;
    mmio_write32(i->base + DATA, i->address << 1 | is_read);
    go(i, is_read ? READ_ADDRESS : WRITE_ADDRESS,
       START | WRITE | (is_all ? STOP : 0u));
}

static void byte_send(struct sifive_i2c *i)
{
    bool is_last = i->done + 1 == i->write && i->read == 0;
    mmio_write32(i->base + DATA, i->bytes[i->done]);
    go(i, WRITING, WRITE | (is_last ? STOP : 0u));
}

/* The last byte is not acknowledged: the device lets go of the bus. */
static void byte_fetch(struct sifive_i2c *i)
{
    bool is_last = i->done + 1 == i->read;
    go(i, READING, READ | (is_last ? STOP | NO_ACK : 0u));
}

static void finish(struct sifive_i2c *i)
{
    i->step = IDLE;
    mmio_write32(i->base + COMMAND, SERVED);
    i->bus.client->done(i->bus.client, (err_t)i->status);
}

/* Whether that command had the stop with it. */
static bool was_last(const struct sifive_i2c *i)
{
    if (i->step == WRITE_ADDRESS)
        return i->write == 0 && i->read == 0;
    return i->step == WRITING && i->done + 1 == i->write && i->read == 0;
}

static void refused(struct sifive_i2c *i)
{
    i->status = ERR_NOACK;
    if (was_last(i))
        finish(i);
    else
        go(i, STOPPING, STOP);
}

/* The command under way has ended. */
static void next(struct sifive_i2c *i)
{
    if (i->step == READING)
        i->bytes[i->done] = (uint8_t)mmio_read32(i->base + DATA);
    if (i->step == WRITING || i->step == READING)
        i->done++;
    bool is_writing = i->step == WRITE_ADDRESS || i->step == WRITING;
    bool is_reading = i->step == READ_ADDRESS || i->step == READING;
    if (is_writing && i->done < i->write)
        byte_send(i);
    else if (is_writing && i->read != 0)
        address_send(i, true);
    else if (is_reading && i->done < i->read)
        byte_fetch(i);
    else
        finish(i);
}

static err_t i2c_transfer(struct i2c_bus *bus, uint32_t address, uint8_t *bytes,
                          size_t write, size_t read)
{
    struct sifive_i2c *i = CONTAINER_OF(bus, struct sifive_i2c, bus);
    if (i->step != IDLE)
        return i->step == OFF ? ERR_NODEVICE : ERR_BUSY;
    i->address = address;
    i->bytes = bytes;
    i->write = (uint32_t)write;
    i->read = (uint32_t)read;
    i->status = OK;
    address_send(i, write == 0 && read != 0);
    return OK;
}

/* On, interrupting, with nothing under way. */
static void enable(struct sifive_i2c *i)
{
    mmio_write32(i->base + CONTROL, ENABLE | INTERRUPTS);
    mmio_write32(i->base + COMMAND, SERVED);
    i->step = IDLE;
}

/* Switched off, it lets go of both lines, whatever it was waiting for. */
static void i2c_abort(struct i2c_bus *bus)
{
    struct sifive_i2c *i = CONTAINER_OF(bus, struct sifive_i2c, bus);
    if (i->step <= IDLE)
        return;
    mmio_write32(i->base + CONTROL, 0);
    enable(i);
}

const struct i2c_ops sifive_i2c_ops = { i2c_transfer, i2c_abort };

void sifive_i2c_init(struct sifive_i2c *i, uint32_t clock, uint32_t hz)
{
    uint32_t prescale = (clock + 5 * hz - 1) / (5 * hz) - 1;
    mmio_write32(i->base + CONTROL, 0); /* or the prescale is not taken */
    mmio_write32(i->base + PRESCALE_LOW, prescale & 0xFF);
    mmio_write32(i->base + PRESCALE_HIGH, prescale >> 8);
    enable(i);
}

void sifive_i2c_serve(void *device)
{
    struct sifive_i2c *i = device;
    uint32_t status = mmio_read32(i->base + COMMAND);
    bool is_sending = i->step == WRITE_ADDRESS || i->step == WRITING ||
                      i->step == READ_ADDRESS;
    if ((status & INTERRUPT) == 0 || i->step <= IDLE)
        return;
    if ((status & LOST) != 0) { /* a line is held by something else */
        i->status = ERR_FAIL;
        finish(i);
    } else if (is_sending && (status & NOT_ACKNOWLEDGED) != 0) {
        refused(i);
    } else {
        next(i);
    }
}
