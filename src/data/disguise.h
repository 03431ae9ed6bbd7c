/* Words that were meant as numbers, such as 1,200 or 12 %. */
#ifndef LOCI_DATA_DISGUISE_H
#define LOCI_DATA_DISGUISE_H

#include <stdbool.h>

/* Whether a text that is no number, or one too large, looks like one to a person: digits in groups,
 * with the other sign before fractions, a unit, a sign of a currency or percent; hexadecimal; inf.
 * Dates, times and ranges are none. */
bool loci_disguised_number(const char *text);

#endif
