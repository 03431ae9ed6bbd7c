/* Laying a block of receiving neurons out for the vector kernels. */
#include "base/memory.h"
#include "wiring/wiring.h"

size_t loci_tile_floats(const loci_wiring *w, size_t width) {
    return w->dendrites * (w->coordinates + 1) * loci_pad16(width);
}

void loci_tile_pack(const loci_wiring *w, size_t j0, size_t width, float *buffer, loci_tile *tile) {
    size_t padded = loci_pad16(width), D = w->dendrites, C = w->coordinates;
    *tile = (loci_tile){j0, width, padded, buffer, buffer + D * C * padded};
    for (size_t j = 0; j < padded; j++) {
        size_t neuron = j0 + (j < width ? j : width - 1);
        for (size_t b = 0; b < D; b++) {
            const float *q = w->q + (neuron * D + b) * C;
            for (size_t x = 0; x < C; x++)
                tile->q[(x * D + b) * padded + j] = q[x];
            float e = w->e == NULL ? 1 : w->e[neuron * D + b];
            tile->e[b * padded + j] = j < width ? w->scale * e : 0;
        }
    }
}
