#include "synapse/synapse.h"

#include <stdlib.h>

#include "base/error.h"
#include "linear/gemm.h"
#include "synapse/dense.h"
#include "synapse/listed.h"
#include "synapse/local.h"
#include "synapse/shared.h"

/* One of them; the others are NULL. */
struct loci_synapse {
    loci_dense *dense;
    loci_listed *listed;
    loci_local *local;
    loci_shared *shared;
};

static int create_dense(loci_synapse *s, const loci_wiring *w, const loci_synapse_options *options,
                        const loci_pool *pool, loci_error *error) {
    int status = loci_gemm_prepare(error);
    if (status == LOCI_OK)
        status =
            loci_dense_create(&s->dense, w, options->input_gradient, options->near, pool, error);
    return status;
}

int loci_synapse_create(loci_synapse **out, const loci_wiring *w,
                        const loci_synapse_options *options, const loci_pool *pool,
                        loci_error *error) {
    loci_synapse *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "synapse");
    int status;
    const loci_shared_use shared = {.rows = options->rows,
                                    .backward = options->backward,
                                    .input_gradient = options->input_gradient};
    if (options->stencil != NULL)
        status = loci_shared_create(&s->shared, w, options->stencil, &shared, pool, error);
    else if (options->connections != NULL)
        status =
            loci_listed_create(&s->listed, w, options->connections, options->rows, pool, error);
    else if (options->local)
        status =
            loci_local_create(&s->local, w, options->input_gradient, options->rows, pool, error);
    else
        status = create_dense(s, w, options, pool, error);
    if (status != LOCI_OK) {
        loci_synapse_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_synapse_free(loci_synapse *s) {
    if (s == NULL)
        return;
    loci_dense_free(s->dense);
    loci_listed_free(s->listed);
    loci_local_free(s->local);
    loci_shared_free(s->shared);
    free(s);
}

size_t loci_synapse_bytes(const loci_synapse *s) {
    return s->listed != NULL   ? loci_listed_bytes(s->listed)
           : s->local != NULL  ? loci_local_bytes(s->local)
           : s->shared != NULL ? loci_shared_bytes(s->shared)
                               : loci_dense_bytes(s->dense);
}

void loci_synapse_forward(loci_synapse *s, const loci_wiring *w, const loci_activations *in,
                          float *out, const loci_after *after, loci_pool *pool) {
    if (s->listed != NULL)
        loci_listed_forward(s->listed, w, in, out, after, pool);
    else if (s->local != NULL)
        loci_local_forward(s->local, w, in, out, after, pool);
    else if (s->shared != NULL)
        loci_shared_forward(s->shared, w, in, out, after, pool);
    else
        loci_dense_forward(s->dense, w, in, out, after, pool);
}

void loci_synapse_backward(loci_synapse *s, const loci_wiring *w, const loci_activations *in,
                           const float *g, float *g_in, const loci_after *after,
                           loci_wiring_gradient *gradient, loci_pool *pool) {
    if (s->listed != NULL)
        loci_listed_backward(s->listed, w, in, g, g_in, after, gradient, pool);
    else if (s->local != NULL)
        loci_local_backward(s->local, w, in, g, g_in, after, gradient, pool);
    else if (s->shared != NULL)
        loci_shared_backward(s->shared, w, in, g, g_in, after, gradient, pool);
    else
        loci_dense_backward(s->dense, w, in, g, g_in, after, gradient, pool);
}
