/* Spiking networks: what a pass needs beside its synapses.
 *
 * Rows of arrays over time stand sample by sample: row b * T + t. A constant input's current
 * is the same in all steps, so its product is made once (row b). A readout that is linear in the
 * spikes (mean or last membrane, beta not trained) needs only their weighted sum over time, so its
 * product too is made once. Only between spiking layers, for coded input and for the other readouts
 * does memory grow with T. */
#ifndef LOCI_NETWORK_SPIKING_H
#define LOCI_NETWORK_SPIKING_H

#include "network/pass.h"
#include "neuron/integrator.h"
#include "neuron/lif.h"
#include "neuron/step.h"
#include "synapse/delayed.h"

/* Spikes of a layer as sparse rows. */
typedef struct loci_spike_rows {
    loci_sparse by_sample;
    loci_sparse_blocks by_input;
    uint32_t *start, *index; /* [rows + 1], [room] */
    float *value;            /* [room], all 1 */
    size_t room;
} loci_spike_rows;

typedef struct loci_spiking {
    uint32_t steps; /* T */
    bool coded;     /* input rows are spikes over time */
    bool linear;    /* the readout needs only the weighted sum of spikes */
    size_t hidden;  /* spiking layers before the output */
    /* neuron constants as they act, [padded] */
    float *beta[LOCI_MAX_PAIRS], *theta[LOCI_MAX_PAIRS], *bias[LOCI_MAX_PAIRS];
    loci_lif layer[LOCI_MAX_PAIRS];
    float *weight; /* [T] of spikes in a weighted sum */
    double weight_sum;
    float *current[LOCI_MAX_PAIRS];   /* [rows, ld], rows = most or T * most */
    float *g_current[LOCI_MAX_PAIRS]; /* likewise */
    float *spikes[LOCI_MAX_PAIRS];    /* [T * most, ld]; NULL where a weighted sum is enough */
    float *g_spikes[LOCI_MAX_PAIRS];  /* likewise */
    float *weighted, *g_weighted; /* [most, ld] of the last hidden layer, or of a counting output */
    float *membrane;              /* [T * most, ld] of an integrating output */
    float *softmax;               /* scratch, [workers, 2 ld] of the output */
    loci_spike_rows rows[LOCI_MAX_PAIRS];
    loci_activations from[LOCI_MAX_PAIRS]; /* what entered each pair in the last forward */
    size_t chunks;                         /* tasks a batch of `most` is cut into */
    float *count[LOCI_MAX_PAIRS];          /* [chunks, padded] spikes of a layer */
    float *g_constants;                    /* [chunks, 2, widest] dL/dbeta, dL/dtheta */
    float *scratch;                        /* [workers, T, 64] */
    size_t widest;
    const loci_lif_kernels *kernels;
    double spike_total[LOCI_MAX_PAIRS]; /* spikes of each hidden layer in the last forward */
    double crossings[LOCI_MAX_PAIRS]; /* weights that the spikes entering a pair met; [0] unused */
    /* current and g_current have a row for every step; else one, the same in all */
    bool over_time[LOCI_MAX_PAIRS];
    /* leading dimension of both: narrower of an output whose input takes time and that does not
     * fire, as work goes by it */
    size_t ld[LOCI_MAX_PAIRS];
    float *constant; /* [most, ld] the first layer's current where it is spread over the steps */

    /* timeline.h */
    loci_delayed *delayed[LOCI_MAX_PROJECTIONS]; /* of projections that take time; else NULL */
    loci_delay delay[LOCI_MAX_PROJECTIONS];
    bool stepped[LOCI_MAX_PAIRS];          /* the layer takes its steps in order */
    float *adaptation[LOCI_MAX_PAIRS][3];  /* [padded] of adaptive neurons; else NULL */
    size_t layer_padded[LOCI_MAX_PAIRS];   /* neurons of the receiving layer, in whole strips */
    double loop_crossings[LOCI_MAX_PAIRS]; /* weights of a loop that its spikes met */
    float *step_scratch;                   /* [workers, step_floats] */
    size_t step_floats, step_room, step_constants, back_floats;
    float *g_step_constants; /* [tasks, 5, padded] dL/d(constants) of a stepped layer */
    float *back_scratch;     /* [workers, back_floats] */
    const loci_step_kernels *steps_kernels;
} loci_spiking;

/* Samples of one task. */
enum { LOCI_SPIKING_CHUNK = 16 };

/* Makes pass->spiking. */
int loci_spiking_create(loci_pass *pass, bool backward, loci_error *error);
void loci_spiking_free(loci_spiking *spiking, size_t pairs);
/* Bytes that lists of spikes have taken so far. */
size_t loci_spiking_listed_bytes(const loci_spiking *spiking, size_t pairs);
/* Neuron constants from the parameters of the moment. */
void loci_spiking_wire(loci_pass *pass);
int loci_spiking_forward(loci_pass *pass, const loci_activations *in, loci_error *error);
void loci_spiking_backward(loci_pass *pass, float *gradient);

/* Samples of a batch of `rows` input rows. */
static inline size_t loci_spiking_samples(const loci_spiking *s, size_t rows) {
    return s->coded ? rows / s->steps : rows;
}

/* Distance between time steps of an array of pair l's current; 0 where it is constant. */
static inline size_t loci_spiking_stride(const loci_spiking *s, size_t l, size_t ld) {
    return s->over_time[l] ? ld : 0;
}

/* Row of sample b's first step in such an array. */
static inline size_t loci_spiking_row(const loci_spiking *s, size_t l, size_t b) {
    return s->over_time[l] ? b * s->steps : b;
}

#endif
