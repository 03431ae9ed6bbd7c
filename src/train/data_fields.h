/* The options of a configuration beside those of its network and its training. */
#ifndef LOCI_TRAIN_DATA_FIELDS_H
#define LOCI_TRAIN_DATA_FIELDS_H

#include <loci/option.h>
#include <stdbool.h>

/* "data", "init", "teacher", "no-test", members of a loci_config; "seed" is no row. */
const loci_field *loci_source_fields(size_t *count);
/* Whether it is one of these, of loci_data_fields(), or "seed". */
bool loci_says_where(const char *name);

#endif
