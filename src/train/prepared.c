/* One input at a time, weights computed once, nothing done for what is silent. */
#include <loci/prepared.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/batch.h"
#include "train/activity.h"
#include "train/evaluate.h"
#include "train/prepared.h"

/* Leaves out the connections to neurons that nothing follows from; pairs are prepared from the
 * last to the first. */
static size_t drop_mute(const loci_prepared *p, uint32_t l, uint8_t *keep, float *weights) {
    size_t n = p->pass->wires.pair[l].n, m = p->pass->wires.pair[l].m, kept = 0;
    bool output = l + 1 == p->pass->pairs;
    for (size_t j = 0; j < m; j++) {
        bool mute = !output && !loci_fixed_sends(&p->weights[l + 1], j);
        for (size_t i = 0; i < n; i++) {
            keep[i * m + j] &= !mute;
            weights[i * m + j] = keep[i * m + j] != 0 ? weights[i * m + j] : 0;
            kept += keep[i * m + j];
        }
    }
    return kept;
}

static int prepare_pair(loci_prepared *p, uint32_t l, loci_error *error) {
    size_t n = p->pass->wires.pair[l].n, m = p->pass->wires.pair[l].m, ld = loci_leading(m);
    size_t kept = n * m;
    bool pruned = p->pass->wires.kept[l] != NULL;
    float *weights = loci_alloc(n, m * sizeof *weights);
    uint8_t *keep = loci_alloc(pruned ? n : 0, m);
    p->bias[l] = loci_alloc(m, sizeof *p->bias[l]);
    bool lost = weights == NULL || keep == NULL || p->bias[l] == NULL;
    int status = lost ? loci_fail_memory(error, "weights")
                      : loci_wires_weights(&p->pass->wires, l, weights, error);
    if (status == LOCI_OK && pruned) {
        loci_wires_kept(&p->pass->wires, l, keep);
        kept = drop_mute(p, l, keep, weights);
    }
    if (status == LOCI_OK)
        status =
            loci_fixed_create(&p->weights[l], n, m, weights, pruned ? keep : NULL, kept, error);
    if (status == LOCI_OK)
        memcpy(p->bias[l], p->network->parameters + p->network->views[l].bias,
               m * sizeof *p->bias[l]);
    free(weights);
    free(keep);
    p->widest = ld > p->widest ? ld : p->widest;
    p->widest = n > p->widest ? n : p->widest;
    return status;
}

int loci_prepared_create(loci_prepared **out, const loci_network *network, loci_error *error) {
    loci_prepared *p = calloc(1, sizeof *p);
    if (p == NULL)
        return loci_fail_memory(error, "prepared network");
    p->network = network;
    loci_bits_fill(&p->bits);
    p->steps = network->spec.neuron == LOCI_NEURON_LIF ? network->spec.time_steps : 1;
    const loci_coding_options coding = loci_evaluation_coding(&network->spec);
    int status = loci_pass_create(&p->pass, network, 1, false, NULL, error);
    if (status == LOCI_OK)
        status = loci_batch_create(&p->batch, 1, loci_spec_pixels(&network->spec), false, &coding,
                                   error);
    if (status == LOCI_OK)
        status = loci_batch_choose(p->batch, network->pixels, network->spec.inputs, error);
    for (uint32_t l = network->spec.hidden_count + 1; status == LOCI_OK && l-- > 0;)
        status = prepare_pair(p, l, error);
    if (status == LOCI_OK) {
        p->current = loci_alloc(p->steps, p->widest * sizeof *p->current);
        p->next = loci_alloc(p->steps, p->widest * sizeof *p->next);
        p->start = loci_alloc(p->steps + 1, sizeof *p->start);
        p->index = loci_alloc(p->steps, (p->widest + 8) * sizeof *p->index);
        p->value = loci_alloc(p->steps, (p->widest + 8) * sizeof *p->value);
        if (p->current == NULL || p->next == NULL || p->start == NULL || p->index == NULL ||
            p->value == NULL)
            status = loci_fail_memory(error, "prepared network");
    }
    if (status != LOCI_OK) {
        loci_prepared_free(p);
        return status;
    }
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
        loci_fixed_clear(&p->weights[l]);
        free(p->bias[l]);
    }
    free(p->strips);
    free(p->current);
    free(p->next);
    free(p->start);
    free(p->index);
    free(p->value);
    free(p);
}

/* The non-zero entries of current [rows, ld], kept as sparse rows. */
static loci_sparse activate(loci_prepared *p, const float *current, size_t rows, size_t m,
                            size_t ld) {
    size_t end = 0;
    for (size_t row = 0; row < rows; row++) {
        p->start[row] = (uint32_t)end;
        end += p->weights[0].kernels->active(&p->bits, current + row * ld, m, p->index + end,
                                             p->value + end);
    }
    p->start[rows] = (uint32_t)end;
    return (loci_sparse){rows, p->start, p->index, p->value};
}

/* The input neurons' values. */
static const float *choose(loci_prepared *p, const float *input) {
    if (p->network->pixels == NULL)
        return input;
    for (size_t i = 0; i < p->network->spec.inputs; i++)
        p->next[i] = input[p->network->pixels[i]];
    return p->next;
}

/* From what layer l sends to the currents of the next: of few connections all are gone through, of
 * many those of what is active. False when an input that anything follows from is not finite. */
static bool cross(loci_prepared *p, uint32_t l, const float *sent) {
    const loci_fixed *weights = &p->weights[l];
    if (weights->slices.slices > 0) {
        if (l == 0 && !weights->kernels->finite(sent, weights->n))
            return false;
        float *made = sent == p->next ? p->current : p->next;
        loci_fixed_vector(weights, sent, made);
        p->next = made == p->current ? p->next : p->current;
        p->current = made;
        return true;
    }
    const loci_sparse active = activate(p, sent, 1, weights->n, weights->n);
    if (l == 0 && !weights->kernels->finite(active.value, active.start[1]))
        return false;
    loci_fixed_events(weights, &active, p->current);
    return true;
}

static bool run_once(loci_prepared *p, const float *input, float *logits) {
    const loci_spec *spec = &p->network->spec;
    for (uint32_t l = 0;; l++) {
        size_t m = p->weights[l].m;
        const float *bias = p->bias[l];
        if (!cross(p, l, l == 0 ? choose(p, input) : p->current))
            return false;
        if (l == spec->hidden_count) {
            for (size_t j = 0; j < m; j++)
                logits[j] = (float)spec->logit_scale * (p->current[j] + bias[j]);
            return true;
        }
        p->weights[l].kernels->rectify(p->current, bias, m);
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
        tally->crossings[l] = loci_count_crossings(&active, p->pass->fan_out[l], p->weights[l].m);
        loci_fixed_events(&p->weights[l], &active, p->current);
        if (l == spec->hidden_count) {
            read_out(p, l, constant, logits, tally);
            return;
        }
        tally->spikes[l] = fire(p, l, constant);
        size_t m = p->pass->wires.pair[l].m;
        active = activate(p, p->current, p->steps, m, loci_leading(m));
    }
}

int loci_prepared_check(const loci_prepared *p, const float *inputs, size_t count,
                        loci_error *error) {
    size_t pixels = loci_spec_pixels(&p->network->spec);
    if (p->weights[0].kernels->finite(inputs, count * pixels))
        return LOCI_OK;
    for (size_t i = 0; i < count * pixels; i++)
        if (!isfinite(inputs[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "input",
                             "number %zu of input %zu is not finite", i % pixels, i / pixels);
    return LOCI_OK;
}

int loci_prepared_run(loci_prepared *p, const float *input, uint32_t number, float *logits,
                      loci_activity *activity, loci_error *error) {
    loci_tally tally = {.samples = 1};
    int status = LOCI_OK;
    if (p->pass->spiking == NULL) {
        if (!run_once(p, input, logits))
            return loci_prepared_check(p, input, 1, error);
    } else {
        status = loci_prepared_check(p, input, 1, error);
        if (status == LOCI_OK)
            status = loci_batch_fill_rows(p->batch, input, 1, number, error);
        if (status != LOCI_OK)
            return status;
        run_events(p, &p->batch->by_sample, logits, &tally);
    }
    if (activity != NULL)
        loci_tally_activity(&tally, &p->network->spec, activity);
    return LOCI_OK;
}
