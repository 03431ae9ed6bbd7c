/* Where a run's files are: its configuration names them as they were named when it was started. */
#ifndef LOCI_TRAIN_RUN_PATHS_H
#define LOCI_TRAIN_RUN_PATHS_H

#include <stdbool.h>

#include <loci/run.h>

/* Notes in config->origin where the files that it names relative to the current folder are to be
 * looked for, as seen from the run folder, which is there; "" where it names none. */
void loci_run_note_origin(loci_config *config, const char *directory);

/* Makes `here` of config, with the models the run starts and learns from named as seen from the
 * current folder. With resume they are those that the run in the folder was started with: then
 * config->origin is set, too. Going on, the model to start from is needed no more once there is a
 * checkpoint: that it is not there is left to be found out. As loci_config_locate(). */
int loci_run_locate(loci_config *here, loci_config *config, const char *directory, bool resume,
                    loci_error *error);

#endif
