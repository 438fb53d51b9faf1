/* SPDX-License-Identifier: Apache-2.0 */
/* See pace.h. */
#include <tests/sim/front/pace.h>

#include <time.h>

#define NS_PER_MS 1000000u
/* A machine that is ahead by less does not wait. */
#define TOLERANCE (2 * NS_PER_MS)

static uint64_t host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The virtual time that the host's stands for. */
static uint64_t real_time(struct pace_keeper *k, const struct machine *machine)
{
    uint64_t now = host_now();
    if (!k->is_started) {
        k->is_started = true;
        k->host_start = now;
        k->virtual_start = machine_now(machine);
    }
    return k->virtual_start + (now - k->host_start);
}

static int wait_ms(uint64_t ns)
{
    uint64_t ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
    return ms > 1000 ? 1000 : (int)ms;
}

/* With input the machine goes on from where it is: the bytes come in one by
 * one, and it is to look at each. */
static uint64_t sleep_really(struct pace_keeper *k, struct machine *machine,
                             uint64_t until)
{
    uint64_t now = machine_now(machine);
    uint64_t real = real_time(k, machine);
    if (port_poll(k->port, until > real ? wait_ms(until - real) : 0))
        return now;
    real = real_time(k, machine);
    return real > until ? until : real > now ? real : now;
}

/* Nothing is planned: only input can wake it. */
static uint64_t sleep_for_ever(struct pace_keeper *k, struct machine *machine)
{
    if (!port_is_alive(k->port)) {
        port_flush(k->port);
        return NEVER;
    }
    port_poll(k->port, 1000);
    return machine_now(machine);
}

uint64_t pace_sleep(struct machine *machine, uint64_t until)
{
    struct pace_keeper *k = machine->hooks.context;
    if (k->second)
        port_flush(k->second);
    if (k->is_real && (until != NEVER || port_is_alive(k->port)))
        return sleep_really(k, machine, until);
    if (until == NEVER)
        return sleep_for_ever(k, machine);
    return port_poll(k->port, 0) ? machine_now(machine) : until;
}

void pace_breathe(struct pace_keeper *k, struct machine *machine)
{
    uint64_t now = machine_now(machine);
    uint64_t real = k->is_real ? real_time(k, machine) : now;
    if (k->second)
        port_flush(k->second);
    port_poll(k->port, now > real + TOLERANCE ? wait_ms(now - real) : 0);
}
