/* SPDX-License-Identifier: Apache-2.0 */
/* See pflash_bank.h. */
#include <tests/sim/devices/pflash_bank.h>

#include <berth/compiler.h>

static uint64_t now_of(const struct pflash_bank *bank)
{
    return machine_now(bank->memory.machine);
}

static void direct_update(struct pflash_bank *bank)
{
    bool is_array = pflash_is_array(&bank->pflash, now_of(bank));
    memory_set_direct(&bank->memory, is_array ? MEMORY_READ | MEMORY_FETCH : 0);
}

static bool bank_load(struct memory *memory, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct pflash_bank *bank = memory->owner;
    *value = pflash_read(&bank->pflash, now_of(bank), offset, bytes);
    return true;
}

static bool bank_store(struct memory *memory, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct pflash_bank *bank = memory->owner;
    const struct power *power = bank->pflash.flash.power;
    uint64_t before = power->operations;
    pflash_write(&bank->pflash, now_of(bank), offset, bytes, value);
    if (power->operations != before)
        memory_changed(memory, power->at, power->len);
    if (bank->pflash.complaint[0] != '\0')
        machine_violation(memory->machine, "%s: %s", memory->name,
                          bank->pflash.complaint);
    if (power->is_cut)
        machine_cut(memory->machine);
    direct_update(bank);
    return true;
}

static bool bank_fetch(struct memory *memory, uint32_t offset,
                       uint32_t *halfword)
{
    struct pflash_bank *bank = memory->owner;
    machine_violation(memory->machine,
                      "instruction fetch at 0x%08x while %s is in mode 0x%02x: "
                      "the chips answer with their status, not with code",
                      memory->base + offset, memory->name,
                      bank->pflash.command);
    *halfword = 0;
    return true;
}

static const struct memory_ops bank_ops = { bank_load, bank_store, bank_fetch,
                                            NULL };

static void bank_reset(struct device *device, enum reset_kind kind)
{
    struct pflash_bank *bank = CONTAINER_OF(device, struct pflash_bank, reset);
    (void)kind;
    pflash_reset(&bank->pflash);
    direct_update(bank);
}

static const struct device_ops reset_ops = { .reset = bank_reset };

void pflash_bank_add(struct machine *machine, struct pflash_bank *bank,
                     const char *name, uint32_t base, uint8_t *bytes,
                     struct power *power)
{
    pflash_init(&bank->pflash, bytes, power);
    bank->memory = (struct memory){
        .name = name,
        .base = base,
        .size = PFLASH_SIZE,
        .bytes = bytes,
        .direct = MEMORY_READ | MEMORY_FETCH,
        .ops = &bank_ops,
        .owner = bank,
    };
    bank->reset = (struct device){ .ops = &reset_ops, .name = name };
    machine_add_memory(machine, &bank->memory);
    machine_add_device(machine, &bank->reset);
}
