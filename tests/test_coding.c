/* How numbers become input spikes: rates, seeds, the latency formula, values out of range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/batch.h"

enum { FEATURES = 24 };

/* Samples of FEATURES numbers, the last ones of a few values, as sparse rows. */
struct samples {
    size_t count;
    uint32_t *start, *index, *identity;
    float *value;
    loci_sparse rows;
};

static struct samples make_samples(size_t count, const float *values) {
    struct samples s = {.count = count};
    s.start = loci_alloc(count + 1, sizeof *s.start);
    s.identity = loci_alloc(count, sizeof *s.identity);
    s.index = loci_alloc(count * FEATURES, sizeof *s.index);
    s.value = loci_alloc(count * FEATURES, sizeof *s.value);
    for (uint32_t i = 0, end = 0; i < count; i++) {
        s.identity[i] = i;
        for (uint32_t k = 0; k < FEATURES; k++)
            if (values[k] != 0) {
                s.index[end] = k;
                s.value[end++] = values[k];
            }
        s.start[i + 1] = end;
    }
    s.rows = loci_sparse_rows(count, s.start, s.index, s.value);
    return s;
}

static void drop_samples(struct samples *s) {
    free(s->start);
    free(s->index);
    free(s->identity);
    free(s->value);
}

static loci_events code(const struct samples *s, int coding, uint32_t steps, uint64_t seed,
                        uint32_t round) {
    const loci_coding_options options = {.coding = coding, .steps = steps, .seed = seed};
    loci_events events = {0};
    assert_int_equal(loci_code(&events, &options, &s->rows, s->identity, round, NULL), LOCI_OK);
    return events;
}

static bool spikes(const loci_events *e, size_t row, uint32_t input) {
    for (uint32_t k = e->start[row]; k < e->start[row + 1]; k++)
        if (e->index[k] == input)
            return true;
    return false;
}

/* Rows are well-formed: inputs in order, each once, and every value 1. */
static void check_rows(const loci_events *e, size_t rows) {
    assert_int_equal(e->start[0], 0);
    for (size_t row = 0; row < rows; row++)
        for (uint32_t k = e->start[row]; k < e->start[row + 1]; k++) {
            assert_true(k == e->start[row] || e->index[k] > e->index[k - 1]);
            assert_in_range(e->index[k], 0, FEATURES - 1);
            assert_true(e->value[k] == 1);
        }
}

/* x of feature k runs from below 0 to above 1. */
static void fill_values(float values[FEATURES]) {
    for (int k = 0; k < FEATURES; k++)
        values[k] = (float)(k - 2) / 20; /* -0.1 .. 1.05; 0 at 2, 1 at 22 */
}

/* The share of steps with a spike is x, within five standard deviations; taken as 0 or 1 where x is
 * out of range; and neither steps, samples nor inputs hang together. */
static void test_poisson_rate(void **state) {
    (void)state;
    enum { COUNT = 100, STEPS = 200 };
    float values[FEATURES];
    fill_values(values);
    struct samples s = make_samples(COUNT, values);
    loci_events e = code(&s, LOCI_CODING_POISSON, STEPS, 1, 0);
    check_rows(&e, COUNT * STEPS);
    double n = COUNT * STEPS;
    for (uint32_t k = 0; k < FEATURES; k++) {
        double x = fmax(0, fmin(1, values[k])), rate = 0, steps = 0, samples = 0, inputs = 0;
        for (size_t t = 0; t < STEPS; t++)
            for (size_t i = 0; i < COUNT; i++) {
                bool now = spikes(&e, i * STEPS + t, k);
                rate += now;
                steps += now && spikes(&e, i * STEPS + (t + 1) % STEPS, k);
                samples += now && spikes(&e, (i + 1) % COUNT * STEPS + t, k);
                inputs += now && spikes(&e, i * STEPS + t, 12); /* x = 1/2 */
            }
        assert_true(fabs(rate / n - x) <= 5 * sqrt(x * (1 - x) / n));
        double square = x * x, half = k == 12 ? x : x * 0.5, most = 5 * sqrt(0.25 / n);
        assert_true(fabs(steps / n - square) <= most);
        assert_true(fabs(samples / n - square) <= most);
        assert_true(fabs(inputs / n - half) <= most);
    }
    loci_events_clear(&e);
    drop_samples(&s);
}

static bool same(const loci_events *a, const loci_events *b, size_t rows) {
    return memcmp(a->start, b->start, (rows + 1) * sizeof *a->start) == 0 &&
           memcmp(a->index, b->index, a->start[rows] * sizeof *a->index) == 0;
}

/* The same seed and round, the same spikes; another of either, others. */
static void test_poisson_seed(void **state) {
    (void)state;
    enum { COUNT = 5, STEPS = 10 };
    float values[FEATURES];
    fill_values(values);
    struct samples s = make_samples(COUNT, values);
    loci_events first = code(&s, LOCI_CODING_POISSON, STEPS, 1, 3);
    const struct {
        uint64_t seed;
        uint32_t round;
        bool same;
    } others[] = {{1, 3, true}, {2, 3, false}, {1, 4, false}, {1ull << 32 | 1, 3, false}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        loci_events e = code(&s, LOCI_CODING_POISSON, STEPS, others[i].seed, others[i].round);
        assert_int_equal(same(&first, &e, COUNT * STEPS), others[i].same);
        loci_events_clear(&e);
    }
    loci_events_clear(&first);
    drop_samples(&s);
}

/* A sample's spikes do not depend on which others are in its batch, nor where it stands there; two
 * samples of equal numbers have different ones, the largest identity among them. */
static void test_poisson_alone(void **state) {
    (void)state;
    enum { COUNT = 6, STEPS = 1000 };
    float values[FEATURES];
    fill_values(values);
    struct samples all = make_samples(COUNT, values), one = make_samples(1, values);
    const uint32_t identities[COUNT] = {7, 0, 4294967295u, 1073741824u, 12, 13};
    memcpy(all.identity, identities, sizeof identities);
    loci_events together = code(&all, LOCI_CODING_POISSON, STEPS, 9, 2);
    for (size_t i = 0; i < COUNT; i++) {
        one.identity[0] = identities[i];
        loci_events alone = code(&one, LOCI_CODING_POISSON, STEPS, 9, 2);
        for (size_t t = 0; t < STEPS; t++)
            for (uint32_t k = 0; k < FEATURES; k++)
                assert_int_equal(spikes(&alone, t, k), spikes(&together, i * STEPS + t, k));
        loci_events_clear(&alone);
        for (size_t other = 0; other < i; other++) {
            size_t equal = 0;
            for (size_t t = 0; t < STEPS; t++)
                equal += spikes(&together, i * STEPS + t, 12) ==
                         spikes(&together, other * STEPS + t, 12);
            assert_in_range(equal, STEPS * 4 / 10, STEPS * 6 / 10);
        }
    }
    loci_events_clear(&together);
    drop_samples(&all);
    drop_samples(&one);
}

static void test_latency(void **state) {
    (void)state;
    const struct {
        float x;
        uint32_t steps, at;
    } cases[] = {
        {1, 25, 0},     {2, 25, 0},      {0, 25, 25},    {-1, 25, 25},  {1e-6f, 25, 24},
        {0.5f, 25, 12}, {0.75f, 5, 1},   {0.25f, 5, 3},  {0.9f, 5, 0},  {1, 1, 0},
        {0.1f, 1, 0},   {0, 1, 1},       {0.5f, 2, 1},   {0.51f, 2, 0}, {0.001f, 1000, 998},
        {NAN, 10, 10},  {0.999f, 10, 0}, {0.625f, 5, 2}, /* halves go away from 0 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(loci_latency(cases[i].x, cases[i].steps, 1), cases[i].at);

    enum { COUNT = 3, STEPS = 7 };
    float values[FEATURES];
    fill_values(values);
    struct samples s = make_samples(COUNT, values);
    loci_events e = code(&s, LOCI_CODING_LATENCY, STEPS, 1, 0);
    check_rows(&e, COUNT * STEPS);
    for (size_t t = 0; t < STEPS; t++)
        for (size_t i = 0; i < COUNT; i++)
            for (uint32_t k = 0; k < FEATURES; k++)
                assert_int_equal(spikes(&e, i * STEPS + t, k),
                                 loci_latency(values[k], STEPS, 1) == t);
    loci_events_clear(&e);
    drop_samples(&s);
}

/* Room made for one batch serves the next ones, larger and smaller. */
static void test_events_are_used_again(void **state) {
    (void)state;
    float values[FEATURES], few[FEATURES] = {0};
    fill_values(values);
    few[3] = 0.5f;
    loci_events again = {0};
    for (size_t i = 0; i < 12; i++) {
        size_t count = (i * 5) % 7;
        uint32_t steps = (uint32_t)(1 + (i * 11) % 13);
        struct samples s = make_samples(count, i % 3 == 0 ? few : values);
        const loci_coding_options options = {i % 2 ? LOCI_CODING_POISSON : LOCI_CODING_LATENCY,
                                             steps, 1, 1, false};
        loci_events fresh = code(&s, options.coding, steps, 1, 5);
        assert_int_equal(loci_code(&again, &options, &s.rows, s.identity, 5, NULL), LOCI_OK);
        assert_true(same(&fresh, &again, count * steps));
        check_rows(&again, count * steps);
        loci_events_clear(&fresh);
        drop_samples(&s);
    }
    loci_events_clear(&again);
}

/* A batch hands on its samples' numbers and the epoch, and makes both orders. */
static void test_batches(void **state) {
    (void)state;
    enum { COUNT = 5, STEPS = 6 };
    static float x[COUNT * FEATURES];
    int32_t labels[COUNT] = {0, 1, 0, 1, 0};
    loci_dataset *data;
    loci_batch *batch;
    const loci_coding_options coding = {.coding = LOCI_CODING_POISSON, .steps = STEPS, .seed = 4};
    for (size_t i = 0; i < COUNT; i++)
        fill_values(x + i * FEATURES);
    for (size_t i = 0; i < COUNT * FEATURES; i++)
        x[i] = fmaxf(0, fminf(1, x[i])); /* a data set would bring them there by itself */
    assert_int_equal(
        loci_dataset_from_arrays(&data, "same", 4, 6, x, labels, COUNT, x, labels, COUNT, NULL),
        LOCI_OK);
    assert_int_equal(loci_batch_create(&batch, COUNT, FEATURES, true, &coding, NULL), LOCI_OK);
    const uint32_t chosen[3] = {4, 0, 2};
    struct samples s = make_samples(3, x);
    memcpy(s.identity, chosen, sizeof chosen);
    assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, chosen, 3, NULL, 8, NULL), LOCI_OK);
    loci_events e = code(&s, LOCI_CODING_POISSON, STEPS, 4, 8);
    assert_int_equal(batch->in.count, 3 * STEPS);
    assert_true(same(&batch->events, &e, 3 * STEPS));
    assert_int_equal(batch->by_input.blocks, 1);
    const loci_sparse *by_input = &batch->by_input.block[0];
    assert_int_equal(by_input->start[FEATURES], e.start[3 * STEPS]);
    for (uint32_t k = 0; k < FEATURES; k++)
        for (uint32_t i = by_input->start[k]; i < by_input->start[k + 1]; i++) {
            assert_true(spikes(&e, by_input->index[i], k));
            assert_true(by_input->value[i] == 1);
        }
    loci_events_clear(&e);
    drop_samples(&s);
    loci_batch_free(batch);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_rate),  cmocka_unit_test(test_poisson_seed),
        cmocka_unit_test(test_poisson_alone), cmocka_unit_test(test_latency),
        cmocka_unit_test(test_batches),       cmocka_unit_test(test_events_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
