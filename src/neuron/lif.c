/* Choosing among the compilations of the kernels of spiking neurons. */
#include "neuron/lif.h"

#include "base/isa.h"
#include "neuron/step.h"

#define DECLARE(isa)                                                                               \
    extern const loci_lif_kernels loci_lif_kernels_##isa;                                          \
    extern const loci_step_kernels loci_step_kernels_##isa;
LOCI_EACH_ISA(DECLARE)

const loci_lif_kernels *loci_lif_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_lif_kernels);
}

const loci_step_kernels *loci_step_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_step_kernels);
}
