/* Choosing among the compilations of the wiring kernels. */
#include "wiring/wiring.h"

extern const loci_wiring_kernels loci_wiring_kernels_generic;
#if defined(__x86_64__)
extern const loci_wiring_kernels loci_wiring_kernels_v3;
extern const loci_wiring_kernels loci_wiring_kernels_v4;
#endif

const loci_wiring_kernels *loci_wiring_kernels_for(enum loci_isa isa) {
#if defined(__x86_64__)
    if (isa == LOCI_ISA_V4)
        return &loci_wiring_kernels_v4;
    if (isa == LOCI_ISA_V3)
        return &loci_wiring_kernels_v3;
#endif
    (void)isa;
    return &loci_wiring_kernels_generic;
}

extern const loci_strength_kernels loci_strength_kernels_generic;
#if defined(__x86_64__)
extern const loci_strength_kernels loci_strength_kernels_v3;
extern const loci_strength_kernels loci_strength_kernels_v4;
#endif

const loci_strength_kernels *loci_strength_kernels_for(enum loci_isa isa) {
#if defined(__x86_64__)
    if (isa == LOCI_ISA_V4)
        return &loci_strength_kernels_v4;
    if (isa == LOCI_ISA_V3)
        return &loci_strength_kernels_v3;
#endif
    (void)isa;
    return &loci_strength_kernels_generic;
}
