/* What a run learns from, told apart by content: data, and the models it starts and learns from. */
#ifndef LOCI_TRAIN_FINGERPRINT_H
#define LOCI_TRAIN_FINGERPRINT_H

#include <loci/run.h>

/* Room for all fingerprints of a configuration in one text. */
enum { LOCI_FINGERPRINTS = (3 + LOCI_MOST_TEACHERS) * LOCI_FINGERPRINT };

/* Fills in the fingerprints of a configuration; that of a model that is not there, or may not be
 * read, is "". here: the same, but paths of models hold from the current folder. LOCI_E_IO where
 * reading fails. */
int loci_run_fingerprint(loci_config *config, const loci_config *here, const loci_dataset *data,
                         loci_error *error);

/* All of them, for a checkpoint. */
void loci_run_fingerprints(char text[LOCI_FINGERPRINTS], const loci_config *config);

/* LOCI_E_MISMATCH, saying what, where both know a fingerprint and it is not the same. */
int loci_run_compare_fingerprints(const loci_config *given, const loci_config *stored,
                                  loci_error *error);

#endif
