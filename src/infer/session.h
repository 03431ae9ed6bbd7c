/* A network and the buffers that inputs are run through it with. */
#ifndef LOCI_INFER_SESSION_H
#define LOCI_INFER_SESSION_H

#include "data/batch.h"
#include "network/pass.h"

typedef struct loci_session {
    const loci_network *network; /* borrowed */
    loci_pass *pass;
    loci_batch *batch;
} loci_session;

/* For up to `most` inputs at a time, or as many as are good for the caches: pass->most. Close it even
 * when it failed. LOCI_E_MISMATCH (as loci_network_kept()) or LOCI_E_MEMORY. */
int loci_session_open(loci_session *session, const loci_network *network, size_t most,
                      loci_pool *pool, loci_error *error);
void loci_session_close(loci_session *session);

#endif
