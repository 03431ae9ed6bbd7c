/* Choosing among the compilations of the wiring's kernels. */
#include "wiring/wiring.h"

#include "base/isa.h"
#include "wiring/cells.h"
#include "wiring/delay.h"

#define DECLARE(isa)                                                                               \
    extern const loci_wiring_kernels loci_wiring_kernels_##isa;                                    \
    extern const loci_strength_kernels loci_strength_kernels_##isa;                                \
    extern const loci_delay_kernels loci_delay_kernels_##isa;                                      \
    extern const loci_cells_kernels loci_cells_kernels_##isa;
LOCI_EACH_ISA(DECLARE)

const loci_wiring_kernels *loci_wiring_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_wiring_kernels);
}

const loci_strength_kernels *loci_strength_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_strength_kernels);
}

const loci_delay_kernels *loci_delay_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_delay_kernels);
}

const loci_cells_kernels *loci_cells_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_cells_kernels);
}
