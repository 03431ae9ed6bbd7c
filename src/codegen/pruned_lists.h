/* The connections of a pruned pair as lists. */
#ifndef LOCI_CODEGEN_PRUNED_LISTS_H
#define LOCI_CODEGEN_PRUNED_LISTS_H

#include "codegen/export.h"

/* Fills pair l's lists from its weights, those that are 0 left out. LOCI_E_UNSUPPORTED or
 * LOCI_E_MEMORY. */
int loci_codegen_list(loci_export *export, uint32_t l, loci_error *error);

#endif
