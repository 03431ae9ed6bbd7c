/* What of the C library the source calls. */
#include <string.h>

#include "codegen/emit.h"

/* Of a law of distance in floats, and of an activation: the functions of math.h, one after the
 * other. */
static const char *const laws[] = {"sqrtf", "", "expf sqrtf", "expf"};
static const char *const activations[] = {"", "", "tanhf", "erff", "sinf"};

bool loci_emit_knows_law(int law) {
    return (size_t)law < sizeof laws / sizeof *laws;
}

/* Writes the names, after `count` others; returns how many there are then. */
static int each(const char *names, int count, FILE *to) {
    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        if (to != NULL)
            fprintf(to, "%s`%.*s`", count > 0 ? ", " : "", (int)length, names);
        count++;
        names += length + strspn(names + length, " ");
    }
    return count;
}

/* Positions tell how long connections are, too, and so when spikes arrive. */
static int functions_of_places(const loci_export *x, FILE *to) {
    int count = each(laws[x->spec->law], 0, to);
    return x->delays && strstr(laws[x->spec->law], "sqrtf") == NULL ? each("sqrtf", count, to)
                                                                    : count;
}

static int functions(const loci_export *x, FILE *to) {
    int count = 0;
    bool places = x->options.mode == LOCI_EXPORT_POSITIONS;
    if (x->fixed)
        return 0;
    if (places)
        count = functions_of_places(x, to);
    if (loci_codegen_sums_softmax(x) && !(places && strstr(laws[x->spec->law], "expf") != NULL))
        count = each("expf", count, to);
    return each(activations[loci_codegen_activation(x)], count, to);
}

bool loci_emit_calls_library(const loci_export *export) {
    return functions(export, NULL) > 0;
}

/* Functions that compute in floats where all others do not, one after the other. */
static int float_functions(const loci_export *x, FILE *to) {
    char names[128] = "";
    if (loci_codegen_scales(x))
        snprintf(names, sizeof names, "%s_scale() ", x->name);
    size_t used = strlen(names);
    if (loci_codegen_regresses(x))
        snprintf(names + used, sizeof names - used, "%s_value()", x->name);
    return each(names, 0, to);
}

/* What a compiler puts in by itself. */
static void put_routines(const loci_export *x, FILE *to) {
    fprintf(to, "A compiler may put in `memset` by itself");
    if (x->spec->maps_count > 0 ||
        (x->network->sheet != NULL && x->options.mode == LOCI_EXPORT_POSITIONS) ||
        (x->fixed && loci_codegen_sums_softmax(x)))
        fprintf(to, ", a division of whole numbers where the core has none");
    if (!x->fixed) {
        fprintf(to, ", and routines for floats where the core has none.\n");
        return;
    }
    int count = float_functions(x, NULL);
    if (count == 0) {
        fprintf(to, ". All numbers are whole.\n");
        return;
    }
    fprintf(to, ", and for ");
    float_functions(x, to);
    fprintf(to, ", which alone\ncompute%s in floats, routines for those where the core has none.\n",
            count > 1 ? "" : "s");
}

void loci_emit_library(const loci_export *export, FILE *to) {
    int count = functions(export, NULL);
    if (count == 0) {
        fprintf(to, "No function of the library is called.\n");
    } else {
        fprintf(to, "Of the library only ");
        functions(export, to);
        fprintf(to, " %s called (`-lm`).\n", count > 1 ? "are" : "is");
    }
    put_routines(export, to);
}
