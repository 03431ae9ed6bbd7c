/* Decimal numbers as tables have them, read to the nearest double. */
#ifndef LOCI_DATA_DECIMAL_H
#define LOCI_DATA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether text[0..length), followed by a 0, is a finite decimal number and nothing else: a sign,
 * digits around at most one `point`, an exponent. "nan", "inf" and hexadecimal are none. *out is
 * untouched where it is none. */
bool loci_decimal_read(const char *text, size_t length, char point, double *out);
/* Likewise; point 0 is a point or a comma, the former if both would do. */
bool loci_decimal_read_either(const char *text, size_t length, char point, double *out);

#endif
