#define _GNU_SOURCE
#include "base/number.h"

#include <stdarg.h>
#include <stdlib.h>

/* glibc and musl keep the "C" locale ready: asking for it neither allocates nor fails. */
loci_plain loci_plain_begin(void) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return (loci_plain){plain, uselocale(plain)};
}

void loci_plain_end(loci_plain plain) {
    uselocale(plain.before);
    if (plain.plain != (locale_t)0)
        freelocale(plain.plain);
}

double loci_number_read(const char *text, char **end) {
    loci_plain plain = loci_plain_begin();
    double value = strtod(text, end);
    loci_plain_end(plain);
    return value;
}

float loci_number_read_float(const char *text) {
    loci_plain plain = loci_plain_begin();
    float value = strtof(text, NULL);
    loci_plain_end(plain);
    return value;
}

int loci_number_print(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    loci_plain plain = loci_plain_begin();
    int length = vsnprintf(text, size, format, arguments);
    loci_plain_end(plain);
    va_end(arguments);
    return length;
}

int loci_number_put(FILE *to, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    loci_plain plain = loci_plain_begin();
    int length = vfprintf(to, format, arguments);
    loci_plain_end(plain);
    va_end(arguments);
    return length;
}

int loci_print_real(char *text, size_t size, double value) {
    for (int digits = 6; digits <= 17; digits++) {
        int n = loci_number_print(text, size, "%.*g", digits, value);
        if (n < 0 || (size_t)n >= size || loci_number_read(text, NULL) == value)
            return n;
    }
    return -1;
}
