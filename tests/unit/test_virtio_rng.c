/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio entropy device, modelled register by register.
 * SOURCES: chips/virt/virtio_rng.c tests/fake/mmio.c */
#include <chips/virt/virtio_rng.h>

#include <string.h>

#include <tests/fake/mmio.h>

#define BASE 0x10001000u

/* What the machine is made of, and what its driver has told it. */
static struct {
    uint32_t slot, version, id, magic;
    uint32_t features_1; /* offered */
    bool refuses_features;
    uint32_t queue_max;
    uint32_t status, feature_part, offered_part, accepted[2];
    uint32_t page_size, size, align, page, ready, queue[0x30];
    uint32_t notified, pending;
} machine;

static struct virtio_rng rng;

static struct {
    int calls;
    err_t status;
    size_t len;
    uint8_t bytes[64];
    size_t again; /* ask for so much from inside the callback */
} heard;

static uint32_t machine_read(uint32_t address)
{
    uint32_t slot = (address - BASE) / 0x1000, at = (address - BASE) % 0x1000;
    assert_true(slot < 8);
    if (at == 0)
        return slot == machine.slot ? machine.magic : 0x74726976;
    if (at == 4)
        return slot == machine.slot ? machine.version : 1;
    if (at == 8)
        return slot == machine.slot ? machine.id : slot == 3 ? 2 : 0;
    assert_int_equal(slot, machine.slot);
    switch (at) {
    case 0x10:
        return machine.offered_part == 1 ? machine.features_1 : 0x39000006;
    case 0x34:
        return machine.queue_max;
    case 0x60:
        return machine.pending;
    case 0x70:
        return machine.status;
    default:
        fail_msg("no such register to read: 0x%x", at);
        return 0;
    }
}

static void status_write(uint32_t value)
{
    if (value == 0)
        memset(machine.accepted, 0, sizeof machine.accepted);
    machine.status = value;
    if (machine.refuses_features)
        machine.status &= ~8u;
}

static void machine_write(uint32_t address, uint32_t value)
{
    uint32_t at = (address - BASE) % 0x1000;
    assert_int_equal((address - BASE) / 0x1000, machine.slot);
    bool legacy = machine.version == 1;
    switch (at) {
    case 0x14:
        machine.offered_part = value;
        break;
    case 0x20:
        machine.accepted[machine.feature_part] = value;
        break;
    case 0x24:
        machine.feature_part = value;
        break;
    case 0x28:
        assert_true(legacy);
        machine.page_size = value;
        break;
    case 0x30:
        assert_int_equal(value, 0);
        break;
    case 0x38:
        machine.size = value;
        break;
    case 0x3C:
        assert_true(legacy);
        machine.align = value;
        break;
    case 0x40:
        assert_true(legacy);
        machine.page = value;
        break;
    case 0x44:
        assert_false(legacy);
        machine.ready = value;
        break;
    case 0x50:
        assert_int_equal(value, 0);
        machine.notified++;
        break;
    case 0x64:
        machine.pending &= ~value;
        break;
    case 0x70:
        status_write(value);
        break;
    default:
        assert_false(legacy);
        assert_true(at >= 0x80 && at < 0xB0);
        machine.queue[at - 0x80] = value;
    }
}

static const struct fake_device device = { 4, machine_read, machine_write };

static void filled(struct entropy_client *client, err_t status,
                   const uint8_t *bytes, size_t len)
{
    (void)client;
    heard.calls++;
    heard.status = status;
    heard.len = len;
    assert_true(len <= sizeof heard.bytes);
    memcpy(heard.bytes, bytes, len);
    if (heard.again != 0)
        assert_int_equal(rng.entropy.ops->request(&rng.entropy, heard.again),
                         OK);
    heard.again = 0;
}

static struct entropy_client client = { filled };

static int setup(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof machine);
    memset(&heard, 0, sizeof heard);
    memset(&rng, 0, sizeof rng);
    machine.slot = 7;
    machine.version = 1;
    machine.id = 4;
    machine.magic = 0x74726976;
    machine.features_1 = 1;
    machine.queue_max = 1024;
    fake_mmio(&device);
    rng.entropy.client = &client;
    return 0;
}

static err_t request(size_t len)
{
    return rng.entropy.ops->request(&rng.entropy, len);
}

static uint32_t low(const volatile void *thing)
{
    return (uint32_t)(uintptr_t)thing;
}

/* The device answers the request under way with so many bytes. */
static void device_fills(uint32_t len)
{
    volatile struct virtio_rng_queue *q = &rng.queue;
    assert_int_equal(q->address, low(rng.bytes));
    assert_int_equal(q->flags, 2);
    assert_int_equal(q->avail_index, machine.notified);
    for (uint32_t i = 0; i < len && i < q->len; i++)
        rng.bytes[i] = (uint8_t)(0x40 + i);
    q->used_id = 0;
    q->used_len = len;
    q->used_index++;
    machine.pending = 1;
    virtio_rng_serve(&rng);
    assert_int_equal(machine.pending, 0);
}

static void a_legacy_device_is_found_in_any_slot(void **state)
{
    for (uint32_t slot = 0; slot < 8; slot++) {
        setup(state);
        machine.slot = slot;
        assert_true(virtio_rng_init(&rng));
        assert_int_equal(rng.irq, slot + 1);
        assert_int_equal(machine.status, 7);
        assert_int_equal(machine.accepted[0], 0);
        assert_int_equal(machine.page_size, machine.align);
        assert_int_equal(machine.size, 1);
        assert_int_equal(machine.page, low(&rng.queue) / machine.page_size);
        /* The layout that follows from size and alignment. */
        assert_int_equal(low(&rng.queue) % machine.align, 0);
        assert_int_equal(low(&rng.queue.avail_flags) - low(&rng.queue), 16);
        assert_int_equal(low(&rng.queue.used_flags) - low(&rng.queue),
                         machine.align);
    }
}

static void a_modern_device_gets_three_addresses(void **state)
{
    (void)state;
    machine.version = 2;
    assert_true(virtio_rng_init(&rng));
    assert_int_equal(machine.status, 0xF);
    assert_int_equal(machine.accepted[0], 0);
    assert_int_equal(machine.accepted[1], 1);
    assert_int_equal(machine.queue[0x00], low(&rng.queue));
    assert_int_equal(machine.queue[0x10], low(&rng.queue.avail_flags));
    assert_int_equal(machine.queue[0x20], low(&rng.queue.used_flags));
    assert_int_equal(
        machine.queue[0x04] | machine.queue[0x14] | machine.queue[0x24], 0);
    assert_int_equal(machine.ready, 1);
}

static void without_a_device_there_is_none(void **state)
{
    (void)state;
    machine.id = 1;
    assert_false(virtio_rng_init(&rng));
    assert_int_equal(rng.irq, 0);
    assert_int_equal(request(4), ERR_FAIL);
    virtio_rng_serve(&rng);
    assert_writes("");
    machine.id = 4;
    machine.version = 3;
    assert_false(virtio_rng_init(&rng));
    machine.version = 1;
    machine.magic = 0;
    assert_false(virtio_rng_init(&rng));
    assert_writes("");
}

static void a_device_that_does_not_agree_is_given_up(void **state)
{
    (void)state;
    machine.version = 2;
    machine.refuses_features = true;
    assert_false(virtio_rng_init(&rng));
    assert_int_equal(machine.status, 0x80);
    machine.refuses_features = false;
    machine.features_1 = 0;
    assert_false(virtio_rng_init(&rng));
    machine.features_1 = 1;
    machine.queue_max = 0;
    assert_false(virtio_rng_init(&rng));
    assert_int_equal(machine.status, 0x80);
    assert_int_equal(request(4), ERR_FAIL);
}

static void bytes_come_by_interrupt_and_leave_no_copy(void **state)
{
    (void)state;
    static const uint8_t want[] = { 0x40, 0x41, 0x42, 0x43, 0x44 };
    static const uint8_t none[VIRTIO_RNG_PIECE];
    assert_true(virtio_rng_init(&rng));
    assert_int_equal(request(5), OK);
    assert_int_equal(rng.queue.len, 5);
    assert_int_equal(request(5), ERR_BUSY);
    assert_int_equal(heard.calls, 0);
    device_fills(5);
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.status, OK);
    assert_int_equal(heard.len, 5);
    assert_memory_equal(heard.bytes, want, 5);
    assert_memory_equal(rng.bytes, none, sizeof none);
}

static void a_large_request_gets_a_piece(void **state)
{
    (void)state;
    assert_true(virtio_rng_init(&rng));
    assert_int_equal(request(1000), OK);
    assert_int_equal(rng.queue.len, VIRTIO_RNG_PIECE);
    device_fills(7); /* fewer than asked for is allowed */
    assert_int_equal(heard.len, 7);
}

static void the_next_request_may_come_from_the_callback(void **state)
{
    (void)state;
    assert_true(virtio_rng_init(&rng));
    for (int i = 0; i < 70000; i++) { /* the indices turn over */
        fake_mmio_forget();
        heard.again = i < 69999 ? 4 : 0;
        if (i == 0)
            assert_int_equal(request(4), OK);
        machine.notified = (uint16_t)(i + 1);
        device_fills(4);
    }
    assert_int_equal(heard.calls, 70000);
    assert_int_equal(request(1), OK);
}

static void an_interrupt_with_nothing_to_do_does_nothing(void **state)
{
    (void)state;
    assert_true(virtio_rng_init(&rng));
    virtio_rng_serve(&rng);
    assert_int_equal(request(4), OK);
    virtio_rng_serve(&rng);
    assert_int_equal(heard.calls, 0);
    device_fills(4);
    virtio_rng_serve(&rng);
    assert_int_equal(heard.calls, 1);
}

static void a_device_that_lies_is_not_used_again(void **state)
{
    for (uint32_t len = 0; len <= 6; len += 6) {
        setup(state);
        assert_true(virtio_rng_init(&rng));
        assert_int_equal(request(5), OK);
        device_fills(len);
        assert_int_equal(heard.status, ERR_FAIL);
        assert_int_equal(heard.len, 0);
        assert_int_equal(request(5), ERR_FAIL);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_legacy_device_is_found_in_any_slot),
        TEST(a_modern_device_gets_three_addresses),
        TEST(without_a_device_there_is_none),
        TEST(a_device_that_does_not_agree_is_given_up),
        TEST(bytes_come_by_interrupt_and_leave_no_copy),
        TEST(a_large_request_gets_a_piece),
        TEST(the_next_request_may_come_from_the_callback),
        TEST(an_interrupt_with_nothing_to_do_does_nothing),
        TEST(a_device_that_lies_is_not_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
