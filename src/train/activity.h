/* Counting what spiking nets do. */
#ifndef LOCI_TRAIN_ACTIVITY_H
#define LOCI_TRAIN_ACTIVITY_H

#include <loci/network.h>

/* Sums over samples, turned into a loci_activity at the end. */
typedef struct loci_tally {
    size_t samples;
    double spikes[LOCI_MAX_PAIRS]; /* of layer l + 1 */
    double inputs;                 /* non-zero inputs, or input spikes, that entered */
} loci_tally;

/* Does nothing to *out of a network that does not spike but zero it. */
void loci_tally_activity(const loci_tally *tally, const loci_spec *spec, loci_activity *out);

#endif
