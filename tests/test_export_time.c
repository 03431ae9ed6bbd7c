/* Networks in time as exported C: to the last bit what the library's twin computes in integers, and
 * in floats the spikes of the network itself.
 *
 *     test_export_time GCC|- CLANG|- ARM-GCC|-
 *
 * All networks are exported in every mode, compiled together with all warnings as errors, and run;
 * those for events both at once and step by step, when each spike is looked at. */
#include "export_time_nets.h"
#include "no_sync.h"

#include <ctype.h>

#include "codegen/export.h"
#include "infer/prepared_contents.h"

static const char *compilers[3];

/* ---- exporting ---- */

/* What is expected of one network. */
struct made {
    size_t net, neurons; /* neurons that may fire are counted with the others */
    size_t layers, layer[LOCI_MAX_PAIRS];
    double logits[TEST * CLASSES];
    uint8_t *spikes; /* [TEST, STEPS, neurons] of the library; NULL: not known */
};

struct batch {
    int mode;
    uint32_t bits;
    FILE *list;
    size_t count;
    struct made made[TIME_NETS];
};

/* What a neuron's spike is that the library counts without keeping it. */
enum { NOT_KEPT = 2 };

/* Which neurons fire in a step. */
static void trace_step(const loci_network *network, const loci_spiking *s, struct made *made,
                       size_t step, size_t t) {
    uint8_t *to = made->spikes + step * made->neurons;
    for (size_t l = 0; l < made->layers; to += made->layer[l++]) {
        if (!loci_spec_fires(&network->spec, (uint32_t)l + 1))
            continue;
        assert_true(s->spikes[l] != NULL || l + 1 == made->layers);
        for (size_t j = 0; j < made->layer[l]; j++)
            to[j] = s->spikes[l] == NULL ? NOT_KEPT
                                         : s->spikes[l][t * loci_leading(made->layer[l]) + j] != 0;
    }
}

/* The spikes of the network itself. */
static void trace(const loci_network *network, const loci_export *export, const int32_t *given,
                  struct made *made) {
    loci_prepared *p;
    float in[MOST_GIVEN], logits[CLASSES];
    assert_int_equal(loci_prepared_create(&p, network, NULL), LOCI_OK);
    made->spikes = calloc(TEST * STEPS, made->neurons);
    for (size_t b = 0; b < TEST; b++) {
        for (size_t e = 0; e < export->given; e++)
            in[e] = (float)given[b * export->given + e];
        assert_int_equal(loci_prepared_run(p, in, 0, logits, NULL, NULL), LOCI_OK);
        for (size_t t = 0; t < STEPS; t++)
            trace_step(network, p->pass->spiking, made, b * STEPS + t, t);
    }
    loci_prepared_free(p);
}

/* What the whole numbers of a projection are worth beside what it is to be: in positions a step is
 * much to sites that are near each other, and of stored weights the largest may be cut off. */
static void check_weights(const loci_export *export, uint32_t p, const char *options) {
    const loci_codegen_pair *pair = &export->pair[p];
    bool loop = p >= export->pairs;
    const loci_pair_fixed *layer = &export->pair[loop ? p - export->pairs : p].fixed;
    double unit = loop ? layer->unit * pair->fixed.spike : layer->unit / layer->unit_in;
    double squared = 0, spread = 0;
    for (size_t at = 0; at < pair->n * pair->width; at++) {
        double gain = layer->gain != NULL ? layer->gain[at % pair->m] : 1;
        double real = (double)pair->real.w[at];
        squared += pow(pair->fixed.w[at] * gain * unit - real, 2);
        spread += real * real;
    }
    if (sqrt(squared) > 0.25 * sqrt(spread))
        fail_msg("%s: weights of projection %u are off by %g of %g", options, p, sqrt(squared),
                 sqrt(spread));
}

/* Outputs of the twin beside the network's own. */
static void check_twin(const loci_network *network, const loci_export *export, const int32_t *given,
                       const struct made *made) {
    float in[MOST_GIVEN], own[CLASSES];
    double squared = 0, spread = 0, largest = 0, worst = 0;
    for (size_t b = 0; b < TEST; b++) {
        const int32_t *sample = given + b * export->given;
        for (size_t e = 0; e < export->given; e++)
            in[e] = export->events ? (float)sample[e] : loci_codegen_input_real(export, sample[e]);
        assert_int_equal(loci_network_run(network, NULL, in, 1, own, NULL), LOCI_OK);
        for (uint32_t k = 0; k < CLASSES; k++) {
            double value = loci_export_value(export, k, made->logits[b * CLASSES + k]);
            double mean = network->target_mean != NULL ? (double)time_mean[k] : 0;
            worst = fmax(worst, fabs(value - (double)own[k]));
            largest = fmax(largest, fabs((double)own[k]));
            squared += pow(value - (double)own[k], 2);
            spread += pow((double)own[k] - mean, 2);
        }
    }
    const char *options = time_nets[made->net].options;
    for (uint32_t p = 0; export->options.bits == 8 && p < export->projections; p++)
        check_weights(export, p, options);
    assert_true(spread > 0);
    if (export->options.bits == 32 && worst > 1e-4 * largest)
        fail_msg("%s: floats are off by %g of %g", options, worst, largest);
    /* one spike more or less is many, where they come back */
    double allowed = strstr(options, "recurrent") != NULL ? 0.6 : 0.3;
    if (export->options.bits == 8 && sqrt(squared) > allowed * sqrt(spread))
        fail_msg("%s: 8 bits are off by %g of %g", options, sqrt(squared), sqrt(spread));
}

static void export_net(struct batch *batch, size_t i) {
    loci_network *network = make_time_net(i);
    loci_dataset *data = time_data(i);
    loci_export *export = NULL;
    loci_export_options options;
    loci_error error = {0};
    char name[16], file[32];
    struct made *made = &batch->made[batch->count];
    snprintf(name, sizeof name, "n%zu", batch->count);
    loci_export_options_defaults(&options);
    options.mode = batch->mode;
    options.bits = batch->bits;
    options.name = name;
    options.data = data;
    options.samples = 40;
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK ||
        loci_export_write(export, scratch_path(folder, name), 0, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", time_nets[i].options, error.where, error.message);
    int32_t *given = loci_alloc(TEST * export->given, sizeof *given);
    uint8_t *bytes = loci_alloc(TEST * export->given, 1);
    for (size_t b = 0; b < TEST; b++)
        assert_int_equal(loci_export_inputs(export, data, LOCI_TEST, b, given + b * export->given),
                         LOCI_OK);
    *made = (struct made){.net = i, .layers = export->pairs};
    for (size_t l = 0; l < export->pairs; l++)
        made->neurons += made->layer[l] = export->pair[l].m;
    assert_int_equal(loci_export_run(export, given, TEST, made->logits, &error), LOCI_OK);
    check_twin(network, export, given, made);
    if (has_events(i) && batch->bits == 32 && export->pairs > 1)
        trace(network, export, given, made);
    for (size_t e = 0; e < TEST * export->given; e++)
        bytes[e] = (uint8_t)given[e];
    snprintf(file, sizeof file, "%s.given", name);
    scratch_write(scratch_path(folder, file), bytes, TEST * export->given);
    fprintf(batch->list, "%s(%s, %s, %zu)\n", has_events(i) ? "EVENTS" : "STILL", name,
            regresses(i) ? "OUTPUTS" : "CLASSES", made->neurons);
    batch->count++;
    free(bytes);
    free(given);
    loci_export_free(export);
    loci_dataset_free(data);
    loci_network_free(network);
}

/* ---- compiling and running ---- */

/* Runs all networks of list.h on their samples: logits, and step by step which neurons fire. */
static const char harness[] =
    "#include <stdio.h>\n"
    "#include <string.h>\n"
    "#include \"headers.h\"\n"
    "#define RUN(n, more) \\\n"
    "    static int test_##n(void) { \\\n"
    "        static n##_scratch scratch; \\\n"
    "        static n##_input given[INPUTS_##n]; \\\n"
    "        NUMBER logits[4]; \\\n"
    "        FILE *file = fopen(#n \".given\", \"rb\"); \\\n"
    "        while (file != 0 && fread(given, sizeof given, 1, file) == 1) { \\\n"
    "            memset(&scratch, 0xa5, sizeof scratch); \\\n"
    "            n##_run(given, logits, &scratch); \\\n"
    "            for (int c = 0; c < 4; c++) \\\n"
    "                printf(\"%.17g\\n\", (double)logits[c]); \\\n"
    "            more \\\n"
    "        } \\\n"
    "        return file == 0 || sizeof scratch != SCRATCH_##n; \\\n"
    "    }\n"
    "#define STEPWISE(n, neurons) \\\n"
    "    NUMBER again[4]; \\\n"
    "    uint16_t events[256]; \\\n"
    "    memset(&scratch, 0x5a, sizeof scratch); \\\n"
    "    n##_start(&scratch); \\\n"
    "    for (int t = 0; t < 16; t++) { \\\n"
    "        uint32_t count = 0; \\\n"
    "        for (uint32_t c = 10; c-- > 0;) /* in any order */ \\\n"
    "            for (int e = 0; e < given[t * 10 + (int)c]; e++) \\\n"
    "                events[count++] = (uint16_t)c; \\\n"
    "        n##_step(events, count, &scratch); \\\n"
    "        for (int j = 0; j < neurons; j++) \\\n"
    "            putchar('0' + scratch.fired[j]); \\\n"
    "        putchar('\\n'); \\\n"
    "    } \\\n"
    "    n##_read(again, &scratch); \\\n"
    "    for (int c = 0; c < 4; c++) \\\n"
    "        if (!SAME(again[c], logits[c])) \\\n"
    "            return 1;\n"
    "#define EVENTS(n, kind, neurons) RUN(n, STEPWISE(n, neurons))\n"
    "#define STILL(n, kind, neurons) RUN(n, )\n"
    "#include \"list.h\"\n"
    "#undef EVENTS\n"
    "#undef STILL\n"
    "#define EVENTS(n, kind, neurons) failed |= test_##n();\n"
    "#define STILL EVENTS\n"
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

/* A step's line of '0' and '1' of all neurons beside the network's spikes. */
static void compare_step(FILE *file, const struct made *made, size_t step, size_t *spikes,
                         size_t *others) {
    char line[64];
    assert_true(made->neurons < sizeof line);
    assert_int_equal(fscanf(file, "%63s", line), 1);
    assert_int_equal(strlen(line), made->neurons);
    for (size_t j = 0; made->spikes != NULL && j < made->neurons; j++) {
        int own = made->spikes[step * made->neurons + j];
        *spikes += own == 1;
        *others += own != NOT_KEPT && own != line[j] - '0';
    }
}

/* Spikes are the network's: all of them where sums are exact, else all but one in 10,000. */
static void compare(const struct batch *batch) {
    FILE *file = fopen(scratch_path(folder, "out"), "r");
    assert_non_null(file);
    for (size_t n = 0; n < batch->count; n++) {
        const struct made *made = &batch->made[n];
        const char *options = time_nets[made->net].options;
        size_t spikes = 0, others = 0;
        for (size_t b = 0; b < TEST; b++) {
            for (size_t k = 0; k < CLASSES; k++) {
                double value, expected = made->logits[b * CLASSES + k];
                assert_int_equal(fscanf(file, "%lf", &value), 1);
                double allowed = batch->bits == 32 ? 1e-4 * (1 + fabs(expected)) : 0;
                if (fabs(value - expected) > allowed)
                    fail_msg("%s: sample %zu gives %.9g in C, not %.9g", options, b, value,
                             expected);
            }
            for (size_t t = 0; has_events(made->net) && t < STEPS; t++)
                compare_step(file, made, b * STEPS + t, &spikes, &others);
        }
        size_t allowed = time_nets[made->net].treatment == LATTICE ? 0 : spikes / 10000;
        if (made->spikes != NULL && (others > allowed || spikes < 100))
            fail_msg("%s: of %zu spikes %zu differ", options, spikes, others);
    }
    char more[8];
    assert_int_equal(fscanf(file, "%7s", more), EOF);
    fclose(file);
}

static void write_headers(const struct batch *batch) {
    FILE *file = fopen(scratch_path(folder, "headers.h"), "w");
    assert_non_null(file);
    for (size_t n = 0; n < batch->count; n++)
        fprintf(file,
                "#include \"n%zu/n%zu.h\"\nenum { INPUTS_n%zu = N%zu_INPUTS, SCRATCH_n%zu = "
                "N%zu_SCRATCH_BYTES };\n#ifndef N%zu_INPUT_BITS\ntypedef uint8_t n%zu_input;\n"
                "#endif\n",
                n, n, n, n, n, n, n, n);
    /* in floats events in another order may be added up otherwise in the last digits */
    fprintf(file, "#define NUMBER %s\n#define SAME(a, b) %s\n",
            batch->bits == 32 ? "float" : "int32_t",
            batch->bits == 32 ? "((a) - (b) < 1e-3 && (b) - (a) < 1e-3)" : "((a) == (b))");
    fclose(file);
}

static void compile_and_run(const struct batch *batch, const char *compiler) {
    run("cd '%s' && '%s' " STRICT " -O1 -fsanitize=undefined -fno-sanitize-recover -c "
        "$(ls n*/n*.c | grep -v test)",
        folder, compiler);
    run("cd '%s' && '%s' -std=c99 -fsanitize=undefined main.c n*.o -lm -o run && ./run > out",
        folder, compiler);
    compare(batch);
}

/* Each has its own, too. */
static void self_test(const char *compiler) {
    run("cd '%s' && for n in n*/; do make -s -C $n CC='%s' CFLAGS='" STRICT "' > out 2>&1 || "
        "exit 1; done",
        folder, compiler);
}

/* make test takes all nets in positions of 8 bits, in each other mode one in three with each number
 * of bits. */
static bool is_taken(int mode, uint32_t bits, size_t i) {
    size_t turn = bits == 32 ? 0 : bits == 8 ? 1 : 2;
    if (mode == LOCI_EXPORT_POSITIONS && !has_positions(i))
        return false;
    return getenv("LOCI_EVERYTHING") != NULL || (bits == 8 && mode == LOCI_EXPORT_POSITIONS) ||
           (i + (size_t)mode + turn) % 3 == 0;
}

static void check_mode(int mode, uint32_t bits) {
    struct batch batch = {.mode = mode, .bits = bits};
    make_folder(NULL);
    batch.list = fopen(scratch_path(folder, "list.h"), "w");
    assert_non_null(batch.list);
    for (size_t i = 0; i < TIME_NETS; i++)
        if (is_taken(mode, bits, i))
            export_net(&batch, i);
    fclose(batch.list);
    write_headers(&batch);
    scratch_write(scratch_path(folder, "main.c"), harness, strlen(harness));
    /* the rest has the same kernels, and is left to make test-long */
    bool every = getenv("LOCI_EVERYTHING") != NULL;
    bool second = every || (bits == 8 && mode == LOCI_EXPORT_POSITIONS);
    for (size_t c = 0; c < (second ? 2 : 1); c++)
        if (strcmp(compilers[c], "-") != 0)
            compile_and_run(&batch, compilers[c]);
    if (bits != 4 && strcmp(compilers[0], "-") != 0)
        self_test(compilers[0]);
    if ((every || bits == 8) && strcmp(compilers[2], "-") != 0)
        run("cd '%s' && for cpu in m0 m4; do '%s' " STRICT " -mcpu=cortex-$cpu -mthumb "
            "-fsyntax-only %s $(ls n*/n*.c | grep -v test) || exit 1; done",
            folder, compilers[2], bits == 32 ? "--specs=picolibc.specs" : "-ffreestanding");
    for (size_t n = 0; n < batch.count; n++)
        free(batch.made[n].spikes);
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
MODE(weights_float, LOCI_EXPORT_WEIGHTS, 32)
MODE(weights_8, LOCI_EXPORT_WEIGHTS, 8)
MODE(weights_4, LOCI_EXPORT_WEIGHTS, 4)
MODE(pruned_float, LOCI_EXPORT_PRUNED, 32)
MODE(pruned_8, LOCI_EXPORT_PRUNED, 8)
MODE(pruned_4, LOCI_EXPORT_PRUNED, 4)

/* Whatever it is called, what the source calls its own is something else. */
static void test_names(void **state) {
    (void)state;
    static const char *const names[] = {"run", "take", "enter", "read", "send", "step"};
    loci_export_options options;
    loci_export *export;
    size_t i = 0;
    while (!has_events(i))
        i++;
    make_folder(NULL);
    loci_network *network = make_time_net(i);
    loci_dataset *data = time_data(i);
    loci_export_options_defaults(&options);
    options.mode = LOCI_EXPORT_WEIGHTS;
    options.data = data;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        options.name = names[k];
        assert_int_equal(loci_export_create(&export, network, &options, NULL), LOCI_OK);
        assert_int_equal(loci_export_write(export, scratch_path(folder, names[k]), 0, NULL),
                         LOCI_OK);
        loci_export_free(export);
    }
    if (strcmp(compilers[0], "-") != 0)
        run("cd '%s' && '%s' " STRICT " -fsyntax-only */*.c", folder, compilers[0]);
    remove_folder(NULL);
    loci_dataset_free(data);
    loci_network_free(network);
}

int main(int argc, char **argv) {
    assert_int_equal(argc, 4);
    for (int i = 0; i < 3; i++)
        compilers[i] = argv[i + 1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions_float), cmocka_unit_test(test_positions_8),
        cmocka_unit_test(test_positions_4),     cmocka_unit_test(test_weights_float),
        cmocka_unit_test(test_weights_8),       cmocka_unit_test(test_weights_4),
        cmocka_unit_test(test_pruned_float),    cmocka_unit_test(test_pruned_8),
        cmocka_unit_test(test_pruned_4),        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
