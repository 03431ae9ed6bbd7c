/* Choosing among the compilations of the LIF kernels. */
#include "neuron/lif.h"

#include "base/isa.h"

#define DECLARE(isa) extern const loci_lif_kernels loci_lif_kernels_##isa;
LOCI_EACH_ISA(DECLARE)

const loci_lif_kernels *loci_lif_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_lif_kernels);
}
