/* SPDX-License-Identifier: Apache-2.0 */
/* See pflash.h. An operation is started, looked at a few times, and if it is
 * not over then, looked at by a timer. Its end is told by a deferred call, when
 * the bank reads as memory again. */
#include <berth/mmio.h>
#include <chips/virt/pflash.h>
#include <kernel/flash_hold.h>
#include <kernel/string.h>

/* Each half of a word goes to a chip of its own. */
#define BOTH(x) ((uint32_t)(x) | (uint32_t)(x) << 16)

#define COMMAND_ERASE BOTH(0x20)
#define COMMAND_CLEAR_STATUS BOTH(0x50)
#define COMMAND_CONFIRM BOTH(0xD0)
#define COMMAND_BUFFER BOTH(0xE8)
#define COMMAND_ARRAY BOTH(0xFF)

#define STATUS_READY BOTH(0x80)
#define STATUS_FAILED BOTH(0x3A) /* erase, program, voltage, lock */

#define LOOKS 4u /* at once */
#define PROGRAM_MS 100u
#define ERASE_MS 10000u

const struct flash_geometry pflash_geometry = {
    .size = 32u << 20,
    .sector_size = 256u << 10,
    .word_size = 4,
    .burst = PFLASH_BURST,
    .reprogram = true,
    .read_while_busy = false,
};

static struct pflash *self_of(struct flash *flash)
{
    return CONTAINER_OF(flash, struct pflash, flash);
}

static void put(const struct pflash *b, uint32_t at, uint32_t value)
{
    mmio_write32(b->base + at, value);
}

static uint32_t get(const struct pflash *b, uint32_t at)
{
    return mmio_read32(b->base + at);
}

/* ---- the end of an operation ----------------------------------------------- */

static void end_tell(struct deferred *end)
{
    struct pflash *b = CONTAINER_OF(end, struct pflash, end);
    b->is_busy = false;
    flash_open();
    b->flash.client->done(b->flash.client, b->result);
}

/* The bank is memory again. Clearing the status says so too, but on some chips
 * only until the next look. */
static NOINLINE void end(struct pflash *b, err_t e)
{
    put(b, b->at, COMMAND_CLEAR_STATUS);
    put(b, b->at, COMMAND_ARRAY);
    b->result = e;
    flash_call(&b->end);
}

/* True when it is over, well or not. */
static bool look(struct pflash *b)
{
    uint32_t status = get(b, b->at);
    if ((status & STATUS_READY) != STATUS_READY)
        return false;
    end(b, (status & STATUS_FAILED) == 0 ? OK : ERR_FAIL);
    return true;
}

static void look_later(struct pflash *b)
{
    ktimer_arm(&b->timer, ktime_now() + b->poll);
}

static void on_timer(struct ktimer *timer)
{
    struct pflash *b = CONTAINER_OF(timer, struct pflash, timer);
    if (!look(b)) {
        if (ktime_now_low() - b->began < b->limit) {
            look_later(b);
            return;
        }
        end(b, ERR_FAIL);
    }
    flash_release();
}

static void wait_for(struct pflash *b, uint32_t limit_ms, uint32_t poll)
{
    for (uint32_t i = 0; i < LOOKS; i++)
        if (look(b))
            return;
    b->began = ktime_now_low();
    b->limit = (uint32_t)ktime_of_ms(limit_ms);
    b->poll = poll;
    flash_hold();
    look_later(b);
}

static err_t begin(struct pflash *b, uint32_t at)
{
    if (b->is_busy)
        return ERR_BUSY;
    b->is_busy = true;
    b->at = at - at % pflash_geometry.sector_size;
    flash_open();
    return OK;
}

/* ---- operations -------------------------------------------------------------- */

static err_t erase(struct flash *flash, uint32_t at)
{
    struct pflash *b = self_of(flash);
    if (at >= pflash_geometry.size || at % pflash_geometry.sector_size != 0)
        return ERR_INVAL;
    err_t e = begin(b, at);
    if (e != OK)
        return e;
    put(b, at, COMMAND_ERASE);
    put(b, at, COMMAND_CONFIRM);
    wait_for(b, ERASE_MS, ktime_hz() / 1000);
    return OK;
}

/* What flash will hold: a program only clears bits. Not all models of the chip
 * know, so it is done here. False: nothing changes. */
static bool words_make(const struct pflash *b, uint32_t *words, uint32_t at,
                       const uint8_t *bytes, uint32_t len)
{
    typedef uint32_t MAY_ALIAS word;
    const word *from = (const void *)bytes;
    uint32_t changes = 0;
    if ((uintptr_t)bytes % 4 != 0)
        from = memcpy(words, bytes, len);
    for (uint32_t i = 0; i < len / 4; i++) {
        uint32_t old = get(b, at + 4 * i);
        words[i] = from[i] & old;
        changes |= words[i] ^ old;
    }
    return changes != 0;
}

/* The buffer takes words of one window of 4 KiB, of which a burst is part. The
 * commands go to that window, too: QEMU takes it from them. */
static void buffer_send(const struct pflash *b, uint32_t at,
                        const uint32_t *words, uint32_t count)
{
    put(b, at, COMMAND_BUFFER);
    put(b, at, BOTH(count - 1));
    for (uint32_t i = 0; i < count; i++)
        put(b, at + 4 * i, words[i]);
    put(b, at, COMMAND_CONFIRM);
}

static err_t program(struct flash *flash, uint32_t at, const uint8_t *bytes,
                     uint32_t len)
{
    struct pflash *b = self_of(flash);
    uint32_t words[PFLASH_BURST / 4];
    uint32_t room = PFLASH_BURST - at % PFLASH_BURST;
    if (at >= pflash_geometry.size || at % 4 != 0 || len % 4 != 0 || len == 0 ||
        len > room)
        return ERR_INVAL;
    err_t e = begin(b, at);
    if (e != OK)
        return e;
    if (!words_make(b, words, at, bytes, len)) {
        b->result = OK;
        flash_call(&b->end);
        return OK;
    }
    buffer_send(b, at, words, len / 4);
    wait_for(b, PROGRAM_MS, ktime_hz() / 10000);
    return OK;
}

const struct flash_ops pflash_ops = { .program = program, .erase = erase };

void pflash_init(struct pflash *bank, uint32_t base, const uint8_t *bytes)
{
    bank->flash.ops = &pflash_ops;
    bank->flash.geometry = &pflash_geometry;
    bank->flash.base = bytes;
    bank->base = base;
    bank->end.run = end_tell;
    bank->timer.fire = on_timer;
    put(bank, 0, COMMAND_ARRAY);
}
