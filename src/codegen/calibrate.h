/* Choosing the scales of an export on training data. */
#ifndef LOCI_CODEGEN_CALIBRATE_H
#define LOCI_CODEGEN_CALIBRATE_H

#include "codegen/export.h"

/* Fills the integers of all pairs. LOCI_E_UNSUPPORTED or LOCI_E_MEMORY. */
int loci_codegen_calibrate(loci_export *export, loci_error *error);

#endif
