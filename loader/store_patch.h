/* SPDX-License-Identifier: Apache-2.0 */
/* Many small writes to app flash for the price of few rewrites: the sector
 * they lie in is kept open. For bootloader mode, where a tool writes page by
 * page what it likes and no app runs.
 *
 * An open sector grows in the spare one, from its start on, out of what is
 * written and of what was there. It is completed when a write lies in another
 * sector, or goes back to what has been passed, or at the close: then the
 * journal says so, and the sector is copied back. Cut the power at any moment,
 * and each sector reads as before it was opened or as it was completed. */
#ifndef LOADER_STORE_PATCH_H
#define LOADER_STORE_PATCH_H

#include <loader/store.h>

/* Zeroed, then store_patch_init(). */
struct store_patch {
    uint32_t sector, spare; /* the open one, NONE: none is; and where it is */
    uint32_t filled;        /* so far, as an offset in the device */
    struct rewrite write;   /* the part of the write that is under way */
    uint32_t len;           /* and the rest of it, with that part */
    flag_t is_changed;      /* since init */
    flag_t is_closing;
};

/* For a store without transfer, which does nothing else from now on. */
void store_patch_init(struct store *s, struct store_patch *patch);

/* Make [at, at + len) read as `bytes`, lent until done(STORE_PATCH). INVAL: the
 * range is not all in the chain's. */
MUST_CHECK err_t store_patch_write(struct store *s, uint32_t at,
                                   const uint8_t *bytes, uint32_t len);

/* Complete the open sector. What the journal says of objects that are not
 * there any more is forgotten. */
MUST_CHECK err_t store_patch_close(struct store *s);

/* What has been written is read back, in flash or not yet. */
void store_patch_read(const struct store *s, uint8_t *to, uint32_t at,
                      uint32_t len);

#endif
