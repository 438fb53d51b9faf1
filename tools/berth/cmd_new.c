/* SPDX-License-Identifier: Apache-2.0 */
/* `berth new`: a folder with an app that builds at once. In the folder apps of
 * Berth's tree it is like those beside it; anywhere else it gets a Makefile
 * that uses the SDK. The sources are those of apps/template*, which lie in the
 * tree, and in an SDK under share/berth/template*. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "berth.h"
#include "file.h"
#include "options.h"

#define NAME_MAX_LETTERS 32u

enum { OPT_CXX, OPT_NAME, OPT_SDK };

static const struct option_spec specs[] = {
    [OPT_CXX] = { 0, "cxx", NULL, "in C++; else in C" },
    [OPT_NAME] = { 'n', "name", "NAME", "the app's name; else the folder's" },
    [OPT_SDK] = { 0, "sdk", "DIR",
                  "where the SDK was installed; else where this command "
                  "belongs to" },
    { 0 },
};

static const struct options options = {
    "[--cxx] [--name NAME] FOLDER",
    "Makes a folder with an app that builds at once: `make -C FOLDER`. In the "
    "root\n"
    "of Berth's tree a plain name becomes apps/NAME, and `make run APPS=NAME` "
    "runs\n"
    "it.",
    specs,
};

struct plan {
    const char *folder, *name;
    const char *sdk; /* NULL: an app of the tree */
    const char *templates;
    bool is_cxx;
};

static char *path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = keep(malloc(size));
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

/* What is in front of the last slash; "." if there is none. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return keep(strdup("."));
    return keep(strndup(path, slash == path ? 1 : (size_t)(slash - path)));
}

static const char *last_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* TREE of TREE/build/berth, PREFIX of PREFIX/bin/berth. */
static char *home_find(void)
{
    char *self = realpath("/proc/self/exe", NULL);
    if (!self)
        fail(EXIT_SYSTEM, "/proc/self/exe: %s", strerror(errno));
    char *folder = folder_of(self), *home = folder_of(folder);
    free(self);
    free(folder);
    return home;
}

static void name_check(const char *name)
{
    size_t len = strlen(name);
    bool is_good = islower((unsigned char)name[0]) != 0;
    for (const char *c = name; *c; c++)
        is_good = is_good && (islower((unsigned char)*c) ||
                              isdigit((unsigned char)*c) || *c == '-');
    if (!is_good || len > NAME_MAX_LETTERS)
        fail(EXIT_REFUSED,
             "`%s` is no name for an app: at most %u of a-z, 0-9 and -, a "
             "letter first; --name gives it another than its folder's",
             name, NAME_MAX_LETTERS);
}

/* Where the apps of a tree lie is a folder with these in it. */
static bool is_apps_folder(const char *folder)
{
    return is_there(folder, "apps.mk") && is_there(folder, "template");
}

/* The way from one folder to another, both without links: up as far as they
 * part, then down. */
static char *relative_path(const char *from, const char *to)
{
    size_t same = 0;
    for (size_t i = 0;; i++) {
        bool ends_from = from[i] == '\0' || from[i] == '/';
        bool ends_to = to[i] == '\0' || to[i] == '/';
        if (ends_from && ends_to)
            same = i;
        if (from[i] != to[i] || from[i] == '\0')
            break;
    }
    struct bytes path = { 0 };
    for (const char *c = from + same; *c; c++) {
        if (*c == '/' && c[1])
            bytes_append(&path, "../", 3);
    }
    const char *down = to[same] == '/' ? to + same + 1 : to + same;
    bytes_append(&path, down, strlen(down) + 1);
    return (char *)path.data;
}

static void copy(const char *from_folder, const char *to_folder,
                 const char *name)
{
    char *from = path_join(from_folder, name);
    char *to = path_join(to_folder, name);
    struct bytes bytes = file_read(from);
    file_write(to, bytes.data, bytes.len);
    free(bytes.data);
    free(from);
    free(to);
}

static void makefile_write(const struct plan *p, const char *main_name)
{
    char *folder = realpath(p->folder, NULL);
    char *sdk = realpath(p->sdk, NULL);
    /* An SDK that is still to be made: the folder above it is there. */
    if (!sdk) {
        char *above = folder_of(p->sdk), *real = realpath(above, NULL);
        sdk = path_join(real ? real : above, last_of(p->sdk));
    }
    if (!folder)
        fail(EXIT_SYSTEM, "%s: %s", p->folder, strerror(errno));
    char *way =
        strncmp(sdk, "/usr/", 5) == 0 ? sdk : relative_path(folder, sdk);
    if (strpbrk(way, " \t"))
        warn("make cannot include a file from a folder with blanks in its "
             "name: %s; keep app and SDK beside each other",
             way);
    char text[3 * PATH_MAX + 512];
    int len = snprintf(text, sizeof text,
                       "NAME := %s\nSOURCES := %s\nSTACK_SIZE := 1024\n"
                       "HEAP_SIZE := 512\nAPP_VERSION := 1\n"
                       "ifeq ($(wildcard %s/share/berth/berth.mk),)\n"
                       "$(error %s: no SDK of Berth is there yet; `make sdk` "
                       "in Berth's tree makes build/sdk)\n"
                       "endif\n"
                       "include %s/share/berth/berth.mk\n",
                       p->name, main_name, way, way, way);
    if (len < 0 || (size_t)len >= sizeof text)
        fail(EXIT_REFUSED, "%s: too long a path", way);
    char *path = path_join(p->folder, "Makefile");
    file_write(path, text, (size_t)len);
    free(path);
}

static void app_make(const struct plan *p)
{
    const char *main_name = p->is_cxx ? "main.cc" : "main.c";
    if (mkdir(p->folder, 0777) != 0)
        fail(errno == EEXIST ? EXIT_REFUSED : EXIT_SYSTEM, "%s: %s", p->folder,
             errno == EEXIST ? "is there already" : strerror(errno));
    copy(p->templates, p->folder, main_name);
    if (p->sdk)
        makefile_write(p, main_name);
    else
        copy(p->templates, p->folder, "app.mk");
}

static void sdk_find(struct plan *p, const char *home)
{
    const char *kind = p->is_cxx ? "template-cxx" : "template";
    bool is_tree = is_there(home, "apps/apps.mk");
    if (!p->sdk)
        p->sdk = is_tree ? path_join(home, "build/sdk") : home;
    p->templates = is_tree ? path_join(path_join(home, "apps"), kind)
                           : path_join(path_join(p->sdk, "share/berth"), kind);
    if (access(p->templates, F_OK) != 0)
        fail(EXIT_REFUSED,
             "%s: no SDK of Berth; --sdk tells where one was installed",
             p->sdk);
}

static void next_tell(const struct plan *p, const char *home)
{
    printf("%s/%s is yours.", p->folder, p->is_cxx ? "main.cc" : "main.c");
    if (!p->sdk)
        printf(" Run it: make run APPS=%s\n", p->name);
    else if (!is_there(p->sdk, "share/berth/berth.mk"))
        printf(" Build it: make -C '%s' sdk; make -C '%s'\n", home, p->folder);
    else
        printf(" Build it: make -C '%s'\n", p->folder);
}

/* The folder, and whether it lies where the tree has its apps. */
static bool folder_take(struct plan *p, const char *operand)
{
    char *folder = keep(strdup(operand));
    while (strlen(folder) > 1 && folder[strlen(folder) - 1] == '/')
        folder[strlen(folder) - 1] = '\0';
    if (!strchr(folder, '/') && !p->sdk && is_apps_folder("apps"))
        folder = path_join("apps", folder);
    p->folder = folder;
    char *above = folder_of(folder);
    bool is_in_tree = !p->sdk && is_apps_folder(above);
    free(above);
    return is_in_tree;
}

static void option_take(struct plan *p, int option, const char *value)
{
    if (option == OPT_CXX)
        p->is_cxx = true;
    else if (option == OPT_NAME)
        p->name = value;
    else
        p->sdk = value;
}

int cmd_new(int argc, char **argv)
{
    struct plan p = { 0 };
    const char *value;
    int option;
    while ((option = option_next(&options, argc, argv, &value)) >= 0)
        option_take(&p, option, value);
    if (argc - optind != 1)
        fail(EXIT_USAGE, "one folder; `berth new --help` shows the usage");
    bool is_in_tree = folder_take(&p, argv[optind]);
    if (is_in_tree && p.name)
        fail(EXIT_USAGE, "--name: an app of the tree is called as its folder "
                         "is; PACKAGE_NAME in app.mk changes that");
    p.name = p.name ? p.name : last_of(p.folder);
    name_check(p.name);
    char *home = home_find();
    sdk_find(&p, home);
    p.sdk = is_in_tree ? NULL : p.sdk;
    app_make(&p);
    next_tell(&p, home);
    return EXIT_DONE;
}
