#include "synapse/held.h"

void loci_hold_listed(const loci_wiring *w, const float *weight, size_t count, float *dw) {
    for (size_t k = 0; k < count; k++)
        dw[k] = loci_weight_leads_out(w->rounding, weight[k], dw[k]) ? 0 : dw[k];
}

void loci_hold_tile(const loci_wiring *w, const loci_tile *tile, size_t i0, size_t i1, float *dw,
                    size_t ld) {
    const loci_wiring_kernels *kernels = loci_wiring_kernels_for(loci_isa_best());
    float row[64] __attribute__((aligned(64))); /* tiles are no wider */
    loci_wiring bare = *w;
    bare.rounding.unit = 0;
    for (size_t i = i0; i < i1; i++) {
        kernels->weights(&bare, tile, i, i + 1, row, tile->padded);
        loci_hold_listed(w, row, tile->padded, dw + (i - i0) * ld);
    }
}
