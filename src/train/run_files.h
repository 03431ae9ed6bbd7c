/* What a run keeps in its folder beside its checkpoint. Each is put in place in one step, by the
 * process that holds the folder alone: LOCI_E_BUSY once it is another one's. */
#ifndef LOCI_TRAIN_RUN_FILES_H
#define LOCI_TRAIN_RUN_FILES_H

#include <loci/record.h>

#include "train/frames.h"
#include "train/run_folder.h"

int loci_run_put_model(const loci_run_folder *folder, const loci_network *network,
                       loci_error *error);
/* Only if there are new ones. */
int loci_run_put_frames(const loci_run_folder *folder, loci_frames *frames, loci_error *error);
int loci_run_put_summary(const loci_run_folder *folder, const loci_summary *summary,
                         loci_error *error);

#endif
