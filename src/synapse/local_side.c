#include "synapse/local_side.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

enum {
    COLUMNS = LOCI_LOCAL_COLUMNS,
    LINE = 16,   /* floats of a cache line: samples that one task puts down */
    SLABS = 1024 /* slabs that one task listens to */
};

void loci_local_side_take(loci_local_side *side, size_t neurons, size_t of_neuron,
                          size_t coordinates, size_t width, loci_arena *arena) {
    *side = (loci_local_side){
        .neurons = neurons, .sites = neurons * of_neuron, .of_neuron = of_neuron, .width = width};
    loci_cells_take(&side->cells, side->sites, coordinates, arena);
    side->bare.e = loci_arena_floats(arena, side->cells.room, 1);
    side->neuron = loci_arena_take(arena, side->cells.room, sizeof *side->neuron);
    side->values = loci_arena_floats(arena, neurons, width);
    side->heard = loci_arena_take(arena, side->cells.room / LOCI_SLAB, sizeof *side->heard);
}

void loci_local_side_sort(loci_local_side *side, const loci_sites_of *sites) {
    float *ones = side->bare.e;
    loci_cells_sort(&side->cells, sites);
    side->bare = side->cells;
    side->bare.e = ones;
    for (size_t lane = 0; lane < side->cells.lanes; lane++) {
        uint32_t site = side->cells.site[lane];
        ones[lane] = site != UINT32_MAX;
        side->neuron[lane] = site != UINT32_MAX ? site / (uint32_t)side->of_neuron : 0;
    }
}

/* ---- what they send ---- */

struct hearing {
    loci_local_side *side;
    const loci_activations *in;
    size_t first, rows;
    const loci_linear_kernels *kernels;
};

/* Neurons of a strip of columns. */
static size_t columns_of(const loci_local_side *side, size_t task) {
    size_t left = side->neurons - task * COLUMNS;
    return left < COLUMNS ? left : COLUMNS;
}

static void take_dense(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct hearing *x = context;
    loci_local_side *s = x->side;
    size_t i0 = task * COLUMNS, count = columns_of(s, task);
    float *to = s->values + i0 * s->width;
    x->kernels->transpose(x->in->dense + x->first * x->in->ld + i0, x->in->ld, x->rows, count, to,
                          s->width);
    for (size_t i = 0; i < count && x->rows < s->width; i++)
        memset(to + i * s->width + x->rows, 0, (s->width - x->rows) * sizeof *to);
}

static void clear(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct hearing *x = context;
    loci_local_side *s = x->side;
    memset(s->values + task * COLUMNS * s->width, 0,
           columns_of(s, task) * s->width * sizeof *s->values);
}

static void take_sparse(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct hearing *x = context;
    const loci_sparse *in = x->in->by_sample;
    for (size_t b = task * LINE; b < (task + 1) * LINE && b < x->rows; b++)
        for (uint32_t t = in->start[x->first + b]; t < in->end[x->first + b]; t++)
            x->side->values[in->index[t] * x->side->width + b] = in->value[t];
}

static bool silent(const float *values, size_t width) {
    size_t b = 0;
    while (b < width && values[b] == 0)
        b++;
    return b == width;
}

static void listen(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct hearing *x = context;
    loci_local_side *s = x->side;
    size_t slabs = s->cells.lanes / LOCI_SLAB;
    for (size_t slab = task * SLABS; slab < (task + 1) * SLABS && slab < slabs; slab++) {
        uint32_t heard = 0;
        for (size_t t = 0; t < LOCI_SLAB; t++) {
            size_t neuron = s->neuron[slab * LOCI_SLAB + t];
            heard |= (uint32_t)!silent(s->values + neuron * s->width, x->rows) << t;
        }
        s->heard[slab] = (uint16_t)heard;
    }
}

void loci_local_side_hear(loci_local_side *side, const loci_activations *in, size_t first,
                          size_t rows, const loci_linear_kernels *kernels, loci_pool *pool) {
    struct hearing x = {side, in, first, rows, kernels};
    size_t columns = (side->neurons + COLUMNS - 1) / COLUMNS;
    if (in->by_sample != NULL) {
        loci_parallel(pool, columns, clear, &x);
        loci_parallel(pool, (rows + LINE - 1) / LINE, take_sparse, &x);
    } else
        loci_parallel(pool, columns, take_dense, &x);
    loci_parallel(pool, (side->cells.lanes / LOCI_SLAB + SLABS - 1) / SLABS, listen, &x);
}

/* ---- what they get ---- */

struct telling {
    const loci_local_side *side;
    const float *gathered;
    float *out;
    size_t ld, first, rows;
    const loci_after *after;
    float *scratch;
    const loci_linear_kernels *kernels;
};

static void tell_columns(void *context, size_t task, size_t worker) {
    const struct telling *x = context;
    const loci_local_side *s = x->side;
    size_t j0 = task * COLUMNS, count = columns_of(s, task), padded = loci_pad16(count);
    float *sum = x->scratch + worker * COLUMNS * s->width, *out = x->out + j0;
    memset(sum, 0, padded * s->width * sizeof *sum);
    for (size_t j = 0; j < count; j++) {
        const float *from = x->gathered + (j0 + j) * s->of_neuron * s->width;
        for (size_t k = 0; k < s->of_neuron; k++, from += s->width)
            for (size_t b = 0; b < x->rows; b++)
                sum[j * s->width + b] += from[b];
    }
    x->kernels->transpose(sum, s->width, padded, x->rows, out, x->ld);
    loci_after_run(x->after, out, x->first, x->rows, j0, count);
}

void loci_local_side_tell(const loci_local_side *side, const float *gathered, float *out, size_t ld,
                          size_t first, size_t rows, const loci_after *after, float *scratch,
                          const loci_linear_kernels *kernels, loci_pool *pool) {
    struct telling x = {side, gathered, out, ld, first, rows, after, scratch, kernels};
    loci_parallel(pool, (side->neurons + COLUMNS - 1) / COLUMNS, tell_columns, &x);
}
