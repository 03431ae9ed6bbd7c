/* Regressors as C: what stands in header, self-test and report, and that it is compiled and gives
 * values in units of the data. What their source computes is compared in test_export_c.c.
 *
 *     test_export_values GCC|- CLANG|- */
#include "no_sync.h"
#include "prune_fixture.h"
#include "scratch_folder.h"

#include <jansson.h>
#include <loci/codegen.h>

enum { COLUMNS = 5, TRAIN = 60, TEST = 20, MOST = 2 };

static const char *compilers[2];
static float low[COLUMNS], span[COLUMNS];
static const float mean[MOST] = {1200, 0.125f}, deviation[MOST] = {350, 2e-3f};

/* A table whose targets follow from it. */
static loci_dataset *make_table(uint32_t outputs) {
    const loci_random stream = {3, LOCI_RANDOM_TEST, 60};
    static float samples[(TRAIN + TEST) * COLUMNS], targets[(TRAIN + TEST) * MOST];
    loci_dataset *data = NULL;
    loci_error error = {0};
    for (size_t i = 0; i < (TRAIN + TEST) * COLUMNS; i++)
        samples[i] = (float)loci_random_uniform(&stream, i);
    for (size_t i = 0; i < (TRAIN + TEST) * outputs; i++) {
        size_t k = i % outputs;
        const float *x = samples + i / outputs * COLUMNS;
        targets[i] = mean[k] + deviation[k] * (x[k] - x[2] * x[3]);
    }
    const loci_arrays train = {
        .count = TRAIN, .samples = samples, .targets = targets, .outputs = outputs};
    const loci_arrays test = {.count = TEST,
                              .samples = samples + TRAIN * COLUMNS,
                              .targets = targets + TRAIN * outputs,
                              .outputs = outputs};
    if (loci_dataset_borrow(&data, "table", 1, COLUMNS, &train, &test, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static loci_network *make_regressor(const char *options, uint32_t outputs) {
    loci_spec spec = fixture_spec(1, COLUMNS, outputs, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 1, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    fixture_move(network, 1);
    for (size_t i = 0; i < COLUMNS; i++)
        span[i] = 1;
    assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_target_scaling(network, mean, deviation, NULL), LOCI_OK);
    return network;
}

static void run(const char *format, ...) {
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    int status = system(command);
    if (status != 0)
        fail_msg("status %d: %s", status, command);
}

static char *read_text(const char *name) {
    size_t size;
    char *text = (char *)scratch_read(scratch_path(folder, name), &size);
    text = realloc(text, size + 1);
    text[size] = '\0';
    return text;
}

static void must_say(const char *name, const char *words, bool wanted) {
    char *text = read_text(name);
    if ((strstr(text, words) != NULL) != wanted)
        fail_msg("%s: '%s' should %sbe there", name, words, wanted ? "" : "not ");
    free(text);
}

/* The errors that stand in the report are those of the twin's values. */
static void check_report(const loci_export *export, const loci_network *network,
                         const loci_dataset *data, uint32_t outputs) {
    const loci_export_report *report = loci_export_report_of(export);
    loci_evaluation before;
    int32_t given[COLUMNS];
    double r2 = 0, mae = 0, rmse = 0, own[MOST];
    for (uint32_t k = 0; k < outputs; k++) {
        double sum = 0, squares = 0, error = 0, off = 0;
        for (size_t i = 0; i < TEST; i++) {
            double target = (double)loci_dataset_target(data, LOCI_TEST, i)[k];
            assert_int_equal(loci_export_inputs(export, data, LOCI_TEST, i, given), LOCI_OK);
            assert_int_equal(loci_export_run(export, given, 1, own, NULL), LOCI_OK);
            double difference = loci_export_value(export, k, own[k]) - target;
            sum += target / TEST;
            error += fabs(difference) / TEST;
            off += difference * difference / TEST;
        }
        for (size_t i = 0; i < TEST; i++)
            squares += pow((double)loci_dataset_target(data, LOCI_TEST, i)[k] - sum, 2) / TEST;
        r2 += (1 - off / squares) / outputs;
        mae += error / outputs;
        rmse += sqrt(off) / outputs;
    }
    assert_int_equal(report->task, LOCI_TASK_REGRESS);
    assert_true(report->accuracy == -1 && report->accuracy_before == -1);
    assert_true(fabs(report->regression.r2 - r2) < 1e-6 * (1 + fabs(r2)));
    assert_true(fabs(report->regression.mae - mae) < 1e-6 * mae);
    assert_true(fabs(report->regression.rmse - rmse) < 1e-6 * rmse);
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &before, NULL), LOCI_OK);
    assert_true(report->regression_before.rmse == before.regression.rmse);
    char *text = read_text("x/report.json");
    json_t *json = json_loads(text, 0, NULL);
    assert_true(json_real_value(json_object_get(json, "mae")) > 0);
    assert_true(fabs(json_real_value(json_object_get(json, "rmse")) - rmse) < 1e-6 * rmse);
    assert_true(fabs(json_real_value(json_object_get(json, "r2_before")) - before.regression.r2) <
                1e-6 * (1 + fabs(r2)));
    assert_int_equal(json_array_size(json_object_get(json, "outputs")), outputs);
    assert_null(json_object_get(json, "accuracy"));
    assert_null(json_object_get(json, "points_lost"));
    json_decref(json);
    free(text);
}

/* A program that asks for the values of the first test sample. */
static const char program[] = "#include <stdio.h>\n#include \"x/x.h\"\n"
                              "static x_scratch scratch;\n"
                              "int main(void) {\n"
                              "    static const uint8_t pixels[X_INPUTS] = {%u, %u, %u, %u, %u};\n"
                              "    x_run(pixels, scratch.outputs, &scratch);\n"
                              "    for (uint32_t k = 0; k < X_OUTPUTS; k++)\n"
                              "        printf(\"%%.9g \", (double)%s);\n"
                              "    return 0;\n}\n";

static void check_values(const loci_export *export, const loci_network *network,
                         const loci_dataset *data, uint32_t outputs, bool fixed) {
    int32_t p[COLUMNS];
    float x[COLUMNS], theirs[MOST];
    double own[MOST];
    char source[1024];
    assert_int_equal(loci_export_inputs(export, data, LOCI_TEST, 0, p), LOCI_OK);
    for (size_t i = 0; i < COLUMNS; i++)
        x[i] = (float)p[i] / 255;
    assert_int_equal(loci_network_run(network, NULL, x, 1, theirs, NULL), LOCI_OK);
    assert_int_equal(loci_export_run(export, p, 1, own, NULL), LOCI_OK);
    snprintf(source, sizeof source, program, p[0], p[1], p[2], p[3], p[4],
             fixed ? "x_value(scratch.outputs, k)" : "scratch.outputs[k]");
    scratch_write(scratch_path(folder, "main.c"), source, strlen(source));
    for (size_t c = 0; c < 2; c++) {
        if (strcmp(compilers[c], "-") == 0)
            continue;
        run("cd '%s' && '%s' -std=c99 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror main.c "
            "x/x.c -lm -o run && ./run > out",
            folder, compilers[c]);
        char *out = read_text("out"), *at = out;
        for (uint32_t k = 0; k < outputs; k++) {
            double value = strtod(at, &at), unit = (double)deviation[k];
            assert_true(fabs(value - loci_export_value(export, k, own[k])) < 1e-4 * unit);
            if (fabs(value - (double)theirs[k]) > (fixed ? 0.3 : 1e-3) * unit)
                fail_msg("output %u is %g in C, %g in the network", k, value, (double)theirs[k]);
        }
        free(out);
        run("cd '%s/x' && make -s CC='%s' > ../out && make -s clean", folder, compilers[c]);
        must_say("out", "output 0 is ", true);
    }
}

static void check_texts(bool fixed) {
    must_say("x/x.h", "classify", false);
    must_say("x/x.h", "logit", false);
    must_say("x/x.h", "CLASSES", false);
    must_say("x/x.h", "x_value(", fixed);
    must_say("x/x.h", "X_SCALES", fixed);
    must_say("x/x.c", "classify", false);
    must_say("x/x.c", "logit", false);
    must_say("x/x.c", "output_deviation", !fixed);
    must_say("x/x_test.c", "labels", false);
    must_say("x/README.md", "classify", false);
    must_say("x/README.md", "logit", false);
    must_say("x/README.md", "mean absolute error", true);
    must_say("x/README.md", "accuracy", false);
}

static void check(const char *options, uint32_t outputs, int mode, uint32_t bits) {
    loci_network *network = make_regressor(options, outputs);
    loci_dataset *data = make_table(outputs);
    loci_export *export = NULL;
    loci_export_options wanted;
    loci_error error = {0};
    loci_export_options_defaults(&wanted);
    wanted.mode = mode;
    wanted.bits = bits;
    wanted.name = "x";
    wanted.data = data;
    if (loci_export_create(&export, network, &wanted, &error) != LOCI_OK ||
        loci_export_write(export, scratch_path(folder, "x"), 1, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    check_texts(bits < 32);
    check_report(export, network, data, outputs);
    check_values(export, network, data, outputs, bits < 32);
    loci_export_free(export);
    loci_dataset_free(data);
    loci_network_free(network);
}

static void test_values(void **state) {
    (void)state;
    for (uint32_t bits = 8; bits <= 32; bits += 24) {
        check("task=regress neuron=relu hidden=7 dendrite-sites=2", 1, LOCI_EXPORT_POSITIONS, bits);
        check("task=regress neuron=relu hidden=0", 1, LOCI_EXPORT_WEIGHTS, bits);
        check("task=regress neuron=relu hidden=7", 2, LOCI_EXPORT_PRUNED, bits);
        check("task=regress hidden=7 time-steps=6", 1, LOCI_EXPORT_POSITIONS, bits);
        check("task=regress hidden=7 time-steps=6 readout=membrane-last", 2, LOCI_EXPORT_WEIGHTS,
              bits);
    }
}

/* A stored value that is not what comes of the input makes the self-test fail. */
static void test_self_test_fails(void **state) {
    (void)state;
    for (uint32_t bits = 8; bits <= 32; bits += 24) {
        check("task=regress neuron=relu hidden=7", 1, LOCI_EXPORT_WEIGHTS, bits);
        char *text = read_text("x/x_test.c"), *at = strstr(text, "expected[");
        at = strchr(at, '{') + 1;
        at += strcspn(at, "123456789");
        *at = *at == '9' ? '1' : (char)(*at + 1);
        scratch_write(scratch_path(folder, "x/x_test.c"), text, strlen(text));
        free(text);
        run("cd '%s/x' && ! make -s > ../out 2>&1", folder);
        must_say("out", "WRONG", true);
    }
}

/* Names of outputs stand in header, README and report, and end no comment. */
static void test_names(void **state) {
    (void)state;
    static const char table[] = "a,b,c,d,e,kW/*h*/ peak,tonnes\n";
    char *text = NULL;
    size_t size = 0;
    FILE *csv = open_memstream(&text, &size);
    fputs(table, csv);
    for (int i = 0; i < 60; i++)
        fprintf(csv, "0.%d,0.%d,0.%d,0.%d,0.%d,%d.5,%d\n", i, 2 * i, 3 * i, 60 - i, i % 7, i * i,
                i % 5);
    fclose(csv);
    scratch_write(scratch_path(folder, "t.csv"), text, size);
    free(text);
    loci_dataset *data;
    loci_data_options options;
    loci_error error = {0};
    loci_data_options_defaults(&options);
    options.target_columns = "kW/*h*/ peak,tonnes";
    if (loci_dataset_open(&data, scratch_path(folder, "t.csv"), &options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    loci_network *network = make_regressor("task=regress neuron=relu hidden=3", 2);
    loci_export *export;
    loci_export_options wanted;
    loci_export_options_defaults(&wanted);
    wanted.name = "x";
    wanted.data = data;
    assert_int_equal(loci_export_create(&export, network, &wanted, &error), LOCI_OK);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "x"), 1, &error), LOCI_OK);
    must_say("x/x.h", " *   0: \"kW/ *h* / peak\"\n *   1: \"tonnes\"\n */\n", true);
    must_say("x/x.h", "#define X_OUTPUT_NAMES { \\\n    \"kW/*h*/ peak\", \\\n    \"tonnes\"",
             true);
    must_say("x/x.h", "/* In this order:\n *   0: \"a\"\n *   1: \"b\"\n", true);
    must_say("x/README.md", "- input 3: d\n- input 4: e\n", true);
    must_say("x/README.md", "- output 0: kW/*h*/ peak\n- output 1: tonnes\n", true);
    must_say("x/report.json", "\"kW/*h*/ peak\"", true);
    if (strcmp(compilers[0], "-") != 0)
        run("cd '%s/x' && make -s CC='%s' CFLAGS='-std=c99 -Wall -Werror' > ../out", folder,
            compilers[0]);
    loci_export_free(export);
    loci_network_free(network);
    loci_dataset_free(data);
}

static const char namer[] = "#include <stdio.h>\n#include \"x/x.h\"\n"
                            "int main(void) {\n"
                            "    for (int c = 0; c < X_CLASSES; c++)\n"
                            "        printf(\"%s;\", x_class_name(c));\n"
                            "    return 0;\n}\n";

/* Names of classes, whatever is in them, are the network's own; its columns are, too, where it has
 * a note of them, of which one of words is an input a word. */
static void test_class_names(void **state) {
    (void)state;
    static const char classes[] = "[\"a\\\"b\\\\n\", \"what?"
                                  "?/\", \"caf\\u00e9 1\"]";
    static const char columns[] =
        "{\"columns\": [{\"name\": \"length\", \"kind\": \"number\"}, {\"name\": \"colour\", "
        "\"kind\": \"words\", \"words\": [\"blue\", \"red\"]}, {\"name\": \"w\", \"kind\": "
        "\"number\"}, {\"name\": \"h\", \"kind\": \"number\"}]}";
    static float samples[30][COLUMNS], one[COLUMNS] = {1, 1, 1, 1, 1}, none[COLUMNS];
    int32_t labels[30];
    loci_dataset *data;
    loci_network *network;
    loci_export *export;
    loci_error error = {0};
    loci_export_options options;
    const double units[COLUMNS] = {0.5, 0.5, 0.5, 0.5, 0.5};
    for (int i = 0; i < 30; i++) {
        labels[i] = i % 3;
        for (int f = 0; f < COLUMNS; f++)
            samples[i][f] = (float)((i + f) % 2);
    }
    assert_int_equal(loci_dataset_from_arrays(&data, "t", 1, COLUMNS, samples[0], labels, 30, NULL,
                                              NULL, 0, &error),
                     LOCI_OK);
    loci_spec spec = fixture_spec(1, COLUMNS, 3, "neuron=relu hidden=3");
    assert_int_equal(loci_network_create(&network, &spec, 1, &error), LOCI_OK);
    assert_int_equal(loci_network_set_input_scaling(network, none, one, &error), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "classes", classes, &error), LOCI_OK);
    bool noted = loci_network_set_note(network, "columns", columns, NULL) == LOCI_OK;
    loci_export_options_defaults(&options);
    options.name = "x";
    options.data = data;
    options.input_type = LOCI_EXPORT_INT8;
    options.input_unit = units;
    options.input_units = COLUMNS;
    assert_int_equal(loci_export_create(&export, network, &options, &error), LOCI_OK);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "x"), 1, &error), LOCI_OK);
    must_say("x/x.h", "#define X_CLASS_NAMES {", true);
    must_say("x/x.h", "    \"what\\?\\?/\", \\\n    \"caf\\303\\251 1\", \\\n", true);
    must_say("x/x.h", "pixel", false);
    must_say("x/x.c", "pixel", false);
    must_say("x/x.c", "image", false);
    must_say("x/README.md", "pixel", false);
    must_say("x/README.md", "image", false);
    must_say("x/x.h", noted ? " *   0: \"length\", one count is 0.5" : " *   0, one count is 0.5",
             true);
    must_say("x/x.h", " *   2: \"colour = red\", one count is 1", noted);
    scratch_write(scratch_path(folder, "main.c"), namer, strlen(namer));
    for (int c = 0; c < 2; c++) {
        if (strcmp(compilers[c], "-") == 0)
            continue;
        run("cd '%s' && '%s' -std=c99 -Wall -Wextra -Werror -pedantic main.c -o run && ./run >out",
            folder, compilers[c]);
        must_say("out",
                 "a\"b\\n;what?"
                 "?/;caf\303\251 1;",
                 true);
        /* nothing of them is in the program unless it is asked */
        run("cd '%s/x' && '%s' -std=c99 -O1 -c x.c -o x.o && ! grep -q 'what?' x.o && rm x.o",
            folder, compilers[c]);
    }
    loci_export_free(export);
    loci_network_free(network);
    loci_dataset_free(data);
}

int main(int argc, char **argv) {
    assert_int_equal(argc, 3);
    for (int i = 0; i < 2; i++)
        compilers[i] = argv[i + 1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_self_test_fails),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_class_names),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
