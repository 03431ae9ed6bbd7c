/* What is known of samples beyond their arrays. */
#ifndef LOCI_DATA_FACTS_H
#define LOCI_DATA_FACTS_H

#include <loci/facts.h>

/* Takes copies of them into a data set whose size and parts are set. LOCI_E_ARGUMENT or
 * LOCI_E_MEMORY. */
int loci_dataset_take_facts(loci_dataset *data, const loci_data_facts *facts, loci_error *error);

#endif
