/* Which compilation of the vector kernels this machine can run. */
#ifndef LOCI_BASE_CPU_H
#define LOCI_BASE_CPU_H

/* In order of width; a machine that runs one runs those before it. */
enum loci_isa { LOCI_ISA_GENERIC = 0, LOCI_ISA_V3 = 1, LOCI_ISA_V4 = 2, LOCI_ISA_COUNT = 3 };

/* The widest one this machine runs, or the one that the environment's LOCI_ISA chooses among those:
 * x86-64, v3 or v4. */
enum loci_isa loci_isa_best(void);
/* What LOCI_ISA in the environment does: it is not set, chooses one of these, names none of them,
 * or one that this machine cannot run; the last two choose nothing. */
enum loci_isa_choice { LOCI_ISA_FREE, LOCI_ISA_CHOSEN, LOCI_ISA_UNKNOWN, LOCI_ISA_TOO_WIDE };
enum loci_isa_choice loci_isa_choice(void);
/* "x86-64-v4" and so on; "generic" for the plain one. */
const char *loci_isa_name(enum loci_isa isa);

#endif
