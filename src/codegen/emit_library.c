/* What of the C library the source calls. */
#include <string.h>

#include "codegen/emit.h"

/* Of a law of distance in floats: the functions of math.h, one after the
 * other. */
static const char *const laws[] = {"sqrtf", "", "expf sqrtf", "expf"};

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

static int functions(const loci_export *x, FILE *to) {
    bool laws_matter = !x->fixed && x->options.mode == LOCI_EXPORT_POSITIONS;
    return laws_matter ? each(laws[x->spec->law], 0, to) : 0;
}

bool loci_emit_calls_library(const loci_export *export) {
    return functions(export, NULL) > 0;
}

void loci_emit_library(const loci_export *export, FILE *to) {
    int count = functions(export, NULL);
    if (count == 0) {
        fprintf(to, "No function of the library is called.\n");
        return;
    }
    fprintf(to, "Of the library only ");
    functions(export, to);
    fprintf(to, " %s called (`-lm`).\n", count > 1 ? "are" : "is");
}
