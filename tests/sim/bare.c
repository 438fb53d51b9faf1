/* SPDX-License-Identifier: Apache-2.0 */
/* A hart, RAM, and nothing else: runs an ELF file whose output and end are
 * semihosting. For comparisons with QEMU's virt, as far as programs that touch
 * no device can tell them apart, and for measuring speed.
 *
 *     bare [--trace] [--no-atomics] [--gdb WHERE] [--most INSTRUCTIONS]
 *          PROGRAM.elf
 *
 * The timer's interrupt is pending all the time, as on virt after reset. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tests/sim/gdb.h>
#include <tests/sim/machine.h>
#include <tests/sim/trace.h>

enum { RAM_BASE = (int)0x80000000, RAM_SIZE = 64 << 20 };

static bool build(struct machine *machine, const struct machine_options *unused)
{
    static struct memory ram = {
        .name = "RAM",
        .base = (uint32_t)RAM_BASE,
        .size = RAM_SIZE,
        .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
    };

    (void)unused;
    ram.bytes = memory_bytes(RAM_SIZE);
    machine_add_memory(machine, &ram);
    return true;
}

static struct machine_model bare = {
    .name = "bare",
    .what = "a hart and RAM",
    .hart = {
        .privileged = PRIVILEGED_1_12,
        .has_a = true,
        .has_counters = true,
        .counters_are_time = true,
        .wfi_takes_block = true,
        .has_mcounteren = true,
        .has_mie_mip = true,
        .has_mprv = true,
        .pmp_entries = 16,
        .lines = 0x888,
    },
    .build = build,
};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run(const char *path, bool traces, const char *gdb, uint64_t most)
{
    static struct machine machine;
    double start, took;
    uint64_t count;
    int status;

    if (!machine_init(&machine, &bare, NULL))
        return 2;
    machine.semihosting = true;
    if (!machine_load_elf(&machine, path, &machine.hart.pc))
        return 2;
    if (traces)
        trace_start(&machine, stderr, false);
    if (gdb != NULL && gdb_listen(&machine, gdb) == NULL)
        return 2;
    machine_set_mtip(&machine, true);
    start = seconds();
    machine_run(&machine, most);
    gdb_end(&machine);
    took = seconds() - start;
    count = machine_instructions(&machine);
    fprintf(stderr, "bare: %" PRIu64 " instructions, %.1f million a second\n",
            count, (double)count / 1e6 / (took > 0 ? took : 1e-9));
    status = machine_status(&machine);
    machine_free(&machine);
    return status;
}

int main(int argc, char **argv)
{
    const char *gdb = NULL;
    uint64_t most = NEVER;
    bool traces = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            traces = true;
        else if (strcmp(argv[i], "--no-atomics") == 0)
            bare.hart.has_a = false;
        else if (strcmp(argv[i], "--most") == 0 && i + 1 < argc)
            most = strtoull(argv[++i], NULL, 0);
        else if (strcmp(argv[i], "--gdb") == 0 && i + 1 < argc)
            gdb = argv[++i];
        else if (i + 1 == argc)
            return run(argv[i], traces, gdb, most);
    }
    fputs("usage: bare [--trace] [--no-atomics] [--gdb WHERE] [--most "
          "INSTRUCTIONS] "
          "PROGRAM.elf\n",
          stderr);
    return 2;
}
