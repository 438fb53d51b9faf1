/* SPDX-License-Identifier: Apache-2.0 */
/* See plain.h. */
#include <loader/plain.h>

#include <berth/messages.h>

static struct plain *plain_of(struct news *news)
{
    return CONTAINER_OF(news, struct plain, news);
}

/* ---- the news ---------------------------------------------------------------------- */

void news_look(struct news *n)
{
    news_write(n);
}

void news_chosen(struct news *n)
{
    (void)n; /* there is nothing else to say */
}

void news_said(struct news *n, news_step *step)
{
    (void)step;
    news_write(n);
}

/* ---- what is typed ------------------------------------------------------------------ */

const uint32_t operator_features = FEATURE_ORDERS;

err_t operator_attach(pid_handle_t pid)
{
    struct plain *p = plain_of(the_news);
    p->attached = pid;
    p->losing = false;
    return OK;
}

static void typed(struct plain *p, uint8_t byte)
{
    struct text_sink *sink = operator_config()->sink;
    if (byte == OPERATOR_ESCAPE)
        p->attached = PID_NONE;
    if (p->attached.handle == 0)
        return;
    bool is_lost = !sink->ops->put(sink, p->attached.handle, byte);
    if (is_lost && !p->losing)
        klog(LOG_WARN, "input is lost: its app is full or ended");
    p->losing = is_lost;
}

void plain_receive(void *plain, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        typed(plain, bytes[i]);
}

void plain_init(struct plain *p)
{
    static const struct writer_ops ops = { .next = news_next };
    p->news.text = p->text;
    news_init(&p->news, &ops);
    news_write(&p->news);
}
