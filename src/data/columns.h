/* Which column of a table is what: an input, something to learn, the weight or the group of its
 * row.
 */
#ifndef LOCI_DATA_COLUMNS_H
#define LOCI_DATA_COLUMNS_H

#include "data/column_names.h"
#include "data/schema.h"
#include "data/text_rows.h"

typedef struct loci_columns {
    size_t width;            /* of the table */
    char **name;             /* [width] of the header; NULL = there is none */
    loci_column_names names; /* the same, those without a name as "column N" */
    unsigned char *role;     /* [width] enum loci_role */
    size_t inputs;
    size_t *input; /* [inputs] columns, in the order of the schema */
    size_t targets;
    size_t *target;              /* [targets] in the order they were named in */
    size_t label, weight, group; /* SIZE_MAX = there is none */
} loci_columns;

/* What the columns of a table are called and used for: as options say, or as a schema does that is
 * known already (else NULL). first: the first row, names when header is set. regress: numbers are
 * to be predicted. LOCI_E_ARGUMENT (no such column, one named twice, no input left),
 * LOCI_E_MISMATCH (a column of the schema is not there) or LOCI_E_MEMORY; free in any case. */
int loci_columns_find(loci_columns *columns, const loci_cell *first, size_t width, bool header,
                      const loci_data_options *options, bool regress, const loci_schema *known,
                      const char *where, loci_error *error);
void loci_columns_free(loci_columns *columns);

/* Whether a name that options give for a column stands in the first row and is no number. */
bool loci_columns_named(const loci_column_names *first, const loci_data_options *options);

/* Whether the first row has the name of an input that a schema knows. */
bool loci_columns_known(const loci_column_names *first, const loci_schema *known);

/* Which columns a list of names or numbers names: *out [width], free() it. LOCI_E_ARGUMENT or
 * LOCI_E_MEMORY. */
int loci_columns_listed(const loci_columns *columns, const char *list, const char *where,
                        bool **out, loci_error *error);

/* What a column can be called in an option: its name, or its number. Borrowed, or `own`. */
const char *loci_columns_handle(const loci_columns *columns, size_t column, char own[32]);
/* The name of a column, or "column N". Borrowed, or `own`. */
const char *loci_columns_name(const loci_columns *columns, size_t column, char own[32]);

#endif
