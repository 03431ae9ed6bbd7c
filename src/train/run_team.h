/* What the processes of a run must have in common before they take a step: process 0 tells the
 * others, who read neither the run folder nor the model to start from. A process alone does nothing
 * here. All are called where loci_meeting_agree() was good, and leave a failure to the next one. */
#ifndef LOCI_TRAIN_RUN_TEAM_H
#define LOCI_TRAIN_RUN_TEAM_H

#include "train/checkpoint.h"

/* LOCI_E_MISMATCH where a process computes by other code than process 0, or holds other data or
 * another teacher, by the fingerprints of its configuration. */
int loci_team_compare(loci_meeting *meeting, const loci_config *config, loci_error *error);

/* How process 0 scales inputs and targets. */
int loci_team_scale(loci_meeting *meeting, loci_network *network, loci_error *error);

/* Has a trainer compute its part of each batch only. */
int loci_team_share(loci_meeting *meeting, loci_trainer *trainer, loci_error *error);

/* Where training stands in process 0, new or gone on with. */
int loci_team_start(loci_meeting *meeting, loci_trainer *trainer, loci_run_state *state,
                    loci_error *error);

#endif
