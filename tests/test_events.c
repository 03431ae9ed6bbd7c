/* Temporal data: lists of events, arrays of them, and the rows of a batch that they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/batch.h"
#include "data/event_list.h"
#include "data/jitter.h"
#include "data/npz.h"
#include "scratch_folder.h"

enum { N = 6, T = 5, C = 4 };

/* What happens in sample i. */
static uint8_t many(size_t i, size_t t, size_t c) {
    return (uint8_t)((i * 7 + t * 3 + c * 5) % 4 == 0 ? 1 + (i + t + c) % 3 : 0);
}

static const char *write_arrays(const char *name, bool test) {
    static uint8_t events[N][T][C];
    static const uint8_t labels[N] = {0, 1, 2, 0, 1, 2};
    const char *path = scratch_path(folder, name);
    for (size_t i = 0; i < N; i++)
        for (size_t t = 0; t < T; t++)
            for (size_t c = 0; c < C; c++)
                events[i][t][c] = many(i, t, c);
    const loci_npz_array arrays[] = {
        {"events_train", "|u1", 3, {N, T, C}, events},
        {"y_train", "|u1", 1, {N}, labels},
        {"events_test", "|u1", 3, {3, T, C}, events},
        {"y_test", "|u1", 1, {3}, labels},
    };
    assert_int_equal(loci_npz_write(path, arrays, test ? 4 : 2, NULL), LOCI_OK);
    return path;
}

static loci_dataset *must_open(const char *path, const loci_data_options *options) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    if (loci_dataset_open(&data, path, options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static void arrays_are_read(void **state) {
    (void)state;
    float out[T * C], sum[C];
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    assert_int_equal(loci_dataset_steps(data), T);
    assert_int_equal(loci_dataset_width(data), C);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 3);
    for (size_t i = 0; i < N; i++) {
        float all[C] = {0};
        assert_int_equal(loci_dataset_events(data, LOCI_TRAIN, i, out), LOCI_OK);
        for (size_t e = 0; e < T * C; e++) {
            assert_float_equal(out[e], many(i, e / C, e % C), 0);
            all[e % C] += out[e];
        }
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, i, sum), LOCI_OK);
        assert_memory_equal(sum, all, sizeof sum);
    }
    assert_int_equal(loci_dataset_events(data, LOCI_TRAIN, N, out), LOCI_E_ARGUMENT);
    loci_dataset_free(data);
}

static void counts_in_memory_become_lists(void **state) {
    (void)state;
    static float counts[N][T][C];
    static const int32_t labels[N] = {0, 1, 2, 0, 1, 2};
    loci_arrays train = {.count = N, .samples = counts[0][0], .labels = labels, .steps = T};
    loci_arrays test = train;
    loci_dataset *data = NULL;
    loci_error error;
    float out[T * C];
    for (size_t k = 0; k < N * T * C; k++)
        counts[k / T / C][k / C % T][k % C] = many(k / T / C, k / C % T, k % C);
    test.count = 2;
    assert_int_equal(loci_dataset_borrow(&data, "counts", 1, C, &train, &test, &error), LOCI_OK);
    assert_int_equal(loci_dataset_steps(data), T);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 2);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(loci_dataset_events(data, LOCI_TRAIN, i, out), LOCI_OK);
        assert_memory_equal(out, counts[i], sizeof out);
    }
    loci_dataset_free(data);
    assert_int_equal(loci_dataset_borrow(&data, "counts", 2, C / 2, &train, NULL, &error),
                     LOCI_E_ARGUMENT);
    test.steps = T - 1;
    assert_int_equal(loci_dataset_borrow(&data, "counts", 1, C, &train, &test, &error),
                     LOCI_E_ARGUMENT);
    test.steps = T;
    static const float wrong[] = {0.5F, -1, 65536, NAN};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        counts[N - 1][T - 1][0] = wrong[k];
        assert_int_equal(loci_dataset_borrow(&data, "counts", 1, C, &train, &test, &error),
                         LOCI_E_ARGUMENT);
    }
}

static void steps_and_channels_are_gathered(void **state) {
    (void)state;
    float out[4], expected[4] = {0};
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.time_steps = 2;
    options.group_channels = 3;
    loci_dataset *data = must_open(write_arrays("whole.npz", true), &options);
    assert_int_equal(loci_dataset_steps(data), 2);
    assert_int_equal(loci_dataset_width(data), 2);
    assert_non_null(loci_dataset_note(data, 0));
    for (size_t t = 0; t < T; t++)
        for (size_t c = 0; c < C; c++)
            expected[t * 2 / T * 2 + c / 3] += many(4, t, c);
    assert_int_equal(loci_dataset_events(data, LOCI_TRAIN, 4, out), LOCI_OK);
    assert_memory_equal(out, expected, sizeof out);
    loci_dataset_free(data);
    options.time_steps = T + 1;
    loci_error error;
    assert_int_equal(loci_dataset_open(&data, scratch_path(folder, "whole.npz"), &options, &error),
                     LOCI_E_ARGUMENT);
}

static void a_test_part_is_split_off(void **state) {
    (void)state;
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.test_fraction = 0.34;
    loci_dataset *data = must_open(write_arrays("alone.npz", false), &options);
    size_t test = loci_dataset_count(data, LOCI_TEST), train = loci_dataset_count(data, LOCI_TRAIN);
    assert_true(test >= 1);
    assert_int_equal(test + train, N);
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < loci_dataset_count(data, (enum loci_split)s); i++) {
            float out[T * C];
            size_t same = 0;
            assert_int_equal(loci_dataset_events(data, (enum loci_split)s, i, out), LOCI_OK);
            for (size_t k = 0; k < N; k++) {
                bool equal = loci_dataset_label(data, (enum loci_split)s, i) == (int32_t)(k % 3);
                for (size_t e = 0; e < T * C; e++)
                    equal &= out[e] == (float)many(k, e / C, e % C);
                same += equal;
            }
            assert_true(same >= 1);
        }
    loci_dataset_free(data);
}

static void fingerprints_tell_them_apart(void **state) {
    (void)state;
    char a[LOCI_FINGERPRINT], b[LOCI_FINGERPRINT], c[LOCI_FINGERPRINT];
    loci_data_options options;
    loci_data_options_defaults(&options);
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    loci_dataset_fingerprint(data, LOCI_TRAIN, a);
    data->part[LOCI_TRAIN].event_count[0]++;
    loci_dataset_fingerprint(data, LOCI_TRAIN, b);
    data->part[LOCI_TRAIN].event_count[0]--;
    data->part[LOCI_TRAIN].event_start[1]++;
    loci_dataset_fingerprint(data, LOCI_TRAIN, c);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, c);
    loci_dataset_free(data);
}

static void refused(const char *name, const char *dtype, uint32_t rank, const size_t *shape,
                    const void *events, const char *says) {
    static const uint8_t labels[2] = {0, 1};
    const char *path = scratch_path(folder, name);
    loci_npz_array arrays[] = {{"events_train", dtype, rank, {0}, events},
                               {"y_train", "|u1", 1, {2}, labels}};
    loci_dataset *data = NULL;
    loci_error error = {0};
    memcpy(arrays[0].shape, shape, rank * sizeof *shape);
    assert_int_equal(loci_npz_write(path, arrays, 2, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    if (strstr(error.message, says) == NULL)
        fail_msg("%s", error.message);
}

static void what_are_no_counts_is_refused(void **state) {
    (void)state;
    const float half[4] = {0, 1, 0.5f, 0}, below[4] = {0, -1, 0, 0}, large[4] = {0, 0, 0, 65536};
    static const uint8_t long_one[2 * 1001];
    refused("half.npz", "<f4", 3, (const size_t[]){2, 2, 1}, half, "0.5; events are counted");
    refused("below.npz", "<f4", 3, (const size_t[]){2, 2, 1}, below, "-1; events are counted");
    refused("large.npz", "<f4", 3, (const size_t[]){2, 2, 1}, large, "65536; events are counted");
    refused("flat.npz", "<f4", 2, (const size_t[]){2, 2}, half, "2 dimensions");
    refused("long.npz", "|u1", 3, (const size_t[]){2, 1001, 1}, long_one, "1001 time steps");
}

/* Gathered, there may be more than any number of 32 bits holds. */
static void no_sum_of_events_overflows(void **state) {
    (void)state;
    enum { CHANNELS = 65538 };
    static uint16_t many[2][CHANNELS];
    for (size_t c = 0; c < CHANNELS; c++)
        many[1][c] = UINT16_MAX;
    many[0][0] = 1;
    const uint8_t labels[2] = {0, 1};
    const char *path = scratch_path(folder, "many.npz");
    const loci_npz_array arrays[] = {{"events_train", "<u2", 3, {2, 1, CHANNELS}, many},
                                     {"y_train", "|u1", 1, {2}, labels}};
    loci_dataset *data = NULL;
    loci_data_options options;
    loci_error error = {0};
    loci_data_options_defaults(&options);
    options.group_channels = CHANNELS;
    assert_int_equal(loci_npz_write(path, arrays, 2, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, &options, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "at most 65535 are accepted"));
}

/* ---- rows of a batch ---- */

/* Rows as numbers: out [T * C] of sample i of the batch. */
static void spread(const loci_batch *b, size_t i, float *out) {
    memset(out, 0, T * C * sizeof *out);
    for (size_t t = 0; t < T; t++)
        for (uint32_t e = b->by_sample.start[i * T + t]; e < b->by_sample.end[i * T + t]; e++) {
            assert_true(e == b->by_sample.start[i * T + t] ||
                        b->by_sample.index[e - 1] < b->by_sample.index[e]);
            out[t * C + b->by_sample.index[e]] += b->by_sample.value[e];
        }
}

static loci_batch *must_batch(void) {
    const loci_coding_options coding = {.coding = LOCI_CODING_EVENTS, .steps = T};
    loci_batch *b = NULL;
    assert_int_equal(loci_batch_create(&b, N, C, true, &coding, NULL), LOCI_OK);
    return b;
}

static void a_batch_holds_them_as_they_are(void **state) {
    (void)state;
    const uint32_t which[3] = {4, 0, 2};
    float out[T * C], rows[3 * T * C], again[T * C];
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    loci_batch *b = must_batch(), *plain = must_batch();
    assert_int_equal(loci_batch_fill(b, data, LOCI_TRAIN, which, 3, NULL, 0, NULL), LOCI_OK);
    assert_int_equal(b->in.count, 3 * T);
    for (size_t i = 0; i < 3; i++) {
        spread(b, i, out);
        loci_dataset_events(data, LOCI_TRAIN, which[i], rows + i * T * C);
        assert_memory_equal(out, rows + i * T * C, sizeof out);
        assert_int_equal(b->labels[i], which[i] % 3);
    }
    assert_int_equal(loci_batch_fill_rows(plain, rows, 3, 0, NULL), LOCI_OK);
    for (size_t i = 0; i < 3; i++) {
        spread(b, i, out);
        spread(plain, i, again);
        assert_memory_equal(out, again, sizeof out);
    }
    loci_batch_free(b);
    loci_batch_free(plain);
    loci_dataset_free(data);
}

/* Fills with sample 4 at a place of the batch, moved; to out. */
static void fill_moved(const loci_dataset *data, const loci_warping *warping, size_t place,
                       float *out) {
    uint32_t which[N] = {0, 1, 2, 3, 5, 5};
    loci_batch *b = must_batch();
    which[place] = 4;
    assert_int_equal(loci_batch_fill(b, data, LOCI_TRAIN, which, place + 1, warping, 0, NULL),
                     LOCI_OK);
    spread(b, place, out);
    loci_batch_free(b);
}

static void samples_move_as_drawn(void **state) {
    (void)state;
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    bool moved = false;
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        const loci_warping warping = {
            .jitter = {.time_shift = 2, .channel_shift = 1}, .seed = 3, .epoch = epoch};
        float here[T * C], there[T * C], expected[T * C] = {0};
        loci_jittered by;
        loci_jitter_draw(&by, &warping.jitter, 3, epoch, 4);
        assert_true(labs((long)by.later) <= 2 && labs((long)by.across) <= 1);
        moved |= by.later != 0 && by.across != 0;
        for (int64_t t = 0; t < T; t++)
            for (int64_t c = 0; c < C; c++)
                if (t + by.later >= 0 && t + by.later < T && c + by.across >= 0 &&
                    c + by.across < C)
                    expected[(t + by.later) * C + c + by.across] = many(4, (size_t)t, (size_t)c);
        fill_moved(data, &warping, 0, here);
        fill_moved(data, &warping, 5, there);
        assert_memory_equal(here, expected, sizeof here);
        assert_memory_equal(there, expected, sizeof there);
    }
    assert_true(moved);
    loci_dataset_free(data);
}

static void stretching_gathers_steps(void **state) {
    (void)state;
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    bool shorter = false, longer = false;
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        const loci_warping warping = {.jitter = {.time_stretch = 0.8}, .seed = 3, .epoch = epoch};
        float here[T * C], expected[T * C] = {0};
        loci_jittered by;
        loci_jitter_draw(&by, &warping.jitter, 3, epoch, 4);
        shorter |= by.factor < 0.6;
        longer |= by.factor > 1.4;
        for (uint32_t t = 0; t < T; t++)
            for (uint32_t c = 0; c < C && loci_jitter_step(&by, t) < T; c++)
                expected[loci_jitter_step(&by, t) * C + c] += many(4, t, c);
        fill_moved(data, &warping, 0, here);
        assert_memory_equal(here, expected, sizeof here);
    }
    assert_true(shorter && longer);
    loci_dataset_free(data);
}

static void some_are_left_out(void **state) {
    (void)state;
    loci_dataset *data = must_open(write_arrays("whole.npz", true), NULL);
    double all = 0, kept = 0;
    for (uint32_t epoch = 0; epoch < 400; epoch++) {
        const loci_warping warping = {.jitter = {.drop = 0.25}, .seed = 3, .epoch = epoch};
        float here[T * C];
        fill_moved(data, &warping, 0, here);
        for (size_t e = 0; e < T * C; e++) {
            assert_true(here[e] <= many(4, e / C, e % C));
            all += many(4, e / C, e % C);
            kept += here[e];
        }
    }
    assert_true(kept / all > 0.72 && kept / all < 0.78); /* six deviations */
    loci_dataset_free(data);
}

/* ---- sorting ---- */

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void places_are_sorted(void **state) {
    (void)state;
    enum { MANY = 3000 };
    static uint32_t places[MANY], wanted[MANY], spare[MANY];
    for (unsigned bits = 1; bits <= 32; bits += 5) {
        uint32_t x = 12345;
        for (size_t i = 0; i < MANY; i++) {
            x = x * 1664525 + 1013904223;
            wanted[i] = places[i] = x >> (32 - bits);
        }
        qsort(wanted, MANY, sizeof *wanted, by_size);
        loci_event_sort(places, spare, MANY);
        assert_memory_equal(places, wanted, sizeof places);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_read),
        cmocka_unit_test(counts_in_memory_become_lists),
        cmocka_unit_test(steps_and_channels_are_gathered),
        cmocka_unit_test(a_test_part_is_split_off),
        cmocka_unit_test(fingerprints_tell_them_apart),
        cmocka_unit_test(what_are_no_counts_is_refused),
        cmocka_unit_test(no_sum_of_events_overflows),
        cmocka_unit_test(a_batch_holds_them_as_they_are),
        cmocka_unit_test(samples_move_as_drawn),
        cmocka_unit_test(stretching_gathers_steps),
        cmocka_unit_test(some_are_left_out),
        cmocka_unit_test(places_are_sorted),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
