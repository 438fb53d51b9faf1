/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, authentication codes and encryption on the machine. */
#include "check.h"

#include <berth/aes.h>
#include <berth/event.h>
#include <berth/hmac.h>
#include <berth/sha.h>
#include <string.h>

static const struct quad success = { { SYSRET_SUCCESS, KEEP, KEEP, KEEP } };
static const uint8_t large[6000] = { 1 }; /* in flash */
static uint8_t out[128];
static volatile bool heard;
static err_t heard_status;

static struct quad failure(uint32_t error)
{
    return QUAD(SYSRET_FAILURE, error, KEEP, KEEP);
}

static void check_command(const char *clause, uint32_t driver, uint32_t number,
                          struct quad want, uint32_t arg1, uint32_t arg2)
{
    check_call(clause, SYSCALL_COMMAND, QUAD(driver, number, arg1, arg2), want);
}

static void check_error(const char *clause, err_t got, err_t want)
{
    check_equal(clause, (uint32_t)got, (uint32_t)want);
}

/* Are these the bytes, by their hexadecimal text? */
static void check_bytes(const char *clause, const uint8_t *got,
                        const char *want)
{
    static const char digits[] = "0123456789abcdef";
    bool same = true;
    for (size_t i = 0; want[2 * i]; i++) {
        same = same && want[2 * i] == digits[got[i] >> 4] &&
               want[2 * i + 1] == digits[got[i] & 15];
    }
    check(clause, same);
}

static void on_done(err_t status, void *userdata)
{
    heard_status = status;
    heard = userdata == out;
}

/* ---- hashes -------------------------------------------------------------------- */

static void sha_calls(void)
{
    check_command("sha: exists", DRIVER_SHA, 0, success, 1, 2);
    check_command("sha: SHA-256", DRIVER_SHA, 1, success, 0, 0);
    check_command("sha: no other", DRIVER_SHA, 1, failure(ERR_NOSUPPORT), 1, 0);
    check_command("sha: command 3 is NOSUPPORT", DRIVER_SHA, 3,
                  failure(ERR_NOSUPPORT), 0, 0);
    (void)syscall_allow_ro(DRIVER_SHA, 0, large, sizeof large);
    (void)syscall_allow_rw(DRIVER_SHA, 0, out, 31);
    struct sysret first = syscall_command(DRIVER_SHA, 2, 0, 0);
    struct sysret second = syscall_command(DRIVER_SHA, 2, 0, 0);
    check("sha: one hash at a time", first.variant == SYSRET_SUCCESS &&
                                         second.variant == SYSRET_FAILURE &&
                                         second.value[0] == ERR_NOMEM);
    struct event e = syscall_yield_wait_for(DRIVER_SHA, 0);
    check("sha: a digest buffer that is too short is NOMEM",
          e.value[0] == ERR_NOMEM);
    (void)syscall_command(DRIVER_SHA, 2, 0, 0);
    (void)syscall_allow_ro(DRIVER_SHA, 0, large, 0);
    e = syscall_yield_wait_for(DRIVER_SHA, 0);
    check("sha: data taken back midway is SIZE", e.value[0] == ERR_SIZE);
}

static void sha_library(void)
{
    check_error("berth_sha256", berth_sha256("abc", 3, out), OK);
    check_bytes("its digest", out,
                "ba7816bf8f01cfea414140de5dae2223"
                "b00361a396177a9cb410ff61f20015ad");
    check_error("of nothing", berth_sha256(NULL, 0, out), OK);
    check_bytes("its digest", out,
                "e3b0c44298fc1c149afbf4c8996fb924"
                "27ae41e4649b934ca495991b7852b855");
    check_error("berth_sha256_timeout",
                berth_sha256_timeout(large, sizeof large, out, 1000), OK);
    heard = false;
    check_error("berth_sha256_async",
                berth_sha256_async("abc", 3, out, on_done, out), OK);
    check_error("a second one is BUSY", berth_sha256("abc", 3, out), ERR_BUSY);
    berth_wait_until(&heard);
    check("it calls back", heard_status == OK && out[0] == 0xBA);
    check_error("no time at all is too little",
                berth_sha256_timeout(large, sizeof large, out, 0), ERR_CANCEL);
    check_error("after which the next one works", berth_sha256("abc", 3, out),
                OK);
}

/* ---- authentication codes ----------------------------------------------------------- */

static struct berth_hmac hmac = {
    .key = "Jefe",
    .key_length = 4,
    .data = "what do ya want for nothing?",
    .length = 28,
    .code = out,
    .code_length = 64,
};

static const struct {
    const char *name, *code;
    size_t size;
} codes[] = {
    { "HMAC-SHA-256", "5bdcc146bf60754e6a042426089575c7", 32 },
    { "HMAC-SHA-384", "af45d2e376484031617f78d2b58a6b1b", 48 },
    { "HMAC-SHA-512", "164b7a7bfcf819e2e395fbe73b56e0a3", 64 },
    { "HMAC-SHA-224", "a30e01098bc6dbbf45690f3a7e9e6d0f", 28 },
    { "HMAC-SHA-1", "effcdf6ae5eb2fa2d27416d5f184df9c", 20 },
    { "HMAC-MD5", "750c783e6ab0b503eaa86e310a5db738", 16 },
};

static void hmac_calls(void)
{
    check_command("hmac: command 0 chooses", DRIVER_HMAC, 0, success, 0, 2);
    check_command("hmac: no such algorithm", DRIVER_HMAC, 0,
                  failure(ERR_NOSUPPORT), 6, 0);
    check_command("hmac: finish of nothing is OFF", DRIVER_HMAC, 3,
                  failure(ERR_OFF), 0, 0);
    check_command("hmac: verify-finish as well", DRIVER_HMAC, 5,
                  failure(ERR_OFF), 0, 0);
    check_command("hmac: command 6 is NOSUPPORT", DRIVER_HMAC, 6,
                  failure(ERR_NOSUPPORT), 0, 0);
    (void)syscall_allow_ro(DRIVER_HMAC, 0, large, 65);
    check_command("hmac: a key of 65 bytes is SIZE", DRIVER_HMAC, 1,
                  failure(ERR_SIZE), 0, 0);
    (void)syscall_allow_ro(DRIVER_HMAC, 0, NULL, 0);
}

static void hmac_library(void)
{
    for (uint32_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        memset(out, 0, sizeof out);
        hmac.kind = (enum berth_hmac_kind)i;
        hmac.code_length = 64;
        check_error(codes[i].name, berth_hmac(&hmac, BERTH_HMAC_WHOLE), OK);
        check_bytes("its code", out, codes[i].code);
        check("and no more", out[codes[i].size] == 0);
        hmac.code_length = codes[i].size;
        check_error("verifies", berth_hmac(&hmac, BERTH_HMAC_VERIFY), OK);
        out[7] ^= 4;
        check_error("not if changed", berth_hmac(&hmac, BERTH_HMAC_VERIFY),
                    ERR_FAIL);
    }
    hmac.kind = BERTH_HMAC_SHA256;
    hmac.code_length = 32;
    hmac.length = 10;
    check_error("in parts", berth_hmac(&hmac, BERTH_HMAC_UPDATE), OK);
    hmac.data = (const char *)hmac.data + 10;
    hmac.length = 18;
    check_error("with time", berth_hmac_timeout(&hmac, BERTH_HMAC_UPDATE, 1000),
                OK);
    heard = false;
    check_error("and at last",
                berth_hmac_async(&hmac, BERTH_HMAC_FINISH, on_done, out), OK);
    berth_wait_until(&heard);
    check_error("it calls back", heard_status, OK);
    check_bytes("the same code", out, codes[0].code);
    check_error("then there is nothing to finish",
                berth_hmac(&hmac, BERTH_HMAC_VERIFY_LAST), ERR_OFF);
}

/* ---- encryption ----------------------------------------------------------------------- */

static const uint8_t key[16] = {
    0xFE, 0xFF, 0xE9, 0x92, 0x86, 0x65, 0x73, 0x1C,
    0x6D, 0x6A, 0x8F, 0x94, 0x67, 0x30, 0x83, 0x08
};
static const uint8_t nonce[16] = { 0xCA, 0xFE, 0xBA, 0xBE, 0xFA, 0xCE,
                                   0xDB, 0xAD, 0xDE, 0xCA, 0xF8, 0x88 };
static uint8_t text[80], back[80];

static struct berth_aes aes = {
    .key = key,
    .key_length = sizeof key,
    .iv = nonce,
    .source = text,
    .destination = out,
    .capacity = sizeof out,
};

static void aes_calls(void)
{
    check_command("aes: exists", DRIVER_AES, 0, success, 1, 2);
    check_command("aes: no such mode", DRIVER_AES, 1, failure(ERR_NOSUPPORT), 5,
                  0);
    check_command("aes: no mode is INVAL", DRIVER_AES, 2, failure(ERR_INVAL), 0,
                  0);
    check_command("aes: crypt before set-up is OFF", DRIVER_AES, 3,
                  failure(ERR_OFF), 0, 0);
    check_command("aes: finish before set-up is OFF", DRIVER_AES, 4,
                  failure(ERR_OFF), 0, 0);
    check_command("aes: command 9 is NOSUPPORT", DRIVER_AES, 9,
                  failure(ERR_NOSUPPORT), 0, 0);
}

/* There and back again. */
static void round_trip(const char *clause, enum berth_aes_mode mode,
                       size_t iv_length, size_t length, size_t tag)
{
    size_t there = 0;
    size_t here = 0;
    aes.mode = mode;
    aes.iv_length = iv_length;
    aes.tag_length = tag;
    aes.aad_at = 0;
    aes.text_at = tag ? 5 : 0;
    aes.encrypt = true;
    aes.source = text;
    aes.length = length;
    aes.destination = out;
    err_t first = berth_aes(&aes, &there);
    aes.encrypt = false;
    aes.source = out;
    aes.length = there;
    aes.destination = back;
    err_t second = berth_aes(&aes, &here);
    check_error(clause, first != OK ? first : second, OK);
    check("is hidden, and comes back",
          there == length + tag && here == length &&
              memcmp(out + 5, text + 5, length - 5) != 0 &&
              memcmp(back, text, length) == 0);
}

static void on_crypted(err_t status, size_t length, void *userdata)
{
    heard_status = status;
    heard = length == 64 && userdata == out;
}

static void aes_library(void)
{
    size_t length = 0;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)i;
    }
    round_trip("CTR", BERTH_AES_CTR, 16, 71, 0);
    round_trip("CBC", BERTH_AES_CBC, 16, 64, 0);
    round_trip("ECB", BERTH_AES_ECB, 0, 64, 0);
    round_trip("CCM", BERTH_AES_CCM, 13, 71, 8);
    round_trip("GCM", BERTH_AES_GCM, 12, 71, 16);
    memset(back, 0, sizeof back);
    out[20] ^= 1;
    check_error("what was tampered with is noticed", berth_aes(&aes, &length),
                ERR_FAIL);
    check("and not written", back[20] == 0 && length == 0);
    out[20] ^= 1;
    aes.capacity = 70;
    check_error("a destination too small is SIZE", berth_aes(&aes, &length),
                ERR_SIZE);
    aes.capacity = sizeof back;
    check_error("berth_aes_timeout", berth_aes_timeout(&aes, &length, 1000),
                OK);
    check_error("berth_aes_forget", berth_aes_forget(), OK);
    check_error("once", berth_aes_forget(), ERR_OFF);
    aes.mode = BERTH_AES_CBC;
    aes.iv_length = 16;
    aes.encrypt = true;
    aes.source = text;
    aes.length = 64;
    heard = false;
    check_error("berth_aes_async", berth_aes_async(&aes, on_crypted, out), OK);
    berth_wait_until(&heard);
    check_error("it calls back", heard_status, OK);
}

int main(void)
{
    sha_calls();
    sha_library();
    hmac_calls();
    hmac_library();
    aes_calls();
    aes_library();
    return check_end();
}
