/* Exported C against the library's twin of it: to the last bit in integers, to rounding in floats.
 *
 *     test_export_c GCC|- CLANG|- ARM-GCC|-
 *
 * Many small networks are exported in every mode under names of their own, compiled together with
 * all warnings as errors, and run on the test part of some data. */
#include "compare.h"
#include "export_nets.h"
#include "no_sync.h"
#include "scratch_folder.h"

#include <ctype.h>
#include <math.h>
#include <unistd.h>

#include "codegen/export.h"

static const char *compilers[3];

/* ---- data ---- */

enum { TRAIN = 80, TEST = 24, MOST_CASES = 2 * NETS };

/* Sensors in place of pixels: what they give for 0 and for 1, in the data and in counts. */
static const struct {
    int type;
    float first, last;
    double unit;
} sensors[] = {{LOCI_EXPORT_FLOAT, 0, 1, 0},          {LOCI_EXPORT_FLOAT, -40, 125.5f, 0},
               {LOCI_EXPORT_INT8, -128, 127, 1},      {LOCI_EXPORT_UINT8, 3, 250, 1},
               {LOCI_EXPORT_INT16, -3276.8f, 0, 0.1}, {LOCI_EXPORT_UINT16, 1, 65535, 1}};
enum { SENSORS = sizeof sensors / sizeof *sensors, PIXELS_ALONE = 0 };

/* Noise with a bright spot that tells the class, a third of it black. */
static loci_dataset *make_data(uint32_t height, uint32_t width, bool regress, size_t sensor) {
    static float targets[(TRAIN + TEST) * CLASSES];
    static float images[TRAIN + TEST][MOST_PIXELS];
    static int32_t labels[TRAIN + TEST];
    const loci_random stream = {7, LOCI_RANDOM_TEST, 50};
    uint32_t pixels = height * width;
    assert_true(pixels <= MOST_PIXELS);
    float *at = images[0];
    for (size_t i = 0; i < TRAIN + TEST; i++) {
        labels[i] = (int32_t)(i % CLASSES);
        for (uint32_t p = 0; p < pixels; p++) {
            uint32_t byte = loci_random_below(&stream, i * MOST_PIXELS + p, 256);
            bool spot = p * CLASSES / pixels == i % CLASSES;
            float level = (float)(byte < 85 && !spot ? 0 : spot ? 128 + byte / 2 : byte) / 255;
            double unit = sensors[sensor].unit,
                   number = sensors[sensor].first +
                            (double)level * (sensors[sensor].last - sensors[sensor].first);
            *at++ = sensor == PIXELS_ALONE ? level
                    : unit > 0             ? (float)(round(number / unit) * unit)
                                           : (float)number;
        }
    }
    loci_dataset *data = NULL;
    loci_error error = {0};
    const float *first = images[0]; /* they follow each other, `pixels` apart */
    for (size_t i = 0; i < (TRAIN + TEST) * CLASSES; i++)
        targets[i] = first[i / CLASSES * pixels] * (float)(i % CLASSES);
    loci_arrays train = {
        .count = TRAIN, .samples = images[0], .targets = targets, .outputs = CLASSES};
    loci_arrays test = {.count = TEST,
                        .samples = images[0] + TRAIN * pixels,
                        .targets = targets + TRAIN * CLASSES,
                        .outputs = CLASSES};
    if (regress &&
        loci_dataset_borrow(&data, "spots", height, width, &train, &test, &error) == LOCI_OK)
        return data;
    if (loci_dataset_from_arrays(&data, "spots", height, width, images[0], labels, TRAIN,
                                 images[0] + TRAIN * pixels, labels + TRAIN, TEST,
                                 &error) != LOCI_OK)
        fail_msg("%s", error.message);
    return data;
}

/* ---- exporting ---- */

/* Everything exported in one mode with so many bits, and what the twin makes of the images. */
struct batch {
    int mode;
    uint32_t bits;
    FILE *list; /* the networks, for the program that runs them */
    size_t count;
    double *logits[MOST_CASES]; /* [TEST, CLASSES] */
    size_t net[MOST_CASES], sensor[MOST_CASES];
};

/* As an array of the type that the source takes. */
static void write_inputs(const char *path, const int32_t *inputs, size_t count, int type) {
    size_t size = type == LOCI_EXPORT_INT16 || type == LOCI_EXPORT_UINT16 ? 2 : 1;
    uint8_t *bytes = malloc(size * count), *at = bytes;
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++, at += size)
        memcpy(at, &(uint16_t){(uint16_t)inputs[i]}, size); /* the low byte is the first */
    scratch_write(path, bytes, size * count);
    free(bytes);
}

/* What the twin and the network itself make of the images. Whole numbers of 8 bits must be near. */
static void check_twin(const loci_network *network, const loci_export *export, size_t net,
                       const int32_t *given, const double *logits) {
    size_t size = loci_spec_pixels(&network->spec);
    float *inputs = loci_alloc(TEST * size, sizeof *inputs);
    float own[TEST * CLASSES];
    double largest, squared = 0, spread = 0;
    for (size_t i = 0; i < TEST; i++)
        for (size_t k = 0; k < loci_codegen_neurons(export, 0); k++)
            inputs[i * size + loci_network_pixel(network, k)] =
                loci_codegen_input_real(export, loci_codegen_enter(export, given + i * size, k));
    if (network->spec.activation == LOCI_ACTIVATION_RELU || network->spec.maps_count > 0)
        assert_int_equal(loci_network_run(network, NULL, inputs, TEST, own, NULL), LOCI_OK);
    else
        for (size_t i = 0; i < TEST; i++)
            run_plainly(network, inputs + i * size, own + i * CLASSES);
    largest = largest_of_floats(own, TEST * CLASSES);
    for (size_t i = 0; i < TEST * CLASSES; i++) {
        double value = loci_export_value(export, (uint32_t)(i % CLASSES), logits[i]);
        double difference = value - (double)own[i];
        if (loci_export_report_of(export)->bits == 32 && fabs(difference) > 1e-4 * largest)
            fail_msg("%s: logit %zu is %g, not %g", nets[net].options, i, logits[i],
                     (double)own[i]);
        squared += difference * difference;
        double above = (double)own[i];
        if (network->target_mean != NULL)
            above -= (double)units_mean[i % CLASSES];
        spread += above * above;
    }
    /* a spike more or less is a large difference; without planes sites come near each other, where
     * a step makes much of one */
    double allowed = network->spec.neuron == LOCI_NEURON_LIF       ? 0.5
                     : network->spec.planes == LOCI_PLANES_RELAXED ? 0.25
                                                                   : 0.1;
    bool counts = network->spec.neuron == LOCI_NEURON_LIF &&
                  network->spec.readout == LOCI_READOUT_COUNT; /* of a few spikes */
    if (loci_export_report_of(export)->bits == 8 && !counts &&
        sqrt(squared) > allowed * sqrt(spread))
        fail_msg("%s: with 8 bits off by %g of %g", nets[net].options, sqrt(squared), sqrt(spread));
    free(inputs);
}

/* The network takes what a sensor gives, standardised. */
static void set_scaling(loci_network *network, size_t sensor) {
    float low[MOST_PIXELS], span[MOST_PIXELS];
    for (size_t p = 0; p < MOST_PIXELS; p++) {
        span[p] = 0.3f * (sensors[sensor].last - sensors[sensor].first) * (1 + (float)(p % 3) / 4);
        low[p] = sensors[sensor].first + (0.2f + (float)(p % 7) / 20) * span[p];
    }
    assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
}

static void export_net(struct batch *batch, size_t i, size_t sensor) {
    loci_network *network = make_net(i);
    loci_error error = {0};
    loci_export *export = NULL;
    loci_export_options options;
    char name[16], file[32];
    if (!possible(network, i, batch->mode, batch->bits)) {
        loci_network_free(network);
        return;
    }
    loci_dataset *data = make_data(nets[i].height, nets[i].width,
                                   loci_network_spec(network)->task == LOCI_TASK_REGRESS, sensor);
    if (sensor != PIXELS_ALONE)
        set_scaling(network, sensor);
    size_t size = loci_spec_pixels(&network->spec);
    snprintf(name, sizeof name, "n%zu", batch->count);
    loci_export_options_defaults(&options);
    options.mode = batch->mode;
    options.bits = batch->bits;
    options.name = name;
    options.data = data;
    options.samples = 40;
    options.input_type = sensors[sensor].type;
    if (sensors[sensor].unit > 0) {
        options.input_unit = &sensors[sensor].unit;
        options.input_units = 1;
    }
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK ||
        loci_export_write(export, scratch_path(folder, name), 0, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", nets[i].options, error.where, error.message);
    int32_t *given = loci_alloc(TEST * size, sizeof *given);
    double *logits = loci_alloc(TEST * CLASSES, sizeof *logits);
    for (size_t b = 0; b < TEST; b++)
        assert_int_equal(loci_export_inputs(export, data, LOCI_TEST, b, given + b * size), LOCI_OK);
    assert_int_equal(loci_export_run(export, given, TEST, logits, &error), LOCI_OK);
    check_twin(network, export, i, given, logits);
    snprintf(file, sizeof file, "%s.pixels", name);
    write_inputs(scratch_path(folder, file), given, TEST * size, export->input.type);
    fprintf(batch->list, "NET(%s)\n", name);
    batch->net[batch->count] = i;
    batch->sensor[batch->count] = sensor;
    batch->logits[batch->count++] = logits;
    free(given);
    loci_export_free(export);
    loci_dataset_free(data);
    loci_network_free(network);
}

/* ---- compiling and running ---- */

/* Runs all networks of list.h on their pixels and prints the logits. */
static const char harness[] =
    "#include <stdio.h>\n"
    "#include LIST\n"
    "#define NET(n) \\\n"
    "    static int test_##n(void) { \\\n"
    "        static n##_scratch scratch; \\\n"
    "        static n##_input pixels[LARGEST]; \\\n"
    "        NUMBER logits[4]; \\\n"
    "        FILE *file = fopen(#n \".pixels\", \"rb\"); \\\n"
    "        while (file != 0 && fread(pixels, sizeof *pixels * INPUTS(n), 1, file) == 1) { \\\n"
    "            n##_run(pixels, logits, &scratch); \\\n"
    "            int best = n##_classify(pixels, &scratch); \\\n"
    "            for (int c = 0; c < 4; c++) { \\\n"
    "                printf(\"%.17g\\n\", (double)logits[c]); \\\n"
    "                if (logits[c] > logits[best] || (logits[c] == logits[best] && c < best)) \\\n"
    "                    return 1; \\\n"
    "            } \\\n"
    "        } \\\n"
    "        return file == 0 || sizeof scratch != SCRATCH(n); \\\n"
    "    }\n"
    "#include \"list.h\"\n"
    "#undef NET\n"
    "#define NET(n) failed |= test_##n();\n"
    "int main(void) {\n"
    "    int failed = 0;\n"
    "#include \"list.h\"\n"
    "    return failed;\n"
    "}\n";

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

#define STRICT "-std=c99 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror"

/* The program's output against the twin's. */
static void compare(const struct batch *batch, const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (size_t n = 0; n < batch->count; n++)
        for (size_t i = 0; i < TEST * CLASSES; i++) {
            double value, expected = batch->logits[n][i];
            assert_int_equal(fscanf(file, "%lf", &value), 1);
            double allowed = batch->bits == 32 ? 1e-4 * (1 + fabs(expected)) : 0;
            if (fabs(value - expected) > allowed)
                fail_msg("%s: logit %zu is %.9g in C, not %.9g", nets[batch->net[n]].options, i,
                         value, expected);
        }
    char more[8];
    assert_int_equal(fscanf(file, "%7s", more), EOF);
    fclose(file);
}

/* A regressor does not classify; what the harness calls in its place. */
static const char stand_in[] =
    "static int n%zu_classify(const n%zu_input *pixels, n%zu_scratch *scratch) {\n"
    "    int best = 0;\n"
    "    n%zu_run(pixels, scratch->outputs, scratch);\n"
    "    for (int k = 1; k < N%zu_OUTPUTS; k++)\n"
    "        best = scratch->outputs[k] > scratch->outputs[best] ? k : best;\n"
    "    return best;\n"
    "}\n";

static void write_headers(const struct batch *batch) {
    FILE *file = fopen(scratch_path(folder, "headers.h"), "w");
    assert_non_null(file);
    fprintf(file, "enum { LARGEST = %d };\n", MOST_PIXELS);
    for (size_t n = 0; n < batch->count; n++)
        fprintf(file,
                "#include \"n%zu/n%zu.h\"\nenum { inputs_n%zu = N%zu_INPUTS, scratch_n%zu = "
                "N%zu_SCRATCH_BYTES };\n#ifndef N%zu_INPUT_BITS\ntypedef uint8_t n%zu_input;\n"
                "#endif\n",
                n, n, n, n, n, n, n, n);
    for (size_t n = 0; n < batch->count; n++)
        if (strstr(nets[batch->net[n]].options, "task=regress") != NULL)
            fprintf(file, stand_in, n, n, n, n, n);
    fprintf(file,
            "#define INPUTS(n) inputs_##n\n#define SCRATCH(n) scratch_##n\n"
            "#define NUMBER %s\n",
            batch->bits == 32 ? "float" : "int32_t");
    fclose(file);
}

/* All networks, and the self-test of the first with each sensor. */
static void compile_and_run(const struct batch *batch, const char *compiler) {
    run("cd '%s' && '%s' " STRICT " -O1 -c $(ls n*/n*.c | grep -v test)", folder, compiler);
    run("cd '%s' && '%s' -std=c99 -DLIST='\"headers.h\"' main.c n*.o -lm -o run && ./run > out",
        folder, compiler);
    compare(batch, scratch_path(folder, "out"));
    for (size_t sensor = 0, n = 0; sensor < SENSORS; sensor++, n = 0) {
        while (batch->sensor[n] != sensor)
            n++;
        run("cd '%s/n%zu' && make -s CC='%s' CFLAGS='" STRICT "' > out", folder, n, compiler);
    }
}

/* make test takes all nets in positions of 8 bits, and in each other mode one in five with each
 * number of bits; no bits at all: as many as the network was trained with. */
static bool is_taken(int mode, uint32_t bits, size_t i) {
    size_t turn = bits == 32 ? 0 : bits == 8 ? 1 : 2;
    if (bits == 0)
        return nets[i].treatment == (mode == LOCI_EXPORT_POSITIONS ? ROUNDED : UNITS);
    if (getenv("LOCI_EVERYTHING") != NULL || (bits == 8 && mode == LOCI_EXPORT_POSITIONS))
        return true;
    return (i + (size_t)mode + turn) % 5 == 0;
}

static void check_mode(int mode, uint32_t bits) {
    struct batch batch = {.mode = mode, .bits = bits};
    make_folder(NULL);
    batch.list = fopen(scratch_path(folder, "list.h"), "w");
    assert_non_null(batch.list);
    bool every = getenv("LOCI_EVERYTHING") != NULL;
    for (size_t i = 0; i < NETS; i++)
        if (is_taken(mode, bits, i))
            export_net(&batch, i, PIXELS_ALONE);
    bool wide = (bits == 8 && mode == LOCI_EXPORT_POSITIONS) || (every && bits > 2);
    for (size_t i = (size_t)(mode + (int)bits) % 3; i < NETS && wide; i += 3)
        export_net(&batch, i, 1 + i / 3 % (SENSORS - 1));
    for (size_t sensor = 1; sensor < SENSORS && !wide; sensor++)
        export_net(&batch, NETS - 1, sensor);
    fclose(batch.list);
    write_headers(&batch);
    scratch_write(scratch_path(folder, "main.c"), harness, strlen(harness));
    assert_true(batch.count > (bits > 0 ? NETS / 6 : 2));
    /* the rest has the same kernels, and is left to make test-long */
    bool second = every || (bits <= 2 && mode == LOCI_EXPORT_POSITIONS);
    for (size_t c = 0; c < (second ? 2 : 1); c++)
        if (strcmp(compilers[c], "-") != 0)
            compile_and_run(&batch, compilers[c]);
    if ((every || bits == 8) && strcmp(compilers[2], "-") != 0)
        run("cd '%s' && for cpu in m0 m4; do '%s' " STRICT " -mcpu=cortex-$cpu -mthumb "
            "-fsyntax-only %s $(ls n*/n*.c | grep -v test) || exit 1; done",
            folder, compilers[2], bits == 32 ? "--specs=picolibc.specs" : "-ffreestanding");
    for (size_t n = 0; n < batch.count; n++)
        free(batch.logits[n]);
    remove_folder(NULL);
}

#define MODE(name, mode, bits)                                                                     \
    static void test_##name(void **state) {                                                        \
        (void)state;                                                                               \
        check_mode(mode, bits);                                                                    \
    }
MODE(positions_float, LOCI_EXPORT_POSITIONS, 32)
MODE(positions_8, LOCI_EXPORT_POSITIONS, 8)
MODE(positions_4, LOCI_EXPORT_POSITIONS, 4)
MODE(positions_2, LOCI_EXPORT_POSITIONS, 2)
MODE(positions_as_trained, LOCI_EXPORT_POSITIONS, 0)
MODE(weights_as_trained, LOCI_EXPORT_WEIGHTS, 0)
MODE(pruned_as_trained, LOCI_EXPORT_PRUNED, 0)
MODE(weights_float, LOCI_EXPORT_WEIGHTS, 32)
MODE(weights_8, LOCI_EXPORT_WEIGHTS, 8)
MODE(weights_4, LOCI_EXPORT_WEIGHTS, 4)
MODE(weights_2, LOCI_EXPORT_WEIGHTS, 2)
MODE(pruned_float, LOCI_EXPORT_PRUNED, 32)
MODE(pruned_8, LOCI_EXPORT_PRUNED, 8)
MODE(pruned_4, LOCI_EXPORT_PRUNED, 4)
MODE(pruned_2, LOCI_EXPORT_PRUNED, 2)

int main(int argc, char **argv) {
    assert_int_equal(argc, 4);
    for (int i = 0; i < 3; i++)
        compilers[i] = argv[i + 1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions_float),
        cmocka_unit_test(test_positions_8),
        cmocka_unit_test(test_positions_4),
        cmocka_unit_test(test_weights_float),
        cmocka_unit_test(test_weights_8),
        cmocka_unit_test(test_weights_4),
        cmocka_unit_test(test_pruned_float),
        cmocka_unit_test(test_pruned_8),
        cmocka_unit_test(test_pruned_4),
        cmocka_unit_test(test_positions_2),
        cmocka_unit_test(test_weights_2),
        cmocka_unit_test(test_pruned_2),
        cmocka_unit_test(test_positions_as_trained),
        cmocka_unit_test(test_weights_as_trained),
        cmocka_unit_test(test_pruned_as_trained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
