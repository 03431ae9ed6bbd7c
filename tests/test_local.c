/* What is made by what is within reach alone: whole matrices (synapse/near.h) and products without
 * any (synapse/local.h), against the kernels that go through all, and the float64 twin. How "the
 * same to 1e-5" is meant stands in test_kernels.c. */
#include "listed_pair.h"

#include "synapse/connections.h"
#include "synapse/dense.h"
#include "synapse/local.h"
#include "synapse/near.h"
#include "wiring/cells.h"
#include "wiring/pair_law.h"

static const double TOLERANCE = 1e-5;

/* ---- cells ---- */

/* Every site is one lane, and all that are within reach of a place are in its runs. */
static void check_cells(const float *position, size_t count, size_t axes, float reach) {
    loci_arena arena = {0};
    loci_cells cells;
    loci_cells_take(&cells, count, axes, &arena);
    loci_run *run = loci_arena_take(&arena, loci_cells_runs(count), sizeof *run);
    uint8_t *seen = loci_arena_take(&arena, count, 1);
    assert_int_equal(loci_arena_status(&arena, "cells", NULL), LOCI_OK);
    const loci_sites_of sites = {position, NULL, count, axes, 1};
    loci_cells_sort(&cells, &sites);
    assert_true(cells.lanes <= cells.room && cells.strips <= loci_cells_runs(count));
    for (size_t lane = 0; lane < cells.lanes; lane++)
        if (cells.site[lane] != UINT32_MAX)
            assert_int_equal(seen[cells.site[lane]]++, 0);
        else
            assert_true(cells.e[lane] == 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(seen[i], 1);
    for (size_t k = 0; k < 100 && k < count; k++) {
        const float *p = position + k * (count / 100 + 1) % count * axes;
        size_t found = 0, near = 0, runs = loci_cells_find(&cells, p, reach * reach, run);
        for (size_t r = 0; r < runs; r++)
            for (size_t lane = run[r].first * LOCI_SLAB; lane < run[r].end * LOCI_SLAB; lane++)
                if (cells.site[lane] != UINT32_MAX) {
                    const float *q = position + cells.site[lane] * axes;
                    double square = 0;
                    for (size_t x = 0; x < axes; x++)
                        square += ((double)p[x] - q[x]) * ((double)p[x] - q[x]);
                    found += square < (double)reach * reach;
                }
        for (size_t i = 0; i < count; i++) {
            double square = 0;
            for (size_t x = 0; x < axes; x++)
                square += ((double)p[x] - position[i * axes + x]) *
                          ((double)p[x] - position[i * axes + x]);
            near += square < (double)reach * reach;
        }
        assert_int_equal(found, near);
    }
    loci_arena_clear(&arena);
}

static void test_cells(void **state) {
    (void)state;
    static const size_t counts[] = {1, 2, 15, 16, 17, 200, 784, 5000};
    for (size_t k = 0; k < 8; k++)
        for (size_t axes = 1; axes < 4; axes++) {
            size_t count = counts[k];
            float *position = draw(count * axes, 77, 1);
            check_cells(position, count, axes, 0.3f);
            check_cells(position, count, axes, 50);
            for (size_t i = 0; i < count * axes; i++) /* a line, and one far out */
                position[i] = i % axes == 0 ? (float)i : i == count * axes - 1 ? 1e6f : 0;
            check_cells(position, count, axes, 2.5f);
            memset(position, 0, count * axes * sizeof *position); /* all in one place */
            check_cells(position, count, axes, 0.1f);
            free(position);
        }
}

/* ---- whole matrices ---- */

static loci_wiring near_wiring(const struct pair *x, int law) {
    loci_wiring w = wiring_of(x);
    w.mask = NULL;
    loci_wiring_set_law(&w, law, 0.7f, 1 / 0.8f);
    return w;
}

/* One thread makes the same bytes as several. */
static void check_alone(const loci_wiring *w, const float *matrix, size_t ld) {
    loci_near *near;
    float *alone = loci_alloc(w->n, ld * sizeof *alone);
    assert_int_equal(loci_near_create(&near, w, NULL, NULL), LOCI_OK);
    assert_true(loci_near_update(near, w, NULL));
    loci_near_weights(near, w, alone, ld, NULL);
    assert_memory_equal(alone, matrix, w->n * ld * sizeof *alone);
    loci_near_free(near);
    free(alone);
}

/* Everything that the twin would want is in the kernels' own test; here, that both ways agree. */
static void check_near(const struct shape *shape, int law, loci_pool *pool) {
    struct pair x;
    open_pair(&x, shape, false, true, 0, 1, 1, 1);
    const loci_wiring w = near_wiring(&x, law);
    size_t ld = loci_leading(w.m);
    size_t sizes[] = {x.size[P], x.size[C], x.size[Q], x.size[E]};
    float *all[4], *near_sums[4], *matrix = loci_alloc(w.n, ld * sizeof(float)),
                                  *dw = draw(w.n * w.m, 8, 1), *wide = loci_alloc(w.n, ld * 4);
    for (int k = 0; k < 4; k++) {
        all[k] = loci_alloc(sizes[k], sizeof(float));
        near_sums[k] = loci_alloc(sizes[k], sizeof(float));
    }
    loci_near *near;
    loci_dense *dense;
    assert_true(loci_near_suits(&w));
    assert_int_equal(loci_near_create(&near, &w, pool, NULL), LOCI_OK);
    assert_int_equal(loci_dense_create(&dense, &w, false, false, pool, NULL), LOCI_OK);
    assert_true(loci_near_update(near, &w, pool)); /* else nothing is tested */
    loci_near_weights(near, &w, matrix, ld, pool);
    check_alone(&w, matrix, ld);
    float *buffer = loci_alloc(loci_tile_floats(&w, 64), sizeof(float)),
          *tile = loci_alloc(w.n, 256);
    loci_tile packed;
    loci_tile_pack(&w, 0, w.m, buffer, &packed);
    loci_wiring_kernels_for(loci_isa_best())->weights(&w, &packed, 0, w.n, tile, 64);
    for (size_t i = 0; i < w.n; i++)
        for (size_t j = 0; j < ld; j++) {
            float made = matrix[i * ld + j], other = j < w.m ? tile[i * 64 + j] : 0;
            if (!(fabsf(made - other) <= 2e-6f * (1 + fabsf(other))))
                fail_msg("law %d: weight %zu, %zu is %g instead of %g", law, i, j, made, other);
        }
    for (size_t i = 0; i < w.n; i++)
        memcpy(wide + i * ld, dw + i * w.m, w.m * sizeof *dw);
    loci_wiring_gradient a = {.p = all[0], .c = all[1], .q = all[2], .e = all[3]};
    loci_wiring_gradient b = {
        .p = near_sums[0], .c = near_sums[1], .q = near_sums[2], .e = near_sums[3]};
    loci_dense_contract(dense, &w, dw, &a, pool);
    loci_near_contract(near, &w, wide, ld, &b, pool);
    for (int k = 0; k < 4; k++) {
        double apart = 0, norm = 0;
        for (size_t i = 0; i < sizes[k]; i++) {
            apart += pow((double)all[k][i] - near_sums[k][i], 2);
            norm += pow((double)all[k][i], 2);
        }
        if (!(norm > 0 && sqrt(apart) <= TOLERANCE * sqrt(norm)))
            fail_msg("law %d, %zu coordinates: gradient %d is off by %g of %g", law, w.coordinates,
                     k, sqrt(apart), sqrt(norm));
    }
    const double sums[][2] = {{a.sums.value, b.sums.value},
                              {a.sums.slope, b.sums.slope},
                              {a.sums.reach, b.sums.reach},
                              {a.sums.length, b.sums.length}};
    for (int k = 0; k < 4; k++)
        if (!(fabs(sums[k][0] - sums[k][1]) <= 1e-4 * (1 + fabs(sums[k][0]))))
            fail_msg("law %d: sum %d is %g instead of %g", law, k, sums[k][1], sums[k][0]);
    for (int k = 0; k < 4; k++) {
        free(all[k]);
        free(near_sums[k]);
    }
    free(matrix);
    free(dw);
    free(wide);
    free(buffer);
    free(tile);
    loci_near_free(near);
    loci_dense_free(dense);
    close_pair(&x);
}

static void test_near(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {784, 30, 1, 3, 2}, {120, 60, 2, 4, 2}, {300, 17, 1, 9, 3}, {150, 33, 3, 2, 5}};
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    for (size_t s = 0; s < 4; s++)
        for (int law = 0; law < LOCI_LAWS; law++)
            check_near(&shapes[s], law, s % 2 ? pool : NULL);
    loci_pool_free(pool);
}

/* ---- lists ---- */

/* The same list as by looking at all. */
static void test_lists(void **state) {
    (void)state;
    static const struct shape shapes[] = {{300, 170, 1, 3, 2}, {90, 70, 2, 2, 3}, {1, 1, 1, 1, 2}};
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, 2, NULL), LOCI_OK);
    for (size_t s = 0; s < 3; s++) {
        struct pair x;
        loci_connections *near, *all;
        size_t count;
        open_pair(&x, &shapes[s], false, true, 0, 1, 1, 1);
        const loci_wiring w = near_wiring(&x, LOCI_LAW_INVERSE);
        assert_int_equal(
            loci_connections_of_cut(&all, &w, LOCI_RANK_NEARNESS, 2, LOCI_ANY_COUNT, NULL, NULL),
            LOCI_OK);
        assert_int_equal(loci_connections_within(&near, &w, 2, pool, NULL), LOCI_OK);
        assert_int_equal(loci_connections_count_within(&w, 2, &count, NULL, NULL), LOCI_OK);
        assert_int_equal(count, all->count);
        assert_int_equal(near->count, all->count);
        assert_memory_equal(near->receiver_start, all->receiver_start, (w.m + 1) * 4);
        assert_memory_equal(near->sender, all->sender, all->count * 4);
        assert_memory_equal(near->receiver, all->receiver, all->count * 4);
        loci_connections_free(near);
        loci_connections_free(all);
        close_pair(&x);
    }
    loci_pool_free(pool);
}

/* ---- products without a matrix ---- */

struct results {
    float *of[RESULTS];
};

static void open_results(const struct pair *x, struct results *r) {
    for (int k = 0; k < RESULTS; k++) {
        r->of[k] = loci_alloc(x->size[k], sizeof(float));
        assert_non_null(r->of[k]);
    }
}

static void close_results(struct results *r) {
    for (int k = 0; k < RESULTS; k++)
        free(r->of[k]);
}

/* Each entry of a product is handed on once, finished. */
struct watch {
    size_t columns, ld, seen;
    const float *made;
};

static void look(void *context, float *block, size_t first, size_t rows, size_t j0, size_t width) {
    struct watch *x = context;
    assert_true(block == x->made + first * x->ld + j0);
    size_t left = x->columns - j0;
    __atomic_add_fetch(&x->seen, rows * (width < left ? width : left), __ATOMIC_RELAXED);
}

static void cross(const struct pair *x, size_t count, bool sparse, loci_pool *pool,
                  struct results *r) {
    loci_wiring w = wiring_of(x);
    size_t ldn = loci_leading(w.n), ldm = loci_leading(w.m);
    float *in = loci_alloc(count * ldn, sizeof *in), *g = loci_alloc(count * ldm, sizeof *g);
    float *out = loci_alloc(count * ldm, sizeof *out),
          *back = loci_alloc(count * ldn, sizeof *back);
    uint32_t *start = loci_alloc(count + 1, 4), *index = loci_alloc(count * w.n, 4);
    float *value = loci_alloc(count * w.n, 4);
    w.inverse_range = w.cutoff;
    for (size_t b = 0; b < count; b++) {
        start[b + 1] = start[b];
        for (size_t i = 0; i < w.n; i++)
            if ((in[b * ldn + i] = x->in[b * w.n + i]) != 0) {
                index[start[b + 1]] = (uint32_t)i;
                value[start[b + 1]++] = in[b * ldn + i];
            }
        memcpy(g + b * ldm, x->g + b * w.m, w.m * sizeof *g);
    }
    const loci_sparse rows = loci_sparse_rows(count, start, index, value);
    const loci_activations a = {
        .count = count, .by_sample = sparse ? &rows : NULL, .dense = sparse ? NULL : in, .ld = ldn};
    for (int k = P; k < RESULTS; k++)
        memset(r->of[k], 0, x->size[k] * sizeof(float));
    loci_wiring_gradient gradient = {.p = r->of[P],
                                     .c = x->charged ? r->of[C] : NULL,
                                     .q = r->of[Q],
                                     .e = x->charged ? r->of[E] : NULL};
    loci_local *s;
    struct watch forward = {w.m, ldm, 0, out}, backward = {w.n, ldn, 0, back};
    assert_int_equal(loci_local_create(&s, &w, true, count, pool, NULL), LOCI_OK);
    for (int twice = 0; twice < 2; twice++) { /* nothing is left over from the batch before */
        loci_local_forward(s, &w, &a, out, &(loci_after){look, &forward}, pool);
        if (twice == 1)
            loci_local_backward(s, &w, &a, g, back, &(loci_after){look, &backward}, &gradient,
                                pool);
    }
    assert_int_equal(forward.seen, 2 * count * w.m);
    assert_int_equal(backward.seen, count * w.n);
    for (size_t b = 0; b < count; b++) {
        memcpy(r->of[OUT] + b * w.m, out + b * ldm, w.m * sizeof *out);
        memcpy(r->of[IN_GRADIENT] + b * w.n, back + b * ldn, w.n * sizeof *back);
    }
    *r->of[BASE] = (float)gradient.sums.slope;
    *r->of[REACHED] = (float)gradient.sums.reach;
    *r->of[LOG_SCALE] = (float)gradient.sums.value;
    loci_local_free(s);
    free(in);
    free(g);
    free(out);
    free(back);
    free(start);
    free(index);
    free(value);
}

static void compare(const struct pair *x, const struct results *r) {
    for (int k = 0; k < RESULTS; k++)
        for (size_t i = 0; k != WEIGHT && i < x->size[k]; i++) {
            double a = r->of[k][i], b = x->twin[k][i];
            bool bare = !x->charged && (k == C || k == E);
            if (!bare && !(fabs(a - b) <= TOLERANCE * x->terms[k][i]))
                fail_msg("%s: %s[%zu] is %.9g instead of %.9g", x->name, result_names[k], i, a, b);
        }
}

static const struct shape shapes[] = {{1, 1, 1, 1, 2},    {40, 30, 1, 3, 2}, {9, 150, 2, 2, 3},
                                      {170, 20, 3, 1, 1}, {65, 64, 1, 8, 5}, {400, 90, 1, 4, 2}};

/* With a mask, too: some neurons have no connection at all. */
static void test_products(void **state) {
    (void)state;
    static const size_t counts[] = {1, 63, 65, 257};
    for (size_t s = 0; s < 6; s++)
        for (size_t c = 0; c < 4; c++) {
            struct pair x;
            struct results r;
            open_pair(&x, &shapes[s], false, (s + c) % 3 != 0, (s + c) % 2 ? 0.6f : 1.6f,
                      c % 2 ? 1 : 0.4, counts[c], 0.4);
            open_results(&x, &r);
            for (int sparse = 0; sparse < 2; sparse++) {
                cross(&x, x.count, sparse, NULL, &r);
                compare(&x, &r);
            }
            close_results(&r);
            close_pair(&x);
        }
}

static void test_threads(void **state) {
    (void)state;
    struct pair x;
    struct results one, many;
    open_pair(&x, &shapes[5], false, true, 0.8f, 1, 200, 0.4);
    open_results(&x, &one);
    open_results(&x, &many);
    cross(&x, x.count, true, NULL, &one);
    for (int threads = 2; threads <= 4; threads++) {
        loci_pool *pool;
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
        cross(&x, x.count, true, pool, &many);
        for (int k = 0; k < RESULTS; k++)
            assert_memory_equal(one.of[k], many.of[k], x.size[k] * sizeof(float));
        loci_pool_free(pool);
    }
    close_results(&one);
    close_results(&many);
    close_pair(&x);
}

/* What comes of a sample does not depend on those beside it. */
static void test_alone(void **state) {
    (void)state;
    struct pair x;
    struct results alone, all;
    open_pair(&x, &shapes[5], false, true, 0.8f, 1, 130, 0.4);
    open_results(&x, &alone);
    open_results(&x, &all);
    cross(&x, 1, true, NULL, &alone);
    cross(&x, x.count, true, NULL, &all);
    assert_memory_equal(alone.of[OUT], all.of[OUT], x.m * sizeof(float));
    assert_memory_equal(alone.of[IN_GRADIENT], all.of[IN_GRADIENT], x.n * sizeof(float));
    close_results(&alone);
    close_results(&all);
    close_pair(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),   cmocka_unit_test(test_near),
        cmocka_unit_test(test_lists),   cmocka_unit_test(test_products),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
