/* One batch through a network and back. */
#ifndef LOCI_NETWORK_PASS_H
#define LOCI_NETWORK_PASS_H

#include "network/acting.h"
#include "synapse/synapse.h"

struct loci_spiking;

/* Buffers for batches of up to `most` samples, and what follows from the parameters of the moment.
 */
typedef struct loci_pass {
    const loci_network *network; /* borrowed */
    loci_pool *pool;             /* borrowed */
    size_t most, pairs;
    loci_acting acting;
    loci_synapse *synapse[LOCI_MAX_PAIRS];
    uint32_t *fan_out[LOCI_MAX_PAIRS]; /* [n] of pairs of a spiking net that are pruned or lead to
                                          maps; NULL = all */
    float *output[LOCI_MAX_PAIRS]; /* [most, loci_leading(m)] of layer l + 1; the last: logits */
    /* likewise, what an activation made them of, where the way back needs it; else NULL */
    float *input[LOCI_MAX_PAIRS];
    float *delta[LOCI_MAX_PAIRS]; /* likewise, dL/d(output); NULL without backward */
    float *bias_sums;     /* scratch: [chunks of most, widest] of a layer that does not spike */
    float *shared_bias;   /* scratch: [widest] dL/dbias of neurons that share theirs */
    float *made_gradient; /* of what is made before it acts; scratch */
    struct loci_spiking *spiking; /* of a spiking net, else NULL */
    /* with backward: bit l is set once a neuron of layer l + 1 has sent something; the caller sets
     * it back. Of the output only where it spikes */
    uint32_t active;
    loci_arena arena;
} loci_pass;

/* backward: whether loci_pass_backward() will be called. A pruned network runs on its kept
 * connections; with backward only one whose set is fixed, as positions move. LOCI_E_MISMATCH when
 * its cut does not leave as many connections as it should, or LOCI_E_MEMORY. */
int loci_pass_create(loci_pass **out, const loci_network *network, size_t most, bool backward,
                     loci_pool *pool, loci_error *error);
/* Of one sample and without synapses, for those who multiply themselves: what acts, which
 * connections are kept, neuron constants. It cannot run. */
int loci_pass_create_bare(loci_pass **out, const loci_network *network, loci_error *error);
void loci_pass_free(loci_pass *pass);
/* Makes it anew for the network as it is now, with backward. *pass is NULL when memory is short:
 * LOCI_E_MEMORY, or LOCI_E_MISMATCH as above. */
int loci_pass_renew(loci_pass **pass, loci_error *error);

/* Bytes set aside. */
size_t loci_pass_bytes(const loci_pass *pass);

/* The most samples a pass should be made for when batches have `wanted`: fewer where memory grows
 * with time steps. */
size_t loci_pass_most(const loci_spec *spec, size_t wanted);

/* Runs a batch with the parameters as they are now. The logits stand in loci_pass_logits(). Only
 * spiking nets can fail, with LOCI_E_MEMORY. */
int loci_pass_forward(loci_pass *pass, const loci_activations *in, loci_error *error);

/* [most, loci_leading(classes)]; borrowed. */
const float *loci_pass_logits(const loci_pass *pass);
/* Where dL/dlogits goes before backward; same shape; columns past the classes stay 0. */
float *loci_pass_logit_delta(loci_pass *pass);

/* gradient [parameter_count] += dL/dparameters of the batch that forward was last called with. */
void loci_pass_backward(loci_pass *pass, const loci_activations *in, float *gradient);

#endif
