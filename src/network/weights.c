/* The weights that follow from where a network's neurons sit now, for those who want to look at
 * them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/acting.h"

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

/* The stored weights of a conventional pair. */
static void copy(const loci_wiring *w, float *weights) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++) {
            bool kept = w->keep == NULL || w->keep[i * loci_keep_leading(w->m) + j] != 0;
            weights[i * w->m + j] = kept ? w->weight[i * w->m + j] : 0;
        }
}

int loci_wires_weights(const loci_wires *wires, size_t l, float *weights, loci_error *error) {
    if (wires->pair[l].weight == NULL)
        return fill(&wires->pair[l], weights, error);
    copy(&wires->pair[l], weights);
    return LOCI_OK;
}

int loci_network_weights(const loci_network *network, uint32_t pair, float *weights,
                         loci_error *error) {
    if (pair > network->spec.hidden_count)
        return loci_fail(error, LOCI_E_ARGUMENT, "pair", "%u is not one of %u layer pairs", pair,
                         network->spec.hidden_count + 1);
    loci_wires wires;
    int status = loci_wires_open(&wires, network, error);
    if (status == LOCI_OK)
        status = loci_wires_prune(&wires, NULL, error);
    if (status == LOCI_OK)
        status = loci_wires_weights(&wires, pair, weights, error);
    loci_wires_close(&wires);
    return status;
}
