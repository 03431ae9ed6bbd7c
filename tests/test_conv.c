/* Convolution and pooling, by oneDNN where it is there and by our own kernel in every compilation
 * that this machine runs, against sums in float64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "draw.h"
#include "linear/conv.h"
#include "linear/conv_own.h"
#include "linear/maxpool.h"

/* Of the sum of absolute terms: what float32 sums of some thousand terms may be off. */
static const double TOLERANCE = 3e-6;

static const loci_conv_shape shapes[] = {
    /* rows, height, width, in, out, window, stride */
    {8, 28, 28, 1, 8, 5, 1},  {8, 14, 14, 8, 12, 5, 1}, {8, 7, 7, 12, 16, 5, 1},
    {8, 9, 7, 3, 16, 3, 1},   {8, 6, 6, 1, 1, 1, 1},    {8, 1, 1, 1, 1, 1, 1},
    {8, 1, 1, 3, 2, 5, 1},    {8, 1, 9, 2, 3, 3, 1},    {8, 3, 2, 17, 33, 7, 1},
    {8, 6, 6, 2, 4, 3, 2},    {8, 7, 5, 3, 5, 3, 2},    {8, 8, 8, 1, 2, 5, 3},
    {8, 9, 10, 16, 16, 3, 2}, {8, 6, 7, 4, 8, 1, 2},    {8, 8, 8, 2, 2, 1, 4},
    {8, 12, 11, 2, 3, 3, 5},  {8, 5, 5, 1, 1, 31, 1},   {8, 4, 4, 1, 64, 3, 1},
    {8, 4, 4, 64, 1, 3, 1},   {8, 16, 16, 1, 3, 7, 8},  {8, 3, 3, 2, 2, 3, 8},
    {8, 7, 7, 30, 50, 3, 1},  {1, 5, 6, 3, 4, 3, 1},    {3, 5, 6, 20, 20, 5, 2},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A convolution's numbers, and what comes of them. */
typedef struct numbers {
    const loci_conv_shape *s;
    float *x, *k, *g;        /* g: of y */
    float *y, *g_x, *g_k;    /* what was made */
    size_t nx, nk, ny, ld;   /* ld: of k, [window * window * in, ld] */
    double *want[3], *of[3]; /* y, g_x, g_k in float64, and the absolute terms */
} numbers;

/* Adds what x[ix] K[ik] to y[iy] means for all three. */
static void add_term(const numbers *n, size_t ix, size_t ik, size_t iy) {
    size_t out = n->s->out;
    double k = n->k[ik / out * n->ld + ik % out], x = n->x[ix], g = n->g[iy];
    const double terms[3] = {x * k, g * k, x * g};
    const size_t at[3] = {iy, ix, ik};
    for (int i = 0; i < 3; i++) {
        n->want[i][at[i]] += terms[i];
        n->of[i][at[i]] += fabs(terms[i]);
    }
}

/* The equation in conv.h, term by term. */
static void add_terms(const numbers *n) {
    const loci_conv_shape *s = n->s;
    size_t down = loci_conv_places(s->height, s->stride),
           across = loci_conv_places(s->width, s->stride), half = s->window / 2, at = 0;
    for (size_t r = 0; r < s->rows; r++)
        for (size_t oy = 0; oy < down; oy++)
            for (size_t ox = 0; ox < across; ox++, at++)
                for (size_t e = 0; e < s->window * s->window; e++) {
                    size_t y = s->stride * oy + e / s->window, x = s->stride * ox + e % s->window;
                    if (y < half || y - half >= s->height || x < half || x - half >= s->width)
                        continue;
                    size_t from = (r * s->height + y - half) * s->width + x - half;
                    for (size_t a = 0; a < s->in; a++)
                        for (size_t b = 0; b < s->out; b++)
                            add_term(n, from * s->in + a, (e * s->in + a) * s->out + b,
                                     at * s->out + b);
                }
}

static numbers open_numbers(const loci_conv_shape *s) {
    numbers n = {.s = s,
                 .nx = loci_conv_in_floats(s),
                 .nk = loci_conv_stencil_floats(s),
                 .ny = loci_conv_out_floats(s),
                 .ld = s->out + 3};
    const size_t made[3] = {n.ny, n.nx, n.nk};
    n.x = draw(n.nx, 1);
    n.k = draw(n.nk / s->out * n.ld, 2);
    n.g = draw(n.ny, 3);
    n.y = draw(n.ny, 4);
    n.g_x = draw(n.nx, 5);
    n.g_k = draw(n.nk, 6);
    for (int i = 0; i < 3; i++) {
        n.want[i] = loci_alloc(made[i], sizeof(double));
        n.of[i] = loci_alloc(made[i], sizeof(double));
    }
    add_terms(&n);
    return n;
}

static void close_numbers(numbers *n) {
    float *const all[] = {n->x, n->k, n->g, n->y, n->g_x, n->g_k};
    for (size_t i = 0; i < 6; i++)
        free(all[i]);
    for (int i = 0; i < 3; i++) {
        free(n->want[i]);
        free(n->of[i]);
    }
}

static void check(const numbers *n, const char *by) {
    static const char *const names[] = {"y", "dL/dx", "dL/dK"};
    const float *const made[3] = {n->y, n->g_x, n->g_k};
    const size_t counts[3] = {n->ny, n->nx, n->nk};
    const loci_conv_shape *s = n->s;
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < counts[k]; i++)
            if (!(fabs(made[k][i] - n->want[k][i]) <= TOLERANCE * n->of[k][i]))
                fail_msg("%s, %zu rows of %zu x %zu x %zu to %zu, window %zu, stride %zu: "
                         "%s[%zu] is %g, not %g",
                         by, s->rows, s->height, s->width, s->in, s->out, s->window, s->stride,
                         names[k], i, (double)made[k][i], n->want[k][i]);
}

static void test_usual(void **state) {
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        numbers n = open_numbers(&shapes[i]);
        const loci_conv_use use = {true, true, 2};
        loci_conv *conv;
        loci_error error = {0};
        if (loci_conv_create(&conv, &shapes[i], &use, &error) != LOCI_OK)
            fail_msg("shape %zu: %s", i, error.message);
        float *g_k = loci_alloc(loci_conv_gradient_floats(conv), sizeof *g_k);
        for (size_t worker = 0; worker < 2; worker++) {
            loci_conv_set_stencil(conv, n.k, n.ld);
            loci_conv_forward(conv, worker, n.x, n.y);
            loci_conv_input_gradient(conv, worker, n.g, n.g_x);
            loci_conv_stencil_gradient(conv, worker, n.x, n.g, g_k);
            loci_conv_put(conv, g_k, n.g_k);
            check(&n, "as it is built");
        }
        free(g_k);
        loci_conv_free(conv);
        close_numbers(&n);
    }
}

static void test_own(void **state) {
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        numbers n = open_numbers(&shapes[i]);
        float *scratch = loci_alloc(loci_conv_own_floats(n.s), sizeof *scratch);
        for (int isa = 0; isa <= (int)loci_isa_best(); isa++) {
            loci_gemm_kernel *gemm = loci_gemm_kernel_for((enum loci_isa)isa);
            loci_conv_own_forward(gemm, n.s, n.k, n.ld, n.x, n.y, scratch);
            loci_conv_own_input_gradient(gemm, n.s, n.k, n.ld, n.g, n.g_x, scratch);
            loci_conv_own_stencil_gradient(gemm, n.s, n.x, n.g, n.g_k, scratch);
            check(&n, "by our own");
        }
        free(scratch);
        close_numbers(&n);
    }
}

/* What comes of a row is the same bits wherever it stands and whatever the others are. */
static void test_rows_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        const loci_conv_shape *s = &shapes[i];
        numbers n = open_numbers(s);
        const loci_conv_use use = {true, false, 1};
        size_t row = n.nx / s->rows, of_row = n.ny / s->rows;
        loci_conv *conv;
        assert_int_equal(loci_conv_create(&conv, s, &use, NULL), LOCI_OK);
        loci_conv_set_stencil(conv, n.k, n.ld);
        loci_conv_forward(conv, 0, n.x, n.y);
        loci_conv_input_gradient(conv, 0, n.g, n.g_x);
        float *x = draw(n.nx, 7), *g = draw(n.ny, 8), *y = draw(n.ny, 9), *g_x = draw(n.nx, 9);
        for (size_t to = 0; to < s->rows; to++) {
            memcpy(x + to * row, n.x, row * sizeof *x);
            memcpy(g + to * of_row, n.g, of_row * sizeof *g);
            loci_conv_forward(conv, 0, x, y);
            loci_conv_input_gradient(conv, 0, g, g_x);
            assert_memory_equal(y + to * of_row, n.y, of_row * sizeof *y);
            assert_memory_equal(g_x + to * row, n.g_x, row * sizeof *x);
        }
        free(x);
        free(g);
        free(y);
        free(g_x);
        loci_conv_free(conv);
        close_numbers(&n);
    }
}

/* ---- pooling ---- */

/* Numbers of which many are equal, and some are none. */
static float *draw_equal(size_t count, bool nan) {
    const loci_random stream = {11, LOCI_RANDOM_TEST, 70};
    float *x = loci_alloc(count, sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)loci_random_below(&stream, i, 4) - 2;
    for (size_t i = 0; nan && i < count; i += 7)
        x[i] = NAN;
    return x;
}

static void check_pool(const loci_maxpool_kernels *kernels, const loci_maxpool *p, bool nan) {
    size_t places = p->height * p->width * p->maps, count = loci_maxpool_floats(p);
    size_t down = p->height / p->side, across = p->width / p->side;
    float *y = draw_equal(places, nan), *out = draw(count + 1, 1), *g = draw(count, 2),
          *g_y = draw(places, 3), *want = loci_alloc(places, sizeof *want);
    uint8_t *winner = loci_alloc(count + 1, 1);
    kernels->forward(p, y, out, winner);
    kernels->backward(p, g, winner, g_y);
    for (size_t i = 0; i < count; i++) {
        size_t j = i % p->maps, row = i / p->maps / across, column = i / p->maps % across, best = 0;
        bool none = false;
        float largest = -INFINITY;
        for (size_t k = 0; k < p->side * p->side; k++) {
            size_t line = row * p->side + k / p->side, place = column * p->side + k % p->side;
            size_t at = (line * p->width + place) * p->maps + j;
            none |= isnan(y[at]);
            if (y[at] > largest) {
                largest = y[at];
                best = at;
            }
        }
        assert_in_range(row, 0, down - 1);
        if (none)
            assert_true(isnan(out[i]));
        else
            assert_true(out[i] == largest);
        want[best] += g[i];
    }
    for (size_t i = 0; !nan && i < places; i++)
        assert_true(g_y[i] == want[i]);
    kernels->forward(p, y, g, NULL);
    assert_memory_equal(g, out, count * sizeof *g);
    free(y);
    free(out);
    free(g);
    free(g_y);
    free(want);
    free(winner);
}

static void test_pooling(void **state) {
    (void)state;
    static const loci_maxpool pools[] = {
        {4, 4, 1, 2}, {5, 7, 3, 2},   {7, 6, 16, 3},   {9, 9, 17, 2}, {3, 3, 33, 1},
        {8, 8, 2, 8}, {14, 14, 8, 2}, {16, 16, 1, 16}, {2, 9, 5, 2},  {28, 28, 8, 2},
    };
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
        for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
            for (int nan = 0; nan < 2; nan++)
                check_pool(loci_maxpool_kernels_for((enum loci_isa)isa), &pools[i], nan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_pooling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
