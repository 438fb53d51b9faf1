/* SPDX-License-Identifier: Apache-2.0 */
/* See goldfish_rtc.h. The device answers at once; its client has to be told
 * later nevertheless, as with a clock at the end of a slow bus. */
#include <chips/virt/goldfish_rtc.h>

#include <berth/compiler.h>
#include <berth/mmio.h>

enum { TIME_LOW = 0x00, TIME_HIGH = 0x04 };

#define SECOND 1000000000u /* in ns */

static struct goldfish_rtc *self_of(struct rtc *rtc)
{
    return CONTAINER_OF(rtc, struct goldfish_rtc, rtc);
}

/* high:low / SECOND, bit by bit; high < SECOND, so that it fits. */
static uint32_t seconds_of(uint32_t high, uint32_t low)
{
    uint32_t rest = high, quotient = 0;
    for (int bit = 31; bit >= 0; bit--) {
        rest = rest << 1 | (low >> bit & 1);
        quotient <<= 1;
        if (rest >= SECOND) {
            rest -= SECOND;
            quotient |= 1;
        }
    }
    return quotient;
}

static err_t rtc_begin(struct goldfish_rtc *g, enum goldfish_doing doing)
{
    if (g->doing != GOLDFISH_IDLE)
        return ERR_BUSY;
    g->doing = doing;
    deferred_call(&g->deferred);
    return OK;
}

static err_t rtc_read(struct rtc *rtc)
{
    return rtc_begin(self_of(rtc), GOLDFISH_READS);
}

/* No carry can come between the halves while the low one is small. */
static err_t rtc_set(struct rtc *rtc, uint32_t seconds)
{
    struct goldfish_rtc *g = self_of(rtc);
    err_t e = rtc_begin(g, GOLDFISH_SETS);
    if (e != OK)
        return e;
    uint64_t ns = (uint64_t)seconds * SECOND;
    mmio_write32(g->base + TIME_LOW, 0);
    mmio_write32(g->base + TIME_HIGH, (uint32_t)(ns >> 32));
    mmio_write32(g->base + TIME_LOW, (uint32_t)ns);
    return OK;
}

static void on_work(struct deferred *deferred)
{
    struct goldfish_rtc *g =
        CONTAINER_OF(deferred, struct goldfish_rtc, deferred);
    struct rtc_client *client = g->rtc.client;
    bool reads = g->doing == GOLDFISH_READS;
    g->doing = GOLDFISH_IDLE;
    if (!reads) {
        client->set(client, OK);
        return;
    }
    uint32_t low = mmio_read32(g->base + TIME_LOW); /* latches the other */
    uint32_t high = mmio_read32(g->base + TIME_HIGH);
    if (high >= SECOND) /* beyond 2106 */
        client->read(client, ERR_FAIL, 0);
    else
        client->read(client, OK, seconds_of(high, low));
}

const struct rtc_ops goldfish_rtc_ops = { rtc_read, rtc_set };

void goldfish_rtc_init(struct goldfish_rtc *g)
{
    g->deferred.run = on_work;
}
