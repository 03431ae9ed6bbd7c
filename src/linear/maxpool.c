#include "linear/maxpool.h"

#include "base/isa.h"

#define DECLARE(isa) extern const loci_maxpool_kernels loci_maxpool_kernels_##isa;
LOCI_EACH_ISA(DECLARE)

const loci_maxpool_kernels *loci_maxpool_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_maxpool_kernels);
}
