/* SPDX-License-Identifier: Apache-2.0 */
/* `berth map`: what lies where in flash and RAM, as a picture. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/tbf.h>

#include "berth.h"
#include "board.h"
#include "file.h"

enum { OPT_SVG = BOARD_OPTS };

static const struct option_spec specs[] = {
    BOARD_OPTIONS,
    [OPT_SVG] = { 0, "svg", "FILE", "write the picture there, as SVG" },
    { 0 },
};

static const struct options options = {
    "[--port PORT] [--svg FILE]",
    "Shows what lies where in the board's flash and RAM.",
    specs,
};

#define WIDTH 64u

struct area {
    uint32_t start, size;
    const char *name;
    bool is_free;
};

struct picture {
    const char *title;
    uint32_t start, end;
    struct area *areas;
    size_t count;
};

static void area_add(struct picture *p, uint32_t start, uint32_t size,
                     const char *name, bool is_free)
{
    p->areas = keep(realloc(p->areas, (p->count + 1) * sizeof *p->areas));
    p->areas[p->count++] = (struct area){ start, size, name, is_free };
}

static struct picture flash_picture(const struct board *b)
{
    const uint32_t *w = b->info;
    struct picture p = { .title = "flash",
                         .start = w[INFO_BASE] + w[INFO_START],
                         .end = w[INFO_BASE] + w[INFO_END] };
    for (size_t i = 0; i < b->object_count; i++) {
        const struct board_object *o = &b->objects[i];
        bool is_free = o->word[OBJECT_FLAGS] & OBJECT_FREE;
        area_add(&p, w[INFO_BASE] + o->word[OBJECT_AT], o->word[OBJECT_SIZE],
                 is_free             ? "(gap)"
                 : !object_is_app(o) ? "(broken)"
                                     : o->name,
                 is_free);
    }
    return p;
}

static struct picture ram_picture(const struct board *b)
{
    struct picture p = { .title = "RAM",
                         .start = b->info[INFO_RAM_START],
                         .end = b->info[INFO_RAM_END] };
    for (size_t i = 0; i < b->process_count; i++) {
        const struct board_process *q = &b->processes[i];
        if (q->word[PROCESS_RAM_SIZE] > 0)
            area_add(&p, q->word[PROCESS_RAM], q->word[PROCESS_RAM_SIZE],
                     q->name, false);
    }
    return p;
}

static char letter_of(const struct area *a, size_t index)
{
    return a->is_free ? '-' : (char)(index % 26 + 'A');
}

/* The letter of what takes most of that part of the bar. */
static char cell(const struct picture *p, uint64_t from, uint64_t to)
{
    uint64_t most = 0;
    char letter = '.';
    for (size_t i = 0; i < p->count; i++) {
        uint64_t start = p->areas[i].start, end = start + p->areas[i].size;
        start = start > from ? start : from;
        end = end < to ? end : to;
        if (end > start && end - start > most) {
            most = end - start;
            letter = letter_of(&p->areas[i], i);
        }
    }
    return letter;
}

/* All of it, or what is used and as much again. */
static uint32_t shown_end(const struct picture *p)
{
    uint32_t used = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->areas[i].start - p->start + p->areas[i].size > used)
            used = p->areas[i].start - p->start + p->areas[i].size;
    uint64_t shown = (uint64_t)used * 2;
    if (shown < 4096)
        shown = 4096;
    return shown < p->end - p->start ? p->start + (uint32_t)shown : p->end;
}

static void picture_print(const struct picture *p)
{
    if (p->end <= p->start)
        return;
    uint32_t end = shown_end(p);
    uint64_t span = end - p->start;
    char bar[WIDTH + 1];
    for (uint32_t i = 0; i < WIDTH; i++)
        bar[i] = cell(p, p->start + span * i / WIDTH,
                      p->start + span * (i + 1) / WIDTH);
    bar[WIDTH] = '\0';
    printf("%s 0x%08x to 0x%08x\n[%s]%s\n", p->title, p->start, p->end, bar,
           end < p->end ? "..." : "");
    for (size_t i = 0; i < p->count; i++)
        printf("  %c 0x%08x %8u  %s\n", letter_of(&p->areas[i], i),
               p->areas[i].start, p->areas[i].size, p->areas[i].name);
}

/* ---- SVG -------------------------------------------------------------------------- */

static void text_escape(struct bytes *out, const char *text)
{
    for (; *text; text++) {
        const char *as = *text == '<'   ? "&lt;"
                         : *text == '>' ? "&gt;"
                         : *text == '&' ? "&amp;"
                         : *text == '"' ? "&quot;"
                                        : NULL;
        if (as)
            bytes_append(out, as, strlen(as));
        else
            bytes_append(out, text, 1);
    }
}

static void svg_add(struct bytes *out, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void svg_add(struct bytes *out, const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    bytes_append(out, line, n > 0 ? (size_t)n : 0);
}

static uint32_t svg_picture(struct bytes *out, const struct picture *p,
                            uint32_t y)
{
    static const char *const colours[] = { "#4e79a7", "#f28e2b", "#59a14f",
                                           "#b07aa1", "#edc948", "#76b7b2" };
    if (p->end <= p->start)
        return y;
    double span = shown_end(p) - p->start;
    svg_add(out,
            "<text x=\"10\" y=\"%u\">%s 0x%08x to 0x%08x</text>\n"
            "<rect x=\"10\" y=\"%u\" width=\"780\" height=\"40\" "
            "fill=\"#eee\" stroke=\"#888\"/>\n",
            y + 15, p->title, p->start, p->end, y + 22);
    for (size_t i = 0; i < p->count; i++) {
        const struct area *a = &p->areas[i];
        const char *colour =
            a->is_free ? "#fff" : colours[i % ARRAY_COUNT(colours)];
        svg_add(out,
                "<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"40\" "
                "fill=\"%s\" stroke=\"#888\"><title>",
                10 + 780 * (a->start - p->start) / span, y + 22,
                780 * a->size / span, colour);
        text_escape(out, a->name);
        svg_add(out,
                "</title></rect>\n<rect x=\"10\" y=\"%zu\" width=\"12\" "
                "height=\"12\" fill=\"%s\" stroke=\"#888\"/>\n"
                "<text x=\"28\" y=\"%zu\">0x%08x %u bytes ",
                y + 72 + 18 * i, colour, y + 83 + 18 * i, a->start, a->size);
        text_escape(out, a->name);
        svg_add(out, "</text>\n");
    }
    return y + 90 + 18 * (uint32_t)p->count;
}

static void svg_write(const char *path, const struct picture *flash,
                      const struct picture *ram)
{
    struct bytes body = { 0 }, out = { 0 };
    uint32_t y = svg_picture(&body, flash, 10);
    y = svg_picture(&body, ram, y);
    svg_add(&out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" "
            "height=\"%u\" font-family=\"monospace\" font-size=\"13\">\n",
            y + 10);
    bytes_append(&out, body.data, body.len);
    svg_add(&out, "</svg>\n");
    file_write(path, out.data, out.len);
}

static void picture_json(const struct picture *p)
{
    printf("\"%s\": {\"start\": %u, \"end\": %u, \"areas\": [", p->title,
           p->start, p->end);
    for (size_t i = 0; i < p->count; i++) {
        printf("%s{\"start\": %u, \"size\": %u, \"name\": ", i ? ", " : "",
               p->areas[i].start, p->areas[i].size);
        json_string(p->areas[i].name);
        printf("}");
    }
    printf("]}");
}

int cmd_map(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct board board = { 0 };
    struct link link;
    const char *value, *svg = NULL;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0) {
        if (option == OPT_SVG)
            svg = value;
        else
            (void)board_option(&o, option, value);
    }
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    link_open(&link, o.port, o.baud);
    board_read(&link, &board);
    port_close(&link.port);
    struct picture flash = flash_picture(&board), ram = ram_picture(&board);
    if (svg)
        svg_write(svg, &flash, &ram);
    if (o.is_json) {
        printf("{");
        picture_json(&flash);
        printf(", ");
        picture_json(&ram);
        puts("}");
    } else {
        picture_print(&flash);
        picture_print(&ram);
    }
    return EXIT_DONE;
}
