/* How strong each connection of a tile is: what pruning ranks by.
 *
 * A cut is stored as one number and applied again wherever the model is loaded, so strengths must
 * be the same bits on every machine: this file is compiled without fused operations, and a
 * connection's terms are taken in one fixed order. They are always numbers, at most FLT_MAX, so
 * that any cut between them is one too. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/isa.h"
#include "wiring/law.h"
#include "wiring/wiring.h"

#define loci_strength_kernels_isa LOCI_ISA_NAME(loci_strength_kernels)
extern const loci_strength_kernels loci_strength_kernels_isa;

/* The square of the distance between p [C] and site b of each of `width` neurons. */
static inline void squared_distances(float *restrict square, const loci_tile *tile,
                                     const float *restrict p, float base, size_t b, size_t D,
                                     size_t C) {
    size_t width = tile->padded;
    for (size_t j = 0; j < width; j++)
        square[j] = base;
    for (size_t x = 0; x < C; x++) {
        const float *restrict q = tile->q + (x * D + b) * width;
        for (size_t j = 0; j < width; j++) {
            float d = p[x] - q[j];
            square[j] += d * d;
        }
    }
}

/* Infinity and NaN too. */
static inline float bounded(float strength) {
    return strength < FLT_MAX ? strength : FLT_MAX;
}

static void nearness(const loci_wiring *w, const loci_tile *tile, size_t i0, size_t i1, float *out,
                     size_t ld) {
    size_t A = w->axons, D = w->dendrites, C = w->coordinates, width = tile->padded;
    float square[64] __attribute__((aligned(64)));
    for (size_t i = i0; i < i1; i++) {
        float *restrict row = out + (i - i0) * ld;
        for (size_t j = 0; j < width; j++)
            row[j] = INFINITY;
        for (size_t a = 0; a < A; a++)
            for (size_t b = 0; b < D; b++) {
                squared_distances(square, tile, w->p + (i * A + a) * C, w->base, b, D, C);
                for (size_t j = 0; j < width; j++)
                    row[j] = square[j] < row[j] ? square[j] : row[j];
            }
        for (size_t j = 0; j < width; j++)
            row[j] = bounded(1 / sqrtf(row[j]));
    }
}

static inline __attribute__((always_inline)) void magnitude_as(const loci_wiring *w, const int law,
                                                               const loci_tile *tile, size_t i0,
                                                               size_t i1, float *out, size_t ld) {
    float inverse_length = loci_law_has_length(law) ? 1 / w->length : 0;
    size_t A = w->axons, D = w->dendrites, C = w->coordinates, width = tile->padded;
    float square[64] __attribute__((aligned(64)));
    for (size_t i = i0; i < i1; i++) {
        float *restrict row = out + (i - i0) * ld;
        memset(row, 0, width * sizeof *row);
        for (size_t a = 0; a < A; a++)
            for (size_t b = 0; b < D; b++) {
                const float *restrict e = tile->e + b * width;
                float c = w->c == NULL ? 1 : w->c[i * A + a], cutoff = w->cutoff;
                squared_distances(square, tile, w->p + (i * A + a) * C, w->base, b, D, C);
                for (size_t j = 0; j < width; j++) {
                    float f = loci_law_value(law, loci_law_at(law, square[j]), inverse_length);
                    row[j] += c * e[j] * (f - cutoff > 0 ? f - cutoff : 0);
                }
            }
        for (size_t j = 0; j < width; j++)
            row[j] = bounded(fabsf(row[j]));
    }
}

static void magnitude(const loci_wiring *w, const loci_tile *tile, size_t i0, size_t i1, float *out,
                      size_t ld) {
#define RUN(law) magnitude_as(w, law, tile, i0, i1, out, ld)
    LOCI_LAW_CHOOSE(w->law, RUN)
#undef RUN
}

const loci_strength_kernels loci_strength_kernels_isa = {nearness, magnitude};
