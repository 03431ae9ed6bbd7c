/* Tiles of weights from positions, and tiles of dL/dW back into site gradients, in float32.
 *
 * Plain loops over receiving neurons, which the compiler turns into vector code; this file is
 * compiled once per instruction set. */
#include <stdbool.h>
#include <string.h>

#include "base/isa.h"
#include "wiring/law.h"
#include "wiring/wiring.h"

#define loci_wiring_kernels_isa LOCI_ISA_NAME(loci_wiring_kernels)
extern const loci_wiring_kernels loci_wiring_kernels_isa;

/* Most dendrite sites of a tile: 64 of each of 64 neurons. */
enum { MOST_SITES = 64 * 64 };

/* k[t] of one axon site p [C] against the dendrite sites q [C, sites] */
static inline void distances(float *restrict k, const float *restrict q, const float *restrict p,
                             float base, size_t C, size_t sites) {
    for (size_t t = 0; t < sites; t++)
        k[t] = base;
    for (size_t x = 0; x < C; x++)
        for (size_t t = 0; t < sites; t++) {
            float d = p[x] - q[x * sites + t];
            k[t] += d * d;
        }
    for (size_t t = 0; t < sites; t++)
        k[t] = loci_law(k[t]);
}

/* Written twice by the compiler, with `within` known: weights of finite range, or of any. */
#define TWICE static inline __attribute__((always_inline)) void

/* ek[t] = e k, or e max(k - cutoff, 0), in the plane */
TWICE attraction_plane(float *restrict ek, const float *restrict q, const float *restrict e,
                       const float *restrict p, float base, bool within, float cutoff,
                       size_t sites) {
    float p0 = p[0], p1 = p[1];
    for (size_t t = 0; t < sites; t++) {
        float d0 = p0 - q[t], d1 = p1 - q[sites + t];
        float k = loci_law(base + d0 * d0 + d1 * d1);
        float near = within ? k - cutoff : k;
        ek[t] = within && near < 0 ? 0 : e[t] * near;
    }
}

static inline void attraction(float *restrict ek, const float *restrict q, const float *restrict e,
                              const float *restrict p, float base, size_t C, size_t sites) {
    distances(ek, q, p, base, C, sites);
    for (size_t t = 0; t < sites; t++)
        ek[t] *= e[t];
}

/* ek[t] = e max(k - cutoff, 0) */
static inline void attraction_within(float *restrict ek, const float *restrict q,
                                     const float *restrict e, const float *restrict p, float base,
                                     float cutoff, size_t C, size_t sites) {
    distances(ek, q, p, base, C, sites);
    for (size_t t = 0; t < sites; t++)
        ek[t] = ek[t] > cutoff ? e[t] * (ek[t] - cutoff) : 0;
}

/* Sets the weights of a row to 0 whose connections are cut. */
static inline void cut(float *restrict row, const uint8_t *restrict mask, size_t width) {
    for (size_t j = 0; j < width; j++)
        row[j] = mask[j] != 0 ? row[j] : 0;
}

static void weights(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                    float *out, size_t ld) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites,
           C = wiring->coordinates;
    size_t sites = D * w;
    float ek[MOST_SITES] __attribute__((aligned(64)));
    for (size_t i = i0; i < i1; i++) {
        float *restrict row = out + (i - i0) * ld;
        memset(row, 0, w * sizeof *row);
        for (size_t a = 0; a < A; a++) {
            const float *p = wiring->p + (i * A + a) * C;
            float c = wiring->c == NULL ? 1 : wiring->c[i * A + a];
            if (C == 2 && wiring->cutoff > 0)
                attraction_plane(ek, tile->q, tile->e, p, wiring->base, true, wiring->cutoff,
                                 sites);
            else if (C == 2)
                attraction_plane(ek, tile->q, tile->e, p, wiring->base, false, 0, sites);
            else if (wiring->cutoff > 0)
                attraction_within(ek, tile->q, tile->e, p, wiring->base, wiring->cutoff, C, sites);
            else
                attraction(ek, tile->q, tile->e, p, wiring->base, C, sites);
            for (size_t b = 0; b < D; b++)
                for (size_t j = 0; j < w; j++)
                    row[j] += c * ek[b * w + j];
        }
        if (wiring->mask != NULL)
            cut(row, wiring->mask + i * loci_mask_leading(wiring->m) + tile->j0, w);
    }
}

/* One axon site against all dendrite sites of the block: adds to axon [C+3] and dendrite [C+1,
 * sites]. g [sites]: dL/dw of each site's neuron. In the plane, the usual case, nothing but sums
 * leaves the registers. */
TWICE contract_plane(const float *restrict p, float c, const float *restrict q,
                     const float *restrict e, float base, bool within, float cutoff,
                     const float *restrict g, float *restrict axon, float *restrict dendrite,
                     size_t sites) {
    const float *restrict q1 = q + sites;
    float *restrict dq0 = dendrite, *restrict dq1 = dendrite + sites,
                    *restrict de = dendrite + loci_dendrite_value(2) * sites;
    float p0 = p[0], p1 = p[1], value = 0, slope = 0, reach = 0, pull0 = 0, pull1 = 0;
#pragma omp simd reduction(+ : value, slope, reach, pull0, pull1)
    for (size_t t = 0; t < sites; t++) {
        float d0 = p0 - q[t], d1 = p1 - q1[t];
        float k = loci_law(base + d0 * d0 + d1 * d1);
        float near = within ? k - cutoff : k, inside = within && near < 0 ? 0 : g[t];
        float gk = inside * near, ge = inside * e[t], u = ge * loci_law_slope(k), v0 = u * d0,
              v1 = u * d1;
        de[t] += c * gk;
        dq0[t] += c * v0;
        dq1[t] += c * v1;
        value += ge * near;
        slope += u;
        reach += ge; /* dropped by the compiler where nobody asks */
        pull0 += v0;
        pull1 += v1;
    }
    axon[LOCI_AXON_VALUE] += value;
    axon[LOCI_AXON_POSITION] -= c * pull0;
    axon[LOCI_AXON_POSITION + 1] -= c * pull1;
    axon[loci_axon_slope(2)] += slope;
    if (within)
        axon[loci_axon_reach(2)] += reach;
}

/* Sums over charges, of any number of coordinates; k [sites] becomes G e' k^3. */
static inline void contract_charges(float *restrict k, float c, const float *restrict e,
                                    const float *restrict g, float *restrict axon,
                                    float *restrict de, size_t C, size_t sites) {
    float value = 0, slope = 0;
#pragma omp simd reduction(+ : value, slope)
    for (size_t t = 0; t < sites; t++) {
        float gk = g[t] * k[t], gek = gk * e[t], u = gek * loci_law_slope_share(k[t]);
        de[t] += c * gk;
        k[t] = u;
        value += gek;
        slope += u;
    }
    axon[LOCI_AXON_VALUE] += value;
    axon[loci_axon_slope(C)] += slope;
}

/* The same within a finite range. */
static inline void contract_charges_within(float *restrict k, float cutoff, float c,
                                           const float *restrict e, const float *restrict g,
                                           float *restrict axon, float *restrict de, size_t C,
                                           size_t sites) {
    float value = 0, slope = 0, reach = 0;
#pragma omp simd reduction(+ : value, slope, reach)
    for (size_t t = 0; t < sites; t++) {
        float near = k[t] - cutoff, inside = near > 0 ? g[t] : 0;
        float ge = inside * e[t], gk = inside * near, u = ge * loci_law_slope(k[t]);
        de[t] += c * gk;
        k[t] = u;
        value += ge * near;
        slope += u;
        reach += ge;
    }
    axon[LOCI_AXON_VALUE] += value;
    axon[loci_axon_slope(C)] += slope;
    axon[loci_axon_reach(C)] += reach;
}

/* As contract_plane(), for any number of coordinates and any range; k [sites] is scratch. */
static inline void contract_space(const float *restrict p, float c, const float *restrict q,
                                  const float *restrict e, float base, float cutoff,
                                  const float *restrict g, float *restrict axon,
                                  float *restrict dendrite, size_t C, size_t sites,
                                  float *restrict k) {
    distances(k, q, p, base, C, sites);
    if (cutoff > 0)
        contract_charges_within(k, cutoff, c, e, g, axon, dendrite + loci_dendrite_value(C) * sites,
                                C, sites);
    else
        contract_charges(k, c, e, g, axon, dendrite + loci_dendrite_value(C) * sites, C, sites);
    for (size_t x = 0; x < C; x++) {
        const float *restrict qx = q + x * sites;
        float *restrict dq = dendrite + (LOCI_DENDRITE_POSITION + x) * sites;
        float px = p[x], pull = 0;
#pragma omp simd reduction(+ : pull)
        for (size_t t = 0; t < sites; t++) {
            float v = k[t] * (px - qx[t]);
            dq[t] += c * v;
            pull += v;
        }
        axon[LOCI_AXON_POSITION + x] -= c * pull;
    }
}

static void contract(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                     const float *gradient, size_t ld, float *axon, float *dendrite) {
    size_t w = tile->padded / 16 * 16, A = wiring->axons, D = wiring->dendrites,
           C = wiring->coordinates;
    size_t sites = D * w;
    float g[MOST_SITES] __attribute__((aligned(64)));
    float k[MOST_SITES] __attribute__((aligned(64)));
    memset(axon, 0, (i1 - i0) * A * loci_axon_sums(C) * sizeof *axon);
    for (size_t i = i0; i < i1; i++) {
        memcpy(g, gradient + (i - i0) * ld, w * sizeof *g);
        if (wiring->mask != NULL)
            cut(g, wiring->mask + i * loci_mask_leading(wiring->m) + tile->j0, w);
        for (size_t b = 1; b < D; b++)
            memcpy(g + b * w, g, w * sizeof *g);
        for (size_t a = 0; a < A; a++) {
            const float *p = wiring->p + (i * A + a) * C;
            float c = wiring->c == NULL ? 1 : wiring->c[i * A + a];
            float *sums = axon + ((i - i0) * A + a) * loci_axon_sums(C);
            if (C == 2 && wiring->cutoff > 0)
                contract_plane(p, c, tile->q, tile->e, wiring->base, true, wiring->cutoff, g, sums,
                               dendrite, sites);
            else if (C == 2)
                contract_plane(p, c, tile->q, tile->e, wiring->base, false, 0, g, sums, dendrite,
                               sites);
            else
                contract_space(p, c, tile->q, tile->e, wiring->base, wiring->cutoff, g, sums,
                               dendrite, C, sites, k);
        }
    }
}

const loci_wiring_kernels loci_wiring_kernels_isa = {weights, contract};
