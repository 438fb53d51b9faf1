/* SPDX-License-Identifier: Apache-2.0 */
/* See virtio_rng.h. */
#include <chips/virt/virtio_rng.h>

#include <berth/mmio.h>
#include <kernel/string.h>

#define SLOT_0 0x10001000u
#define SLOT_STRIDE 0x1000u
enum { SLOTS = 8, IRQ_OF_SLOT_0 = 1 };

enum {
    MAGIC = 0x00,
    VERSION = 0x04,
    DEVICE_ID = 0x08,
    DEVICE_FEATURES = 0x10,
    DEVICE_FEATURES_PART = 0x14,
    DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_PART = 0x24,
    PAGE_SIZE = 0x28, /* legacy */
    QUEUE_PICK = 0x30,
    QUEUE_MAX = 0x34,
    QUEUE_SIZE = 0x38,
    QUEUE_ALIGN = 0x3C, /* legacy */
    QUEUE_PAGE = 0x40,  /* legacy */
    QUEUE_READY = 0x44,
    QUEUE_NOTIFY = 0x50,
    IRQ_STATUS = 0x60,
    IRQ_ACK = 0x64,
    STATUS = 0x70,
    QUEUE_DESCRIPTORS = 0x80, /* low half, then high half */
    QUEUE_AVAIL = 0x90,
    QUEUE_USED = 0xA0,
};

#define MAGIC_VALUE 0x74726976u
#define ENTROPY 4u
#define LEGACY 1u
#define MODERN 2u
#define FEATURE_VERSION_1 1u /* in part 1 */
#define DEVICE_WRITES 2u

enum {
    ACKNOWLEDGED = 1,
    DRIVER = 2,
    DRIVER_OK = 4,
    FEATURES_OK = 8,
    FAILED = 0x80,
};

static uint32_t get(const struct virtio_rng *r, uint32_t offset)
{
    return mmio_read32(r->base + offset);
}

static void set(const struct virtio_rng *r, uint32_t offset, uint32_t value)
{
    mmio_write32(r->base + offset, value);
}

static uint32_t address_of(const volatile void *thing)
{
    return (uint32_t)(uintptr_t)thing;
}

static void set_address(const struct virtio_rng *r, uint32_t offset,
                        const volatile void *thing)
{
    set(r, offset, address_of(thing));
    set(r, offset + 4, 0);
}

static bool is_usable(const struct virtio_rng *r)
{
    uint32_t version = get(r, VERSION);
    return get(r, MAGIC) == MAGIC_VALUE &&
           (version == LEGACY || version == MODERN);
}

static bool find(struct virtio_rng *r)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        r->base = SLOT_0 + slot * SLOT_STRIDE;
        if (get(r, DEVICE_ID) == ENTROPY && is_usable(r)) {
            r->irq = IRQ_OF_SLOT_0 + slot;
            return true;
        }
    }
    r->base = 0;
    return false;
}

/* None but the one that a modern device insists on. */
static bool agree_on_features(const struct virtio_rng *r)
{
    set(r, DRIVER_FEATURES_PART, 0);
    set(r, DRIVER_FEATURES, 0);
    if (get(r, VERSION) == LEGACY)
        return true;
    set(r, DEVICE_FEATURES_PART, 1);
    if ((get(r, DEVICE_FEATURES) & FEATURE_VERSION_1) == 0)
        return false;
    set(r, DRIVER_FEATURES_PART, 1);
    set(r, DRIVER_FEATURES, FEATURE_VERSION_1);
    set(r, STATUS, ACKNOWLEDGED | DRIVER | FEATURES_OK);
    return (get(r, STATUS) & FEATURES_OK) != 0;
}

static bool queue_init(struct virtio_rng *r)
{
    set(r, QUEUE_PICK, 0);
    if (get(r, QUEUE_MAX) == 0)
        return false;
    set(r, QUEUE_SIZE, 1);
    if (get(r, VERSION) == LEGACY) {
        set(r, QUEUE_ALIGN, VIRTIO_RNG_ALIGN);
        set(r, QUEUE_PAGE, address_of(&r->queue) / VIRTIO_RNG_ALIGN);
        return true;
    }
    set_address(r, QUEUE_DESCRIPTORS, &r->queue.address);
    set_address(r, QUEUE_AVAIL, &r->queue.avail_flags);
    set_address(r, QUEUE_USED, &r->queue.used_flags);
    set(r, QUEUE_READY, 1);
    return true;
}

bool virtio_rng_init(struct virtio_rng *r)
{
    r->entropy.ops = &virtio_rng_ops;
    if (!find(r))
        return false;
    set(r, STATUS, 0);
    set(r, STATUS, ACKNOWLEDGED);
    set(r, STATUS, ACKNOWLEDGED | DRIVER);
    bool agreed = agree_on_features(r);
    if (get(r, VERSION) == LEGACY)
        set(r, PAGE_SIZE, VIRTIO_RNG_ALIGN);
    if (!agreed || !queue_init(r)) {
        set(r, STATUS, FAILED);
        r->base = r->irq = 0;
        return false;
    }
    set(r, STATUS, get(r, STATUS) | DRIVER_OK);
    return true;
}

static err_t request(struct entropy *entropy, size_t len)
{
    struct virtio_rng *r = CONTAINER_OF(entropy, struct virtio_rng, entropy);
    if (r->base == 0 || r->broken)
        return ERR_FAIL;
    if (r->busy)
        return ERR_BUSY;
    r->busy = true;
    r->queue.address = address_of(r->bytes);
    r->queue.address_high = 0;
    r->queue.len = len < VIRTIO_RNG_PIECE ? (uint32_t)len : VIRTIO_RNG_PIECE;
    r->queue.flags = DEVICE_WRITES;
    r->queue.avail_entry = 0;
    mmio_barrier();
    r->queue.avail_index++;
    mmio_barrier();
    set(r, QUEUE_NOTIFY, 0);
    return OK;
}

/* What has been handed on stays nowhere else. */
static void hand_over(struct virtio_rng *r, uint32_t len)
{
    struct entropy_client *client = r->entropy.client;
    uint8_t bytes[VIRTIO_RNG_PIECE];
    r->busy = false;
    r->broken = len == 0 || len > r->queue.len;
    if (r->broken) {
        client->filled(client, ERR_FAIL, bytes, 0);
        return;
    }
    memcpy(bytes, r->bytes, len);
    memset(r->bytes, 0, sizeof r->bytes);
    client->filled(client, OK, bytes, len);
    memset(bytes, 0, sizeof bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory"); /* really */
}

/* An interrupt may come with nothing to do. */
void virtio_rng_serve(void *device)
{
    struct virtio_rng *r = device;
    if (r->base == 0)
        return;
    set(r, IRQ_ACK, get(r, IRQ_STATUS));
    mmio_barrier();
    if (!r->busy || r->queue.used_index == r->taken)
        return;
    r->taken++;
    hand_over(r, r->queue.used_len);
}

const struct entropy_ops virtio_rng_ops = { request };
