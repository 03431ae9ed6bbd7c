/* How an export does. */
#ifndef LOCI_CODEGEN_MEASURE_H
#define LOCI_CODEGEN_MEASURE_H

#include "codegen/export.h"

/* The part that is measured on: testing, or where that is empty training. */
enum loci_split loci_codegen_part(const loci_export *export);

/* cost.c: what sending costs each neuron. */
void loci_codegen_cost(loci_export *export);

/* Fills the report. */
int loci_codegen_measure(loci_export *export, loci_error *error);

#endif
