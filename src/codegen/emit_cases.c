/* The samples of the self-test and what must come of them. */
#include <math.h>

#include "codegen/emit.h"
#include "codegen/measure.h"
#include "data/dataset.h"

enum { CASES = 10 };

static void put_row(FILE *to, loci_array *array) {
    fprintf(to, "    {\n");
    *array = (loci_array){.to = to};
}

static void end_row(FILE *to) {
    fprintf(to, "\n    },\n");
}

static void put_labels(const loci_export *export, size_t count, FILE *to) {
    loci_array array = loci_array_open(to, "int", "labels", count);
    for (size_t i = 0; i < count; i++)
        loci_array_integer(&array,
                           loci_dataset_label(export->options.data, loci_codegen_part(export), i));
    loci_array_close(&array);
}

/* How far output k may be off in floats: rounding goes by how far values are spread where they are
 * summed, and by how large they are in the end. */
static float allowed(const loci_export *export, size_t count, const double *outputs, size_t k) {
    const loci_network *network = export->network;
    double mean = network->target_mean != NULL ? (double)network->target_mean[k] : 0;
    double spread = network->target_mean != NULL ? (double)network->target_deviation[k] : 1;
    double largest = fabs(mean);
    for (size_t i = 0; i < count; i++) {
        double value = outputs[i * export->spec->classes + k];
        spread = fmax(spread, fabs(value - mean));
        largest = fmax(largest, fabs(value));
    }
    return (float)(1e-4 * spread + 1e-6 * largest);
}

/* What the data say. */
static void put_targets(const loci_export *export, size_t count, const double *outputs, FILE *to) {
    size_t n = export->spec->classes;
    loci_array array;
    fprintf(to, "static const float targets[CASES][%zu] = {\n", n);
    for (size_t i = 0; i < count; i++) {
        const float *target =
            loci_dataset_target(export->options.data, loci_codegen_part(export), i);
        put_row(to, &array);
        for (size_t k = 0; k < n; k++)
            loci_array_float(&array, target[k]);
        end_row(to);
    }
    fprintf(to, "};\n");
    if (export->fixed)
        return;
    fprintf(to, "\n/* how far each output may be off */\n");
    array = loci_array_open(to, "float", "allowed", n);
    for (size_t k = 0; k < n; k++)
        loci_array_float(&array, allowed(export, count, outputs, k));
    loci_array_close(&array);
}

/* What the data say of each sample as measured: only where the source scales that. */
static void put_measurements(const loci_export *export, size_t count, FILE *to) {
    float *sample = export->cases.sample;
    loci_array array;
    fprintf(to, "\n/* what is measured, of which the inputs above come */\n#define MEASUREMENTS\n");
    fprintf(to, "static const float measurements[CASES][%zu] = {\n", export->pixels);
    for (size_t i = 0; i < count; i++) {
        loci_dataset_read(export->options.data, export->input.zero, export->input.one,
                          loci_codegen_part(export), i, sample, NULL);
        put_row(to, &array);
        for (size_t p = 0; p < export->pixels; p++)
            loci_array_float(&array, sample[p]);
        end_row(to);
    }
    fprintf(to, "};\n");
}

static void put_inputs(const loci_export *export, size_t count, const int32_t *given, FILE *to) {
    loci_array array;
    fprintf(to, "static const %s %s[CASES][%zu] = {\n", loci_emit_input_type(export),
            loci_codegen_takes_pixels(export) ? "images" : "inputs", export->given);
    for (size_t i = 0; i < count; i++) {
        put_row(to, &array);
        for (size_t p = 0; p < export->given; p++)
            loci_array_integer(&array, given[i * export->given + p]);
        end_row(to);
    }
    fprintf(to, "};\n");
}

/* How much room a time step's events take, one by one. */
static void put_most_in_step(const loci_export *export, size_t count, const int32_t *given,
                             FILE *to) {
    int64_t most = 1;
    for (size_t at = 0; at < count * export->given; at += export->pixels) {
        int64_t sum = 0;
        for (size_t c = 0; c < export->pixels; c++)
            sum += given[at + c];
        most = sum > most ? sum : most;
    }
    fprintf(to, "#define MOST_IN_STEP %lld /* events */\n\n", (long long)most);
}

static void put_expected(const loci_export *export, size_t count, const double *logits, FILE *to) {
    size_t classes = export->spec->classes;
    loci_array array;
    fprintf(to, "\nstatic const %s expected[CASES][%zu] = {\n", export->fixed ? "int32_t" : "float",
            classes);
    for (size_t i = 0; i < count; i++) {
        put_row(to, &array);
        for (size_t c = 0; c < classes; c++)
            if (export->fixed)
                loci_array_integer(&array, (int64_t)logits[i * classes + c]);
            else
                loci_array_float(&array, (float)logits[i * classes + c]);
        end_row(to);
    }
    fprintf(to, "};\n\n");
}

int loci_emit_make_cases(loci_export *export, loci_error *error) {
    enum loci_split part = loci_codegen_part(export);
    loci_codegen_cases *cases = &export->cases;
    loci_arena *arena = &export->arena;
    size_t all = loci_dataset_count(export->options.data, part);
    cases->count = all < CASES ? all : CASES;
    cases->given = loci_arena_take(arena, cases->count, export->given * sizeof *cases->given);
    cases->logits =
        loci_arena_take(arena, cases->count, export->spec->classes * sizeof *cases->logits);
    cases->sample = loci_arena_floats(arena, export->given, 1);
    int status = loci_arena_status(arena, "export", error);
    if (status != LOCI_OK)
        return status;
    for (size_t i = 0; i < cases->count; i++)
        loci_codegen_give(export, export->options.data, part, i, cases->sample,
                          cases->given + i * export->given);
    return loci_export_run(export, cases->given, cases->count, cases->logits, error);
}

void loci_emit_cases(const loci_export *export, FILE *to) {
    const loci_codegen_cases *cases = &export->cases;
    fprintf(to, "#define CASES %zu\n\n", cases->count);
    if (export->events)
        put_most_in_step(export, cases->count, cases->given, to);
    put_inputs(export, cases->count, cases->given, to);
    if (loci_codegen_scales(export))
        put_measurements(export, cases->count, to);
    put_expected(export, cases->count, cases->logits, to);
    if (loci_codegen_regresses(export))
        put_targets(export, cases->count, cases->logits, to);
    else
        put_labels(export, cases->count, to);
    putc('\n', to);
}
