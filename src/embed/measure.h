/* How an export does. */
#ifndef LOCI_EMBED_MEASURE_H
#define LOCI_EMBED_MEASURE_H

#include "embed/export.h"

/* The part that is measured on: testing, or where that is empty training. */
enum loci_split loci_embed_part(const loci_export *export);

/* What sending costs each neuron. LOCI_E_MEMORY. */
int loci_embed_cost(loci_export *export, loci_error *error);

/* Fills the report. */
int loci_embed_measure(loci_export *export, loci_error *error);

#endif
