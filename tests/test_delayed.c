/* How spikes cross a wiring whose weights arrive later, there and back, against sums over the
 * float64 twin's taps: coded input and constant, layers to themselves, stored weights. Tolerances
 * are those of test_delays.c. Whoever computes it, the bytes are the same. */
#include "delay_case.h"

#include <loci/pool.h>

#include "base/parallel.h"
#include "linear/gemm.h"
#include "linear/sparse_transpose.h"
#include "synapse/delayed.h"

enum { SAMPLES = 35, STEPS = 7 };

/* What enters over time, sparse and in full. */
struct entering {
    loci_sparse rows;
    loci_sparse_blocks by_input;
    loci_over_time in;
    uint32_t *start, *index;
    float *value;
    double *x; /* [rows, n] */
};

static void enter(struct entering *e, size_t n, bool constant) {
    size_t rows = constant ? SAMPLES : SAMPLES * STEPS, entries = 0;
    const loci_random stream = {n, LOCI_RANDOM_TEST, 8};
    e->start = loci_alloc(rows + 1, sizeof *e->start);
    e->index = loci_alloc(rows * n, sizeof *e->index);
    e->value = loci_alloc(rows * n, sizeof *e->value);
    e->x = loci_alloc(rows * n, sizeof *e->x);
    for (size_t k = 0; k < rows * n; k++) {
        if (loci_random_uniform(&stream, 2 * k) < 0.3) {
            e->index[entries] = (uint32_t)(k % n);
            e->x[k] = e->value[entries++] =
                constant ? (float)loci_random_uniform(&stream, 2 * k + 1) : 1;
        }
        e->start[k / n + 1] = (uint32_t)entries;
    }
    e->rows = loci_sparse_rows(rows, e->start, e->index, e->value);
    e->by_input = (loci_sparse_blocks){0};
    assert_int_equal(loci_sparse_transpose(&e->by_input, &e->rows, n, NULL, NULL), LOCI_OK);
    e->in = (loci_over_time){&e->rows, &e->by_input, STEPS, constant};
}

static void leave(struct entering *e) {
    loci_sparse_blocks_clear(&e->by_input);
    free(e->start);
    free(e->index);
    free(e->value);
    free(e->x);
}

/* What is sent in step t of sample b. */
static const double *sent(const struct entering *e, size_t n, size_t b, size_t t) {
    return e->x + (e->in.constant ? b : b * STEPS + t) * n;
}

/* Calls for every way from a step to a later one: of sample b, from step t, over tap k to `row` of
 * the currents. */
#define FOR_WAYS(s)                                                                                \
    for (size_t b = 0; b < SAMPLES; b++)                                                           \
        for (size_t t = 0; t < STEPS; t++)                                                         \
            for (size_t k = 0, row; k < (s)->taps && t + k + (s)->first < STEPS &&                 \
                                    (row = b * STEPS + t + k + (s)->first, true);                  \
                 k++)

/* current [rows, m] += x k; a sum of sizes where k is one. */
static double *dense_forward(const delay_shape *s, const struct entering *e, const double *taps) {
    double *current = loci_alloc(SAMPLES * STEPS * s->m, sizeof *current);
    FOR_WAYS(s)
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            current[row * s->m + j] += sent(e, s->n, b, t)[i] * taps[(k * s->n + i) * s->m + j];
    return current;
}

/* dL/dtaps, or with the sizes of g that of its terms. */
static double *dense_backward(const delay_shape *s, const struct entering *e, const double *g) {
    double *of_taps = loci_alloc(s->taps * s->n * s->m, sizeof *of_taps);
    FOR_WAYS(s)
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            of_taps[(k * s->n + i) * s->m + j] += sent(e, s->n, b, t)[i] * g[row * s->m + j];
    return of_taps;
}

/* dL/dspikes [SAMPLES * STEPS, n]. */
static double *dense_back(const delay_shape *s, const double *taps, const double *g) {
    double *of_spikes = loci_alloc(SAMPLES * STEPS * s->n, sizeof *of_spikes);
    FOR_WAYS(s)
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            of_spikes[(b * STEPS + t) * s->n + i] +=
                taps[(k * s->n + i) * s->m + j] * g[row * s->m + j];
    return of_spikes;
}

/* What one run left, without padding. */
struct crossed {
    float *current;             /* [rows, m] */
    float *back;                /* [rows, n] */
    float *to[DELAY_GRADIENTS]; /* or, of a conventional pair, to[0] [n, m] alone */
};

static float *strip(const float *x, size_t rows, size_t m) {
    float *to = loci_alloc(rows * m, sizeof *to);
    for (size_t r = 0; r < rows; r++)
        memcpy(to + r * m, x + r * loci_leading(m), m * sizeof *to);
    return to;
}

/* dL/dspikes, rows in parts of the most that go at once. */
static float *go_back(const delay_shape *s, const loci_delayed *d, const float *g) {
    size_t ld = loci_leading(s->m), ld_in = loci_leading(s->n);
    float *g_in = loci_alloc(SAMPLES * STEPS * ld_in, sizeof *g_in), there = 0x1p-20f;
    float *scratch = loci_alloc(loci_delayed_scratch(d), sizeof *scratch);
    for (size_t k = 0; k < SAMPLES * STEPS * ld_in; k++)
        g_in[k] = there;
    for (size_t first = 0; first < SAMPLES * STEPS; first += LOCI_GEMM_ROWS) {
        const float *window[LOCI_GEMM_ROWS];
        uint32_t left[LOCI_GEMM_ROWS];
        size_t rows = SAMPLES * STEPS - first;
        rows = rows < LOCI_GEMM_ROWS ? rows : LOCI_GEMM_ROWS;
        for (size_t r = 0; r < rows; r++) {
            window[r] = g + (first + r) * ld;
            left[r] = (uint32_t)(STEPS - 1 - (first + r) % STEPS);
        }
        bool add = first > 0; /* what is there is added to, or written over */
        loci_delayed_back(d, rows, window, left, g_in + first * ld_in, ld_in, add, scratch);
        for (size_t k = first * ld_in; add && k < (first + rows) * ld_in; k++)
            g_in[k] -= there;
    }
    float *out = strip(g_in, SAMPLES * STEPS, s->n);
    free(g_in);
    free(scratch);
    return out;
}

static void cross(const delay_case *x, const struct entering *e, const float *g_given, int threads,
                  struct crossed *out) {
    const delay_shape *s = &x->shape;
    size_t rows = SAMPLES * STEPS, ld = loci_leading(s->m);
    bool spatial = x->wiring.weight == NULL;
    loci_delayed *d;
    loci_pool *pool = NULL;
    double speed;
    if (threads > 1)
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
    const loci_delayed_options options = {
        .taps = s->taps, .ld = ld, .own = s->own, .backward = true, .back = true};
    assert_int_equal(loci_delayed_create(&d, &x->wiring, &options, pool, NULL), LOCI_OK);
    loci_delayed_make(d, &x->wiring, &x->delay, pool);
    float *current = draw(rows * ld, 10), *g = loci_alloc(rows * ld, sizeof *g);
    for (size_t r = 0; r < rows; r++)
        memcpy(g + r * ld, g_given + r * s->m, s->m * sizeof *g);
    loci_delayed_forward(d, &e->in, current, pool);
    out->current = strip(current, rows, s->m);
    out->back = go_back(s, d, g);
    for (int k = 0; k < DELAY_GRADIENTS; k++)
        out->to[k] = loci_alloc(spatial ? delay_gradient_size(s, k) : s->n * s->m, sizeof(float));
    loci_wiring_gradient to = {.p = out->to[DELAY_P],
                               .c = out->to[DELAY_C],
                               .q = out->to[DELAY_Q],
                               .e = out->to[DELAY_E],
                               .weight = spatial ? NULL : out->to[0]};
    loci_delayed_backward(d, &x->wiring, &x->delay, &e->in, g, &to, &speed, pool);
    out->to[DELAY_GAP][0] = (float)(-x->twin.gap * to.sums.slope);
    out->to[DELAY_CUTOFF][0] = (float)-to.sums.reach;
    out->to[DELAY_SCALE][0] = (float)to.sums.value;
    out->to[DELAY_LENGTH][0] = (float)to.sums.length;
    out->to[DELAY_SPEED][0] = (float)speed;
    loci_delayed_free(d);
    loci_pool_free(pool);
    free(current);
    free(g);
}

static void drop(struct crossed *x) {
    free(x->current);
    free(x->back);
    for (int k = 0; k < DELAY_GRADIENTS; k++)
        free(x->to[k]);
}

/* The same bytes, whoever computed them. */
static void assert_same(const delay_shape *s, const struct crossed *a, const struct crossed *b,
                        bool spatial) {
    assert_memory_equal(a->current, b->current, SAMPLES * STEPS * s->m * sizeof(float));
    assert_memory_equal(a->back, b->back, SAMPLES * STEPS * s->n * sizeof(float));
    for (int k = 0; k < (spatial ? DELAY_GRADIENTS : 1); k++)
        assert_memory_equal(a->to[k], b->to[k],
                            (spatial ? delay_gradient_size(s, k) : s->n * s->m) * sizeof(float));
}

static void check_close(const delay_case *x, const struct entering *e, const struct crossed *got,
                        const double *taps, const double *tap_terms, const double *g,
                        const double *sizes) {
    const delay_shape *s = &x->shape;
    double *current = dense_forward(s, e, taps), *current_terms = dense_forward(s, e, tap_terms);
    double *back = dense_back(s, taps, g), *back_terms = dense_back(s, tap_terms, sizes);
    delay_compare(x->name, "current", got->current, current, current_terms, SAMPLES * STEPS * s->m);
    delay_compare(x->name, "dL/dspike", got->back, back, back_terms, SAMPLES * STEPS * s->n);
    free(current);
    free(current_terms);
    free(back);
    free(back_terms);
}

static void check_gradients(delay_case *x, const struct entering *e, const struct crossed *got,
                            const double *g, const double *sizes) {
    const delay_shape *s = &x->shape;
    double *of_taps = dense_backward(s, e, g), *of_sizes = dense_backward(s, e, sizes),
           *to[DELAY_GRADIENTS], *terms[DELAY_GRADIENTS];
    delay_case_backward(x, false, of_taps, to);
    delay_case_backward(x, true, of_sizes, terms);
    for (int k = 0; k < DELAY_GRADIENTS; k++) {
        if (delay_gradient_is_there(x, k))
            delay_compare(x->name, delay_gradient_name[k], got->to[k], to[k], terms[k],
                          delay_gradient_size(s, k));
        assert_true(!delay_gradient_is_there(x, k) ||
                    largest_of(to[k], delay_gradient_size(s, k)) > 0);
        free(to[k]);
        free(terms[k]);
    }
    free(of_taps);
    free(of_sizes);
}

static void check_crossing(const delay_shape *s, bool constant) {
    delay_case x;
    struct entering e;
    struct crossed one, two;
    delay_case_open(&x, s);
    enter(&e, s->n, constant);
    float *g_given = draw(SAMPLES * STEPS * s->m, 11);
    double *g = twice(g_given, SAMPLES * STEPS * s->m),
           *sizes = sizes_of(g, SAMPLES * STEPS * s->m);
    double *taps = delay_case_taps(&x, false), *tap_terms = delay_case_taps(&x, true);
    cross(&x, &e, g_given, 1, &one);
    cross(&x, &e, g_given, 2, &two);
    assert_same(s, &one, &two, true);
    check_close(&x, &e, &one, taps, tap_terms, g, sizes);
    check_gradients(&x, &e, &one, g, sizes);
    drop(&one);
    drop(&two);
    leave(&e);
    void *const rest[] = {g_given, g, sizes, taps, tap_terms};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        free(rest[i]);
    delay_case_close(&x);
}

static void test_crossing(void **state) {
    (void)state;
    static const delay_shape shapes[] = {
        {3, 2, 3, 37, 70, LOCI_LAW_INVERSE, 0, true, false, false, 0, 6, 1},
        {3, 1, 1, 20, 20, LOCI_LAW_EXPONENTIAL, 0, true, false, true, 1, 5, 0.5},
        {2, 1, 2, 5, 130, LOCI_LAW_GAUSSIAN, 1.8, false, true, false, 0, 12, 0.5},
        {9, 2, 2, 70, 70, LOCI_LAW_INVERSE_SQUARE, 0, true, false, true, 1, 3, 2},
        {3, 2, 1, 40, 3, LOCI_LAW_INVERSE, 2.5, true, true, false, 0, 2, 1},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_crossing(&shapes[i], false);
        check_crossing(&shapes[i], true);
    }
}

/* A conventional layer to itself: stored weights, which act one step later, or at once. */
static void test_stored_weights(void **state) {
    (void)state;
    for (int turn = 0; turn < 4; turn++) {
        const delay_shape s = {.C = 1,
                               .A = 1,
                               .D = 1,
                               .n = 21,
                               .m = 21,
                               .own = turn % 2,
                               .first = (uint32_t)turn % 2,
                               .taps = 1};
        delay_case x = {.shape = s, .delay = {.first = s.first, .taps = 1}};
        float *weight = draw(s.n * s.m, 12), *g_given = draw(SAMPLES * STEPS * s.m, 11);
        x.wiring = (loci_wiring){.n = s.n, .m = s.m, .weight = weight};
        snprintf(x.name, sizeof x.name, "stored weights, %d", turn);
        struct entering e;
        struct crossed one, two;
        enter(&e, s.n, turn / 2);
        double *w = twice(weight, s.n * s.m);
        double *g = twice(g_given, SAMPLES * STEPS * s.m),
               *sizes = sizes_of(g, SAMPLES * STEPS * s.m);
        for (size_t i = 0; s.own && i < s.n; i++)
            w[i * s.m + i] = 0;
        double *w_sizes = sizes_of(w, s.n * s.m);
        cross(&x, &e, g_given, 1, &one);
        cross(&x, &e, g_given, 2, &two);
        assert_same(&s, &one, &two, false);
        check_close(&x, &e, &one, w, w_sizes, g, sizes);
        double *of_taps = dense_backward(&s, &e, g), *terms = dense_backward(&s, &e, sizes);
        for (size_t i = 0; s.own && i < s.n; i++)
            of_taps[i * s.m + i] = 0;
        delay_compare(x.name, "dL/dw", one.to[0], of_taps, terms, s.n * s.m);
        drop(&one);
        drop(&two);
        leave(&e);
        void *const rest[] = {weight, g_given, w, g, sizes, w_sizes, of_taps, terms};
        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
            free(rest[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_stored_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
