#include "codegen/fixed_root.h"

#include <math.h>

void loci_root_table(uint16_t table[LOCI_ROOT_ENTRIES]) {
    table[0] = LOCI_ROOT_ONE;
    for (int i = 1; i < LOCI_ROOT_ENTRIES; i++)
        table[i] = (uint16_t)lround(LOCI_ROOT_ONE / sqrt(i < 16 ? i : i + 0.5));
}
