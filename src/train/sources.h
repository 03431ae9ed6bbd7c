/* What a run reads, and that it does not write over it. */
#ifndef LOCI_TRAIN_SOURCES_H
#define LOCI_TRAIN_SOURCES_H

#include <stdbool.h>

#include <loci/run.h>

/* LOCI_E_ARGUMENT when a run in `directory` would destroy what it reads: its teacher, its data, or,
 * where it begins anew, the model it starts from. */
int loci_run_check_sources(const loci_config *config, const char *directory, bool anew,
                           loci_error *error);

#endif
