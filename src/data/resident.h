/* Values that are mapped from a file count as memory in use once they were looked at. They are let
 * go now and then, so that a part may be larger than memory; the file's cache still has them. */
#ifndef LOCI_DATA_RESIDENT_H
#define LOCI_DATA_RESIDENT_H

#include "data/dataset.h"

/* Bytes of a part that may count as in use at a time, more or less. */
enum { LOCI_RESIDENT_BYTES = 1 << 27 };

/* Numbers that a pass over a part looks at between two calls of loci_resident_rest(). */
enum { LOCI_RESIDENT_NUMBERS = 1 << 24 };

/* To be called when `samples` of a part were looked at, in any order, by any thread. */
void loci_resident_touch(const loci_samples *part, size_t samples, size_t features);
/* To be called before number `at` of a part's values is looked at, one after another. */
static inline void loci_resident_pass(const loci_samples *part, size_t at);
/* Lets go of all that was looked at. Both do nothing for a part that is not mapped. */
void loci_resident_rest(const loci_samples *part);

static inline void loci_resident_pass(const loci_samples *part, size_t at) {
    if (at % LOCI_RESIDENT_NUMBERS == 0)
        loci_resident_rest(part);
}

#endif
