/* SPDX-License-Identifier: Apache-2.0 */
/* See crc.h. All three are computed with the register reversed, so that a byte
 * goes in at the low end; CRC-16 is turned round when it is done. */
#include <drivers/crc.h>

enum { EXISTS, COMPUTE };
enum { BUFFER_BYTES = 0 };
enum { EVENT_DONE = 0, EVENT_COUNT };
enum { CRC_32, CRC_32C, CRC_16_CCITT, ALGORITHMS };

#define STEP 64u /* bytes of one deferred call: some 4,400 instructions */

static const uint32_t polynomials[ALGORITHMS] = { 0xEDB88320u, 0x82F63B78u,
                                                  0x8408u };

struct ALIGNED(8) app_crc {
    struct turn turn; /* first */
    uint32_t algorithm, length, done, crc;
};

static uint32_t crc_add(uint32_t crc, uint32_t polynomial, const uint8_t *bytes,
                        size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? polynomial : 0);
    }
    return crc;
}

static uint32_t reversed16(uint32_t word)
{
    uint32_t out = 0;
    for (int bit = 0; bit < 16; bit++)
        out |= (word >> bit & 1) << (15 - bit);
    return out;
}

static void finish(const struct crc_driver *crc, struct process *p,
                   struct app_crc *a, err_t status)
{
    uint32_t sum = a->algorithm == CRC_16_CCITT ? reversed16(a->crc) : ~a->crc;
    a->turn.waits = false;
    upcall_queue(&crc->grant, p, EVENT_DONE, (uint32_t)status,
                 status == OK ? sum : 0, 0);
}

static void step(struct steps *steps, struct process *p, struct turn *turn)
{
    const struct crc_driver *crc =
        CONTAINER_OF(steps, struct crc_driver, steps);
    struct app_crc *a = CONTAINER_OF(turn, struct app_crc, turn);
    uint8_t piece[STEP];
    uint32_t len = a->length - a->done;
    if (len > STEP)
        len = STEP;
    struct uslice from = allowed_ro(&crc->grant, p, BUFFER_BYTES);
    if (from.len < a->length || user_read(p, piece, from, a->done, len) != OK) {
        finish(crc, p, a, ERR_SIZE);
        return;
    }
    a->crc = crc_add(a->crc, polynomials[a->algorithm], piece, len);
    a->done += len;
    if (a->done == a->length)
        finish(crc, p, a, OK);
}

static struct sysret compute(struct crc_driver *crc, struct process *p,
                             uint32_t algorithm, uint32_t length)
{
    if (algorithm >= ALGORITHMS)
        return sysret_failure(ERR_INVAL);
    struct app_crc *a = grant_enter(&crc->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (a->turn.waits)
        return sysret_failure(ERR_BUSY);
    if (length == 0 || length > allowed_ro(&crc->grant, p, BUFFER_BYTES).len)
        return sysret_failure(ERR_SIZE);
    a->algorithm = algorithm;
    a->length = length;
    a->done = 0;
    a->crc = algorithm == CRC_16_CCITT ? 0xFFFFu : 0xFFFFFFFFu;
    steps_begin(&crc->steps, &a->turn);
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    if (number == EXISTS)
        return sysret_success();
    if (number != COMPUTE)
        return sysret_failure(ERR_NOSUPPORT);
    return compute(self, p, arg1, arg2);
}

const struct driver_ops crc_ops = { .command = command };

void crc_init(struct crc_driver *crc)
{
    crc->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .allow_ro = 1,
        .size = sizeof(struct app_crc),
    };
    steps_init(&crc->steps, &crc->grant, step);
}
