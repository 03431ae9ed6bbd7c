/* The buffers of one thread that runs inputs through prepared weights. A row is a sample, or of
 * spiking nets a time step. */
#ifndef LOCI_INFER_RUNNER_H
#define LOCI_INFER_RUNNER_H

#include "base/arena.h"
#include "data/batch.h"
#include "infer/fixed.h"
#include "linear/linear.h"
#include "network/contents.h"

typedef struct loci_runner {
    size_t number;         /* of its worker */
    size_t rows;           /* it has room for */
    float *current, *next; /* [rows, widest]; of spiking nets next is free for a readout */
    float *scratch;        /* of loci_fixed_events() */
    /* active neurons of a layer: */
    uint32_t *start;   /* [rows + 1] */
    uint32_t *index;   /* [rows * widest + LOCI_SLICE] */
    float *value;      /* likewise */
    loci_batch *batch; /* of one sample, coded; only spiking nets */
    loci_arena arena;
} loci_runner;

/* scratch: floats of it. LOCI_E_MEMORY; clear it even then. */
int loci_runner_create(loci_runner *runner, const loci_network *network, size_t rows, size_t widest,
                       size_t scratch, loci_error *error);
void loci_runner_clear(loci_runner *runner);

/* The non-zero entries of sent [rows, stride] that a layer pair listens to, as sparse rows. */
loci_sparse loci_runner_compact(const loci_runner *runner, const loci_bits *bits,
                                const loci_fixed *weights, const float *sent, size_t rows,
                                size_t stride);

#endif
