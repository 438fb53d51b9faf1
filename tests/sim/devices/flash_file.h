/* SPDX-License-Identifier: Apache-2.0 */
/* Flash contents that live in a file: what changes is in the file at once,
 * whatever ends the program. */
#ifndef TESTS_SIM_FLASH_FILE_H
#define TESTS_SIM_FLASH_FILE_H

#include <stddef.h>
#include <stdint.h>

/* The file's bytes; one that is not there is made, erased. NULL: it said on
 * stderr why it can not be used. Shared by all forks of the process. */
uint8_t *flash_file_map(const char *path, size_t size);

#endif
