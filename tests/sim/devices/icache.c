/* SPDX-License-Identifier: Apache-2.0 */
/* See icache.h. */
#include <tests/sim/devices/icache.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/core.h>
#include <tests/sim/symbols.h>

#define FENCE_I 0x0000100Fu
#define LOAD 0x03u
#define NOWHERE UINT32_MAX

/* ---- the flash ----------------------------------------------------------------------- */

/* Bytes that follow those read before need no new command. */
static void transfer(struct icache *c, struct machine *machine, uint32_t at,
                     uint32_t len)
{
    uint64_t ns = spi_read_ns(c->spi, len, at == c->behind);
    c->behind = at + len;
    c->stalled_ns += ns;
    machine->slept += ns;
}

/* ---- the cache ------------------------------------------------------------------------ */

static uint32_t itim_lines(const struct icache *c)
{
    return (c->itim->allocated + c->held_bytes + c->line - 1) / c->line;
}

static void look_up(struct icache *c, struct machine *machine, uint32_t address)
{
    uint32_t sets = ICACHE_BYTES / c->line / ICACHE_WAYS;
    uint32_t line = address / c->line, set = line % sets;
    uint32_t *tags = c->tags[set];
    if (set < itim_lines(c))
        tags[1] = 0; /* that way is memory */
    if (tags[0] == line)
        return;
    if (tags[1] != line) {
        c->misses++;
        transfer(c, machine, line * c->line, c->line);
    }
    tags[1] = tags[0];
    tags[0] = line;
}

static bool is_held(const struct icache *c, uint32_t pc)
{
    for (uint32_t i = 0; i < c->held_count; i++)
        if (pc >= c->held[i].from && pc < c->held[i].to)
            return true;
    return false;
}

static bool is_in_flash(const struct icache *c, uint32_t address)
{
    return address - c->flash->base < c->flash->size;
}

static uint32_t halfword(const struct icache *c, uint32_t address)
{
    const uint8_t *at = c->flash->bytes + (address - c->flash->base);
    return at[0] | (uint32_t)at[1] << 8;
}

static void fetch(struct icache *c, struct machine *machine, uint32_t pc,
                  bool is_short)
{
    if (is_held(c, pc))
        return;
    look_up(c, machine, pc);
    if (!is_short)
        look_up(c, machine, pc + 2);
}

/* ---- data ------------------------------------------------------------------------------- */

/* Where that instruction loads from; false: it is no load. */
static bool is_load(const struct hart *hart, uint32_t code, uint32_t *address,
                    uint32_t *len)
{
    if ((code & 0x7F) == LOAD) {
        *address = hart->x[code >> 15 & 31] + (uint32_t)((int32_t)code >> 20);
        *len = 1u << (code >> 12 & 3);
        return true;
    }
    if ((code & 0xE003) != 0x4000) /* c.lw */
        return false;
    *address = hart->x[8 + (code >> 7 & 7)] + (code >> 6 & 1) * 4 +
               (code >> 10 & 7) * 8 + (code >> 5 & 1) * 64;
    *len = 4;
    return true;
}

static void data(struct icache *c, struct machine *machine, uint32_t code)
{
    uint32_t address, len;
    if (!is_load(&machine->hart, code, &address, &len) ||
        !is_in_flash(c, address))
        return;
    c->reads++;
    transfer(c, machine, address, len);
}

/* ---- each instruction --------------------------------------------------------------------- */

static uint32_t code_at(const struct icache *c, struct machine *machine,
                        uint32_t pc)
{
    uint16_t halves[2] = { 0, 0 };
    if (is_in_flash(c, pc) && is_in_flash(c, pc + 3))
        return halfword(c, pc) | halfword(c, pc + 2) << 16;
    if (!machine_peek(machine, pc, halves, sizeof halves))
        (void)machine_peek(machine, pc, halves, sizeof halves[0]);
    return halves[0] | (uint32_t)halves[1] << 16;
}

static void before(struct watcher *watcher, struct machine *machine)
{
    struct icache *c = CONTAINER_OF(watcher, struct icache, watcher);
    uint32_t pc = machine->hart.pc, code = code_at(c, machine, pc);
    bool is_short = encoding_is_short((uint16_t)code);
    if (is_in_flash(c, pc))
        fetch(c, machine, pc, is_short);
    if (is_short)
        code &= 0xFFFF;
    data(c, machine, code);
    if (code == FENCE_I) {
        memset(c->tags, 0, sizeof c->tags);
        c->behind = NOWHERE; /* the controller has done something else */
    }
}

void icache_start(struct icache *c, struct machine *machine)
{
    c->watcher = (struct watcher){ .before = before };
    c->behind = NOWHERE;
    watch_add(machine, &c->watcher);
}

bool icache_hold(struct icache *c, const struct machine *machine,
                 const char *function)
{
    const struct symbol *s = symbols_named(machine->symbols, function);
    if (!s || c->held_count == ICACHE_HELD)
        return false;
    c->held[c->held_count++] =
        (struct icache_range){ s->address, s->address + s->size };
    c->held_bytes += s->size;
    return true;
}
