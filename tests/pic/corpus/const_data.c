/* SPDX-License-Identifier: Apache-2.0 */
/* Constants in flash: large, small, const structures, unions, bit fields, and
 * pointers into them from everywhere. */
#include <stdio.h>
#include <string.h>

static const unsigned short crc[16] = { 0x0000, 0x1021, 0x2042, 0x3063,
                                        0x4084, 0x50a5, 0x60c6, 0x70e7,
                                        0x8108, 0x9129, 0xa14a, 0xb16b,
                                        0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };
const struct {
    unsigned a : 5, b : 11, c : 16;
    union {
        float f;
        unsigned u;
    } x;
    char text[12];
} constant = { 17, 1024, 65535, { 1.0f }, "in flash" };
static const char *const inside = &constant.text[3];
const int *const none = 0;
static const unsigned char blob[600] = { [0] = 1, [299] = 2, [599] = 3 };

static unsigned checksum(const unsigned char *p, unsigned n)
{
    unsigned sum = 0xFFFF;
    for (; n; n--, p++) {
        sum = (sum << 4 & 0xFFFF) ^ crc[(sum >> 12) ^ (*p >> 4)];
        sum = (sum << 4 & 0xFFFF) ^ crc[(sum >> 12) ^ (*p & 15)];
    }
    return sum;
}

int main(void)
{
    char copy[16];
    memcpy(copy, constant.text, sizeof constant.text);
    printf("%s %s %d %x\n", copy, inside, none == 0, constant.x.u);
    printf("%u %u %u\n", constant.a, constant.b, constant.c);
    printf("%04x %04x\n", checksum(blob, sizeof blob),
           checksum((const unsigned char *)"123456789", 9));
    return 0;
}
