/* Option tables: what can be set, what is refused, and that text and JSON give back what was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <loci/run.h>

#include "option/fields.h"

static const loci_field *fields;
static size_t field_count;

static int load(void **state) {
    (void)state;
    fields = loci_spec_fields(&field_count);
    return field_count == 0;
}

static void set(loci_spec *spec, const char *name, const char *text) {
    loci_error error = {0};
    if (loci_spec_set(spec, name, text, &error) != LOCI_OK)
        fail_msg("%s %s: %s", name, text, error.message);
}

static void assert_text(const loci_spec *spec, const char *name, const char *expected) {
    char text[256];
    assert_int_equal(loci_spec_get(spec, name, text, sizeof text), LOCI_OK);
    assert_string_equal(text, expected);
}

static void values_are_given_back(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"dim", "64"},
        {"hidden", "256,128"},
        {"hidden", "0"},
        {"planes", "learned"},
        {"input", "sheet"},
        {"sign", "mask"},
        {"tied", "no"},
        {"scale", "one"},
        {"wiring", "dense"},
        {"axon-sites", "1,2,2"},
        {"dendrite-sites", "8"},
        {"gap", "0.1,0.25,3"},
        {"softening", "-1"},
        {"softening", "0.01"},
        {"steepness", "7.5"},
        {"logit-scale", "0.1"},
        {"spread", "1e-06"},
        {"extent", "2"},
        {"noise", "0"},
        {"gap", "0.30000000000000004"},
        {"hidden", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_spec spec;
        loci_spec_defaults(&spec);
        set(&spec, cases[i][0], cases[i][1]);
        assert_text(&spec, cases[i][0], cases[i][1]);
    }
}

static void a_shorter_list_leaves_nothing_of_a_longer_one(void **state) {
    (void)state;
    loci_spec spec;
    loci_spec_defaults(&spec);
    set(&spec, "axon-sites", "3,4,5");
    assert_int_equal(spec.axon_sites[2], 5);
    set(&spec, "axon-sites", "2");
    assert_int_equal(spec.axon_sites[0], 2);
    assert_int_equal(spec.axon_sites[1], 0);
    assert_int_equal(spec.axon_sites[2], 0);
    set(&spec, "hidden", "9,8");
    set(&spec, "hidden", "7");
    assert_int_equal(spec.hidden_count, 1);
    assert_int_equal(spec.hidden[1], 0);
    set(&spec, "hidden", "");
    assert_int_equal(spec.hidden_count, 0);
}

static void wrong_values_change_nothing(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"dim", "1"},
        {"dim", "65"},
        {"dim", "3.5"},
        {"dim", ""},
        {"dim", "three"},
        {"dim", "3x"},
        {"dim", "nan"},
        {"dim", "-3"},
        {"dim", "1e99"},
        {"dim", " 3"},
        {"dim", "0x3"},
        {"hidden", "256, 128"},
        {"planes", "5"},
        {"planes", ""},
        {"planes", "Fixed"},
        {"hidden", "256,"},
        {"hidden", ",256"},
        {"hidden", "256,,2"},
        {"hidden", "256,0"},
        {"hidden", "10000001"},
        {"hidden", "2;3"},
        {"hidden", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"},
        {"axon-sites", "0"},
        {"axon-sites", "65"},
        {"axon-sites", "1,2,"},
        {"axon-sites", ""},
        {"gap", "0"},
        {"gap", "-1"},
        {"gap", "inf"},
        {"gap", "0.1 0.2"},
        {"steepness", "nan"},
        {"noise", "-0.1"},
        {"spread", "0"},
        {"logit-scale", "0"},
        {"axon-sites", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_spec spec, before;
        loci_error error = {0};
        loci_spec_defaults(&spec);
        loci_spec_defaults(&before);
        if (loci_spec_set(&spec, cases[i][0], cases[i][1], &error) != LOCI_E_ARGUMENT)
            fail_msg("%s '%s' was taken", cases[i][0], cases[i][1]);
        assert_int_equal(error.code, LOCI_E_ARGUMENT);
        assert_string_equal(error.where, cases[i][0]);
        assert_null(strchr(error.message, '\n'));
        for (size_t f = 0; f < field_count; f++) {
            char now[256], then[256];
            assert_int_equal(loci_spec_get(&spec, fields[f].name, now, sizeof now), LOCI_OK);
            assert_int_equal(loci_spec_get(&before, fields[f].name, then, sizeof then), LOCI_OK);
            assert_string_equal(now, then);
        }
    }
}

static void misspelt_names_get_a_suggestion(void **state) {
    (void)state;
    loci_spec spec;
    loci_error error = {0};
    loci_spec_defaults(&spec);
    assert_int_equal(loci_spec_set(&spec, "plaens", "fixed", &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "'planes'"));
    assert_int_equal(loci_spec_set(&spec, "planes", "learnt", &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "'learned'"));
    assert_int_equal(loci_spec_set(&spec, "zzzzzz", "1", &error), LOCI_E_ARGUMENT);
    assert_null(strstr(error.message, "did you mean"));
    loci_train_options train;
    loci_train_options_defaults(&train);
    assert_int_equal(loci_train_set(&train, "epoch", "3", &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "'epochs'"));
    loci_train_options options;
    assert_int_equal(loci_preset("arbor-mlp-10", &spec, &options, &error), LOCI_E_NOT_FOUND);
    assert_non_null(strstr(error.message, "'arbor-mlp-10k'"));
    assert_int_equal(loci_preset("dense-mlp-65537", &spec, &options, &error), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_preset("dense-mlp-014", &spec, &options, &error), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_preset("dense-snm-14", &spec, &options, &error), LOCI_E_NOT_FOUND);
    assert_non_null(strstr(error.message, "'dense-snn-14'"));
    assert_int_equal(loci_preset("dense-snn-H", &spec, &options, &error), LOCI_E_NOT_FOUND);
    assert_null(strstr(error.message, "did you mean"));
    assert_int_equal(loci_preset("dense-snn-14", &spec, &options, &error), LOCI_OK);
    assert_int_equal(spec.neuron, LOCI_NEURON_LIF);
    assert_int_equal(spec.hidden[0], 14);
}

static void short_buffers_are_refused(void **state) {
    (void)state;
    loci_spec spec;
    char text[16];
    loci_spec_defaults(&spec);
    set(&spec, "hidden", "256,128,64");
    for (size_t size = 0; size <= strlen("256,128,64"); size++)
        assert_int_equal(loci_spec_get(&spec, "hidden", text, size), LOCI_E_ARGUMENT);
    assert_int_equal(loci_spec_get(&spec, "hidden", text, strlen("256,128,64") + 1), LOCI_OK);
    assert_string_equal(text, "256,128,64");
    assert_int_equal(loci_spec_get(&spec, "unknown", text, sizeof text), LOCI_E_ARGUMENT);
}

/* JSON and back, with values that need all their digits. */
static void json_gives_back_everything(void **state) {
    (void)state;
    loci_spec spec, back;
    loci_spec_defaults(&spec);
    set(&spec, "hidden", "12,7");
    set(&spec, "axon-sites", "1,2,3");
    set(&spec, "gap", "0.1,0.30000000000000004,2");
    set(&spec, "planes", "relaxed");
    set(&spec, "spread", "0.33333333333333331");
    /* options that are younger than 0.1 are written where they say something else than it did */
    json_t *old = loci_fields_to_json(fields, field_count, &spec);
    assert_null(json_object_get(old, "law"));
    assert_null(json_object_get(old, "recurrent"));
    assert_null(json_object_get(old, "longest-delay"));
    assert_null(json_object_get(old, "maps"));
    assert_null(json_object_get(old, "window"));
    assert_int_equal(loci_fields_version(fields, field_count, &spec), 1);
    json_decref(old);
    set(&spec, "task", "regress");
    set(&spec, "maps", "5,9");
    set(&spec, "window", "3,7");
    set(&spec, "pool", "1,3");
    set(&spec, "stride", "8");
    set(&spec, "law", "gaussian");
    set(&spec, "length", "0.7,0.30000000000000004");
    set(&spec, "train-length", "layer");
    set(&spec, "activation", "tanh");
    set(&spec, "input-scaling", "standard");
    set(&spec, "delay", "distance");
    set(&spec, "speed", "0.5,0.30000000000000004");
    set(&spec, "train-speed", "layer");
    set(&spec, "longest-delay", "1000");
    set(&spec, "recurrent", "yes");
    set(&spec, "recurrent-gap", "0.7");
    set(&spec, "latency-span", "0.33333333333333331");
    set(&spec, "adaptation-decay", "0");
    set(&spec, "adaptation-membrane", "-0.1");
    set(&spec, "adaptation-spike", "-10");
    set(&spec, "train-adaptation", "neuron");
    assert_int_equal(loci_fields_version(fields, field_count, &spec), 2);
    json_t *json = loci_fields_to_json(fields, field_count, &spec);
    assert_non_null(json);
    assert_int_equal(json_object_size(json), field_count);
    char *text = json_dumps(json, JSON_REAL_PRECISION(17));
    json_t *again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(again);
    loci_spec_defaults(&back);
    assert_int_equal(loci_fields_from_json(fields, field_count, &back, again, "test", NULL),
                     LOCI_OK);
    assert_memory_equal(&back, &spec, sizeof spec);
    free(text);
    json_decref(json);
    json_decref(again);
}

static void wrong_json_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {
        "[]",
        "3",
        "{\"dims\": 3}",
        "{\"dim\": \"3\"}",
        "{\"dim\": 1}",
        "{\"dim\": null}",
        "{\"dim\": 2.5}",
        "{\"planes\": 1}",
        "{\"planes\": \"flat\"}",
        "{\"hidden\": [1, 0]}",
        "{\"hidden\": [[1]]}",
        "{\"hidden\": {}}",
        "{\"gap\": []}",
        "{\"gap\": [0.1, true]}",
        "{\"axon_sites\": [1e300]}",
        "{\"axon-sites\": [1]}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_spec spec;
        loci_error error = {0};
        json_t *json = json_loads(cases[i], JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        loci_spec_defaults(&spec);
        if (loci_fields_from_json(fields, field_count, &spec, json, "FILE", &error) !=
            LOCI_E_FORMAT)
            fail_msg("%s was taken", cases[i]);
        assert_string_equal(error.where, "FILE");
        json_decref(json);
    }
}

/* What resolving fills in, and what it refuses. */
static void specifications_are_resolved(void **state) {
    (void)state;
    loci_spec spec, again;
    loci_spec_defaults(&spec);
    set(&spec, "hidden", "5,4");
    set(&spec, "dendrite-sites", "3,2");
    assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
    assert_text(&spec, "dendrite-sites", "3,2,2");
    assert_text(&spec, "gap", "0.1,0.1,0.1");
    assert_text(&spec, "tied", "no");
    assert_text(&spec, "softening", "0");
    again = spec;
    assert_int_equal(loci_spec_resolve(&again, NULL), LOCI_OK);
    assert_memory_equal(&again, &spec, sizeof spec);
    loci_spec_defaults(&spec);
    set(&spec, "planes", "relaxed");
    assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
    assert_text(&spec, "tied", "yes");
    assert_text(&spec, "softening", "0.01");
}

static void nonsense_specifications_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *where, *options[6];
    } cases[] = {
        {"dim", {"dim", "2", "input", "grid"}},
        {"axon-sites", {"input", "sheet", "axon-sites", "2", "dendrite-sites", "2"}},
        {"dendrite-sites", {"input", "sheet"}},
        {"tied", {"tied", "yes", "dendrite-sites", "2"}},
        {"tied", {"tied", "yes", "input", "sheet", "dendrite-sites", "2"}},
        {"axon-sites", {"axon-sites", "1,2,3"}},
        {"gap", {"hidden", "0", "gap", "1,2"}},
        {"range", {"hidden", "0", "range", "1,2"}},
        {"range", {"range", "0"}},
        {"range", {"range", "-0.5"}},
        {"train-range", {"train-range", "layer"}},
        {"train-range", {"train-range", "layer", "range", "-1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_spec spec;
        loci_error error = {0};
        loci_spec_defaults(&spec);
        for (size_t k = 0; k < 6 && cases[i].options[k] != NULL; k += 2)
            set(&spec, cases[i].options[k], cases[i].options[k + 1]);
        assert_int_equal(loci_spec_resolve(&spec, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.where, cases[i].where);
    }
}

static void plans_and_switches_are_given_back(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"prune", "none"},
        {"prune", "after:0"},
        {"prune", "during:0.8"},
        {"prune", "gradual:0.95"},
        {"prune", "after:0.3333333333333333"},
        {"freeze-mask", "yes"},
        {"freeze-mask", "no"},
        {"prune-by", "range"},
        {"prune-scope", "net"},
        {"prune-ramp", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_train_options options;
        char text[64];
        loci_train_options_defaults(&options);
        assert_int_equal(loci_train_set(&options, cases[i][0], cases[i][1], NULL), LOCI_OK);
        assert_int_equal(loci_train_get(&options, cases[i][0], text, sizeof text), LOCI_OK);
        assert_string_equal(text, cases[i][1]);
    }
}

/* What a run prunes by stays what it was when its plan changes. */
static void a_plan_is_set_alone(void **state) {
    (void)state;
    loci_train_options options;
    loci_train_options_defaults(&options);
    assert_int_equal(loci_train_set(&options, "prune-by", "weight", NULL), LOCI_OK);
    assert_int_equal(loci_train_set(&options, "prune", "during:0.8", NULL), LOCI_OK);
    assert_int_equal(options.prune.by, LOCI_PRUNE_BY_WEIGHT);
    assert_int_equal(options.prune.when, LOCI_PRUNE_DURING);
    assert_true(options.prune.sparsity == 0.8);
    assert_int_equal(loci_train_set(&options, "prune", "none", NULL), LOCI_OK);
    assert_int_equal(options.prune.when, LOCI_PRUNE_NEVER);
    assert_true(options.prune.sparsity == 0);
    assert_int_equal(options.prune.by, LOCI_PRUNE_BY_WEIGHT);
}

static void wrong_plans_change_nothing(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"prune", ""},
        {"prune", "0.8"},
        {"prune", "after"},
        {"prune", "after:"},
        {"prune", "after:1"},
        {"prune", "after:-0.1"},
        {"prune", "after:nan"},
        {"prune", "after:1e9"},
        {"prune", "after:0.5x"},
        {"prune", "after: 0.5"},
        {"prune", "after:0x1p-1"},
        {"prune", "none:0"},
        {"prune", "none:"},
        {"prune", "never:0.5"},
        {"prune", "After:0.5"},
        {"prune", ":0.5"},
        {"prune", "after:0.5:0.5"},
        {"prune", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:0.5"},
        {"freeze-mask", "1"},
        {"freeze-mask", ""},
        {"freeze-mask", "maybe"},
        {"prune-by", "set"},
        {"prune-scope", "all"},
        {"prune-ramp", "1.1"},
        {"prune-ramp", "-0.1"},
    };
    loci_train_options before, options;
    loci_train_options_defaults(&before);
    assert_int_equal(loci_train_set(&before, "prune", "during:0.25", NULL), LOCI_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_error error = {0};
        options = before;
        if (loci_train_set(&options, cases[i][0], cases[i][1], &error) != LOCI_E_ARGUMENT)
            fail_msg("%s %s was taken", cases[i][0], cases[i][1]);
        assert_string_equal(error.where, cases[i][0]);
        assert_true(options.prune.sparsity == 0.25 && options.prune.when == LOCI_PRUNE_DURING &&
                    options.prune.by == before.prune.by && options.freeze_mask == 0 &&
                    options.prune_scope == before.prune_scope &&
                    options.prune_ramp == before.prune_ramp);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_given_back),
        cmocka_unit_test(a_shorter_list_leaves_nothing_of_a_longer_one),
        cmocka_unit_test(wrong_values_change_nothing),
        cmocka_unit_test(misspelt_names_get_a_suggestion),
        cmocka_unit_test(short_buffers_are_refused),
        cmocka_unit_test(json_gives_back_everything),
        cmocka_unit_test(wrong_json_is_refused),
        cmocka_unit_test(specifications_are_resolved),
        cmocka_unit_test(nonsense_specifications_are_refused),
        cmocka_unit_test(plans_and_switches_are_given_back),
        cmocka_unit_test(a_plan_is_set_alone),
        cmocka_unit_test(wrong_plans_change_nothing),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
