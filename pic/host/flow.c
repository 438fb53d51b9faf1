/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes. The first marks where blocks begin, by following every jump as if
 * every call came back. The second carries states along until none changes: a
 * state only ever loses knowledge, and a little of it each time, so the work is
 * linear in the code. A call is passed only once its callee is known to return:
 * what stands behind a call that never does belongs to some other way. */
#include "flow.h"

#include <string.h>

#include <pic/host/insn.h>

#define REGS 32
#define SLOTS 12
#define NO_STATE (-1)

/* What is known of a halfword of code. */
enum { MARK_VISITED = 1, MARK_LEADER = 2, MARK_FUNCTION = 4, MARK_JUMPED = 8 };

struct slot {
    int32_t offset; /* from sp at the function's start */
    struct flow_value value;
};

struct state {
    struct flow_value reg[REGS];
    struct slot slot[SLOTS];
    uint32_t slots;
    int32_t owner; /* the state of the function's start */
};

struct block {
    struct state state;
    uint32_t addr;
    bool is_queued, returns;
    int32_t waiting; /* list of what to do when the function returns */
};

/* When a function returns: go on behind a call, or so does its caller. */
struct wait {
    int32_t next;
    int32_t block;    /* run it again, or */
    int32_t function; /* this one returns too */
};

struct flow {
    struct flow_code *code;
    struct job *job;
    uint8_t *marks;    /* per halfword */
    int32_t *block_at; /* per halfword */
    struct block *blocks;
    size_t block_count, block_room;
    uint32_t *work; /* addresses in the first pass, blocks in the second */
    size_t work_count, work_room;
    struct wait *waits;
    size_t wait_count, wait_room;
    int32_t *returned;
    size_t returned_count, returned_room;
};

static bool in_code(const struct flow *f, uint32_t addr)
{
    return addr % 2 == 0 && addr - f->code->base < f->code->length;
}

static uint32_t index_of(const struct flow *f, uint32_t addr)
{
    return (addr - f->code->base) / 2;
}

static struct flow_site *site_of(const struct flow *f, uint32_t addr)
{
    int32_t at = f->code->site_at[index_of(f, addr)];
    return at < 0 ? NULL : &f->code->sites[at];
}

static struct insn insn_of(const struct flow *f, uint32_t addr)
{
    uint32_t at = addr - f->code->base;
    return insn_decode(f->code->bytes + at, f->code->length - at);
}

static void *room_for(struct flow *f, void *array, size_t count, size_t *room,
                      size_t size)
{
    if (count < *room)
        return array;
    *room = 2 * count + 256;
    return job_grow(f->job, array, count, *room - count, size);
}

static void work_push(struct flow *f, uint32_t item)
{
    f->work =
        room_for(f, f->work, f->work_count, &f->work_room, sizeof *f->work);
    f->work[f->work_count++] = item;
}

/* Labels of the jump table at `table`, from *at on. */
static const struct flow_label *table_find(const struct flow *f, uint32_t table)
{
    size_t low = 0, high = f->code->label_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->code->labels[middle].at < table)
            low = middle + 1;
        else
            high = middle;
    }
    const struct flow_label *l = f->code->labels + low;
    return low < f->code->label_count && l->at == table ? l : NULL;
}

/* The function that holds `addr`, or NULL. */
static const uint32_t *function_of(const struct flow *f, uint32_t addr)
{
    size_t low = 0, high = f->code->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->code->functions[middle][0] <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || addr >= f->code->functions[low - 1][1])
        return NULL;
    return f->code->functions[low - 1];
}

/* Words of the table that begins at `l`. It ends with the words that follow
 * each other, or where another begins, of another function: tables lie side by
 * side. A part of a function that lies apart is not another. */
static size_t table_length(const struct flow *f, const struct flow_label *l)
{
    const struct flow_label *end = f->code->labels + f->code->label_count;
    const uint32_t *in = function_of(f, l->target);
    size_t n = 1;
    for (; l + n < end && l[n].at == l->at + 4 * (uint32_t)n; n++) {
        const uint32_t *other = function_of(f, l[n].target);
        if (l[n].is_start && other != in && other &&
            !(f->marks[index_of(f, other[0])] & MARK_JUMPED))
            break;
    }
    return n;
}

/* ---- first pass: where blocks begin -------------------------------------- */

static void leader_mark(struct flow *f, uint32_t addr)
{
    if (!in_code(f, addr))
        return;
    uint8_t *mark = &f->marks[index_of(f, addr)];
    if (*mark & MARK_LEADER)
        return;
    *mark |= MARK_LEADER;
    work_push(f, addr);
}

static void jump_mark(struct flow *f, uint32_t addr)
{
    leader_mark(f, addr);
    if (in_code(f, addr))
        f->marks[index_of(f, addr)] |= MARK_JUMPED;
}

static bool falls_through(const struct insn *i)
{
    return i->kind != INSN_BAD &&
           !(i->rd == 0 && (i->kind == INSN_JAL || i->kind == INSN_JALR));
}

/* One step from `addr`; where the next instruction is, or 0. */
static uint32_t step_mark(struct flow *f, uint32_t addr)
{
    const struct flow_site *s = site_of(f, addr);
    if (s && s->role == FLOW_UPPER)
        return addr + 4;
    if (s && s->role == FLOW_CALL) {
        if (!in_code(f, addr + 4))
            return 0;
        struct insn jalr = insn_of(f, addr + 4);
        (jalr.rd ? leader_mark : jump_mark)(f, s->target);
        return jalr.rd ? addr + 8 : 0;
    }
    struct insn i = insn_of(f, addr);
    if (i.kind == INSN_BRANCH || (i.kind == INSN_JAL && i.rd == 0))
        jump_mark(f, addr + (uint32_t)i.imm);
    else if (i.kind == INSN_JAL)
        leader_mark(f, addr + (uint32_t)i.imm);
    if (i.kind == INSN_JALR && s)
        leader_mark(f, s->target);
    return falls_through(&i) ? addr + i.length : 0;
}

static void leaders_find(struct flow *f)
{
    while (f->work_count) {
        uint32_t addr = f->work[--f->work_count];
        while (addr && in_code(f, addr)) {
            uint8_t *mark = &f->marks[index_of(f, addr)];
            if (*mark & MARK_VISITED)
                break;
            *mark |= MARK_VISITED;
            addr = step_mark(f, addr);
        }
    }
}

static void leaders_mark(struct flow *f)
{
    const struct flow_code *c = f->code;
    for (size_t i = 0; i < c->function_count; i++) {
        leader_mark(f, c->functions[i][0]);
        if (in_code(f, c->functions[i][0]))
            f->marks[index_of(f, c->functions[i][0])] |= MARK_FUNCTION;
    }
    for (size_t i = 0; i < c->root_count; i++)
        leader_mark(f, c->roots[i]);
    for (size_t i = 0; i < c->label_count; i++)
        leader_mark(f, c->labels[i].target);
    for (size_t i = 0; i < c->other_count; i++)
        leader_mark(f, c->others[i]);
    leaders_find(f);
}

/* ---- values -------------------------------------------------------------- */

static const struct flow_value unknown = { .kind = FLOW_UNKNOWN,
                                           .from = -1,
                                           .other = -1 };

static bool same(const struct flow_value *a, const struct flow_value *b)
{
    return a->kind == b->kind && a->base[0] == b->base[0] &&
           a->base[1] == b->base[1];
}

static bool is_upper(const struct flow_value *v)
{
    return v->kind == FLOW_BASE || v->kind == FLOW_MIXED;
}

static struct flow_value mixed(const struct flow_value *a,
                               const struct flow_value *b)
{
    struct flow_value v = { .kind = FLOW_MIXED, .from = -1, .other = -1 };
    v.from = is_upper(a) ? a->from : b->from;
    v.other = is_upper(a) && is_upper(b) ? b->from : -1;
    return v;
}

/* What is known where two ways meet. */
static struct flow_value meet(const struct flow_value *a,
                              const struct flow_value *b)
{
    if (a->kind == FLOW_MIXED)
        return *a;
    if (same(a, b))
        return *a;
    return is_upper(a) || is_upper(b) ? mixed(a, b) : unknown;
}

static struct flow_value of_frame(int32_t offset)
{
    return (struct flow_value){ .kind = FLOW_FRAME,
                                .base = { (uint32_t)offset, 0 },
                                .from = -1,
                                .other = -1 };
}

static struct flow_value of_table(const struct flow *f, enum flow_kind kind,
                                  uint32_t table)
{
    if (!table_find(f, table))
        return unknown;
    return (struct flow_value){
        .kind = kind, .base = { table, 0 }, .from = -1, .other = -1
    };
}

static struct flow_value sum(const struct flow_value *a,
                             const struct flow_value *b)
{
    if (is_upper(a) && is_upper(b))
        return mixed(a, b);
    if (is_upper(a))
        return *a;
    if (is_upper(b))
        return *b;
    if (a->kind == FLOW_LOADED || b->kind == FLOW_LOADED)
        return a->kind == FLOW_LOADED ? *a : *b;
    if (a->kind == FLOW_TABLE && b->kind != FLOW_TABLE)
        return *a;
    return b->kind == FLOW_TABLE && a->kind != FLOW_TABLE ? *b : unknown;
}

static void reg_set(struct state *s, uint32_t reg, struct flow_value value)
{
    if (reg)
        s->reg[reg] = value;
}

/* ---- stack slots --------------------------------------------------------- */

static void slot_drop(struct state *s, int32_t offset, int32_t bytes)
{
    for (uint32_t i = 0; i < s->slots;) {
        int32_t at = s->slot[i].offset;
        if (at < offset + bytes && offset < at + 4)
            s->slot[i] = s->slot[--s->slots];
        else
            i++;
    }
}

static void slot_store(struct state *s, int32_t offset,
                       const struct flow_value *value)
{
    slot_drop(s, offset, 4);
    if (value->kind != FLOW_UNKNOWN && s->slots < SLOTS)
        s->slot[s->slots++] = (struct slot){ offset, *value };
}

static const struct flow_value *slot_load(const struct state *s, int32_t offset)
{
    for (uint32_t i = 0; i < s->slots; i++) {
        if (s->slot[i].offset == offset)
            return &s->slot[i].value;
    }
    return &unknown;
}

/* ---- second pass --------------------------------------------------------- */

static int32_t block_of(struct flow *f, uint32_t addr)
{
    int32_t *at = &f->block_at[index_of(f, addr)];
    if (*at == NO_STATE) {
        f->blocks = room_for(f, f->blocks, f->block_count, &f->block_room,
                             sizeof *f->blocks);
        struct block *b = &f->blocks[f->block_count];
        *b = (struct block){ .addr = addr, .waiting = -1 };
        b->state.owner = -1;
        *at = (int32_t)f->block_count++;
    }
    return *at;
}

static void block_queue(struct flow *f, int32_t block)
{
    if (f->blocks[block].is_queued)
        return;
    f->blocks[block].is_queued = true;
    work_push(f, (uint32_t)block);
}

static void wait_add(struct flow *f, int32_t callee, int32_t block,
                     int32_t function)
{
    f->waits =
        room_for(f, f->waits, f->wait_count, &f->wait_room, sizeof *f->waits);
    f->waits[f->wait_count] =
        (struct wait){ f->blocks[callee].waiting, block, function };
    f->blocks[callee].waiting = (int32_t)f->wait_count++;
}

static void returns_mark(struct flow *f, int32_t function)
{
    f->returned = room_for(f, f->returned, f->returned_count, &f->returned_room,
                           sizeof *f->returned);
    f->returned[f->returned_count++] = function;
    while (f->returned_count) {
        struct block *b = &f->blocks[f->returned[--f->returned_count]];
        if (b->returns)
            continue;
        b->returns = true;
        for (int32_t w = b->waiting; w >= 0; w = f->waits[w].next) {
            const struct wait *wait = &f->waits[w];
            if (wait->block >= 0)
                block_queue(f, wait->block);
            if (wait->function < 0)
                continue;
            f->returned = room_for(f, f->returned, f->returned_count,
                                   &f->returned_room, sizeof *f->returned);
            f->returned[f->returned_count++] = wait->function;
        }
    }
}

/* `a` returns if `b` does. */
static void returns_follow(struct flow *f, int32_t a, int32_t b)
{
    if (a == b || f->blocks[a].returns)
        return;
    if (f->blocks[b].returns)
        returns_mark(f, a);
    else
        wait_add(f, b, -1, a);
}

static bool slots_meet(struct state *into, const struct state *from)
{
    bool changed = false;
    for (uint32_t i = 0; i < into->slots;) {
        const struct flow_value *other = slot_load(from, into->slot[i].offset);
        struct flow_value v = meet(&into->slot[i].value, other);
        if (v.kind == FLOW_UNKNOWN) {
            into->slot[i] = into->slot[--into->slots];
            changed = true;
            continue;
        }
        changed |= !same(&v, &into->slot[i].value);
        into->slot[i++].value = v;
    }
    return changed;
}

/* One way into the block at `addr` carries `state`. */
static void state_flow(struct flow *f, uint32_t addr, const struct state *state)
{
    if (!in_code(f, addr))
        return;
    int32_t at = block_of(f, addr);
    struct state *into = &f->blocks[at].state;
    if (into->owner < 0) {
        *into = *state;
        block_queue(f, at);
        return;
    }
    bool changed = slots_meet(into, state);
    for (int r = 1; r < REGS; r++) {
        struct flow_value v = meet(&into->reg[r], &state->reg[r]);
        changed |= !same(&v, &into->reg[r]);
        into->reg[r] = v;
    }
    returns_follow(f, state->owner, into->owner);
    if (changed)
        block_queue(f, at);
}

static int32_t function_enter(struct flow *f, uint32_t addr)
{
    struct state s = { .slots = 0 };
    for (int r = 0; r < REGS; r++)
        s.reg[r] = unknown;
    s.reg[REG_SP] = of_frame(0);
    s.owner = block_of(f, addr);
    state_flow(f, addr, &s);
    return f->blocks[block_of(f, addr)].state.owner;
}

/* What a call leaves: upper parts stay where they are (the compiler may know
 * what the callee keeps), all else that it may change is unknown. */
static void call_clobber(struct state *s, uint32_t link)
{
    for (uint32_t r = 1; r < REGS; r++) {
        bool is_saved = r == REG_SP || r == REG_GP || r == REG_TP || r == 8 ||
                        r == 9 || (r >= 18 && r <= 27);
        if (!is_saved && !is_upper(&s->reg[r]))
            s->reg[r] = unknown;
    }
    reg_set(s, link, unknown);
}

/* A call from `block` to `target`; whether it is known to come back. */
static bool call_passes(struct flow *f, int32_t block, uint32_t target)
{
    if (!in_code(f, target))
        return true;
    int32_t callee = function_enter(f, target);
    if (!f->blocks[callee].returns)
        wait_add(f, callee, block, -1);
    return f->blocks[callee].returns;
}

static void targets_flow(struct flow *f, uint32_t addr, const struct state *s)
{
    const uint32_t *in = function_of(f, addr);
    if (!in)
        return;
    size_t low = 0, high = f->code->label_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->code->targets[middle] <= in[0])
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < f->code->label_count && f->code->targets[low] < in[1]; low++)
        state_flow(f, f->code->targets[low], s);
}

/* jr: to the places of a table, or a return, or who knows where. */
static void jump_flow(struct flow *f, uint32_t addr, const struct insn *i,
                      const struct state *s)
{
    const struct flow_value *v = &s->reg[i->rs1];
    const struct flow_label *l =
        v->kind == FLOW_LOADED ? table_find(f, v->base[0]) : NULL;
    if (l) {
        size_t n = table_length(f, l);
        for (size_t k = 0; k < n; k++)
            state_flow(f, l[k].target, s);
        return;
    }
    returns_mark(f, s->owner);
    if (i->rs1 != REG_RA && i->rs1 != REG_T0)
        targets_flow(f, addr, s);
}

static struct flow_value load_value(const struct flow *f, const struct state *s,
                                    const struct insn *i)
{
    const struct flow_value *base = &s->reg[i->rs1];
    if (base->kind == FLOW_FRAME)
        return *slot_load(s, (int32_t)base->base[0] + i->imm);
    if (base->kind == FLOW_TABLE)
        return of_table(f, FLOW_LOADED, base->base[0]);
    return unknown;
}

static struct flow_value addi_value(const struct state *s, const struct insn *i)
{
    const struct flow_value *v = &s->reg[i->rs1];
    if (v->kind == FLOW_FRAME)
        return of_frame((int32_t)v->base[0] + i->imm);
    return *v; /* upper part or table, plus a constant */
}

static void plain_apply(struct flow *f, struct state *s, const struct insn *i)
{
    const struct flow_value *base = &s->reg[i->rs1];
    switch (i->kind) {
    case INSN_ADDI:
        reg_set(s, i->rd, addi_value(s, i));
        break;
    case INSN_ADD:
        reg_set(s, i->rd,
                i->rs1 == 0   ? s->reg[i->rs2]
                : i->rs2 == 0 ? *base
                              : sum(base, &s->reg[i->rs2]));
        break;
    case INSN_SUB:
        reg_set(s, i->rd, is_upper(base) ? *base : unknown);
        break;
    case INSN_LW:
        reg_set(s, i->rd, load_value(f, s, i));
        break;
    case INSN_SW:
        if (base->kind == FLOW_FRAME)
            slot_store(s, (int32_t)base->base[0] + i->imm, &s->reg[i->rs2]);
        break;
    case INSN_STORE:
        if (base->kind == FLOW_FRAME)
            slot_drop(s, (int32_t)base->base[0] + i->imm, (int32_t)i->bytes);
        break;
    case INSN_ECALL:
        for (uint32_t r = REG_A0; r < REG_A0 + 4; r++)
            reg_set(s, r, unknown);
        break;
    case INSN_BAD:
    case INSN_LUI:
    case INSN_AUIPC:
    case INSN_LOAD:
    case INSN_JAL:
    case INSN_JALR:
    case INSN_BRANCH:
    case INSN_OTHER:
    default:
        reg_set(s, i->rd, unknown);
        break;
    }
}

static void lower_apply(struct flow *f, struct state *s, struct flow_site *site,
                        const struct insn *i)
{
    if (site->role == FLOW_LOWER)
        site->found = s->reg[i->rs1];
    if (i->kind == INSN_ADDI || site->makes_address)
        reg_set(s, i->rd, of_table(f, FLOW_TABLE, site->target));
    else if (i->kind == INSN_LW)
        reg_set(s, i->rd, of_table(f, FLOW_LOADED, site->target));
    else
        reg_set(s, i->rd, unknown);
}

struct way {
    struct flow *f;
    struct state *s;
    int32_t block;
};

/* Jumps and calls. Where execution goes on right behind, or 0. */
static uint32_t transfer(struct way *w, uint32_t addr, uint32_t next,
                         uint32_t link, uint32_t target)
{
    struct flow *f = w->f;
    if (link == 0) {
        state_flow(f, target, w->s);
        return 0;
    }
    if (!call_passes(f, w->block, target))
        return 0;
    call_clobber(w->s, link);
    (void)addr;
    if (in_code(f, next) && f->marks[index_of(f, next)] & MARK_FUNCTION)
        return 0;
    return next;
}

static uint32_t indirect(struct way *w, uint32_t addr, const struct insn *i)
{
    struct flow *f = w->f;
    uint32_t next = addr + i->length;
    if (i->rd == 0) {
        jump_flow(f, addr, i, w->s);
        return 0;
    }
    call_clobber(w->s, i->rd);
    if (in_code(f, next) && f->marks[index_of(f, next)] & MARK_FUNCTION)
        return 0;
    return next;
}

static uint32_t step_flow(struct way *w, uint32_t addr)
{
    struct flow *f = w->f;
    struct flow_site *site = site_of(f, addr);
    if (site && site->role == FLOW_UPPER) {
        int32_t index = f->code->site_at[index_of(f, addr)];
        reg_set(w->s, site->rd,
                (struct flow_value){ .kind = FLOW_BASE,
                                     .base = { site->base[0], site->base[1] },
                                     .from = index,
                                     .other = -1 });
        return addr + 4;
    }
    if (site && site->role == FLOW_CALL) {
        if (!in_code(f, addr + 4))
            return 0;
        struct insn jalr = insn_of(f, addr + 4);
        return transfer(w, addr, addr + 8, jalr.rd, site->target);
    }
    struct insn i = insn_of(f, addr);
    if (i.kind == INSN_BAD)
        return 0;
    if (i.kind == INSN_JAL)
        return transfer(w, addr, addr + i.length, i.rd, addr + (uint32_t)i.imm);
    if (i.kind == INSN_BRANCH)
        state_flow(f, addr + (uint32_t)i.imm, w->s);
    bool is_lower =
        site && (site->role == FLOW_LOWER || site->role == FLOW_ADDRESS);
    if (i.kind == INSN_JALR && is_lower) {
        if (site->role == FLOW_LOWER)
            site->found = w->s->reg[i.rs1];
        return transfer(w, addr, addr + i.length, i.rd, site->target);
    }
    if (i.kind == INSN_JALR)
        return indirect(w, addr, &i);
    if (is_lower)
        lower_apply(f, w->s, site, &i);
    else
        plain_apply(f, w->s, &i);
    return addr + i.length;
}

static void block_run(struct flow *f, int32_t block)
{
    struct state s = f->blocks[block].state;
    struct way w = { f, &s, block };
    uint32_t addr = f->blocks[block].addr;
    do {
        f->code->steps++;
        addr = step_flow(&w, addr);
        if (addr && in_code(f, addr) &&
            f->marks[index_of(f, addr)] & MARK_LEADER) {
            state_flow(f, addr, &s);
            return;
        }
    } while (addr && in_code(f, addr));
}

static void settle(struct flow *f)
{
    while (f->work_count) {
        int32_t block = (int32_t)f->work[--f->work_count];
        f->blocks[block].is_queued = false;
        block_run(f, block);
    }
}

static void enter_if_unseen(struct flow *f, uint32_t addr)
{
    if (!in_code(f, addr) || f->block_at[index_of(f, addr)] != NO_STATE)
        return;
    function_enter(f, addr);
    settle(f);
}

/* Functions that nobody calls. A part of a function that lies apart (gcc's
 * cold parts) is a function by name and jumped to: it is entered last, for its
 * function may be one of those. */
static void functions_enter(struct flow *f)
{
    const struct flow_code *c = f->code;
    for (size_t i = 0; i < c->function_count; i++) {
        uint32_t start = c->functions[i][0];
        if (in_code(f, start) && !(f->marks[index_of(f, start)] & MARK_JUMPED))
            enter_if_unseen(f, start);
    }
    for (size_t i = 0; i < c->function_count; i++)
        enter_if_unseen(f, c->functions[i][0]);
}

/* Code without a function symbol: begin at the last symbol before a site. */
static void sites_enter(struct flow *f)
{
    const struct flow_code *c = f->code;
    size_t k = 0;
    for (size_t i = 0; i < c->lower_count; i++) {
        uint32_t addr = c->lowers[i];
        while (k < c->other_count && c->others[k] <= addr)
            k++;
        if (k && site_of(f, addr)->found.kind == FLOW_UNSEEN)
            enter_if_unseen(f, c->others[k - 1]);
    }
}

void flow_run(struct flow_code *code, struct job *job)
{
    struct flow f = { .code = code, .job = job };
    size_t halves = code->length / 2 + 1;
    f.marks = job_alloc(job, halves, 1);
    f.block_at = job_alloc(job, halves, sizeof *f.block_at);
    for (size_t i = 0; i < halves; i++)
        f.block_at[i] = NO_STATE;
    leaders_mark(&f);
    for (size_t i = 0; i < code->root_count; i++) {
        if (in_code(&f, code->roots[i]))
            function_enter(&f, code->roots[i]);
    }
    settle(&f);
    functions_enter(&f);
    sites_enter(&f);
}
