/* For files that are compiled once per instruction set: gives each compilation's symbols their own
 * names. The build defines LOCI_ISA as generic, v3 or v4. */
#ifndef LOCI_BASE_ISA_H
#define LOCI_BASE_ISA_H

#define LOCI_ISA_JOIN2(name, isa) name##_##isa
#define LOCI_ISA_JOIN(name, isa) LOCI_ISA_JOIN2(name, isa)
#define LOCI_ISA_NAME(name) LOCI_ISA_JOIN(name, LOCI_ISA)

#endif
