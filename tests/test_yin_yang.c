/* The built-in set yin-yang, by numbers that numpy's RandomState gave; tests/python compares all of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loci/data.h>

#include "data/mersenne.h"

/* RandomState(42): rand(3), randint(3) six times, randint(1), randint(1000). */
static void numbers_are_those_of_numpy(void **state) {
    (void)state;
    static const double uniform[] = {0.3745401188473625, 0.9507143064099162, 0.7319939418114051};
    static const uint32_t below[] = {0, 0, 2, 1, 2, 2, 330};
    loci_mersenne rng;
    loci_mersenne_seed(&rng, 42);
    for (size_t i = 0; i < 3; i++)
        assert_true(loci_mersenne_uniform(&rng) == uniform[i]);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(loci_mersenne_below(&rng, 3), below[i]);
    assert_int_equal(loci_mersenne_below(&rng, 1), 0);
    assert_int_equal(loci_mersenne_below(&rng, 1000), below[6]);
    for (size_t i = 0; i < 2000; i++)
        loci_mersenne_uniform(&rng);
    assert_true(loci_mersenne_uniform(&rng) == 0.8447894362860214);
}

static void check_point(const loci_dataset *data, enum loci_split split, size_t i, float x, float y,
                        float not_x, int32_t label) {
    float sample[5];
    assert_int_equal(loci_dataset_sample(data, split, i, sample), LOCI_OK);
    assert_true(sample[0] == x && sample[1] == y && sample[2] == not_x);
    assert_int_equal(loci_dataset_label(data, split, i), label);
}

static void points_are_the_published_ones(void **state) {
    (void)state;
    loci_dataset *data;
    assert_int_equal(loci_dataset_open(&data, "yin-yang", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 5000);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 1000);
    assert_int_equal(loci_dataset_width(data), 4);
    assert_string_equal(loci_dataset_class_name(data, 1), "yang");
    check_point(data, LOCI_TRAIN, 0, 0x1.5c5146p-1f, 0x1.cd4faep-2f, 0x1.475d76p-2f, 2);
    check_point(data, LOCI_TRAIN, 1, 0x1.9010a2p-4f, 0x1.5e53cap-1f, 0x1.cdfdecp-1f, 1);
    check_point(data, LOCI_TRAIN, 4999, 0x1.89c4d2p-1f, 0x1.2d3ac2p-1f, 0x1.d8ecbap-3f, 2);
    check_point(data, LOCI_TEST, 0, 0x1.df6e10p-3f, 0x1.9b5dcap-2f, 0x1.88247cp-1f, 2);
    loci_dataset_free(data);
}

static void another_set_and_another_input(void **state) {
    (void)state;
    float sample[5];
    loci_dataset *data;
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.bias_input = 1;
    assert_int_equal(loci_dataset_open(&data, "yin-yang-validation", &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_width(data), 5);
    assert_null(loci_dataset_note(data, 0));
    check_point(data, LOCI_TRAIN, 1, 0x1.9010a2p-4f, 0x1.5e53cap-1f, 0x1.cdfdecp-1f, 1);
    check_point(data, LOCI_TEST, 0, 0x1.5c7408p-1f, 0x1.48ad40p-2f, 0x1.4717f2p-2f, 0);
    for (size_t i = 0; i < 1000; i++) {
        loci_dataset_sample(data, LOCI_TEST, i, sample);
        assert_true(sample[4] == 1);
    }
    loci_dataset_free(data);
    assert_int_equal(loci_dataset_open(&data, "glyphs", &options, NULL), LOCI_E_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_numpy),
        cmocka_unit_test(points_are_the_published_ones),
        cmocka_unit_test(another_set_and_another_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
