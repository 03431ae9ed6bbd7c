/* Samples that are not in memory: what a network is given of them, and what is told of them, is as
 * if they were. */
#include <math.h>

#include "base/memory.h"
#include "data/batch.h"
#include "data/glyphs.h"
#include "data/samples.h"
#include "scratch.h"

enum { SIDE = 32, PIXELS = SIDE * SIDE, FEW = 40 };

/* Some samples of a data set, in memory. */
static loci_dataset *copy_of(const loci_dataset *data, uint8_t *bytes, int32_t *labels) {
    loci_dataset *out;
    assert_int_equal(loci_dataset_bytes(data, LOCI_TRAIN, 0, FEW, bytes), LOCI_OK);
    for (size_t i = 0; i < FEW; i++)
        labels[i] = loci_dataset_label(data, LOCI_TRAIN, i);
    const loci_arrays train = {.count = FEW, .bytes = bytes, .labels = labels, .classes = 10};
    assert_int_equal(loci_dataset_borrow(&out, "copy", SIDE, SIDE, &train, NULL, NULL), LOCI_OK);
    return out;
}

static void check_batch(loci_batch *a, loci_batch *b) {
    for (size_t i = 0; i < FEW; i++) {
        size_t n = a->end[i] - a->start[i];
        assert_int_equal(n, b->end[i] - b->start[i]);
        assert_true(n > 20);
        assert_memory_equal(a->index + a->start[i], b->index + b->start[i], n * sizeof *a->index);
        assert_memory_equal(a->value + a->start[i], b->value + b->start[i], n * sizeof *a->value);
    }
}

/* Batches of drawn samples are those of the same ones in memory: as they are, shifted, turned, and
 * scaled by a network, on one thread and on two. */
static void test_batches(void **state) {
    (void)state;
    static uint8_t bytes[FEW * PIXELS];
    static float low[PIXELS], span[PIXELS];
    int32_t labels[FEW];
    uint32_t which[FEW];
    loci_dataset *drawn, *copy;
    loci_batch *a, *b;
    loci_pool *pool;
    assert_int_equal(loci_dataset_open(&drawn, "glyphs-32", NULL, NULL), LOCI_OK);
    copy = copy_of(drawn, bytes, labels);
    assert_int_equal(loci_pool_create(&pool, 2, NULL), LOCI_OK);
    for (size_t i = 0; i < FEW; i++)
        which[i] = (uint32_t)(i * 7 % FEW);
    for (size_t p = 0; p < PIXELS; p++)
        span[p] = 300;
    for (int way = 0; way < 6; way++) {
        loci_warping warping = {.by = {.shift = 3, .rotate = way % 3 == 2 ? 10 : 0},
                                .seed = 1,
                                .height = SIDE,
                                .width = SIDE,
                                .channels = 1};
        assert_int_equal(loci_batch_create(&a, FEW, PIXELS, true, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_batch_create(&b, FEW, PIXELS, true, NULL, NULL), LOCI_OK);
        a->pool = pool;
        if (way >= 3) {
            loci_batch_scale(a, low, span);
            loci_batch_scale(b, low, span);
        }
        const loci_warping *by = way % 3 == 0 ? NULL : &warping;
        assert_int_equal(loci_batch_fill(a, drawn, LOCI_TRAIN, which, FEW, by, 0, NULL), LOCI_OK);
        assert_int_equal(loci_batch_fill(b, copy, LOCI_TRAIN, which, FEW, by, 0, NULL), LOCI_OK);
        check_batch(a, b);
        loci_batch_free(a);
        loci_batch_free(b);
    }
    loci_pool_free(pool);
    loci_dataset_free(copy);
    loci_dataset_free(drawn);
}

/* ---- glyphs-SIDE ---- */

static uint64_t hash_of(uint32_t sample, uint32_t side) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    uint8_t *picture = loci_alloc(side, side);
    assert_int_equal(loci_glyphs_draw(sample, side, picture), loci_glyphs_digit(sample));
    for (size_t p = 0; p < (size_t)side * side; p++)
        hash = (hash ^ picture[p]) * 1099511628211u;
    free(picture);
    return hash;
}

/* Part of the data set's definition: accuracies hang on it. */
static void test_pictures(void **state) {
    (void)state;
    assert_true(hash_of(0, 28) == 0x671411cf2c02f8ebu);
    assert_true(hash_of(60000, 100) == 0x597eb9c045224a07u);
    assert_true(hash_of(5, 1024) == 0x15139c5fd05fab2bu);
}

/* The same digits at every size: averaged to 28 x 28 pixels they differ by the grain of the ink. */
static void test_same_digits(void **state) {
    (void)state;
    enum { TIMES = 4, BIG = 28 * TIMES };
    static uint8_t small[28 * 28], big[BIG * BIG];
    double off = 0, ink = 0;
    for (uint32_t sample = 0; sample < 20; sample++) {
        memset(small, 0, sizeof small);
        memset(big, 0, sizeof big);
        assert_int_equal(loci_glyphs_draw(sample, 28, small), loci_glyphs_draw(sample, BIG, big));
        for (int p = 0; p < 28 * 28; p++) {
            double mean = 0;
            for (int k = 0; k < TIMES * TIMES; k++)
                mean += big[(p / 28 * TIMES + k / TIMES) * BIG + p % 28 * TIMES + k % TIMES];
            mean /= TIMES * TIMES;
            off += fabs(mean - small[p]);
            ink += small[p];
        }
    }
    assert_true(off < 0.12 * ink);
}

static void test_told(void **state) {
    (void)state;
    loci_dataset *data, *glyphs, *other;
    loci_error error;
    char mark[2][LOCI_FINGERPRINT];
    static float sample[128 * 128];
    assert_int_equal(loci_dataset_open(&data, "glyphs-128", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&glyphs, "glyphs", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&other, "glyphs-128", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_width(data), 128);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 6000);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 1000);
    assert_int_equal(loci_dataset_classes(data), 10);
    assert_true(loci_dataset_is_bytes(data) && loci_dataset_note(data, 0) == NULL);
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(loci_dataset_label(data, (enum loci_split)s, i),
                             loci_dataset_label(glyphs, (enum loci_split)s, i));
    loci_dataset_fingerprint(data, LOCI_TRAIN, mark[0]);
    loci_dataset_fingerprint(other, LOCI_TRAIN, mark[1]);
    assert_string_equal(mark[0], mark[1]);
    loci_dataset_fingerprint(data, LOCI_TEST, mark[1]);
    assert_string_not_equal(mark[0], mark[1]);
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 1000, sample), LOCI_E_ARGUMENT);
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 999, sample), LOCI_OK);
    loci_dataset_free(data);
    loci_dataset_free(glyphs);
    loci_dataset_free(other);
    static const char *const wrong[] = {"glyphs-31", "glyphs-1025", "glyphs-064",
                                        "glyphs-",   "glyphs-64x",  "glyphs-10000000000"};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(loci_dataset_open(&data, wrong[i], NULL, &error), LOCI_E_NOT_FOUND);
        assert_non_null(strstr(error.message, "32 to 1024"));
    }
}

/* ---- places-SIDE ---- */

/* What is to be predicted is the middle of what is drawn, and each picture has one digit whole. */
static void test_places(void **state) {
    (void)state;
    enum { WIDE = 40, DIGIT = 28 };
    loci_dataset *data;
    loci_error error;
    static float sample[WIDE * WIDE];
    assert_int_equal(loci_dataset_open(&data, "places-40", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 20000);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 5000);
    assert_int_equal(loci_dataset_outputs(data), 2);
    bool moved = false;
    for (size_t i = 0; i < FEW; i++) {
        int first[2] = {WIDE, WIDE}, last[2] = {-1, -1};
        assert_int_equal(loci_dataset_sample(data, LOCI_TEST, i, sample), LOCI_OK);
        for (int at = 0; at < WIDE * WIDE; at++) {
            const int place[2] = {at / WIDE, at % WIDE};
            for (int c = 0; c < 2 && sample[at] > 0; c++) {
                first[c] = place[c] < first[c] ? place[c] : first[c];
                last[c] = place[c] > last[c] ? place[c] : last[c];
            }
        }
        for (int c = 0; c < 2; c++) {
            float middle = (float)(first[c] + last[c]) / 2;
            assert_in_range(last[c] - first[c], 1, DIGIT - 1);
            assert_float_equal(loci_dataset_target(data, LOCI_TEST, i)[c], middle, 0);
            moved |= fabsf(middle - WIDE / 2) > 3;
        }
    }
    assert_true(moved);
    loci_dataset_free(data);
    assert_int_equal(loci_dataset_open(&data, "places-31", NULL, &error), LOCI_E_NOT_FOUND);
    assert_non_null(strstr(error.message, "32 to 128"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),     cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_same_digits), cmocka_unit_test(test_told),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
