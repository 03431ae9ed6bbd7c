/* What a finished run comes to. */
#ifndef LOCI_TRAIN_SUMMARISE_H
#define LOCI_TRAIN_SUMMARISE_H

#include "train/trainer.h"

/* All of *out but the seconds in all. last: what the last epoch measured. LOCI_E_MEMORY,
 * LOCI_E_DIVERGED. */
int loci_run_summarise(const loci_config *config, const loci_trainer *trainer,
                       const loci_metrics *last, loci_summary *out, loci_error *error);

#endif
