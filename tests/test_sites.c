/* Weights from positions on plain arrays, and the way back, against the float64 twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loci/projection.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "compare.h"
#include "reference/wiring_twin.h"

static const double TOLERANCE = 2e-5;

enum { P, C, Q, E, G, ARRAYS };

/* The same numbers twice. */
struct arrays {
    size_t count[ARRAYS];
    float *single[ARRAYS];
    double *twin[ARRAYS];
};

static void draw(struct arrays *a, const loci_sites *x, uint64_t seed) {
    const size_t count[ARRAYS] = {x->n * x->axon_sites * x->coordinates, x->n * x->axon_sites,
                                  x->m * x->dendrite_sites * x->coordinates,
                                  x->m * x->dendrite_sites, x->n * x->m};
    for (int k = 0; k < ARRAYS; k++) {
        const loci_random stream = {seed, LOCI_RANDOM_TEST, 60 + (uint32_t)k};
        a->count[k] = count[k];
        a->single[k] = loci_alloc(count[k], sizeof(float));
        a->twin[k] = loci_alloc(count[k], sizeof(double));
        for (size_t i = 0; i < count[k]; i++)
            a->twin[k][i] = a->single[k][i] = (float)loci_random_normal(&stream, i);
    }
}

static void drop(struct arrays *a) {
    for (int k = 0; k < ARRAYS; k++) {
        free(a->single[k]);
        free(a->twin[k]);
    }
}

static loci_reference twin_of(const loci_sites *x, const struct arrays *a, bool absolute) {
    loci_reference w = {.n = x->n,
                        .m = x->m,
                        .axons = x->axon_sites,
                        .dendrites = x->dendrite_sites,
                        .coordinates = x->coordinates,
                        .p = a->twin[P],
                        .c = x->axon_charge != NULL ? a->twin[C] : NULL,
                        .q = a->twin[Q],
                        .e = x->dendrite_charge != NULL ? a->twin[E] : NULL,
                        .gap = x->gap,
                        .softening = x->softening,
                        .scale = x->scale,
                        .law = x->law,
                        .length = x->length,
                        .absolute = absolute};
    if (x->range > 0) {
        w.cutoff = loci_reference_law(&w, x->range);
        w.length_cutoff = loci_reference_law_length(&w, x->range);
    }
    return w;
}

/* Each entry within what its terms' rounding explains. */
static void compare(const char *what, const float *found, const double *right, const double *terms,
                    size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(fabs(found[i] - right[i]) <= TOLERANCE * fabs(terms[i])))
            fail_msg("%s[%zu] is %.9g, not %.9g", what, i, (double)found[i], right[i]);
}

static void compare_one(const char *what, double found, double right, double terms) {
    if (!(fabs(found - right) <= TOLERANCE * fabs(terms)))
        fail_msg("%s is %.9g, not %.9g", what, found, right);
}

/* What the twin says, and what its sums are made of. */
struct outcome {
    double *array[4], gap, cutoff, log_scale, length;
};

static void twin_backward(struct outcome *o, const loci_sites *x, const struct arrays *a,
                          bool absolute) {
    const loci_reference w = twin_of(x, a, absolute);
    *o = (struct outcome){.gap = 0};
    for (int k = 0; k < 4; k++)
        o->array[k] = loci_alloc(a->count[k], sizeof(double));
    const loci_reference_gradient to = {o->array[P], o->array[C], o->array[Q],   o->array[E],
                                        &o->gap,     &o->cutoff,  &o->log_scale, &o->length};
    loci_reference_backward(&w, a->twin[G], &to);
}

static void check_backward(const loci_sites *x, const struct arrays *a, loci_pool *pool) {
    struct outcome right, terms;
    float *found[4];
    twin_backward(&right, x, a, false);
    twin_backward(&terms, x, a, true);
    for (int k = 0; k < 4; k++) {
        found[k] = loci_alloc(a->count[k], sizeof(float));
        memset(found[k], 0x7f, a->count[k] * sizeof(float)); /* what is there is not added to */
    }
    loci_sites_gradient gradient = {found[P], found[C], found[Q], found[E], 0, 0, 0, 0};
    assert_int_equal(loci_sites_backward(x, pool, a->single[G], &gradient, NULL), LOCI_OK);
    static const char *const names[] = {"dL/dp", "dL/dc", "dL/dq", "dL/de"};
    for (int k = 0; k < 4; k++)
        compare(names[k], found[k], right.array[k], terms.array[k], a->count[k]);
    const loci_reference w = twin_of(x, a, false);
    compare_one("dL/dgap", gradient.gap, right.gap, terms.gap);
    compare_one("dL/dscale", gradient.scale, right.log_scale / x->scale,
                terms.log_scale / x->scale);
    compare_one("dL/dL", gradient.length, right.length, terms.length);
    double slope = x->range > 0 ? loci_reference_law_slope(&w, x->range) : 0;
    compare_one("dL/dR", gradient.range, right.cutoff * slope, terms.cutoff * slope);
    loci_sites_gradient none = {.gap = 0}; /* nothing but the four numbers */
    assert_int_equal(loci_sites_backward(x, NULL, a->single[G], &none, NULL), LOCI_OK);
    assert_true(none.gap == gradient.gap && none.scale == gradient.scale &&
                none.length == gradient.length && none.range == gradient.range);
    for (int k = 0; k < 4; k++) {
        free(found[k]);
        free(right.array[k]);
        free(terms.array[k]);
    }
}

static void check_forward(const loci_sites *x, const struct arrays *a, loci_pool *pool) {
    const loci_reference w = twin_of(x, a, false), of_terms = twin_of(x, a, true);
    size_t all = x->n * x->m;
    float *found = loci_alloc(all, sizeof *found), *alone = loci_alloc(all, sizeof *alone);
    double *right = loci_alloc(all, sizeof *right), *terms = loci_alloc(all, sizeof *terms);
    assert_int_equal(loci_sites_weights(x, pool, found, NULL), LOCI_OK);
    assert_int_equal(loci_sites_weights(x, NULL, alone, NULL), LOCI_OK);
    assert_memory_equal(found, alone, all * sizeof *found);
    loci_reference_weights(&w, right);
    loci_reference_weights(&of_terms, terms);
    compare("weight", found, right, terms, all);
    free(found);
    free(alone);
    free(right);
    free(terms);
}

static void test_all(void **state) {
    (void)state;
    static const size_t shapes[][5] = {
        {1, 1, 1, 1, 1}, {7, 15, 2, 3, 2}, {70, 130, 1, 8, 2}, {33, 65, 3, 2, 5}};
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    for (size_t s = 0; s < 4; s++)
        for (int law = 0; law < LOCI_LAWS; law++)
            for (int with = 0; with < 8; with++) {
                struct arrays a;
                loci_sites x = {.n = shapes[s][0],
                                .m = shapes[s][1],
                                .axon_sites = shapes[s][2],
                                .dendrite_sites = shapes[s][3],
                                .coordinates = shapes[s][4],
                                .law = law,
                                .length = 0.8,
                                .range = with & 1 ? 1.6 : -1,
                                .gap = with & 2 ? -0.4 : 0.3,
                                .softening = 0.2,
                                .scale = with & 2 ? -0.7 : 1.3};
                draw(&a, &x, s * 100 + (size_t)law);
                x.axon_position = a.single[P];
                x.dendrite_position = a.single[Q];
                x.axon_charge = with & 4 ? a.single[C] : NULL;
                x.dendrite_charge = with & 2 ? a.single[E] : NULL;
                check_forward(&x, &a, pool);
                check_backward(&x, &a, pool);
                drop(&a);
            }
    loci_pool_free(pool);
}

static void test_refused(void **state) {
    (void)state;
    const float site[2] = {0, 1};
    const loci_sites good = {.n = 1,
                             .m = 1,
                             .axon_sites = 1,
                             .dendrite_sites = 1,
                             .coordinates = 2,
                             .axon_position = site,
                             .dendrite_position = site,
                             .gap = 0.1,
                             .scale = 1};
    float weight;
    loci_error error;
    assert_int_equal(loci_sites_weights(&good, NULL, &weight, NULL), LOCI_OK);
    assert_true(fabsf(weight - 10) < 1e-4f);
#define REFUSED(member, value, name)                                                               \
    do {                                                                                           \
        loci_sites bad = good;                                                                     \
        loci_sites_gradient gradient = {.gap = 0};                                                 \
        bad.member = value;                                                                        \
        assert_int_equal(loci_sites_weights(&bad, NULL, &weight, &error), LOCI_E_ARGUMENT);        \
        assert_string_equal(error.where, name);                                                    \
        assert_int_equal(loci_sites_backward(&bad, NULL, &weight, &gradient, NULL),                \
                         LOCI_E_ARGUMENT);                                                         \
    } while (0)
    REFUSED(n, 0, "n");
    REFUSED(m, SIZE_MAX, "m");
    REFUSED(axon_sites, 65, "axon sites");
    REFUSED(dendrite_sites, 0, "dendrite sites");
    REFUSED(coordinates, 0, "coordinates");
    REFUSED(law, LOCI_LAWS, "law");
    REFUSED(law, LOCI_LAW_GAUSSIAN, "length");
    REFUSED(gap, NAN, "gap");
    REFUSED(softening, -1, "softening");
    REFUSED(scale, INFINITY, "scale");
#undef REFUSED
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
