/* A network and the buffers that inputs are run through it with. */
#ifndef LOCI_INFER_SESSION_H
#define LOCI_INFER_SESSION_H

#include <loci/network.h>

#include "data/batch.h"
#include "network/pass.h"

/* The seed of random coding in evaluations: the same Poisson spikes for every network. */
enum { LOCI_EVALUATION_SEED = 1 };

/* A batch laid out as a network takes it, for inference: its coding, its stored input scaling,
 * and of the pixels those it has. The network must outlive it. seed: of random coding; pool:
 * borrowed, may be NULL. After an error, too, *out is the caller's to free. LOCI_E_MEMORY. */
int loci_inference_batch(loci_batch **out, const loci_network *network, size_t most, uint64_t seed,
                         loci_pool *pool, loci_error *error);

typedef struct loci_session {
    const loci_network *network; /* borrowed */
    loci_pass *pass;
    loci_batch *batch;
} loci_session;

/* For up to `most` inputs at a time, or as many as are good for the caches: pass->most. Close it
 * even when it failed. LOCI_E_MISMATCH (as loci_network_kept()) or LOCI_E_MEMORY. */
int loci_session_open(loci_session *session, const loci_network *network, size_t most,
                      loci_pool *pool, loci_error *error);
void loci_session_close(loci_session *session);

#endif
