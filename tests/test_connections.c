/* The kept connections as lists, and the sums that run along them. */
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
#include "linear/linear.h"
#include "linear/sparse.h"
#include "synapse/connections.h"
#include "synapse/selection.h"

static loci_selection *make(size_t n, size_t m, double share) {
    const loci_random stream = {n * 1000 + m, LOCI_RANDOM_TEST, 1};
    loci_selection *kept;
    assert_int_equal(loci_selection_create(&kept, n, m, NULL), LOCI_OK);
    kept->count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            bool keep = loci_random_uniform(&stream, i * m + j) < share;
            kept->mask[i * kept->ld + j] = keep;
            kept->count += keep;
        }
    return kept;
}

/* Both lists go through the kept connections in their order, and each place knows its number. */
static void check_lists(const loci_selection *kept) {
    loci_connections *c;
    size_t number = 0, place = 0;
    assert_int_equal(loci_connections_of_mask(&c, kept->n, kept->m, kept->mask, kept->ld, NULL),
                     LOCI_OK);
    assert_int_equal(c->n, kept->n);
    assert_int_equal(c->m, kept->m);
    assert_int_equal(c->count, kept->count);
    for (size_t j = 0; j < kept->m; j++) {
        assert_int_equal(c->receiver_start[j], number);
        for (size_t i = 0; i < kept->n; i++)
            if (kept->mask[i * kept->ld + j] != 0)
                assert_int_equal(c->sender[number++], i);
    }
    assert_int_equal(c->receiver_start[kept->m], number);
    assert_int_equal(number, kept->count);
    for (size_t i = 0; i < kept->n; i++) {
        assert_int_equal(c->sender_start[i], place);
        for (size_t j = 0; j < kept->m; j++) {
            if (kept->mask[i * kept->ld + j] == 0)
                continue;
            assert_int_equal(c->receiver[place], j);
            assert_in_range(c->connection[place], c->receiver_start[j],
                            c->receiver_start[j + 1] - 1);
            assert_int_equal(c->sender[c->connection[place]], i);
            place++;
        }
    }
    assert_int_equal(c->sender_start[kept->n], place);
    assert_int_equal(place, kept->count);
    loci_connections_free(c);
}

static void test_lists(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 9}, {9, 1}, {13, 7}, {30, 130}, {200, 65}};
    static const double shares[] = {0, 0.05, 0.5, 1};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (size_t k = 0; k < 4; k++) {
            loci_selection *kept = make(shapes[s][0], shapes[s][1], shares[k]);
            check_lists(kept);
            loci_selection_free(kept);
        }
    loci_connections_free(NULL);
}

/* Products at chosen places, in every compilation. */
static void test_inner(void **state) {
    (void)state;
    enum { ROWS = 20, LD = 256, COUNT = 9 };
    static const uint32_t index[COUNT] = {0, 3, 3, 19, 7, 1, 18, 2, 0};
    static const loci_random stream = {1, LOCI_RANDOM_TEST, 2};
    float *x = loci_alloc(ROWS * LD, sizeof *x), *g = loci_alloc(LD, sizeof *g);
    assert_true(x != NULL && g != NULL);
    for (size_t i = 0; i < ROWS * LD; i++)
        x[i] = (float)loci_random_normal(&stream, i);
    for (size_t i = 0; i < LD; i++)
        g[i] = (float)loci_random_normal(&stream, ROWS * LD + i);
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t width = 64; width <= LD; width += 64)
            for (size_t count = 0; count <= COUNT; count++) {
                float out[COUNT + 1];
                for (size_t t = 0; t <= COUNT; t++)
                    out[t] = (float)t;
                loci_linear_kernels_for((enum loci_isa)isa)
                    ->sddmm(index, count, x, LD, g, width, out);
                for (size_t t = 0; t <= COUNT; t++) {
                    double sum = (double)t, terms = (double)t;
                    for (size_t k = 0; t < count && k < width; k++) {
                        double term = (double)x[index[t] * LD + k] * g[k];
                        sum += term;
                        terms += fabs(term);
                    }
                    if (!(fabs(out[t] - sum) <= 1e-6 * terms))
                        fail_msg("%s, width %zu: %.9g instead of %.9g",
                                 loci_isa_name((enum loci_isa)isa), width, (double)out[t], sum);
                }
            }
    free(x);
    free(g);
}

/* Dense or sparse is a function of shape and density: dense where much is kept, sparse where
 * little is, and never sparse again once it was too much. */
static void test_choice(void **state) {
    (void)state;
    static const size_t sizes[] = {10, 64, 784, 2048};
    bool (*const choices[])(size_t, size_t, size_t) = {
        loci_connections_pay, loci_connections_pay_many, loci_connections_pay_alone};
    for (size_t c = 0; c < 3; c++)
        for (size_t a = 0; a < 16; a++) {
            size_t n = sizes[a % 4], m = sizes[a / 4], all = n * m;
            bool before = true;
            assert_true(choices[c](n, m, all / 50));
            assert_false(choices[c](n, m, all));
            for (size_t k = 0; k <= 100; k++) {
                bool pays = choices[c](n, m, all * k / 100);
                assert_true(before || !pays);
                before = pays;
            }
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_inner),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
