/* One input at a time, weights computed once, nothing done for what is silent. */
#include <loci/prepared.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/batch.h"
#include "network/spiking.h"
#include "train/activity.h"
#include "train/evaluate.h"

struct loci_prepared {
    const loci_network *network;
    loci_pass *pass; /* of one sample: buffers and neuron constants; its synapses are not used */
    loci_batch *batch;
    float *weights[LOCI_MAX_PAIRS]; /* [n, leading(m)], padding columns 0 */
    float *bias[LOCI_MAX_PAIRS];    /* [m] */
    const loci_sparse_kernels *sparse;
    float *current;          /* [T, widest] */
    uint32_t *start, *index; /* [T + 1], [T * widest] active neurons of a layer, step by step */
    float *value;            /* [T * widest] */
    size_t widest, steps;
};

static int prepare_weights(loci_prepared *p, uint32_t l, loci_error *error) {
    size_t n = p->pass->wires.pair[l].n, m = p->pass->wires.pair[l].m, ld = loci_leading(m);
    float *plain = loci_alloc(n, m * sizeof *plain);
    p->weights[l] = loci_alloc(n, ld * sizeof *plain);
    p->bias[l] = loci_alloc(m, sizeof *plain);
    bool lost = plain == NULL || p->weights[l] == NULL || p->bias[l] == NULL;
    int status = lost ? loci_fail_memory(error, "weights")
                      : loci_network_weights(p->network, l, plain, error);
    if (status == LOCI_OK)
        memcpy(p->bias[l], p->network->parameters + p->network->views[l].bias, m * sizeof *plain);
    for (size_t i = 0; status == LOCI_OK && i < n; i++)
        memcpy(p->weights[l] + i * ld, plain + i * m, m * sizeof *plain);
    free(plain);
    p->widest = ld > p->widest ? ld : p->widest;
    return status;
}

int loci_prepared_create(loci_prepared **out, const loci_network *network, loci_error *error) {
    loci_prepared *p = calloc(1, sizeof *p);
    if (p == NULL)
        return loci_fail_memory(error, "prepared network");
    p->network = network;
    p->sparse = loci_sparse_kernels_for(loci_isa_best());
    p->steps = network->spec.neuron == LOCI_NEURON_LIF ? network->spec.time_steps : 1;
    const loci_coding_options coding = loci_evaluation_coding(&network->spec);
    int status = loci_pass_create(&p->pass, network, 1, false, NULL, error);
    if (status == LOCI_OK)
        status = loci_batch_create(&p->batch, 1, loci_spec_layer_size(&network->spec, 0), false,
                                   &coding, error);
    for (uint32_t l = 0; status == LOCI_OK && l <= network->spec.hidden_count; l++)
        status = prepare_weights(p, l, error);
    if (status == LOCI_OK) {
        p->current = loci_alloc(p->steps, p->widest * sizeof *p->current);
        p->start = loci_alloc(p->steps + 1, sizeof *p->start);
        p->index = loci_alloc(p->steps, p->widest * sizeof *p->index);
        p->value = loci_alloc(p->steps, p->widest * sizeof *p->value);
        if (p->current == NULL || p->start == NULL || p->index == NULL || p->value == NULL)
            status = loci_fail_memory(error, "prepared network");
    }
    if (status != LOCI_OK) {
        loci_prepared_free(p);
        return status;
    }
    loci_wires_update(&p->pass->wires);
    if (p->pass->spiking != NULL)
        loci_spiking_wire(p->pass);
    *out = p;
    return LOCI_OK;
}

void loci_prepared_free(loci_prepared *p) {
    if (p == NULL)
        return;
    loci_pass_free(p->pass);
    loci_batch_free(p->batch);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        free(p->weights[l]);
        free(p->bias[l]);
    }
    free(p->current);
    free(p->start);
    free(p->index);
    free(p->value);
    free(p);
}

/* current [rows, ld] = active rows times the weights of pair l */
static void cross(loci_prepared *p, uint32_t l, const loci_sparse *active) {
    size_t m = p->pass->wires.pair[l].m, ld = loci_leading(m);
    p->sparse->product(active, 0, active->rows, p->weights[l], ld, p->current, ld, loci_pad16(m),
                       0);
}

/* The non-zero entries of current [rows, ld], kept as sparse rows. */
static loci_sparse activate(loci_prepared *p, size_t rows, size_t m, size_t ld) {
    uint32_t end = 0;
    for (size_t row = 0; row < rows; row++) {
        p->start[row] = end;
        for (size_t j = 0; j < m; j++) {
            float x = p->current[row * ld + j];
            p->index[end] = (uint32_t)j;
            p->value[end] = x;
            end += x != 0;
        }
    }
    p->start[rows] = end;
    return (loci_sparse){rows, p->start, p->index, p->value};
}

static void run_once(loci_prepared *p, const loci_sparse *input, float *logits) {
    const loci_spec *spec = &p->network->spec;
    loci_sparse active = *input;
    for (uint32_t l = 0;; l++) {
        size_t m = p->pass->wires.pair[l].m;
        const float *bias = p->bias[l];
        cross(p, l, &active);
        if (l == spec->hidden_count) {
            for (size_t j = 0; j < m; j++)
                logits[j] = (float)spec->logit_scale * (p->current[j] + bias[j]);
            return;
        }
        for (size_t j = 0; j < m; j++) {
            float u = p->current[j] + bias[j];
            p->current[j] = u < 0 ? 0 : u;
        }
        active = activate(p, 1, m, loci_leading(m));
    }
}

/* A firing layer: current [T, ld], or [1, ld] for all steps, becomes spikes [T, ld]. */
static double fire(loci_prepared *p, uint32_t l, bool constant) {
    loci_spiking *s = p->pass->spiking;
    size_t m = p->pass->wires.pair[l].m, ld = loci_leading(m);
    for (size_t t = p->steps; constant && t-- > 1;)
        memcpy(p->current + t * ld, p->current, ld * sizeof *p->current);
    float count[LOCI_LIF_STRIP];
    double total = 0;
    for (size_t j = 0; j < s->layer[l].padded; j += LOCI_LIF_STRIP) {
        memset(count, 0, sizeof count);
        /* a step's current is read before its spikes are written over it */
        loci_lif_strip strip = {.current = p->current + j,
                                .current_stride = ld,
                                .spikes = p->current + j,
                                .spikes_stride = ld,
                                .count = count};
        s->kernels->forward(&s->layer[l], j, &strip);
        for (size_t i = 0; i < LOCI_LIF_STRIP && j + i < m;
             i++) /* past m stands what an earlier layer left */
            total += count[i];
    }
    return total;
}

static void read_out(loci_prepared *p, uint32_t l, bool constant, float *logits,
                     loci_tally *tally) {
    loci_spiking *s = p->pass->spiking;
    const loci_spec *spec = &p->network->spec;
    size_t m = p->pass->wires.pair[l].m, ld = loci_leading(m);
    if (spec->readout == LOCI_READOUT_COUNT) {
        tally->spikes[l] = fire(p, l, constant);
        for (size_t j = 0; j < m; j++) {
            logits[j] = 0;
            for (size_t t = 0; t < p->steps; t++)
                logits[j] += p->current[t * ld + j];
        }
    } else {
        const loci_integrator layer = {m, s->steps, spec->readout, s->beta[l], s->bias[l]};
        loci_integrator_forward(&layer, p->current, constant ? 0 : ld, p->value, m, logits);
    }
    for (size_t j = 0; j < m; j++)
        logits[j] *= (float)spec->logit_scale;
}

static void run_events(loci_prepared *p, const loci_sparse *input, float *logits,
                       loci_tally *tally) {
    const loci_spec *spec = &p->network->spec;
    loci_sparse active = *input;
    for (uint32_t l = 0;; l++) {
        bool constant = l == 0 && spec->coding == LOCI_CODING_CONSTANT;
        cross(p, l, &active);
        if (l == spec->hidden_count) {
            read_out(p, l, constant, logits, tally);
            return;
        }
        tally->spikes[l] = fire(p, l, constant);
        size_t m = p->pass->wires.pair[l].m;
        active = activate(p, p->steps, m, loci_leading(m));
    }
}

int loci_prepared_run(loci_prepared *p, const float *input, uint32_t number, float *logits,
                      loci_activity *activity, loci_error *error) {
    for (size_t i = 0; i < loci_spec_layer_size(&p->network->spec, 0); i++)
        if (!isfinite(input[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "input", "number %zu is not finite", i);
    int status = loci_batch_fill_rows(p->batch, input, 1, number, error);
    if (status != LOCI_OK)
        return status;
    const loci_sparse *active = &p->batch->by_sample;
    loci_tally tally = {.samples = 1, .inputs = active->start[active->rows]};
    if (p->pass->spiking == NULL)
        run_once(p, active, logits);
    else
        run_events(p, active, logits, &tally);
    if (activity != NULL)
        loci_tally_activity(&tally, &p->network->spec, activity);
    return LOCI_OK;
}
