/* SPDX-License-Identifier: Apache-2.0 */
/* Installs, updates and removes apps while it runs, and tries what is to be
 * refused. */
#include "check.h"
#include "payload.h"

#define ID 0x77u

static const struct payload first = { 5000, 1, ID, 0x11 };
static const struct payload second = { 6000, 2, ID, 0x22 };
static const struct payload broken = { 1000, 3, ID, 0 };

static void hostile(void)
{
    check_equal("setup(0) is refused", ask(1, 0, 0, NULL), REFUSED + ERR_SIZE);
    check_equal("setup of no whole words is refused", ask(1, 4098, 0, NULL),
                REFUSED + ERR_INVAL);
    check_equal("setup of more than there is is refused",
                ask(1, 0x7FFFFFFC, 0, NULL), REFUSED + ERR_SIZE);
    check_equal("a write without setup is refused", write_image(0, 256, 256),
                REFUSED + ERR_RESERVE);
    check_equal("finalize without setup is refused", ask(3, 0, 0, NULL),
                REFUSED + ERR_RESERVE);
    check_equal("load without finalize is refused", ask(4, 0, 0, NULL),
                REFUSED + ERR_RESERVE);
    check_equal("unload of nobody is refused", ask(6, 0x4711, 0, NULL),
                REFUSED + ERR_NODEVICE);
    check_equal("remove of a made-up handle is refused", ask_more(5, 0, 0),
                REFUSED + ERR_NODEVICE);
    payload_make(&first);
    image[1] += 4; /* another size than was set up, and a wrong checksum */
    check_equal("setup", ask(1, first.size, 0, NULL), 0);
    (void)syscall_allow_ro(LOADER, 0, image, 100);
    check_equal("a write beyond the buffer is refused", ask(2, 0, 200, NULL),
                REFUSED + ERR_SIZE);
    check_equal("a write of 4100 bytes is refused", ask(2, 0, 4100, NULL),
                REFUSED + ERR_SIZE);
    check("a header of another size is not taken",
          write_image(0, first.size, 4096) != 0 || ask(3, 0, 0, NULL) != 0);
    check_equal("abort", ask(5, 0, 0, NULL), 0);
    check_equal("abort again is refused", ask(5, 0, 0, NULL),
                REFUSED + ERR_INVAL);
}

static void incomplete(void)
{
    payload_make(&first);
    check_equal("setup", ask(1, first.size, 0, NULL), 0);
    check_equal("half of it", write_image(0, 2560, 512), 0);
    check("finalize of half an app fails", ask(3, 0, 0, NULL) != 0);
    check_equal("abort", ask(5, 0, 0, NULL), 0);
}

static void life(void)
{
    struct entry e, f;
    check_equal("install", install(&first, NULL), 0);
    check_equal("load", ask(4, 0, 0, NULL), 0);
    check_equal("it is listed", find(&e, ID, 1), 0);
    check_equal("enabled and running", e.flags, 1 | 8);
    check_equal("starting it twice is refused",
                ask_more(10, e.handle[0], e.handle[1]), REFUSED + ERR_ALREADY);

    check_equal("update", install(&second, e.handle), 0);
    check_equal("the old one is replaced", find(&e, ID, 1) == 0 ? e.flags : 99,
                1 | 4);
    check_equal("the new one is on trial", find(&f, ID, 2) == 0 ? f.flags : 99,
                1 | 2 | 8);
    check_equal("confirm", ask_more(12, f.handle[0], f.handle[1]), 0);
    check_equal("the old one is gone", find(&e, ID, 1), REFUSED + ERR_NODEVICE);
    check_equal("its handle is stale", ask_more(5, f.handle[0], f.handle[1]),
                REFUSED + ERR_NODEVICE);
    check("a lower version is refused", install(&first, NULL) != 0);
    check_equal("abort", ask(5, 0, 0, NULL), 0);

    (void)find(&f, ID, 2);
    check_equal("an update that faults", install(&broken, f.handle), 0);
    for (int i = 0; i < 1000000 && find(&f, ID, 3) == 0; i++)
        ;
    check_equal("is rolled back", find(&f, ID, 3), REFUSED + ERR_NODEVICE);
    for (int i = 0; i < 1000000; i++)
        if (find(&f, ID, 2) == 0 && (f.flags & 8) != 0)
            break;
    check_equal("and the one before runs", f.flags, 1 | 8);

    uint32_t at = 0;
    check_equal("unload", ask(6, ID, 0, &at), 0);
    check("tells where it lay", at >= 0x22000000u);
    check_equal("it is off", find(&f, ID, 2) == 0 ? f.flags : 99, 1);
    check_equal("start", ask_more(10, f.handle[0], f.handle[1]), 0);
    check_equal("disable", ask_more(4, f.handle[0], f.handle[1]), 0);
    (void)find(&f, ID, 2);
    check_equal("disabled, not running", f.flags, 0);
    check("start of a disabled app fails",
          ask_more(10, f.handle[0], f.handle[1]) != 0);
    check_equal("remove", ask_more(5, f.handle[0], f.handle[1]), 0);
    check_equal("it is gone", find(&f, ID, 2), REFUSED + ERR_NODEVICE);
}

int main(void)
{
    hostile();
    incomplete();
    life();
    printf("installer: %u ok, %u FAIL\n", checks_ok, checks_failed);
    return 0;
}
