/* SPDX-License-Identifier: Apache-2.0 */
/* See models.h. */
#include <tests/sys/boards/virt-checked/models.h>

#include <kernel/panic.h>

/* ---- chance and time ----------------------------------------------------------- */

static uint32_t chance = 1;

/* 0 .. n - 1 */
static uint32_t below(uint32_t n)
{
    chance ^= chance << 13;
    chance ^= chance >> 17;
    chance ^= chance << 5;
    return (chance >> 8) % n;
}

static void must(bool holds, const char *what)
{
    if (!holds)
        panic(what);
}

/* In up to 200 us. */
static void later(struct ktimer *timer, void (*fire)(struct ktimer *timer))
{
    timer->fire = fire;
    ktimer_arm(timer, ktime_now() + 1 + below(2000));
}

/* ---- pins and buttons ------------------------------------------------------------- */

enum use { PIN_OFF, PIN_INPUT, PIN_OUTPUT };

struct model_pin {
    struct gpio_pin pin;
    struct deferred deferred;
    const struct model_pin *wire; /* what drives it from outside */
    struct model_pin *driven;     /* what it drives */
    enum use use;
    enum gpio_edge edge;
    bool out, pulled_up, is_watched, seen;
};

static struct model_pin *pin_of(struct gpio_pin *pin)
{
    return CONTAINER_OF(pin, struct model_pin, pin);
}

static bool level(const struct model_pin *p)
{
    if (p->use == PIN_OUTPUT)
        return p->out;
    if (p->wire != NULL && p->wire->use == PIN_OUTPUT)
        return p->wire->out;
    return p->pulled_up;
}

/* Something has changed: watched edges are told from the kernel's loop. */
static void pin_look(struct deferred *deferred)
{
    struct model_pin *p = CONTAINER_OF(deferred, struct model_pin, deferred);
    bool now = level(p);
    bool is_edge = now != p->seen &&
                   p->edge != (now ? GPIO_EDGE_FALLING : GPIO_EDGE_RISING);
    p->seen = now;
    if (is_edge && p->is_watched)
        p->pin.client->changed(p->pin.client, &p->pin, now);
}

static void pin_moved(struct model_pin *p)
{
    p->deferred.run = pin_look;
    deferred_call(&p->deferred);
    if (p->driven != NULL) {
        p->driven->deferred.run = pin_look;
        deferred_call(&p->driven->deferred);
    }
}

static void pin_output(struct gpio_pin *pin)
{
    pin_of(pin)->use = PIN_OUTPUT;
    pin_moved(pin_of(pin));
}

/* Pin 3 has no resistor to ground. */
static err_t pin_input(struct gpio_pin *pin, enum gpio_pull pull)
{
    struct model_pin *p = pin_of(pin);
    must((uint32_t)pull <= GPIO_PULL_DOWN, "model: no such resistor");
    if (pull == GPIO_PULL_DOWN && p->wire == NULL)
        return ERR_NOSUPPORT;
    p->use = PIN_INPUT;
    p->pulled_up = pull == GPIO_PULL_UP;
    pin_moved(p);
    return OK;
}

static void pin_set(struct gpio_pin *pin, bool high)
{
    pin_of(pin)->out = high;
    pin_moved(pin_of(pin));
}

static bool pin_get(struct gpio_pin *pin)
{
    return level(pin_of(pin));
}

static void pin_watch(struct gpio_pin *pin, enum gpio_edge edge)
{
    struct model_pin *p = pin_of(pin);
    must((uint32_t)edge <= GPIO_EDGE_FALLING, "model: no such edge");
    p->is_watched = true;
    p->edge = edge;
    p->seen = level(p);
}

static void pin_unwatch(struct gpio_pin *pin)
{
    pin_of(pin)->is_watched = false;
}

static void pin_off(struct gpio_pin *pin)
{
    struct model_pin *p = pin_of(pin);
    p->use = PIN_OFF;
    p->pulled_up = p->is_watched = false;
    pin_moved(p);
}

static const struct gpio_ops pin_ops = { pin_output, pin_input, pin_set,
                                         pin_get,    pin_watch, pin_unwatch,
                                         pin_off };

static struct model_pin pins[3] = {
    { .pin = { .ops = &pin_ops }, .wire = &pins[1], .driven = &pins[1] },
    { .pin = { .ops = &pin_ops }, .wire = &pins[0], .driven = &pins[0] },
    { .pin = { .ops = &pin_ops } },
};

struct gpio_pin *const model_pins[MODEL_PINS] = { &pins[0].pin, &pins[1].pin,
                                                  NULL, &pins[2].pin };

/* A finger drives each button's pin. */
static struct model_pin keys[MODEL_BUTTONS];
static struct model_pin fingers[MODEL_BUTTONS] = {
    { .use = PIN_OUTPUT, .driven = &keys[0] },
    { .use = PIN_OUTPUT, .driven = &keys[1] },
};
static struct model_pin keys[MODEL_BUTTONS] = {
    { .pin = { .ops = &pin_ops }, .wire = &fingers[0] },
    { .pin = { .ops = &pin_ops }, .wire = &fingers[1] },
};
static struct ktimer player;

const struct button model_buttons[MODEL_BUTTONS] = {
    { &keys[0].pin, GPIO_PULL_UP, true },
    { &keys[1].pin, GPIO_PULL_NONE, false },
};

static void play(struct ktimer *timer)
{
    struct model_pin *finger = &fingers[below(MODEL_BUTTONS)];
    finger->out = !finger->out;
    finger->driven->deferred.run = pin_look;
    deferred_call(&finger->driven->deferred);
    ktimer_arm(timer, ktime_now() + ktime_of_ms(1) + below(40000));
}

/* ---- PWM: both pins share a timer ---------------------------------------------------- */

#define PWM_MAX_HZ 1000000u

struct model_pwm {
    struct pwm_pin pin;
    uint32_t *hz; /* 0: it does not run */
    const uint32_t *other;
};

static const struct model_pwm *pwm_of(const struct pwm_pin *pin)
{
    return CONTAINER_OF(pin, const struct model_pwm, pin);
}

static err_t pwm_start(const struct pwm_pin *pin, uint32_t hz, uint32_t duty)
{
    const struct model_pwm *p = pwm_of(pin);
    must(hz >= 1 && hz <= PWM_MAX_HZ && duty <= PWM_DUTY_ALWAYS,
         "model: no such rate or duty");
    if (*p->other != 0 && *p->other != hz)
        return ERR_BUSY;
    *p->hz = hz;
    return OK;
}

static void pwm_stop(const struct pwm_pin *pin)
{
    *pwm_of(pin)->hz = 0;
}

static uint32_t pwm_max_hz(const struct pwm_pin *pin)
{
    (void)pin;
    return PWM_MAX_HZ;
}

static const struct pwm_ops pwm_ops = { pwm_start, pwm_stop, pwm_max_hz };
static uint32_t rates[MODEL_PWM_PINS];
static const struct model_pwm pwms[MODEL_PWM_PINS] = {
    { { &pwm_ops }, &rates[0], &rates[1] },
    { { &pwm_ops }, &rates[1], &rates[0] },
};
const struct pwm_pin *const model_pwm_pins[MODEL_PWM_PINS] = { &pwms[0].pin,
                                                               &pwms[1].pin };

/* ---- I2C: devices at even addresses ---------------------------------------------------- */

static struct {
    struct ktimer timer;
    uint8_t *bytes; /* lent; NULL: idle */
    size_t read;
    err_t status;
} i2c;

static void i2c_done(struct ktimer *timer)
{
    (void)timer;
    uint8_t *bytes = i2c.bytes;
    i2c.bytes = NULL;
    for (size_t i = 0; i < i2c.read && i2c.status == OK; i++)
        bytes[i] = (uint8_t)below(256);
    model_i2c.client->done(model_i2c.client, i2c.status);
}

static err_t i2c_transfer(struct i2c_bus *bus, uint32_t address, uint8_t *bytes,
                          size_t write, size_t read)
{
    (void)bus;
    must(i2c.bytes == NULL && bytes != NULL, "model: two transfers at once");
    must(address <= I2C_ADDRESS_MAX && write <= 64 && read <= 64,
         "model: no such transfer");
    if (below(16) == 0)
        return ERR_FAIL;
    i2c.bytes = bytes;
    i2c.read = read;
    i2c.status = address % 2 != 0 || below(16) == 0 ? ERR_NOACK : OK;
    later(&i2c.timer, i2c_done);
    return OK;
}

static void i2c_abort(struct i2c_bus *bus)
{
    (void)bus;
    must(i2c.bytes != NULL, "model: no transfer to give up");
    i2c.bytes = NULL;
    ktimer_disarm(&i2c.timer);
}

static const struct i2c_ops i2c_ops = { i2c_transfer, i2c_abort };
struct i2c_bus model_i2c = { .ops = &i2c_ops };

/* ---- SPI: answers the complement ---------------------------------------------------------- */

#define SPI_SLOWEST 1000u

static struct {
    struct ktimer timer;
    bool is_selected;
    const uint8_t *out;
    uint8_t *in;
    size_t len; /* 0: idle */
} spi;

static uint32_t spi_rate(struct spi *device, uint32_t hz)
{
    (void)device;
    return hz < SPI_SLOWEST ? 0 : hz - hz % SPI_SLOWEST;
}

static void spi_select(struct spi *device, const struct spi_mode *mode)
{
    must(!spi.is_selected && mode->hz != 0 &&
             spi_rate(device, mode->hz) == mode->hz,
         "model: selected twice, or at no rate there is");
    spi.is_selected = true;
}

static void spi_deselect(struct spi *device)
{
    (void)device;
    must(spi.is_selected && spi.len == 0, "model: deselected in the middle");
    spi.is_selected = false;
}

static void spi_done(struct ktimer *timer)
{
    (void)timer;
    size_t len = spi.len;
    spi.len = 0;
    for (size_t i = 0; i < len && spi.in != NULL; i++)
        spi.in[i] = (uint8_t)~spi.out[i];
    model_spi.client->done(model_spi.client);
}

static void spi_transfer(struct spi *device, const uint8_t *out, uint8_t *in,
                         size_t len)
{
    (void)device;
    must(spi.is_selected && spi.len == 0 && len != 0,
         "model: a transfer in another, of nothing, or not selected");
    spi.out = out;
    spi.in = in;
    spi.len = len;
    later(&spi.timer, spi_done);
}

static const struct spi_ops spi_ops = { spi_rate, spi_select, spi_deselect,
                                        spi_transfer };
struct spi model_spi = { .ops = &spi_ops };

/* ---- ADC --------------------------------------------------------------------------------- */

#define ADC_MAX_HZ 20000u

static struct {
    struct ktimer timer;
    bool is_sampling;
    uint64_t period; /* in ticks; 0: once */
} adc;

static void adc_sampled(struct ktimer *timer)
{
    adc.is_sampling = adc.period != 0;
    if (adc.is_sampling)
        ktimer_arm(timer, ktime_now() + adc.period);
    model_adc.client->sampled(model_adc.client, (uint16_t)(below(4096) << 4));
}

static err_t adc_begin(uint32_t channel, uint64_t period)
{
    must(!adc.is_sampling && channel < model_adc.channels,
         "model: no such channel, or sampling already");
    if (below(16) == 0)
        return ERR_FAIL;
    adc.is_sampling = true;
    adc.period = period;
    later(&adc.timer, adc_sampled);
    return OK;
}

static err_t adc_sample(struct adc *converter, uint32_t channel)
{
    (void)converter;
    return adc_begin(channel, 0);
}

static err_t adc_start(struct adc *converter, uint32_t channel, uint32_t hz)
{
    (void)converter;
    if (hz == 0 || hz > ADC_MAX_HZ)
        return ERR_INVAL;
    return adc_begin(channel, ktime_hz() / hz);
}

static void adc_stop(struct adc *converter)
{
    (void)converter;
    adc.is_sampling = false;
    ktimer_disarm(&adc.timer);
}

static const struct adc_ops adc_ops = { adc_sample, adc_start, adc_stop };
struct adc model_adc = {
    .ops = &adc_ops,
    .channels = 3,
    .bits = 12,
    .reference_mv = 3300,
};

/* ---- sensors --------------------------------------------------------------------------------- */

struct model_sensor {
    struct sensor sensor;
    struct ktimer timer;
    bool is_measuring;
};

static void sensor_measured(struct ktimer *timer)
{
    struct model_sensor *s = CONTAINER_OF(timer, struct model_sensor, timer);
    err_t status = below(8) == 0 ? ERR_FAIL : OK;
    s->is_measuring = false;
    s->sensor.client->measured(s->sensor.client, status,
                               (int32_t)below(4000) - 2000);
}

static err_t sensor_measure(struct sensor *sensor)
{
    struct model_sensor *s = CONTAINER_OF(sensor, struct model_sensor, sensor);
    must(!s->is_measuring, "model: two measurements at once");
    if (below(8) == 0)
        return ERR_OFF;
    s->is_measuring = true;
    later(&s->timer, sensor_measured);
    return OK;
}

static const struct sensor_ops sensor_ops = { sensor_measure };
static struct model_sensor sensors[MODEL_SENSORS] = {
    { .sensor = { .ops = &sensor_ops } },
    { .sensor = { .ops = &sensor_ops } },
    { .sensor = { .ops = &sensor_ops } },
    { .sensor = { .ops = &sensor_ops } },
};
struct sensor *const model_sensors[MODEL_SENSORS] = {
    &sensors[0].sensor,
    &sensors[1].sensor,
    &sensors[2].sensor,
    &sensors[3].sensor,
};

void models_begin(void)
{
    later(&player, play);
}
