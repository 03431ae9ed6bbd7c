/* Options that a program sets by hand: every field of both tables with values that are none. */
#include "run_fixture.h"

#include <math.h>

#include "option/fields.h"

enum { SPEC, TRAIN };

static loci_config config;

/* A configuration in which nothing else than the change is wrong. */
static void start_anew(void) {
    config = small_config(1);
}

static void *member(int table, const loci_field *field) {
    return (char *)(table == SPEC ? (void *)&config.spec : (void *)&config.train) + field->offset;
}

/* The change in config is refused as the field's, by each way in, and nothing is written. */
static void assert_refused(int table, const loci_field *field, const char *what) {
    char text[1024];
    loci_error error = {0};
    loci_estimate estimate;
    int status = table == SPEC ? loci_spec_resolve(&config.spec, &error)
                               : train(&config, run, NULL, NULL, &error);
    if (status != LOCI_E_ARGUMENT || strcmp(error.where, field->name) != 0)
        fail_msg("%s %s: status %d, '%s' %s", field->name, what, status, error.where,
                 error.message);
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_run_estimate(&config, data, NULL, &estimate, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_config_save(&config, folder, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, field->name);
    assert_int_not_equal(access(scratch_path(folder, "config.json"), F_OK), 0);
    assert_int_not_equal(access(run, F_OK), 0);
    if (table == SPEC) /* whatever it says, it stays within its arrays */
        loci_spec_get(&config.spec, field->name, text, sizeof text);
    else
        loci_train_get(&config.train, field->name, text, sizeof text);
}

static void try_names(int table, const loci_field *field) {
    int most = 0;
    while (field->names[most] != NULL)
        most++;
    const int values[] = {most, most + 1, 77, -1, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[1024];
        start_anew();
        int *at = field->type == LOCI_FIELD_PLAN ? &config.train.prune.when : member(table, field);
        *at = values[i];
        assert_refused(table, field, "name");
        assert_int_equal(table == SPEC
                             ? loci_spec_get(&config.spec, field->name, text, sizeof text)
                             : loci_train_get(&config.train, field->name, text, sizeof text),
                         LOCI_E_ARGUMENT);
    }
}

/* Lists: at the first place, and at one after it. */
static void try_reals(int table, const loci_field *field, size_t places) {
    const double values[] = {NAN,
                             -NAN,
                             INFINITY,
                             -INFINITY,
                             nextafter(field->low, -INFINITY),
                             nextafter(field->high, INFINITY),
                             -1e300,
                             1e300};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t k = 0; k < places; k++) {
            start_anew();
            ((double *)member(table, field))[k] = values[i];
            assert_refused(table, field, "real");
        }
}

static void try_counts(int table, const loci_field *field, size_t places) {
    for (size_t k = 0; k < places; k++) {
        start_anew();
        ((uint32_t *)member(table, field))[k] = (uint32_t)field->high + 1;
        assert_refused(table, field, "count");
        start_anew();
        ((uint32_t *)member(table, field))[k] = UINT32_MAX;
        assert_refused(table, field, "count");
        start_anew();
        if (field->low < 1 || places > 1) /* 0 in a list is "as before" */
            continue;
        ((uint32_t *)member(table, field))[k] = (uint32_t)field->low - 1;
        assert_refused(table, field, "count");
    }
}

/* Layers of a list of them: how many, and how large. */
static void try_sizes(const loci_field *field) {
    const uint32_t counts[] = {LOCI_MAX_HIDDEN + 1, 1000, UINT32_MAX},
                   sizes[] = {0, (uint32_t)field->high + 1, UINT32_MAX};
    uint32_t *count = (uint32_t *)(void *)((char *)&config.spec + field->count_at);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        start_anew();
        *count = counts[i];
        assert_refused(SPEC, field, "layers");
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        start_anew();
        *count = 1;
        *(uint32_t *)member(SPEC, field) = sizes[i];
        assert_refused(SPEC, field, "size");
    }
}

static void try_shares(const loci_field *field) {
    const double shares[] = {NAN, INFINITY, -INFINITY, -0.1, 1, 2};
    for (int when = LOCI_PRUNE_NEVER; when <= LOCI_PRUNE_GRADUAL; when++)
        for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
            start_anew();
            config.train.prune = (loci_prune_plan){.sparsity = shares[i], .when = when};
            assert_refused(TRAIN, field, "share");
        }
}

static void try_field(int table, const loci_field *field) {
    switch ((enum loci_field_type)field->type) {
    case LOCI_FIELD_NAME:
    case LOCI_FIELD_SWITCH:
        try_names(table, field);
        break;
    case LOCI_FIELD_UINT:
        try_counts(table, field, 1);
        break;
    case LOCI_FIELD_REAL:
        try_reals(table, field, 1);
        break;
    case LOCI_FIELD_UINT_LIST:
        try_counts(table, field, 2);
        break;
    case LOCI_FIELD_REAL_LIST:
        try_reals(table, field, 2);
        break;
    case LOCI_FIELD_PLAN:
        try_names(table, field);
        try_shares(field);
        break;
    case LOCI_FIELD_SIZES:
        try_sizes(field);
        break;
    case LOCI_FIELD_TEXT: /* of a configuration: test_plan.c */
        break;
    }
}

static void test_every_field(void **state) {
    (void)state;
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    for (size_t i = 0; i < count; i++)
        try_field(SPEC, &fields[i]);
    fields = loci_train_fields(&count);
    for (size_t i = 0; i < count; i++)
        try_field(TRAIN, &fields[i]);
}

/* What the tables allow runs: the ends of each row are no mistakes. */
static void test_ends_are_taken(void **state) {
    (void)state;
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    for (size_t i = 0; i < count; i++) {
        const loci_field *field = &fields[i];
        start_anew();
        if (field->type == LOCI_FIELD_REAL)
            *(double *)member(TRAIN, field) = field->high;
        else if (field->type == LOCI_FIELD_UINT)
            *(uint32_t *)member(TRAIN, field) = (uint32_t)field->high;
        else
            continue;
        assert_int_equal(loci_fields_check(fields, count, &config.train, NULL), LOCI_OK);
    }
}

/* The same of what takes such a value by itself. */
static void test_pruning_by_hand(void **state) {
    (void)state;
    loci_network *network;
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    static const int wrong[] = {-1, 2, 77, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(
            loci_network_prune(network, 0.5, LOCI_PRUNE_BY_WEIGHT, wrong[i], NULL, NULL),
            LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_prune(network, 0.5, 77, LOCI_PRUNE_SCOPE_NET, NULL, NULL),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_prune(network, NAN, 0, LOCI_PRUNE_SCOPE_NET, NULL, NULL),
                     LOCI_E_ARGUMENT);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_every_field),
        TEST(test_ends_are_taken),
        TEST(test_pruning_by_hand),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
