/* Which pairs of layers work on what is within reach alone: synapse/local.h. */
#ifndef LOCI_NETWORK_LOCAL_PAIRS_H
#define LOCI_NETWORK_LOCAL_PAIRS_H

#include "network/contents.h"

/* Whether pair l does: where it is large, its range is finite, and sites, as they start, meet few
 * others. A function of the specification, so that a run that goes on has the same answer. Pruned
 * networks and those whose spikes take time have ways of their own. */
bool loci_pair_is_local(const loci_network *network, uint32_t l);

/* The share of a pair's sites that are within reach of each other where they start; its range is
 * finite. */
double loci_pair_within_reach(const loci_spec *spec, uint32_t l);

#endif
