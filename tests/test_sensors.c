/* Inputs that are counts of a sensor: their scaling in whole numbers against the formula, all
 * counts of a type through the twin and through the source, and what is refused.
 *
 *     test_sensors GCC|- CLANG|- */
#include "codegen/export.h"
#include "no_sync.h"
#include "prune_fixture.h"
#include "scratch_folder.h"

#include <math.h>

enum { COLUMNS = 6, TRAIN = 40, WAYS = 3 };

static const char *compilers[2];

static const loci_random stream = {11, LOCI_RANDOM_TEST, 70};
static uint64_t drawn;

static double draw(void) {
    return loci_random_uniform(&stream, drawn++);
}

/* A table from samples [TRAIN, COLUMNS]. */
static loci_dataset *make_table(const float *samples) {
    loci_dataset *data;
    loci_error error = {0};
    int32_t labels[TRAIN];
    for (int i = 0; i < TRAIN; i++)
        labels[i] = i % WAYS;
    if (loci_dataset_from_arrays(&data, "counts", 1, COLUMNS, samples, labels, TRAIN, NULL, NULL, 0,
                                 &error) != LOCI_OK)
        fail_msg("%s", error.message);
    return data;
}

static loci_network *make_network(const char *options, const float *low, const float *span) {
    loci_spec spec = fixture_spec(1, COLUMNS, WAYS, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 1, &error) != LOCI_OK)
        fail_msg("%s", error.message);
    fixture_move(network, 1);
    assert_int_equal(loci_network_set_input_scaling(network, low, span, &error), LOCI_OK);
    return network;
}

static int make_export(loci_export **out, const loci_network *network, const loci_dataset *data,
                       int type, const double *unit, size_t units, loci_error *error) {
    loci_export_options options;
    loci_export_options_defaults(&options);
    options.name = "x";
    options.data = data;
    options.input_type = type;
    options.input_unit = unit;
    options.input_units = units;
    return loci_export_create(out, network, &options, error);
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

/* ---- all counts of a type ---- */

/* What enters of a count by the formula, in double precision. */
static double formula(const loci_export *export, size_t i, int32_t count) {
    const loci_codegen_input *input = &export->input;
    double x = ((double)count * input->count[i] - (double)export->network->low[i]) /
               (double)export->network->span[i];
    return fmin(fmax(x / input->unit, input->least), input->most);
}

/* The source's own function over all counts of all columns, for two compilers. */
static const char program[] = "#include \"x/x.c\"\n#include <stdio.h>\n"
                              "int main(void) {\n"
                              "    for (uint32_t i = 0; i < X_INPUTS; i++)\n"
                              "        for (int32_t c = LOWEST; c <= HIGHEST; c++) {\n"
                              "            x_input row[X_INPUTS] = {0};\n"
                              "            row[i] = (x_input)c;\n"
                              "            int32_t number = enter(row, i);\n"
                              "            fwrite(&number, sizeof number, 1, stdout);\n"
                              "        }\n"
                              "    return 0;\n}\n";

static void compare_source(const loci_export *export, const int32_t *numbers, size_t count) {
    loci_error error = {0};
    const loci_codegen_input *input = &export->input;
    assert_int_equal(loci_export_write(export, scratch_path(folder, "x"), 1, &error), LOCI_OK);
    scratch_write(scratch_path(folder, "main.c"), program, strlen(program));
    for (int c = 0; c < 2; c++) {
        size_t size;
        if (strcmp(compilers[c], "-") == 0)
            continue;
        run("cd '%s' && '%s' -std=c99 -O2 -DLOWEST='(%d)' -DHIGHEST=%d main.c -o run && ./run >out",
            folder, compilers[c], input->lowest, input->highest);
        int32_t *theirs = (int32_t *)scratch_read(scratch_path(folder, "out"), &size);
        assert_int_equal(size, count * sizeof *theirs);
        for (size_t i = 0; i < count; i++)
            if (theirs[i] != numbers[i])
                fail_msg("count %zu of %zu: %d in C, not %d", i, count, theirs[i], numbers[i]);
        free(theirs);
        run("cd '%s/x' && make -s CC='%s' > out", folder, compilers[c]);
    }
}

/* All counts are as near to the formula as the export says; returns how many were told apart. */
static size_t check_counts(const loci_export *export, bool in_c) {
    const loci_codegen_input *input = &export->input;
    const loci_export_report *report = loci_export_report_of(export);
    size_t each = (size_t)(input->highest - input->lowest) + 1, apart = 0;
    int32_t *numbers = loci_alloc(COLUMNS * each, sizeof *numbers), *number = numbers;
    double largest = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        for (int32_t c = input->lowest; c <= input->highest; c++, number++) {
            int32_t given[COLUMNS] = {0};
            given[i] = c;
            *number = loci_codegen_enter(export, given, i);
            double off = fabs(*number - formula(export, i, c));
            largest = fmax(largest, off);
            if (off > report->scaling_off + 1e-6)
                fail_msg("column %zu, count %d: %d, not %.9g; allowed %g", i, c, *number,
                         formula(export, i, c), report->scaling_off);
            apart += c > input->lowest && number[-1] != *number;
            if (c > input->lowest && number[-1] > *number)
                fail_msg("column %zu: more is less at count %d", i, c);
        }
    /* the bound is no more than it need be */
    assert_true(report->scaling_off >= 0.5 && report->scaling_off < 0.5 + 1.0 / 16 + 1e-4);
    assert_true(report->scaling_flash == (size_t)12 * COLUMNS && report->scaled == COLUMNS);
    if (in_c)
        compare_source(export, numbers, COLUMNS * each);
    free(numbers);
    return apart;
}

/* Whole counts of the type in a part of its range, which the network has standardised, or brought
 * to 0 .. 1, or scaled in some way that has nothing to do with them. */
static void fill(float *samples, float *low, float *span, int32_t lowest, int32_t highest,
                 int kind) {
    for (size_t f = 0; f < COLUMNS; f++) {
        double width = f == 0 ? 0 : floor(pow(draw(), 3) * (highest - lowest)),
               first = lowest + floor(draw() * (highest - lowest - width));
        double least = INFINITY, most = -INFINITY, sum = 0, square = 0;
        for (size_t i = 0; i < TRAIN; i++) {
            double x = first + floor(draw() * (width + 1));
            samples[i * COLUMNS + f] = (float)x;
            least = fmin(least, x);
            most = fmax(most, x);
            sum += x / TRAIN;
            square += x * x / TRAIN;
        }
        double deviation = sqrt(fmax(square - sum * sum, 0));
        low[f] = (float)(kind == 0 ? sum : least);
        span[f] = (float)(kind == 0   ? deviation
                          : kind == 1 ? most - least
                                      : pow(10, 12 * draw() - 6));
        if (!(span[f] > 1e-7f))
            span[f] = 1;
    }
}

static void test_every_count(void **state) {
    (void)state;
    static const int types[] = {LOCI_EXPORT_INT8, LOCI_EXPORT_UINT8, LOCI_EXPORT_INT16,
                                LOCI_EXPORT_UINT16};
    static const char *const nets[] = {"neuron=relu hidden=3", "hidden=3 time-steps=4",
                                       "hidden=3 time-steps=4 coding=latency"};
    float samples[TRAIN * COLUMNS], low[COLUMNS], span[COLUMNS];
    for (int round = 0; round < 4 * 9; round++) {
        int type = types[round % 4], kind = round / 4 % 3;
        int32_t lowest, highest;
        loci_error error = {0};
        loci_export *export = NULL;
        loci_codegen_limits(type, &lowest, &highest);
        fill(samples, low, span, lowest, highest, kind);
        loci_dataset *data = make_table(samples);
        loci_network *network = make_network(nets[round / 12], low, span);
        if (make_export(&export, network, data, type, NULL, 0, &error) != LOCI_OK)
            fail_msg("round %d: %s: %s", round, error.where, error.message);
        size_t apart = check_counts(export, round < 12 && kind < 2);
        if (kind < 2)
            assert_true(apart > 20);
        loci_export_free(export);
        loci_network_free(network);
        loci_dataset_free(data);
    }
}

/* One span a million times the other, both ways; counts that leap over all at once; a constant. */
static void test_extremes(void **state) {
    (void)state;
    static const float low[COLUMNS] = {0, 100, -5e5f, 1e9f, -1e9f, 7},
                       span[COLUMNS] = {1, 1e-6f, 1e6f, 1e6f, 1e6f, 1};
    float samples[TRAIN * COLUMNS];
    for (size_t i = 0; i < (size_t)TRAIN * COLUMNS; i++)
        samples[i] = i % COLUMNS == 5 ? 7 : (float)(i / COLUMNS);
    loci_dataset *data = make_table(samples);
    loci_network *network = make_network("neuron=relu hidden=3", low, span);
    for (int type = LOCI_EXPORT_INT8; type <= LOCI_EXPORT_UINT16; type++) {
        loci_export *export = NULL;
        loci_error error = {0};
        if (make_export(&export, network, data, type, NULL, 0, &error) != LOCI_OK)
            fail_msg("%s: %s", error.where, error.message);
        check_counts(export, true);
        loci_export_free(export);
    }
    loci_network_free(network);
    loci_dataset_free(data);
}

/* ---- measurements, in floats ---- */

/* What is none of the numbers of the table goes to an end, and what is no number at all to the
 * least. */
static const char scaler[] =
    "#include <math.h>\n#include <stdio.h>\n#include \"x/x.h\"\n"
    "int main(void) {\n"
    "    static const float raw[X_INPUTS] = {0.5f, -3e30f, 2.4f, NAN, 1e30f, 2};\n"
    "    x_input made[X_INPUTS];\n"
    "    x_scale(raw, made);\n"
    "    for (int i = 0; i < X_INPUTS; i++)\n        printf(\"%d \", made[i]);\n"
    "#ifdef BYTES\n"
    "    uint8_t pixels[X_INPUTS];\n"
    "    x_pixels(raw, pixels); /* its name in version 0.1 */\n"
    "    for (int i = 0; i < X_INPUTS; i++)\n        if (pixels[i] != made[i])\n"
    "            return 1;\n"
    "#endif\n"
    "    return 0;\n}\n";

/* The ends of each column of the table are at from and to when scaled. */
static void check_measurements(float from, float to, bool bytes, const char *wanted) {
    static const float low[COLUMNS] = {0, -1, 2, 0.5f, 10, 0},
                       span[COLUMNS] = {1, 4, 0.5f, 3, 20, 4};
    float samples[TRAIN * COLUMNS];
    loci_export *export;
    loci_error error = {0};
    for (size_t i = 0; i < (size_t)TRAIN * COLUMNS; i++) {
        size_t f = i % COLUMNS;
        samples[i] = low[f] + span[f] * (i / COLUMNS % 2 == 0 ? from : to);
    }
    loci_dataset *data = make_table(samples);
    loci_network *network = make_network("neuron=relu hidden=3", low, span);
    assert_int_equal(make_export(&export, network, data, LOCI_EXPORT_FLOAT, NULL, 0, &error),
                     LOCI_OK);
    assert_true(loci_export_report_of(export)->scaled == COLUMNS);
    assert_true(loci_export_report_of(export)->scaling_off == 0);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "x"), 1, &error), LOCI_OK);
    scratch_write(scratch_path(folder, "main.c"), scaler, strlen(scaler));
    for (int c = 0; c < 2; c++) {
        char text[100] = "";
        if (strcmp(compilers[c], "-") == 0)
            continue;
        run("cd '%s' && '%s' -std=c99 -Wall -Wextra -Wconversion -pedantic -Werror %s main.c x/x.c "
            "-o "
            "run && ./run >out",
            folder, compilers[c], bytes ? "-DBYTES" : "");
        FILE *file = fopen(scratch_path(folder, "out"), "r");
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        fclose(file);
        assert_string_equal(text, wanted);
        run("cd '%s/x' && make -s CC='%s' > out", folder, compilers[c]);
    }
    loci_export_free(export);
    loci_network_free(network);
    loci_dataset_free(data);
}

static void test_measurements(void **state) {
    (void)state;
    /* 127.5 is rounded up, as lround() does */
    check_measurements(0, 1, true, "128 0 204 0 255 128 ");
    /* a step of 2.5 / 4095; a quarter beyond -1 and 2 are the ends */
    check_measurements(-1, 2, false, "819 -2048 1310 -2048 4095 819 ");
}

/* ---- units, and what is refused ---- */

static const double tenth = 0.1;

static void test_units(void **state) {
    (void)state;
    static const float low[COLUMNS] = {0}, span[COLUMNS] = {4, 4, 4, 4, 4, 4};
    const double each[COLUMNS] = {0.1, 0.2, 0.05, 0.1, 0.1, 0.025};
    float samples[TRAIN * COLUMNS];
    for (size_t i = 0; i < (size_t)TRAIN * COLUMNS; i++)
        samples[i] = (float)(i / COLUMNS) / 10;
    loci_dataset *data = make_table(samples);
    loci_network *network = make_network("neuron=relu hidden=3", low, span);
    loci_export *export = NULL;
    loci_error error = {0};
    int32_t given[COLUMNS];
    assert_int_equal(make_export(&export, network, data, LOCI_EXPORT_UINT8, &tenth, 1, &error),
                     LOCI_OK);
    assert_int_equal(loci_export_inputs(export, data, LOCI_TRAIN, 31, given), LOCI_OK);
    assert_int_equal(given[3], 31);
    assert_int_equal(loci_export_inputs(export, data, LOCI_TRAIN, TRAIN, given), LOCI_E_ARGUMENT);
    check_counts(export, false);
    loci_export_free(export);
    assert_int_equal(make_export(&export, network, data, LOCI_EXPORT_UINT8, each, COLUMNS, &error),
                     LOCI_OK);
    assert_int_equal(loci_export_inputs(export, data, LOCI_TRAIN, 30, given), LOCI_OK);
    assert_int_equal(given[1], 15);
    assert_int_equal(given[5], 120);
    check_counts(export, true);
    loci_export_free(export);
    loci_network_free(network);
    loci_dataset_free(data);
}

static void refuse(const float *samples, int type, const double *unit, size_t units, int status,
                   const char *where, const char *words) {
    static const float low[COLUMNS] = {0}, span[COLUMNS] = {4, 4, 4, 4, 4, 4};
    loci_dataset *data = make_table(samples);
    loci_network *network = make_network("neuron=relu hidden=3", low, span);
    loci_export *export = NULL;
    loci_error error = {0};
    assert_int_equal(make_export(&export, network, data, type, unit, units, &error), status);
    assert_null(export);
    assert_string_equal(error.where, where);
    if (strstr(error.message, words) == NULL)
        fail_msg("no '%s' in: %s", words, error.message);
    loci_network_free(network);
    loci_dataset_free(data);
}

static void test_refused(void **state) {
    (void)state;
    static const double coarse = 1000, negative = -1, two[2] = {1, 2};
    float samples[TRAIN * COLUMNS] = {0};
    for (size_t i = 0; i < (size_t)TRAIN * COLUMNS; i++)
        samples[i] = (float)(i / COLUMNS);
    samples[9] = 2.5f;
    refuse(
        samples, LOCI_EXPORT_INT16, NULL, 0, LOCI_E_UNSUPPORTED, "input-type",
        "input 3 has 2.5 in the training data, which is no whole number of counts; where a count "
        "is 0.5, --input-unit 0.5");
    samples[9] = 2.7182818f;
    refuse(samples, LOCI_EXPORT_INT16, NULL, 0, LOCI_E_UNSUPPORTED, "input-type",
           "say in units of the data what one count is, --input-unit");
    samples[9] = 300;
    refuse(samples, LOCI_EXPORT_UINT8, NULL, 0, LOCI_E_UNSUPPORTED, "input-type",
           "uint8 (0 to 255) cannot hold; --input-type uint16 would do");
    samples[9] = -40;
    refuse(samples, LOCI_EXPORT_UINT16, NULL, 0, LOCI_E_UNSUPPORTED, "input-type",
           "--input-type int8 would do");
    samples[9] = -40000;
    refuse(samples, LOCI_EXPORT_UINT16, NULL, 0, LOCI_E_UNSUPPORTED, "input-type",
           "say what one count is, --input-unit");
    samples[9] = 3;
    refuse(samples, LOCI_EXPORT_INT8, &coarse, 1, LOCI_E_UNSUPPORTED, "input-unit",
           "one and the same");
    refuse(samples, LOCI_EXPORT_INT8, &negative, 1, LOCI_E_ARGUMENT, "input-unit", "1e-9");
    refuse(samples, LOCI_EXPORT_INT8, two, 2, LOCI_E_ARGUMENT, "input-unit", "one for all");
    refuse(samples, LOCI_EXPORT_FLOAT, &tenth, 1, LOCI_E_ARGUMENT, "input-unit", "--input-type");
    refuse(samples, 9, NULL, 0, LOCI_E_ARGUMENT, "input-type", "no type");
    assert_null(loci_export_input_name(5));
}

int main(int argc, char **argv) {
    assert_int_equal(argc, 3);
    for (int i = 0; i < 2; i++)
        compilers[i] = argv[i + 1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_count),  cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_measurements), cmocka_unit_test(test_units),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
