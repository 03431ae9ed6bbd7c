/* Loops of one site over many that lie side by side: the attraction between them, and a gradient of
 * it back to both. Of tile_kernel.c and cells_kernel.c, which are compiled once per instruction
 * set.
 */
#ifndef LOCI_WIRING_SITE_LOOPS_H
#define LOCI_WIRING_SITE_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "wiring/law.h"
#include "wiring/sums.h"
#include "wiring/wiring.h"

/* What of a wiring a loop over sites needs beside its law. */
typedef struct loop {
    size_t C, sites;
    float base, inverse_length, cutoff;
    float length_cutoff; /* df/dL at the end of the range */
} loop;

/* Written by the compiler as often as there are laws, with a finite range and without, in the plane
 * and beyond: `law`, `within` and `plane` are constants. */
#define EACH static inline __attribute__((always_inline)) void

/* square[t] of the distance between one axon site p [C] and the dendrite sites q [C, sites] */
EACH squares(const loop *x, float *restrict square, const float *restrict q,
             const float *restrict p) {
    for (size_t t = 0; t < x->sites; t++)
        square[t] = x->base;
    for (size_t k = 0; k < x->C; k++)
        for (size_t t = 0; t < x->sites; t++) {
            float d = p[k] - q[k * x->sites + t];
            square[t] += d * d;
        }
}

/* e f, or e max(f - cutoff, 0) */
static inline __attribute__((always_inline)) float
acting(const loop *x, const int law, const bool within, float square, float e) {
    float f = loci_law_value(law, loci_law_at(law, square), x->inverse_length);
    float near = within ? f - x->cutoff : f;
    return within && near < 0 ? 0 : e * near;
}

/* ef[t] of one axon site p [C] */
EACH attraction(const loop *x, const int law, const bool within, const bool plane,
                float *restrict ef, const float *restrict q, const float *restrict e,
                const float *restrict p) {
    if (plane) {
        float p0 = p[0], p1 = p[1];
        for (size_t t = 0; t < x->sites; t++) {
            float d0 = p0 - q[t], d1 = p1 - q[x->sites + t];
            ef[t] = acting(x, law, within, x->base + d0 * d0 + d1 * d1, e[t]);
        }
        return;
    }
    squares(x, ef, q, p);
    for (size_t t = 0; t < x->sites; t++)
        ef[t] = acting(x, law, within, ef[t], e[t]);
}

static loop loop_of(const loci_wiring *w, size_t sites) {
    loop x = {.C = w->coordinates, .sites = sites, .base = w->base, .cutoff = w->cutoff};
    x.length_cutoff = w->length_cutoff;
    x.inverse_length = loci_law_has_length(w->law) ? 1 / w->length : 0;
    return x;
}

/* One axon site p [C] of charge c against all dendrite sites of the block. g [sites]: dL/dw of each
 * site's neuron. axon [C+4] and dendrite [C+1, sites] are added to. */
typedef struct site {
    const float *p, *q, *e, *g;
    float c;
    float *axon, *dendrite;
} site;

/* sum G e' dF/dL, from sum G e' (-f'/r) r^2 and sum G e'. */
static inline float length_of(const loop *x, bool within, float stretch, float reach) {
    float far = within ? x->length_cutoff * reach : 0;
    return stretch * x->inverse_length - far;
}

/* In the plane, the usual case, nothing but sums leaves the registers. */
EACH contract_plane(const loop *x, const int law, const bool within, const site *at) {
    size_t sites = x->sites;
    const float *restrict q0 = at->q, *restrict q1 = q0 + sites;
    const float *restrict e = at->e, *restrict g = at->g;
    float *restrict dq0 = at->dendrite, *restrict dq1 = dq0 + sites,
                    *restrict de = at->dendrite + loci_dendrite_value(2) * sites;
    float p0 = at->p[0], p1 = at->p[1], c = at->c;
    float value = 0, slope = 0, reach = 0, stretch = 0, pull0 = 0, pull1 = 0;
#pragma omp simd reduction(+ : value, slope, reach, stretch, pull0, pull1)
    for (size_t t = 0; t < sites; t++) {
        float d0 = p0 - q0[t], d1 = p1 - q1[t];
        const loci_law_distance r = loci_law_at(law, x->base + d0 * d0 + d1 * d1);
        float f = loci_law_value(law, r, x->inverse_length);
        float near = within ? f - x->cutoff : f, inside = within && near < 0 ? 0 : g[t];
        float gf = inside * near, ge = inside * e[t];
        float u = ge * loci_law_slope(law, r, f, x->inverse_length), v0 = u * d0, v1 = u * d1;
        de[t] += c * gf;
        dq0[t] += c * v0;
        dq1[t] += c * v1;
        value += ge * near;
        slope += u;
        reach += ge; /* dropped by the compiler where nobody asks, as the stretch is */
        stretch += u * r.square;
        pull0 += v0;
        pull1 += v1;
    }
    at->axon[LOCI_AXON_VALUE] += value;
    at->axon[LOCI_AXON_POSITION] -= c * pull0;
    at->axon[LOCI_AXON_POSITION + 1] -= c * pull1;
    at->axon[loci_axon_slope(2)] += slope;
    if (within)
        at->axon[loci_axon_reach(2)] += reach;
    if (loci_law_has_length(law))
        at->axon[loci_axon_length(2)] += length_of(x, within, stretch, reach);
}

/* Sums over charges, of any number of coordinates; u [sites], squares of distances, becomes
 * G e' (-f'/r). */
EACH contract_charges(const loop *x, const int law, const bool within, const site *at,
                      float *restrict u) {
    const float *restrict e = at->e, *restrict g = at->g;
    float *restrict de = at->dendrite + loci_dendrite_value(x->C) * x->sites;
    float value = 0, slope = 0, reach = 0, stretch = 0, c = at->c;
#pragma omp simd reduction(+ : value, slope, reach, stretch)
    for (size_t t = 0; t < x->sites; t++) {
        const loci_law_distance r = loci_law_at(law, u[t]);
        float f = loci_law_value(law, r, x->inverse_length);
        float near = within ? f - x->cutoff : f, inside = within && !(near > 0) ? 0 : g[t];
        float ge = inside * e[t], gf = inside * near;
        /* 1/r of any range, as it always was: from the charge on, a factor at a time */
        bool plain = law == LOCI_LAW_INVERSE && !within;
        float gfe = plain ? gf * e[t] : ge * near;
        u[t] = plain ? gfe * (f * f) : ge * loci_law_slope(law, r, f, x->inverse_length);
        de[t] += c * gf;
        value += gfe;
        slope += u[t];
        reach += ge;
        stretch += u[t] * r.square;
    }
    at->axon[LOCI_AXON_VALUE] += value;
    at->axon[loci_axon_slope(x->C)] += slope;
    if (within)
        at->axon[loci_axon_reach(x->C)] += reach;
    if (loci_law_has_length(law))
        at->axon[loci_axon_length(x->C)] += length_of(x, within, stretch, reach);
}

/* As contract_plane(), for any number of coordinates; u [sites] is scratch. */
EACH contract_space(const loop *x, const int law, const bool within, const site *at,
                    float *restrict u) {
    squares(x, u, at->q, at->p);
    contract_charges(x, law, within, at, u);
    for (size_t k = 0; k < x->C; k++) {
        const float *restrict qk = at->q + k * x->sites;
        float *restrict dq = at->dendrite + (LOCI_DENDRITE_POSITION + k) * x->sites;
        float pk = at->p[k], pull = 0, c = at->c;
#pragma omp simd reduction(+ : pull)
        for (size_t t = 0; t < x->sites; t++) {
            float v = u[t] * (pk - qk[t]);
            dq[t] += c * v;
            pull += v;
        }
        at->axon[LOCI_AXON_POSITION + k] -= c * pull;
    }
}

/* RUN(law, within, plane) with what the wiring has besides, as constants. */
#define CHOOSE_RANGE(RUN, wiring, law)                                                             \
    do {                                                                                           \
        bool within = (wiring)->cutoff > 0, plane = (wiring)->coordinates == 2;                    \
        if (within && plane)                                                                       \
            RUN(law, true, true);                                                                  \
        else if (within)                                                                           \
            RUN(law, true, false);                                                                 \
        else if (plane)                                                                            \
            RUN(law, false, true);                                                                 \
        else                                                                                       \
            RUN(law, false, false);                                                                \
    } while (0)

#endif
