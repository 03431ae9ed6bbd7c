/* What is inside a loci_prepared. */
#ifndef LOCI_INFER_PREPARED_CONTENTS_H
#define LOCI_INFER_PREPARED_CONTENTS_H

#include <loci/prepared.h>

#include "infer/activity.h"
#include "infer/runner.h"
#include "network/spiking.h"
#include "neuron/activation.h"

struct loci_prepared {
    const loci_network *network;
    loci_pass *pass; /* bare: sizes, what is kept, neuron constants; only read, unless it travels */
    loci_fixed weights[LOCI_MAX_PAIRS];
    float *bias[LOCI_MAX_PAIRS]; /* [m] */
    const loci_activation_kernels *activate;
    loci_bits bits;
    bool travels; /* it takes its steps in order: one input at a time, the buffers are the pass's */
    bool listed;  /* many inputs go through lists of connections, samples innermost; not spiking */
    size_t together; /* samples that go through a layer before the next: of maps one */
    size_t widest, steps;
    size_t scratch;      /* floats of a runner's */
    loci_runner *runner; /* [runners], >= 1, of equal size */
    size_t runners;
    float *strips;       /* [workers, 2, widest, STRIP] of batches; NULL until there was one */
    size_t strip_floats; /* in it */
};

/* Inputs [rows, pixels] to logits [rows, classes], no spikes. False: an input is not finite. */
bool loci_prepared_rows(const loci_prepared *prepared, loci_runner *runner, const float *inputs,
                        size_t rows, float *logits);

/* The same for up to LOCI_FIXED_STRIP inputs of a pruned net. */
bool loci_prepared_strip(const loci_prepared *prepared, size_t worker, const float *inputs,
                         size_t rows, float *logits);
int loci_prepared_provide_strips(loci_prepared *prepared, size_t workers, loci_error *error);

/* The same of a net whose steps are taken in order, from what runner->batch holds. */
void loci_prepared_travel(const loci_prepared *prepared, loci_runner *runner, float *logits,
                          loci_tally *tally);

/* One input of a spiking net. LOCI_E_MEMORY. */
int loci_prepared_events(const loci_prepared *prepared, loci_runner *runner, const float *input,
                         uint32_t number, float *logits, loci_tally *tally, loci_error *error);

#endif
