/* What is known of samples beyond their arrays: data that are made of what others tell of
 * themselves train the same, and samples without answers teach and measure nothing. */
#include "scratch_folder.h"

#include <math.h>

#include <loci/codegen.h>
#include <loci/facts.h>

#include "data/dataset.h"
#include "data/hold_out.h"
#include "pair_data.h"

static pair_data of;

static int open_pair(void **state) {
    loci_config config;
    loci_config_defaults(&config);
    config.spec.hidden[0] = 4;
    return make_folder(state) + pair_data_open(&of, &config.spec, folder);
}

static int close_pair(void **state) {
    pair_data_close(&of);
    return remove_folder(state);
}

static loci_arrays arrays_of(int task, const loci_data_facts *facts) {
    bool regress = task == LOCI_TASK_REGRESS, known = facts == NULL || !facts->unlabelled;
    return (loci_arrays){.count = TRAIN,
                         .samples = of.pixels,
                         .labels = known && !regress ? of.labels : NULL,
                         .targets = known && regress ? of.targets : NULL,
                         .outputs = regress ? NUMBERS : 0,
                         .classes = regress ? 0 : CLASSES,
                         .facts = facts};
}

/* Rows that stay together are held out together, by the same numbers. */
static void row_keys_go_along(void **state) {
    (void)state;
    uint64_t keys[TRAIN];
    uint32_t order[TRAIN], again[TRAIN];
    size_t held, groups = 0;
    for (size_t i = 0; i < TRAIN; i++)
        keys[i] = 1 + i / 4;
    const char *names[PIXELS];
    for (size_t f = 0; f < PIXELS; f++)
        names[f] = "a";
    loci_data_facts facts = {.row_keys = keys,
                             .validation_groups = 2,
                             .columns = "{}",
                             .column_names = names,
                             .duration = 2,
                             .grouped = 3,
                             .reading = LOCI_READING_SECOND},
                    told, twice;
    loci_arrays train = arrays_of(LOCI_TASK_CLASSIFY, &facts);
    loci_dataset *data, *twin;
    assert_int_equal(loci_dataset_borrow(&data, "x", 1, PIXELS, &train, NULL, NULL), LOCI_OK);
    loci_dataset_facts(data, &told);
    assert_ptr_not_equal(told.row_keys, keys);
    train.facts = &told;
    assert_int_equal(loci_dataset_borrow(&twin, "x", 1, PIXELS, &train, NULL, NULL), LOCI_OK);
    loci_dataset_free(data);
    loci_dataset_facts(twin, &twice);
    assert_memory_equal(twice.row_keys, keys, sizeof keys);
    assert_string_equal(twice.columns, "{}");
    assert_string_equal(twice.column_names[PIXELS - 1], "a");
    assert_true(twice.duration == 2 && twice.grouped == 3 && twice.validation_groups == 2);
    assert_int_equal(loci_dataset_reading(twin), LOCI_READING_SECOND);
    assert_int_equal(loci_hold_out(twin, 0, order, &held, NULL), LOCI_OK);
    assert_int_equal(held, 8);
    for (size_t i = 0; i < held; i++)
        groups += i == 0 || keys[order[i]] != keys[order[i - 1]];
    assert_int_equal(groups, 2);
    assert_int_equal(loci_hold_out(twin, 0, again, &held, NULL), LOCI_OK);
    assert_memory_equal(order, again, sizeof order);
    loci_dataset_free(twin);
}

static void facts_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const char *const names[PIXELS] = {"a"};
    const loci_data_facts wrong[] = {{.validation_groups = 1},
                                     {.duration = -1},
                                     {.duration = NAN},
                                     {.column_names = names}, /* of an image */
                                     {.unlabelled = 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        loci_arrays train = arrays_of(LOCI_TASK_CLASSIFY, &wrong[i]);
        loci_dataset *data = NULL;
        train.labels = of.labels;
        assert_int_equal(loci_dataset_borrow(&data, "x", SIDE, SIDE, &train, NULL, NULL),
                         LOCI_E_ARGUMENT);
        assert_null(data);
    }
    static int32_t unknown[TRAIN] = {-1};
    loci_arrays train = arrays_of(LOCI_TASK_CLASSIFY, &(loci_data_facts){.columns = "{}"});
    loci_dataset *data = NULL;
    train.labels = unknown;
    assert_int_equal(loci_dataset_borrow(&data, "x", SIDE, SIDE, &train, NULL, NULL),
                     LOCI_E_ARGUMENT);
}

static void samples_without_answers_teach_and_measure_nothing(void **state) {
    (void)state;
    const loci_data_facts facts = {.unlabelled = 1};
    for (int task = 0; task < 2; task++) {
        loci_arrays train = arrays_of(task, &facts);
        loci_dataset *data;
        loci_network *network, *other = NULL;
        loci_trainer *trainer = NULL;
        loci_export *export = NULL;
        loci_evaluation found;
        loci_config config;
        loci_error error[5] = {{0}};
        char path[300];
        snprintf(path, sizeof path, "%s/run", folder);
        assert_int_equal(loci_dataset_borrow(&data, "new", SIDE, SIDE, &train, NULL, NULL),
                         LOCI_OK);
        assert_true(loci_dataset_unlabelled(data) && !loci_dataset_unlabelled(of.data[task]));
        assert_int_equal(loci_dataset_task(data), task);
        assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, 0), -1);
        assert_null(loci_dataset_target(data, LOCI_TRAIN, 0));
        assert_int_equal(loci_network_load(&network, of.model[task], NULL), LOCI_OK);
        loci_config_defaults(&config);
        config.spec.hidden[0] = 4;
        loci_export_options to;
        loci_export_options_defaults(&to);
        to.data = data;
        const int status[] = {
            loci_evaluate(network, data, LOCI_TRAIN, NULL, 1, &found, &error[0]),
            loci_trainer_create(&trainer, network, data, &config.train, 1, NULL, &error[1]),
            loci_network_create_for(&other, &config.spec, data, 1, &error[2]),
            loci_run_train(&config, data, path, NULL, NULL, NULL, &error[3]),
            loci_export_create(&export, network, &to, &error[4]),
        };
        for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
            assert_int_equal(status[i], LOCI_E_ARGUMENT);
            assert_string_equal(error[i].where, "new");
            assert_non_null(strstr(error[i].message, "without answers"));
        }
        assert_int_not_equal(access(path, F_OK), 0);
        loci_network_free(network);
        loci_dataset_free(data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_keys_go_along),
        cmocka_unit_test(facts_that_cannot_be_are_refused),
        cmocka_unit_test(samples_without_answers_teach_and_measure_nothing),
    };
    return cmocka_run_group_tests_name("facts", tests, open_pair, close_pair);
}
