/* What a summary says of the network that is kept, whatever the end of training made of it. */
#include "run_fixture.h"

#include <loci/record.h>
#include <math.h>
#include <stdlib.h>

#include "network/contents.h"
#include "train/trainer.h"

enum { KINDS = 7 };

/* Rounding, or a cut, that comes after the last epoch was measured, or before. */
static loci_config kind_of(size_t kind) {
    loci_config config = small_config(EPOCHS);
    config.train.patience = 0;
    config.train.quantise = LOCI_QUANTISE_2;
    config.train.quantise_what = LOCI_QUANTISE_POSITIONS;
    config.train.quantise_start = kind == 1 ? 0.999 : kind == 2 ? 0.5 : 1;
    if (kind == 3) /* no epoch can be the best: none is rounded */
        config.train.patience = 2;
    if (kind == 4)
        config.train.average = 2;
    if (kind >= 5) {
        config.train.patience = kind == 5 ? 2 : 0;
        config.train.quantise_start = kind == 5 ? 0.5 : 1;
        config.train.prune = (loci_prune_plan){
            .sparsity = 0.6, .when = LOCI_PRUNE_AFTER, .by = LOCI_PRUNE_BY_WEIGHT};
    }
    return config;
}

/* The model that is kept, measured by a trainer that holds the same samples out. */
static void measure(const loci_config *config, loci_metrics *out) {
    loci_network *model;
    loci_trainer *trainer;
    assert_int_equal(loci_network_load(&model, run, NULL), LOCI_OK);
    assert_non_null(model->rounding);
    assert_int_equal(loci_trainer_create(&trainer, model, data, &config->train, 5, NULL, NULL),
                     LOCI_OK);
    assert_int_equal(loci_trainer_measure(trainer, true, out, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    loci_network_free(model);
}

static void test_scores_are_those_of_the_model(void **state) {
    (void)state;
    bool differ = false; /* what the end changes shows; else nothing would be seen here */
    for (size_t kind = 0; kind < KINDS; kind++) {
        loci_config config = kind_of(kind);
        loci_summary summary;
        loci_metrics now, *lines;
        loci_error error = {0};
        size_t count;
        if (train(&config, run, NULL, &summary, &error) != LOCI_OK)
            fail_msg("%zu: %s: %s", kind, error.where, error.message);
        config.train.quantise = LOCI_QUANTISE_NO;
        measure(&config, &now);
        if (summary.test_accuracy != now.test_accuracy)
            fail_msg("%zu: test %g, but %g was told", kind, now.test_accuracy,
                     summary.test_accuracy);
        if (summary.validation_accuracy != now.validation_accuracy)
            fail_msg("%zu: validation %g, but %g was told", kind, now.validation_accuracy,
                     summary.validation_accuracy);
        assert_int_equal(loci_metrics_read(&lines, &count, run, NULL), LOCI_OK);
        differ |= fabs(lines[count - 1].test_accuracy - now.test_accuracy) > 1e-6;
        differ |= fabs(lines[count - 1].validation_accuracy - now.validation_accuracy) > 1e-6;
        free(lines);
        scratch_remove(run);
    }
    assert_true(differ);
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(test_scores_are_those_of_the_model)};
    return cmocka_run_group_tests(tests, prepare, clean);
}
