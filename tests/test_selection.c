/* Which connections are kept: the selection against a plain sort, stored cuts and bitmaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "synapse/connections.h"
#include "synapse/selection.h"

/* How strengths are drawn. */
enum kind {
    SMOOTH, /* all different, most likely */
    FEW,    /* of five values, 0 among them */
    EQUAL,  /* all the same */
    ZERO,   /* all 0 */
    TINY,   /* neighbouring subnormal numbers */
    NEAR,   /* neighbouring floats: nothing fits between them */
    WIDE,   /* over all exponents */
    KINDS
};

static float draw(enum kind kind, const loci_random *stream, size_t i) {
    uint32_t below = loci_random_below(stream, i, 5), bits;
    float value;
    switch (kind) {
    case SMOOTH:
        return (float)fabs(loci_random_normal(stream, i));
    case FEW:
        return (float)below * 0.3f;
    case EQUAL:
        return 0.7f;
    case TINY:
        return (float)below * FLT_TRUE_MIN;
    case NEAR:
        bits = 0x3f800000 + below;
        break;
    case WIDE:
        bits = loci_random_below(stream, i, 0x7f800000);
        break;
    default:
        return 0;
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

static loci_selection *make(size_t n, size_t m, enum kind kind, uint32_t round) {
    const loci_random stream = {n * 1000 + m, LOCI_RANDOM_TEST, round};
    loci_selection *kept;
    assert_int_equal(loci_selection_create(&kept, n, m, NULL), LOCI_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            kept->strength[i * kept->ld + j] = draw(kind, &stream, i * m + j);
    return kept;
}

/* ---- by a plain sort ---- */

typedef struct entry {
    float strength;
    size_t pair, index;
} entry;

static int stronger_first(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->strength != y->strength)
        return x->strength > y->strength ? -1 : 1;
    if (x->pair != y->pair)
        return x->pair < y->pair ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* All connections of some pairs, the strongest first; free() them. */
static entry *sort(loci_selection *const *kept, const float *factor, size_t pairs, size_t *count) {
    *count = 0;
    for (size_t l = 0; l < pairs; l++)
        *count += kept[l]->n * kept[l]->m;
    entry *entries = loci_alloc(*count, sizeof *entries), *next = entries;
    assert_non_null(entries);
    for (size_t l = 0; l < pairs; l++)
        for (size_t at = 0; at < kept[l]->n * kept[l]->m; at++) {
            size_t i = at / kept[l]->m, j = at % kept[l]->m;
            *next++ = (entry){factor[l] * kept[l]->strength[i * kept[l]->ld + j], l, at};
        }
    qsort(entries, *count, sizeof *entries, stronger_first);
    return entries;
}

/* The first `count` are kept, no other; padding is 0. */
static void assert_kept(const loci_selection *kept, const entry *sorted, size_t count) {
    uint8_t *expected = loci_alloc(kept->n, kept->ld);
    assert_non_null(expected);
    for (size_t t = 0; t < count; t++)
        expected[sorted[t].index / kept->m * kept->ld + sorted[t].index % kept->m] = 1;
    assert_memory_equal(kept->mask, expected, kept->n * kept->ld);
    assert_int_equal(kept->count, count);
    free(expected);
}

/* The cut lies between the last kept and the first dropped, halfway if there is room. */
static void assert_cut(const loci_selection *kept, const entry *sorted, size_t count, size_t all) {
    if (count == 0 || count == all)
        return;
    float last = sorted[count - 1].strength, next = sorted[count].strength;
    assert_true(kept->cut <= last && kept->cut >= next);
    double half = 0.5 * (double)last + 0.5 * (double)next;
    assert_true(fabs(kept->cut - half) <= 1.2e-7 * half + (double)FLT_TRUE_MIN);
}

/* What was stored gives the same set again; a count that the cut cannot leave is refused. */
static void check_stored(const loci_selection *kept, enum kind kind, const entry *sorted,
                         size_t all) {
    size_t above = 0, ties = 0;
    loci_selection *again = make(kept->n, kept->m, kind, 0);
    assert_true(loci_selection_apply(again, kept->cut, kept->count));
    assert_memory_equal(again->mask, kept->mask, kept->n * kept->ld);
    assert_int_equal(again->count, kept->count);
    assert_true(again->cut == kept->cut);
    for (size_t t = 0; t < all; t++) {
        above += sorted[t].strength > kept->cut;
        ties += sorted[t].strength == kept->cut;
    }
    if (above > 0)
        assert_false(loci_selection_apply(again, kept->cut, above - 1));
    if (above + ties < all)
        assert_false(loci_selection_apply(again, kept->cut, above + ties + 1));
    assert_false(loci_selection_apply(again, kept->cut, all + 1));
    assert_false(loci_selection_apply(again, NAN, kept->count + 1));
    loci_selection_free(again);
}

/* A list of the same cut holds the same connections, without all strengths at hand. */
static void check_listed(const loci_selection *kept, loci_pool *pool) {
    size_t n = kept->n, m = kept->m;
    float *weight = loci_alloc(n * m, sizeof *weight);
    uint8_t *mask = loci_alloc(n, kept->ld);
    assert_true(weight != NULL && mask != NULL);
    for (size_t i = 0; i < n; i++) /* signs do not matter */
        for (size_t j = 0; j < m; j++)
            weight[i * m + j] = kept->strength[i * kept->ld + j] * (i % 2 == 0 ? 1.0f : -1.0f);
    const loci_wiring w = {.n = n, .m = m, .weight = weight};
    loci_connections *list = NULL;
    size_t above = 0;
    assert_int_equal(
        loci_connections_of_cut(&list, &w, LOCI_RANK_NEARNESS, kept->cut, kept->count, pool, NULL),
        LOCI_OK);
    assert_int_equal(list->count, kept->count);
    loci_connections_mask(list, mask, kept->ld);
    assert_memory_equal(mask, kept->mask, n * kept->ld);
    loci_connections_free(list);

    for (size_t i = 0; i < n * m; i++)
        above += fabsf(weight[i]) > kept->cut;
    assert_int_equal(loci_connections_of_cut(&list, &w, LOCI_RANK_NEARNESS, kept->cut,
                                             LOCI_ANY_COUNT, pool, NULL),
                     LOCI_OK);
    assert_int_equal(list->count, above);
    loci_connections_free(list);
    size_t counted;
    assert_int_equal(
        loci_connections_count(&w, LOCI_RANK_NEARNESS, kept->cut, &counted, pool, NULL), LOCI_OK);
    assert_int_equal(counted, above);
    list = NULL;
    assert_int_equal(
        loci_connections_of_cut(&list, &w, LOCI_RANK_NEARNESS, kept->cut, n * m + 1, pool, NULL),
        LOCI_E_MISMATCH);
    if (above > 0)
        assert_int_equal(loci_connections_of_cut(&list, &w, LOCI_RANK_NEARNESS, kept->cut,
                                                 above - 1, pool, NULL),
                         LOCI_E_MISMATCH);
    assert_null(list);
    free(weight);
    free(mask);
}

static void check_select(size_t n, size_t m, enum kind kind, size_t count, loci_pool *pool) {
    const float one = 1;
    size_t all;
    loci_selection *kept = make(n, m, kind, 0);
    entry *sorted = sort(&kept, &one, 1, &all);
    assert_int_equal(loci_selection_select(kept, count, pool, NULL), LOCI_OK);
    assert_kept(kept, sorted, count);
    assert_cut(kept, sorted, count, all);
    check_stored(kept, kind, sorted, all);
    check_listed(kept, pool);
    free(sorted);
    loci_selection_free(kept);
}

static void test_selection(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 70}, {70, 1}, {3, 5}, {17, 64}, {40, 33}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int kind = 0; kind < KINDS; kind++) {
            size_t n = shapes[s][0], m = shapes[s][1], all = n * m;
            size_t counts[] = {0, 1, 2, all / 5, all / 2, all - all / 10, all - 1, all};
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
                if (counts[c] <= all)
                    check_select(n, m, (enum kind)kind, counts[c], NULL);
        }
}

/* Of a small pair, every count there is. */
static void test_every_count(void **state) {
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t count = 0; count <= 7 * 9; count++)
            check_select(7, 9, (enum kind)kind, count, NULL);
}

/* Pairs large enough to be shared out among tasks: any number of threads finds the same set, that
 * of the plain sort. */
static void test_threads(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        loci_pool *pool;
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
        check_select(500, 300, SMOOTH, 30001, pool);
        check_select(500, 300, FEW, 70003, pool);
        loci_pool_free(pool);
    }
}

/* ---- over several pairs ---- */

static void check_share(loci_selection *const *kept, const float *factor, size_t pairs,
                        size_t count, loci_pool *pool) {
    size_t all, shares[LOCI_RANKED_PAIRS], expected[LOCI_RANKED_PAIRS] = {0};
    entry *sorted = sort(kept, factor, pairs, &all);
    for (size_t t = 0; t < count; t++)
        expected[sorted[t].pair]++;
    assert_int_equal(loci_selection_share(kept, factor, pairs, count, shares, pool, NULL), LOCI_OK);
    for (size_t l = 0; l < pairs; l++)
        if (shares[l] != expected[l])
            fail_msg("of %zu, pair %zu has %zu instead of %zu", count, l, shares[l], expected[l]);
    free(sorted);
}

static void test_share(void **state) {
    (void)state;
    static const float equal[3] = {1, 1, 1}, scaled[3] = {3, 1, 0.25f};
    for (int kind = 0; kind < KINDS; kind++) {
        loci_selection *kept[3] = {make(13, 20, (enum kind)kind, 1),
                                   make(20, 30, (enum kind)kind, 2),
                                   make(30, 4, (enum kind)kind, 3)};
        size_t all = 13 * 20 + 20 * 30 + 30 * 4;
        const size_t counts[] = {0, 1, 7, all / 10, all / 2, all - 1, all};
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            check_share(kept, equal, 3, counts[c], NULL);
            if (kind != WIDE) /* whose products overflow */
                check_share(kept, scaled, 3, counts[c], NULL);
        }
        for (int l = 0; l < 3; l++)
            loci_selection_free(kept[l]);
    }
}

static void test_share_threads(void **state) {
    (void)state;
    const float factor[2] = {1, 2};
    loci_selection *kept[2] = {make(400, 200, SMOOTH, 1), make(200, 600, FEW, 2)};
    for (int threads = 1; threads <= 3; threads++) {
        loci_pool *pool;
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
        check_share(kept, factor, 2, 50000, pool);
        loci_pool_free(pool);
    }
    loci_selection_free(kept[0]);
    loci_selection_free(kept[1]);
}

/* ---- bitmaps ---- */

/* Connection i is bit i % 8 of byte i / 8. */
static void test_bitmap(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 8}, {3, 3}, {5, 64}, {9, 65}, {2, 130}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t n = shapes[s][0], m = shapes[s][1], bytes = loci_bitmap_bytes(n, m), ones = 0;
        loci_selection *kept = make(n, m, SMOOTH, 4);
        uint8_t *bitmap = loci_alloc(bytes + 1, 1);
        assert_int_equal(bytes, (n * m + 7) / 8);
        assert_int_equal(loci_selection_select(kept, n * m - n * m / 3, NULL, NULL), LOCI_OK);
        memset(bitmap, 0xff, bytes + 1);
        loci_connections *list, *again;
        assert_int_equal(loci_connections_of_mask(&list, n, m, kept->mask, kept->ld, NULL),
                         LOCI_OK);
        loci_connections_bitmap(list, bitmap);
        for (size_t i = 0; i < n * m; i++) {
            assert_int_equal(bitmap[i / 8] >> i % 8 & 1, kept->mask[i / m * kept->ld + i % m]);
            ones += kept->mask[i / m * kept->ld + i % m];
        }
        for (size_t i = n * m; i < 8 * bytes; i++) /* nothing past the end */
            assert_int_equal(bitmap[i / 8] >> i % 8 & 1, 0);
        assert_int_equal(bitmap[bytes], 0xff);
        assert_int_equal(loci_connections_of_bitmap(&again, n, m, bitmap, NULL), LOCI_OK);
        assert_int_equal(again->count, ones);
        uint8_t *mask = loci_alloc(n, kept->ld);
        assert_non_null(mask);
        loci_connections_mask(again, mask, kept->ld);
        assert_memory_equal(mask, kept->mask, n * kept->ld);
        free(mask);
        free(bitmap);
        loci_selection_free(kept);
        loci_connections_free(list);
        loci_connections_free(again);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection),     cmocka_unit_test(test_every_count),
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_share),
        cmocka_unit_test(test_share_threads), cmocka_unit_test(test_bitmap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
