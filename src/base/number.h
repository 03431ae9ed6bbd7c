/* Numbers as text and text as numbers, the same whatever locale the host program has chosen: there
 * 0.5 may be written "0,5". Nothing else in the library may read or print a fraction
 * (tests/project/surroundings.sh). */
#ifndef LOCI_BASE_NUMBER_H
#define LOCI_BASE_NUMBER_H

#include <locale.h>
#include <stddef.h>
#include <stdio.h>

/* Between the two calls this thread has the "C" locale; other threads keep theirs. For code that
 * is not ours: jansson, strerror_r(). */
typedef struct loci_plain {
    locale_t plain, before;
} loci_plain;

loci_plain loci_plain_begin(void);
void loci_plain_end(loci_plain plain);

/* strtod(), strtof(), snprintf() and fprintf() of the "C" locale. */
double loci_number_read(const char *text, char **end);
float loci_number_read_float(const char *text);
int loci_number_print(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int loci_number_put(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the shortest decimal that reads back as the same double; as snprintf(). */
int loci_print_real(char *text, size_t size, double value);

#endif
