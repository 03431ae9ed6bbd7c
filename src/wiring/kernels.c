/* Tiles of weights from positions, and tiles of dL/dW back into site gradients, in float32.
 *
 * Plain loops over receiving neurons, which the compiler turns into vector code; this file is compiled once per
 * instruction set. All rows of one site are in the first-level cache: w <= a few hundred floats each. */
#include <string.h>

#include "base/isa.h"
#include "wiring/wiring.h"

#define loci_wiring_kernels_isa LOCI_ISA_NAME(loci_wiring_kernels)
extern const loci_wiring_kernels loci_wiring_kernels_isa;

/* 1 / sqrt(x) for positive normal x, relative error below 3e-7. A start from the bits, then two Newton steps with
 * constants that balance the error (Moroz et al. 2018, "Fast calculation of inverse square root with the use of magic
 * constant - analytical approach"). A square root and a division cost four times as much, and hardware
 * estimates differ between makers; this gives the same bits wherever multiply-add is fused alike. A NaN stays one. */
static inline float inverse_root(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x5F376908u - (bits >> 1);
    float y;
    memcpy(&y, &bits, sizeof y);
    y *= 1.5008789f - (0.5f * x * y) * y;
    y *= 1.5000006f - (0.5f * x * y) * y;
    return y;
}

/* Widest block: a row of it is one kilobyte. */
enum { WIDEST = 256 };

/* k[j] of one axon site p [C] against the dendrite sites q [C, w] */
static inline void distances(float *restrict k, const float *restrict q, const float *restrict p, float base, size_t C,
                             size_t w) {
    if (C == 2) {
        float p0 = p[0], p1 = p[1];
        for (size_t j = 0; j < w; j++) {
            float d0 = p0 - q[j], d1 = p1 - q[w + j];
            k[j] = inverse_root(base + d0 * d0 + d1 * d1);
        }
        return;
    }
    for (size_t j = 0; j < w; j++)
        k[j] = base;
    for (size_t x = 0; x < C; x++)
        for (size_t j = 0; j < w; j++) {
            float d = p[x] - q[x * w + j];
            k[j] += d * d;
        }
    for (size_t j = 0; j < w; j++)
        k[j] = inverse_root(k[j]);
}

static void weights(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1, float *out, size_t ld) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites, C = wiring->coordinates;
    float k[WIDEST] __attribute__((aligned(64)));
    float sum[WIDEST] __attribute__((aligned(64)));
    for (size_t i = i0; i < i1; i++) {
        float *restrict row = out + (i - i0) * ld;
        memset(row, 0, w * sizeof *row);
        for (size_t a = 0; a < A; a++) {
            const float *p = wiring->p + (i * A + a) * C;
            float c = wiring->c == NULL ? 1 : wiring->c[i * A + a];
            memset(sum, 0, w * sizeof *sum);
            for (size_t b = 0; b < D; b++) {
                const float *restrict e = tile->e + b * w;
                distances(k, tile->q + b * C * w, p, wiring->base, C, w);
                for (size_t j = 0; j < w; j++)
                    sum[j] += e[j] * k[j];
            }
            for (size_t j = 0; j < w; j++)
                row[j] += c * sum[j];
        }
    }
}

/* One axon site against one dendrite site of every neuron in the block. Adds to axon [C+2] and dendrite [C+1, w]. */
static inline void contract_sites(const float *restrict p, float c, const float *restrict q, const float *restrict e,
                                  float base, const float *restrict g, float *restrict axon, float *restrict dendrite,
                                  size_t C, size_t w) {
    float k[WIDEST] __attribute__((aligned(64)));
    distances(k, q, p, base, C, w);
    float *restrict de = dendrite + C * w;
    float direct = 0, cubed = 0;
#pragma omp simd reduction(+ : direct, cubed)
    for (size_t j = 0; j < w; j++) {
        float gk = g[j] * k[j], gek = gk * e[j], u = gek * (k[j] * k[j]);
        de[j] += c * gk;
        k[j] = u;
        direct += gek;
        cubed += u;
    }
    axon[0] += direct;
    axon[C + 1] += cubed;
    for (size_t x = 0; x < C; x++) {
        const float *restrict qx = q + x * w;
        float *restrict dq = dendrite + x * w;
        float px = p[x], pull = 0;
#pragma omp simd reduction(+ : pull)
        for (size_t j = 0; j < w; j++) {
            float v = k[j] * (px - qx[j]);
            dq[j] += c * v;
            pull += v;
        }
        axon[1 + x] -= c * pull;
    }
}

static void contract(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1, const float *gradient,
                     size_t ld, float *axon, float *dendrite) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites, C = wiring->coordinates;
    memset(axon, 0, (i1 - i0) * A * (C + 2) * sizeof *axon);
    for (size_t i = i0; i < i1; i++)
        for (size_t a = 0; a < A; a++) {
            const float *p = wiring->p + (i * A + a) * C;
            float c = wiring->c == NULL ? 1 : wiring->c[i * A + a];
            for (size_t b = 0; b < D; b++)
                contract_sites(p, c, tile->q + b * C * w, tile->e + b * w, wiring->base, gradient + (i - i0) * ld,
                               axon + ((i - i0) * A + a) * (C + 2), dendrite + b * (C + 1) * w, C, w);
        }
}

const loci_wiring_kernels loci_wiring_kernels_isa = {weights, contract};
