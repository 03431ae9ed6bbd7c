/* The nearest of a list of names, for "did you mean". */
#ifndef LOCI_BASE_NAMES_H
#define LOCI_BASE_NAMES_H

#include <stddef.h>

/* Keeps the best candidate offered so far. Start with {.wanted = name, .distance = SIZE_MAX}. */
typedef struct loci_nearest {
    const char *wanted;
    const char *best; /* NULL: none is near */
    size_t distance;
} loci_nearest;

/* Offers a candidate (kept by reference). One that needs more than a third of the letters changed
 * is not near. */
void loci_nearest_offer(loci_nearest *nearest, const char *candidate);

/* Edit distance (Damerau-Levenshtein: swap of neighbours counts 1); names over 63 bytes are
 * compared by their start. */
size_t loci_edit_distance(const char *a, const char *b);

#endif
