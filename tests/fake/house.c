/* SPDX-License-Identifier: Apache-2.0 */
/* See house.h. */
#include <tests/fake/house.h>

#include <string.h>

#include <crypto/bearssl_aes.h>
#include <crypto/bearssl_digest.h>
#include <drivers/adc.h>
#include <drivers/aes.h>
#include <drivers/alarm.h>
#include <drivers/app_flash.h>
#include <drivers/button.h>
#include <drivers/console.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/gpio.h>
#include <drivers/hmac.h>
#include <drivers/i2c_master.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <drivers/nonvolatile.h>
#include <drivers/pwm.h>
#include <drivers/read_only_state.h>
#include <drivers/rng.h>
#include <drivers/sensor.h>
#include <drivers/sha.h>
#include <drivers/spi_controller.h>
#include <loader/line.h>
#include <loader/process_info.h>
#include <tests/fake/adc.h>
#include <tests/fake/entropy.h>
#include <tests/fake/flash.h>
#include <tests/fake/gpio.h>
#include <tests/fake/i2c.h>
#include <tests/fake/led.h>
#include <tests/fake/pwm.h>
#include <tests/fake/sensor.h>
#include <tests/fake/spi.h>
#include <tests/fake/storage.h>

enum { MIGHTY = 3, ISOLATED_BYTES = 700, SHARED_BYTES = 600 };
enum { REGION_LEN = 700, REGION_AT = 300, SECTOR = 512 };

static struct {
    struct mux mux;
    struct console console;
    struct alarm_driver alarm;
    struct led_driver led;
    struct button_driver button;
    struct gpio_driver gpio;
    struct adc_driver adc;
    struct low_level_debug debug;
    struct read_only_state state;
    struct pwm_driver pwm;
    struct process_info_driver info;
    struct spi_controller spi;
    struct i2c_master i2c;
    struct rng_driver rng;
    struct crc_driver crc;
    struct hmac_driver hmac;
    struct sha_driver sha;
    struct aes_driver aes;
    struct app_flash app_flash;
    struct nonvolatile nonvolatile;
    struct kv kv;
    struct isolated isolated;
    struct sensor_driver sensors[4];
    struct date_time_driver date_time;
    struct cycle_count cycle_count;
    struct line line;
    struct app_loader rights; /* nothing of it is used */
    struct loader loader;
} d;

#define ROW(number, ops, self)                                                 \
    {                                                                          \
        number, &ops, &(self), &(self).grant                                   \
    }

const struct driver house[HOUSE_DRIVERS] = {
    ROW(DRIVER_ALARM, alarm_ops, d.alarm),
    ROW(DRIVER_CONSOLE, console_ops, d.console),
    { DRIVER_LED, &led_driver_ops, &d.led, NULL },
    ROW(DRIVER_BUTTON, button_driver_ops, d.button),
    ROW(DRIVER_GPIO, gpio_driver_ops, d.gpio),
    ROW(DRIVER_ADC, adc_driver_ops, d.adc),
    ROW(DRIVER_LOW_LEVEL_DEBUG, low_level_debug_ops, d.debug),
    ROW(DRIVER_READ_ONLY_STATE, read_only_state_ops, d.state),
    ROW(DRIVER_PWM, pwm_driver_ops, d.pwm),
    ROW(DRIVER_PROCESS_INFO, process_info_ops, d.info),
    ROW(DRIVER_SPI_CONTROLLER, spi_controller_ops, d.spi),
    ROW(DRIVER_I2C_MASTER, i2c_master_ops, d.i2c),
    ROW(DRIVER_RNG, rng_ops, d.rng),
    ROW(DRIVER_CRC, crc_ops, d.crc),
    ROW(DRIVER_HMAC, hmac_ops, d.hmac),
    ROW(DRIVER_SHA, sha_ops, d.sha),
    ROW(DRIVER_AES, aes_ops, d.aes),
    ROW(DRIVER_APP_FLASH, app_flash_ops, d.app_flash),
    { DRIVER_NONVOLATILE, &nonvolatile_ops, &d.nonvolatile,
      &d.nonvolatile.blocks.driver.grant },
    { DRIVER_KV, &kv_ops, &d.kv, &d.kv.driver.grant },
    { DRIVER_ISOLATED, &isolated_ops, &d.isolated,
      &d.isolated.blocks.driver.grant },
    ROW(DRIVER_TEMPERATURE, sensor_driver_ops, d.sensors[0]),
    ROW(DRIVER_HUMIDITY, sensor_driver_ops, d.sensors[1]),
    ROW(DRIVER_AMBIENT_LIGHT, sensor_driver_ops, d.sensors[2]),
    ROW(DRIVER_PRESSURE, sensor_driver_ops, d.sensors[3]),
    ROW(DRIVER_DATE_TIME, date_time_ops, d.date_time),
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &d.cycle_count, NULL },
    ROW(DRIVER_LOADER_LINE, line_ops, d.line),
};

const struct house_operation house_operations[HOUSE_OPERATIONS] = {
    { .driver = DRIVER_ALARM, .command = 5, .a1 = 500 },
    { .driver = DRIVER_CONSOLE,
      .command = 1,
      .event = 1,
      .a1 = 100,
      .ro = { 0, 100 } },
    { .driver = DRIVER_CONSOLE,
      .command = 2,
      .event = 2,
      .a1 = 8,
      .rw = { 0, 8 },
      .is_stirred = true },
    { .driver = DRIVER_BUTTON, .command = 1, .is_stirred = true },
    { .driver = DRIVER_GPIO, .first = 5, .command = 7, .is_stirred = true },
    { .driver = DRIVER_ADC, .command = 1, .second = ERR_BUSY },
    { .driver = DRIVER_ADC,
      .command = 3,
      .a1 = 1000 << 8,
      .rw = { 40 },
      .second = ERR_BUSY },
    { .driver = DRIVER_SPI_CONTROLLER,
      .command = 2,
      .a1 = 80,
      .ro = { 80 },
      .rw = { 80 } },
    { .driver = DRIVER_I2C_MASTER,
      .command = 3,
      .a1 = 0x50 | 8 << 8,
      .a2 = 16,
      .rw = { 0, 16 } },
    { .driver = DRIVER_RNG, .command = 1, .a1 = 80, .rw = { 80 } },
    { .driver = DRIVER_CRC, .command = 1, .a2 = 300, .ro = { 300 } },
    { .driver = DRIVER_HMAC,
      .command = 1,
      .ro = { 32, 300 },
      .rw = { 0, 0, 32 } },
    { .driver = DRIVER_HMAC, .command = 4, .event = 1, .ro = { 32, 300, 32 } },
    { .driver = DRIVER_SHA, .command = 2, .ro = { 300 }, .rw = { 32 } },
    { .driver = DRIVER_AES,
      .first = 1,
      .command = 2,
      .ro = { 16, 16, 80 },
      .rw = { 80 } },
    { .driver = DRIVER_APP_FLASH,
      .command = 1,
      .a1 = HOUSE_REGION,
      .ro = { 300 } },
    { .driver = DRIVER_NONVOLATILE, .command = 2, .a2 = 300, .rw = { 300 } },
    { .driver = DRIVER_NONVOLATILE,
      .command = 3,
      .event = 1,
      .a2 = 300,
      .ro = { 300 } },
    { .driver = DRIVER_KV, .command = 1, .ro = { 8 }, .rw = { 100 } },
    { .driver = DRIVER_KV, .command = 2, .ro = { 8, 200 } },
    { .driver = DRIVER_ISOLATED, .command = 1 },
    { .driver = DRIVER_ISOLATED, .command = 2, .event = 1, .rw = { 300 } },
    { .driver = DRIVER_ISOLATED, .command = 3, .event = 2, .ro = { 300 } },
    { .driver = DRIVER_TEMPERATURE, .command = 1 },
    { .driver = DRIVER_HUMIDITY, .command = 1 },
    { .driver = DRIVER_AMBIENT_LIGHT, .command = 1 },
    { .driver = DRIVER_PRESSURE, .command = 1 },
    { .driver = DRIVER_DATE_TIME, .command = 1 },
    { .driver = DRIVER_DATE_TIME,
      .command = 2,
      .a1 = 2024u << 9 | 2 << 5 | 29,
      .a2 = 23 << 12 | 59 << 6 | 59 },
};

const struct driver *house_find(uint32_t number)
{
    for (uint32_t i = 0; i < HOUSE_DRIVERS; i++)
        if (house[i].number == number)
            return &house[i];
    return NULL;
}

/* ---- the serial line --------------------------------------------------------------- */

static struct {
    struct uart uart;
    size_t room;
    bool owes_can_send, has_input;
    uint8_t input;
} serial;

static size_t serial_send(struct uart *uart, const uint8_t *bytes, size_t len)
{
    (void)uart, (void)bytes;
    size_t n = len < serial.room ? len : serial.room;
    serial.room -= n;
    serial.owes_can_send |= n < len;
    return n;
}

static size_t serial_receive(struct uart *uart, uint8_t *bytes, size_t len)
{
    (void)uart;
    if (!serial.has_input || len == 0)
        return 0;
    serial.has_input = false;
    *bytes = serial.input;
    return 1;
}

static const struct uart_ops serial_ops = { serial_send, serial_receive, NULL };

static void serial_takes(size_t room)
{
    serial.room = room;
    if (!serial.owes_can_send)
        return;
    serial.owes_can_send = false;
    serial.uart.client->can_send(serial.uart.client);
}

static pid_handle_t attached;

static void typed(void *receiver, const uint8_t *bytes, size_t len)
{
    struct console *console = receiver;
    for (size_t i = 0; i < len; i++)
        (void)console->sink.ops->put(&console->sink, attached.handle, bytes[i]);
}

static void serial_type(uint8_t byte)
{
    serial.input = byte;
    serial.has_input = true;
    serial.uart.client->received(serial.uart.client);
}

/* ---- what the loader is asked --------------------------------------------------------- */

static struct frames frames;
static bool request_takes_longer;

bool app_loader_allows(struct app_loader *driver, struct process *p,
                       uint32_t number)
{
    (void)driver, (void)number;
    return p->info.short_id == MIGHTY + 1;
}

void requests_init(struct requests *requests, const struct live_board *board,
                   struct loader *loader)
{
    requests->board = board;
    requests->loader = loader;
}

bool requests_execute(struct requests *requests, struct request *request,
                      struct reply *reply)
{
    (void)requests, (void)request;
    assert_false(request_takes_longer); /* one at a time */
    reply->words = 2;
    reply->word[1] = 77;
    request_takes_longer = request->type % 2 != 0;
    return !request_takes_longer;
}

void requests_cancel(struct requests *requests)
{
    (void)requests;
    request_takes_longer = false;
}

static void request_ends(void)
{
    if (!request_takes_longer)
        return;
    request_takes_longer = false;
    d.line.requests.done(&d.line.requests);
}

static void frame_send(struct frames *f, uint8_t type, uint16_t sequence,
                       const uint8_t *payload, size_t len)
{
    uint8_t sum = type;
    (void)f, (void)sequence;
    for (size_t i = 0; i < len; i++)
        sum ^= payload[i]; /* it can be read */
    (void)sum;
}

static void frame_hold(struct frames *f, bool on)
{
    (void)f, (void)on;
}

static void frame_comes(uint32_t n)
{
    static uint8_t payload[1024];
    size_t len = n % 3 == 0 ? 0 : n % 3 == 1 ? n : sizeof payload;
    if (n % 5 == 0)
        frames.client->damaged(frames.client);
    else
        frames.client->frame(frames.client, (uint8_t)n, (uint16_t)n, payload,
                             len);
}

static const struct frames_ops frames_ops = { frame_send, frame_hold };

/* ---- pins, converters, buses -------------------------------------------------------------- */

static bool lamps[2];
static const struct fake_led lamp0 = { { &fake_led_ops }, &lamps[0] };
static const struct fake_led lamp1 = { { &fake_led_ops }, &lamps[1] };
static const struct led *const leds[] = { &lamp0.led, &lamp1.led };
static struct fake_pin pins[2], keys[2];
static struct gpio_pin *const gpio_pins[] = { &pins[0].pin, NULL,
                                              &pins[1].pin };
static const struct button buttons[] = {
    { &keys[0].pin, GPIO_PULL_NONE, false },
    { &keys[1].pin, GPIO_PULL_UP, true },
};
static struct fake_pwm_state pwm_states[2];
static const struct fake_pwm pwm0 = { { &fake_pwm_ops }, &pwm_states[0] };
static const struct fake_pwm pwm1 = { { &fake_pwm_ops }, &pwm_states[1] };
static const struct pwm_pin *const pwm_pins[] = { &pwm0.pin, &pwm1.pin };
static struct fake_adc adc;
static struct fake_i2c i2c;
static struct fake_spi spi;
static struct fake_sensor sensors[4];
static struct fake_entropy entropy;

static void io_begin(void)
{
    memset(pins, 0, sizeof pins);
    memset(keys, 0, sizeof keys);
    memset(pwm_states, 0, sizeof pwm_states);
    for (uint32_t i = 0; i < 2; i++)
        pins[i].pin.ops = keys[i].pin.ops = &fake_pin_ops;
    adc = (struct fake_adc){ .adc = { .ops = &fake_adc_ops,
                                      .channels = 2,
                                      .bits = 12,
                                      .reference_mv = 3300 } };
    i2c = (struct fake_i2c){ .bus = { .ops = &fake_i2c_ops } };
    spi = (struct fake_spi){ .spi = { .ops = &fake_spi_ops } };
    for (uint32_t i = 0; i < ARRAY_COUNT(sensors); i++) {
        sensors[i] =
            (struct fake_sensor){ .sensor = { .ops = &fake_sensor_ops } };
        sensor_driver_init(&d.sensors[i], &sensors[i].sensor);
    }
    entropy = (struct fake_entropy){ .entropy = { .ops = &fake_entropy_ops } };
    d.led = (struct led_driver){ leds, ARRAY_COUNT(leds) };
    button_driver_init(&d.button, buttons, ARRAY_COUNT(buttons));
    gpio_driver_init(&d.gpio, gpio_pins, ARRAY_COUNT(gpio_pins));
    adc_driver_init(&d.adc, &adc.adc);
    pwm_driver_init(&d.pwm, pwm_pins, ARRAY_COUNT(pwm_pins));
    i2c_master_init(&d.i2c, &i2c.bus);
    spi_controller_init(&d.spi, &spi.spi, FAKE_SPI_SLOWEST);
    rng_init(&d.rng, &entropy.entropy);
}

static void sensor_event(uint32_t n, err_t status)
{
    if (sensors[n].under_way != 0)
        fake_sensor_done(&sensors[n], status, 2150);
}

/* ---- clock and cycles ----------------------------------------------------------------------- */

static struct {
    struct rtc rtc;
    uint32_t seconds;
    bool reads, sets; /* under way */
} clock_;

static err_t clock_read(struct rtc *rtc)
{
    (void)rtc;
    assert_false(clock_.reads || clock_.sets); /* one at a time */
    clock_.reads = true;
    return OK;
}

static err_t clock_set(struct rtc *rtc, uint32_t seconds)
{
    (void)rtc;
    assert_false(clock_.reads || clock_.sets);
    clock_.sets = true;
    clock_.seconds = seconds;
    return OK;
}

static void clock_event(err_t status)
{
    struct rtc_client *client = clock_.rtc.client;
    bool reads = clock_.reads, sets = clock_.sets;
    clock_.reads = clock_.sets = false;
    if (reads)
        client->read(client, status, clock_.seconds);
    if (sets)
        client->set(client, status);
}

static const struct rtc_ops clock_ops = { clock_read, clock_set };

static uint64_t cycles_now(const struct cycles *cycles)
{
    (void)cycles;
    return ktime_now() * 16;
}

static const struct cycles_ops cycles_ops = { cycles_now };
static const struct cycles cycles = { &cycles_ops };

/* ---- what is kept ---------------------------------------------------------------- */

static struct fake_flash flashes[2];
static struct fake_storage storage;
static uint32_t index_words[2][32];
static ALIGNED(4) uint8_t buffers[2][64];
static struct records_config configs[2];
static struct kept kept[2];
static struct kv_bytes kv_bytes;
static uint8_t blocks[2][BLOCK_SIZE], app_flash_bytes[APP_FLASH_BYTES];
static struct store *store; /* nobody looks at it */
static struct rewrite *rewrite;
static bool rewrite_fails;

err_t rewrite_start(struct store *s, struct rewrite *r)
{
    (void)s;
    assert_null(rewrite);
    assert_true(r->len != 0 && r->at / SECTOR == (r->at + r->len - 1) / SECTOR);
    assert_true(r->at >= REGION_AT && r->at + r->len <= REGION_AT + REGION_LEN);
    if (rewrite_fails)
        return ERR_OFF;
    rewrite = r;
    return OK;
}

bool rewrite_cancel(struct store *s, struct rewrite *r)
{
    (void)s;
    if (rewrite != r || r->at % 2 != 0) /* odd ones have begun */
        return false;
    rewrite = NULL;
    return true;
}

static void rewrite_event(err_t status)
{
    struct rewrite *r = rewrite;
    rewrite = NULL;
    if (r != NULL)
        r->done(r, status);
}

static void kept_begin(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        fake_flash_make(&flashes[i]);
        configs[i] = (struct records_config){
            .flash = &flashes[i].flash,
            .sectors = 8,
            .value_max = i == 0 ? 300 : BLOCK_SIZE,
            .key_max = i == 0 ? KV_KEY_MAX : 0,
            .index_size = 32,
            .index = index_words[i],
            .buffer = buffers[i],
            .buffer_size = sizeof buffers[i],
            .wake = kept_wake,
        };
        kept_init(&kept[i], &configs[i], 7);
    }
    rewrite = NULL;
    rewrite_fails = false;
    storage = (struct fake_storage){ .authority = fake_storage_authority,
                                     .count = 8,
                                     .from = HOUSE_REGION,
                                     .len = REGION_LEN,
                                     .at = REGION_AT };
    kv_init(&d.kv, &kept[0], &storage.authority, &kv_bytes);
    nonvolatile_init(&d.nonvolatile, &kept[1], blocks[0], SHARED_BYTES);
    isolated_init(&d.isolated, &kept[1], blocks[1], &storage.authority,
                  ISOLATED_BYTES, 2);
    app_flash_init(&d.app_flash, store, &storage.authority, SECTOR,
                   app_flash_bytes);
}

/* ---- all of it -------------------------------------------------------------------- */

static const struct process_authority observers[] = {
    { MIGHTY + 1, AUTHORITY_CONTROL, 0 },
};
static const struct live_board live_board = { .name = "house" };
static const struct digest_class *const hmac_classes[HMAC_ALGORITHMS] = {
    &bearssl_hmac_sha256, &bearssl_hmac_sha384, &bearssl_hmac_sha512,
    &bearssl_hmac_sha224, &bearssl_hmac_sha1,   &bearssl_hmac_md5,
};

void house_begin(void)
{
    memset(&d, 0, sizeof d);
    memset(&serial, 0, sizeof serial);
    memset(&clock_, 0, sizeof clock_);
    request_takes_longer = false;
    attached = PID_NONE;
    serial.uart.ops = &serial_ops;
    serial.room = SIZE_MAX;
    clock_.rtc.ops = &clock_ops;
    frames.ops = &frames_ops;
    mux_init(&d.mux, &serial.uart, typed, &d.console);
    console_init(&d.console, &d.mux.port);
    alarm_init(&d.alarm);
    low_level_debug_init(&d.debug, &d.mux.port);
    read_only_state_init(&d.state);
    process_info_init(&d.info, observers, ARRAY_COUNT(observers));
    line_init(&d.line, &d.rights, &live_board, &d.loader, &frames);
    io_begin();
    crc_init(&d.crc);
    hmac_init(&d.hmac, hmac_classes);
    sha_init(&d.sha, &bearssl_sha256);
    aes_init(&d.aes, &bearssl_aes);
    date_time_init(&d.date_time, &clock_.rtc);
    d.cycle_count.cycles = &cycles;
    kept_begin();
    fake_boot(house, HOUSE_DRIVERS);
}

struct process *house_process(uint32_t n)
{
    struct process *p = fake_process("app");
    p->info.short_id = n + 1;
    p->info.filtered = n == MIGHTY;
    storage.of[n].pid = process_pid(p).handle;
    storage.of[n].rights = (struct storage_rights){
        .id = n + 1, .may_write = true, .may_read = true, .may_modify = n != 2
    };
    if (n != 0) {
        storage.of[n].rights.reads = storage.of[n].rights.modifies = 1;
        storage.of[n].rights.read_ids[0] = 1;
        storage.of[n].rights.modify_ids[0] = 1;
    }
    attached = process_pid(p);
    return p;
}

void house_fail(bool on)
{
    flashes[0].fails = flashes[1].fails = rewrite_fails = on;
    adc.refuses = i2c.refuses = entropy.broken = on ? ERR_FAIL : OK;
    for (uint32_t i = 0; i < ARRAY_COUNT(sensors); i++)
        sensors[i].refuses = on ? ERR_OFF : OK;
    pwm_states[0].refuses = on ? ERR_BUSY : OK;
}

static void flash_event(struct fake_flash *flash)
{
    if (flash->is_busy)
        fake_flash_end(flash);
}

void house_event(uint32_t n, err_t status)
{
    switch (n) {
    case 0:
    case 1:
        fake_pin_drive(&pins[n], !pins[n].level);
        break;
    case 2:
    case 3:
        fake_pin_drive(&keys[n - 2], !keys[n - 2].level);
        break;
    case 4:
        if (adc.is_sampling)
            fake_adc_sampled(&adc, 0xABC0);
        break;
    case 5:
        if (i2c.bytes != NULL)
            fake_i2c_done(&i2c, status);
        break;
    case 6:
        if (spi.len != 0)
            fake_spi_done(&spi);
        break;
    case 7:
        sensor_event(0, status);
        sensor_event(1, status);
        break;
    case 8:
        sensor_event(2, status);
        sensor_event(3, status);
        break;
    case 9:
        if (entropy.asked != 0)
            fake_entropy_comes(&entropy, status);
        break;
    case 10:
        clock_event(status);
        break;
    case 11:
    case 12:
        flash_event(&flashes[n - 11]);
        break;
    case 13:
        rewrite_event(status);
        break;
    case 14:
        request_ends();
        break;
    case 15:
        frame_comes((uint32_t)status);
        break;
    case 16:
        serial_type((uint8_t)status);
        break;
    case 17:
        serial_takes((size_t)status);
        break;
    case 18:
        serial_takes(SIZE_MAX);
        break;
    default:
        fake_pass_ms((uint32_t)status);
        break;
    }
}

void house_stir(const struct process *p, const char *text)
{
    attached = process_pid(p);
    for (; *text != '\0'; text++)
        serial_type((uint8_t)*text);
    for (uint32_t n = 0; n < 4; n++)
        house_event(n, OK);
}

static bool sensors_measure(void)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(sensors); i++)
        count += sensors[i].under_way;
    return count != 0;
}

static bool is_under_way(void)
{
    bool samples_once = adc.is_sampling && adc.hz == 0;
    return samples_once || i2c.bytes != NULL || spi.len != 0 ||
           sensors_measure() || entropy.asked != 0 || clock_.reads ||
           clock_.sets || flashes[0].is_busy || flashes[1].is_busy ||
           rewrite != NULL || request_takes_longer || serial.owes_can_send;
}

void house_settle(void)
{
    fake_settle();
    for (uint32_t turns = 0; is_under_way(); turns++) {
        assert_true(turns < 10000); /* else they never end */
        for (uint32_t n = 4; n < 15; n++)
            house_event(n, OK);
        serial_takes(SIZE_MAX);
        fake_settle();
    }
}
