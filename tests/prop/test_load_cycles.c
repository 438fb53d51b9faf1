/* SPDX-License-Identifier: Apache-2.0 */
/* Apps of random sizes are installed, started, ended and removed again and
 * again, 10,000 times, a few at a time. After each, what is not an app's is
 * free; what an app is given is zero, though the one before has left something
 * in all that it had. In the end no byte of RAM or flash is missing.
 * SOURCES: tests/fake/loading.c tests/power/nor.c loader/accept_none.c
 * SOURCES: loader/loader.c loader/load.c
 * SOURCES: loader/update.c loader/identity.c loader/store.c loader/store_chain.c
 * SOURCES: loader/store_journal.c loader/store_sector.c loader/store_transfer.c
 * SOURCES: pic/crc32.c
 * SOURCES: tests/fake/machine.c arch/riscv32/pmp_encode.c pic/tbf.c
 * SOURCES: kernel/deferred.c kernel/driver.c kernel/filter.c kernel/format.c
 * SOURCES: kernel/grant.c kernel/inspect.c kernel/ipc.c kernel/ktime.c kernel/log.c
 * SOURCES: kernel/life.c kernel/main.c kernel/memop.c kernel/process.c kernel/start.c
 * SOURCES: pic/reloc.c kernel/ram.c
 * SOURCES: kernel/sched.c kernel/syscall.c kernel/upcall.c kernel/user.c kernel/trace.c
 * LINK: -Wl,--wrap=flash_hold -Wl,--wrap=flash_release */
#include <tests/fake/loading.h>

#include <string.h>

#define LIVE 3u

static uint32_t chance = 4711;
static uint32_t number, no_ram, no_flash, bytes_seen;
static bool is_there[LIVE];
static char names[LIVE][8] = { "one", "two", "three" };

static uint32_t dice(uint32_t sides)
{
    return nor_random(&chance) % sides;
}

/* All RAM that the app can have reads as zero; it leaves something there. */
static void use_memory(struct process *p)
{
    uint32_t ram = process_ram_start(p), to = p->grant_break;
    (void)machine_call(p, SYSCALL_MEMOP, 0, to, 0, 0);
    assert_answer(p, SYSRET_SUCCESS, 0);
    for (uint32_t at = ram; at < to; at++) {
        assert_int_equal(machine_peek(at), 0);
        machine_poke(at, 0xA5);
    }
    bytes_seen += to - ram;
}

/* The largest piece of RAM there is, beside the record of who asks for more. */
static uint32_t ram_left(void)
{
    struct load_report r = machine_load(MACHINE_FLASH);
    assert_int_equal(r.error, LOAD_NO_RAM);
    assert_int_equal(process_forget(r.pid), OK);
    return r.actual;
}

static void install(uint32_t i)
{
    const struct app app = {
        .name = names[i],
        .short_id = i + 1,
        .version = ++number,
        .ram = 64 + 4 * dice(1400),
        .binary = 64 + 4 * dice(1500),
    };
    err_t e = loading_install(&app, NULL, true);
    if (e == ERR_NOMEM) {
        no_flash++;
        return;
    }
    assert_int_equal(e, OK);
    is_there[i] = true;
    struct process *p = process_find(loading_object(names[i]).pid);
    if (p != NULL) {
        use_memory(p);
        return;
    }
    assert_int_equal(loading.result.report.detail, LOAD_NO_RAM);
    no_ram++;
}

static void removed(uint32_t i)
{
    const struct store_handle h = loading_object(names[i]).store.handle;
    assert_int_equal(
        loading_end(loader_remove(&loading.loader, &loading.client, h)), OK);
    is_there[i] = false;
}

static void no_byte_of_ram_or_flash_is_lost(void **state)
{
    uint32_t free, largest, now;
    struct store *s = &loading.loader.store;
    const uint32_t cycles = 10000;
    (void)state;
    loading_start(NULL, 0);
    loading_quicken();
    loading_put(&(struct app){
        .name = "probe", .ram = MACHINE_RAM_SIZE - 256, .is_disabled = true });
    loading_boot();
    free = loader_space(&loading.loader, &largest);
    uint32_t ram = ram_left();
    for (uint32_t n = 0; n < cycles;) {
        uint32_t i = dice(LIVE);
        if (is_there[i]) {
            removed(i);
            n++;
        } else {
            install(i);
        }
        if (!is_there[0] && !is_there[1] && !is_there[2])
            assert_int_equal(ram_left(), ram);
    }
    for (uint32_t i = 0; i < LIVE; i++)
        if (is_there[i])
            removed(i);
    assert_int_equal(loader_space(&loading.loader, &now), free);
    assert_int_equal(now, largest);
    assert_int_equal(ram_left(), ram);
    assert_int_equal(
        loading_install(
            &(struct app){ .name = "all", .ram = ram - 256, .binary = 16000 },
            NULL, true),
        OK);
    assert_int_equal(loading.result.report.verdict, LOADER_OK);
    print_message("%u cycles, %u KiB of RAM seen zero, %u times no RAM, %u no "
                  "flash; %u erases of %u sectors, %u in 100 installs\n",
                  (unsigned)cycles, (unsigned)(bytes_seen / 1024),
                  (unsigned)no_ram, (unsigned)no_flash, (unsigned)s->erases,
                  LOADING_SECTORS, (unsigned)(s->erases * 100 / cycles));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_of_ram_or_flash_is_lost),
    };
    return machine_main(tests, ARRAY_COUNT(tests));
}
