/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/sim/symbols.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("berth-sim: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

struct symbols *symbols_new(void)
{
    return must(calloc(1, sizeof(struct symbols)));
}

void symbols_free(struct symbols *symbols)
{
    if (symbols == NULL)
        return;
    for (size_t i = 0; i < symbols->count; i++)
        free(symbols->list[i].name);
    free(symbols->list);
    free(symbols);
}

void symbols_add(struct symbols *symbols, const char *name, uint32_t address,
                 uint32_t size)
{
    if (symbols->count == symbols->room) {
        symbols->room = symbols->room == 0 ? 256 : symbols->room * 2;
        symbols->list = must(
            realloc(symbols->list, symbols->room * sizeof(symbols->list[0])));
    }
    symbols->list[symbols->count++] =
        (struct symbol){ address, size, must(strdup(name)) };
}

/* Of those at one address, the larger one comes last and is found. */
static int compare(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;

    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return strcmp(b->name, a->name);
}

void symbols_sort(struct symbols *symbols)
{
    if (symbols->count > 0)
        qsort(symbols->list, symbols->count, sizeof(symbols->list[0]), compare);
}

const struct symbol *symbols_find(const struct symbols *symbols,
                                  uint32_t address)
{
    size_t low = 0, high = symbols != NULL ? symbols->count : 0;
    const struct symbol *found;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (symbols->list[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    found = &symbols->list[low - 1];
    if (found->size != 0 && address - found->address >= found->size)
        return NULL;
    return found;
}

const struct symbol *symbols_named(const struct symbols *symbols,
                                   const char *name)
{
    for (size_t i = 0; symbols != NULL && i < symbols->count; i++)
        if (strcmp(symbols->list[i].name, name) == 0)
            return &symbols->list[i];
    return NULL;
}

const char *symbols_place(const struct symbols *symbols, uint32_t address,
                          char *text, size_t size)
{
    const struct symbol *symbol = symbols_find(symbols, address);

    if (symbol == NULL)
        snprintf(text, size, "?");
    else if (symbol->address == address)
        snprintf(text, size, "%s", symbol->name);
    else
        snprintf(text, size, "%s+0x%x", symbol->name,
                 address - symbol->address);
    return text;
}
