#include "codegen/fixed_law.h"

#include <math.h>

#include "codegen/export.h"
#include "wiring/law.h"

/* f at a distance of so many steps. */
static double value(const loci_law_source *source, double distance) {
    double r = distance * source->step;
    float inverse_length = source->length > 0 ? (float)(1 / source->length) : 0;
    return loci_law_value(source->law, loci_law_at(source->law, (float)(r * r)), inverse_length);
}

static double distance_of(double square) {
    return sqrt(ldexp(square, -LOCI_SQUARE_BITS));
}

/* The square where segment i, counted from that of square 0, begins: i itself, and from 2^bits on
 * the digits and the power of two that i is made of. */
static double begin_of(uint32_t i, uint32_t bits) {
    uint32_t power = i >> bits, digits = i & ((1u << bits) - 1);
    return power == 0 ? digits : ldexp((1u << bits) + digits, (int)power - 1);
}

static uint32_t segment_of(uint32_t square, uint32_t bits) {
    uint32_t zeros = (uint32_t)__builtin_clz(square | 1u << bits);
    return (square << zeros >> (31 - bits)) + ((31 - bits - zeros) << bits);
}

/* Whether straight lines are near enough: where the finest segments begin they are off by no more
 * than f changes by the half step that positions are rounded by, or by an entry's last digit. */
static bool is_fine(const loci_law_source *source, uint32_t bits, double unit) {
    uint32_t first = segment_of(source->least, LOCI_LAW_BITS),
             last = segment_of(source->largest, LOCI_LAW_BITS), within = UINT32_MAX;
    double from = 0, to = 0, of_from = 0, of_to = 0;
    for (uint32_t k = first; k <= last; k++) {
        double square = begin_of(k, LOCI_LAW_BITS), distance = distance_of(square);
        uint32_t i = segment_of((uint32_t)square, bits);
        if (i != within) {
            within = i;
            from = begin_of(i, bits), to = begin_of(i + 1, bits);
            of_from = value(source, distance_of(from)), of_to = value(source, distance_of(to));
        }
        double line = of_from + (of_to - of_from) * (square - from) / (to - from);
        double f = value(source, distance), rounding = f - value(source, distance + 0.5);
        if (fabs(line - f) > fmax(rounding, unit))
            return false;
    }
    return true;
}

double loci_fixed_law_make(loci_fixed_law *law, const loci_law_source *source) {
    double unit = 1;
    for (law->bits = 1; law->bits <= LOCI_LAW_BITS; law->bits++) {
        law->first = segment_of(source->least, law->bits);
        double most = value(source, distance_of(begin_of(law->first, law->bits)));
        unit = most > 0 ? most / LOCI_LAW_ONE : 1; /* all may be too far apart */
        if (law->bits == LOCI_LAW_BITS || is_fine(source, law->bits, unit))
            break;
    }
    uint32_t end = segment_of(source->largest, law->bits) + 1 - law->first;
    law->segments = 0;
    for (uint32_t i = 0; i <= end; i++) {
        double f = value(source, distance_of(begin_of(law->first + i, law->bits)));
        law->table[i] = (uint16_t)lround(f / unit);
        if (i < end && law->table[i] > 0)
            law->segments = i + 1;
    }
    return unit;
}
