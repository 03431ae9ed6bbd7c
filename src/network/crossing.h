/* One projection of a pass: activations cross it, gradients come back. */
#ifndef LOCI_NETWORK_CROSSING_H
#define LOCI_NETWORK_CROSSING_H

#include "network/pass.h"

/* out [rows, loci_leading(m)]; after: as for loci_synapse_forward(). */
void loci_pass_cross(loci_pass *pass, uint32_t l, const loci_activations *from, float *out,
                     const loci_after *after);

/* g [rows, loci_leading(m)] = dL/dout; g_in receives dL/d(what entered), or is NULL; after: as for
 * loci_synapse_backward(). gradient [parameter_count] is added to. */
void loci_pass_cross_back(loci_pass *pass, uint32_t l, const loci_activations *from, const float *g,
                          float *g_in, const loci_after *after, float *gradient);

#endif
