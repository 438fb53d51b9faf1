/* SPDX-License-Identifier: Apache-2.0 */
#include "relocatable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth.h"
#include "file.h"

bool relocatable_is_wanted(const char *path)
{
    struct bytes file = file_read(path);
    bool wanted = linked_wants_rewriting(file.data, file.len);
    free(file.data);
    return wanted;
}

/* What would help, as arguments for the link: one line, or an empty file. */
static void relink_write(const struct relocatable *app, const char *path)
{
    char text[80] = "";
    const struct rewrite *r = &app->rewrite;
    if (r->padding)
        snprintf(text, sizeof text, "-Wl,--defsym=APP_PADDING=%u\n",
                 r->padding);
    else if (r->words_missing)
        snprintf(text, sizeof text, "-Wl,--defsym=APP_POOL=%u\n",
                 r->words_missing + (r->pool_end - r->pool) / 4);
    file_write(path, text, strlen(text));
}

/* The first reason is the message; the others are counted, or listed before. */
NORETURN static void refused(const struct relocatable *app,
                             const struct relocatable_options *options)
{
    const struct job *job = &app->job;
    if (options->relink)
        relink_write(app, options->relink);
    if (job->state == JOB_NO_MEMORY)
        fail(EXIT_SYSTEM, "out of memory");
    if (job->state == JOB_INTERNAL)
        fail(EXIT_INTERNAL, "%s", job->messages->text);
    if (job->refusals == 1)
        fail(EXIT_REFUSED, "%s", job->messages->text);
    for (const struct job_message *m = job->messages->next;
         m && options->all_refusals; m = m->next)
        fprintf(stderr, "%s\n", m->text);
    fail(EXIT_REFUSED, "%s (and %zu more%s)", job->messages->text,
         job->refusals - 1,
         options->all_refusals ? "" : "; --explain lists them");
}

struct run {
    struct relocatable *app;
    const struct bytes *tbf;
};

static void rewrite_run(struct job *job, void *argument)
{
    struct run *run = argument;
    rewrite_app(job, &run->app->rewrite);
    table_make(&run->app->table, &run->app->rewrite);
}

static void verify_run(struct job *job, void *argument)
{
    struct run *run = argument;
    run->app->rewrite.job = job;
    table_prove(&run->app->rewrite, run->tbf->data, (uint32_t)run->tbf->len);
}

/* The binary, the relocations' length for libtock's start code (there are
 * none), the table, the descriptor. */
static void binary_make(struct relocatable *app, struct app_image *image)
{
    const struct linked *linked = &app->rewrite.app;
    struct table *table = &app->table;
    bytes_append(&image->binary, linked->flash.bytes, linked->flash.length);
    if (linked->has_libtock_header)
        bytes_put32(&image->binary, 0);
    table->descriptor[RELOC_TABLE_OFFSET] = (uint32_t)image->binary.len;
    for (size_t i = 0; i < table->relr_count; i++)
        bytes_put32(&image->binary, table->relr[i]);
    image->descriptor = (uint32_t)image->binary.len;
    for (size_t i = 0; i < RELOC_WORDS; i++)
        bytes_put32(&image->binary, table->descriptor[i]);
}

void relocatable_make(struct relocatable *out, const struct elf_app *elf,
                      const struct app_sizes *sizes,
                      const struct relocatable_options *options,
                      struct app_image *image)
{
    struct bytes file = file_read(elf->path), map = { 0 };
    if (options->map)
        map = file_read(options->map);
    out->rewrite = (struct rewrite){
        .path = elf->path,
        .file = file.data,
        .file_len = file.len,
        .map_text = options->map ? (const char *)map.data : NULL,
        .map_len = map.len,
        .stack_size = sizes->has_stack ? &sizes->stack : NULL,
    };
    struct run run = { out, NULL };
    if (job_run(&out->job, rewrite_run, &run) != JOB_OK)
        refused(out, options);
    if (options->relink)
        file_write(options->relink, "", 0);
    const struct linked *linked = &out->rewrite.app;
    *image = (struct app_image){
        .elf = elf,
        .flash = linked->flash.base,
        .ram = linked->ram.base,
        .entry = linked->entry - linked->flash.base,
        .is_relocatable = true,
        .protected_size = sizes->has_protected_size ? sizes->protected_size : 0,
        .minimum_ram = app_image_ram(elf->path, linked->ram.length, sizes),
    };
    binary_make(out, image);
    if (linked->flash_alignment > 4)
        warn("%s: wants its binary at a multiple of %u in flash, for a section "
             "aligned so; without that it could lie at any multiple of 4",
             elf->path, linked->flash_alignment);
}

void relocatable_verify(struct relocatable *app, const struct bytes *tbf)
{
    struct run run = { app, tbf };
    struct job job;
    if (job_run(&job, verify_run, &run) != JOB_OK)
        fail(job.state == JOB_NO_MEMORY ? EXIT_SYSTEM : EXIT_INTERNAL, "%s",
             job.messages ? job.messages->text : "out of memory");
    job_free(&job);
    app->rewrite.job = &app->job;
}
