/* Evaluation on chosen samples. */
#ifndef LOCI_INFER_EVALUATE_H
#define LOCI_INFER_EVALUATE_H

#include <stdbool.h>

#include <loci/network.h>

#include "base/meeting.h"
#include "infer/session.h"

/* LOCI_E_MISMATCH unless image size and classes of network and data are the same. */
int loci_check_fit(const loci_network *network, const loci_dataset *data, loci_error *error);

/* Likewise; LOCI_E_ARGUMENT where the samples have no answers, so that there is nothing to measure.
 */
int loci_check_answers(const loci_network *network, const loci_dataset *data, loci_error *error);

/* As loci_evaluate(), on samples index[0..count) of a part; NULL = the first count. With a meeting
 * its processes share the batches out, and all get the figures, the same bytes as alone; details
 * are for a process alone. */
int loci_evaluate_samples(loci_meeting *meeting, const loci_network *network,
                          const loci_dataset *data, enum loci_split split, const uint32_t *index,
                          size_t count, loci_pool *pool, bool details, loci_evaluation *out,
                          loci_error *error);

#endif
