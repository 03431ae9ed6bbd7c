#include "embed/fixed_root.h"

#include <math.h>

void loci_root_table(uint16_t table[LOCI_ROOT_ENTRIES]) {
    for (int i = 0; i < LOCI_ROOT_ENTRIES; i++)
        table[i] = (uint16_t)lround(LOCI_ROOT_ONE / sqrt(1 + i / 32.0));
}
