/* Choosing among the compilations of the kernels. */
#include "linear/linear.h"

#include <string.h>

#include "linear/linear_kernels.h"

#define TABLE(isa)                                                                                 \
    static const loci_linear_kernels kernels_##isa = {                                             \
        .spmm = loci_spmm_##isa,                                                                   \
        .spmspv = loci_spmspv_##isa,                                                               \
        .sddmm = loci_sddmm_##isa,                                                                 \
        .sell_spmv = loci_sell_spmv_##isa,                                                         \
        .transpose = loci_transpose_##isa,                                                         \
        .compact = loci_compact_##isa,                                                             \
        .levels = loci_levels_##isa,                                                               \
        .finite = loci_finite_##isa,                                                               \
    };
LOCI_EACH_ISA(TABLE)

const loci_linear_kernels *loci_linear_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &kernels);
}

void loci_bits_fill(loci_bits *bits) {
    memset(bits, 0, sizeof *bits);
    for (int byte = 0; byte < 256; byte++)
        for (uint8_t bit = 0; bit < 8; bit++)
            if (byte >> bit & 1)
                bits->set[byte][bits->count[byte]++] = bit;
}
