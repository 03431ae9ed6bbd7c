/* Tiles of weights from positions, and tiles of dL/dW back into site gradients, in float32.
 *
 * Plain loops over receiving neurons, which the compiler turns into vector code; this file is
 * compiled once per instruction set. */
#include <string.h>

#include "base/isa.h"
#include "wiring/site_loops.h"

#define loci_wiring_kernels_isa LOCI_ISA_NAME(loci_wiring_kernels)
extern const loci_wiring_kernels loci_wiring_kernels_isa;

/* Most dendrite sites of a tile: 64 of each of 64 neurons. */
enum { MOST_SITES = 64 * 64 };

/* Sets the weights of a row to 0 whose connections are cut. */
static inline void cut(float *restrict row, const uint8_t *restrict mask, size_t width) {
    for (size_t j = 0; j < width; j++)
        row[j] = mask[j] != 0 ? row[j] : 0;
}

EACH weights_as(const loci_wiring *wiring, const int law, const bool within, const bool plane,
                const loci_tile *tile, size_t i0, size_t i1, float *out, size_t ld) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites;
    const loop x = loop_of(wiring, D * w);
    float ef[MOST_SITES] __attribute__((aligned(64)));
    for (size_t i = i0; i < i1; i++) {
        float *restrict row = out + (i - i0) * ld;
        memset(row, 0, w * sizeof *row);
        for (size_t a = 0; a < A; a++) {
            float c = wiring->c == NULL ? 1 : wiring->c[i * A + a];
            attraction(&x, law, within, plane, ef, tile->q, tile->e, wiring->p + (i * A + a) * x.C);
            for (size_t b = 0; b < D; b++)
                for (size_t j = 0; j < w; j++)
                    row[j] += c * ef[b * w + j];
        }
        if (wiring->mask != NULL)
            cut(row, wiring->mask + i * loci_mask_leading(wiring->m) + tile->j0, w);
        if (wiring->rounding.unit > 0)
            loci_weights_round(wiring->rounding, row, w);
    }
}

static void weights(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                    float *out, size_t ld){
#define RUN(law, within, plane) weights_as(wiring, law, within, plane, tile, i0, i1, out, ld)
#define RUN_LAW(law) CHOOSE_RANGE(RUN, wiring, law)
    LOCI_LAW_CHOOSE(wiring->law, RUN_LAW)
#undef RUN_LAW
#undef RUN
}

EACH contract_as(const loci_wiring *wiring, const int law, const bool within, const bool plane,
                 const loci_tile *tile, size_t i0, size_t i1, const float *gradient, size_t ld,
                 float *axon, float *dendrite) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites;
    const loop x = loop_of(wiring, D * w);
    float g[MOST_SITES] __attribute__((aligned(64)));
    float u[MOST_SITES] __attribute__((aligned(64)));
    memset(axon, 0, (i1 - i0) * A * loci_axon_sums(x.C) * sizeof *axon);
    for (size_t i = i0; i < i1; i++) {
        memcpy(g, gradient + (i - i0) * ld, w * sizeof *g);
        if (wiring->mask != NULL)
            cut(g, wiring->mask + i * loci_mask_leading(wiring->m) + tile->j0, w);
        for (size_t b = 1; b < D; b++)
            memcpy(g + b * w, g, w * sizeof *g);
        for (size_t a = 0; a < A; a++) {
            const site at = {.p = wiring->p + (i * A + a) * x.C,
                             .q = tile->q,
                             .e = tile->e,
                             .g = g,
                             .c = wiring->c == NULL ? 1 : wiring->c[i * A + a],
                             .axon = axon + ((i - i0) * A + a) * loci_axon_sums(x.C),
                             .dendrite = dendrite};
            if (plane)
                contract_plane(&x, law, within, &at);
            else
                contract_space(&x, law, within, &at, u);
        }
    }
}

static void contract(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                     const float *gradient, size_t ld, float *axon, float *dendrite) {
#define RUN(law, within, plane)                                                                    \
    contract_as(wiring, law, within, plane, tile, i0, i1, gradient, ld, axon, dendrite)
#define RUN_LAW(law) CHOOSE_RANGE(RUN, wiring, law)
    LOCI_LAW_CHOOSE(wiring->law, RUN_LAW)
#undef RUN_LAW
#undef RUN
}

const loci_wiring_kernels loci_wiring_kernels_isa = {weights, contract};
