/* Whether numbers are finite. */
#ifndef LOCI_BASE_FINITE_H
#define LOCI_BASE_FINITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Written without a branch per number, so that it becomes vector code. */
static inline bool loci_all_finite(const float *numbers, size_t count) {
    uint32_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        wrong |= (bits & 0x7f800000) == 0x7f800000;
    }
    return wrong == 0;
}

#endif
