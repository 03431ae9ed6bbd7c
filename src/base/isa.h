/* For kernels that are compiled once per instruction set: names for each compilation, and the
 * choice among them. */
#ifndef LOCI_BASE_ISA_H
#define LOCI_BASE_ISA_H

#include "base/cpu.h"

/* In a file of kernels: gives this compilation's symbol its own name. The build defines LOCI_ISA as
 * generic, v3 or v4. */
#define LOCI_ISA_JOIN2(name, isa) name##_##isa
#define LOCI_ISA_JOIN(name, isa) LOCI_ISA_JOIN2(name, isa)
#define LOCI_ISA_NAME(name) LOCI_ISA_JOIN(name, LOCI_ISA)

/* Elsewhere: EACH(isa) for every instruction set that the kernels are compiled for, and of their
 * symbols the one for an instruction set. */
#if defined(__x86_64__)
#define LOCI_EACH_ISA(EACH) EACH(generic) EACH(v3) EACH(v4)
#define LOCI_CHOOSE_ISA(isa, name)                                                                 \
    ((isa) == LOCI_ISA_V4 ? name##_v4 : (isa) == LOCI_ISA_V3 ? name##_v3 : name##_generic)
#else
#define LOCI_EACH_ISA(EACH) EACH(generic)
#define LOCI_CHOOSE_ISA(isa, name) ((void)(isa), name##_generic)
#endif

#endif
