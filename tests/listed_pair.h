/* A layer pair of which some connections are kept, a batch for it, and what the float64 twin makes
 * of them. */
#ifndef LOCI_TESTS_PRUNED_PAIR_H
#define LOCI_TESTS_PRUNED_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "reference/wiring_twin.h"
#include "synapse/selection.h"

/* Everything that a pair yields, one array after the other. */
enum { OUT, IN_GRADIENT, P, C, Q, E, WEIGHT, BASE, REACHED, LOG_SCALE, RESULTS };
static const char *const result_names[RESULTS] = {"output",  "dL/din",   "dL/dp", "dL/dc",
                                                  "dL/dq",   "dL/de",    "dL/dw", "base",
                                                  "reached", "dL/dlog s"};

struct pair {
    char name[160];
    size_t n, m, axons, dendrites, coordinates, count;
    bool stored, charged;
    float *p, *c, *q, *e, *weight;
    float *in, *g; /* [count, n], [count, m] */
    float base, scale, cutoff;
    loci_selection *kept;
    size_t size[RESULTS];
    double *twin[RESULTS], *terms[RESULTS];
};

static inline float *draw(size_t count, uint32_t round, double density) {
    const loci_random stream = {count, LOCI_RANDOM_TEST, round};
    float *x = loci_alloc(count, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count; i++)
        if (loci_random_uniform(&stream, 2 * i) < density)
            x[i] = (float)loci_random_normal(&stream, 2 * i + 1);
    return x;
}

/* Keeps a share of the connections; some neurons of either layer have none. */
static inline void keep_some(struct pair *x, double share) {
    const loci_random stream = {x->n * x->m, LOCI_RANDOM_TEST, 9};
    assert_int_equal(loci_selection_create(&x->kept, x->n, x->m, NULL), LOCI_OK);
    x->kept->count = 0;
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->m; j++) {
            bool alone = (x->n > 4 && i % 5 == 3) || (x->m > 4 && j % 7 == 2);
            bool keep = !alone && loci_random_uniform(&stream, i * x->m + j) < share;
            x->kept->mask[i * x->kept->ld + j] = keep;
            x->kept->count += keep;
        }
}

static inline loci_wiring wiring_of(const struct pair *x) {
    return (loci_wiring){.n = x->n,
                         .m = x->m,
                         .axons = x->axons,
                         .dendrites = x->dendrites,
                         .coordinates = x->coordinates,
                         .p = x->p,
                         .c = x->charged ? x->c : NULL,
                         .q = x->q,
                         .e = x->charged ? x->e : NULL,
                         .base = x->base,
                         .scale = x->scale,
                         .cutoff = x->cutoff,
                         .weight = x->stored ? x->weight : NULL,
                         .mask = x->kept->mask};
}

/* ---- the twin ---- */

static inline double *widen(const float *from, size_t count) {
    double *to = loci_alloc(count, sizeof *to);
    assert_non_null(to);
    for (size_t i = 0; i < count; i++)
        to[i] = from[i];
    return to;
}

/* Products of the batch: w [n, m] to outputs and gradients, absolute terms or not. */
static inline void multiply_twin(const struct pair *x, const double *w, bool absolute,
                                 double *const *result, double *dw) {
    for (size_t b = 0; b < x->count; b++)
        for (size_t i = 0; i < x->n; i++)
            for (size_t j = 0; j < x->m; j++) {
                double in = x->in[b * x->n + i], g = x->g[b * x->m + j];
                in = absolute ? fabs(in) : in;
                g = absolute ? fabs(g) : g;
                result[OUT][b * x->m + j] += in * w[i * x->m + j];
                result[IN_GRADIENT][b * x->n + i] += g * w[i * x->m + j];
                dw[i * x->m + j] += in * g;
            }
}

static inline void run_twin(const struct pair *x, bool absolute, double *const *result) {
    double *w = loci_alloc(x->n * x->m, sizeof *w), *dw = loci_alloc(x->n * x->m, sizeof *dw);
    uint8_t *keep = loci_alloc(x->n, x->m);
    assert_true(w != NULL && dw != NULL && keep != NULL);
    for (size_t i = 0; i < x->n; i++)
        memcpy(keep + i * x->m, x->kept->mask + i * x->kept->ld, x->m);
    if (x->stored) {
        for (size_t i = 0; i < x->n * x->m; i++)
            w[i] = keep[i] ? (absolute ? fabs((double)x->weight[i]) : (double)x->weight[i]) : 0;
        multiply_twin(x, w, absolute, result, dw);
        for (size_t i = 0; i < x->n * x->m; i++)
            result[WEIGHT][i] = keep[i] ? dw[i] : 0;
    } else {
        double *p = widen(x->p, x->n * x->axons * x->coordinates),
               *c = widen(x->c, x->n * x->axons);
        double *q = widen(x->q, x->m * x->dendrites * x->coordinates);
        double *e = widen(x->e, x->m * x->dendrites), gap = sqrt((double)x->base), dgap = 0;
        const loci_reference reference = {.n = x->n,
                                          .m = x->m,
                                          .axons = x->axons,
                                          .dendrites = x->dendrites,
                                          .coordinates = x->coordinates,
                                          .p = p,
                                          .c = x->charged ? c : NULL,
                                          .q = q,
                                          .e = x->charged ? e : NULL,
                                          .gap = gap,
                                          .scale = x->scale,
                                          .cutoff = x->cutoff,
                                          .mask = keep,
                                          .absolute = absolute};
        const loci_reference_gradient out = {.p = result[P],
                                             .c = result[C],
                                             .q = result[Q],
                                             .e = result[E],
                                             .gap = &dgap,
                                             .cutoff = result[REACHED],
                                             .log_scale = result[LOG_SCALE]};
        loci_reference_weights(&reference, w);
        multiply_twin(x, w, absolute, result, dw);
        loci_reference_backward(&reference, dw, &out);
        *result[BASE] = absolute ? dgap / gap : -dgap / gap;
        *result[REACHED] *= absolute ? 1 : -1;
        free(p);
        free(c);
        free(q);
        free(e);
    }
    free(w);
    free(dw);
    free(keep);
}

/* ---- a pair ---- */

struct shape {
    size_t n, m, axons, dendrites, coordinates;
};

static inline void open_pair(struct pair *x, const struct shape *shape, bool stored, bool charged,
                             float cutoff, double share, size_t count, double density) {
    *x = (struct pair){.n = shape->n,
                       .m = shape->m,
                       .axons = shape->axons,
                       .dendrites = shape->dendrites,
                       .coordinates = shape->coordinates,
                       .count = count,
                       .stored = stored,
                       .charged = charged,
                       .base = 0.04f,
                       .scale = 0.3f,
                       .cutoff = cutoff};
    snprintf(x->name, sizeof x->name, "%zu to %zu, %s%zu x %zu sites%s%s, %.0f%% kept, batch %zu",
             x->n, x->m, stored ? "stored, " : "", x->axons, x->dendrites, charged ? "" : " bare",
             cutoff > 0 ? " in range" : "", 100 * share, count);
    size_t nA = x->n * x->axons, mD = x->m * x->dendrites;
    x->p = draw(nA * x->coordinates, 1, 1);
    x->c = draw(nA, 2, 1);
    x->q = draw(mD * x->coordinates, 3, 1);
    x->e = draw(mD, 4, 1);
    x->weight = draw(x->n * x->m, 5, 1);
    x->in = draw(count * x->n, 6, density);
    x->g = draw(count * x->m, 7, 1);
    keep_some(x, share);
    const size_t sizes[RESULTS] = {count * x->m,
                                   count * x->n,
                                   nA * x->coordinates,
                                   nA,
                                   mD * x->coordinates,
                                   mD,
                                   x->n * x->m,
                                   1,
                                   1,
                                   1};
    memcpy(x->size, sizes, sizeof sizes);
    for (int r = 0; r < RESULTS; r++) {
        x->twin[r] = loci_alloc(sizes[r], sizeof(double));
        x->terms[r] = loci_alloc(sizes[r], sizeof(double));
        assert_true(x->twin[r] != NULL && x->terms[r] != NULL);
    }
    run_twin(x, false, x->twin);
    run_twin(x, true, x->terms);
}

static inline void close_pair(struct pair *x) {
    float *const arrays[] = {x->p, x->c, x->q, x->e, x->weight, x->in, x->g};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    for (int r = 0; r < RESULTS; r++) {
        free(x->twin[r]);
        free(x->terms[r]);
    }
    loci_selection_free(x->kept);
}

#endif
