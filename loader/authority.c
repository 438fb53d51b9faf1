/* SPDX-License-Identifier: Apache-2.0 */
/* See authority.h. */
#include <kernel/string.h>
#include <loader/authority.h>

static bool asks_for(const uint8_t *base, const struct tbf *tbf,
                     uint32_t driver)
{
    struct tbf_permission permission;
    for (uint32_t i = 0; tbf_permission(base, tbf, i, &permission); i++)
        if (permission.driver == driver && permission.commands != 0)
            return true;
    return false;
}

enum authority authority_check(const struct authority_line *list,
                               uint32_t count, const struct authority_app *app,
                               uint32_t driver)
{
    enum authority verdict = AUTHORITY_NOT_LISTED;
    if (app->short_id == 0)
        return AUTHORITY_NO_SHORT_ID;
    for (uint32_t i = 0; i < count && verdict != AUTHORITY_OK; i++) {
        if (list[i].short_id != app->short_id)
            continue;
        bool fits = list[i].key == AUTHORITY_ANY_KEY || list[i].key == app->key;
        verdict = fits ? AUTHORITY_OK : AUTHORITY_OTHER_KEY;
    }
    if (verdict == AUTHORITY_OK && !asks_for(app->base, app->tbf, driver))
        return AUTHORITY_NO_PERMISSION;
    return verdict;
}

const char *authority_text(enum authority a)
{
    return text_pick("allowed\0"
                     "it has no fixed ShortId\0"
                     "the board's list does not name its ShortId\0"
                     "the board's list demands another key\0"
                     "its header asks for no command of that driver",
                     a > AUTHORITY_NO_PERMISSION ? AUTHORITY_NO_PERMISSION : a);
}
