/* What is chosen from the data where nobody said, and what of a preset for images stays on a table;
 * what standardised inputs are. */
#include "run_fixture.h"

#include <loci/codegen.h>
#include <loci/run.h>
#include <loci/trainer.h>
#include <math.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "network/contents.h"

enum { COLUMNS = 4, ROWS = 90, HELD = 30, CONSTANT = 3 };

static float cells[ROWS + HELD][COLUMNS];
static int32_t kinds[ROWS + HELD];

/* Columns of very different units; the last one never changes. Even kinds lie above the mean. */
static loci_dataset *make_table(size_t rows) {
    loci_dataset *table = NULL;
    for (size_t i = 0; i < ROWS + HELD; i++) {
        kinds[i] = (int32_t)(i % 2);
        for (size_t f = 0; f < COLUMNS; f++)
            cells[i][f] = 1e4f * (float)f + (float)((i * 37 + f * 11) % 23) * (float)(f + 1) +
                          (kinds[i] ? 0 : 9.0f);
        cells[i][CONSTANT] = 0.7f;
    }
    assert_int_equal(loci_dataset_from_arrays(&table, "table", 1, COLUMNS, cells[0], kinds, rows,
                                              cells[ROWS], kinds + ROWS, HELD, NULL),
                     LOCI_OK);
    return table;
}

/* Plans and chooses, as the program does, with what is given: names and values in turn, a NULL at
 * the end. */
static loci_config choose_for(const loci_dataset *of, const char *preset, const char *init,
                              const char *const *given, char note[512]) {
    const char *names[16];
    loci_given all[16];
    size_t count = 0;
    loci_config config;
    loci_error error = {0};
    for (size_t i = 0; given[i] != NULL; i += 2) {
        all[count] = (loci_given){given[i], given[i + 1]};
        names[count++] = given[i];
    }
    if (loci_config_plan(&config, preset, all, count, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    snprintf(config.init, sizeof config.init, "%s", init);
    if (loci_config_choose(&config, of, names, count, note, 512, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return config;
}

static void assert_text(const loci_config *config, const char *name, const char *expected) {
    char text[256];
    if (loci_spec_get(&config->spec, name, text, sizeof text) != LOCI_OK)
        assert_int_equal(loci_train_get(&config->train, name, text, sizeof text), LOCI_OK);
    if (strcmp(text, expected) != 0)
        fail_msg("--%s is %s, not %s", name, text, expected);
}

#define GIVEN(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void a_table_has_a_net_of_its_own(void **state) {
    (void)state;
    char note[512];
    loci_dataset *table = make_table(ROWS);
    loci_config config = choose_for(table, "", "", GIVEN(), note);
    assert_text(&config, "hidden", "100");
    assert_text(&config, "axon-sites", "8,4");
    assert_text(&config, "dendrite-sites", "8,16");
    assert_text(&config, "input-scaling", "standard");
    assert_text(&config, "input", "random");
    assert_text(&config, "batch", "16");
    assert_text(&config, "epochs", "34"); /* 6 steps each: 200 are the fewest */
    assert_non_null(strstr(note, "table of 90 rows and 4 columns: --hidden 100 --axon-sites 8,4"));
    loci_dataset_free(table);
}

/* Rows that are held out, by their number or in whole groups, are not trained on. */
static void rows_held_out_do_not_count(void **state) {
    (void)state;
    char note[512];
    loci_dataset *table = make_table(ROWS);
    loci_config config = choose_for(table, "", "", GIVEN("validation", "45"), note);
    assert_text(&config, "epochs", "67"); /* 3 steps each */
    table->row_key = calloc(ROWS, sizeof *table->row_key);
    for (size_t i = 0; i < ROWS; i++)
        table->row_key[i] = i % 2;
    table->validation_groups = 1;
    config = choose_for(table, "", "", GIVEN(), note);
    assert_text(&config, "epochs", "67");
    loci_config_defaults(&config);
    loci_error error = {0};
    config.train.validation = 0;
    table->validation_groups = 2;
    assert_int_equal(loci_config_choose(&config, table, NULL, 0, note, 512, &error),
                     LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "validation");
    loci_dataset_free(table);
}

/* Patience waits for what is held out, whichever option says so. */
static void groups_are_held_out_too(void **state) {
    (void)state;
    loci_config config;
    loci_error error = {0};
    loci_config_defaults(&config);
    config.train.patience = 2;
    assert_int_equal(loci_config_use(&config, "patience", &error), LOCI_E_ARGUMENT);
    strcpy(config.validation_group, "g:1");
    assert_int_equal(loci_config_use(&config, "patience", &error), LOCI_OK);
}

static void what_is_given_stays(void **state) {
    (void)state;
    char note[512];
    loci_dataset *table = make_table(ROWS);
    loci_config config = choose_for(
        table, "", "", GIVEN("hidden", "9,8", "epochs", "3", "batch", "50", "dendrite-sites", "2"),
        note);
    assert_text(&config, "hidden", "9,8");
    assert_text(&config, "epochs", "3");
    assert_text(&config, "batch", "50");
    assert_text(&config, "dendrite-sites", "2");
    assert_text(&config, "axon-sites", "8,4");
    assert_null(strstr(note, "--hidden"));
    /* what it leaves no use is not chosen: such neurons have one site */
    config = choose_for(table, "", "", GIVEN("tied", "yes"), note);
    assert_text(&config, "axon-sites", "1");
    assert_text(&config, "hidden", "100");
    /* spikes stand for 0 to 1; a conventional net has no sites */
    config = choose_for(table, "", "", GIVEN("neuron", "lif"), note);
    assert_text(&config, "input-scaling", "range");
    assert_text(&config, "axon-sites", "8,4");
    config = choose_for(table, "", "", GIVEN("wiring", "dense"), note);
    assert_text(&config, "axon-sites", "1");
    assert_text(&config, "lr", "0.003");
    config = choose_for(table, "", "", GIVEN("hidden", "0"), note);
    assert_text(&config, "axon-sites", "8");
    assert_text(&config, "dendrite-sites", "16");
    loci_dataset_free(table);
}

static void images_are_seen_on_a_grid(void **state) {
    (void)state;
    char note[512];
    loci_config config = choose_for(data, "", "", GIVEN(), note);
    assert_text(&config, "hidden", "192,80");
    assert_text(&config, "input", "grid");
    assert_text(&config, "range", "1.2,2");
    assert_text(&config, "input-scaling", "range");
    assert_text(&config, "batch", "32");
    assert_text(&config, "epochs", "300"); /* 4 steps each */
    assert_text(&config, "shift", "0");    /* of 6 x 6 pixels a shift loses too much */
    /* a space that somebody shaped may have no room for a grid or a range */
    config = choose_for(data, "", "", GIVEN("dim", "2"), note);
    assert_text(&config, "input", "random");
    assert_text(&config, "range", "-1");
    config = choose_for(data, "", "", GIVEN("gap", "7"), note);
    assert_text(&config, "range", "-1");
    assert_text(&config, "dendrite-sites", "9,4");
}

static void maps_have_arbors(void **state) {
    (void)state;
    char note[512];
    loci_config config = choose_for(data, "", "", GIVEN("maps", "4,6", "window", "3"), note);
    assert_text(&config, "dim", "5");
    assert_text(&config, "hidden", "0");
    assert_text(&config, "dendrite-sites", "6,12,24");
    assert_text(&config, "range", "1.5,1.5,2.25");
    assert_non_null(strstr(note, "--dim 5"));
    config = choose_for(data, "", "", GIVEN("maps", "4", "dim", "4", "hidden", "7"), note);
    assert_text(&config, "dim", "4");
    assert_text(&config, "dendrite-sites", "6,24");
    config = choose_for(data, "", "", GIVEN("maps", "4", "wiring", "dense"), note);
    assert_text(&config, "hidden", "0");
    config = choose_for(data, "arbor-conv-2k", "", GIVEN(), note);
    assert_text(&config, "dendrite-sites", "4,4,4,4,4,14");
}

static void a_preset_for_images_works_on_tables(void **state) {
    (void)state;
    char note[512];
    loci_dataset *table = make_table(ROWS);
    loci_config config = choose_for(table, "arbor-mlp-2k", "", GIVEN(), note);
    assert_text(&config, "input", "random");
    assert_text(&config, "shift", "0");
    assert_text(&config, "hidden", "48,16");
    assert_text(&config, "warmup", "30"); /* of 300 steps */
    assert_text(&config, "input-scaling", "standard");
    assert_non_null(strstr(note, "for images"));
    config = choose_for(table, "arbor-mlp-25k", "", GIVEN("input", "grid"), note);
    assert_text(&config, "input", "grid");
    assert_text(&config, "elastic", "0");
    /* what is for any data is what it was; on images all are */
    config = choose_for(table, "dense-mlp-7", "", GIVEN(), note);
    assert_text(&config, "input-scaling", "range");
    assert_string_equal(note, "");
    config = choose_for(data, "arbor-mlp-2k", "", GIVEN(), note);
    assert_text(&config, "input", "sheet");
    assert_text(&config, "warmup", "500");
    assert_string_equal(note, "");
    loci_dataset_free(table);
}

static void a_net_to_start_from_is_repeated(void **state) {
    (void)state;
    char note[512];
    loci_config config = choose_for(data, "", calm, GIVEN("epochs", "2"), note);
    assert_text(&config, "hidden", "8");
    assert_text(&config, "planes", "learned");
    assert_text(&config, "dendrite-sites", "2,2");
    assert_text(&config, "input", "random");
    assert_non_null(strstr(note, "--batch"));
    assert_null(strstr(note, "--hidden"));
}

/* ---- standardised inputs ---- */

static void inputs_are_standardised(void **state) {
    (void)state;
    const float *mean, *deviation;
    loci_dataset *table = make_table(ROWS);
    loci_dataset_standard_scaling(table, &mean, &deviation);
    for (size_t f = 0; f < COLUMNS; f++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < ROWS; i++)
            sum += (double)cells[i][f] / ROWS;
        for (size_t i = 0; i < ROWS; i++)
            square += pow((double)cells[i][f] - sum, 2) / ROWS;
        assert_true(fabs((double)mean[f] - sum) <= 1e-6 * fabs(sum));
        double expected = f == CONSTANT ? 1 : sqrt(square);
        assert_true(fabs((double)deviation[f] - expected) < 1e-5 * expected);
    }
    assert_true(mean[CONSTANT] == 0.7f);
    loci_dataset_standard_scaling(data, &mean, &deviation);
    assert_null(mean);
    loci_dataset_free(table);
}

/* The network stores what it was trained by, and a file gives it back. */
static void a_model_keeps_its_scaling(void **state) {
    (void)state;
    const float *mean, *deviation, *low, *span;
    float x[COLUMNS];
    char path[600];
    loci_error error = {0};
    loci_network *network, *loaded;
    loci_dataset *table = make_table(ROWS);
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.input_scaling = LOCI_SCALING_STANDARD;
    assert_int_equal(loci_network_create_for(&network, &spec, data, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "input-scaling");
    assert_int_equal(loci_network_create_for(&network, &spec, table, 1, NULL), LOCI_OK);
    snprintf(path, sizeof path, "%s/standard.safetensors", folder);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&loaded, path, NULL), LOCI_OK);
    loci_dataset_standard_scaling(table, &mean, &deviation);
    loci_network_input_scaling(loaded, &low, &span);
    assert_memory_equal(low, mean, COLUMNS * sizeof *low);
    assert_memory_equal(span, deviation, COLUMNS * sizeof *span);
    assert_int_equal(loaded->spec.input_scaling, LOCI_SCALING_STANDARD);
    assert_int_equal(loci_network_sample(loaded, table, LOCI_TEST, 2, x), LOCI_OK);
    assert_true(x[1] == (cells[ROWS + 2][1] - mean[1]) / deviation[1]);
    spec.neuron = LOCI_NEURON_LIF;
    spec.coding = LOCI_CODING_LATENCY;
    assert_int_equal(loci_network_create_for(&network, &spec, table, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "input-scaling");
    loci_network_free(network);
    loci_network_free(loaded);
    loci_dataset_free(table);
}

/* In whatever form, what the source makes of standardised inputs agrees with the network. */
static void an_export_takes_standardised_inputs(void **state) {
    (void)state;
    static const struct {
        const char *options[6];
    } nets[] = {{{"hidden", "7"}},
                {{"hidden", "7", "wiring", "dense"}},
                {{"hidden", "7", "neuron", "lif", "input-scaling", "standard"}}};
    loci_dataset *table = make_table(ROWS);
    size_t compared = 0;
    for (size_t n = 0; n < 3; n++)
        for (int form = 0; form < 4; form++) {
            char note[512];
            const char *given[7] = {NULL};
            memcpy(given, nets[n].options, sizeof nets[n].options);
            loci_config config = choose_for(table, "", "", given, note);
            loci_network *network;
            loci_export *made;
            loci_export_options options;
            loci_export_options_defaults(&options);
            options.data = table;
            options.bits = form % 2 == 0 ? 32 : 8;
            options.mode = form < 2 ? LOCI_EXPORT_WEIGHTS : LOCI_EXPORT_POSITIONS;
            assert_int_equal(loci_network_create_for(&network, &config.spec, table, 1, NULL),
                             LOCI_OK);
            if (loci_export_create(&made, network, &options, NULL) == LOCI_OK) {
                for (size_t i = 0; i < HELD; i++) {
                    int32_t inputs[COLUMNS];
                    float x[COLUMNS], expected[2];
                    double logits[2];
                    assert_int_equal(loci_export_inputs(made, table, LOCI_TEST, i, inputs),
                                     LOCI_OK);
                    loci_network_sample(network, table, LOCI_TEST, i, x);
                    assert_int_equal(loci_network_run(network, NULL, x, 1, expected, NULL),
                                     LOCI_OK);
                    assert_int_equal(loci_export_run(made, inputs, 1, logits, NULL), LOCI_OK);
                    double difference = logits[0] * loci_export_unit(made) - (double)expected[0];
                    double most = options.bits == 32 ? 0.02 : 0.25; /* inputs have 12 bits */
                    if (!(fabs(difference) < most * (1 + fabs((double)expected[0]))))
                        fail_msg("net %zu, form %d, row %zu: off by %g", n, form, i, difference);
                    compared++;
                }
                loci_export_free(made);
            }
            loci_network_free(network);
        }
    assert_int_equal(compared, 10 * HELD); /* of the conventional net no positions */
    loci_dataset_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_table_has_a_net_of_its_own),
        TEST(rows_held_out_do_not_count),
        TEST(groups_are_held_out_too),
        TEST(what_is_given_stays),
        TEST(images_are_seen_on_a_grid),
        TEST(maps_have_arbors),
        TEST(a_preset_for_images_works_on_tables),
        TEST(a_net_to_start_from_is_repeated),
        TEST(inputs_are_standardised),
        TEST(a_model_keeps_its_scaling),
        TEST(an_export_takes_standardised_inputs),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
