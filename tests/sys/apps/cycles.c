/* SPDX-License-Identifier: Apache-2.0 */
/* Installs, loads, unloads and removes apps of random sizes again and again.
 * At the end as much RAM is there for one app as there was, and one app can have
 * all the flash behind this one. */
#include "check.h"
#include "payload.h"

#define ID 0x55u
#define CYCLES 100u
#define RAM_MOST 0x100000u
#define FLASH_END (117u * 0x40000u) /* of the chain: boards/qemu-virt/kept.h */

static uint32_t chance = 1;

static uint32_t dice(uint32_t sides)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 16) % sides;
}

/* Install and load it with that much RAM, which stands in word 7 of its header;
 * then it is unloaded and removed. What the load said. */
static uint32_t cycle(uint32_t size, uint32_t ram, uint32_t *at)
{
    const struct payload p = { size, 1, ID, 0x55 };
    struct entry e;
    payload_make(&p);
    image[3] ^= image[7] ^ ram;
    image[7] = ram;
    uint32_t status = ask(1, size, 0, NULL);
    if (status == 0)
        status = write_image(0, size, 4096);
    if (status == 0)
        status = ask(3, 0, 0, NULL);
    if (status != 0)
        return REFUSED + status;
    uint32_t loaded = ask(4, 0, 0, NULL);
    if (find(&e, ID, 1) != 0)
        return REFUSED;
    *at = e.handle[0];
    if (loaded == 0 && ask(6, ID, 0, NULL) != 0)
        return REFUSED;
    status = ask_more(5, e.handle[0], e.handle[1]);
    return status == 0 ? loaded : REFUSED + status;
}

/* The most RAM, to 64 bytes, that an app can have. */
static uint32_t ram_most(void)
{
    uint32_t fits = 512, fails = RAM_MOST, at;
    while (fails - fits > 64) {
        uint32_t ram = (fits + fails) / 2 & ~15u;
        uint32_t status = cycle(512, ram, &at);
        if (status == 0)
            fits = ram;
        else if (status == ERR_NOMEM)
            fails = ram;
        else
            return 0;
    }
    return fits;
}

/* From the end of the app of that ShortId on. */
static uint32_t flash_behind(uint32_t short_id)
{
    struct entry e;
    for (uint32_t version = 0; version < 2; version++)
        if (find(&e, short_id, version) == 0)
            return FLASH_END - (e.handle[0] + e.size);
    return 0;
}

int main(void)
{
    uint32_t at, bad = 0;
    check_equal("the first cycle", cycle(4096, 512, &at), 0);
    uint32_t before = ram_most();
    check("RAM is found", before > 4096);
    for (uint32_t n = 0; n < CYCLES; n++)
        bad += cycle(512 + 4 * dice(1900), 64 + 16 * dice(before / 16 - 64),
                     &at) != 0;
    check_equal("all cycles", bad, 0);
    check_equal("no RAM is lost", ram_most(), before);
    uint32_t room = flash_behind(0x10AD0002);
    check("room is found", room > FLASH_END / 2);
    check_equal("no flash is lost", ask(1, room, 0, NULL), 0);
    check_equal("abort", ask(5, 0, 0, NULL), 0);
    check_equal("nor is there more", ask(1, room + 4, 0, NULL), ERR_NOMEM);
    printf("cycles: %u ok, %u FAIL\n", checks_ok, checks_failed);
    (void)install;
    return 0;
}
