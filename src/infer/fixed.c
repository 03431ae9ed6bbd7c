#include "infer/fixed.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "linear/linear.h"

/* Columns of a weight matrix that are gone through together: they stay in the second-level cache.
 */
enum { COLUMNS = 128 };

static int list(loci_fixed *fixed, const float *weights, const uint8_t *mask, loci_error *error) {
    int status =
        loci_connections_of_mask(&fixed->connections, fixed->n, fixed->m, mask, fixed->m, error);
    if (status != LOCI_OK)
        return status;
    const loci_connections *c = fixed->connections;
    fixed->by_receiver = loci_arena_floats(&fixed->arena, c->count, 1);
    fixed->by_sender = loci_arena_floats(&fixed->arena, c->count, 1);
    if (fixed->arena.failed)
        return loci_arena_status(&fixed->arena, "weights", error);
    for (size_t j = 0; j < fixed->m; j++)
        for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t++)
            fixed->by_receiver[t] = weights[c->sender[t] * fixed->m + j];
    for (size_t place = 0; place < c->count; place++)
        fixed->by_sender[place] = fixed->by_receiver[c->connection[place]];
    return LOCI_OK;
}

/* Notes which senders anything follows from, so that rows of zeros are left out. */
static int listen(loci_fixed *fixed, loci_error *error) {
    fixed->heard = loci_arena_take(&fixed->arena, loci_pad16(fixed->n) / 16, sizeof *fixed->heard);
    if (fixed->heard == NULL)
        return loci_fail_memory(error, "weights");
    for (size_t i = 0; i < fixed->n; i++)
        fixed->heard[i / 16] |= (uint16_t)(loci_fixed_sends(fixed, i) << i % 16);
    return LOCI_OK;
}

static int copy(loci_fixed *fixed, const float *weights, loci_error *error) {
    size_t m = fixed->m;
    fixed->dense = loci_arena_floats(&fixed->arena, fixed->n, fixed->ld);
    if (fixed->dense == NULL)
        return loci_fail_memory(error, "weights");
    for (size_t i = 0; i < fixed->n; i++)
        memcpy(fixed->dense + i * fixed->ld, weights + i * m, m * sizeof(float));
    return LOCI_OK;
}

static int slice(loci_fixed *fixed, loci_error *error) {
    const loci_connections *c = fixed->connections;
    const loci_sparse w =
        loci_sparse_rows(fixed->m, c->receiver_start, c->sender, fixed->by_receiver);
    if (fixed->n > LOCI_SLICED_COLUMNS)
        return LOCI_OK;
    return loci_slices_create(&fixed->slices, &w, error);
}

int loci_fixed_create(loci_fixed *fixed, size_t n, size_t m, const float *weights,
                      const uint8_t *mask, size_t kept, loci_error *error) {
    *fixed = (loci_fixed){.n = n, .m = m, .ld = loci_leading(m)};
    fixed->kernels = loci_linear_kernels_for(loci_isa_best());
    fixed->gemm = loci_gemm_kernel_for(loci_isa_best());
    bool listed = mask != NULL && loci_connections_pay_many(n, m, kept);
    bool alone = listed && loci_connections_pay_alone(n, m, kept);
    int status = listed ? list(fixed, weights, mask, error) : LOCI_OK;
    if (status == LOCI_OK && alone)
        status = slice(fixed, error);
    else if (status == LOCI_OK)
        status = copy(fixed, weights, error);
    if (status == LOCI_OK && listed && !alone)
        status = listen(fixed, error);
    return status;
}

int loci_fixed_create_shared(loci_fixed *fixed, const loci_stencil *s, const float *weights,
                             loci_error *error) {
    const loci_conv_shape shape = {1, s->height, s->width, s->in, s->out, s->window, s->stride};
    size_t m = loci_stencil_receivers(s);
    *fixed = (loci_fixed){.n = loci_stencil_senders(s), .m = m, .ld = loci_leading(m)};
    fixed->kernels = loci_linear_kernels_for(loci_isa_best());
    fixed->shared = true;
    fixed->pool = loci_stencil_pool(s);
    loci_conv_events_open(&fixed->conv, &shape, s->pool, weights, s->out, &fixed->arena);
    float *stencil = loci_arena_floats(&fixed->arena, loci_stencil_entries(s), s->out);
    if (stencil != NULL)
        memcpy(stencil, weights, loci_stencil_entries(s) * s->out * sizeof *stencil);
    fixed->stencil = stencil;
    return loci_arena_status(&fixed->arena, "weights", error);
}

/* A share of entries from which on all places are gone through: measured, with few maps a place has
 * too few entries to be laid over together. */
static double sparse_share(const loci_conv_shape *shape) {
    return shape->in < 4 ? 0.2 : 0.4;
}

int loci_fixed_provide(loci_fixed *fixed, size_t workers, loci_error *error) {
    const loci_conv_use use = {.workers = workers};
    loci_conv *made;
    if (!fixed->shared || fixed->workers >= workers)
        return LOCI_OK;
    int status = loci_conv_create(&made, &fixed->conv.shape, &use, error);
    if (status != LOCI_OK)
        return status;
    loci_conv_free(fixed->whole);
    fixed->whole = made;
    fixed->workers = workers;
    fixed->sparse = (size_t)(sparse_share(&fixed->conv.shape) * (double)fixed->n);
    loci_conv_set_stencil(made, fixed->stencil, fixed->conv.shape.out);
    return LOCI_OK;
}

size_t loci_fixed_scratch(const loci_fixed *fixed) {
    return fixed->shared ? loci_conv_events_floats(&fixed->conv) : 0;
}

void loci_fixed_clear(loci_fixed *fixed) {
    loci_connections_free(fixed->connections);
    loci_conv_free(fixed->whole);
    loci_arena_clear(&fixed->arena);
    loci_slices_clear(&fixed->slices);
    *fixed = (loci_fixed){0};
}

static void lay_stencil(const loci_fixed *fixed, const loci_sparse *active, float *out,
                        float *scratch) {
    loci_conv_events_kernel *lay = loci_conv_events_for(loci_isa_best());
    const loci_maxpool_kernels *pooling = loci_maxpool_kernels_for(loci_isa_best());
    for (size_t row = 0; row < active->rows; row++) {
        lay(&fixed->conv, active, row, scratch);
        pooling->forward(&fixed->pool, scratch, out + row * fixed->ld, NULL);
    }
}

void loci_fixed_events(const loci_fixed *fixed, const loci_sparse *active, float *out,
                       float *scratch) {
    size_t padded = loci_pad16(fixed->m);
    if (fixed->shared) {
        lay_stencil(fixed, active, out, scratch);
        return;
    }
    for (size_t x = 0; fixed->dense != NULL && x < padded; x += COLUMNS)
        fixed->kernels->spmm(active, 0, active->rows, fixed->dense + x, fixed->ld, out + x,
                             fixed->ld, padded - x < COLUMNS ? padded - x : COLUMNS, 0);
    if (fixed->dense != NULL)
        return;
    const loci_connections *c = fixed->connections;
    memset(out, 0, active->rows * fixed->ld * sizeof *out);
    for (size_t row = 0; row < active->rows; row++) /* to those that each active neuron reaches */
        fixed->kernels->spmspv(c->sender_start, c->receiver, fixed->by_sender, active, row,
                               out + row * fixed->ld);
}

void loci_fixed_sample(const loci_fixed *fixed, size_t worker, const float *x,
                       const loci_sparse *active, float *out, float *scratch) {
    const loci_maxpool_kernels *pooling = loci_maxpool_kernels_for(loci_isa_best());
    if (active->entries <= fixed->sparse) {
        lay_stencil(fixed, active, out, scratch);
        return;
    }
    loci_conv_forward(fixed->whole, worker, x, scratch);
    pooling->forward(&fixed->pool, scratch, out, NULL);
}

void loci_fixed_vector(const loci_fixed *fixed, const float *x, float *out) {
    fixed->kernels->sell_spmv(&fixed->slices, x, out);
}

void loci_fixed_strip(const loci_fixed *fixed, const float *x, float *out) {
    const loci_connections *c = fixed->connections;
    if (c == NULL) {
        fixed->gemm(fixed->m, LOCI_FIXED_STRIP, fixed->n,
                    (loci_operand){fixed->dense, fixed->ld, true},
                    (loci_operand){x, LOCI_FIXED_STRIP, false}, out, LOCI_FIXED_STRIP);
        return;
    }
    const loci_sparse w =
        loci_sparse_rows(fixed->m, c->receiver_start, c->sender, fixed->by_receiver);
    fixed->kernels->spmm(&w, 0, fixed->m, x, LOCI_FIXED_STRIP, out, LOCI_FIXED_STRIP,
                         LOCI_FIXED_STRIP, 0);
}
