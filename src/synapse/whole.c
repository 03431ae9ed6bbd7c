#include "synapse/whole.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { WIDTH = 64, HEIGHT = 64 }; /* of a tile */

struct filling {
    const loci_wiring *w;
    const loci_wiring_kernels *kernels;
    float *weights;
    float *scratch; /* [workers, floats] */
    size_t floats;
};

static void fill_columns(void *context, size_t task, size_t worker) {
    const struct filling *x = context;
    const loci_wiring *w = x->w;
    float *block = x->scratch + worker * x->floats, *buffer = block + HEIGHT * WIDTH;
    size_t j = task * WIDTH;
    loci_tile tile;
    loci_tile_pack(w, j, w->m - j < WIDTH ? w->m - j : WIDTH, buffer, &tile);
    for (size_t i = 0; i < w->n; i += HEIGHT) {
        size_t rows = w->n - i < HEIGHT ? w->n - i : HEIGHT;
        x->kernels->weights(w, &tile, i, i + rows, block, WIDTH);
        for (size_t r = 0; r < rows; r++)
            memcpy(x->weights + (i + r) * w->m + j, block + r * WIDTH, tile.width * sizeof *block);
    }
}

int loci_whole_weights(const loci_wiring *w, loci_pool *pool, float *weights, loci_error *error) {
    struct filling x = {.w = w,
                        .kernels = loci_wiring_kernels_for(loci_isa_best()),
                        .weights = weights,
                        .floats = HEIGHT * WIDTH + loci_pad16(loci_tile_floats(w, WIDTH))};
    x.scratch = loci_alloc((size_t)loci_pool_threads(pool), x.floats * sizeof *x.scratch);
    if (x.scratch == NULL)
        return loci_fail_memory(error, "weights");
    loci_parallel(pool, (w->m + WIDTH - 1) / WIDTH, fill_columns, &x);
    free(x.scratch);
    return LOCI_OK;
}
