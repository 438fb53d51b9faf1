/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/object.h>

#include <berth/tbf.h>

static void entry_put(struct bytes *b, uint32_t type, uint32_t len)
{
    bytes_put16(b, type);
    bytes_put16(b, len);
}

void object_seal(struct bytes *object)
{
    uint32_t sum = 0;
    set32(object->data + TBF_AT_CHECKSUM, 0);
    for (uint32_t i = 0; i < get16(object->data + TBF_AT_HEADER_SIZE); i += 4)
        sum ^= get32(object->data + i);
    set32(object->data + TBF_AT_CHECKSUM, sum);
}

struct bytes object_build(const struct object_spec *spec)
{
    struct bytes b = { 0 };
    uint32_t header = TBF_BASE_SIZE + (spec->has_no_program ? 16 : 24) + 8 + 8 +
                      (spec->writeable ? 12 : 0);
    uint32_t end = header + spec->body;
    bytes_put16(&b, TBF_VERSION);
    bytes_put16(&b, header);
    bytes_put32(&b, end + spec->footers);
    bytes_put32(&b, TBF_FLAG_ENABLED);
    bytes_put32(&b, 0);
    entry_put(&b, spec->has_no_program ? TBF_TLV_MAIN : TBF_TLV_PROGRAM,
              spec->has_no_program ? 12 : 20);
    bytes_put32(&b, 0);
    bytes_put32(&b, 0);
    bytes_put32(&b, 1024);
    if (!spec->has_no_program) {
        bytes_put32(&b, end);
        bytes_put32(&b, 1);
    }
    entry_put(&b, TBF_TLV_NAME, 3);
    bytes_append(&b, "app", 4);
    entry_put(&b, TBF_TLV_KERNEL_VERSION, 4);
    bytes_put16(&b, 2);
    bytes_put16(&b, 2);
    if (spec->writeable) {
        entry_put(&b, TBF_TLV_WRITEABLE_FLASH, 8);
        bytes_put32(&b, header);
        bytes_put32(&b, spec->writeable);
    }
    for (uint32_t i = 0; i < spec->body; i++)
        bytes_fill(&b, (uint8_t)(i * 7 + 3), 1);
    bytes_fill(&b, 0, spec->footers);
    object_seal(&b);
    return b;
}
