/* SPDX-License-Identifier: Apache-2.0 */
/* Says back each line that is typed to it; `end` ends it. */
#include <stdio.h>
#include <string.h>

static size_t line_read(char *line, size_t size)
{
    size_t length = 0;
    for (;;) {
        int c = getchar();
        if (c == '\r' || c == '\n' || c == EOF) {
            line[length] = '\0';
            return length;
        }
        if (length < size - 1) {
            line[length++] = (char)c;
        }
    }
}

int main(void)
{
    char line[64];
    printf("%s: listens\n", BERTH_APP_NAME);
    do {
        size_t length = line_read(line, sizeof line);
        printf("%s: %u <%s>\n", BERTH_APP_NAME, (unsigned)length, line);
    } while (strcmp(line, "end") != 0);
    return 0;
}
