/* A law of distance in integers: the twin of src/codegen/c/kernel_law_fixed.c.
 *
 * The inverse law has a root of its own (fixed_root.h). Any other is a table over the squared
 * distance, filled from what wiring/law.h says of it, with straight lines between its entries.
 * Squares are cut into segments as floats are: each power of two into 2^bits, so that segments
 * widen with the distance as positions, whose steps are all alike, matter less. */
#ifndef LOCI_CODEGEN_FIXED_LAW_H
#define LOCI_CODEGEN_FIXED_LAW_H

#include <stddef.h>
#include <stdint.h>

/* The finest segments: those of a power of two are 2^8. The largest entry, which stands for the
 * nearest sites; whatever the law, sums over dendrites then stay below 2^31. */
enum { LOCI_LAW_BITS = 8, LOCI_LAW_ONE = 65535 };
/* The most entries of a table. */
enum { LOCI_LAW_ENTRIES = (33 << LOCI_LAW_BITS) + 1 };

typedef struct loci_fixed_law {
    uint16_t *table;   /* [segments + 1] where each begins, and where the last ends */
    uint32_t bits;     /* a power of two is cut into 2^bits segments */
    uint32_t first;    /* the segment of the nearest sites, counted from that of square 0 */
    uint32_t segments; /* beyond them the law is 0 */
} loci_fixed_law;

/* What a table is made from. */
typedef struct loci_law_source {
    int law;                 /* enum loci_law */
    double length;           /* of a law that has one */
    double step;             /* what a position of 1 is */
    uint32_t least, largest; /* squares of distances, in step^2 2^-LOCI_SQUARE_BITS */
} loci_law_source;

/* Fills law->table [LOCI_LAW_ENTRIES] and the rest; returns what 1 of it is. */
double loci_fixed_law_make(loci_fixed_law *law, const loci_law_source *source);

/* The law at a square, which is at least that of the nearest sites. */
static inline int32_t loci_fixed_law_at(const loci_fixed_law *law, uint32_t square) {
    uint32_t bits = law->bits, zeros = (uint32_t)__builtin_clz(square | 1u << bits);
    uint32_t digits = square << zeros;
    uint32_t i = (digits >> (31 - bits)) + ((31 - bits - zeros) << bits) - law->first;
    if (i >= law->segments)
        return 0;
    uint32_t part = digits >> (23 - bits) & 255;
    uint32_t drop = (uint32_t)(law->table[i] - law->table[i + 1]);
    return (int32_t)(law->table[i] - (drop * part >> 8));
}

#endif
