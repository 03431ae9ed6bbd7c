/* Options by name, and the configuration of a run that they make. */
#include "scratch.h"

#include <string.h>

#include <loci/run.h>

static loci_config config;
static loci_error error;

static int plan(const char *preset, const loci_given *given, size_t count) {
    error = (loci_error){0};
    return loci_config_plan(&config, preset, given, count, &error);
}

static void refuse(const char *name, const char *text, const char *where, const char *message) {
    const loci_config before = config;
    error = (loci_error){0};
    assert_int_equal(loci_config_set(&config, name, text, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, where);
    assert_non_null(strstr(error.message, message));
    assert_memory_equal(&config, &before, sizeof config);
}

static void test_options_of_every_table(void **state) {
    (void)state;
    static const loci_given given[] = {
        {"hidden", "30,20"},  {"lr", "0.5"},     {"label", "kind"},  {"missing", "mean"},
        {"data", "here.csv"}, {"seed", "42"},    {"no-test", "yes"}, {"header", "no"},
        {"pixels", "no"},     {"test", "t.csv"}, {"colour", "grey"}, {"batch", "7"},
    };
    assert_int_equal(plan(NULL, given, sizeof given / sizeof *given), LOCI_OK);
    assert_int_equal(config.spec.hidden_count, 2);
    assert_int_equal(config.spec.hidden[1], 20);
    assert_true(config.train.lr == 0.5);
    assert_int_equal(config.train.batch, 7);
    assert_string_equal(config.label_column, "kind");
    assert_string_equal(config.missing, "mean");
    assert_string_equal(config.data, "here.csv");
    assert_string_equal(config.test_file, "t.csv");
    assert_string_equal(config.colour, "grey");
    assert_int_equal(config.seed, 42);
    assert_int_equal(config.no_test, 1);
    /* what says nothing is kept as "", as files have it */
    assert_string_equal(config.header, "no");
    assert_string_equal(config.pixels, "");
    assert_int_equal(loci_config_set(&config, "missing", "refuse", NULL), LOCI_OK);
    assert_string_equal(config.missing, "");
}

/* Every text of the table goes where loci_config_data() looks for it, or is refused by its names.
 */
static void test_every_data_option_acts(void **state) {
    (void)state;
    size_t count;
    const loci_field *fields = loci_data_fields(&count);
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        loci_config untouched;
        loci_config_defaults(&untouched);
        loci_config_defaults(&config);
        const char *text = fields[i].names != NULL ? fields[i].names[1] : "word";
        assert_int_equal(loci_config_set(&config, fields[i].name, text, NULL), LOCI_OK);
        assert_int_not_equal(memcmp(&config, &untouched, sizeof config), 0);
        if (fields[i].names != NULL)
            refuse(fields[i].name, "nonsense", fields[i].name, "is none of");
    }
}

static void test_mistakes(void **state) {
    (void)state;
    char text[2000];
    loci_config_defaults(&config);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refuse("lable", "x", "lable", "did you mean 'label'");
    refuse("hiden", "3", "hiden", "did you mean 'hidden'");
    refuse("sede", "3", "sede", "did you mean 'seed'");
    refuse("teachr", "3", "teachr", "did you mean 'teacher'");
    refuse("qqqqqq", "3", "qqqqqq", "no such option");
    refuse("label", text, "label", "longer than 255 bytes");
    refuse("seed", "-1", "seed", "not a whole number");
    refuse("seed", "", "seed", "not a whole number");
    refuse("seed", "9223372036854775808", "seed", "not a whole number");
    refuse("seed", "99999999999999999999999", "seed", "not a whole number");
    refuse("no-test", "maybe", "no-test", "is none of");
    assert_int_equal(loci_config_set(&config, "seed", "9223372036854775807", NULL), LOCI_OK);
}

static void test_plans(void **state) {
    (void)state;
    static const loci_given two[] = {{"hidden", "12"}, {"hidden", "13"}};
    static const loci_given idle[] = {{"time-steps", "5"}};
    static const loci_given none[] = {{"epochs", "0"}};
    static const loci_given untaught[] = {{"temperature", "3"}};
    static const loci_given taught[] = {{"temperature", "3"}, {"teacher", "large"}};
    static const loci_given wide[] = {{"dendrite-sites", "8,4,2,1"}};
    assert_int_equal(plan("arbor-mlp-10k", NULL, 0), LOCI_OK);
    assert_string_equal(config.preset, "arbor-mlp-10k");
    assert_int_equal(config.spec.hidden_count, 2);
    /* the last one counts; lists of the preset that are too long for it are cut */
    assert_int_equal(plan("arbor-mlp-10k", two, 2), LOCI_OK);
    assert_int_equal(config.spec.hidden_count, 1);
    assert_int_equal(config.spec.hidden[0], 13);
    assert_int_equal(config.spec.dendrite_sites[2], 0);
    /* those that were given are judged */
    assert_int_equal(plan("arbor-mlp-10k", wide, 1), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "dendrite-sites");
    assert_int_equal(plan("arbor-mpl-10k", NULL, 0), LOCI_E_NOT_FOUND);
    assert_int_equal(plan(NULL, idle, 1), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "time-steps");
    assert_int_equal(plan(NULL, none, 1), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "epochs");
    assert_int_equal(plan(NULL, untaught, 1), LOCI_E_ARGUMENT);
    assert_int_equal(plan(NULL, taught, 2), LOCI_OK);
    assert_int_equal(loci_config_use(&config, "missing", NULL), LOCI_OK);
    assert_int_equal(loci_config_use(&config, "seed", NULL), LOCI_OK);
    assert_int_equal(loci_config_use(&config, "mising", NULL), LOCI_E_ARGUMENT);
    assert_int_equal(plan("", NULL, 0), LOCI_OK);
    assert_string_equal(config.preset, "");
}

/* What an option needs is looked for in the pairs that there can be, and no further. */
static void test_too_many_layers(void **state) {
    (void)state;
    loci_config_defaults(&config);
    config.spec.maps_count = LOCI_MAX_HIDDEN;
    config.spec.hidden_count = LOCI_MAX_HIDDEN;
    for (size_t pair = 0; pair < LOCI_MAX_PAIRS; pair++)
        config.spec.range[pair] = 0;
    config.spec.length[0] = 2; /* stands behind the ranges */
    config.spec.train_range = LOCI_TRAINED_LAYER;
    error = (loci_error){0};
    assert_int_equal(loci_config_use(&config, "train-range", &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "there is no range to train"));
    config.spec.maps_count = 0;
    config.spec.hidden_count = 2 * LOCI_MAX_HIDDEN;
    assert_int_equal(loci_config_set(&config, "prune", "after:0.5", NULL), LOCI_OK);
    assert_int_equal(loci_config_set(&config, "prune-by", "range", NULL), LOCI_OK);
    assert_int_equal(loci_config_use(&config, "prune-by", NULL), LOCI_OK);
    loci_spec spec = config.spec;
    assert_int_equal(loci_spec_resolve(&spec, &error), LOCI_E_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_of_every_table),
        cmocka_unit_test(test_every_data_option_acts),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_too_many_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
