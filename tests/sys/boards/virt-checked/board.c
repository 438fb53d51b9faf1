/* SPDX-License-Identifier: Apache-2.0 */
/* For random system calls: every driver there is, on QEMU's virt machine and on
 * models of the devices that it lacks. The kernel's invariants are checked before
 * each choice of who runs next. No process stays away for long: one that faults
 * is started anew at once, for ever, and keep() sees after the others. */
#include <tests/sys/boards/virt-checked/invariants.h>
#include <tests/sys/boards/virt-checked/models.h>

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
#include <drivers/adc.h>
#include <drivers/aes.h>
#include <drivers/button.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/gpio.h>
#include <drivers/hmac.h>
#include <drivers/i2c_master.h>
#include <drivers/pwm.h>
#include <drivers/read_only_state.h>
#include <drivers/rng.h>
#include <drivers/sensor.h>
#include <drivers/sha.h>
#include <drivers/spi_controller.h>
#include <kernel/ipc.h>
#include <kernel/process_admin.h>
#include <loader/line.h>
#include <loader/verifier.h>

#define SLOTS 10 /* one for the verifier */

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

static const struct checker checkers[] = {
    CHECKER_SHA256(&bearssl_sha256),
    CHECKER_HMAC_SHA256(&bearssl_hmac_sha256),
    CHECKER_ECDSA_P256(&bearssl_sha256),
    CHECKER_RSA_2048(&bearssl_sha256),
    CHECKER_RSA_4096(&bearssl_sha512),
};

static struct verifier verifier;
static struct accepted accepted[2 * SLOTS];
static ALIGNED(8) uint8_t digest_state[BEARSSL_DIGEST_STATE];

static struct accept_policy accept_policy = {
    .checkers = checkers,
    .checker_count = ARRAY_COUNT(checkers),
    .keys = board_keys,
    .accepted = accepted,
    .accepted_max = ARRAY_COUNT(accepted),
    .state = digest_state,
    .state_size = sizeof digest_state,
    .verifier = &verifier,
};

static const struct loader_policy loader_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 50,
    .idle_ms = 500,
};

const struct store_place apps_place = {
    APPS_PLACE(&flash_ports[FLASH_OF_APPS].flash, &pflash_geometry, APP_FLASH,
               &layout),
};

const struct loader_config apps_config = {
    .policy = &loader_policy,
    .accept = &accept_policy,
};

/* ---- drivers ---------------------------------------------------------------- */

static struct button_driver button_driver;
static struct gpio_driver gpio_driver;
static struct adc_driver adc_driver;
static struct pwm_driver pwm_driver;
static struct i2c_master i2c_master;
static struct spi_controller spi_controller;
static struct sensor_driver sensor_drivers[MODEL_SENSORS];
static struct read_only_state read_only_state;
static struct ipc ipc;
static struct line line;

/* The app that has power over the others. */
#define MIGHTY 0xF0220003u
static const struct process_authority observers[] = {
    { MIGHTY, AUTHORITY_CONTROL, 0 },
};
static const struct authority_line installers[] = {
    { MIGHTY, AUTHORITY_ANY_KEY },
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

#define SENSOR_ROW(number, i)                                                  \
    {                                                                          \
        number, &sensor_driver_ops, &sensor_drivers[i],                        \
            &sensor_drivers[i].grant                                           \
    }

static const struct driver drivers[] = {
    { DRIVER_BUTTON, &button_driver_ops, &button_driver, &button_driver.grant },
    { DRIVER_GPIO, &gpio_driver_ops, &gpio_driver, &gpio_driver.grant },
    { DRIVER_ADC, &adc_driver_ops, &adc_driver, &adc_driver.grant },
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    { DRIVER_PWM, &pwm_driver_ops, &pwm_driver, &pwm_driver.grant },
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
    APPS_DRIVERS,
    { DRIVER_SPI_CONTROLLER, &spi_controller_ops, &spi_controller,
      &spi_controller.grant },
    { DRIVER_I2C_MASTER, &i2c_master_ops, &i2c_master, &i2c_master.grant },
    { DRIVER_RNG, &rng_ops, &rng, &rng.grant },
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
    { DRIVER_HMAC, &hmac_ops, &hmac, &hmac.grant },
    { DRIVER_SHA, &sha_ops, &sha, &sha.grant },
    { DRIVER_AES, &aes_ops, &aes, &aes.grant },
    KEPT_DRIVERS,
    SENSOR_ROW(DRIVER_TEMPERATURE, 0),
    SENSOR_ROW(DRIVER_HUMIDITY, 1),
    SENSOR_ROW(DRIVER_AMBIENT_LIGHT, 2),
    SENSOR_ROW(DRIVER_PRESSURE, 3),
    { DRIVER_DATE_TIME, &date_time_ops, &date_time, &date_time.grant },
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &cycle_count, NULL },
    { DRIVER_VERIFIER, &verifier_ops, &verifier, &verifier.grant },
    { DRIVER_LOADER_LINE, &line_ops, &line, &line.grant },
    MACHINE_DRIVERS,
};

static void io_init(void)
{
    gpio_driver_init(&gpio_driver, model_pins, MODEL_PINS);
    button_driver_init(&button_driver, model_buttons, MODEL_BUTTONS);
    adc_driver_init(&adc_driver, &model_adc);
    pwm_driver_init(&pwm_driver, model_pwm_pins, MODEL_PWM_PINS);
    i2c_master_init(&i2c_master, &model_i2c);
    spi_controller_init(&spi_controller, &model_spi, 1000000);
    for (uint32_t i = 0; i < MODEL_SENSORS; i++)
        sensor_driver_init(&sensor_drivers[i], model_sensors[i]);
}

static void crypto_init(void)
{
    rng_init(&rng, virtio_rng_init(&virtio_rng) ? &virtio_rng.entropy : NULL);
    irqs[IRQ_RNG].source = virtio_rng.irq;
    crc_init(&crc);
    hmac_init(&hmac, hmac_classes);
    sha_init(&sha, &bearssl_sha256);
    aes_init(&aes, &bearssl_aes);
    verifier_init(&verifier, (uint32_t)verifier_image,
                  (uint32_t)verifier_image_end - (uint32_t)verifier_image);
}

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];
static struct sched_turn next_checked(struct sched *s)
{
    invariants_check(s);
    return sched_round_robin.next(s);
}

static struct sched_turn over_checked(struct sched *s, uint32_t slot)
{
    invariants_check(s);
    return sched_round_robin.over(s, slot);
}

static bool ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    return sched_round_robin.ran(s, slot, ticks);
}

static void passed(struct sched *s, uint32_t ticks)
{
    sched_round_robin.passed(s, ticks);
}

static const struct sched_ops round_robin_checked = { next_checked, ran, passed,
                                                      over_checked };

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("virt-checked", drivers, slots, reserved),
    .scheduler = &round_robin_checked,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 0, .backoff_ms = 1 },
    .ipc = &ipc,
};

/* ---- nobody stays away ---------------------------------------------------------- */

#define KEEP_MS 50u

static struct ktimer keeper;
static struct seen {
    uint32_t pid, syscalls;
} seen[SLOTS];

/* Who was stopped goes on, who has ended begins anew; who waits for an event that
 * was lost, because its queue was full, faults. Whether it can not be has no
 * consequence: the next time is near. */
static void keep(struct ktimer *timer)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        struct process_info info;
        if (!process_inspect(slot, &info) || info.starting)
            continue;
        bool waits =
            info.state == PROCESS_YIELDED || info.state == PROCESS_YIELDED_FOR;
        err_t ignored = OK;
        if (info.state == PROCESS_TERMINATED)
            ignored = process_boot(info.pid);
        else if (info.stopped)
            ignored = process_resume(info.pid);
        else if (waits && info.pid.handle == seen[slot].pid &&
                 info.syscalls == seen[slot].syscalls)
            ignored = process_fault(info.pid);
        (void)ignored;
        seen[slot] = (struct seen){ info.pid.handle, info.syscalls };
    }
    ktimer_arm(timer, ktime_now() + ktime_of_ms(KEEP_MS));
}

static void keeper_begin(void)
{
    keeper.fire = keep;
    ktimer_arm(&keeper, ktime_now() + ktime_of_ms(KEEP_MS));
}

/* ---- the loader app's line -------------------------------------------------------- */

static const struct live_board live_board = {
    .name = "virt-checked",
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
    line_init(&line, &apps_app_loader, &live_board, &apps_loader,
              &machine_line.frames);
    crypto_init();
    io_init();
    goldfish_rtc_init(&rtc);
    date_time_init(&date_time, &rtc.rtc);
    kept_wire(&apps_loader.store, loader_policy.identity, apps_key_of,
              &machine_mux.port);

    kernel_init();
    plic_init();
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    kept_wire_flash(&pflash.flash);
    accept_policy.key_count = board_key_count;
    loader_boot(&apps_loader, ktime_now_low());
    machine_operator_init();
    models_begin();
    keeper_begin();
    kernel_run();
}
