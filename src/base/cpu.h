/* Which compilation of the vector kernels this machine can run. */
#ifndef LOCI_BASE_CPU_H
#define LOCI_BASE_CPU_H

/* In order of width; a machine that runs one runs those before it. */
enum loci_isa { LOCI_ISA_GENERIC = 0, LOCI_ISA_V3 = 1, LOCI_ISA_V4 = 2, LOCI_ISA_COUNT = 3 };

/* The widest one this machine runs. */
enum loci_isa loci_isa_best(void);
/* "x86-64-v4" and so on; "generic" for the plain one. */
const char *loci_isa_name(enum loci_isa isa);

#endif
