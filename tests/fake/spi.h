/* SPDX-License-Identifier: Apache-2.0 */
/* An SPI device for tests: struct fake_spi spi = { .spi = { .ops =
 * &fake_spi_ops } }; It answers each byte with the byte's complement; a piece
 * is through when the test says so. */
#ifndef TESTS_FAKE_SPI_H
#define TESTS_FAKE_SPI_H

#include <string.h>

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/spi.h>

#define FAKE_SPI_SLOWEST 1000u

struct fake_spi {
    struct spi spi;
    struct spi_mode mode; /* of the latest select */
    bool is_selected;
    uint8_t sent[4096]; /* since it was selected */
    size_t sent_len;
    uint8_t *in; /* of the piece under way */
    size_t len;  /* of it; 0: none is */
    unsigned selects;
};

static inline struct fake_spi *fake_spi_of(struct spi *spi)
{
    return CONTAINER_OF(spi, struct fake_spi, spi);
}

/* Rates are the slowest, doubled as often as fits. */
static inline uint32_t fake_spi_rate(struct spi *spi, uint32_t hz)
{
    (void)spi;
    uint32_t rate = FAKE_SPI_SLOWEST;
    if (hz < rate)
        return 0;
    while (rate <= hz / 2)
        rate *= 2;
    return rate;
}

static inline void fake_spi_select(struct spi *spi, const struct spi_mode *mode)
{
    struct fake_spi *f = fake_spi_of(spi);
    assert_false(f->is_selected);
    assert_int_equal(fake_spi_rate(spi, mode->hz), mode->hz);
    f->is_selected = true;
    f->mode = *mode;
    f->sent_len = 0;
    f->selects++;
}

static inline void fake_spi_deselect(struct spi *spi)
{
    assert_true(fake_spi_of(spi)->is_selected);
    assert_int_equal(fake_spi_of(spi)->len, 0);
    fake_spi_of(spi)->is_selected = false;
}

static inline void fake_spi_transfer(struct spi *spi, const uint8_t *out,
                                     uint8_t *in, size_t len)
{
    struct fake_spi *f = fake_spi_of(spi);
    assert_true(f->is_selected && f->len == 0 && len != 0);
    assert_true(f->sent_len + len <= sizeof f->sent);
    memcpy(f->sent + f->sent_len, out, len);
    f->sent_len += len;
    f->in = in;
    f->len = len;
}

static const struct spi_ops fake_spi_ops = { fake_spi_rate, fake_spi_select,
                                             fake_spi_deselect,
                                             fake_spi_transfer };

/* The piece under way is through. */
static inline void fake_spi_done(struct fake_spi *f)
{
    assert_int_not_equal(f->len, 0);
    for (size_t i = 0; f->in != NULL && i < f->len; i++)
        f->in[i] = (uint8_t)~f->sent[f->sent_len - f->len + i];
    f->len = 0;
    f->spi.client->done(f->spi.client);
}

#endif
