#include "data/span.h"

#include <stdio.h>

#include "base/number.h"
#include "base/text.h"
#include "data/column_names.h"

enum { ENOUGH = 1000 };

/* How far apart floats are at its larger end. */
static double step_of(const loci_span *span) {
    float end = (float)fmax(fabs(span->low), fabs(span->high));
    return (double)(nextafterf(end, INFINITY) - end);
}

bool loci_span_is_coarse(const loci_span *span) {
    double range = span->high - span->low;
    return span->rounded && range > 0 && range < ENOUGH * step_of(span);
}

int loci_span_note(loci_dataset *data, const char *where, const char *column, const loci_span *span,
                   size_t more) {
    char alike[48] = "", ends[200]; /* of four numbers of at most 23 characters */
    if (more > 0)
        snprintf(alike, sizeof alike, ", and %zu more column%s alike", more, more == 1 ? "" : "s");
    loci_number_print(ends, sizeof ends,
                      "goes from %.15g to %.15g, where floats are %.3g apart: what differs by less "
                      "is taken for the same; subtract %.15g from it",
                      span->low, span->high, step_of(span), span->low);
    return loci_dataset_note_down(data, "%s: %s%s %s%s", where, loci_column_word(column),
                                  LOCI_SHOWN(40, column), ends, alike);
}
