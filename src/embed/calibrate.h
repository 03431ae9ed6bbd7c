/* Choosing the scales of an export on training data. */
#ifndef LOCI_EMBED_CALIBRATE_H
#define LOCI_EMBED_CALIBRATE_H

#include "embed/export.h"

/* Fills the integers of all pairs. LOCI_E_UNSUPPORTED or LOCI_E_MEMORY. */
int loci_embed_calibrate(loci_export *export, loci_error *error);

#endif
