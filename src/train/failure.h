/* failure.json: why a run has no result, for other processes that would try it, too. */
#ifndef LOCI_TRAIN_FAILURE_H
#define LOCI_TRAIN_FAILURE_H

#include "train/run_folder.h"

/* Notes an error that would come again, and no other. What cannot be noted is tried again. */
void loci_failure_note(const loci_run_folder *folder, const loci_error *why);
/* The run is gone on with. */
void loci_failure_forget(const loci_run_folder *folder);

#endif
