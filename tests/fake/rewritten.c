/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/rewritten.h>

struct made m;
struct job job;
struct rewrite r;
static uint8_t *file;

int app_begin(void **state)
{
    (void)state;
    made_begin(&m);
    file = NULL;
    memset(&job, 0, sizeof job);
    return 0;
}

int app_end(void **state)
{
    (void)state;
    made_free(&m);
    job_free(&job);
    free(file);
    return 0;
}

enum job_state rewrite(void)
{
    size_t len;
    if (m.symbol_count && m.text_len)
        made_function(&m, "_start", MADE_FLASH, m.text_len);
    file = made_file(&m, &len);
    r = (struct rewrite){ .path = "app.elf", .file = file, .file_len = len };
    return job_run(&job, rewrite_app, &r);
}

void rewritten(void)
{
    enum job_state state = rewrite();
    if (state != JOB_OK)
        fail_msg("refused: %s", job.messages->text);
}

void refused(const char *text)
{
    assert_int_equal(rewrite(), JOB_REFUSED);
    for (const struct job_message *msg = job.messages; msg; msg = msg->next) {
        if (strstr(msg->text, text))
            return;
    }
    fail_msg("`%s` is not in: %s", text, job.messages->text);
}

uint32_t now(uint32_t addr)
{
    return linked_get(&r.app.flash, addr);
}

struct insn now_insn(uint32_t addr)
{
    uint32_t at = addr - r.app.flash.base;
    return insn_decode(r.app.flash.bytes + at, r.app.flash.length - at);
}

uint32_t store(uint32_t rs1, uint32_t rs2, int32_t imm)
{
    return insn_with_s(rs2 << 20 | rs1 << 15 | 2u << 12 | 0x23, imm);
}

uint32_t pcrel_pair(uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(A0, insn_hi(value - pc)));
    made_code(&m, insn_lw(A0, A0, insn_lo(value - pc)));
    uint32_t label = made_label(&m, ".Lpcrel", pc);
    made_rel(&m, pc, REL_PCREL_HI20, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, label, 0);
    return pc;
}

uint32_t got_pair(uint32_t symbol, uint32_t type)
{
    uint32_t pc = made_here(&m);
    made_code(&m, insn_auipc(A0, 0x50000000)); /* to a GOT somewhere */
    made_code(&m, insn_lw(A0, A0, 8));
    uint32_t label = made_label(&m, ".Lgot", pc);
    made_rel(&m, pc, type, symbol, 0);
    made_rel(&m, pc + 4, REL_PCREL_LO12_I, label, 0);
    return pc;
}

uint32_t lui(uint32_t rd, uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_code(&m, insn_lui(rd, insn_hi(value)));
    made_rel(&m, pc, REL_HI20, symbol, 0);
    return pc;
}

uint32_t lo_load(uint32_t rs1, uint32_t symbol, uint32_t value)
{
    uint32_t pc = made_code(&m, insn_lw(A0, rs1, insn_lo(value)));
    made_rel(&m, pc, REL_LO12_I, symbol, 0);
    return pc;
}

uint32_t lui_pair(uint32_t symbol, uint32_t value)
{
    uint32_t pc = lui(A0, symbol, value);
    lo_load(A0, symbol, value);
    return pc;
}

void reaches_by_gp(uint32_t upper, uint32_t lower, uint32_t target)
{
    struct insn i = now_insn(upper), l = now_insn(lower);
    uint32_t base = MADE_GP;
    if (i.length == 2) {
        struct insn add = now_insn(upper + 2);
        assert_int_equal(i.kind, INSN_LUI);
        assert_int_equal(add.kind, INSN_ADD);
        assert_int_equal(add.rs2, REG_GP);
        base += (uint32_t)i.imm;
    } else {
        assert_int_equal(i.kind, INSN_ADDI);
        assert_int_equal(i.rs1, REG_GP);
        assert_int_equal(i.imm, 0);
    }
    assert_int_equal(base + (uint32_t)l.imm, target);
}

void reaches_by_pc(uint32_t upper, uint32_t lower, uint32_t target)
{
    struct insn i = now_insn(upper), l = now_insn(lower);
    assert_int_equal(i.kind, INSN_AUIPC);
    assert_int_equal(upper + (uint32_t)i.imm + (uint32_t)l.imm, target);
}

void data_word(uint32_t at, uint32_t type, uint32_t symbol, uint32_t value)
{
    memcpy(m.data + (at - MADE_DATA), &value, 4);
    made_rel(&m, at, type, symbol, 0);
}
