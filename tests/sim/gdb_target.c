/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/sim/gdb_target.h>

#include <stdarg.h>
#include <stdio.h>

#include <tests/sim/machine.h>

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text,
                                                      const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= text->left)
        length = text->left > 0 ? (int)text->left - 1 : 0;
    text->at += length;
    text->left -= (size_t)length;
}

static void add_register(struct text *text, const char *name, uint32_t index,
                         bool is_numbered, const char *type, uint32_t number)
{
    char numbered[16];

    snprintf(numbered, sizeof(numbered), "%s%u", name, index);
    add(text, "<reg name=\"%s\" bitsize=\"32\" type=\"%s\" regnum=\"%u\"/>",
        is_numbered ? numbered : name, type, number);
}

/* Those of them that this hart has. */
static void add_csrs(struct machine *machine, struct text *text)
{
    static const struct {
        const char *name;
        uint16_t number, count; /* 0: the name has no number behind it */
    } csrs[] = { { "mstatus", 0x300, 0 },    { "misa", 0x301, 0 },
                 { "mie", 0x304, 0 },        { "mtvec", 0x305, 0 },
                 { "mcounteren", 0x306, 0 }, { "menvcfg", 0x30a, 0 },
                 { "mstatush", 0x310, 0 },   { "mcountinhibit", 0x320, 0 },
                 { "mscratch", 0x340, 0 },   { "mepc", 0x341, 0 },
                 { "mcause", 0x342, 0 },     { "mtval", 0x343, 0 },
                 { "mip", 0x344, 0 },        { "pmpcfg", 0x3a0, 4 },
                 { "pmpaddr", 0x3b0, 16 },   { "mseccfg", 0x747, 0 },
                 { "mpcer", 0x7e0, 0 },      { "mpcmr", 0x7e1, 0 },
                 { "mpccr", 0x7e2, 0 },      { "mcycle", 0xb00, 0 },
                 { "minstret", 0xb02, 0 },   { "mcycleh", 0xb80, 0 },
                 { "minstreth", 0xb82, 0 },  { "cycle", 0xc00, 0 },
                 { "time", 0xc01, 0 },       { "instret", 0xc02, 0 },
                 { "mvendorid", 0xf11, 0 },  { "marchid", 0xf12, 0 },
                 { "mimpid", 0xf13, 0 },     { "mhartid", 0xf14, 0 } };
    uint32_t value;

    for (size_t i = 0; i < sizeof(csrs) / sizeof(csrs[0]); i++) {
        bool is_numbered = csrs[i].count > 0;
        uint32_t number = csrs[i].number;

        for (uint32_t n = 0; n < (is_numbered ? csrs[i].count : 1u); n++)
            if (csr_read(machine, PRIVILEGE_M, number + n, &value))
                add_register(text, csrs[i].name, n, is_numbered, "int",
                             REGISTER_CSR0 + number + n);
    }
}

void gdb_describe(struct machine *machine, char *text, size_t size)
{
    static const char *const names[32] = {
        "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "fp", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
    };
    struct text out = { text, size };

    add(&out, "<?xml version=\"1.0\"?><target version=\"1.0\">"
              "<architecture>riscv:rv32</architecture>"
              "<feature name=\"org.gnu.gdb.riscv.cpu\">");
    for (uint32_t i = 0; i < 32; i++)
        add_register(&out, names[i], i, false, "int", i);
    add_register(&out, "pc", 0, false, "code_ptr", REGISTER_PC);
    add(&out, "</feature><feature name=\"org.gnu.gdb.riscv.csr\">");
    add_csrs(machine, &out);
    add(&out, "</feature><feature name=\"org.gnu.gdb.riscv.virtual\">");
    add_register(&out, "priv", 0, false, "int", REGISTER_PRIVILEGE);
    add(&out, "</feature></target>");
}
