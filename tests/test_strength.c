/* Strengths of connections, by which pruning ranks them. A cut is stored as one number and applied
 * on other machines, so they must be the same bits in every compilation and however connections are
 * laid out in tiles; and near the float64 twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "draw.h"
#include "synapse/selection.h"

static const double TOLERANCE = 1e-6;

/* A pair, and its strengths by the twin. */
struct pair {
    char name[128];
    loci_wiring wiring;
    float *p, *q, *c, *e;
    double *nearness, *magnitude, *terms; /* [n, m]; terms: what the magnitude was summed from */
};

/* One connection in float64. */
static void measure_twin(struct pair *pair, size_t i, size_t j) {
    const loci_wiring *w = &pair->wiring;
    double nearest = 0, sum = 0, terms = 0;
    for (size_t a = i * w->axons; a < (i + 1) * w->axons; a++)
        for (size_t b = j * w->dendrites; b < (j + 1) * w->dendrites; b++) {
            double square = w->base;
            for (size_t x = 0; x < w->coordinates; x++) {
                double d = (double)w->p[a * w->coordinates + x] - w->q[b * w->coordinates + x];
                square += d * d;
            }
            double k = 1 / sqrt(square), charge = (w->c ? w->c[a] : 1.0) * (w->e ? w->e[b] : 1.0);
            nearest = fmax(nearest, k);
            sum += charge * fmax(k - w->cutoff, 0);
            terms += fabs(charge) * (k + w->cutoff);
        }
    pair->nearness[i * w->m + j] = nearest;
    pair->magnitude[i * w->m + j] = fabs(sum);
    pair->terms[i * w->m + j] = terms;
}

static void open_pair(struct pair *pair, size_t C, size_t A, size_t D, size_t n, size_t m,
                      bool charged, float cutoff) {
    snprintf(pair->name, sizeof pair->name, "%zu coordinates, %zu x %zu sites, %zu to %zu%s%s", C,
             A, D, n, m, charged ? "" : " uncharged", cutoff > 0 ? " in range" : "");
    pair->p = draw(n * A * C, 1);
    pair->q = draw(m * D * C, 2);
    pair->c = charged ? draw(n * A, 3) : NULL;
    pair->e = charged ? draw(m * D, 4) : NULL;
    pair->wiring = (loci_wiring){.n = n,
                                 .m = m,
                                 .axons = A,
                                 .dendrites = D,
                                 .coordinates = C,
                                 .p = pair->p,
                                 .c = pair->c,
                                 .q = pair->q,
                                 .e = pair->e,
                                 .base = 0.01f,
                                 .scale = 1,
                                 .cutoff = cutoff};
    pair->nearness = loci_alloc(n * m, sizeof(double));
    pair->magnitude = loci_alloc(n * m, sizeof(double));
    pair->terms = loci_alloc(n * m, sizeof(double));
    assert_true(pair->nearness != NULL && pair->magnitude != NULL && pair->terms != NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            measure_twin(pair, i, j);
}

static void close_pair(struct pair *pair) {
    free(pair->p);
    free(pair->q);
    free(pair->c);
    free(pair->e);
    free(pair->nearness);
    free(pair->magnitude);
    free(pair->terms);
}

/* Strengths [n, m] by one compilation, in tiles of `width` receiving neurons and rows in two parts.
 */
static void run(const struct pair *pair, enum loci_isa isa, enum loci_rank rank, size_t width,
                float *out) {
    const loci_wiring *w = &pair->wiring;
    const loci_strength_kernels *kernels = loci_strength_kernels_for(isa);
    float *buffer = loci_alloc(loci_tile_floats(w, width), sizeof *buffer);
    float *block = loci_alloc(w->n, 64 * sizeof *block);
    assert_true(buffer != NULL && block != NULL);
    for (size_t j0 = 0; j0 < w->m; j0 += width) {
        loci_tile tile;
        size_t left = w->m - j0, half = w->n / 2;
        loci_tile_pack(w, j0, left < width ? left : width, buffer, &tile);
        for (int part = 0; part < 2; part++) {
            size_t i0 = part == 0 ? 0 : half, i1 = part == 0 ? half : w->n;
            (rank == LOCI_RANK_NEARNESS ? kernels->nearness : kernels->magnitude)(
                w, &tile, i0, i1, block + i0 * 64, 64);
        }
        for (size_t i = 0; i < w->n; i++)
            memcpy(out + i * w->m + j0, block + i * 64, tile.width * sizeof *out);
    }
    free(buffer);
    free(block);
}

static void check_pair(const struct pair *pair) {
    const loci_wiring *w = &pair->wiring;
    size_t all = w->n * w->m;
    float *out = loci_alloc(all, sizeof *out), *other = loci_alloc(all, sizeof *other);
    assert_true(out != NULL && other != NULL);
    for (int rank = 0; rank < 2; rank++) {
        const double *twin = rank == LOCI_RANK_NEARNESS ? pair->nearness : pair->magnitude;
        run(pair, LOCI_ISA_GENERIC, (enum loci_rank)rank, 64, out);
        for (size_t i = 0; i < all; i++) {
            double terms = rank == LOCI_RANK_NEARNESS ? twin[i] : pair->terms[i];
            if (!(fabs(out[i] - twin[i]) <= TOLERANCE * terms))
                fail_msg("%s: strength %zu is %.9g instead of %.9g", pair->name, i, (double)out[i],
                         twin[i]);
        }
        for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
            for (size_t width = 5; width <= 64; width += 59) {
                run(pair, (enum loci_isa)isa, (enum loci_rank)rank, width, other);
                if (memcmp(out, other, all * sizeof *out) != 0)
                    fail_msg("%s: %s differs with %s in tiles of %zu", pair->name,
                             rank == LOCI_RANK_NEARNESS ? "nearness" : "magnitude",
                             loci_isa_name((enum loci_isa)isa), width);
            }
    }
    free(out);
    free(other);
}

static void test_strengths(void **state) {
    (void)state;
    static const size_t coordinates[] = {1, 2, 3, 9}, sites[] = {1, 2, 8};
    static const size_t shapes[][2] = {{1, 1}, {7, 15}, {33, 50}, {3, 130}};
    for (size_t c = 0; c < 4; c++)
        for (size_t a = 0; a < 3; a++)
            for (size_t d = 0; d < 3; d++)
                for (size_t s = 0; s < 4; s++) {
                    struct pair pair;
                    open_pair(&pair, coordinates[c], sites[a], sites[d], shapes[s][0], shapes[s][1],
                              (a + d + s) % 4 != 0, (a + d) % 2 ? 0.7f : 0);
                    check_pair(&pair);
                    close_pair(&pair);
                }
}

/* Measured whole, with any number of threads: without the scale, of a conventional pair |w|. */
static void test_measure(void **state) {
    (void)state;
    struct pair pair;
    open_pair(&pair, 2, 2, 3, 40, 150, true, 0);
    pair.wiring.scale = 17; /* ranks nothing */
    size_t n = 40, m = 150;
    float *out = loci_alloc(n * m, sizeof *out);
    for (int rank = 0; rank < 2; rank++)
        for (int threads = 1; threads <= 3; threads++) {
            loci_pool *pool;
            loci_selection *kept;
            struct pair plain = pair;
            plain.wiring.scale = 1;
            run(&plain, loci_isa_best(), (enum loci_rank)rank, 64, out);
            assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
            assert_int_equal(loci_selection_create(&kept, n, m, NULL), LOCI_OK);
            assert_int_equal(
                loci_selection_measure(kept, &pair.wiring, (enum loci_rank)rank, pool, NULL),
                LOCI_OK);
            for (size_t i = 0; i < n; i++)
                assert_memory_equal(kept->strength + i * kept->ld, out + i * m, m * sizeof *out);
            loci_selection_free(kept);
            loci_pool_free(pool);
        }
    const float weights[] = {1, -2, 0, -0.0f, 0.5f, -3};
    const loci_wiring stored = {.n = 2, .m = 3, .weight = weights};
    loci_selection *kept;
    assert_int_equal(loci_selection_create(&kept, 2, 3, NULL), LOCI_OK);
    assert_int_equal(loci_selection_measure(kept, &stored, LOCI_RANK_NEARNESS, NULL, NULL),
                     LOCI_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_true(kept->strength[i / 3 * kept->ld + i % 3] == fabsf(weights[i]));
        assert_false(signbit(kept->strength[i / 3 * kept->ld + i % 3]));
    }
    loci_selection_free(kept);
    free(out);
    close_pair(&pair);
}

/* Sites on one spot, and charges whose products overflow, have the largest strength there is: a cut
 * among them can still be stored as a number. */
static void test_strengths_are_finite(void **state) {
    (void)state;
    struct pair pair;
    open_pair(&pair, 2, 1, 1, 4, 4, true, 0);
    pair.wiring.base = 0;
    memcpy(pair.q, pair.p, 4 * 2 * sizeof(float));
    pair.c[0] = 3e38f;
    pair.e[1] = -3e38f;
    for (int rank = 0; rank < 2; rank++) {
        loci_selection *kept;
        assert_int_equal(loci_selection_create(&kept, 4, 4, NULL), LOCI_OK);
        assert_int_equal(
            loci_selection_measure(kept, &pair.wiring, (enum loci_rank)rank, NULL, NULL), LOCI_OK);
        assert_true(kept->strength[rank == LOCI_RANK_NEARNESS ? 0 : 1] == FLT_MAX);
        for (size_t count = 0; count <= 16; count++) {
            size_t ones = 0;
            assert_int_equal(loci_selection_select(kept, count, NULL, NULL), LOCI_OK);
            assert_true(isfinite(kept->cut));
            for (size_t i = 0; i < 16; i++)
                ones += kept->mask[i / 4 * kept->ld + i % 4];
            assert_int_equal(ones, count);
        }
        loci_selection_free(kept);
    }
    close_pair(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strengths),
        cmocka_unit_test(test_measure),
        cmocka_unit_test(test_strengths_are_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
