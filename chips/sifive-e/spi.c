/* SPDX-License-Identifier: Apache-2.0 */
/* See spi.h. Each byte that goes out brings one in: while no more are under way
 * than the receive FIFO holds, none is lost, whenever the interrupt is served. It
 * comes when half of what is under way, or all that is left, is in. */
#include <chips/sifive-e/spi.h>

#include <berth/compiler.h>
#include <berth/mmio.h>

enum {
    SCKDIV = 0x00,
    SCKMODE = 0x04,
    CSID = 0x10,
    CSDEF = 0x14,
    CSMODE = 0x18,
    FMT = 0x40,
    TXDATA = 0x48,
    RXDATA = 0x4C,
    RXMARK = 0x54,
    IE = 0x70,
};
enum { AUTO = 0, HOLD = 2 };
enum { WATERMARK_RX = 2 };

#define PHASE_TRAILING 1u
#define IDLE_HIGH 2u
#define EMPTY 0x80000000u
#define EIGHT_BITS 0x00080000u /* one line, most significant bit first */
#define SCKDIV_MAX 0xFFFu
#define FIFO 8u
#define HALF (FIFO / 2)

static struct sifive_spi *self_of(struct spi *spi)
{
    return CONTAINER_OF(spi, struct sifive_spi, spi);
}

/* The rate is half of the clock, divided by one more. What gives at most `hz`,
 * fractions of a Hz left out, so that a rate gives its own divider. */
static uint32_t divider_of(const struct sifive_spi *s, uint32_t hz)
{
    return hz >= s->clock / 2 ? 0 : s->clock / 2 / (hz + 1);
}

static uint32_t spi_rate(struct spi *spi, uint32_t hz)
{
    const struct sifive_spi *s = self_of(spi);
    uint32_t divider = divider_of(s, hz);
    return divider > SCKDIV_MAX ? 0 : s->clock / 2 / (divider + 1);
}

/* The clock idles as it should before the device is selected. */
static void spi_select(struct spi *spi, const struct spi_mode *mode)
{
    const struct sifive_spi *s = self_of(spi);
    mmio_write32(s->base + SCKDIV, divider_of(s, mode->hz));
    mmio_write32(s->base + SCKMODE, (mode->trailing ? PHASE_TRAILING : 0) |
                                        (mode->idle_high ? IDLE_HIGH : 0));
    mmio_write32(s->base + CSID, s->chip_select);
    mmio_write32(s->base + CSMODE, HOLD);
}

static void spi_deselect(struct spi *spi)
{
    mmio_write32(self_of(spi)->base + CSMODE, AUTO);
}

static void bytes_send(struct sifive_spi *s)
{
    while (s->sent < s->len && s->sent - s->received < FIFO)
        mmio_write32(s->base + TXDATA, s->out[s->sent++]);
    uint32_t left = s->len - s->received;
    mmio_write32(s->base + RXMARK, (left < HALF ? left : HALF) - 1);
}

/* Sending in place: what is sent is ahead of what has come. */
static void bytes_receive(struct sifive_spi *s)
{
    while (s->received < s->sent) {
        uint32_t word = mmio_read32(s->base + RXDATA);
        if ((word & EMPTY) != 0)
            return;
        if (s->in != NULL)
            s->in[s->received] = (uint8_t)word;
        s->received++;
    }
}

static void spi_transfer(struct spi *spi, const uint8_t *out, uint8_t *in,
                         size_t len)
{
    struct sifive_spi *s = self_of(spi);
    s->out = out;
    s->in = in;
    s->len = (uint32_t)len;
    s->sent = s->received = 0;
    bytes_send(s);
    mmio_write32(s->base + IE, WATERMARK_RX);
}

const struct spi_ops sifive_spi_ops = { spi_rate, spi_select, spi_deselect,
                                        spi_transfer };

void sifive_spi_init(struct sifive_spi *s)
{
    mmio_write32(s->base + IE, 0);
    mmio_write32(s->base + CSMODE, AUTO);
    mmio_write32(s->base + CSDEF,
                 mmio_read32(s->base + CSDEF) | 1u << s->chip_select);
    mmio_write32(s->base + FMT, EIGHT_BITS);
    while ((mmio_read32(s->base + RXDATA) & EMPTY) == 0 &&
           mmio_read32(s->base + FMT) != 0) /* QEMU has none: all reads 0 */
        ;
    s->len = s->received = 0;
}

void sifive_spi_serve(void *device)
{
    struct sifive_spi *s = device;
    if (s->received == s->len)
        return; /* an interrupt for what was taken already */
    bytes_receive(s);
    if (s->received < s->len) {
        bytes_send(s);
        return;
    }
    mmio_write32(s->base + IE, 0);
    s->spi.client->done(s->spi.client);
}
