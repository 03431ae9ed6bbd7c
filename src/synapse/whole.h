/* All weights of a wiring at once, for those who want to look at them or multiply by themselves. */
#ifndef LOCI_SYNAPSE_WHOLE_H
#define LOCI_SYNAPSE_WHOLE_H

#include <loci/pool.h>
#include <loci/status.h>

#include "wiring/wiring.h"

/* weights [n, m] of a spatial wiring. LOCI_E_MEMORY. */
int loci_whole_weights(const loci_wiring *w, loci_pool *pool, float *weights, loci_error *error);

#endif
