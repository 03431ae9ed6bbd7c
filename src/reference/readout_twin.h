/* What is read from the last layer of a spiking net, and back, in float64: the twin of
 * neuron/integrator.c but for its membranes, and of counting spikes. */
#ifndef LOCI_REFERENCE_READOUT_TWIN_H
#define LOCI_REFERENCE_READOUT_TWIN_H

#include <loci/spec.h>
#include <stddef.h>
#include <stdint.h>

/* logits [count, classes] from read [count, T, classes]: spikes for a count, else membranes. */
void loci_reference_read_out(const loci_spec *spec, const double *read, size_t count,
                             double *logits);

/* g [count, T, classes] = dloss/dread from g_logits [count, classes], the logit scale in it. */
void loci_reference_unread(const loci_spec *spec, const double *read, size_t count,
                           const double *g_logits, double *g);

/* Goes on with an FNV-1a hash: by the steps in which membranes are largest. */
uint64_t loci_reference_read_pieces(const loci_spec *spec, const double *read, size_t count,
                                    uint64_t hash);

#endif
