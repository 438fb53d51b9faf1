/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the host by an ebreak between two marks, as debuggers of RISC-V
 * define them: text, and the end of the run. From U-mode it is an ordinary
 * ebreak. */
#include <string.h>

#include <tests/sim/core.h>

enum { A0 = 10, A1 = 11 };
enum {
    CALL_WRITEC = 0x03,
    CALL_WRITE0 = 0x04,
    CALL_EXIT = 0x18,
    CALL_EXIT_EXTENDED = 0x20
};
#define REASON_EXIT 0x20026u
#define MARK_BEFORE 0x01f01013u /* slli x0, x0, 0x1f */
#define MARK_AFTER 0x40705013u  /* srai x0, x0, 7 */
#define EBREAK 0x00100073u

bool semihosting_is_call(struct machine *machine, uint32_t pc)
{
    uint32_t words[3];

    return machine->semihosting && machine->hart.privilege == PRIVILEGE_M &&
           machine_peek(machine, pc - 4, words, sizeof(words)) &&
           words[0] == MARK_BEFORE && words[1] == EBREAK &&
           words[2] == MARK_AFTER;
}

static void give_text(struct machine *machine, const char *text, size_t length)
{
    if (machine->hooks.text != NULL) {
        machine->hooks.text(machine, text, length);
        return;
    }
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static void write_text(struct machine *machine, uint32_t address)
{
    char chunk[256];
    size_t length = 0;

    while (machine_peek(machine, address++, &chunk[length], 1) &&
           chunk[length] != '\0') {
        if (++length == sizeof(chunk)) {
            give_text(machine, chunk, length);
            length = 0;
        }
    }
    give_text(machine, chunk, length);
}

void semihosting_call(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint32_t argument = hart->x[A1], words[2];
    char c;

    switch (hart->x[A0]) {
    case CALL_WRITEC:
        if (machine_peek(machine, argument, &c, 1))
            give_text(machine, &c, 1);
        break;
    case CALL_WRITE0:
        write_text(machine, argument);
        break;
    case CALL_EXIT:
        machine_exit(machine, argument == REASON_EXIT ? 0 : 1);
        break;
    case CALL_EXIT_EXTENDED:
        if (machine_peek(machine, argument, words, sizeof(words)))
            machine_exit(machine, words[0] == REASON_EXIT ? words[1] : 1);
        break;
    default:
        hart->x[A0] = UINT32_MAX;
        break;
    }
}
