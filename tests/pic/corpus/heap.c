/* SPDX-License-Identifier: Apache-2.0 */
/* malloc, realloc and free in patterns; lists and trees of what they give. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *left, *right;
    unsigned key;
    char text[8];
};

static struct node *root;
static struct node **const tree = &root;

static int insert(unsigned key)
{
    struct node **at = tree;
    while (*at) {
        if ((*at)->key == key)
            return 0;
        at = key < (*at)->key ? &(*at)->left : &(*at)->right;
    }
    *at = calloc(1, sizeof **at);
    if (!*at)
        return 0;
    (*at)->key = key;
    snprintf((*at)->text, sizeof(*at)->text, "k%u", key);
    return 1;
}

static void walk(const struct node *n)
{
    if (!n)
        return;
    walk(n->left);
    printf("%s ", n->text);
    walk(n->right);
}

int main(void)
{
    unsigned seed = 9, made = 0;
    for (unsigned i = 0; i < 24; i++) {
        seed = seed * 69069u + 1u;
        made += (unsigned)insert(seed >> 24);
    }
    walk(root);
    printf("\n%u\n", made);
    char *text = malloc(4);
    strcpy(text, "abc");
    text = realloc(text, 64);
    strcat(text, "defghijklmnopqrstuvwxyz");
    void *volatile huge =
        malloc(100000000); /* clang would take it for granted */
    printf("%s %d\n", text, huge == NULL);
    free(text);
    return 0;
}
