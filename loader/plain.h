/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's end of the line without a command line: the news goes out, and
 * what is typed goes to the app that a tool has attached (ORDER of the serial
 * protocol). Everything else is asked for by that tool. For boards. */
#ifndef LOADER_PLAIN_H
#define LOADER_PLAIN_H

#include <loader/news.h>

/* Zeroed before plain_init(). Private but for its size. */
struct plain {
    struct news news;
    pid_handle_t attached;
    flag_t losing; /* what is typed, and it has been told */
    char text[NEWS_TEXT];
};

void plain_init(struct plain *plain);

/* The receiver of a struct mux. */
void plain_receive(void *plain, const uint8_t *bytes, size_t len);

#endif
