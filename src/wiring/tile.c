/* Laying a block of receiving neurons, or of chosen senders, out for the vector kernels. */
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

size_t loci_gather_floats(const loci_wiring *w, size_t count) {
    return w->axons * (w->coordinates + 1) * loci_pad16(count);
}

loci_wiring loci_tile_gather(const loci_wiring *w, size_t j, const uint32_t *index, size_t count,
                             float *buffer, loci_tile *tile) {
    size_t padded = loci_pad16(count), A = w->axons, D = w->dendrites, C = w->coordinates;
    *tile = (loci_tile){0, count, padded, buffer, buffer + A * C * padded};
    for (size_t t = 0; t < padded; t++) {
        size_t neuron = index[t < count ? t : count - 1];
        for (size_t a = 0; a < A; a++) {
            const float *p = w->p + (neuron * A + a) * C;
            for (size_t x = 0; x < C; x++)
                tile->q[(x * A + a) * padded + t] = p[x];
            float c = w->c == NULL ? 1 : w->c[neuron * A + a];
            tile->e[a * padded + t] = t < count ? w->scale * c : 0;
        }
    }
    return (loci_wiring){
        .n = 1,
        .m = count,
        .axons = D,
        .dendrites = A,
        .coordinates = C,
        .p = w->q + j * D * C,
        .c = w->e == NULL ? NULL : w->e + j * D,
        .base = w->base,
        .scale = w->scale,
        .cutoff = w->cutoff,
    };
}
