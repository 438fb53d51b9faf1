/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_cache.h. */
#include <tests/sim/devices/c3_cache.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    CONTROL = 0x00,
    SHUT = 0x04,
    TAG_POWER = 0x08,
    SYNC = 0x28,
    SYNC_ADDRESS = 0x2C,
    SYNC_SIZE = 0x30,
    AUTOLOAD = 0x40,
    INT_ENABLE = 0x78,
    INT_CLEAR = 0x7C,
    INT_STATUS = 0x80,
    REJECT = 0x90,
    REJECT_END = 0xA8,
    FREEZE = 0xCC,
    SIZE = 0x1000,
};

#define ENABLE 1u
#define SHUT_CODE 1u
#define SHUT_DATA 2u
#define SYNC_START 1u
#define SYNC_DONE 2u
#define INVALID 0x100u
#define ENTRY_FIELDS 0x1FFu
#define FREEZE_ENABLE 1u
#define FREEZE_DONE 4u
#define WINDOW_MASK (C3_WINDOW_SIZE - 1)
#define SYNC_NS 1000u

static struct c3_cache *cache_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_cache, device);
}

static struct machine *machine_of(const struct c3_cache *c)
{
    return c->device.machine;
}

static uint64_t now_of(const struct c3_cache *c)
{
    return machine_now(machine_of(c));
}

bool c3_cache_is_on(const struct c3_cache *c)
{
    return (c->control & ENABLE) != 0;
}

static bool is_shut(const struct c3_cache *c, const struct memory *window)
{
    return (c->shut & (window == &c->code ? SHUT_CODE : SHUT_DATA)) != 0;
}

static bool is_mapped(const struct c3_cache *c, uint32_t page)
{
    return (c->entry[page] & INVALID) == 0 &&
           c->entry[page] * C3_PAGE < c->nor->flash.size;
}

/* ---- what the cache holds -------------------------------------------------------- */

static void ask_again(struct c3_cache *c)
{
    memory_set_direct(&c->data, c->data.direct);
    memory_set_direct(&c->code, c->code.direct);
}

static const uint8_t *flash_of(const struct c3_cache *c, uint32_t offset)
{
    return c->nor->flash.bytes + c->entry[offset / C3_PAGE] * C3_PAGE +
           offset % C3_PAGE;
}

static void stale_set(struct c3_cache *c, uint32_t line, bool is_stale)
{
    c->stale_count += (is_stale ? 1u : 0) - c->stale[line];
    c->stale[line] = is_stale;
}

/* Flash is not what the line was filled from any more, or is it. */
static void line_compare(struct c3_cache *c, uint32_t line)
{
    uint32_t offset = line * C3_LINE;
    stale_set(c, line,
              memcmp(c->code.bytes + offset, flash_of(c, offset), C3_LINE) !=
                  0);
}

static void line_fill(struct c3_cache *c, uint32_t line)
{
    uint32_t offset = line * C3_LINE;
    memcpy(c->code.bytes + offset, flash_of(c, offset), C3_LINE);
    memory_changed(&c->code, offset, C3_LINE);
    stale_set(c, line, false);
}

/* After the table or the flash changed: what could not have been cached is
 * filled anew when it is asked for, the rest stays as it is. */
static void look(struct c3_cache *c, uint32_t offset, uint32_t len)
{
    uint32_t last = (offset + len - 1) / C3_LINE;
    for (uint32_t line = offset / C3_LINE; line <= last; line++) {
        uint32_t page = line * C3_LINE / C3_PAGE;
        if (!is_mapped(c, page))
            continue;
        if (c->was_used[page])
            line_compare(c, line);
        else
            line_fill(c, line);
    }
}

static void note_used(struct c3_cache *c)
{
    bool is_open = c3_cache_is_on(c) && (c->shut & (SHUT_CODE | SHUT_DATA)) !=
                                            (SHUT_CODE | SHUT_DATA);
    for (uint32_t page = 0; page < C3_PAGES; page++)
        if (is_open && is_mapped(c, page))
            c->was_used[page] = true;
    ask_again(c);
}

/* Lines of mapped pages that are not stale are as in flash already. */
static void line_drop(struct c3_cache *c, uint32_t line)
{
    if (is_mapped(c, line * C3_LINE / C3_PAGE))
        line_fill(c, line);
    else
        stale_set(c, line, false);
}

void c3_cache_invalidate(struct c3_cache *c, uint32_t address, uint32_t bytes)
{
    uint32_t offset = address & WINDOW_MASK & ~(C3_LINE - 1u);
    uint32_t end = bytes < C3_WINDOW_SIZE ? (address & WINDOW_MASK) + bytes
                                          : C3_WINDOW_SIZE;
    end = end < C3_WINDOW_SIZE ? end : C3_WINDOW_SIZE;
    for (uint32_t at = offset; c->stale_count > 0 && at < end; at += C3_LINE)
        if (c->stale[at / C3_LINE] != 0)
            line_drop(c, at / C3_LINE);
    for (uint32_t page = (offset + C3_PAGE - 1) / C3_PAGE;
         (page + 1) * C3_PAGE <= end; page++)
        c->was_used[page] = false;
    note_used(c);
}

void c3_cache_flash_changed(struct c3_cache *c, uint32_t at, uint32_t len)
{
    for (uint32_t page = 0; page < C3_PAGES; page++) {
        uint32_t base = c->entry[page] * C3_PAGE;
        uint32_t first = at > base ? at : base;
        uint32_t end = at + len < base + C3_PAGE ? at + len : base + C3_PAGE;
        if (is_mapped(c, page) && first < end)
            look(c, page * C3_PAGE + first - base, end - first);
    }
    ask_again(c);
}

void c3_cache_enable(struct c3_cache *c, bool is_on)
{
    c->control = is_on ? ENABLE : 0;
    note_used(c);
}

void c3_cache_map(struct c3_cache *c, uint32_t pages)
{
    for (uint32_t page = 0; page < C3_PAGES; page++) {
        c->entry[page] = page < pages ? page : INVALID;
        c->is_written[page] = true;
    }
    c->shut = 0;
    c->control = ENABLE;
    memset(c->was_used, 0, sizeof c->was_used);
    look(c, 0, C3_WINDOW_SIZE);
    note_used(c);
}

/* ---- the windows ------------------------------------------------------------------ */

static bool is_open(const struct c3_cache *c, const struct memory *window)
{
    return c3_cache_is_on(c) && !is_shut(c, window) &&
           (c->freeze & FREEZE_ENABLE) == 0 && !nor_is_busy(c->nor, now_of(c));
}

/* A page, or a line as long as there are stale ones in it. */
static bool window_narrow(struct memory *window, uint32_t offset,
                          uint32_t *from, uint32_t *to)
{
    const struct c3_cache *c = window->owner;
    uint32_t page = offset / C3_PAGE, line = offset / C3_LINE;
    if (!is_open(c, window) || !is_mapped(c, page))
        return false;
    *from = page * C3_PAGE;
    *to = *from + C3_PAGE;
    if (c->stale_count == 0)
        return true;
    *from = line * C3_LINE;
    *to = *from + C3_LINE;
    return c->stale[line] == 0;
}

static void report(const struct memory *window, uint32_t offset,
                   const char *what, const char *why)
{
    machine_violation(window->machine, "%s of flash at 0x%08x %s", what,
                      window->base + offset, why);
}

/* Why this access does not go straight to the bytes. */
static void explain(struct memory *window, uint32_t offset, const char *what)
{
    const struct c3_cache *c = window->owner;
    uint32_t page = offset / C3_PAGE;
    if (nor_is_busy(c->nor, now_of(c)))
        machine_violation(
            window->machine,
            "%s of flash at 0x%08x while the flash is busy with a program or "
            "an erase, for %u us more",
            what, window->base + offset,
            (uint32_t)((c->nor->busy_until - now_of(c)) / 1000));
    else if (!c3_cache_is_on(c))
        report(window, offset, what, "while the cache is off");
    else if (is_shut(c, window))
        report(window, offset, what, "while the cache's bus to it is shut");
    else if ((c->freeze & FREEZE_ENABLE) != 0)
        report(window, offset, what, "while the cache is frozen");
    else if (!c->is_written[page])
        machine_violation(window->machine,
                          "%s of flash at 0x%08x, whose page is what the "
                          "MMU's entry %u held at power on: nobody wrote it",
                          what, window->base + offset, page);
    else if (!is_mapped(c, page))
        machine_violation(window->machine,
                          "%s of flash at 0x%08x, which is not mapped (the "
                          "MMU's entry %u is 0x%03x)",
                          what, window->base + offset, page, c->entry[page]);
    else if (c->stale[offset / C3_LINE] != 0)
        machine_violation(window->machine,
                          "%s of flash at 0x%08x gives what the cache held "
                          "before flash was changed there (0x%06x): the cache "
                          "was not invalidated",
                          what, window->base + offset,
                          c->entry[page] * C3_PAGE + offset % C3_PAGE);
}

static bool window_load(struct memory *window, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    const struct c3_cache *c = window->owner;
    *value = 0;
    explain(window, offset, "read");
    if (c->wants_words && window == &c->code && bytes != 4)
        machine_violation(window->machine,
                          "read of %u byte%s at 0x%08x: through the "
                          "instruction bus only aligned words are sure to "
                          "work (its twin at 0x%08x has no such limit)",
                          bytes, bytes == 1 ? "" : "s", window->base + offset,
                          C3_DATA_WINDOW + offset);
    memcpy(value, window->bytes + offset, bytes);
    return true;
}

static bool window_store(struct memory *window, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    (void)bytes, (void)value;
    report(window, offset, "store", "which never reaches it");
    return true;
}

static bool window_fetch(struct memory *window, uint32_t offset,
                         uint32_t *halfword)
{
    explain(window, offset, "instruction fetch");
    *halfword = 0;
    memcpy(halfword, window->bytes + offset, 2);
    return true;
}

static const struct memory_ops data_ops = {
    .load = window_load,
    .store = window_store,
    .narrow = window_narrow,
};

static const struct memory_ops code_ops = {
    .load = window_load,
    .store = window_store,
    .fetch = window_fetch,
    .narrow = window_narrow,
};

/* ---- the SRAM that the cache takes ---------------------------------------------- */

static bool taken_narrow(struct memory *memory, uint32_t offset, uint32_t *from,
                         uint32_t *to)
{
    const struct c3_cache *c = memory->owner;
    (void)offset, (void)from, (void)to;
    return !c3_cache_is_on(c);
}

static bool taken_load(struct memory *memory, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    (void)bytes;
    *value = 0;
    machine_violation(memory->machine,
                      "access to 0x%08x, which is the cache's while it is on",
                      memory->base + offset);
    return true;
}

static bool taken_store(struct memory *memory, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    return taken_load(memory, offset, bytes, &value);
}

static bool taken_fetch(struct memory *memory, uint32_t offset,
                        uint32_t *halfword)
{
    return taken_load(memory, offset, 2, halfword);
}

static const struct memory_ops taken_ops = {
    .load = taken_load,
    .store = taken_store,
    .fetch = taken_fetch,
    .narrow = taken_narrow,
};

/* ---- registers --------------------------------------------------------------------- */

static bool extmem_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    const struct c3_cache *c = cache_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == CONTROL)
        *value = c->control;
    else if (offset == SHUT)
        *value = c->shut;
    else if (offset == TAG_POWER)
        *value = c->tag;
    else if (offset == SYNC)
        *value = now_of(c) >= c->synced ? SYNC_DONE : SYNC_START;
    else if (offset == SYNC_ADDRESS)
        *value = c->sync_address;
    else if (offset == SYNC_SIZE)
        *value = c->sync_size;
    else if (offset == AUTOLOAD)
        *value = c->autoload;
    else if (offset == INT_ENABLE)
        *value = c->interrupts;
    else if (offset == FREEZE)
        *value = c->freeze | ((c->freeze & FREEZE_ENABLE) ? FREEZE_DONE : 0);
    else if (offset != INT_CLEAR && offset != INT_STATUS &&
             (offset < REJECT || offset >= REJECT_END))
        return absent_register(device, offset);
    return true;
}

/* The size counts lines; 0 is everything. */
static void sync_start(struct c3_cache *c)
{
    c->synced = now_of(c) + SYNC_NS;
    if (c->sync_size == 0)
        c3_cache_invalidate(c, 0, C3_WINDOW_SIZE);
    else
        c3_cache_invalidate(c, c->sync_address, c->sync_size * C3_LINE);
}

static bool extmem_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    struct c3_cache *c = cache_of(device);
    if (bytes != 4)
        return false;
    switch (offset) {
    case CONTROL:
        c3_cache_enable(c, (value & ENABLE) != 0);
        return true;
    case SHUT:
        c->shut = value & (SHUT_CODE | SHUT_DATA);
        note_used(c);
        return true;
    case TAG_POWER:
        c->tag = value;
        return true;
    case SYNC:
        if ((value & SYNC_START) != 0)
            sync_start(c);
        return true;
    case SYNC_ADDRESS:
        c->sync_address = value;
        return true;
    case SYNC_SIZE:
        c->sync_size = value & 0x7FFFFFu;
        return true;
    case AUTOLOAD:
        c->autoload = value;
        return true;
    case INT_ENABLE:
        c->interrupts = value;
        return true;
    case FREEZE:
        c->freeze = value & 3u;
        ask_again(c);
        return true;
    case INT_CLEAR:
    case INT_STATUS:
        return true;
    default:
        return absent_register(device, offset);
    }
}

static bool table_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    const struct c3_cache *c = CONTAINER_OF(device, struct c3_cache, table);
    *value = c->entry[offset / 4];
    return bytes == 4;
}

static bool table_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    struct c3_cache *c = CONTAINER_OF(device, struct c3_cache, table);
    uint32_t page = offset / 4;
    if (bytes != 4)
        return false;
    c->entry[page] = value & ENTRY_FIELDS;
    c->is_written[page] = true;
    look(c, page * C3_PAGE, C3_PAGE);
    note_used(c);
    return true;
}

/* The table's entries are whatever they are until someone writes them. */
static void cache_reset(struct device *device, enum reset_kind kind)
{
    struct c3_cache *c = cache_of(device);
    (void)kind;
    for (uint32_t page = 0; page < C3_PAGES; page++) {
        c->entry[page] = INVALID | (page * 37u & 0xFFu);
        c->is_written[page] = false;
    }
    memset(c->was_used, 0, sizeof c->was_used);
    memset(c->stale, 0, C3_WINDOW_SIZE / C3_LINE);
    c->stale_count = 0;
    c->control = 0;
    c->shut = SHUT_CODE | SHUT_DATA;
    c->sync_address = c->sync_size = c->autoload = 0;
    c->interrupts = c->freeze = c->tag = 0;
    c->synced = 0;
    ask_again(c);
}

static const struct device_ops extmem_ops = {
    .load = extmem_load,
    .store = extmem_store,
    .reset = cache_reset,
};

static const struct device_ops table_ops = {
    .load = table_load,
    .store = table_store,
};

static void window_add(struct machine *machine, struct c3_cache *cache,
                       struct memory *window, uint8_t *bytes, uint32_t base)
{
    bool is_code = window == &cache->code;
    *window = (struct memory){
        .name = is_code ? "flash (instruction bus)" : "flash (data bus)",
        .base = base,
        .size = C3_WINDOW_SIZE,
        .bytes = bytes,
        .direct = (is_code ? MEMORY_FETCH : 0u) |
                  (is_code && cache->wants_words ? 0u : MEMORY_READ),
        .ops = is_code ? &code_ops : &data_ops,
        .owner = cache,
        .alias = is_code ? &cache->data : &cache->code,
    };
    machine_add_memory(machine, window);
}

void c3_cache_add(struct machine *machine, struct c3_cache *cache,
                  uint32_t base, uint32_t table_base, uint32_t taken_base)
{
    uint8_t *bytes = memory_bytes(C3_WINDOW_SIZE);
    window_add(machine, cache, &cache->data, bytes, C3_DATA_WINDOW);
    window_add(machine, cache, &cache->code, bytes, C3_CODE_WINDOW);
    cache->stale = memory_bytes(C3_WINDOW_SIZE / C3_LINE);
    cache->taken = (struct memory){
        .name = "SRAM0",
        .base = taken_base,
        .size = 16u << 10,
        .bytes = memory_bytes(16u << 10),
        .direct = MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH,
        .ops = &taken_ops,
        .owner = cache,
        .is_volatile = true,
    };
    machine_add_memory(machine, &cache->taken);
    cache->device = (struct device){
        .ops = &extmem_ops, .name = "EXTMEM", .base = base, .size = SIZE
    };
    cache->table = (struct device){ .ops = &table_ops,
                                    .name = "MMU table",
                                    .base = table_base,
                                    .size = 4 * C3_PAGES };
    machine_add_device(machine, &cache->device);
    machine_add_device(machine, &cache->table);
}
