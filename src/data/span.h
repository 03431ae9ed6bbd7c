/* How far the numbers of a column go, before they are floats, and whether floats can tell them
 * apart. */
#ifndef LOCI_DATA_SPAN_H
#define LOCI_DATA_SPAN_H

#include <math.h>
#include <stdbool.h>

#include "data/dataset.h"

typedef struct loci_span {
    double low, high;
    bool rounded; /* some are no floats */
} loci_span;

/* Before a number is seen. */
static inline loci_span loci_span_none(void) {
    return (loci_span){INFINITY, -INFINITY, false};
}

/* NaN is no number. */
static inline void loci_span_see(loci_span *span, double value) {
    span->low = value < span->low ? value : span->low;
    span->high = value > span->high ? value : span->high;
    span->rounded |= value < (double)(float)value || value > (double)(float)value;
}

/* Whether floats are no finer than a thousandth of it, as for moments in seconds since 1970 within
 * a day. */
bool loci_span_is_coarse(const loci_span *span);

/* Notes down that one is, what it is of, and that `more` columns are like it. LOCI_E_MEMORY. */
int loci_span_note(loci_dataset *data, const char *where, const char *column, const loci_span *span,
                   size_t more);

#endif
