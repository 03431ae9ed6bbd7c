/* A wiring whose spikes take time, in float32 and, the same numbers, for the float64 twin. */
#ifndef LOCI_TESTS_DELAY_CASE_H
#define LOCI_TESTS_DELAY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "draw.h"
#include "reference/delay_twin.h"
#include "wiring/delay.h"

/* What a case is made of. */
typedef struct delay_shape {
    size_t C, A, D, n, m;
    int law;
    double range;      /* 0 = unlimited */
    bool charged, cut; /* else charges are 1; about a third of the connections is cut */
    bool own;          /* a layer to itself: n = m */
    uint32_t first, taps;
    double pace; /* about how many times over the longest delay the distances are */
} delay_shape;

typedef struct delay_case {
    char name[256];
    delay_shape shape;
    loci_wiring wiring;
    loci_delay delay;
    loci_reference twin;
    loci_reference_delay twin_delay;
    float *p, *c, *q, *e;
    double *twin_p, *twin_c, *twin_q, *twin_e;
    uint8_t *mask, *twin_mask;
} delay_case;

/* Where the gradients of a case go, or the sizes of their terms: 7 arrays, sizes as below. */
enum {
    DELAY_P,
    DELAY_C,
    DELAY_Q,
    DELAY_E,
    DELAY_GAP,
    DELAY_CUTOFF,
    DELAY_SCALE,
    DELAY_LENGTH,
    DELAY_SPEED,
    DELAY_GRADIENTS
};
static const char *const delay_gradient_name[] = {"p",   "c",     "q",      "e",    "gap",
                                                  "cut", "log s", "length", "log v"};

static inline size_t delay_gradient_size(const delay_shape *s, int which) {
    const size_t sizes[] = {s->n * s->A * s->C, s->n * s->A, s->m * s->D * s->C, s->m * s->D};
    return which < DELAY_GAP ? sizes[which] : 1;
}

static inline double *twice(const float *x, size_t count) {
    double *to = loci_alloc(count, sizeof *to);
    assert_non_null(to);
    for (size_t i = 0; i < count; i++)
        to[i] = x[i];
    return to;
}

/* What is cut of it in both; no neuron to itself is a flag in the one, cut in the other. */
static inline void delay_case_cut(delay_case *x) {
    size_t n = x->shape.n, m = x->shape.m;
    const loci_random stream = {n, LOCI_RANDOM_TEST, 6};
    x->mask = loci_alloc(n, loci_mask_leading(m));
    x->twin_mask = loci_alloc(n, m);
    for (size_t i = 0; i < n * m; i++) {
        x->mask[i / m * loci_mask_leading(m) + i % m] = x->twin_mask[i] =
            !x->shape.cut || loci_random_below(&stream, i, 3) > 0;
        if (x->shape.own && i / m == i % m)
            x->twin_mask[i] = 0;
    }
    x->wiring.mask = x->shape.cut ? x->mask : NULL;
    x->twin.mask = x->twin_mask;
}

/* A speed at which no delay is so near a whole number of steps that float32 may see it on the other
 * side: there the slope jumps. */
static inline void delay_case_speed(delay_case *x) {
    double farthest = 2 * sqrt(2 * (double)x->shape.C), steps = x->shape.first + x->shape.taps;
    x->delay = (loci_delay){.first = x->shape.first, .taps = x->shape.taps};
    x->twin_delay = (loci_reference_delay){.first = x->shape.first, .taps = x->shape.taps};
    for (int i = 0; i < 2000; i++) {
        x->delay.inverse_speed = (float)(x->shape.pace * steps / farthest * (1 + i * 1e-3));
        x->twin_delay.inverse_speed = x->delay.inverse_speed;
        if (loci_reference_delay_nearest(&x->twin, &x->twin_delay) > 2e-6 * steps)
            return;
    }
    fail_msg("%s: no speed away from whole delays", x->name);
}

static inline void delay_case_open(delay_case *x, const delay_shape *s) {
    *x = (delay_case){.shape = *s};
    snprintf(x->name, sizeof x->name,
             "law %d, %zu coordinates, sites %zu and %zu, %zu to %zu%s%s%s%s, first %u, taps %u, "
             "pace %g",
             s->law, s->C, s->A, s->D, s->n, s->m, s->charged ? "" : " uncharged",
             s->range > 0 ? " in range" : "", s->cut ? " cut" : "", s->own ? " own" : "", s->first,
             s->taps, s->pace);
    float *const arrays[] = {x->p = draw(s->n * s->A * s->C, 1), x->c = draw(s->n * s->A, 2),
                             x->q = draw(s->m * s->D * s->C, 3), x->e = draw(s->m * s->D, 4)};
    double **const twins[] = {&x->twin_p, &x->twin_c, &x->twin_q, &x->twin_e};
    for (int k = 0; k < 4; k++)
        *twins[k] = twice(arrays[k], delay_gradient_size(s, k));
    const float base = 0.01f, scale = 0.3f, length = (float)(0.75 * sqrt((double)s->C));
    x->wiring = (loci_wiring){.n = s->n,
                              .m = s->m,
                              .axons = s->A,
                              .dendrites = s->D,
                              .coordinates = s->C,
                              .p = x->p,
                              .c = s->charged ? x->c : NULL,
                              .q = x->q,
                              .e = s->charged ? x->e : NULL,
                              .base = base,
                              .scale = scale,
                              .law = s->law,
                              .length = length};
    x->twin = (loci_reference){.n = s->n,
                               .m = s->m,
                               .axons = s->A,
                               .dendrites = s->D,
                               .coordinates = s->C,
                               .p = x->twin_p,
                               .c = s->charged ? x->twin_c : NULL,
                               .q = x->twin_q,
                               .e = s->charged ? x->twin_e : NULL,
                               .gap = sqrt((double)base),
                               .scale = scale,
                               .law = s->law,
                               .length = length};
    if (s->range > 0) {
        x->twin.cutoff = x->wiring.cutoff = (float)loci_reference_law(&x->twin, s->range);
        x->twin.length_cutoff = x->wiring.length_cutoff =
            (float)loci_reference_law_length(&x->twin, s->range);
    }
    delay_case_cut(x);
    delay_case_speed(x);
}

static inline void delay_case_close(delay_case *x) {
    void *const all[] = {x->p,      x->c,      x->q,      x->e,    x->twin_p,
                         x->twin_c, x->twin_q, x->twin_e, x->mask, x->twin_mask};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* Sums of these are of a law with a length, or a finite range, alone. */
static inline bool delay_gradient_is_there(const delay_case *x, int which) {
    return which == DELAY_CUTOFF   ? x->wiring.cutoff > 0
           : which == DELAY_LENGTH ? loci_law_has_length(x->wiring.law)
                                   : true;
}

static inline double *sizes_of(const double *x, size_t count) {
    double *to = loci_alloc(count, sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = fabs(x[i]);
    return to;
}

/* The twin's taps [taps, n, m], or the sizes of their terms. */
static inline double *delay_case_taps(delay_case *x, bool absolute) {
    double *k = loci_alloc(x->shape.taps * x->shape.n * x->shape.m, sizeof *k);
    x->twin.absolute = absolute;
    loci_reference_taps(&x->twin, &x->twin_delay, k);
    return k;
}

/* The twin's gradients from g [taps, n, m], or, g being that, the sizes of their terms. */
static inline void delay_case_backward(delay_case *x, bool absolute, const double *g,
                                       double *to[DELAY_GRADIENTS]) {
    for (int k = 0; k < DELAY_GRADIENTS; k++)
        to[k] = loci_alloc(delay_gradient_size(&x->shape, k), sizeof(double));
    const loci_reference_gradient out = {.p = to[DELAY_P],
                                         .c = to[DELAY_C],
                                         .q = to[DELAY_Q],
                                         .e = to[DELAY_E],
                                         .gap = to[DELAY_GAP],
                                         .cutoff = to[DELAY_CUTOFF],
                                         .log_scale = to[DELAY_SCALE],
                                         .length = to[DELAY_LENGTH]};
    x->twin.absolute = absolute;
    loci_reference_taps_backward(&x->twin, &x->twin_delay, g, &out, to[DELAY_SPEED]);
}

/* |a - b| <= 1e-5 of what b was summed from, entry by entry; and b is not all 0 unless it may be.
 */
static inline void delay_compare(const char *name, const char *what, const float *a,
                                 const double *b, const double *terms, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= 1e-5 * terms[i]))
            fail_msg("%s: %s[%zu] is %.9g instead of %.9g, %.3g times what is allowed", name, what,
                     i, (double)a[i], b[i], fabs(a[i] - b[i]) / (1e-5 * terms[i]));
}

#endif
