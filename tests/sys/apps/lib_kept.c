/* SPDX-License-Identifier: Apache-2.0 */
/* The library's calls for kept data: one that is under way asynchronously, or was
 * given up, is disturbed by no other, and none takes the end of another for its
 * own. */
#include "check.h"

#include <berth/app_flash.h>
#include <berth/event.h>
#include <berth/file.h>
#include <berth/kv.h>
#include <berth/nonvolatile.h>
#include <string.h>

static const volatile uint8_t own_flash[64] BERTH_WRITEABLE_FLASH = { 7 };
static const uint8_t large[4000] = { 1 }; /* takes its time */
static uint8_t back[16];
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

static void on_written(err_t status, void *userdata)
{
    on_done(status, 0, userdata);
}

/* Was it told, and how? */
static void ended(const char *clause, err_t status, size_t length)
{
    berth_wait_until(&is_done);
    is_done = false;
    check(clause, done_status == status && done_length == length);
}

static void key_value(void)
{
    size_t length = 0;
    check("kv: put", berth_kv_put_async(BERTH_KV_SET, "a", 1, "one", 3, on_done,
                                        NULL) == OK);
    check("kv: a plain call does not disturb it",
          berth_kv_put(BERTH_KV_SET, "b", 1, "2", 1) == ERR_BUSY &&
              berth_kv_get("b", 1, back, 1, &length) == ERR_BUSY &&
              berth_kv_collect() == ERR_BUSY);
    check("kv: nor one with a time-out, nor another one",
          berth_kv_delete_timeout("a", 1, 10) == ERR_BUSY &&
              berth_kv_delete_async("a", 1, on_done, NULL) == ERR_BUSY);
    ended("kv: it ends", OK, 0);
    check("kv: get",
          berth_kv_get_async("a", 1, back, sizeof back, on_done, NULL) == OK);
    ended("kv: has it", OK, 3);
    check("kv: as it was put", memcmp(back, "one", 3) == 0);
    check("kv: collect", berth_kv_collect_async(on_done, NULL) == OK);
    ended("kv: collected", OK, 0);
    check("kv: delete", berth_kv_delete_async("a", 1, on_done, NULL) == OK);
    ended("kv: deleted", OK, 0);
    check("kv: in time",
          berth_kv_put_timeout(BERTH_KV_SET, "c", 1, "3", 1, 5000) == OK &&
              berth_kv_get_timeout("c", 1, back, 16, &length, 5000) == OK &&
              length == 1 && berth_kv_collect_timeout(5000) == OK &&
              berth_kv_delete_timeout("c", 1, 5000) == OK);
}

static void isolated(void)
{
    uint32_t size = 0;
    check("isolated: size", berth_isolated_size_async(on_done, NULL) == OK);
    berth_wait_until(&is_done);
    is_done = false;
    check("isolated: has one", done_status == OK && done_length >= 1024);
    check("isolated: write",
          berth_isolated_write_async(5, "five", 4, on_done, NULL) == OK);
    check("isolated: nothing disturbs it",
          berth_isolated_read(5, back, 4) == ERR_BUSY &&
              berth_isolated_size(&size) == ERR_BUSY &&
              berth_isolated_write_timeout(0, back, 4, 10) == ERR_BUSY);
    ended("isolated: it ends", OK, 4);
    check("isolated: read",
          berth_isolated_read_async(4, back, 6, on_done, NULL) == OK);
    ended("isolated: it is read", OK, 6);
    check("isolated: as written", memcmp(back,
                                         "\xFF"
                                         "five\xFF",
                                         6) == 0);
    check("isolated: given up",
          berth_isolated_write_timeout(20, large, sizeof large, 0) ==
                  ERR_CANCEL &&
              berth_isolated_read_async(4, back, 6, on_done, NULL) == ERR_BUSY);
    check("isolated: the next one is not told of it",
          berth_isolated_read(4, back, 5) == OK && back[0] == 0xFF);
    check("isolated: in time",
          berth_isolated_size_timeout(&size, 5000) == OK && size >= 1024 &&
              berth_isolated_write_timeout(5, "5", 1, 5000) == OK &&
              berth_isolated_read_timeout(5, back, 1, 5000) == OK &&
              back[0] == '5');
}

static void shared(void)
{
    check("shared: write",
          berth_nonvolatile_write_async(5, "five", 4, on_done, NULL) == OK);
    check("shared: nothing disturbs it",
          berth_nonvolatile_read(5, back, 4) == ERR_BUSY &&
              berth_nonvolatile_write_timeout(0, back, 4, 10) == ERR_BUSY);
    ended("shared: it ends", OK, 4);
    check("shared: read",
          berth_nonvolatile_read_async(5, back, 4, on_done, NULL) == OK);
    ended("shared: it is read", OK, 4);
    check("shared: as written", memcmp(back, "five", 4) == 0);
    check("shared: given up",
          berth_nonvolatile_write_timeout(20, large, sizeof large, 0) ==
                  ERR_CANCEL &&
              berth_nonvolatile_read_async(5, back, 4, on_done, NULL) ==
                  ERR_BUSY);
    check("shared: the next one is not told of it",
          berth_nonvolatile_read(5, back, 3) == OK);
    check("shared: in time",
          berth_nonvolatile_write_timeout(5, "5", 1, 5000) == OK &&
              berth_nonvolatile_read_timeout(5, back, 1, 5000) == OK &&
              back[0] == '5');
}

static void files(void)
{
    struct berth_file file;
    size_t done = 9;
    const void *code = (const void *)(uintptr_t)key_value; /* other bytes */
    check("file: in time",
          berth_file_open_timeout(&file, 0, 0, BERTH_FILE_EMPTY, 5000) == OK &&
              berth_file_write_timeout(&file, "text", 4, 5000) == OK &&
              berth_file_flush_timeout(&file, 5000) == OK);
    check("file: given up",
          berth_file_write_timeout(&file, code, 3000, 0) == ERR_CANCEL &&
              berth_file_position(&file) == 4);
    check("file: and read, all the same",
          berth_file_seek(&file, 0) == OK &&
              berth_file_read(&file, back, 16, &done) == OK && done == 4 &&
              memcmp(back, "text", 4) == 0);
    check("file: read in time",
          berth_file_seek(&file, 1) == OK &&
              berth_file_read_timeout(&file, back, 16, &done, 5000) == OK &&
              done == 3 && berth_file_close_timeout(&file, 5000) == OK);
}

static void own(void)
{
    check("app flash: write", berth_app_flash_write_async(
                                  own_flash, "own", 3, on_written, NULL) == OK);
    check("app flash: nothing disturbs it",
          berth_app_flash_write(own_flash, back, 1) == ERR_BUSY &&
              berth_app_flash_write_timeout(own_flash, back, 1, 9) == ERR_BUSY);
    ended("app flash: it ends", OK, 0);
    check("app flash: as written", own_flash[0] == 'o' && own_flash[2] == 'n');
    check("app flash: given up",
          berth_app_flash_write_timeout(own_flash + 9, "late", 4, 0) ==
              ERR_CANCEL);
    check("app flash: the next one is not told of it",
          berth_app_flash_write(own_flash + 32, "next", 4) == OK &&
              own_flash[32] == 'n');
    check("app flash: in time",
          berth_app_flash_write_timeout(own_flash, "O", 1, 5000) == OK &&
              own_flash[0] == 'O');
}

int main(void)
{
    key_value();
    isolated();
    shared();
    files();
    own();
    return check_end();
}
