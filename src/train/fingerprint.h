/* What a run learns from, told apart by content: data, and the models it starts and learns from. */
#ifndef LOCI_TRAIN_FINGERPRINT_H
#define LOCI_TRAIN_FINGERPRINT_H

#include <loci/run.h>

/* Room for all fingerprints of a configuration in one text. */
enum { LOCI_FINGERPRINTS = (3 + LOCI_MOST_TEACHERS) * LOCI_FINGERPRINT };

/* Fills in the fingerprints of a configuration; that of a model whose file cannot be read is "".
 * The models are those of `here`, whose paths hold from the current folder. */
void loci_run_fingerprint(loci_config *config, const loci_config *here, const loci_dataset *data);

/* All of them, for a checkpoint. */
void loci_run_fingerprints(char text[LOCI_FINGERPRINTS], const loci_config *config);

/* LOCI_E_MISMATCH, saying what, where both know a fingerprint and it is not the same. */
int loci_run_compare_fingerprints(const loci_config *given, const loci_config *stored,
                                  loci_error *error);

#endif
