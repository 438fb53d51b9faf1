/* SPDX-License-Identifier: Apache-2.0 */
/* The device: see mmio.h beside this. */
#include <tests/fake/mmio.h>

#include <stdio.h>
#include <string.h>

#include <arch/interrupts.h>
#include <berth/mmio.h>

#define ACCESSES_MAX 10000u

static const struct fake_device *device;
static uint32_t accesses;
static char writes[4096];
static size_t writes_len;

uint32_t fake_interrupts;
uint32_t fake_waits;

void fake_mmio_forget(void)
{
    accesses = 0;
    writes_len = 0;
    writes[0] = '\0';
}

void fake_mmio(const struct fake_device *d)
{
    device = d;
    fake_interrupts = fake_waits = 0;
    fake_mmio_forget();
}

static void access_check(uint32_t address, uint32_t width)
{
    assert_non_null(device);
    assert_int_equal(width, device->width);
    assert_int_equal(address % width, 0);
    assert_true(++accesses < ACCESSES_MAX);
}

static uint32_t read(uint32_t address, uint32_t width)
{
    access_check(address, width);
    return device->read == NULL ? 0 : device->read(address);
}

static void write(uint32_t address, uint32_t value, uint32_t width)
{
    access_check(address, width);
    size_t room = sizeof writes - writes_len;
    int n = snprintf(writes + writes_len, room, "%s%x=%x",
                     writes_len == 0 ? "" : " ", address, value);
    assert_true(n > 0 && (size_t)n < room);
    writes_len += (size_t)n;
    if (device->write != NULL)
        device->write(address, value);
}

uint32_t mmio_read32(uint32_t address)
{
    return read(address, 4);
}

void mmio_write32(uint32_t address, uint32_t value)
{
    write(address, value, 4);
}

uint8_t mmio_read8(uint32_t address)
{
    return (uint8_t)read(address, 1);
}

void mmio_write8(uint32_t address, uint8_t value)
{
    write(address, value, 1);
}

void interrupts_enable(uint32_t which)
{
    fake_interrupts = which;
}

void interrupts_wait(void)
{
    fake_waits++;
}

void assert_writes_at(const char *text, const char *file, int line)
{
    _assert_string_equal(writes, text, file, line);
    fake_mmio_forget();
}
