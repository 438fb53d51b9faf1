/* SPDX-License-Identifier: Apache-2.0 */
/* GNU ld writes
 *     ` .text.foo   0x10000010   0x24 dir/libc.a(foo.o)`
 * with the name on a line of its own when it is long; lld writes
 *     `10000010 10000010   24   4   dir/libc.a(foo.o):(.text.foo)`. */
#include "map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 1023

static const char *short_name(struct job *job, const char *path)
{
    const char *paren = strchr(path, '(');
    const char *end = paren ? paren : path + strlen(path);
    const char *start = end;
    while (start > path && start[-1] != '/')
        start--;
    return job_text(job, "%s", start);
}

static void piece_add(struct map *map, struct job *job, size_t *room,
                      uint32_t addr, uint32_t size, const char *path,
                      const char *section)
{
    if (addr == 0 || size == 0)
        return;
    if (map->count == *room) {
        map->pieces = job_grow(job, map->pieces, map->count, map->count + 64,
                               sizeof *map->pieces);
        *room = 2 * map->count + 64;
    }
    map->pieces[map->count++] = (struct map_piece){
        .addr = addr,
        .size = size,
        .object = short_name(job, path),
        .path = job_text(job, "%s", path),
        .section = job_text(job, "%s", section),
    };
}

static int by_addr(const void *a, const void *b)
{
    const struct map_piece *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static const char *blanks_skip(const char *at)
{
    return at + strspn(at, " \t");
}

/* Each takes what comes next in the line, blanks before it included. */
static bool number_take(const char **at, int base, uint32_t *out)
{
    const char *start = blanks_skip(*at);
    char *end;
    errno = 0;
    unsigned long long value = strtoull(start, &end, base);
    if (end == start || *start == '-' || errno != 0 || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    *at = end;
    return true;
}

static bool text_take(const char **at, char to[WORD_MAX + 1], const char *until)
{
    const char *start = blanks_skip(*at);
    size_t len = strcspn(start, until);
    if (len == 0 || len > WORD_MAX)
        return false;
    memcpy(to, start, len);
    to[len] = '\0';
    *at = start + len;
    return true;
}

static void lld_line(struct map *map, struct job *job, size_t *room,
                     const char *line)
{
    uint32_t addr, load, size, align;
    char rest[WORD_MAX + 1];
    if (!number_take(&line, 16, &addr) || !number_take(&line, 16, &load) ||
        !number_take(&line, 16, &size) || !number_take(&line, 10, &align) ||
        !text_take(&line, rest, "\n"))
        return;
    char *colon = strstr(rest, ":(");
    size_t len = strlen(rest);
    if (!colon || rest[len - 1] != ')')
        return;
    rest[len - 1] = '\0';
    *colon = '\0';
    piece_add(map, job, room, addr, size, rest, colon + 2);
}

/* GNU ld: where a section lies, how large it is, and what file it is of. */
static bool place_take(const char **at, uint32_t *addr, uint32_t *size,
                       char path[WORD_MAX + 1])
{
    return strncmp(blanks_skip(*at), "0x", 2) == 0 &&
           number_take(at, 16, addr) &&
           strncmp(blanks_skip(*at), "0x", 2) == 0 &&
           number_take(at, 16, size) && text_take(at, path, "\n");
}

void map_read(struct map *out, struct job *job, const char *text, size_t len)
{
    size_t room = 0;
    char pending[WORD_MAX + 1] = "";
    *out = (struct map){ 0 };
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t length = end ? (size_t)(end - (text + at)) : len - at;
        char line[2 * WORD_MAX];
        snprintf(line, sizeof line, "%.*s",
                 (int)(length < sizeof line - 1 ? length : sizeof line - 1),
                 text + at);
        at += length + 1;
        char name[WORD_MAX + 1], path[WORD_MAX + 1];
        uint32_t addr, size;
        const char *rest = line, *start = line;
        if (line[0] == ' ' && text_take(&rest, name, " \t") && name[0] != '0' &&
            name[0] != '*' && place_take(&rest, &addr, &size, path)) {
            piece_add(out, job, &room, addr, size, path, name);
        } else if (pending[0] && place_take(&start, &addr, &size, path)) {
            piece_add(out, job, &room, addr, size, path, pending);
        } else {
            lld_line(out, job, &room, line);
        }
        pending[0] = '\0';
        if (line[0] == ' ' && line[1] == '.' && !strchr(line + 1, ' '))
            snprintf(pending, sizeof pending, "%.1000s", line + 1);
    }
    if (out->count)
        qsort(out->pieces, out->count, sizeof *out->pieces, by_addr);
}

const struct map_piece *map_at(const struct map *map, uint32_t addr)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->pieces[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct map_piece *p = &map->pieces[low - 1];
    return addr - p->addr < p->size ? p : NULL;
}
