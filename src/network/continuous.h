/* A net of neurons that do not spike, a batch at a time: forward, and the way back. */
#ifndef LOCI_NETWORK_CONTINUOUS_H
#define LOCI_NETWORK_CONTINUOUS_H

#include "network/pass.h"

void loci_continuous_forward(loci_pass *pass, const loci_activations *in);
/* From dL/dlogits. gradient [parameter_count] is added to. */
void loci_continuous_backward(loci_pass *pass, const loci_activations *in, float *gradient);

/* Whether layer l + 1 sent anything in the last forward, a batch of `rows`. */
bool loci_continuous_sends(const loci_pass *pass, uint32_t l, size_t rows);

#endif
