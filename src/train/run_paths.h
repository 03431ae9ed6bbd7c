/* Where a run's files are: its configuration names them as they were named when it was started. */
#ifndef LOCI_TRAIN_RUN_PATHS_H
#define LOCI_TRAIN_RUN_PATHS_H

#include <loci/train.h>

/* Notes in config->origin where the files that it names relative to the current folder are to be
 * looked for, as seen from the run folder, which is there; "" where it names none. */
void loci_run_note_origin(loci_config *config, const char *directory);

/* As loci_config_locate(), of the models that the run starts from and learns from. */
int loci_run_locate_init(loci_config *config, const char *directory, loci_error *error);
int loci_run_locate_teacher(loci_config *config, const char *directory, loci_error *error);

#endif
