/* SPDX-License-Identifier: Apache-2.0 */
/* See spi.h. */
#include <tests/sim/devices/spi.h>

#include <berth/compiler.h>

enum {
    SCKDIV = 0x00,
    SCKMODE = 0x04,
    CSID = 0x10,
    CSDEF = 0x14,
    CSMODE = 0x18,
    DELAY0 = 0x28,
    DELAY1 = 0x2C,
    EXTRADEL = 0x38,
    SAMPLEDEL = 0x3C,
    FMT = 0x40,
    TXDATA = 0x48,
    RXDATA = 0x4C,
    TXMARK = 0x50,
    RXMARK = 0x54,
    FCTRL = 0x60,
    FFMT = 0x64,
    IE = 0x70,
    IP = 0x74,
    SIZE = 0x1000,
};
enum { AUTO = 0, HOLD = 2, OFF = 3 };
enum { TX_WATERMARK = 1, RX_WATERMARK = 2 };

#define FULL_OR_EMPTY 0x80000000u
#define FMT_RESET 0x00080000u
#define FMT_PROTO 3u
#define FMT_LSB_FIRST 4u
#define FMT_NO_RX 8u
#define FMT_LENGTH(fmt) ((fmt) >> 16 & 0xFu)
#define FFMT_RESET 0x00030007u
/* Read with three address bytes; fast read with a dummy byte behind them. */
#define FFMT_READ 0x00030007u
#define FFMT_FAST_READ 0x000B0087u
#define FFMT_COUNTS 0x00FF3FFFu
#define FLASH_HZ_MAX 50000000u
#define NS_PER_S 1000000000u

static struct spi *spi_of(struct device *device)
{
    return CONTAINER_OF(device, struct spi, device);
}

static struct machine *machine_of(const struct spi *s)
{
    return s->device.machine;
}

static uint64_t now_of(const struct spi *s)
{
    return machine_now(machine_of(s));
}

static void fifo_put(struct spi_fifo *f, uint8_t byte)
{
    f->bytes[(f->start + f->level++) % SPI_FIFO] = byte;
}

static uint8_t fifo_get(struct spi_fifo *f)
{
    uint8_t byte = f->bytes[f->start];
    f->start = (f->start + 1) % SPI_FIFO;
    f->level--;
    return byte;
}

static uint32_t pending(const struct spi *s)
{
    return (s->tx.level < s->txmark ? TX_WATERMARK : 0u) |
           (s->rx.level > s->rxmark ? RX_WATERMARK : 0u);
}

static void line_update(struct spi *s)
{
    plic_wire(s->plic, s->source, (pending(s) & s->ie) != 0);
}

static uint32_t serial_hz(const struct spi *s)
{
    return prci_core_hz(s->prci) / (2 * (s->sckdiv + 1));
}

static bool is_mapped(const struct spi *s)
{
    return s->window && (s->fctrl & 1u) != 0;
}

/* ---- the flash's side --------------------------------------------------------------- */

/* What the flash found wrong, or the power that went with an operation. */
static void flash_look(struct spi *s)
{
    if (s->nor->complaint[0] != '\0')
        machine_violation(machine_of(s), "%s, flash %s: %s", s->device.name,
                          s->nor->chip->name, s->nor->complaint);
    if (s->nor->flash.power->is_cut)
        machine_cut(machine_of(s));
}

static void operation_look(struct spi *s, uint64_t before)
{
    const struct flash *flash = &s->nor->flash;
    if (flash->power->operations == before)
        return;
    memory_set_direct(s->window, 0);
    memory_changed(s->window, flash->power->at, flash->power->len);
}

static void chip_select(struct spi *s, bool is_selected)
{
    if (s->is_selected == is_selected)
        return;
    s->is_selected = is_selected;
    if (!s->nor || s->csid != 0)
        return;
    uint64_t before = s->nor->flash.power->operations;
    nor_select(s->nor, now_of(s), is_selected);
    if (s->window)
        operation_look(s, before);
    flash_look(s);
}

static uint8_t exchange(struct spi *s, uint8_t out)
{
    if (s->is_looped && s->csid == 0 && s->is_selected)
        return out;
    if (!s->nor || s->csid != 0 || !s->is_selected)
        return 0xFF;
    uint8_t in = nor_exchange(s->nor, s->shifted, out);
    flash_look(s);
    return in;
}

/* ---- frames ------------------------------------------------------------------------------ */

static uint64_t frame_ns(const struct spi *s)
{
    uint64_t ns =
        (uint64_t)8 * 2 * (s->sckdiv + 1) * NS_PER_S / prci_core_hz(s->prci);
    return ns / (s->speed ? s->speed : 1);
}

#define COMMAND_BYTES 4u /* with its address; fast read has one more */

uint64_t spi_read_ns(const struct spi *spi, uint32_t bytes, bool goes_on)
{
    uint32_t more = (spi->ffmt & FFMT_COUNTS) == FFMT_FAST_READ;
    if (!goes_on)
        bytes += COMMAND_BYTES + more;
    return bytes * frame_ns(spi);
}

static bool is_format_usable(struct spi *s)
{
    if (FMT_LENGTH(s->fmt) == 8 &&
        (s->fmt & (FMT_PROTO | FMT_LSB_FIRST)) == 0 && s->sckmode == 0)
        return true;
    machine_violation(
        machine_of(s),
        "%s: a frame with fmt 0x%08x, sckmode %u: the flash wants "
        "8 bits, single, most significant first, mode 0",
        s->device.name, s->fmt, s->sckmode);
    return false;
}

static bool is_wired(struct spi *s)
{
    if (!s->gpio || gpio_is_function0(s->gpio, s->pins))
        return true;
    machine_violation(machine_of(s),
                      "%s sends while its pins (mask 0x%08x) are not switched "
                      "to it: nothing leaves the chip",
                      s->device.name, s->pins);
    return false;
}

static void shift_next(struct spi *s, uint64_t from)
{
    s->is_shifting = false;
    if (s->tx.level == 0 || is_mapped(s))
        return;
    if (!is_wired(s) || (s->nor && s->csid == 0 && !is_format_usable(s)))
        return;
    if (s->csmode != OFF)
        chip_select(s, true);
    s->out = fifo_get(&s->tx);
    s->is_shifting = true;
    s->shifted = from + frame_ns(s);
}

static void shifted(struct spi *s)
{
    uint8_t in = exchange(s, s->out);
    if ((s->fmt & FMT_NO_RX) == 0) {
        if (s->rx.level < SPI_FIFO)
            fifo_put(&s->rx, in);
        else
            machine_violation(machine_of(s),
                              "%s: a byte is lost, the receive FIFO is full",
                              s->device.name);
    }
    if (s->csmode != HOLD)
        chip_select(s, false);
    shift_next(s, s->shifted);
}

/* A frame on the wire still ends as it began. */
static void csmode_set(struct spi *s, uint32_t mode)
{
    if (s->csmode == HOLD && mode != HOLD && s->tx.level > 0)
        machine_violation(machine_of(s),
                          "%s: the chip select is let go with %u bytes still "
                          "to be sent",
                          s->device.name, s->tx.level);
    s->csmode = mode;
    if (mode != HOLD && !s->is_shifting)
        chip_select(s, false);
}

/* ---- the window --------------------------------------------------------------------------- */

static void check_clock(struct spi *s)
{
    if (is_mapped(s) && serial_hz(s) > FLASH_HZ_MAX)
        machine_violation(machine_of(s),
                          "%s: the flash is read at %u Hz, it is reliable up "
                          "to 50 MHz (sckdiv %u, core at %u Hz)",
                          s->device.name, serial_hz(s), s->sckdiv,
                          prci_core_hz(s->prci));
}

void spi_clock_changed(void *spi)
{
    check_clock(spi);
}

static void check_ffmt(struct spi *s)
{
    uint32_t format = s->ffmt & FFMT_COUNTS;
    if (is_mapped(s) && format != FFMT_READ && format != FFMT_FAST_READ)
        machine_violation(machine_of(s),
                          "%s: memory-mapped reads with ffmt 0x%08x are not "
                          "modelled: only 0x%08x (read), 0x%08x (fast read)",
                          s->device.name, s->ffmt, FFMT_READ, FFMT_FAST_READ);
}

static void window_open(struct spi *s)
{
    bool is_open = is_mapped(s) && !nor_is_busy(s->nor, now_of(s));
    memory_set_direct(s->window, is_open ? MEMORY_READ | MEMORY_FETCH : 0);
}

static void mode_set(struct spi *s, uint32_t fctrl)
{
    bool was_mapped = is_mapped(s);
    s->fctrl = fctrl & 1u;
    if (!s->window || was_mapped == is_mapped(s))
        return;
    if (is_mapped(s) && (s->tx.level > 0 || s->is_shifting))
        machine_violation(machine_of(s),
                          "%s: memory-mapped mode while bytes are still to be "
                          "sent",
                          s->device.name);
    else if (is_mapped(s) && s->is_selected)
        machine_violation(machine_of(s),
                          "%s: memory-mapped mode in the middle of a "
                          "transaction: csmode still holds the chip select",
                          s->device.name);
    window_open(s);
    check_clock(s);
    check_ffmt(s);
    if (!is_mapped(s))
        shift_next(s, now_of(s));
}

static bool window_usable(struct memory *window, uint32_t offset,
                          const char *what)
{
    struct spi *s = window->owner;
    if (!is_mapped(s))
        machine_violation(machine_of(s),
                          "%s of flash at 0x%08x while %s is in FIFO mode",
                          what, window->base + offset, s->device.name);
    else if (nor_is_busy(s->nor, now_of(s)))
        machine_violation(machine_of(s),
                          "%s of flash at 0x%08x while the flash is busy with "
                          "a program or an erase, for %u us more",
                          what, window->base + offset,
                          (uint32_t)((s->nor->busy_until - now_of(s)) / 1000));
    else
        window_open(s);
    return true;
}

static bool window_load(struct memory *window, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    *value = 0;
    window_usable(window, offset, "read");
    for (uint32_t i = 0; i < bytes; i++)
        *value |= (uint32_t)window->bytes[offset + i] << 8 * i;
    return true;
}

static bool window_fetch(struct memory *window, uint32_t offset,
                         uint32_t *halfword)
{
    window_usable(window, offset, "instruction fetch");
    *halfword = window->bytes[offset] | (uint32_t)window->bytes[offset + 1]
                                            << 8;
    return true;
}

/* No store: the bus answers it with an error. */
const struct memory_ops spi_window_ops = {
    .load = window_load,
    .fetch = window_fetch,
};

/* ---- registers ----------------------------------------------------------------------------- */

/* Those that are stored and read back, with what they keep. */
static uint32_t *plain_register(struct spi *s, uint32_t offset, uint32_t *mask)
{
    static const uint32_t masks[SIZE / 16] = {
        [SCKDIV / 4] = 0xFFF,
        [SCKMODE / 4] = 3,
        [CSID / 4] = 3,
        [CSDEF / 4] = 0xF,
        [CSMODE / 4] = 3,
        [DELAY0 / 4] = 0x00FF00FF,
        [DELAY1 / 4] = 0x00FF00FF,
        [EXTRADEL / 4] = 0xFFF,
        [SAMPLEDEL / 4] = 0x1F,
        [FMT / 4] = 0x000F000F,
        [TXMARK / 4] = 7,
        [RXMARK / 4] = 7,
        [FCTRL / 4] = 1,
        [FFMT / 4] = 0xFFFF3FFF,
        [IE / 4] = 3,
    };
    *mask = offset / 4 < ARRAY_COUNT(masks) ? masks[offset / 4] : 0;
    switch (offset) {
    case SCKDIV:
        return &s->sckdiv;
    case SCKMODE:
        return &s->sckmode;
    case CSID:
        return &s->csid;
    case CSDEF:
        return &s->csdef;
    case CSMODE:
        return &s->csmode;
    case DELAY0:
        return &s->delay0;
    case DELAY1:
        return &s->delay1;
    case EXTRADEL:
        return &s->extradel;
    case SAMPLEDEL:
        return &s->sampledel;
    case FMT:
        return &s->fmt;
    case TXMARK:
        return &s->txmark;
    case RXMARK:
        return &s->rxmark;
    case FCTRL:
        return &s->fctrl;
    case FFMT:
        return &s->ffmt;
    case IE:
        return &s->ie;
    default:
        return NULL;
    }
}

static bool spi_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct spi *s = spi_of(device);
    uint32_t mask;
    const uint32_t *plain = plain_register(s, offset, &mask);
    if (bytes != 4)
        return false;
    *value = 0;
    if (plain)
        *value = *plain;
    else if (offset == TXDATA)
        *value = s->tx.level == SPI_FIFO ? FULL_OR_EMPTY : 0;
    else if (offset == RXDATA)
        *value = s->rx.level == 0 ? FULL_OR_EMPTY : fifo_get(&s->rx);
    else if (offset == IP)
        *value = pending(s);
    line_update(s);
    return true;
}

static void send(struct spi *s, uint8_t byte)
{
    if (s->tx.level == SPI_FIFO) {
        machine_violation(machine_of(s),
                          "%s: txdata written while the FIFO is full",
                          s->device.name);
        return;
    }
    fifo_put(&s->tx, byte);
    if (!s->is_shifting)
        shift_next(s, now_of(s));
}

static void register_set(struct spi *s, uint32_t offset, uint32_t value)
{
    uint32_t mask;
    uint32_t *plain = plain_register(s, offset, &mask);
    value &= mask;
    if (offset == CSMODE) {
        csmode_set(s, value);
    } else if (offset == FCTRL) {
        mode_set(s, value);
    } else if (plain) {
        if (offset == CSID && s->is_selected && value != s->csid)
            chip_select(s, false);
        *plain = value;
        check_clock(s);
        check_ffmt(s);
    }
}

static bool spi_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct spi *s = spi_of(device);
    if (bytes != 4)
        return false;
    if (offset == TXDATA)
        send(s, (uint8_t)value);
    else
        register_set(s, offset, value);
    line_update(s);
    return true;
}

static uint64_t spi_due(const struct device *device)
{
    const struct spi *s = CONTAINER_OF(device, const struct spi, device);
    return s->is_shifting ? s->shifted : NEVER;
}

static void spi_serve(struct device *device, uint64_t now)
{
    struct spi *s = spi_of(device);
    if (s->is_shifting && now >= s->shifted)
        shifted(s);
    line_update(s);
}

/* A warm reset does not reach the flash: what it is busy with goes on. */
static void spi_reset(struct device *device, enum reset_kind kind)
{
    struct spi *s = spi_of(device);
    s->is_shifting = false;
    s->tx.level = s->rx.level = 0;
    s->is_selected = false;
    s->sckdiv = 3;
    s->sckmode = s->csid = s->csmode = s->extradel = s->sampledel = 0;
    s->csdef = 1;
    s->delay0 = 0x00010001;
    s->delay1 = 1;
    s->fmt = FMT_RESET;
    s->txmark = s->rxmark = s->ie = 0;
    s->fctrl = 1;
    s->ffmt = FFMT_RESET;
    if (s->nor)
        s->nor->is_selected = false;
    if (s->nor && kind == RESET_POWER_ON)
        nor_power_on(s->nor);
    if (s->window)
        window_open(s);
    line_update(s);
}

static const struct device_ops spi_ops = {
    spi_load, spi_store, spi_due, spi_serve, spi_reset,
};

void spi_add(struct machine *machine, struct spi *spi, const char *name,
             uint32_t base)
{
    spi->device = (struct device){
        .ops = &spi_ops, .name = name, .base = base, .size = SIZE
    };
    machine_add_device(machine, &spi->device);
}
