/* What outputs and inputs are called: by the network's own notes, else by the data. */
#ifndef LOCI_CODEGEN_NAMES_H
#define LOCI_CODEGEN_NAMES_H

#include <stdbool.h>

typedef struct loci_codegen_names {
    const char **output; /* [classes] of classes, or of numbers to predict */
    bool outputs;        /* whether these are names, not only numbers */
    const char **input;  /* [pixels] of a table's columns; NULL: they have none */
    bool *word;          /* [pixels] whether an input is 0 or 1 and stands for a word */
} loci_codegen_names;

#endif
