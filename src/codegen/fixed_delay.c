#include "codegen/fixed_delay.h"

#include <math.h>

void loci_square_root_table(uint16_t table[LOCI_SQUARE_ROOTS]) {
    for (int i = 0; i < LOCI_SQUARE_ROOTS; i++)
        table[i] = (uint16_t)fmin(round(65536 * sqrt((i + 16) / 64.0)), 65535);
}

loci_fixed_delay loci_fixed_delay_make(double pace, uint32_t first, uint32_t taps) {
    loci_fixed_delay delay = {.least = first << 8, .most = (taps - 1) << 8};
    /* a square of 2^32 has the root 2^16, which is a distance of 2^12; so 2^16 of a root is 2^20
     * steps / 256 at a pace of 1 */
    double each = ldexp(pace, 4);
    /* so fast that nothing arrives later, or so slow that all arrives last */
    while (delay.shift < 40 && each < 32768) {
        each *= 2;
        delay.shift++;
    }
    delay.pace = (uint32_t)fmin(round(each), 65535);
    return delay;
}
