/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_file.h. */
#include <tests/sim/devices/flash_file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint8_t *refused(const char *path, const char *why)
{
    fprintf(stderr, "berth-sim: flash file %s: %s\n", path, why);
    return NULL;
}

static uint8_t *map(const char *path, int file, size_t size)
{
    struct stat stat;
    bool is_new = fstat(file, &stat) == 0 && stat.st_size == 0;
    if (is_new && ftruncate(file, (off_t)size) != 0)
        return refused(path, strerror(errno));
    if (!is_new && (size_t)stat.st_size != size) {
        char why[120];
        snprintf(why, sizeof why,
                 "has %lld bytes, this board's flash has %zu; name another "
                 "file, one that is not there is made",
                 (long long)stat.st_size, size);
        return refused(path, why);
    }
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED)
        return refused(path, strerror(errno));
    if (is_new)
        memset(bytes, 0xFF, size);
    return bytes;
}

uint8_t *flash_file_map(const char *path, size_t size)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return refused(path, strerror(errno));
    uint8_t *bytes = map(path, file, size);
    close(file);
    return bytes;
}
