/* What of a network the ways out of here do not know yet, beyond spiking nets of version 0.1. */
#ifndef LOCI_NETWORK_TRAVEL_H
#define LOCI_NETWORK_TRAVEL_H

#include <loci/spec.h>
#include <stdbool.h>

#include "base/error.h"

/* What it is, for a person; NULL where there is nothing of it. */
static inline const char *loci_travels(const loci_spec *spec) {
    if (!loci_spec_spikes(spec))
        return NULL;
    if (spec->delay != LOCI_DELAY_NONE)
        return "spikes that take time (delay distance)";
    if (spec->recurrent)
        return "layers that are wired to themselves (recurrent)";
    if (spec->neuron == LOCI_NEURON_ADLIF)
        return "adaptive neurons (adlif)";
    if (spec->readout == LOCI_READOUT_SOFTMAX_SUM)
        return "the sum of a softmax over the steps (softmax-sum)";
    if (spec->coding == LOCI_CODING_LATENCY && spec->latency_span != 1)
        return "latencies that span a part of the steps (latency-span)";
    return NULL;
}

/* LOCI_E_UNSUPPORTED in `where` if there is any. */
static inline int loci_refuse_travel(const loci_spec *spec, const char *where, loci_error *error) {
    const char *what = loci_travels(spec);
    return what == NULL
               ? LOCI_OK
               : loci_fail(error, LOCI_E_UNSUPPORTED, where,
                           "not written: the network has %s, which this cannot hold yet", what);
}

#endif
