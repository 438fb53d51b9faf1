/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_mux.h. */
#include <chips/common/flash_mux.h>

static err_t start(struct flash_mux *m, const struct flash_port *port)
{
    struct flash *flash = m->flash;
    m->active = (uint32_t)(port - m->ports);
    m->is_busy = true;
    err_t e = port->bytes == NULL ? flash->ops->erase(flash, port->at)
                                  : flash->ops->program(flash, port->at,
                                                        port->bytes, port->len);
    m->is_busy = e == OK;
    return e;
}

/* Start what waits, beginning behind the port that was served last. One that
 * cannot start is over. */
static void start_next(struct flash_mux *m)
{
    uint32_t first = m->active;
    for (uint32_t i = 1; i <= m->count && !m->is_busy; i++) {
        struct flash_port *port = &m->ports[(first + i) % m->count];
        if (!port->waits)
            continue;
        port->waits = false;
        err_t e = start(m, port);
        if (e != OK)
            port->flash.client->done(port->flash.client, e);
    }
}

/* The mux stays busy until the port has been told: what it asks for then waits
 * behind what waits already. */
static void on_done(struct flash_client *client, err_t e)
{
    struct flash_mux *m = CONTAINER_OF(client, struct flash_mux, client);
    struct flash_client *of_port = m->ports[m->active].flash.client;
    of_port->done(of_port, e);
    m->is_busy = false;
    start_next(m);
}

static err_t operation(struct flash *flash, uint32_t at, const uint8_t *bytes,
                       uint32_t len)
{
    struct flash_port *port = CONTAINER_OF(flash, struct flash_port, flash);
    struct flash_mux *m = port->mux;
    if (port->waits)
        return ERR_BUSY;
    port->at = at;
    port->bytes = bytes;
    port->len = len;
    if (!m->is_busy)
        return start(m, port);
    port->waits = true;
    return OK;
}

static err_t port_program(struct flash *flash, uint32_t at,
                          const uint8_t *bytes, uint32_t len)
{
    return operation(flash, at, bytes, len);
}

static err_t port_erase(struct flash *flash, uint32_t at)
{
    return operation(flash, at, NULL, 0);
}

static const struct flash_ops port_ops = { .program = port_program,
                                           .erase = port_erase };

void flash_mux_init(struct flash_mux *m, struct flash *flash,
                    struct flash_port *ports, uint32_t count)
{
    m->flash = flash;
    m->ports = ports;
    m->count = count;
    m->client.done = on_done;
    flash->client = &m->client;
    for (uint32_t i = 0; i < count; i++) {
        ports[i].mux = m;
        ports[i].flash = (struct flash){ .ops = &port_ops,
                                         .geometry = flash->geometry,
                                         .base = flash->base };
    }
}
