/* What the columns of a table are, as it was decided when a network was trained on it: the same for
 * every later table that the network is given. */
#ifndef LOCI_DATA_SCHEMA_H
#define LOCI_DATA_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include <loci/data.h>

#include "data/words.h"

/* What a column is for. */
enum loci_role {
    LOCI_ROLE_OUT = 0, /* nothing */
    LOCI_ROLE_INPUT,
    LOCI_ROLE_LABEL,  /* classes */
    LOCI_ROLE_TARGET, /* a number to predict */
    LOCI_ROLE_WEIGHT, /* how much its row counts */
    LOCI_ROLE_GROUP   /* rows with the same text stay together */
};

/* What an input column holds. */
enum loci_column_kind {
    LOCI_COLUMN_UNKNOWN = 0, /* nothing but missing values so far */
    LOCI_COLUMN_NUMBER,      /* one input */
    LOCI_COLUMN_WORDS        /* an input for each word: 1 where it is that word, else 0 */
};

typedef struct loci_input_column {
    char *name;       /* of the header, or "column N" */
    size_t place;     /* 0-based, in the whole table */
    int kind;         /* enum loci_column_kind */
    bool asked;       /* words whatever it holds */
    loci_words words; /* sorted once the table is read */
    float *mean;      /* [inputs of it] over the training part; NULL = not known yet */
} loci_input_column;

/* A column that is no input; name NULL = there is none. */
typedef struct loci_other_column {
    char *name;
    size_t place;
} loci_other_column;

typedef struct loci_schema {
    size_t count;
    loci_input_column *column; /* [count] in the order in which a network has them */
    loci_other_column label, weight, group;
    loci_other_column *target; /* [targets] */
    size_t targets;
    char **left; /* [lefts] names of columns that were there and are nothing of that */
    size_t lefts;
    bool header;  /* names come from the table's first row */
    bool pixels;  /* whole numbers from 0 to 255 are the pixels of an image */
    int missing;  /* enum loci_missing */
    size_t width; /* columns of the whole table */
} loci_schema;

/* An empty one for `count` input columns; false: memory is short. */
bool loci_schema_make(loci_schema *schema, size_t count);
void loci_schema_free(loci_schema *schema);

/* Inputs of a network: a number's column is one, a column of words has one a word. */
size_t loci_schema_inputs(const loci_schema *schema);
static inline size_t loci_column_inputs(const loci_input_column *column) {
    return column->kind == LOCI_COLUMN_WORDS ? column->words.count : 1;
}

/* NULL: memory is short, or a name is not UTF-8. */
json_t *loci_schema_json(const loci_schema *schema);
/* Reads what loci_schema_json() made; anything else is LOCI_E_FORMAT. Free in any case. */
int loci_schema_from_text(loci_schema *schema, const char *text, const char *where,
                          loci_error *error);

#endif
