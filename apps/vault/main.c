/* SPDX-License-Identifier: Apache-2.0 */
/* Shows secrets that stay secret: a vault that knows passwords again without
 * keeping them. Of each it keeps a random salt and the code of salt and password
 * under a key that was made at random here and never leaves. All that lies in a
 * file in isolated storage. See README.md. */
#include <berth/file.h>
#include <berth/hmac.h>
#include <berth/line.h>
#include <berth/random.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX 16u
#define PASSWORD_MAX 48u
#define SALT 16u
#define KEY 32u
#define CODE 32u
/* Of the file's beginning: so that no entry lies in two blocks of the storage. */
#define HEAD 48u

struct entry {
    char name[NAME_MAX]; /* with a zero; empty: unused */
    uint8_t salt[SALT], code[CODE];
};

static struct berth_file file;
static uint8_t key[KEY];

/* ---- the file: the key, then entries ------------------------------------------- */

static err_t open_or_make(void)
{
    size_t done = 0;
    err_t error = berth_file_open(&file, 0, 0, BERTH_FILE_CREATE);
    if (error != OK) {
        return error;
    }
    if (berth_file_length(&file) >= HEAD) {
        return berth_file_read(&file, key, KEY, &done);
    }
    uint8_t head[HEAD] = { 0 };
    error = berth_random(key, KEY);
    memcpy(head, key, KEY);
    if (error == OK) {
        error = berth_file_write(&file, head, HEAD);
    }
    return error == OK ? berth_file_flush(&file) : error;
}

static err_t entry_seek(uint32_t number)
{
    return berth_file_seek(&file,
                           HEAD + number * (uint32_t)sizeof(struct entry));
}

/* False: there are no more. */
static bool entry_read(uint32_t number, struct entry *out)
{
    size_t done = 0;
    return entry_seek(number) == OK &&
           berth_file_read(&file, out, sizeof *out, &done) == OK &&
           done == sizeof *out;
}

/* The number of that name's entry, or of the first behind all. */
static uint32_t entry_find(const char *name, struct entry *out)
{
    uint32_t number = 0;
    while (entry_read(number, out) && strcmp(out->name, name) != 0) {
        number++;
    }
    return number;
}

/* ---- passwords --------------------------------------------------------------------- */

/* A memset of what is not read again would be left out. */
static void wipe(volatile uint8_t *secret, size_t length)
{
    while (length > 0) {
        secret[--length] = 0;
    }
}

/* Salt and password, and the code of both to be made or verified. */
static err_t code_step(struct entry *entry, const char *password,
                       enum berth_hmac_step step)
{
    uint8_t data[SALT + PASSWORD_MAX];
    size_t length = strlen(password);
    if (length > PASSWORD_MAX) {
        return ERR_SIZE;
    }
    memcpy(data, entry->salt, SALT);
    for (size_t i = 0; i < length; i++) {
        data[SALT + i] = (uint8_t)password[i];
    }
    const struct berth_hmac hmac = { .kind = BERTH_HMAC_SHA256,
                                     .key = key,
                                     .key_length = KEY,
                                     .data = data,
                                     .length = SALT + length,
                                     .code = entry->code,
                                     .code_length = CODE };
    err_t error = berth_hmac(&hmac, step);
    wipe(data, sizeof data);
    return error;
}

static err_t set(const char *name, const char *password)
{
    struct entry entry;
    uint32_t number = entry_find(name, &entry);
    memset(&entry, 0, sizeof entry);
    memcpy(entry.name, name, strlen(name));
    err_t error = berth_random(entry.salt, SALT);
    if (error == OK) {
        error = code_step(&entry, password, BERTH_HMAC_WHOLE);
    }
    if (error == OK) {
        error = entry_seek(number);
    }
    if (error == OK) {
        error = berth_file_write(&file, &entry, sizeof entry);
    }
    return error == OK ? berth_file_flush(&file) : error;
}

static err_t check(const char *name, const char *password)
{
    struct entry entry;
    uint32_t number = entry_find(name, &entry);
    if (!entry_read(number, &entry)) {
        return ERR_NODEVICE;
    }
    return code_step(&entry, password, BERTH_HMAC_VERIFY);
}

/* ---- orders -------------------------------------------------------------------------- */

static void list(void)
{
    struct entry entry;
    uint32_t number = 0;
    for (; entry_read(number, &entry); number++) {
        printf("vault: %s\n", entry.name);
    }
    printf("vault: %u names\n", (unsigned)number);
}

static void obey(char *line)
{
    const char *order = strtok(line, " ");
    const char *name = strtok(NULL, " ");
    const char *password = strtok(NULL, "");
    if (order == NULL) {
        return;
    }
    if (strcmp(order, "names") == 0) {
        list();
    } else if (name == NULL || password == NULL || strlen(name) >= NAME_MAX) {
        printf("vault: set NAME PASSWORD, check NAME PASSWORD, names\n");
    } else if (strcmp(order, "set") == 0) {
        printf("vault: set: %s\n", berth_strerror(set(name, password)));
    } else if (strcmp(order, "check") == 0) {
        err_t error = check(name, password);
        printf("vault: %s\n", error == OK         ? "that is it"
                              : error == ERR_FAIL ? "no, it is not"
                                                  : berth_strerror(error));
    }
}

int main(void)
{
    char line[96];
    size_t length = 0;
    err_t error = open_or_make();
    if (error != OK) {
        printf("vault: cannot be opened: %s\n", berth_strerror(error));
        return (int)error;
    }
    printf("vault: open\n");
    for (;;) {
        error = berth_line_read(line, sizeof line, &length);
        if (error == OK) {
            obey(line);
        } else if (error != ERR_SIZE) {
            return (int)error;
        }
        memset(line, 0, sizeof line);
    }
}
