/* The weights that follow from where a network's neurons sit now, for those who want to look at
 * them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"

enum { WIDTH = 64, HEIGHT = 64 }; /* of a tile */

static int fill(const loci_wiring *w, float *weights, loci_error *error) {
    const loci_wiring_kernels *kernels = loci_wiring_kernels_for(loci_isa_best());
    float *buffer = loci_alloc(loci_tile_floats(w, WIDTH), sizeof *buffer);
    float *block = loci_alloc(HEIGHT * WIDTH, sizeof *block);
    for (size_t j = 0; buffer != NULL && block != NULL && j < w->m; j += WIDTH) {
        loci_tile tile;
        loci_tile_pack(w, j, w->m - j < WIDTH ? w->m - j : WIDTH, buffer, &tile);
        for (size_t i = 0; i < w->n; i += HEIGHT) {
            size_t rows = w->n - i < HEIGHT ? w->n - i : HEIGHT;
            kernels->weights(w, &tile, i, i + rows, block, WIDTH);
            for (size_t r = 0; r < rows; r++)
                memcpy(weights + (i + r) * w->m + j, block + r * WIDTH,
                       tile.width * sizeof *weights);
        }
    }
    int status = buffer != NULL && block != NULL ? LOCI_OK : loci_fail_memory(error, "weights");
    free(buffer);
    free(block);
    return status;
}

int loci_acting_weights(const loci_acting *acting, size_t p, float *weights, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    int status = LOCI_OK;
    if (w->weight != NULL)
        memcpy(weights, w->weight, w->n * w->m * sizeof *weights);
    else
        status = fill(w, weights, error);
    /* a range keeps what it reaches: there the kernels cut by themselves */
    bool listed = acting->kept[p] != NULL && acting->pruned_by != LOCI_PRUNE_BY_RANGE;
    if (status == LOCI_OK && listed)
        loci_connections_clear_others(acting->kept[p], weights);
    return status;
}

int loci_network_weights(const loci_network *network, uint32_t pair, float *weights,
                         loci_error *error) {
    loci_acting acting;
    int status = loci_check_pair(network, pair, error);
    if (status != LOCI_OK)
        return status;
    status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK) {
        loci_acting_update(&acting);
        status = loci_kept_find_of(&acting, pair, NULL, error);
    }
    if (status == LOCI_OK)
        status = loci_acting_weights(&acting, pair, weights, error);
    loci_acting_close(&acting);
    return status;
}
