/* SPDX-License-Identifier: Apache-2.0 */
/* Regions in, PMP register values out. */
#include <arch/pmp_encode.h>

#include <stdbool.h>

/* W without R is a reserved encoding; anything above X is not a right. */
static bool rights_are_legal(uint32_t rights)
{
    return rights <= (PMP_R | PMP_W | PMP_X) &&
           (rights & (PMP_R | PMP_W)) != PMP_W;
}

static bool region_is_legal(const struct region *r)
{
    return ((r->start | r->end) & 3u) == 0 && r->start <= r->end &&
           rights_are_legal(r->rights);
}

static bool region_grants(const struct region *r)
{
    return r->start != r->end && r->rights != 0;
}

static bool regions_overlap(const struct region *a, const struct region *b)
{
    return region_grants(a) && region_grants(b) && a->start < b->end &&
           b->start < a->end;
}

err_t pmp_encode(const struct region *regions, uint32_t count,
                 struct pmp_image *out)
{
    if (count > PMP_APP_REGIONS)
        return ERR_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        if (!region_is_legal(&regions[i]))
            return ERR_INVAL;
        for (uint32_t j = 0; j < i; j++)
            if (regions_overlap(&regions[i], &regions[j]))
                return ERR_INVAL;
    }

    out->cfg[0] = out->cfg[1] = 0;
    for (uint32_t i = 0; i < PMP_APP_REGIONS; i++) {
        const struct region *r = &regions[i];
        out->addr[2 * i] = out->addr[2 * i + 1] = 0;
        if (i >= count || !region_grants(r))
            continue;
        /* end > start >= 0: never a TOR with address 0, never an empty one. */
        out->addr[2 * i] = r->start >> 2;
        out->addr[2 * i + 1] = r->end >> 2;
        out->cfg[i / 2] |= ((uint32_t)PMP_TOR | r->rights) << (i % 2 * 16 + 8);
    }
    return OK;
}

err_t pmp_encode_napot(uint32_t start, uint32_t size, uint8_t flags,
                       uint32_t *addr, uint8_t *cfg)
{
    bool is_power_of_two = (size & (size - 1)) == 0;
    if (size < 8 || !is_power_of_two || (start & (size - 1)) != 0 ||
        !rights_are_legal(flags & ~PMP_LOCK))
        return ERR_INVAL;
    *addr = start >> 2 | ((size >> 3) - 1);
    *cfg = (uint8_t)(flags | PMP_NAPOT);
    return OK;
}
