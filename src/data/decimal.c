#include "data/decimal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

/* Powers of ten that are doubles. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

enum { EXACT_TEN = 22, MOST_DIGITS = 18, LONGEST = 400 };
static const uint64_t exact_whole = (uint64_t)1 << 53;

/* What a text says, before it is a double. */
typedef struct parts {
    bool negative;
    uint64_t digits; /* as a whole number; cut where there are too many */
    size_t count;    /* digits read, leading zeros left out */
    long exponent;   /* of ten */
} parts;

static const char *read_digits(parts *p, const char *at, size_t *read) {
    const char *start = at;
    for (; loci_is_digit(*at); at++) {
        if (p->count < MOST_DIGITS)
            p->digits = 10 * p->digits + (unsigned)(*at - '0');
        p->count += p->count > 0 || *at != '0';
    }
    *read = (size_t)(at - start);
    return at;
}

/* Takes a text apart; false when it is no number. */
static bool take_apart(parts *p, const char *at, const char *end, char point) {
    size_t before, after = 0;
    *p = (parts){.negative = *at == '-'};
    at += *at == '-' || *at == '+';
    at = read_digits(p, at, &before);
    if (at < end && *at == point) { /* point may be 0, which ends the text */
        at = read_digits(p, at + 1, &after);
        p->exponent = -(long)after;
    }
    if (before + after == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        long exponent = 0;
        const char *sign = ++at;
        at += *at == '-' || *at == '+';
        if (!loci_is_digit(*at))
            return false;
        for (; loci_is_digit(*at); at++)
            exponent = exponent < 100000 ? 10 * exponent + (*at - '0') : exponent;
        p->exponent += *sign == '-' ? -exponent : exponent;
    }
    return at == end;
}

/* The long way: more digits, or further powers of ten, than are exact. */
static bool read_slowly(const char *text, size_t length, char point, double *out) {
    char plain[LONGEST + 1];
    if (length > LONGEST)
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    char *comma = point == '.' ? NULL : strchr(plain, point);
    if (comma != NULL)
        *comma = '.';
    double value = loci_number_read(plain, NULL);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

/* A product or quotient of two exact doubles is rounded once, as the nearest double is (Clinger
 * 1990, "How to read floating point numbers accurately"). */
bool loci_decimal_read(const char *text, size_t length, char point, double *out) {
    parts p;
    if (!take_apart(&p, text, text + length, point))
        return false;
    if (p.count > MOST_DIGITS || p.digits > exact_whole || p.exponent > EXACT_TEN ||
        p.exponent < -EXACT_TEN)
        return read_slowly(text, length, point, out);
    double value = (double)p.digits;
    value = p.exponent < 0 ? value / tens[-p.exponent] : value * tens[p.exponent];
    *out = p.negative ? -value : value;
    return true;
}

bool loci_decimal_read_either(const char *text, size_t length, char point, double *out) {
    if (point != ',' && loci_decimal_read(text, length, '.', out))
        return true;
    return point != '.' && loci_decimal_read(text, length, ',', out);
}
