/* The images of the self-test and what must come of them. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "codegen/emit.h"
#include "codegen/measure.h"

enum { CASES = 10 };

static size_t case_count(const loci_export *export) {
    size_t all = loci_dataset_count(export->options.data, loci_codegen_part(export));
    return all < CASES ? all : CASES;
}

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

void loci_emit_cases(const loci_export *export, FILE *to) {
    enum loci_split part = loci_codegen_part(export);
    size_t count = case_count(export), classes = export->spec->classes;
    uint8_t *pixels = loci_alloc(count, export->pixels);
    double *logits = loci_alloc(count, classes * sizeof *logits);
    loci_array array;
    if (pixels == NULL || logits == NULL ||
        loci_export_run(export, pixels, 0, logits, NULL) != LOCI_OK) {
        free(pixels);
        free(logits);
        return;
    }
    for (size_t i = 0; i < count; i++)
        loci_codegen_pixels(export, part, i, pixels + i * export->pixels);
    loci_export_run(export, pixels, count, logits, NULL);
    fprintf(to, "#define CASES %zu\n\n", count);
    fprintf(to, "static const uint8_t images[CASES][%zu] = {\n", export->pixels);
    for (size_t i = 0; i < count; i++) {
        put_row(to, &array);
        for (size_t p = 0; p < export->pixels; p++)
            loci_array_integer(&array, pixels[i * export->pixels + p]);
        end_row(to);
    }
    fprintf(to, "};\n\nstatic const %s expected[CASES][%zu] = {\n",
            export->fixed ? "int32_t" : "float", classes);
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
    if (loci_codegen_regresses(export))
        put_targets(export, count, logits, to);
    else
        put_labels(export, count, to);
    putc('\n', to);
    free(pixels);
    free(logits);
}
