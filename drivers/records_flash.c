/* SPDX-License-Identifier: Apache-2.0 */
/* Records in flash: see records_priv.h. */
#include <drivers/records_priv.h>
#include <kernel/string.h>

#define MAGIC 0x435242u /* "BRC", above the count of zeros */

uint32_t records_sector_at(const struct records *r, uint32_t number)
{
    return r->config->start + number % r->config->sectors * sector_size(r);
}

bool records_is_blank(const struct records *r, uint32_t at, uint32_t len)
{
    const uint8_t *bytes = flash_at(r, at);
    for (uint32_t i = 0; i < len; i++)
        if (bytes[i] != 0xFF)
            return false;
    return true;
}

step_t records_flash_erase(struct records *r, uint32_t at, step_t then)
{
    struct flash *flash = r->config->flash;
    r->erases++;
    r->after = then;
    return flash->ops->erase(flash, at) == OK ? WAIT : FAILS;
}

step_t records_flash_program(struct records *r, uint32_t at, uint32_t len,
                             step_t then)
{
    struct flash *flash = r->config->flash;
    r->at = at;
    r->part = len;
    r->after = then;
    return flash->ops->program(flash, at, r->config->buffer, len) == OK ? WAIT
                                                                        : FAILS;
}

step_t records_flash_header(struct records *r, uint32_t at, const void *header,
                            step_t then)
{
    memset(r->config->buffer, 0xFF, unit_of(r));
    memcpy(r->config->buffer, header, HEADER);
    return records_flash_program(r, at, unit_of(r), then);
}

uint8_t records_zeros(const void *header)
{
    const uint8_t *b = header;
    uint32_t zeros = 0;
    for (uint32_t i = 8; i < 8 * HEADER; i++)
        zeros += (b[i / 8] >> i % 8 & 1) ^ 1;
    return (uint8_t)zeros;
}

/* ---- records ------------------------------------------------------------------ */

uint32_t records_size(const struct records *r, const header_t *h)
{
    uint32_t body = (uint32_t)h->key_len + h->len;
    return (unit_of(r) + body + unit_of(r) - 1) & ~(unit_of(r) - 1);
}

const header_t *records_read(const struct records *r, uint32_t at)
{
    const struct records_config *c = r->config;
    uint32_t room = sector_size(r) - (at - c->start) % sector_size(r);
    const header_t *h = flash_at(r, at);
    return room >= unit_of(r) && room < sector_size(r) &&
                   h->zeros == records_zeros(h) &&
                   (h->type & ~REMOVED) < RECORDS_TYPES &&
                   h->key_len <= c->key_max && records_size(r, h) <= room
               ? h
               : NULL;
}

/* ---- sectors ------------------------------------------------------------ */

NOINLINE void records_sector_make(const struct records *r, uint32_t number,
                                  uint32_t oldest, struct sector_header *h)
{
    *h = (struct sector_header){ MAGIC << 8, number, oldest,
                                 r->config->sectors << 16 | unit_of(r) };
    h->magic |= records_zeros(h);
}

/* A copy of another sector is not what it says it is. */
const struct sector_header *records_sector_read(const struct records *r,
                                                uint32_t sector)
{
    const struct sector_header *h = flash_at(r, records_sector_at(r, sector));
    struct sector_header made;
    records_sector_make(r, h->number, h->oldest, &made);
    return memcmp(&made, h, HEADER) == 0 &&
                   h->number % r->config->sectors == sector &&
                   h->number - h->oldest < r->config->sectors - 1
               ? h
               : NULL;
}
