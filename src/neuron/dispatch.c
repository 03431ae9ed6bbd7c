/* Choosing among the compilations of the LIF kernels. */
#include "neuron/lif.h"

extern const loci_lif_kernels loci_lif_kernels_generic;
#if defined(__x86_64__)
extern const loci_lif_kernels loci_lif_kernels_v3;
extern const loci_lif_kernels loci_lif_kernels_v4;
#endif

const loci_lif_kernels *loci_lif_kernels_for(enum loci_isa isa) {
#if defined(__x86_64__)
    if (isa == LOCI_ISA_V4)
        return &loci_lif_kernels_v4;
    if (isa == LOCI_ISA_V3)
        return &loci_lif_kernels_v3;
#endif
    (void)isa;
    return &loci_lif_kernels_generic;
}
