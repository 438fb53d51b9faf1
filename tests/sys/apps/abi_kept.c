/* SPDX-License-Identifier: Apache-2.0 */
/* Data that is kept in flash, clause by clause: key-value store, shared and
 * isolated storage, files, app flash. How often it has been started is kept,
 * too: from the second time on it looks for what the first has left. */
#include "check.h"

#include <berth/app_flash.h>
#include <berth/event.h>
#include <berth/file.h>
#include <berth/kv.h>
#include <berth/nonvolatile.h>
#include <string.h>

static const volatile uint8_t own_flash[600] BERTH_WRITEABLE_FLASH = { 7 };
static uint8_t bytes[700], back[700];

static void fill(uint32_t seed)
{
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(seed + i * 13 + i / 251);
    }
    memset(back, 0, sizeof back);
}

static bool has(const char *key, const char *value)
{
    size_t length = 0;
    memset(back, 0, sizeof back);
    return berth_kv_get(key, strlen(key), back, sizeof back, &length) == OK &&
           length == strlen(value) && memcmp(back, value, length) == 0;
}

static err_t put(enum berth_kv_change change, const char *key,
                 const char *value)
{
    return berth_kv_put(change, key, strlen(key), value, strlen(value));
}

/* ---- key-value ------------------------------------------------------------------ */

static volatile bool is_done;
static err_t done_status;
static size_t done_length;

static void on_done(err_t status, size_t length, void *userdata)
{
    (void)userdata;
    done_status = status;
    done_length = length;
    is_done = true;
}

static void key_value(void)
{
    size_t length = 0;
    check("kv: exists", call(2, QUAD(DRIVER_KV, 0, 0, 0)).r[0] == 128);
    check("kv: add makes a key", put(BERTH_KV_ADD, "a", "one") == OK);
    check("kv: which has that value", has("a", "one"));
    check("kv: add refuses one that is there",
          put(BERTH_KV_ADD, "a", "two") == ERR_NOSUPPORT && has("a", "one"));
    check("kv: update changes it",
          put(BERTH_KV_UPDATE, "a", "three") == OK && has("a", "three"));
    check("kv: update refuses one that is not",
          put(BERTH_KV_UPDATE, "b", "x") == ERR_NOSUPPORT);
    check("kv: set does both", put(BERTH_KV_SET, "b", "4") == OK &&
                                   put(BERTH_KV_SET, "b", "55") == OK &&
                                   has("b", "55"));
    check("kv: a value may be empty",
          put(BERTH_KV_SET, "b", "") == OK && has("b", ""));
    check("kv: delete", berth_kv_delete("b", 1) == OK &&
                            berth_kv_delete("b", 1) == ERR_NOSUPPORT);
    check("kv: what is not there is not got",
          berth_kv_get("b", 1, back, 1, &length) == ERR_NOSUPPORT);
    check("kv: a short buffer tells the whole length",
          berth_kv_get("a", 1, back, 2, &length) == ERR_SIZE && length == 5 &&
              memcmp(back, "th", 2) == 0);
    check("kv: the longest key and value",
          berth_kv_put(BERTH_KV_SET, bytes, BERTH_KV_KEY_MAX, bytes,
                       BERTH_KV_VALUE_MAX) == OK &&
              berth_kv_get(bytes, BERTH_KV_KEY_MAX, back, sizeof back,
                           &length) == OK &&
              length == BERTH_KV_VALUE_MAX && memcmp(bytes, back, length) == 0);
    check("kv: longer ones are refused",
          berth_kv_put(BERTH_KV_SET, bytes, BERTH_KV_KEY_MAX + 1, bytes, 1) ==
                  ERR_SIZE &&
              berth_kv_put(BERTH_KV_SET, bytes, 1, bytes,
                           BERTH_KV_VALUE_MAX + 1) == ERR_SIZE);
    check("kv: no key is refused",
          berth_kv_get(NULL, 0, back, 1, &length) == ERR_RESERVE);
    check("kv: garbage can be collected", berth_kv_collect() == OK);
    check("kv: asynchronous",
          berth_kv_get_async("a", 1, back, sizeof back, on_done, NULL) == OK);
    berth_wait_until(&is_done);
    check("kv: and told", done_status == OK && done_length == 5);
    check("kv: with a time-out",
          berth_kv_get_timeout("a", 1, back, sizeof back, &length, 1000) == OK);
}

/* ---- bytes ------------------------------------------------------------------------- */

static void shared(void)
{
    uint32_t size = 0;
    check("shared: has a size",
          berth_nonvolatile_size(&size) == OK && size >= 512);
    check("shared: 512 bytes across blocks",
          berth_nonvolatile_write(100, bytes, 512) == OK &&
              berth_nonvolatile_read(100, back, 512) == OK &&
              memcmp(bytes, back, 512) == 0);
    check("shared: the end is the end",
          berth_nonvolatile_write(size - 4, bytes, 4) == OK &&
              berth_nonvolatile_write(size - 3, bytes, 4) == ERR_INVAL &&
              berth_nonvolatile_read(size, back, 1) == ERR_INVAL);
    check("shared: no buffer",
          berth_nonvolatile_read(0, NULL, 0) == ERR_RESERVE);
}

static void isolated(void)
{
    uint32_t size = 0;
    check("isolated: has a size",
          berth_isolated_size(&size) == OK && size >= 1024);
    check("isolated: is blank at first",
          berth_isolated_read(0, back, 700) == OK && back[0] == 0xFF &&
              back[699] == 0xFF);
    check("isolated: 700 bytes",
          berth_isolated_write(size - 700, bytes, 700) == OK &&
              berth_isolated_read(size - 700, back, 700) == OK &&
              memcmp(bytes, back, 700) == 0);
    check("isolated: the end is the end",
          berth_isolated_write(size - 699, bytes, 700) == ERR_INVAL &&
              berth_isolated_read(size + 1, back, 1) == ERR_INVAL &&
              call(2, QUAD(DRIVER_ISOLATED, 3, 0, 1)).r[0] == 128);
    struct event event = syscall_yield_wait_for(DRIVER_ISOLATED, 2);
    check("isolated: no buffer is told", event.value[0] == ERR_RESERVE);
    check("isolated: with a time-out",
          berth_isolated_read_timeout(0, back, 8, 1000) == OK);
}

static void files(void)
{
    struct berth_file file;
    size_t done = 0;
    check("file: there is none",
          berth_file_open(&file, 0, 1024, BERTH_FILE_OPEN) == ERR_NODEVICE);
    check("file: is made",
          berth_file_open(&file, 0, 1024, BERTH_FILE_CREATE) == OK &&
              berth_file_length(&file) == 0);
    check("file: is written", berth_file_write(&file, bytes, 500) == OK &&
                                  berth_file_write(&file, bytes, 500) == OK);
    check("file: has an end", berth_file_write(&file, bytes, 9) == ERR_SIZE &&
                                  berth_file_length(&file) == 1000);
    check("file: is read", berth_file_seek(&file, 400) == OK &&
                               berth_file_read(&file, back, 700, &done) == OK &&
                               done == 600 &&
                               memcmp(back + 100, bytes, 500) == 0);
    check("file: is cut", berth_file_truncate(&file, 450) == OK &&
                              berth_file_position(&file) == 450 &&
                              berth_file_close(&file) == OK);
}

static bool own_holds_bytes(void)
{
    bool holds = own_flash[0] == 7;
    for (size_t i = 1; i < sizeof own_flash; i++) {
        holds = holds && own_flash[i] == bytes[i - 1];
    }
    return holds;
}

static void own(void)
{
    uint32_t start = address_of(own_flash);
    check("app flash: is readable", own_flash[0] == 7);
    check("app flash: is written",
          berth_app_flash_write(own_flash + 1, bytes, 599) == OK &&
              own_holds_bytes());
    check("app flash: and no more than that",
          own_flash[0] == 7 &&
              berth_app_flash_write(own_flash + 2, bytes, 599) == ERR_INVAL &&
              berth_app_flash_write((const void *)(uintptr_t)(start - 1), bytes,
                                    2) == ERR_INVAL);
    check("app flash: nothing else is",
          berth_app_flash_write((const void *)(uintptr_t)own, bytes, 4) ==
              ERR_INVAL);
    check("app flash: no buffer",
          berth_app_flash_write(own_flash, NULL, 0) == ERR_RESERVE);
}

/* ---- what the first life has left ------------------------------------------------ */

static void left(void)
{
    struct berth_file file;
    size_t length = 0;
    uint32_t size = 0;
    check("kept: a value", has("a", "three"));
    check("kept: a long one",
          berth_kv_get(bytes, BERTH_KV_KEY_MAX, back, sizeof back, &length) ==
                  OK &&
              length == BERTH_KV_VALUE_MAX && memcmp(bytes, back, length) == 0);
    check("kept: shared bytes", berth_nonvolatile_read(100, back, 512) == OK &&
                                    memcmp(bytes, back, 512) == 0);
    check("kept: isolated bytes",
          berth_isolated_size(&size) == OK &&
              berth_isolated_read(size - 700, back, 700) == OK &&
              memcmp(bytes, back, 700) == 0);
    check("kept: a file",
          berth_file_open(&file, 0, 1024, BERTH_FILE_OPEN) == OK &&
              berth_file_length(&file) == 450 &&
              berth_file_read(&file, back, 700, &length) == OK &&
              length == 450 && memcmp(back, bytes, 450) == 0);
    check("kept: own flash", own_holds_bytes());
}

int main(void)
{
    uint32_t lives = 0;
    size_t length = 0;
    (void)berth_kv_get("lives", 5, &lives, sizeof lives, &length);
    printf("abi_kept: life %lu\n", (unsigned long)lives);
    fill(1);
    if (lives == 0) {
        key_value();
        shared();
        isolated();
        files();
        own();
    } else {
        left();
    }
    lives++;
    check("the lives are counted",
          berth_kv_put(BERTH_KV_SET, "lives", 5, &lives, sizeof lives) == OK);
    return check_end();
}
