/* SPDX-License-Identifier: Apache-2.0 */
/* The encryption driver, on BearSSL.
 * SOURCES: drivers/aes.c drivers/turns.c crypto/bearssl_aes.c
 * SOURCES: tests/fake/kernel.c
 * LINK: -lbearssl */
#include <drivers/aes.h>

#include <stdio.h>
#include <string.h>

#include <crypto/bearssl_aes.h>
#include <tests/fake/kernel.h>

enum {
    SET_MODE = 1,
    SET_UP,
    CRYPT,
    FINISH,
    AAD_AT,
    TEXT_AT,
    TAG_LEN,
    CONFIDENTIAL,
};
enum { KEY = 0, IV = 1, SOURCE = 2, OUT = 0 };
enum { CTR, CBC, ECB, CCM, GCM };
enum { DECRYPT, ENCRYPT };

static struct aes_driver aes;
static const struct driver table[] = {
    { DRIVER_AES, &aes_ops, &aes, &aes.grant },
};
static struct process *app, *other;
static uint32_t out_at, source_at;

static int setup(void **state)
{
    (void)state;
    memset(&aes, 0, sizeof aes);
    aes_init(&aes, &bearssl_aes);
    fake_boot(table, 1);
    app = fake_process("app");
    other = fake_process("other");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static struct sysret ask(struct process *p, uint32_t number, uint32_t arg1,
                         uint32_t arg2)
{
    return fake_command(p, DRIVER_AES, number, arg1, arg2);
}

/* The bytes that the text names in hexadecimal; how many. */
static uint32_t bytes_of(uint8_t *to, const char *hex)
{
    uint32_t len = 0;
    for (; *hex != '\0'; hex += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        to[len++] = (uint8_t)byte;
    }
    return len;
}

static uint32_t lend(struct process *p, uint32_t buffer, const char *hex)
{
    uint8_t bytes[512];
    uint32_t len = bytes_of(bytes, hex), at = fake_space(p, len + 1);
    memcpy(fake_bytes(p, at), bytes, len);
    assert_int_equal(fake_allow_ro(p, DRIVER_AES, buffer, at, len), OK);
    return at;
}

static void lend_out(struct process *p, uint32_t len)
{
    out_at = fake_space(p, len + 4);
    assert_int_equal(fake_allow_rw(p, DRIVER_AES, OUT, out_at, len), OK);
}

/* The output, and nothing behind it. */
static void assert_out(struct process *p, const char *hex)
{
    uint8_t want[512];
    uint32_t len = bytes_of(want, hex);
    assert_memory_equal(fake_bytes(p, out_at), want, len);
    assert_int_equal(fake_bytes(p, out_at)[len], 0);
}

/* NIST SP 800-38A, appendix F. */
#define KEY_128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY_192 "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
#define KEY_256                                                                \
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define COUNT_UP "000102030405060708090a0b0c0d0e0f"
#define COUNTER "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define PLAIN                                                                  \
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"         \
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

static const struct block_case {
    uint32_t mode;
    const char *key, *iv, *secret;
} block_cases[] = {
    { ECB, KEY_128, "",
      "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
      "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4" },
    { ECB, KEY_192, "",
      "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
      "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e" },
    { ECB, KEY_256, "",
      "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
      "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7" },
    { CBC, KEY_128, COUNT_UP,
      "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
      "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" },
    { CTR, KEY_128, COUNTER,
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee" },
};

static void set_up(struct process *p, uint32_t mode, uint32_t encrypt,
                   const char *key, const char *iv, const char *source)
{
    lend(p, KEY, key);
    lend(p, IV, iv);
    source_at = lend(p, SOURCE, source);
    assert_success(ask(p, SET_MODE, mode, encrypt));
}

static void modes_of_blocks_have_their_known_answers(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(block_cases); i++) {
        const struct block_case *c = &block_cases[i];
        for (uint32_t encrypt = DECRYPT; encrypt <= ENCRYPT; encrypt++) {
            set_up(app, c->mode, encrypt, c->key, c->iv,
                   encrypt == ENCRYPT ? PLAIN : c->secret);
            lend_out(app, 64);
            assert_success(ask(app, SET_UP, 0, 0));
            assert_no_upcall(app);
            fake_settle();
            assert_upcall(app, DRIVER_AES, 0, OK, 64, 0);
            assert_out(app, encrypt == ENCRYPT ? c->secret : PLAIN);
            teardown(state);
            setup(state);
        }
    }
}

static void crypt_goes_on_where_the_last_one_was(void **state)
{
    (void)state;
    static const uint32_t modes[] = { CBC, CTR };
    for (size_t m = 0; m < ARRAY_COUNT(modes); m++) {
        const struct block_case *c = &block_cases[3 + m];
        set_up(app, c->mode, ENCRYPT, c->key, c->iv, PLAIN);
        uint32_t from = source_at;
        lend_out(app, 64);
        uint32_t to = out_at;
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(
                fake_allow_ro(app, DRIVER_AES, SOURCE, from + 16 * i, 16), OK);
            assert_int_equal(
                fake_allow_rw(app, DRIVER_AES, OUT, to + 16 * i, 16), OK);
            assert_success(ask(app, i == 0 ? SET_UP : CRYPT, 0, 0));
            fake_settle();
            assert_upcall(app, DRIVER_AES, 0, OK, 16, 0);
        }
        assert_out(app, c->secret);
    }
}

static void source_and_destination_may_be_the_same(void **state)
{
    (void)state;
    const struct block_case *c = &block_cases[3];
    set_up(app, CBC, DECRYPT, c->key, c->iv, c->secret);
    out_at = source_at;
    assert_int_equal(fake_allow_rw(app, DRIVER_AES, OUT, out_at, 64), OK);
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 64, 0);
    assert_out(app, PLAIN);
}

static void counter_mode_takes_any_length_and_its_counter_is_128_bits(
    void **state)
{
    (void)state;
    set_up(app, CTR, ENCRYPT, KEY_128, "ffffffffffffffffffffffffffffffff",
           "000000000000000000000000000000000000000000");
    lend_out(app, 21);
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 21, 0);
    uint8_t second[5];
    memcpy(second, fake_bytes(app, out_at) + 16, 5);
    lend(app, IV, "00000000000000000000000000000000");
    lend(app, SOURCE, "0000000000");
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_memory_equal(fake_bytes(app, out_at), second, 5);
}

static void an_empty_source_only_sets_up(void **state)
{
    (void)state;
    const struct block_case *c = &block_cases[3];
    set_up(app, CBC, ENCRYPT, c->key, c->iv, "");
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 0, 0);
    lend(app, SOURCE, PLAIN);
    lend_out(app, 64);
    assert_success(ask(app, CRYPT, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 64, 0);
    assert_out(app, c->secret);
}

/* ---- tags --------------------------------------------------------------------- */

/* Test case 4 of the GCM specification; RFC 3610, packet vector 1; SP 800-38C,
 * example 1. */
static const struct tag_case {
    uint32_t mode;
    const char *key, *nonce, *aad, *plain, *secret, *tag;
} tag_cases[] = {
    { GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
      "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
      "5bc94fbc3221a5db94fae95ae7121a47" },
    { CCM, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5",
      "0001020304050607", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
      "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384", "17e8d12cfdf926e0" },
    { CCM, "404142434445464748494a4b4c4d4e4f", "10111213141516",
      "0001020304050607", "20212223", "7162015b", "4dac255d" },
};

/* Everything a case says: source = two bytes, aad, plain text or secret and
 * tag. What should come out is left in `want`. */
static void lend_case(struct process *p, const struct tag_case *c,
                      uint32_t encrypt, char *want)
{
    char source[512];
    snprintf(source, sizeof source, "ee11%s%s%s", c->aad,
             encrypt ? c->plain : c->secret, encrypt ? "" : c->tag);
    sprintf(want, "ee11%s%s%s", c->aad, encrypt ? c->secret : c->plain,
            encrypt ? c->tag : "");
    set_up(p, c->mode, encrypt, c->key, c->nonce, source);
    lend_out(p, (uint32_t)strlen(want) / 2);
    assert_success(ask(p, AAD_AT, 2, 0));
    assert_success(ask(p, TEXT_AT, 2 + (uint32_t)strlen(c->aad) / 2, 0));
    assert_success(ask(p, TAG_LEN, (uint32_t)strlen(c->tag) / 2, 0));
    assert_success(ask(p, CONFIDENTIAL, 1, 0));
}

static void modes_with_a_tag_have_their_known_answers(void **state)
{
    char want[512];
    for (size_t i = 0; i < ARRAY_COUNT(tag_cases); i++) {
        for (uint32_t encrypt = DECRYPT; encrypt <= ENCRYPT; encrypt++) {
            lend_case(app, &tag_cases[i], encrypt, want);
            assert_success(ask(app, SET_UP, 0, 0));
            fake_settle();
            assert_upcall(app, DRIVER_AES, 0, OK, (uint32_t)strlen(want) / 2,
                          1);
            assert_out(app, want);
            teardown(state);
            setup(state);
        }
    }
}

static void whatever_is_changed_is_noticed_and_nothing_written(void **state)
{
    char want[512];
    for (size_t i = 0; i < ARRAY_COUNT(tag_cases); i++) {
        lend_case(app, &tag_cases[i], DECRYPT, want);
        uint32_t len = allowed_ro(&aes.grant, app, SOURCE).len;
        for (uint32_t byte = 2; byte < len; byte++) {
            fake_bytes(app, source_at)[byte] ^= 1;
            assert_success(ask(app, SET_UP, 0, 0));
            fake_settle();
            assert_upcall(app, DRIVER_AES, 0, OK, 0, 0);
            assert_out(app, "");
            fake_bytes(app, source_at)[byte] ^= 1;
        }
        fake_bytes(app, source_at)[0] ^= 1; /* not authenticated */
        assert_success(ask(app, SET_UP, 0, 0));
        fake_settle();
        assert_upcall(app, DRIVER_AES, 0, OK, (uint32_t)strlen(want) / 2, 1);
        teardown(state);
        setup(state);
    }
}

static void a_tag_of_gcm_is_whole_unless_it_is_cut(void **state)
{
    (void)state;
    char want[512];
    const struct tag_case *c = &tag_cases[0];
    lend_case(app, c, ENCRYPT, want);
    assert_success(ask(app, TAG_LEN, 0, 0));
    assert_success(ask(app, CONFIDENTIAL, 0, 0)); /* of CCM alone */
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_out(app, want);
    assert_success(ask(app, TAG_LEN, 5, 0));
    lend_out(app, (uint32_t)strlen(want) / 2 - 11);
    assert_success(ask(app, CRYPT, 0, 0));
    fake_settle();
    want[strlen(want) - 22] = '\0';
    assert_out(app, want);
}

static void a_message_of_ccm_is_open_unless_it_is_confidential(void **state)
{
    (void)state;
    char want[512];
    lend_case(app, &tag_cases[1], ENCRYPT, want);
    assert_success(ask(app, CONFIDENTIAL, 0, 0));
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_int_equal(app->queued, 1);
    assert_memory_equal(fake_bytes(app, out_at), fake_bytes(app, source_at),
                        2 + 8 + 23);
    uint8_t open[64];
    memcpy(open, fake_bytes(app, out_at), 2 + 8 + 23 + 8);
    app->queued = 0;
    uint32_t at = out_at;
    assert_int_equal(fake_allow_ro(app, DRIVER_AES, SOURCE, at, 41), OK);
    lend_out(app, 33);
    assert_success(ask(app, SET_MODE, CCM, DECRYPT));
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 33, 1);
    fake_bytes(app, at)[12] ^= 1;
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 0, 0);
}

static void crypt_begins_a_message_with_the_nonce_that_is_there(void **state)
{
    (void)state;
    char want[512];
    lend_case(app, &tag_cases[0], ENCRYPT, want);
    lend(app, IV, "cafebabefacedbaddecaf889");
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    app->queued = 0;
    lend(app, IV, tag_cases[0].nonce);
    lend(app, KEY, "00"); /* no longer wanted */
    assert_success(ask(app, CRYPT, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, (uint32_t)strlen(want) / 2, 1);
    assert_out(app, want);
}

/* ---- what is refused ---------------------------------------------------------------- */

static void it_exists_and_refuses_what_it_has_not(void **state)
{
    (void)state;
    app->no_room = true;
    assert_success(ask(app, 0, 0, 0));
    assert_failure(ask(app, 9, 0, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, UINT32_MAX, 0, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, SET_MODE, 0, 0), ERR_NOMEM);
    assert_failure(ask(other, SET_MODE, 5, 0), ERR_NOSUPPORT);
    assert_failure(ask(other, SET_UP, 0, 0), ERR_INVAL);
    assert_failure(ask(other, CRYPT, 0, 0), ERR_OFF);
    assert_failure(ask(other, FINISH, 0, 0), ERR_OFF);
    fake_settle();
    assert_no_upcall(other);
}

static void lengths_that_cannot_be_are_refused(void **state)
{
    (void)state;
    char hex[128];
    set_up(app, CBC, ENCRYPT, KEY_128, COUNT_UP, PLAIN);
    assert_failure(ask(app, SET_UP, 0, 0), ERR_SIZE); /* no destination */
    lend_out(app, 63);
    assert_failure(ask(app, SET_UP, 0, 0), ERR_SIZE);
    lend_out(app, 64);
    for (uint32_t len = 0; len < 34; len++) {
        memset(hex, '0', sizeof hex);
        hex[2 * len] = '\0';
        lend(app, KEY, hex);
        if (len != 16 && len != 24 && len != 32)
            assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    }
    lend(app, KEY, KEY_128);
    lend(app, IV, "0001");
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    lend(app, IV, COUNT_UP);
    lend(app, SOURCE, "0011");
    assert_failure(ask(app, SET_UP, 0, 0), ERR_SIZE);
    assert_failure(ask(app, CRYPT, 0, 0), ERR_OFF);
    fake_settle();
    assert_no_upcall(app);
}

static void messages_that_cannot_be_are_refused(void **state)
{
    (void)state;
    char want[512];
    static const uint32_t tags[] = { 0, 2, 3, 5, 15, 17, 18, UINT32_MAX };
    lend_case(app, &tag_cases[1], ENCRYPT, want);
    for (size_t i = 0; i < ARRAY_COUNT(tags); i++) {
        assert_success(ask(app, TAG_LEN, tags[i], 0));
        assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    }
    assert_success(ask(app, TAG_LEN, 8, 0));
    assert_success(ask(app, AAD_AT, 11, 0)); /* behind the text */
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    assert_success(ask(app, AAD_AT, UINT32_MAX, 0));
    assert_success(ask(app, TEXT_AT, UINT32_MAX, 0));
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    assert_success(ask(app, AAD_AT, 2, 0));
    assert_success(ask(app, TEXT_AT, 34, 0)); /* behind the end */
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    assert_success(ask(app, TEXT_AT, 10, 0));
    lend(app, IV, "000102030405");
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    assert_success(ask(app, SET_MODE, GCM, ENCRYPT));
    lend(app, IV, "");
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    lend(app, IV, COUNT_UP "10");
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    lend(app, IV, "00");
    lend_out(app, 40); /* a byte too few for the tag */
    assert_failure(ask(app, SET_UP, 0, 0), ERR_SIZE);
    assert_success(ask(app, SET_MODE, GCM, DECRYPT));
    lend(app, SOURCE, "0011223344556677");
    assert_success(ask(app, TEXT_AT, 2, 0)); /* no room for a tag behind it */
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    fake_settle();
    assert_no_upcall(app);
}

/* ---- many, and the end ----------------------------------------------------------------- */

static void one_at_a_time_in_each_app(void **state)
{
    (void)state;
    set_up(app, ECB, ENCRYPT, KEY_128, "", PLAIN);
    lend_out(app, 64);
    assert_success(ask(app, SET_UP, 0, 0));
    assert_failure(ask(app, SET_UP, 0, 0), ERR_NOMEM);
    assert_failure(ask(app, CRYPT, 0, 0), ERR_NOMEM);
    assert_failure(ask(app, SET_MODE, CTR, 1), ERR_BUSY);
    for (uint32_t number = AAD_AT; number <= CONFIDENTIAL; number++)
        assert_failure(ask(app, number, 1, 0), ERR_BUSY);
    fake_settle();
    assert_int_equal(app->queued, 1);
    assert_out(app, block_cases[0].secret);
}

static void two_apps_crypt_at_once(void **state)
{
    (void)state;
    char want[512];
    lend_case(other, &tag_cases[0], DECRYPT, want);
    uint32_t theirs = out_at;
    set_up(app, CBC, ENCRYPT, KEY_128, COUNT_UP, PLAIN);
    lend_out(app, 64);
    assert_success(ask(other, SET_UP, 0, 0));
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 64, 0);
    assert_out(app, block_cases[3].secret);
    out_at = theirs;
    assert_out(other, want);
}

static void a_step_does_one_block_at_most(void **state)
{
    (void)state;
    uint32_t steps = 0;
    set_up(app, ECB, ENCRYPT, KEY_128, "", PLAIN PLAIN);
    lend_out(app, 128);
    assert_success(ask(app, SET_UP, 0, 0));
    while (app->queued == 0) {
        assert_true(fake_settle_one());
        steps++;
    }
    assert_int_equal(steps, 1 + 8 + 1); /* key, pieces, end */
}

static void finish_forgets_the_key_and_ends_what_is_under_way(void **state)
{
    (void)state;
    set_up(app, ECB, ENCRYPT, KEY_128, "", PLAIN);
    lend_out(app, 64);
    assert_success(ask(app, SET_UP, 0, 0));
    assert_true(fake_settle_one());
    assert_success(ask(app, FINISH, 0, 0));
    fake_settle();
    assert_no_upcall(app);
    assert_out(app, "");
    assert_failure(ask(app, CRYPT, 0, 0), ERR_OFF);
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_upcall(app, DRIVER_AES, 0, OK, 64, 0);
    assert_success(ask(app, SET_MODE, ECB, ENCRYPT)); /* needs a new set-up */
    assert_failure(ask(app, CRYPT, 0, 0), ERR_OFF);
}

/* Each buffer is taken away at each step. */
static void a_buffer_taken_back_midway_ends_it(void **state)
{
    char want[512];
    uint32_t ended = 0;
    for (uint32_t buffer = 0; buffer < 4; buffer++) {
        for (uint32_t at = 0; at < 14; at++) {
            teardown(state);
            setup(state);
            lend_case(app, &tag_cases[0], DECRYPT, want);
            assert_success(ask(app, SET_UP, 0, 0));
            for (uint32_t i = 0; i < at; i++)
                (void)fake_settle_one();
            if (buffer < 3)
                (void)fake_allow_ro(app, DRIVER_AES, buffer, 0, 0);
            else
                (void)fake_allow_rw(app, DRIVER_AES, OUT, 0, 0);
            fake_settle();
            assert_int_equal(app->queued, 1);
            if (app->queue[0].args[0] == OK)
                continue;
            ended++;
            assert_upcall(app, DRIVER_AES, 0, ERR_SIZE, 0, 0);
            assert_failure(ask(app, CRYPT, 0, 0), ERR_OFF);
        }
    }
    assert_true(ended > 30);
}

static void an_app_that_dies_midway_leaves_nothing(void **state)
{
    (void)state;
    set_up(app, ECB, ENCRYPT, KEY_128, "", PLAIN);
    lend_out(app, 64);
    assert_success(ask(app, SET_UP, 0, 0));
    assert_true(fake_settle_one());
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    fake_settle();
    assert_no_upcall(app);
    assert_failure(ask(app, CRYPT, 0, 0), ERR_OFF);
    assert_failure(ask(app, SET_UP, 0, 0), ERR_INVAL);
    set_up(app, ECB, ENCRYPT, KEY_128, "", PLAIN);
    lend_out(app, 64);
    assert_success(ask(app, SET_UP, 0, 0));
    fake_settle();
    assert_out(app, block_cases[0].secret);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modes_of_blocks_have_their_known_answers),
        TEST(crypt_goes_on_where_the_last_one_was),
        TEST(source_and_destination_may_be_the_same),
        TEST(counter_mode_takes_any_length_and_its_counter_is_128_bits),
        TEST(an_empty_source_only_sets_up),
        TEST(modes_with_a_tag_have_their_known_answers),
        TEST(whatever_is_changed_is_noticed_and_nothing_written),
        TEST(a_tag_of_gcm_is_whole_unless_it_is_cut),
        TEST(a_message_of_ccm_is_open_unless_it_is_confidential),
        TEST(crypt_begins_a_message_with_the_nonce_that_is_there),
        TEST(it_exists_and_refuses_what_it_has_not),
        TEST(lengths_that_cannot_be_are_refused),
        TEST(messages_that_cannot_be_are_refused),
        TEST(one_at_a_time_in_each_app),
        TEST(two_apps_crypt_at_once),
        TEST(a_step_does_one_block_at_most),
        TEST(finish_forgets_the_key_and_ends_what_is_under_way),
        TEST(a_buffer_taken_back_midway_ends_it),
        TEST(an_app_that_dies_midway_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
