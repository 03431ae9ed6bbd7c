#include "data/table_precision.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "base/text.h"

/* Numbers are kept as floats of 24 bits. Where a column's range has fewer of them than this, as
 * moments in seconds since 1970 within a day, rounding them is no small matter any more. */
enum { ENOUGH = 1000 };

/* How far apart floats are at the column's larger end. */
static double step_of(const loci_span *span) {
    float end = (float)fmax(fabs(span->low), fabs(span->high));
    return (double)(nextafterf(end, INFINITY) - end);
}

static bool is_coarse(const loci_span *span) {
    double range = span->high - span->low;
    return span->rounded && range > 0 && range < ENOUGH * step_of(span);
}

int loci_table_note_precision(const loci_table *table, loci_dataset *data) {
    const loci_schema *schema = &table->schema;
    const loci_span *worst = NULL;
    const char *name = NULL;
    char more[48] = "", ends[160]; /* of four numbers of at most 23 characters */
    size_t count = 0;
    for (size_t i = 0; i < schema->count + schema->targets; i++) {
        bool input = i < schema->count;
        const loci_span *span =
            &table->span[input ? table->slot[i] : table->columns.inputs + i - schema->count];
        bool numbers = !input || schema->column[i].kind == LOCI_COLUMN_NUMBER;
        if (!numbers || !is_coarse(span))
            continue;
        if (count++ == 0) {
            worst = span;
            name = input ? schema->column[i].name : schema->target[i - schema->count].name;
        }
    }
    if (count == 0)
        return LOCI_OK;
    if (count > 1)
        snprintf(more, sizeof more, ", and %zu more columns alike", count - 1);
    loci_number_print(ends, sizeof ends,
                      "goes from %.15g to %.15g, where floats are %.3g apart: what differs by less "
                      "is taken for the same; subtract %.15g from it",
                      worst->low, worst->high, step_of(worst), worst->low);
    return loci_dataset_note_down(data, "%s: column %s %s%s", table->where, LOCI_SHOWN(40, name),
                                  ends, more);
}
