/* SPDX-License-Identifier: Apache-2.0 */
/* `berth prelink`: the inputs of a link to a fragment of its linker script. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pic/host/prelink.h>

#include "berth.h"
#include "file.h"
#include "options.h"

enum { OPT_OUTPUT, OPT_MAP, OPT_FOLDER, OPT_LIBRARY };

static const struct option_spec specs[] = {
    [OPT_OUTPUT] = { 'o', "output", "FILE", "the fragment; else stdout" },
    [OPT_MAP] = { 0, "map", "FILE",
                  "map file of an earlier link: name only what was linked, and "
                  "take the inputs from there if none is given" },
    [OPT_FOLDER] = { 'L', "library-path", "DIR", "where libraries are" },
    [OPT_LIBRARY] = { 'l', "library", "NAME", "libNAME.a, found there" },
    { 0 },
};

static const struct options options = {
    "[OPTION ...] FILE ...",
    "Finds the read-only sections of objects and archives that hold addresses\n"
    "and writes lines for a linker script that name them, to be included in "
    "an\n"
    "output section in RAM, ahead of the rule that takes the others to flash.",
    specs,
};

struct inputs {
    const char **paths;
    size_t count;
    const char *folders[64], *libraries[64];
    size_t folder_count, library_count;
};

struct request {
    const char *output, *map;
    struct inputs inputs;
    struct bytes text;
};

static void list_add(const char *what, const char **list, size_t *count,
                     size_t room, const char *value)
{
    if (*count == room)
        fail(EXIT_USAGE, "more than %zu %s", room, what);
    list[(*count)++] = value;
}

static void request_read(int argc, char **argv, struct request *r)
{
    const char *value;
    int option;
    struct inputs *in = &r->inputs;
    while ((option = option_next(&options, argc, argv, &value)) >= 0) {
        if (option == OPT_OUTPUT)
            r->output = value;
        else if (option == OPT_MAP)
            r->map = value;
        else if (option == OPT_FOLDER)
            list_add("library paths", in->folders, &in->folder_count,
                     ARRAY_COUNT(in->folders), value);
        else
            list_add("libraries", in->libraries, &in->library_count,
                     ARRAY_COUNT(in->libraries), value);
    }
    in->paths = keep(
        calloc((size_t)argc + ARRAY_COUNT(in->libraries), sizeof *in->paths));
    for (int i = optind; i < argc; i++)
        in->paths[in->count++] = argv[i];
}

static const char *library_find(const struct inputs *in, const char *name)
{
    for (size_t i = 0; i < in->folder_count; i++) {
        size_t size = strlen(in->folders[i]) + strlen(name) + 8;
        char *path = keep(malloc(size));
        snprintf(path, size, "%s/lib%s.a", in->folders[i], name);
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    fail(EXIT_SYSTEM, "-l%s: no lib%s.a in any -L folder", name, name);
}

/* The files that a map names, each once. */
static void inputs_from_map(struct inputs *in, const struct map *map)
{
    in->paths = keep(calloc(map->count + 1, sizeof *in->paths));
    for (size_t i = 0; i < map->count; i++) {
        char *path = keep(strdup(map->pieces[i].path));
        char *paren = strrchr(path, '(');
        if (paren)
            *paren = '\0';
        size_t k = 0;
        while (k < in->count && strcmp(in->paths[k], path) != 0)
            k++;
        if (k == in->count && access(path, R_OK) == 0)
            in->paths[in->count++] = path;
    }
}

static void scan_run(struct job *job, void *argument)
{
    struct request *r = argument;
    struct inputs *in = &r->inputs;
    struct map map;
    struct prelink p = { .out = NULL };
    char *text;
    size_t len;
    if (r->map) {
        struct bytes file = file_read(r->map);
        map_read(&map, job, (const char *)file.data, file.len);
        p.map = &map;
        if (in->count == 0)
            inputs_from_map(in, &map);
    }
    p.out = keep(open_memstream(&text, &len));
    for (size_t i = 0; i < in->count; i++) {
        struct bytes file = file_read(in->paths[i]);
        prelink_scan(&p, job, in->paths[i], file.data, file.len);
        free(file.data);
    }
    fclose(p.out);
    bytes_append(&r->text, text, len);
}

int cmd_prelink(int argc, char **argv)
{
    struct request r = { 0 };
    struct job job;
    request_read(argc, argv, &r);
    struct inputs *in = &r.inputs;
    for (size_t i = 0; i < in->library_count; i++)
        in->paths[in->count++] = library_find(in, in->libraries[i]);
    if (in->count == 0 && !r.map)
        fail(EXIT_USAGE, "no input; `berth prelink --help` shows the usage");
    if (job_run(&job, scan_run, &r) != JOB_OK)
        fail(job.state == JOB_NO_MEMORY ? EXIT_SYSTEM : EXIT_REFUSED, "%s",
             job.messages ? job.messages->text : "out of memory");
    if (r.output)
        file_write(r.output, r.text.data, r.text.len);
    else
        fwrite(r.text.data, 1, r.text.len, stdout);
    job_free(&job);
    return EXIT_DONE;
}
