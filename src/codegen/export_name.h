/* What names in the source begin with. */
#ifndef LOCI_CODEGEN_EXPORT_NAME_H
#define LOCI_CODEGEN_EXPORT_NAME_H

#include "codegen/export.h"

/* The name that was asked for, or one made of the network's preset. LOCI_E_ARGUMENT unless it is a
 * C identifier that stands for nothing else. */
int loci_codegen_choose_name(char name[LOCI_CODEGEN_NAME + 1], const loci_network *network,
                             const char *wanted, loci_error *error);

/* Letters, digits and _, a letter first. */
bool loci_codegen_is_identifier(const char *name);

#endif
