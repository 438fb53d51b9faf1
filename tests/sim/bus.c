/* SPDX-License-Identifier: Apache-2.0 */
/* Accesses that execute.c's windows do not know yet, or never will: each is
 * checked here in full, and if it went straight to memory the stretch around
 * it that has the same verdict becomes a window. */
#include <string.h>

#include <tests/sim/core.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "guest memory is copied as the host has it");

static struct window *slot(struct window *windows, uint32_t address)
{
    return &windows[address >> WINDOW_SHIFT & (WINDOW_SLOTS - 1)];
}

static bool is_machine(const struct hart *hart, enum pmp_kind kind)
{
    return kind == PMP_FETCH ? hart->privilege == PRIVILEGE_M
                             : hart->data_privilege != 0;
}

/* A faulting access takes no time. */
static bool fault(struct machine *machine, uint32_t cause, uint32_t address)
{
    machine->hart.left++;
    hart_trap(machine, cause, address);
    return false;
}

/* ---- code that changes ----------------------------------------------------- */

static void forget_stores(struct hart *hart)
{
    memset(hart->stores, 0, sizeof(hart->stores));
}

static void forget_code(struct memory *memory, uint32_t offset, uint32_t size)
{
    uint32_t first = offset < 2 ? 0 : (offset - 2) / 2;

    if (memory->decoded == NULL)
        return;
    for (uint32_t i = first; i <= (offset + size - 1) / 2; i++)
        memory->decoded[i].op = OP_UNKNOWN;
}

static bool has_code(const struct memory *memory, uint32_t offset)
{
    return memory->has_code != NULL && memory->has_code[offset / 256] != 0;
}

void memory_changed(struct memory *memory, uint32_t offset, uint32_t size)
{
    if (size == 0)
        return;
    forget_code(memory, offset, size);
    if (memory->alias != NULL)
        forget_code(memory->alias, offset, size);
}

/* ---- windows --------------------------------------------------------------- */

/* Whether the access goes straight to the bytes; the stretch that does. */
static bool is_direct(struct memory *memory, uint32_t offset, uint32_t bytes,
                      uint32_t kind, uint32_t *from, uint32_t *to)
{
    *from = 0;
    *to = memory->size;
    if ((memory->direct & kind) == 0)
        return false;
    if (memory->ops == NULL || memory->ops->narrow == NULL)
        return true;
    return memory->ops->narrow(memory, offset, from, to) &&
           offset + bytes <= *to;
}

/* The stretch around address, within these offsets, that has its verdict. */
static void find_window(struct machine *machine, const struct memory *memory,
                        uint32_t address, enum pmp_kind kind, uint64_t *from,
                        uint64_t *to)
{
    uint64_t low = (uint64_t)memory->base + *from;
    uint64_t end = (uint64_t)memory->base + *to;

    pmp_verdict(&machine->hart.pmp, address, kind,
                is_machine(&machine->hart, kind), from, to);
    *from = *from > low ? *from : low;
    *to = *to < end ? *to : end;
}

static void learn_data(struct machine *machine, const struct memory *memory,
                       uint32_t address, enum pmp_kind kind, uint64_t from,
                       uint64_t to)
{
    struct hart *hart = &machine->hart;
    struct window *window =
        slot(kind == PMP_LOAD ? hart->loads[hart->data_privilege]
                              : hart->stores[hart->data_privilege],
             address);

    find_window(machine, memory, address, kind, &from, &to);
    window->base = (uint32_t)from;
    window->size = (uint32_t)(to - from);
    window->bytes = memory->bytes + (window->base - memory->base);
}

/* Where a memory has code, or shares its bytes with one that has, stores are
 * learnt a granule at a time, and those near code never. */
static void learn_store(struct machine *machine, const struct memory *memory,
                        uint32_t address, uint32_t from, uint32_t to)
{
    struct hart *hart = &machine->hart;
    struct window *window = slot(hart->stores[hart->data_privilege], address);
    uint32_t granule = address & ~255u, offset = granule - memory->base;
    const struct memory *alias = memory->alias;
    uint32_t cut;

    if (has_code(memory, offset) || (alias != NULL && has_code(alias, offset)))
        return;
    learn_data(machine, memory, address, PMP_STORE, from, to);
    if (memory->decoded == NULL && (alias == NULL || alias->decoded == NULL))
        return;
    if (window->base < granule) {
        cut = granule - window->base;
        window->base += cut;
        window->bytes += cut;
        window->size -= cut;
    }
    if (window->size > granule + 256 - window->base)
        window->size = granule + 256 - window->base;
}

/* ---- loads and stores ------------------------------------------------------ */

static bool memory_load(struct machine *machine, struct memory *memory,
                        uint32_t address, uint32_t bytes, uint32_t *value)
{
    uint32_t offset = address - memory->base, from, to;

    if (is_direct(memory, offset, bytes, MEMORY_READ, &from, &to)) {
        *value = 0;
        memcpy(value, memory->bytes + offset, bytes);
        learn_data(machine, memory, address, PMP_LOAD, from, to);
        return true;
    }
    machine_wake(machine);
    return memory->ops != NULL && memory->ops->load != NULL &&
           (address & (bytes - 1)) == 0 &&
           memory->ops->load(memory, offset, bytes, value);
}

static bool memory_store(struct machine *machine, struct memory *memory,
                         uint32_t address, uint32_t bytes, uint32_t value)
{
    uint32_t offset = address - memory->base, from, to;

    if (is_direct(memory, offset, bytes, MEMORY_WRITE, &from, &to)) {
        memcpy(memory->bytes + offset, &value, bytes);
        memory_changed(memory, offset, bytes);
        learn_store(machine, memory, address, from, to);
        return true;
    }
    machine_wake(machine);
    return memory->ops != NULL && memory->ops->store != NULL &&
           (address & (bytes - 1)) == 0 &&
           memory->ops->store(memory, offset, bytes, value);
}

static bool device_covers(const struct device *device, uint32_t address,
                          uint32_t bytes)
{
    return address - device->base <= device->size - bytes &&
           (address & (bytes - 1)) == 0;
}

/* What is there, without any right being asked for. */
static bool raw_load(struct machine *machine, uint32_t address, uint32_t bytes,
                     uint32_t *value)
{
    struct memory *memory = machine_memory_at(machine, address, bytes);
    struct device *device;

    if (memory != NULL)
        return memory_load(machine, memory, address, bytes, value);
    device = machine_device_at(machine, address);
    if (device == NULL || !device_covers(device, address, bytes))
        return false;
    machine_wake(machine);
    return device->ops->load(device, address - device->base, bytes, value);
}

static bool raw_store(struct machine *machine, uint32_t address, uint32_t bytes,
                      uint32_t value)
{
    struct memory *memory = machine_memory_at(machine, address, bytes);
    struct device *device;

    if (memory != NULL)
        return memory_store(machine, memory, address, bytes, value);
    device = machine_device_at(machine, address);
    if (device == NULL || !device_covers(device, address, bytes))
        return false;
    machine_wake(machine);
    return device->ops->store(device, address - device->base, bytes, value);
}

static bool allows(const struct hart *hart, uint32_t address, uint32_t bytes,
                   enum pmp_kind kind)
{
    return pmp_allows(&hart->pmp, address, bytes, kind, is_machine(hart, kind));
}

static bool is_misaligned(const struct hart *hart, uint32_t address,
                          uint32_t bytes)
{
    return hart->config.misaligned_traps && (address & (bytes - 1)) != 0;
}

bool bus_load(struct machine *machine, uint32_t address, uint32_t bytes,
              uint32_t *value)
{
    struct hart *hart = &machine->hart;

    if (is_misaligned(hart, address, bytes))
        return fault(machine, CAUSE_LOAD_MISALIGNED, address);
    if (!allows(hart, address, bytes, PMP_LOAD) ||
        !raw_load(machine, address, bytes, value))
        return fault(machine, CAUSE_LOAD_ACCESS, address);
    return true;
}

bool bus_store(struct machine *machine, uint32_t address, uint32_t bytes,
               uint32_t value)
{
    struct hart *hart = &machine->hart;

    if (is_misaligned(hart, address, bytes))
        return fault(machine, CAUSE_STORE_MISALIGNED, address);
    if (!allows(hart, address, bytes, PMP_STORE) ||
        !raw_store(machine, address, bytes, value))
        return fault(machine, CAUSE_STORE_ACCESS, address);
    return true;
}

/* ---- atomics --------------------------------------------------------------- */

/* Reservations are held in RAM only. */
static bool can_be_reserved(struct machine *machine, uint32_t address)
{
    const struct memory *memory = machine_memory_at(machine, address, 4);
    uint32_t needs = MEMORY_READ | MEMORY_WRITE;

    return memory != NULL && (memory->direct & needs) == needs;
}

bool bus_load_reserved(struct machine *machine, uint32_t address,
                       uint32_t *value)
{
    struct hart *hart = &machine->hart;

    if ((address & 3) != 0)
        return fault(machine, CAUSE_LOAD_MISALIGNED, address);
    if (!allows(hart, address, 4, PMP_LOAD) ||
        !can_be_reserved(machine, address) ||
        !raw_load(machine, address, 4, value))
        return fault(machine, CAUSE_LOAD_ACCESS, address);
    hart->has_reservation = true;
    hart->reservation = address;
    return true;
}

/* The checks come first: a store that would not be allowed traps whether or
 * not it would have succeeded. */
bool bus_store_conditional(struct machine *machine, uint32_t address,
                           uint32_t value, bool *failed)
{
    struct hart *hart = &machine->hart;

    if ((address & 3) != 0)
        return fault(machine, CAUSE_STORE_MISALIGNED, address);
    if (!allows(hart, address, 4, PMP_STORE) ||
        !can_be_reserved(machine, address))
        return fault(machine, CAUSE_STORE_ACCESS, address);
    *failed = !hart->has_reservation || hart->reservation != address;
    hart->has_reservation = false;
    return *failed || raw_store(machine, address, 4, value);
}

static uint32_t combine(uint32_t op, uint32_t memory, uint32_t operand)
{
    int32_t left = (int32_t)memory, right = (int32_t)operand;

    switch (op) {
    case OP_AMOADD:
        return memory + operand;
    case OP_AMOXOR:
        return memory ^ operand;
    case OP_AMOAND:
        return memory & operand;
    case OP_AMOOR:
        return memory | operand;
    case OP_AMOMIN:
        return left < right ? memory : operand;
    case OP_AMOMAX:
        return left > right ? memory : operand;
    case OP_AMOMINU:
        return memory < operand ? memory : operand;
    case OP_AMOMAXU:
        return memory > operand ? memory : operand;
    default:
        return operand; /* swap */
    }
}

/* Whatever is refused is refused as a store. */
bool bus_atomic(struct machine *machine, const struct instruction *i,
                uint32_t *value)
{
    struct hart *hart = &machine->hart;
    uint32_t address = hart->x[i->rs1], operand = hart->x[i->rs2];

    if ((address & 3) != 0)
        return fault(machine, CAUSE_STORE_MISALIGNED, address);
    if (!allows(hart, address, 4, PMP_LOAD) ||
        !allows(hart, address, 4, PMP_STORE) ||
        !raw_load(machine, address, 4, value) ||
        !raw_store(machine, address, 4,
                   combine(i->op & OP_MASK, *value, operand)))
        return fault(machine, CAUSE_STORE_ACCESS, address);
    return true;
}

/* ---- fetches --------------------------------------------------------------- */

static void start_to_decode(struct machine *machine, struct memory *memory)
{
    if (memory->decoded != NULL)
        return;
    memory->decoded = (struct instruction *)(void *)memory_bytes(
        (size_t)memory->size / 2 * sizeof(struct instruction));
    memory->has_code = memory_bytes(memory->size / 256);
    forget_stores(&machine->hart);
}

/* Its last halfword is left out: an instruction that begins there may reach
 * beyond, and is fetched a halfword at a time. */
static bool learn_fetch(struct machine *machine, uint32_t pc)
{
    struct hart *hart = &machine->hart;
    struct memory *memory = machine_memory_at(machine, pc, 2);
    struct fetch_window *window = &hart->fetch[hart_index(hart->privilege)];
    uint32_t low, high;
    uint64_t from, to;

    if (memory == NULL ||
        !is_direct(memory, pc - memory->base, 2, MEMORY_FETCH, &low, &high) ||
        !allows(hart, pc, 2, PMP_FETCH))
        return false;
    from = low;
    to = high;
    find_window(machine, memory, pc, PMP_FETCH, &from, &to);
    if (pc + UINT64_C(4) > to)
        return false;
    start_to_decode(machine, memory);
    window->base = (uint32_t)from;
    window->size = (uint32_t)(to - from) - 2;
    window->decoded = memory->decoded + (window->base - memory->base) / 2;
    return true;
}

static bool fetch_halfword(struct machine *machine, uint32_t address,
                           uint32_t *halfword)
{
    struct memory *memory = machine_memory_at(machine, address, 2);
    uint32_t offset, from, to;

    if (memory == NULL || !allows(&machine->hart, address, 2, PMP_FETCH))
        return false;
    offset = address - memory->base;
    if (!is_direct(memory, offset, 2, MEMORY_FETCH, &from, &to))
        return memory->ops != NULL && memory->ops->fetch != NULL &&
               memory->ops->fetch(memory, offset, halfword);
    *halfword = 0;
    memcpy(halfword, memory->bytes + offset, 2);
    return true;
}

const struct instruction *bus_fetch(struct machine *machine, uint32_t pc,
                                    struct instruction *scratch)
{
    const struct hart *hart = &machine->hart;
    uint32_t low, high = 0;

    if (learn_fetch(machine, pc)) {
        const struct fetch_window *window =
            &hart->fetch[hart_index(hart->privilege)];

        return &window->decoded[(pc - window->base) / 2];
    }
    if (!fetch_halfword(machine, pc, &low)) {
        hart_trap(machine, CAUSE_FETCH_ACCESS, pc);
        return NULL;
    }
    if (!encoding_is_short(low) && !fetch_halfword(machine, pc + 2, &high)) {
        hart_trap(machine, CAUSE_FETCH_ACCESS, pc + 2);
        return NULL;
    }
    *scratch = decode(high << 16 | low, hart->config.has_a);
    return scratch;
}

void bus_decode(struct machine *machine, uint32_t pc)
{
    struct memory *memory = machine_memory_at(machine, pc, 4);
    uint32_t offset = pc - memory->base, encoding;
    uint32_t first = offset / 256, last = (offset + 3) / 256;

    memcpy(&encoding, memory->bytes + offset, 4);
    memory->decoded[offset / 2] = decode(encoding, machine->hart.config.has_a);
    if (memory->has_code[first] == 0 || memory->has_code[last] == 0) {
        memory->has_code[first] = memory->has_code[last] = 1;
        forget_stores(&machine->hart);
    }
}
