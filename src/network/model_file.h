/* Names that writing and reading a model file share. */
#ifndef LOCI_NETWORK_MODEL_FILE_H
#define LOCI_NETWORK_MODEL_FILE_H

#include "network/contents.h"
#include "network/pruning_note.h"

#define LOCI_MODEL_FORMAT "loci"
/* The newest version of the format. A file has the lowest one that can say what is in it. */
enum { LOCI_MODEL_VERSION = 2 };

/* The stored range, both arrays or none. */
#define LOCI_MODEL_LOW "input.low"
#define LOCI_MODEL_SPAN "input.span"
/* How the targets of a regressor are scaled, both arrays or none. */
#define LOCI_MODEL_MEAN "target.mean"
#define LOCI_MODEL_DEVIATION "target.deviation"
/* Which pixels have an input neuron, of shrunk nets. */
#define LOCI_MODEL_PIXELS "input.pixels"

/* Room for a name like "pair15.weight". */
enum { LOCI_MODEL_NAME = 32 };

/* Writes "pairL.part" to name and returns it. */
char *loci_model_name(char name[LOCI_MODEL_NAME], uint32_t l, const char *part);

#endif
