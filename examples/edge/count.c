/* A plugin of QEMU: how many instructions a call of one function takes, from its first to its
 * return.
 *
 *   qemu-system-arm ... -plugin count.so,function=0x1234
 *
 * For every call a line `count: INSTRUCTIONS CYCLES` goes to stderr. The cycles are those of the
 * Cortex-M0's timing table (ARM DDI 0432C, 3.3; one-cycle multiplier, memory without wait states)
 * and mean nothing on another core. Nothing is sampled: the same program gives the same two numbers
 * every time.
 *
 * QEMU executes blocks of instructions that only their end leaves, unless there are exceptions; the
 * firmware has none. The block that calls the function ends with the call, so it also says where to
 * come back to.
 *
 * Debian's QEMU ships no header for plugins. This is the part of its interface, version 1, that is
 * used. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*on_translation)(plugin_id id, struct qemu_plugin_tb *block);
typedef void (*on_execution)(unsigned cpu, void *data);
enum { NO_REGISTERS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, on_translation callback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, on_execution callback,
                                          int registers, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(plugin_id id, const void *machine, int argc, char **argv);

/* A block of instructions: [begin, end), and what running it costs if the branch at its end is not
 * taken. */
struct block {
    uint64_t begin, end;
    unsigned instructions, cycles;
    bool conditional;
};

static uint64_t function, back; /* back: where the running call returns to; 0 = none runs */
static uint64_t instructions, cycles;
static const struct block *before; /* the block that ran last */

static unsigned ones(unsigned bits) {
    return (unsigned)__builtin_popcount(bits);
}

/* Cycles of one instruction that does not branch conditionally. */
static unsigned cost(unsigned code, size_t size) {
    if (size == 4)
        return 4; /* bl, and the barriers and mrs that no loop contains */
    if ((code & 0xf800) == 0xe000)
        return 3; /* b */
    if ((code & 0xff00) == 0x4700 || (code & 0xfd87) == 0x4487)
        return 3; /* bx, blx; add and mov to pc */
    if ((code & 0xf800) == 0x4800 || ((code & 0xf000) >= 0x5000 && (code & 0xf000) <= 0x9000))
        return 2; /* ldr, str of all widths and modes */
    if ((code & 0xf000) == 0xc000)
        return 1 + ones(code & 0xff); /* ldm, stm */
    if ((code & 0xff00) == 0xbd00)
        return 5 + ones(code & 0xff); /* pop with pc: 4 and one a register, pc included */
    if ((code & 0xf600) == 0xb400)
        return 1 + ones(code & 0x1ff); /* push, pop */
    return 1;
}

static void run(unsigned cpu, void *data) {
    (void)cpu;
    const struct block *block = data;
    if (before && before->conditional && block->begin != before->end)
        cycles += 2;
    if (block->begin == function && before) {
        back = before->end;
        instructions = cycles = 0;
    } else if (back && block->begin == back) {
        fprintf(stderr, "count: %llu %llu\n", (unsigned long long)instructions,
                (unsigned long long)cycles);
        back = 0;
    }
    instructions += block->instructions;
    cycles += block->cycles;
    before = block;
}

static void translate(plugin_id id, struct qemu_plugin_tb *translated) {
    (void)id;
    struct block *block = calloc(1, sizeof *block); /* QEMU may run it until the end: never freed */
    if (!block)
        abort();
    block->begin = block->end = qemu_plugin_tb_vaddr(translated);
    block->instructions = (unsigned)qemu_plugin_tb_n_insns(translated);
    for (unsigned i = 0; i < block->instructions; i++) {
        const struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(translated, i);
        const size_t size = qemu_plugin_insn_size(instruction);
        uint16_t code;
        memcpy(&code, qemu_plugin_insn_data(instruction), sizeof code);
        block->end += size;
        block->cycles += cost(code, size);
        block->conditional = size == 2 && (code & 0xf000) == 0xd000 && (code & 0x0f00) < 0x0e00;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(translated, run, NO_REGISTERS, block);
}

int qemu_plugin_install(plugin_id id, const void *machine, int argc, char **argv) {
    (void)machine;
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "function=", 9) == 0)
            function = strtoull(argv[i] + 9, NULL, 0) & ~UINT64_C(1); /* bit 0 says Thumb */
    if (!function) {
        fprintf(stderr, "count: which function? -plugin count.so,function=ADDRESS\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
