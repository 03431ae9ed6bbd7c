/* Counting what spiking nets do. */
#ifndef LOCI_INFER_ACTIVITY_H
#define LOCI_INFER_ACTIVITY_H

#include <loci/network.h>

#include "linear/sparse.h"

/* Sums over samples, turned into a loci_activity at the end. */
typedef struct loci_tally {
    size_t samples;
    double spikes[LOCI_MAX_PAIRS];    /* of layer l + 1 */
    double crossings[LOCI_MAX_PAIRS]; /* kept connections of pair l that what is active met */
} loci_tally;

/* Kept connections that the entries of active meet: fan_out [n], NULL = m of each. */
double loci_count_crossings(const loci_sparse *active, const uint32_t *fan_out, size_t m);

/* Does nothing to *out of a network that does not spike but zero it. */
void loci_tally_activity(const loci_tally *tally, const loci_spec *spec, loci_activity *out);

#endif
