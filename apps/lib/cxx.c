/* SPDX-License-Identifier: Apache-2.0 */
/* What C++ without exceptions asks of its run-time library, under the names the
 * Itanium ABI gives it on rv32. `new` without memory ends the app, as it may
 * not return NULL; new(std::nothrow) does. */
#include <berth/error.h>
#include <berth/exit.h>
#include <stddef.h>
#include <stdlib.h>

void *new_one(size_t size) __asm__("_Znwj");
void *new_many(size_t size) __asm__("_Znaj");
void *new_one_or_null(size_t size,
                      const void *tag) __asm__("_ZnwjRKSt9nothrow_t");
void *new_many_or_null(size_t size,
                       const void *tag) __asm__("_ZnajRKSt9nothrow_t");
void delete_one(void *object) __asm__("_ZdlPv");
void delete_many(void *objects) __asm__("_ZdaPv");
void delete_one_sized(void *object, size_t size) __asm__("_ZdlPvj");
void delete_many_sized(void *objects, size_t size) __asm__("_ZdaPvj");
void __cxa_pure_virtual(void);

/* Names the one program that destructors belong to. */
extern void *__dso_handle;
void *__dso_handle;

void *new_one(size_t size)
{
    void *object = malloc(size == 0 ? 1 : size);
    if (object == NULL) {
        berth_exit(ERR_NOMEM);
    }
    return object;
}

void *new_many(size_t size)
{
    return new_one(size);
}

void *new_one_or_null(size_t size, const void *tag)
{
    (void)tag;
    return malloc(size == 0 ? 1 : size);
}

void *new_many_or_null(size_t size, const void *tag)
{
    return new_one_or_null(size, tag);
}

void delete_one(void *object)
{
    free(object);
}

void delete_many(void *objects)
{
    free(objects);
}

void delete_one_sized(void *object, size_t size)
{
    (void)size;
    free(object);
}

void delete_many_sized(void *objects, size_t size)
{
    (void)size;
    free(objects);
}

void __cxa_pure_virtual(void)
{
    abort();
}
