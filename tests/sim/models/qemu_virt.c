/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virt machine, 32-bit, one hart with M and U modes: what the board
 * qemu-virt runs on. Other than QEMU's, its flash obeys the rules of flash. */
#include <tests/sim/models/models.h>

#include <stdlib.h>
#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/clint.h>
#include <tests/sim/devices/finisher.h>
#include <tests/sim/devices/flash_file.h>
#include <tests/sim/devices/goldfish_rtc.h>
#include <tests/sim/devices/pflash_bank.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/uart16550.h>
#include <tests/sim/devices/virtio_rng.h>
#include <tests/sim/options.h>

#define RESET_ROM 0x1000u
#define RESET_ROM_SIZE 0xF000u
#define BANK0 0x20000000u
#define BANK1 0x22000000u
#define PCI_WINDOW 0x40000000u
#define RAM 0x80000000u
#define RAM_SIZE (128u << 20)
#define DEVICE_TREE 0x87E00000u

enum { SLOTS = 8, PLIC_SOURCES = 95 };
enum { SOURCE_SLOT_0 = 1, SOURCE_UART = 10, SOURCE_RTC = 11 };

/* What such chips take, where that is wanted. */
#define PROGRAM_NS 300000u
#define ERASE_NS 500000000u

struct virt {
    struct memory rom, ram;
    struct pflash_bank bank0, bank1;
    struct plic plic;
    struct clint clint;
    struct uart16550 uart;
    struct goldfish_rtc rtc;
    struct virtio_rng slots[SLOTS];
    struct device finisher, pci;
    struct absent fw_cfg;
    struct power power;
};

/* Reading what no card answers. */
static bool pci_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    (void)device, (void)offset;
    *value = UINT32_MAX >> (32 - 8 * bytes);
    return true;
}

static bool pci_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    (void)device, (void)offset, (void)bytes, (void)value;
    return true;
}

static const struct device_ops pci_ops = {
    .load = pci_load,
    .store = pci_store,
};

/* The same instructions as in QEMU, so that counts agree. */
static void reset_rom_fill(uint8_t *bytes)
{
    static const uint32_t code[] = {
        0x00000297, /* auipc t0, 0 */
        0x02828613, /* addi a2, t0, 40 */
        0xF1402573, /* csrr a0, mhartid */
        0x0202A583, /* lw a1, 32(t0) */
        0x0182A283, /* lw t0, 24(t0) */
        0x00028067, /* jr t0 */
        BANK0,      0, DEVICE_TREE, 0,
    };
    memcpy(bytes, code, sizeof code);
}

static void memories_add(struct machine *machine, struct virt *v)
{
    v->rom = (struct memory){ .name = "reset ROM",
                              .base = RESET_ROM,
                              .size = RESET_ROM_SIZE,
                              .bytes = memory_bytes(RESET_ROM_SIZE),
                              .direct = MEMORY_READ | MEMORY_FETCH };
    reset_rom_fill(v->rom.bytes);
    v->ram = (struct memory){
        .name = "RAM",
        .base = RAM,
        .size = RAM_SIZE,
        .bytes = memory_bytes(RAM_SIZE),
        .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
    };
    machine_add_memory(machine, &v->ram);
    machine_add_memory(machine, &v->rom);
}

static bool banks_add(struct machine *machine, struct virt *v,
                      const struct machine_options *options)
{
    struct power *power = options->power ? options->power : &v->power;
    uint32_t speed = options->flash_speed ? options->flash_speed : 1;
    uint8_t *apps = options->flash_file
                        ? flash_file_map(options->flash_file, PFLASH_SIZE)
                        : memory_bytes(PFLASH_SIZE);
    if (!apps)
        return false;
    pflash_bank_add(machine, &v->bank0, "flash bank 0", BANK0,
                    memory_bytes(PFLASH_SIZE), power);
    pflash_bank_add(machine, &v->bank1, "flash bank 1", BANK1, apps, power);
    v->bank0.pflash.is_read_only = true;
    if (options->flash_takes_time) {
        v->bank1.pflash.program_ns = PROGRAM_NS / speed;
        v->bank1.pflash.erase_ns = ERASE_NS / speed;
    }
    return true;
}

static void slots_add(struct machine *machine, struct virt *v, uint64_t seed)
{
    for (uint32_t i = 0; i < SLOTS; i++)
        virtio_rng_add(machine, &v->slots[i], 0x10001000u + 0x1000u * i,
                       &v->plic, SOURCE_SLOT_0 + i, i == SLOTS - 1, seed);
}

static bool build(struct machine *machine,
                  const struct machine_options *options)
{
    struct virt *v = calloc(1, sizeof *v);
    if (!v) {
        fputs("berth-sim: no memory\n", stderr);
        return false;
    }
    machine->model_state = v;
    machine->hart.config.smepmp = options->smepmp;
    machine->hart.pmp.smepmp = options->smepmp;
    memories_add(machine, v);
    if (!banks_add(machine, v, options))
        return false;
    plic_add(machine, &v->plic, 0x0C000000, PLIC_SOURCES);
    v->clint.is_late = true;
    clint_add(machine, &v->clint, 0x02000000, 10000000);
    uart16550_add(machine, &v->uart, 0x10000000, options->console, &v->plic,
                  SOURCE_UART);
    goldfish_rtc_add(machine, &v->rtc, 0x00101000, &v->plic, SOURCE_RTC);
    slots_add(machine, v, options->seed);
    finisher_add(machine, &v->finisher, 0x00100000);
    absent_add(machine, &v->fw_cfg, "fw_cfg", 0x10100000, 0x18, true);
    v->pci = (struct device){ .ops = &pci_ops,
                              .name = "PCIe window",
                              .base = PCI_WINDOW,
                              .size = 0x40000000 };
    machine_add_device(machine, &v->pci);
    return true;
}

const struct machine_model model_qemu_virt = {
    .name = "qemu-virt",
    .what = "QEMU's virt, RV32IMAC with M and U, 16 PMP entries, CFI flash",
    .hart = {
        .privileged = PRIVILEGED_1_12,
        .has_a = true,
        .has_time = true,
        .has_counters = true,
        .counters_are_time = true,
        .wfi_takes_block = true,
        .has_mcounteren = true,
        .has_mie_mip = true,
        .has_mprv = true,
        .pmp_entries = 16,
        .lines = 0x888,
        .reset_pc = RESET_ROM,
        .marchid = 0x70216,
        .mimpid = 0x70216,
    },
    .apps_at = BANK1,
    .can_have_smepmp = true,
    .build = build,
};
