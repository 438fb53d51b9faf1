/* SPDX-License-Identifier: Apache-2.0 */
/* See sim.h. */
#include <tests/fake/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <berth/compiler.h>

struct fake_sim fake_sim;

void fake_sim_init(void)
{
    memset(&fake_sim, 0, sizeof fake_sim);
}

/* ---- what devices call ---------------------------------------------------------- */

uint64_t machine_now(const struct machine *machine)
{
    (void)machine;
    return fake_sim.now;
}

void machine_add_device(struct machine *machine, struct device *device)
{
    assert_true(machine->device_count < MACHINE_DEVICES);
    device->machine = machine;
    machine->devices[machine->device_count++] = device;
}

void machine_add_memory(struct machine *machine, struct memory *memory)
{
    assert_true(machine->memory_count < MACHINE_MEMORIES);
    memory->machine = machine;
    machine->memories[machine->memory_count++] = memory;
}

uint8_t *memory_bytes(size_t size)
{
    uint8_t *bytes = test_calloc(size, 1);
    assert_non_null(bytes);
    return bytes;
}

void memory_set_direct(struct memory *memory, uint32_t direct)
{
    memory->direct = direct;
}

void memory_changed(struct memory *memory, uint32_t offset, uint32_t size)
{
    assert_true(offset <= memory->size && size <= memory->size - offset);
}

void machine_wake(struct machine *machine)
{
    (void)machine;
}

void machine_set_msip(struct machine *machine, bool level)
{
    (void)machine;
    fake_sim.msip = level;
}

void machine_set_mtip(struct machine *machine, bool level)
{
    (void)machine;
    fake_sim.mtip = level;
}

void machine_set_meip(struct machine *machine, bool level)
{
    (void)machine;
    fake_sim.meip = level;
}

void machine_request_reset(struct machine *machine)
{
    (void)machine;
    fake_sim.is_reset_wanted = true;
}

void machine_request_cpu_reset(struct machine *machine)
{
    (void)machine;
    fake_sim.is_cpu_reset_wanted = true;
}

void machine_set_interrupt(struct machine *machine, uint32_t line, bool level)
{
    uint32_t bit = 1u << line;
    (void)machine;
    fake_sim.interrupts =
        level ? fake_sim.interrupts | bit : fake_sim.interrupts & ~bit;
}

void machine_cut(struct machine *machine)
{
    (void)machine;
    fake_sim.is_cut = true;
}

void machine_exit(struct machine *machine, uint32_t status)
{
    machine->end = END_EXIT;
    machine->exit_status = status;
}

void machine_violation(struct machine *machine, const char *format, ...)
{
    va_list arguments;
    if (machine->violation[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(machine->violation, sizeof machine->violation, format, arguments);
    va_end(arguments);
}

static uint8_t *guest_bytes(struct machine *machine, uint32_t address,
                            size_t length)
{
    for (uint32_t i = 0; i < machine->memory_count; i++) {
        struct memory *m = machine->memories[i];
        uint32_t offset = address - m->base;
        if (offset < m->size && length <= m->size - offset)
            return m->bytes + offset;
    }
    return NULL;
}

bool machine_peek(struct machine *machine, uint32_t address, void *bytes,
                  size_t length)
{
    const uint8_t *at = guest_bytes(machine, address, length);
    if (at)
        memcpy(bytes, at, length);
    return at != NULL;
}

bool machine_poke(struct machine *machine, uint32_t address, const void *bytes,
                  size_t length)
{
    uint8_t *at = guest_bytes(machine, address, length);
    if (at)
        memcpy(at, bytes, length);
    return at != NULL;
}

/* ---- what tests call ------------------------------------------------------------- */

void fake_sim_reset(enum reset_kind kind)
{
    const struct machine *m = &fake_sim.machine;
    for (uint32_t i = 0; i < m->device_count; i++)
        if (m->devices[i]->ops->reset)
            m->devices[i]->ops->reset(m->devices[i], kind);
}

static struct device *first_due(uint64_t *due)
{
    const struct machine *m = &fake_sim.machine;
    struct device *first = NULL;
    *due = NEVER;
    for (uint32_t i = 0; i < m->device_count; i++) {
        struct device *d = m->devices[i];
        uint64_t at = d->ops->due ? d->ops->due(d) : NEVER;
        if (at < *due) {
            *due = at;
            first = d;
        }
    }
    return first;
}

void fake_sim_pass(uint64_t ns)
{
    uint64_t end = fake_sim.now + ns, due;
    struct device *device;
    while ((device = first_due(&due)) != NULL && due <= end) {
        fake_sim.now = due > fake_sim.now ? due : fake_sim.now;
        device->ops->serve(device, fake_sim.now);
    }
    fake_sim.now = end;
}

uint32_t get(struct device *device, uint32_t offset)
{
    uint32_t value = 0xDEADBEEF;
    assert_true(device->ops->load(device, offset, 4, &value));
    return value;
}

void set(struct device *device, uint32_t offset, uint32_t value)
{
    assert_true(device->ops->store(device, offset, 4, value));
}

bool can_get(struct device *device, uint32_t offset, uint32_t bytes)
{
    uint32_t value;
    return device->ops->load &&
           device->ops->load(device, offset, bytes, &value);
}

bool can_set(struct device *device, uint32_t offset, uint32_t bytes)
{
    return device->ops->store && device->ops->store(device, offset, bytes, 0);
}

void expect_violation(const char *part)
{
    char *said = fake_sim.machine.violation;
    if (!strstr(said, part))
        fail_msg("\"%s\" is not in the report \"%s\"", part, said);
    said[0] = '\0';
}

void expect_no_violation(void)
{
    assert_string_equal(fake_sim.machine.violation, "");
}
