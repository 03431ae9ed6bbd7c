/* One site against those within its reach, in float32, a slab of them at a time: compiled once per
 * instruction set, and once for each law. */
#include <string.h>

#include "base/isa.h"
#include "linear/vector.h"
#include "wiring/cells.h"
#include "wiring/site_loops.h"

#define loci_cells_kernels_isa LOCI_ISA_NAME(loci_cells_kernels)
extern const loci_cells_kernels loci_cells_kernels_isa;

enum { SLAB = LOCI_SLAB };

/* Lanes that one call goes through: runs of slabs. */
typedef struct slabs {
    const loci_cells *lanes;
    const loci_run *run;
    size_t runs;
} slabs;

/* away[d][t] = p - q of a slab's lanes, and the square of the distance. */
EACH measure(const loop *x, const bool plane, const loci_cells *lanes, size_t first,
             const float *restrict p, float (*restrict away)[SLAB], float *restrict square) {
    const float *restrict q = lanes->q + first;
    for (size_t t = 0; t < SLAB; t++)
        square[t] = x->base;
    for (size_t d = 0; d < (plane ? 2 : x->C); d++)
        for (size_t t = 0; t < SLAB; t++) {
            away[d][t] = p[d] - q[d * lanes->room + t];
            square[t] += away[d][t] * away[d][t];
        }
}

EACH weights_of(const loci_wiring *w, const int law, const bool plane, const slabs *at,
                const float *p, float c, float *restrict row) {
    const loop x = loop_of(w, SLAB);
    float away[LOCI_MOST_COORDINATES][SLAB] __attribute__((aligned(64)));
    float square[SLAB] __attribute__((aligned(64)));
    for (size_t k = 0; k < at->runs; k++)
        for (size_t slab = at->run[k].first; slab < at->run[k].end; slab++) {
            size_t first = slab * SLAB;
            const float *restrict e = at->lanes->e + first;
            measure(&x, plane, at->lanes, first, p, away, square);
            for (size_t t = 0; t < SLAB; t++)
                row[first + t] += c * acting(&x, law, true, square[t], e[t]);
        }
}

/* What a slab adds to a site's sums, lane by lane. */
typedef struct sums {
    float value[SLAB], slope[SLAB], reach[SLAB], stretch[SLAB];
    float pull[LOCI_MOST_COORDINATES][SLAB];
} sums;

/* As many vectors as hold a slab: sums that stay in registers. */
enum { VECTORS = SLAB / LANES };
#define ADD(to, lane)                                                                              \
    for (int v = 0; v < VECTORS; v++)                                                              \
    (to)[v] += AT((lane) + v * LANES)

static inline float total(const vector *sum) {
    float lane[LANES], all = 0;
    vector x = sum[0];
    for (int v = 1; v < VECTORS; v++)
        x += sum[v];
    STORE(lane, x);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int t = 0; t < half; t++)
            lane[t] += lane[t + half];
    all = lane[0];
    return all;
}

/* One slab in the plane; g and dendrite begin at its first lane. */
EACH contract_plane_slab(const loop *x, const int law, const loci_cells *lanes, size_t first,
                         const float *p, float c, const float *restrict g, float *restrict dendrite,
                         sums *restrict to) {
    const float *restrict q0 = lanes->q + first, *restrict q1 = q0 + lanes->room,
                          *restrict e = lanes->e + first;
    float *restrict dq0 = dendrite, *restrict dq1 = dq0 + lanes->room,
                    *restrict de = dendrite + loci_dendrite_value(2) * lanes->room;
    float p0 = p[0], p1 = p[1];
#pragma omp simd
    for (size_t t = 0; t < SLAB; t++) {
        float d0 = p0 - q0[t], d1 = p1 - q1[t];
        const loci_law_distance r = loci_law_at(law, x->base + d0 * d0 + d1 * d1);
        float f = loci_law_value(law, r, x->inverse_length);
        float near = f - x->cutoff, inside = near < 0 ? 0 : g[t];
        float gf = inside * near, ge = inside * e[t];
        float u = ge * loci_law_slope(law, r, f, x->inverse_length), v0 = u * d0, v1 = u * d1;
        de[t] += c * gf;
        dq0[t] += c * v0;
        dq1[t] += c * v1;
        to->value[t] = ge * near;
        to->slope[t] = u;
        to->reach[t] = ge;
        to->stretch[t] = u * r.square;
        to->pull[0][t] = v0;
        to->pull[1][t] = v1;
    }
}

/* The same beyond the plane. */
EACH contract_space_slab(const loop *x, const int law, const loci_cells *lanes, size_t first,
                         const float *p, float c, const float *restrict g, float *restrict dendrite,
                         sums *restrict to) {
    float away[LOCI_MOST_COORDINATES][SLAB] __attribute__((aligned(64)));
    float square[SLAB] __attribute__((aligned(64)));
    const float *restrict e = lanes->e + first;
    float *restrict de = dendrite + loci_dendrite_value(x->C) * lanes->room;
    measure(x, false, lanes, first, p, away, square);
#pragma omp simd
    for (size_t t = 0; t < SLAB; t++) {
        const loci_law_distance r = loci_law_at(law, square[t]);
        float f = loci_law_value(law, r, x->inverse_length);
        float near = f - x->cutoff, inside = near < 0 ? 0 : g[t];
        float ge = inside * e[t], u = ge * loci_law_slope(law, r, f, x->inverse_length);
        de[t] += c * (inside * near);
        to->value[t] = ge * near;
        to->slope[t] = u;
        to->reach[t] = ge;
        to->stretch[t] = u * r.square;
    }
    for (size_t d = 0; d < x->C; d++) {
        float *restrict dq = dendrite + (LOCI_DENDRITE_POSITION + d) * lanes->room;
        for (size_t t = 0; t < SLAB; t++) {
            to->pull[d][t] = to->slope[t] * away[d][t];
            dq[t] += c * to->pull[d][t];
        }
    }
}

EACH contract_of(const loci_wiring *w, const int law, const bool plane, const slabs *at,
                 const float *p, float c, const float *g, float *axon, float *dendrite) {
    const loop x = loop_of(w, SLAB);
    size_t C = plane ? 2 : x.C;
    sums s __attribute__((aligned(64)));
    vector value[VECTORS] = {{0}}, slope[VECTORS] = {{0}}, reach[VECTORS] = {{0}},
           stretch[VECTORS] = {{0}}, pull0[VECTORS] = {{0}}, pull1[VECTORS] = {{0}};
    float pull[LOCI_MOST_COORDINATES] = {0};
    for (size_t k = 0; k < at->runs; k++)
        for (size_t slab = at->run[k].first; slab < at->run[k].end; slab++) {
            size_t first = slab * SLAB;
            if (plane) {
                contract_plane_slab(&x, law, at->lanes, first, p, c, g + first, dendrite + first,
                                    &s);
                ADD(pull0, s.pull[0]);
                ADD(pull1, s.pull[1]);
            } else {
                contract_space_slab(&x, law, at->lanes, first, p, c, g + first, dendrite + first,
                                    &s);
                for (size_t d = 0; d < C; d++)
                    for (size_t t = 0; t < SLAB; t++)
                        pull[d] += s.pull[d][t];
            }
            ADD(value, s.value);
            ADD(slope, s.slope);
            ADD(reach, s.reach);
            if (loci_law_has_length(law))
                ADD(stretch, s.stretch);
        }
    if (plane) {
        pull[0] = total(pull0);
        pull[1] = total(pull1);
    }
    float all = total(reach);
    axon[LOCI_AXON_VALUE] += total(value);
    axon[loci_axon_slope(C)] += total(slope);
    axon[loci_axon_reach(C)] += all;
    if (loci_law_has_length(law))
        axon[loci_axon_length(C)] += length_of(&x, true, total(stretch), all);
    for (size_t d = 0; d < C; d++)
        axon[LOCI_AXON_POSITION + d] -= c * pull[d];
}

/* RUN(law, plane) with both as constants. */
#define CHOOSE(wiring, RUN)                                                                        \
    do {                                                                                           \
        if ((wiring)->coordinates == 2)                                                            \
            LOCI_LAW_CHOOSE((wiring)->law, RUN##_PLANE)                                            \
        else                                                                                       \
            LOCI_LAW_CHOOSE((wiring)->law, RUN##_SPACE)                                            \
    } while (0)

static void weights(const loci_wiring *w, const loci_cells *lanes, const loci_run *run, size_t runs,
                    const float *p, float c, float *row) {
    const slabs at = {lanes, run, runs};
#define RUN_PLANE(law) weights_of(w, law, true, &at, p, c, row)
#define RUN_SPACE(law) weights_of(w, law, false, &at, p, c, row)
    CHOOSE(w, RUN);
#undef RUN_PLANE
#undef RUN_SPACE
}

static void contract(const loci_wiring *w, const loci_cells *lanes, const loci_run *run,
                     size_t runs, const float *p, float c, const float *g, float *axon,
                     float *dendrite) {
    const slabs at = {lanes, run, runs};
#define RUN_PLANE(law) contract_of(w, law, true, &at, p, c, g, axon, dendrite)
#define RUN_SPACE(law) contract_of(w, law, false, &at, p, c, g, axon, dendrite)
    CHOOSE(w, RUN);
#undef RUN_PLANE
#undef RUN_SPACE
}

const loci_cells_kernels loci_cells_kernels_isa = {weights, contract};
