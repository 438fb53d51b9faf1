/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt with credentials: the wiring. main() is the table of contents. */
#include <berth/keys.h>
#include <boards/common/apps.h>
#include <boards/qemu-virt/flash_plan.h>
#include <boards/qemu-virt/machine.h>
#include <chips/common/plic.h>
#include <chips/virt/cycles.h>
#include <chips/virt/goldfish_rtc.h>
#include <chips/virt/pflash.h>
#include <chips/virt/virtio_rng.h>
#include <crypto/bearssl_aes.h>
#include <crypto/bearssl_digest.h>
#include <drivers/aes.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/hmac.h>
#include <drivers/read_only_state.h>
#include <drivers/rng.h>
#include <drivers/sha.h>
#include <kernel/ipc.h>
#include <loader/live.h>
#include <loader/verifier.h>

#define SLOTS 9 /* one for the verifier */

/* ---- hardware -------------------------------------------------------------- */

static struct goldfish_rtc rtc = {
    .rtc = { .ops = &goldfish_rtc_ops },
    .base = 0x00101000,
};
static struct virtio_rng virtio_rng;

/* The entropy device's source is filled in when the device has been found. */
static struct irq irqs[] = {
    MACHINE_UART_IRQ,
    { 0, virtio_rng_serve, &virtio_rng },
};
IRQ_TABLE_OF(irqs)
enum { IRQ_RNG = 1 };

/* ---- app flash ------------------------------------------------------------------ */

static struct pflash pflash;

/* ---- credentials -------------------------------------------------------------- */

/* keys.c has the keys, which the private halves in tests/keys belong to: for
 * trying things out. By their numbers there: */
enum { KEY_HMAC = 1, KEY_ECDSA, KEY_ECDSA_NEXT, KEY_RSA2048, KEY_RSA2048_NEXT };

static const struct checker checkers[] = {
    CHECKER_SHA256(&bearssl_sha256),
    CHECKER_HMAC_SHA256(&bearssl_hmac_sha256),
    CHECKER_ECDSA_P256(&bearssl_sha256),
    CHECKER_RSA_2048(&bearssl_sha256),
    CHECKER_RSA_4096(&bearssl_sha512),
};

static const struct key_successor successors[] = {
    { KEY_ECDSA, KEY_ECDSA_NEXT },
};

static struct verifier verifier;
static struct accepted accepted[2 * SLOTS];
static ALIGNED(8) uint8_t digest_state[BEARSSL_DIGEST_STATE];

static struct accept_policy accept_policy = {
    .is_required = true,
    .checkers = checkers,
    .checker_count = ARRAY_COUNT(checkers),
    .keys = board_keys,
    .successors = successors,
    .successor_count = ARRAY_COUNT(successors),
    .accepted = accepted,
    .accepted_max = ARRAY_COUNT(accepted),
    .state = digest_state,
    .state_size = sizeof digest_state,
    .verifier = &verifier,
};

const struct store_place apps_place = {
    APPS_PLACE(&flash_ports[FLASH_OF_APPS].flash, &pflash_geometry, APP_FLASH,
               &layout),
};

const struct loader_config apps_config = {
    .policy = &apps_policy,
    .accept = &accept_policy,
};

/* ---- drivers ---------------------------------------------------------------- */

static struct read_only_state read_only_state;
static struct ipc ipc;

/* Who sees all processes, and has power over them. */
static const struct process_authority observers[] = {
    { 0x10AD0003, AUTHORITY_CONTROL, KEY_ECDSA },
};

/* Who may install apps: of that ShortId, and signed with that key. */
static const struct authority_line installers[] = {
    { 0x10AD0001, KEY_ECDSA },
    { 0x10AD0002, KEY_RSA2048 },
};

static struct rng_driver rng;
static struct crc_driver crc;
static struct hmac_driver hmac;
static struct sha_driver sha;
static struct aes_driver aes;
static struct date_time_driver date_time;
static struct cycle_count cycle_count = { .cycles = &mcycle_cycles };

static const struct digest_class *const hmac_classes[HMAC_ALGORITHMS] = {
    &bearssl_hmac_sha256, &bearssl_hmac_sha384, &bearssl_hmac_sha512,
    &bearssl_hmac_sha224, &bearssl_hmac_sha1,   &bearssl_hmac_md5,
};

static const struct driver drivers[] = {
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    APPS_DRIVERS,
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
    { DRIVER_RNG, &rng_ops, &rng, &rng.grant },
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
    { DRIVER_HMAC, &hmac_ops, &hmac, &hmac.grant },
    { DRIVER_SHA, &sha_ops, &sha, &sha.grant },
    { DRIVER_AES, &aes_ops, &aes, &aes.grant },
    { DRIVER_DATE_TIME, &date_time_ops, &date_time, &date_time.grant },
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &cycle_count, NULL },
    KEPT_DRIVERS,
    { DRIVER_VERIFIER, &verifier_ops, &verifier, &verifier.grant },
    MACHINE_DRIVERS,
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("qemu-virt-secure", drivers, slots, reserved),
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .fault = { .action = FAULT_STOP },
    .ipc = &ipc,
};

/* ---- live loading ------------------------------------------------------------- */

static struct live live;
static const struct live_board live_board = {
    .name = "qemu-virt-secure",
    .version = kernel_version,
    .flash = APP_FLASH,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

MACHINE_OPERATOR(.kept = kept_order)

int main(void)
{
    machine_init(operator_receive, &machine_operator);
    read_only_state_init(&read_only_state);
    apps_process_info.key_of = apps_key_of;
    apps_wire(observers, ARRAY_COUNT(observers), installers,
              ARRAY_COUNT(installers));
    ipc_init(&ipc);
    rng_init(&rng, virtio_rng_init(&virtio_rng) ? &virtio_rng.entropy : NULL);
    irqs[IRQ_RNG].source = virtio_rng.irq;
    crc_init(&crc);
    hmac_init(&hmac, hmac_classes);
    sha_init(&sha, &bearssl_sha256);
    aes_init(&aes, &bearssl_aes);
    goldfish_rtc_init(&rtc);
    date_time_init(&date_time, &rtc.rtc);
    verifier_init(&verifier, (uint32_t)verifier_image,
                  (uint32_t)verifier_image_end - (uint32_t)verifier_image);
    kept_wire(&apps_loader.store, apps_policy.identity, apps_key_of,
              &machine_mux.port);

    kernel_init();
    plic_init();
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    kept_wire_flash(&pflash.flash);
    accept_policy.key_count = board_key_count;
    loader_boot(&apps_loader, ktime_now_low());
    live_init(&live, &live_board, &apps_loader, &machine_line.frames);
    machine_operator_init();
    kernel_run();
}
