/* SPDX-License-Identifier: Apache-2.0 */
/* Byte strings and files. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "berth.h"

#define HOLE_SIZE 4096u

static void bytes_reserve(struct bytes *b, size_t more)
{
    if (more <= b->capacity - b->len)
        return;
    size_t wanted = b->capacity < 256 ? 256 : 2 * b->capacity;
    if (wanted < b->len + more)
        wanted = b->len + more;
    b->data = keep(realloc(b->data, wanted));
    b->capacity = wanted;
}

void bytes_append(struct bytes *b, const void *data, size_t len)
{
    bytes_reserve(b, len);
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
}

void bytes_fill(struct bytes *b, uint8_t value, size_t count)
{
    bytes_reserve(b, count);
    if (count)
        memset(b->data + b->len, value, count);
    b->len += count;
}

void bytes_put16(struct bytes *b, uint32_t value)
{
    const uint8_t le[] = { (uint8_t)value, (uint8_t)(value >> 8) };
    bytes_append(b, le, sizeof le);
}

void bytes_put32(struct bytes *b, uint32_t value)
{
    bytes_put16(b, value & 0xFFFF);
    bytes_put16(b, value >> 16);
}

void bytes_put64(struct bytes *b, uint64_t value)
{
    bytes_put32(b, (uint32_t)value);
    bytes_put32(b, (uint32_t)(value >> 32));
}

uint32_t get16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

uint32_t get32(const uint8_t *p)
{
    return get16(p) | get16(p + 2) << 16;
}

void set32(uint8_t *p, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

struct bytes file_read(const char *path)
{
    struct bytes b = { 0 };
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    size_t got;
    do {
        bytes_reserve(&b, 65536);
        got = fread(b.data + b.len, 1, 65536, f);
        b.len += got;
    } while (got > 0);
    if (ferror(f))
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    fclose(f);
    return b;
}

static bool is_zero(const uint8_t *p, size_t len)
{
    return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static bool all_written(int fd, const uint8_t *data, size_t len, bool holes)
{
    for (size_t at = 0; at < len;) {
        size_t piece = len - at < HOLE_SIZE ? len - at : HOLE_SIZE;
        if (holes && is_zero(data + at, piece)) {
            if (lseek(fd, (off_t)piece, SEEK_CUR) < 0)
                return false;
            at += piece;
            continue;
        }
        ssize_t n = write(fd, data + at, piece);
        if (n < 0 && errno != EINTR)
            return false;
        at += n < 0 ? 0 : (size_t)n;
    }
    return !holes || ftruncate(fd, (off_t)len) == 0;
}

/* A device or a pipe is written to as it is. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static void special_write(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || !all_written(fd, data, len, false) || close(fd) != 0)
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
}

/* Gives the file its name. A name that is taken is not taken over between a
 * look and the renaming: a link is made, or it is not. */
static bool name_give(const char *temporary, const char *path, bool may_replace)
{
    if (may_replace)
        return rename(temporary, path) == 0;
    return link(temporary, path) == 0 && unlink(temporary) == 0;
}

bool file_write_as(const char *path, const void *data, size_t len,
                   bool is_secret, bool may_replace)
{
    if (is_special(path)) {
        special_write(path, data, len);
        return true;
    }
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = keep(malloc(size));
    snprintf(temporary, size, "%s.XXXXXX", path);
    int fd = mkstemp(temporary);
    if (fd < 0)
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = is_secret ? 0600 : 0666 & ~mask;
    if (!all_written(fd, data, len, true) || fchmod(fd, mode) != 0 ||
        close(fd) != 0 || !name_give(temporary, path, may_replace)) {
        int reason = errno;
        unlink(temporary);
        if (reason == EEXIST && !may_replace)
            return false;
        fail(EXIT_SYSTEM, "%s: %s", path, strerror(reason));
    }
    free(temporary);
    return true;
}

void file_write(const char *path, const void *data, size_t len)
{
    file_write_as(path, data, len, false, true);
}

char *file_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *stem = keep(strdup(slash ? slash + 1 : path));
    char *dot = strrchr(stem, '.');
    if (dot && dot != stem)
        *dot = '\0';
    return stem;
}
