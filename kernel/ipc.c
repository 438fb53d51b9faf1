/* SPDX-License-Identifier: Apache-2.0 */
/* Process IPC: see ipc.h.
 *
 * An event in a queue says who sent it, as a handle. What it shares is looked
 * up when the event is delivered: only then is a window opened, and only to
 * what is still shared with this very life. Nobody keeps a list of windows:
 * whose memory one shows is told by its address, for RAM has one owner. */
#include <kernel/ipc.h>
#include <kernel/process.h>
#include <kernel/string.h>

enum { COMMAND_EXISTS, COMMAND_DISCOVER, COMMAND_SERVICE, COMMAND_CLIENT };
enum { BUFFER_NAME = 0 };

/* What an app has to do with the process of one index. */
struct peer {
    pid_handle_t known;   /* the life it found or heard from */
    pid_handle_t sharing; /* the life that may see the buffer */
    struct uslice buffer;
};

struct ALIGNED(8) app_ipc {
    uint32_t looked_at; /* a discovery under way has come to this slot */
    struct peer peers[];
};

static struct process *slot_live(uint32_t index)
{
    if (index >= kernel_config.slot_count)
        return NULL;
    struct process *p = kernel_config.slots[index].process;
    return p != NULL && process_is_live(p) ? p : NULL;
}

static inline struct peer *peer_of(struct process *p, uint32_t index)
{
    struct app_ipc *own = grant_peek(&kernel_config.ipc->grant, p);
    return own == NULL ? NULL : &own->peers[index];
}

static inline bool is_whole_words(struct uslice buffer)
{
    return ((buffer.base.addr | buffer.len) & 3) == 0;
}

/* What `from` shares with this life of `to`; length 0 if nothing. */
static inline struct uslice shared_with(struct process *from,
                                        const struct process *to)
{
    const struct peer *peer = peer_of(from, process_slot(to));
    if (peer == NULL || !pid_equal(peer->sharing, to->pid))
        return (struct uslice){ { 0 }, 0 };
    return peer->buffer;
}

/* ---- windows ----------------------------------------------------------------- */

/* The only window of `p`; start == end: none. False: it can not be made. */
static NOINLINE bool window_move(struct process *p, uint32_t start,
                                 uint32_t end)
{
    if (protection_window(&p->protection, start, end) != OK)
        return false;
    if (user_loaded == p)
        user_load(p);
    return true;
}

static inline bool window_set(struct process *p, uint32_t start, uint32_t end)
{
    if (protection_start(&p->protection, PROTECTION_WINDOW) == start &&
        protection_end(&p->protection, PROTECTION_WINDOW) == end)
        return true;
    return window_move(p, start, end);
}

/* Does the window of `p` show nothing but that? */
static bool is_covered(const struct process *p, struct uslice buffer)
{
    uint32_t start = protection_start(&p->protection, PROTECTION_WINDOW);
    uint32_t end = protection_end(&p->protection, PROTECTION_WINDOW);
    return range_inside(start, end - start, buffer.base.addr,
                        buffer.base.addr + buffer.len);
}

/* `of` sees nothing of the memory of `owner` any more. */
static void window_close(struct process *of, const struct process *owner)
{
    uint32_t start = protection_start(&of->protection, PROTECTION_WINDOW);
    if (start >= process_ram_start(owner) && start < owner->ram_end)
        (void)window_move(of, 0, 0); /* nothing can not be refused */
}

/* Write into the registers of `p`, as the event's second and third argument,
 * what `buffer` is once there is a window to it; or that there is none. */
static inline void event_finish(struct process *p, struct uslice buffer)
{
    uint32_t *a = &p->context.x[CONTEXT_A0];
    uint32_t start = buffer.base.addr;
    if (buffer.len == 0 || !window_set(p, start, start + buffer.len))
        start = buffer.len = 0;
    a[1] = buffer.len;
    a[2] = start;
}

/* The event that came out of the queue names its sender by handle. */
void ipc_open(struct process *p)
{
    struct process *from =
        process_find((pid_handle_t){ p->context.x[CONTEXT_A0 + 1] });
    struct uslice buffer = { { 0 }, 0 };
    if (from != NULL) {
        struct peer *peer = peer_of(p, process_slot(from));
        if (peer != NULL)
            peer->known = from->pid;
        buffer = shared_with(from, p);
    }
    if (!is_whole_words(buffer))
        buffer.len = 0;
    event_finish(p, buffer);
}

COLD void ipc_ended(struct process *p)
{
    (void)window_move(p, 0, 0);
    for (uint32_t i = 0; i < kernel_config.slot_count; i++)
        if (kernel_config.slots[i].process != NULL)
            window_close(kernel_config.slots[i].process, p);
}

/* All has been checked but the number; the grant is there. */
COLD struct sysret ipc_allow(uint32_t index, uint32_t base, uint32_t len,
                             struct process *p)
{
    struct peer *peer = NULL;
    if (index < kernel_config.slot_count)
        peer = peer_of(p, index);
    if (peer == NULL)
        return sysret_failure_2u32(p, ERR_NOSUPPORT, base, len);
    const struct uslice old = peer->buffer;
    struct process *to = slot_live(index);
    peer->buffer = (struct uslice){ { base }, len };
    peer->sharing = to == NULL ? PID_NONE : to->pid;
    if (to != NULL && !is_covered(to, peer->buffer))
        window_close(to, p);
    return sysret_2u32(p, old.base.addr, old.len);
}

/* ---- commands ------------------------------------------------------------------ */

/* An event from `self` that has to wait. */
static NOINLINE COLD err_t event_put(const struct ipc *ipc, struct process *p,
                                     struct process *to, uint32_t number)
{
    uint32_t self = process_slot(p);
    if (to->hears && upcall_is_queued(&ipc->grant, to, number, self))
        return ERR_NOMEM;
    err_t e = upcall_queue(&ipc->grant, to, number, self, p->pid.handle, 0);
    if (e == OK)
        to->hears = true;
    return e;
}

static inline struct sysret notify(const struct ipc *ipc, struct process *p,
                                   uint32_t index, bool to_service)
{
    uint32_t self = process_slot(p);
    struct process *to = NULL;
    if (index < kernel_config.slot_count)
        to = kernel_config.slots[index].process;
    if (to == NULL || to == p)
        return sysret_failure(ERR_INVAL);
    const struct peer *peer = peer_of(p, index);
    if (peer == NULL || !pid_equal(peer->known, to->pid))
        return sysret_failure(ERR_NODEVICE);
    struct uslice buffer = { { 0 }, 0 };
    if (LIKELY(pid_equal(peer->sharing, to->pid)))
        buffer = peer->buffer;
    if (!is_whole_words(buffer))
        return sysret_failure(ERR_INVAL);
    uint32_t number = to_service ? index : self;
    if (!upcall_take(&ipc->grant, to, number, self))
        return sysret_of(event_put(ipc, p, to, number));
    struct peer *back = peer_of(to, self);
    if (back != NULL) /* it is: the event came through that grant */
        back->known = p->pid;
    event_finish(to, buffer);
    process_hand_over(to);
    return sysret_success();
}

enum comparison { DIFFERENT, SAME, UNREADABLE };

/* The name in the header of `q`, against what `p` wants. App flash is open to
 * the kernel only while no wall is up. */
static enum comparison name_compare(struct process *q, struct process *p,
                                    struct uslice wanted)
{
    const uint8_t *flash = process_object(q);
    uint8_t part[32];
    struct tbf tbf;
    user_drop();
    if (tbf_parse(flash, process_flash_end(q) - process_flash_start(q), &tbf) !=
            TBF_OK ||
        tbf.name.len != wanted.len)
        return DIFFERENT;
    for (uint32_t at = 0, n; at < wanted.len; at += n) {
        n = wanted.len - at < sizeof part ? wanted.len - at : sizeof part;
        if (user_read(p, part, wanted, at, n) != OK)
            return UNREADABLE;
        user_drop();
        if (memcmp(part, flash + tbf.name.offset + at, n) != 0)
            return DIFFERENT;
    }
    return SAME;
}

/* One header a round: in between the call is put back behind its ecall and
 * makes itself again, so that interrupts are served. */
static struct sysret discover_step(struct app_ipc *own, struct process *p,
                                   struct uslice wanted)
{
    struct process *q = NULL;
    while (own->looked_at < kernel_config.slot_count &&
           (q = slot_live(own->looked_at)) == NULL)
        own->looked_at++;
    if (q == NULL)
        return sysret_failure(ERR_NODEVICE);
    switch (name_compare(q, p, wanted)) {
    case SAME:
        own->peers[own->looked_at].known = q->pid;
        return sysret_u32(own->looked_at);
    case DIFFERENT:
        own->looked_at++;
        p->context.x[CONTEXT_PC] -= 4;
        p->context.syscalls--;
        return sysret_keep();
    case UNREADABLE:
    default:
        return sysret_failure(ERR_INVAL);
    }
}

static NOINLINE COLD struct sysret discover(const struct ipc *ipc,
                                            struct process *p)
{
    struct app_ipc *own = grant_enter(&ipc->grant, p);
    if (own == NULL)
        return sysret_failure(ERR_NOMEM);
    struct uslice wanted = allowed_ro(&ipc->grant, p, BUFFER_NAME);
    if (wanted.len == 0)
        return sysret_failure(ERR_INVAL);
    struct sysret r = discover_step(own, p, wanted);
    if (r.variant != SYSRET_KEEP)
        own->looked_at = 0;
    return r;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    const struct ipc *ipc = self;
    (void)arg2;
    if (number == COMMAND_SERVICE || number == COMMAND_CLIENT)
        return notify(ipc, p, arg1, number == COMMAND_SERVICE);
    if (number == COMMAND_DISCOVER)
        return discover(ipc, p);
    return sysret_of(number == COMMAND_EXISTS ? OK : ERR_NOSUPPORT);
}

const struct driver_ops ipc_ops = { .command = command };

NOINLINE COLD void ipc_init(struct ipc *ipc)
{
    ipc->grant.layout = (struct grant_layout){
        .upcalls = (uint8_t)kernel_config.slot_count,
        .allow_ro = 1,
        .size = (uint16_t)(sizeof(struct app_ipc) +
                           kernel_config.slot_count * sizeof(struct peer)),
    };
}
