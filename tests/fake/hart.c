/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/hart.h>

struct machine machine;
struct hart *const hart = &machine.hart;
static uint8_t *ram_bytes;
FILE *report;
struct memory ram, alias, rom;
struct thing thing;

static bool thing_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    (void)device;
    *value = (uint32_t)machine_now(&machine);
    return offset == 0 && bytes == 4;
}

static bool thing_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    (void)device;
    thing.word = value;
    thing.due = value;
    return offset == 0 && bytes == 4;
}

static uint64_t thing_due(const struct device *device)
{
    (void)device;
    return thing.due;
}

static void thing_serve(struct device *device, uint64_t now)
{
    (void)device;
    thing.due = NEVER;
    thing.served_at = now;
    machine_set_mtip(&machine, true);
}

static const struct device_ops thing_ops = { thing_load, thing_store, thing_due,
                                             thing_serve, NULL };

static bool build(struct machine *m, const struct machine_options *options)
{
    (void)options;
    ram_bytes = memory_bytes(RAM_SIZE);
    ram = (struct memory){ .name = "RAM",
                           .base = RAM,
                           .size = RAM_SIZE,
                           .bytes = ram_bytes,
                           .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
                           .alias = &alias };
    alias = ram;
    alias.base = ALIAS;
    alias.alias = &ram;
    rom = (struct memory){ .name = "ROM",
                           .base = ROM,
                           .size = ROM_SIZE,
                           .bytes = memory_bytes(ROM_SIZE),
                           .direct = MEMORY_READ | MEMORY_FETCH };
    machine_add_memory(m, &ram);
    machine_add_memory(m, &alias);
    machine_add_memory(m, &rom);
    memset(&thing, 0, sizeof(thing));
    thing.due = NEVER;
    thing.device = (struct device){
        .ops = &thing_ops, .name = "thing", .base = REGISTERS, .size = 0x100
    };
    machine_add_device(m, &thing.device);
    return true;
}

/* 1.12 as QEMU's virt has it, but exact. */
static struct machine_model model = {
    .name = "test",
    .build = build,
};

const struct hart_config modern = {
    .privileged = PRIVILEGED_1_12,
    .has_a = true,
    .misaligned_traps = true,
    .has_counters = true,
    .has_mcounteren = true,
    .has_mie_mip = true,
    .has_mprv = true,
    .pmp_entries = 16,
    .lines = 0x888,
    .reset_pc = CODE,
};

static void start(const struct hart_config *config)
{
    model.hart = *config;
    report = tmpfile();
    assert_non_null(report);
    assert_true(machine_init(&machine, &model, NULL));
    machine.report = report;
    assert_true(csr_write(&machine, PRIVILEGE_M, 0x305, HANDLER));
    memset(hart->x, 0, sizeof(hart->x));
}

int set_up(void **unused)
{
    (void)unused;
    start(&modern);
    return 0;
}

int tear_down(void **unused)
{
    (void)unused;
    machine_free(&machine);
    munmap(ram_bytes, RAM_SIZE);
    munmap(rom.bytes, ROM_SIZE);
    fclose(report);
    return 0;
}

int set_up_again(const struct hart_config *config)
{
    tear_down(NULL);
    start(config);
    return 0;
}

void put(uint32_t address, uint32_t word)
{
    assert_true(machine_poke(&machine, address, &word, sizeof(word)));
}

uint32_t get(uint32_t address)
{
    uint32_t word;

    assert_true(machine_peek(&machine, address, &word, sizeof(word)));
    return word;
}

void set_csr(uint32_t number, uint32_t value)
{
    assert_true(csr_write(&machine, PRIVILEGE_M, number, value));
}

uint32_t csr(uint32_t number)
{
    uint32_t value;

    assert_true(csr_read(&machine, PRIVILEGE_M, number, &value));
    return value;
}

void set_mode(enum privilege mode)
{
    hart->privilege = mode;
    set_csr(MSTATUS, csr(MSTATUS)); /* it notices */
}

void execute(uint32_t word)
{
    put(CODE, word);
    put(CODE + 4, NOP);
    put(HANDLER, NOP);
    put(HANDLER + 4, NOP);
    hart->pc = CODE;
    hart->last_trap.is_valid = false;
    machine_run(&machine, 1);
}

void assert_trap(uint32_t cause, uint32_t epc, uint32_t tval)
{
    assert_true(hart->last_trap.is_valid);
    assert_int_equal(hart->last_trap.cause, cause);
    assert_int_equal(hart->mcause, cause);
    assert_int_equal(hart->mepc, epc);
    assert_int_equal(hart->mtval, tval);
    assert_int_equal(hart->privilege, PRIVILEGE_M);
}

void assert_no_trap(void)
{
    assert_false(hart->last_trap.is_valid);
}

void set_entry(uint32_t entry, uint32_t address, uint32_t config)
{
    uint32_t shift = entry % 4 * 8, reg = PMPCFG0 + entry / 4;

    set_csr(PMPADDR0 + entry, address);
    set_csr(reg, (csr(reg) & ~(0xffu << shift)) | config << shift);
}

bool machine_can_load(uint32_t address)
{
    set_mode(PRIVILEGE_M);
    hart->x[T1] = address;
    execute(LW_T0_T1);
    if (hart->last_trap.is_valid)
        assert_trap(CAUSE_LOAD_ACCESS, CODE, address);
    return !hart->last_trap.is_valid;
}

struct hart_config espressif(void)
{
    struct hart_config config = modern;

    config.privileged = PRIVILEGED_1_10;
    config.has_a = config.has_counters = config.has_mcounteren = false;
    config.has_mie_mip = config.has_mprv = false;
    config.mprv_is_doubtful = config.has_tw = config.has_mpc = true;
    config.lines = 0xfffffffe;
    return config;
}
