/* SPDX-License-Identifier: Apache-2.0 */
/* See pace.h. */
#include <tests/sim/front/pace.h>

#include <time.h>

#define NS_PER_MS 1000000u
/* A machine that is ahead by less does not wait. */
#define TOLERANCE (2 * NS_PER_MS)
#define MORE_MS 5

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

/* The first one is waited at, so not for long if there are more. */
static bool poll_ports(struct pace_keeper *k, int milliseconds)
{
    bool was_fed = false;
    for (uint32_t i = 0; i < PACE_MORE; i++) {
        if (!k->more[i])
            continue;
        was_fed = port_poll(k->more[i], 0) || was_fed;
        if (milliseconds > MORE_MS)
            milliseconds = MORE_MS;
    }
    return port_poll(k->port, was_fed ? 0 : milliseconds) || was_fed;
}

static bool is_alive(const struct pace_keeper *k)
{
    bool is_alive = port_is_alive(k->port);
    for (uint32_t i = 0; i < PACE_MORE; i++)
        is_alive = is_alive || (k->more[i] && port_is_alive(k->more[i]));
    return is_alive;
}

static void flush_ports(struct pace_keeper *k)
{
    port_flush(k->port);
    for (uint32_t i = 0; i < PACE_MORE; i++)
        if (k->more[i])
            port_flush(k->more[i]);
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
    if (poll_ports(k, until > real ? wait_ms(until - real) : 0))
        return now;
    real = real_time(k, machine);
    return real > until ? until : real > now ? real : now;
}

/* Nothing is planned: only input can wake it. */
static uint64_t sleep_for_ever(struct pace_keeper *k, struct machine *machine)
{
    if (!is_alive(k)) {
        flush_ports(k);
        return NEVER;
    }
    poll_ports(k, 1000);
    return machine_now(machine);
}

uint64_t pace_sleep(struct machine *machine, uint64_t until)
{
    struct pace_keeper *k = machine->hooks.context;
    if (k->is_real && (until != NEVER || is_alive(k)))
        return sleep_really(k, machine, until);
    if (until == NEVER)
        return sleep_for_ever(k, machine);
    return poll_ports(k, 0) ? machine_now(machine) : until;
}

void pace_breathe(struct pace_keeper *k, struct machine *machine)
{
    uint64_t now = machine_now(machine);
    uint64_t real = k->is_real ? real_time(k, machine) : now;
    poll_ports(k, now > real + TOLERANCE ? wait_ms(now - real) : 0);
}
