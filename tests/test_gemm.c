/* Dense products, in every compilation that this machine runs, against sums in float64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/memory.h"
#include "base/random.h"
#include "draw.h"
#include "linear/gemm.h"
#include "linear/linear.h"
#include "linear/sparse.h"

/* Of the sum of absolute terms: what float32 sums of some hundred terms may be off. */
static const double TOLERANCE = 1e-6;

static double element(loci_operand x, size_t i, size_t j) {
    return x.at[x.transposed ? j * x.ld + i : i * x.ld + j];
}

static const struct shape {
    size_t m, n, k;
} shapes[] = {{1, 1, 1},    {1, 10, 80},  {3, 16, 0},  {5, 17, 3},     {6, 64, 96},  {7, 80, 192},
              {13, 31, 97}, {64, 10, 80}, {65, 63, 7}, {64, 130, 784}, {600, 2, 33}, {2, 600, 300}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* C = A B with room around everything, which must stay as it is. */
static void check(loci_gemm_kernel *gemm, struct shape s, bool turn_a, bool turn_b) {
    size_t lda = (turn_a ? s.m : s.k) + 3, ldb = (turn_b ? s.k : s.n) + 5, ldc = s.n + 2;
    float *a = draw((turn_a ? s.k : s.m) * lda + 1, 1),
          *b = draw((turn_b ? s.n : s.k) * ldb + 1, 2);
    float *c = draw(s.m * ldc, 3), *before = draw(s.m * ldc, 3);
    const loci_operand left = {a, lda, turn_a}, right = {b, ldb, turn_b};
    gemm(s.m, s.n, s.k, left, right, c, ldc);
    for (size_t i = 0; i < s.m; i++)
        for (size_t j = 0; j < ldc; j++) {
            double sum = 0, terms = 0;
            for (size_t x = 0; x < s.k && j < s.n; x++) {
                double term = element(left, i, x) * element(right, x, j);
                sum += term;
                terms += fabs(term);
            }
            if (j >= s.n)
                assert_true(c[i * ldc + j] == before[i * ldc + j]);
            else if (!(fabs(c[i * ldc + j] - sum) <= TOLERANCE * terms))
                fail_msg("%zu x %zu x %zu, %d %d: (%zu, %zu) is %g, not %g", s.m, s.n, s.k, turn_a,
                         turn_b, i, j, (double)c[i * ldc + j], sum);
        }
    free(a);
    free(b);
    free(c);
    free(before);
}

static loci_gemm_kernel *own(void) {
    return loci_gemm_kernel_for(loci_isa_best());
}

static void product(size_t m, size_t n, size_t k, loci_operand a, loci_operand b, float *c,
                    size_t ldc) {
    loci_gemm(own(), m, n, k, a, b, c, ldc);
}

static void check_all(loci_gemm_kernel *gemm) {
    for (size_t i = 0; i < SHAPES; i++)
        for (int turned = 0; turned < 4; turned++)
            check(gemm, shapes[i], turned & 1, turned & 2);
}

static void test_sums(void **state) {
    (void)state;
    check_all(product);
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        check_all(loci_gemm_kernel_for((enum loci_isa)isa));
}

/* Rows 0 .. count of a matrix, multiplied `height` at a time beginning with row `first`. */
static void multiply_rows(const float *a, size_t n, size_t k, loci_operand b, size_t first,
                          size_t height, size_t count, float *c) {
    float *scratch = loci_alloc(LOCI_GEMM_ROWS, (n + k) * sizeof *scratch);
    assert_non_null(scratch);
    for (size_t row = first; row < count; row += height) {
        size_t rows = count - row < height ? count - row : height;
        loci_gemm_rows(own(), rows, n, k, a + row * k, k, b, c + row * n, n, scratch);
    }
    free(scratch);
}

/* A row's product is the same bits alone, among others, and wherever among them it stands. */
static void test_rows_alone(void **state) {
    (void)state;
    static const struct shape nets[] = {{0, 10, 80}, {0, 80, 192}, {0, 2048, 784}, {0, 10, 2048}};
    enum { COUNT = 2 * LOCI_GEMM_ROWS };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        size_t n = nets[i].n, k = nets[i].k;
        float *a = draw(COUNT * k, 1), *weights = draw(k * n, 2);
        const loci_operand b = {weights, n, false};
        float *whole = draw(COUNT * n, 3), *parts = draw(COUNT * n, 4);
        multiply_rows(a, n, k, b, 0, LOCI_GEMM_ROWS, COUNT, whole);
        static const size_t heights[] = {1, 2, 7, 48, 63};
        for (size_t h = 0; h < sizeof heights / sizeof *heights; h++) {
            memset(parts, 0, COUNT * n * sizeof *parts);
            multiply_rows(a, n, k, b, 0, heights[h], COUNT, parts);
            assert_memory_equal(parts, whole, COUNT * n * sizeof *parts);
        }
        multiply_rows(a, n, k, b, 5, LOCI_GEMM_ROWS, COUNT, parts);
        assert_memory_equal(parts, whole, COUNT * n * sizeof *parts);
        free(a);
        free(weights);
        free(whole);
        free(parts);
    }
}

/* Skipping zeros or multiplying with them is the same to the last bit, of any width. */
static void test_zeros_skipped(void **state) {
    (void)state;
    enum { ROWS = 9, K = 300 };
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t n = 16; n <= 208; n += 16) {
            float *a = draw(ROWS * K, 1), *b = draw(K * n, 2), *c = draw(ROWS * n, 3);
            float *sparse = draw(ROWS * n, 4), value[ROWS * K];
            uint32_t start[ROWS + 1] = {0}, index[ROWS * K], entries = 0;
            for (size_t row = 0; row < ROWS; row++) {
                for (uint32_t k = 0; k < K; k++) {
                    if (a[row * K + k] < 0.3F) {
                        a[row * K + k] = 0;
                        continue;
                    }
                    value[entries] = a[row * K + k];
                    index[entries++] = k;
                }
                start[row + 1] = entries;
            }
            const loci_sparse rows = loci_sparse_rows(ROWS, start, index, value);
            loci_gemm_kernel_for((enum loci_isa)isa)(ROWS, n, K, (loci_operand){a, K, false},
                                                     (loci_operand){b, n, false}, c, n);
            loci_linear_kernels_for((enum loci_isa)isa)
                ->spmm(&rows, 0, ROWS, b, n, sparse, n, n, 0);
            assert_memory_equal(sparse, c, ROWS * n * sizeof *c);
            free(a);
            free(b);
            free(c);
            free(sparse);
        }
}

static volatile sig_atomic_t rung;

static void ring(int number) {
    (void)number;
    rung++;
}

/* A signal may come at any moment: oneDNN 2.6 takes memory of the heap for its stack, where a
 * handler's frame would lie over what is beside it. */
static void test_signals(void **state) {
    (void)state;
    enum { M = 64, N = 80, K = 192 };
    const struct sigaction action = {.sa_handler = ring};
    const struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    struct sigaction before;
    float *a = draw(M * K, 1), *b = draw(K * N, 2), *c = draw(M * N, 3);
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (int i = 0; i < 20000 && rung < 2000; i++)
        loci_gemm(own(), M, N, K, (loci_operand){a, K, false}, (loci_operand){b, N, false}, c, N);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_true(rung > 0);
    free(a);
    free(b);
    free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_zeros_skipped),
        cmocka_unit_test(test_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
