#include "infer/runner.h"

#include "infer/evaluate.h"

int loci_runner_create(loci_runner *runner, const loci_network *network, size_t rows, size_t widest,
                       size_t scratch, loci_error *error) {
    size_t room = rows * widest + LOCI_SLICE;
    *runner = (loci_runner){.rows = rows};
    runner->current = loci_arena_floats(&runner->arena, rows, widest);
    runner->next = loci_arena_floats(&runner->arena, rows, widest);
    runner->scratch = loci_arena_floats(&runner->arena, scratch, 1);
    runner->start = loci_arena_take(&runner->arena, rows + 1, sizeof *runner->start);
    runner->index = loci_arena_take(&runner->arena, room, sizeof *runner->index);
    runner->value = loci_arena_floats(&runner->arena, room, 1);
    int status = loci_arena_status(&runner->arena, "prepared network", error);
    if (status != LOCI_OK || !loci_spec_spikes(&network->spec))
        return status;
    return loci_inference_batch(&runner->batch, network, 1, LOCI_EVALUATION_SEED, NULL, error);
}

void loci_runner_clear(loci_runner *runner) {
    loci_batch_free(runner->batch);
    loci_arena_clear(&runner->arena);
    *runner = (loci_runner){0};
}

loci_sparse loci_runner_compact(const loci_runner *runner, const loci_bits *bits,
                                const loci_fixed *weights, const float *sent, size_t rows,
                                size_t stride) {
    size_t end = 0;
    for (size_t row = 0; row < rows; row++) {
        runner->start[row] = (uint32_t)end;
        end += weights->kernels->compact(bits, weights->heard, sent + row * stride, weights->n,
                                         runner->index + end, runner->value + end);
    }
    runner->start[rows] = (uint32_t)end;
    return loci_sparse_rows(rows, runner->start, runner->index, runner->value);
}
