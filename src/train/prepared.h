/* What is inside a loci_prepared. */
#ifndef LOCI_TRAIN_PREPARED_H
#define LOCI_TRAIN_PREPARED_H

#include <loci/prepared.h>

#include "data/batch.h"
#include "network/spiking.h"
#include "synapse/fixed.h"

struct loci_prepared {
    const loci_network *network;
    loci_pass *pass; /* of one sample: buffers and neuron constants; its synapses are not used */
    loci_batch *batch;
    loci_fixed weights[LOCI_MAX_PAIRS];
    float *bias[LOCI_MAX_PAIRS]; /* [m] */
    loci_bits bits;
    float *current, *next;   /* [T, widest] */
    uint32_t *start, *index; /* [T + 1], [T * widest] active neurons of a layer, step by step; room
                                for 8 more */
    float *value;            /* [T * widest] */
    size_t widest, steps;
    float *strips;       /* [workers, 2, widest, STRIP] of batches; NULL until there was one */
    size_t strip_floats; /* in it */
};

/* LOCI_E_ARGUMENT unless all numbers of inputs [count, pixels] are finite. */
int loci_prepared_check(const loci_prepared *prepared, const float *inputs, size_t count,
                        loci_error *error);

#endif
