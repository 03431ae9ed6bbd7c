/* Buffers of a spiking pass, and neuron constants from parameters. */
#include "network/spiking.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static size_t strips(size_t m) {
    return (m + LOCI_LIF_STRIP - 1) / LOCI_LIF_STRIP * LOCI_LIF_STRIP;
}

static void take_layer(loci_pass *pass, uint32_t l, bool backward, bool *lost) {
    loci_spiking *s = pass->spiking;
    size_t m = pass->acting.pair[l].m, ld = loci_leading(m), padded = strips(m);
    bool output = l == s->hidden;
    bool counts = pass->network->spec.readout == LOCI_READOUT_COUNT;
    s->beta[l] = loci_pass_take(pass, padded, 1, lost);
    s->theta[l] = loci_pass_take(pass, padded, 1, lost);
    s->bias[l] = loci_pass_take(pass, padded, 1, lost);
    s->widest = padded > s->widest ? padded : s->widest;
    if (output && s->linear)
        return; /* its product lands in the logits */
    size_t rows = l == 0 && !s->coded ? pass->most : pass->most * s->steps;
    s->current[l] = loci_pass_take(pass, rows, ld, lost);
    if (backward)
        s->g_current[l] = loci_pass_take(pass, rows, ld, lost);
    if (output && !counts)
        s->membrane = loci_pass_take(pass, pass->most * s->steps, ld, lost);
    if (!output || counts)
        s->count[l] = loci_pass_take(pass, s->chunks, padded, lost);
    bool summed = output ? counts : s->linear && l + 1 == s->hidden;
    if (summed) {
        s->weighted = loci_pass_take(pass, pass->most, ld, lost);
        if (backward)
            s->g_weighted = loci_pass_take(pass, pass->most, ld, lost);
    } else if (!output) {
        s->spikes[l] = loci_pass_take(pass, pass->most * s->steps, ld, lost);
        if (backward)
            s->g_spikes[l] = loci_pass_take(pass, pass->most * s->steps, ld, lost);
    }
}

int loci_spiking_create(loci_pass *pass, bool backward, loci_error *error) {
    const loci_spec *spec = &pass->network->spec;
    loci_spiking *s = pass->spiking = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "spiking network");
    s->steps = spec->time_steps;
    s->coded = spec->coding != LOCI_CODING_CONSTANT;
    s->hidden = spec->hidden_count;
    s->linear = s->hidden > 0 && spec->train_beta == LOCI_TRAINED_NO &&
                (spec->readout == LOCI_READOUT_MEMBRANE_MEAN ||
                 spec->readout == LOCI_READOUT_MEMBRANE_LAST);
    s->chunks = (pass->most + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK;
    s->kernels = loci_lif_kernels_for(loci_isa_best());
    bool lost = false;
    for (uint32_t l = 0; l < pass->pairs; l++)
        take_layer(pass, l, backward, &lost);
    s->weight = loci_pass_take(pass, s->steps, 1, &lost);
    if (backward) {
        s->g_constants = loci_pass_take(pass, s->chunks * 2, s->widest, &lost);
        s->scratch = loci_pass_take(pass, (size_t)loci_pool_threads(pass->pool) * s->steps,
                                    LOCI_LIF_STRIP, &lost);
    }
    return lost ? loci_fail_memory(error, "spiking network") : LOCI_OK;
}

void loci_spiking_free(loci_spiking *s, size_t pairs) {
    if (s == NULL)
        return;
    for (size_t l = 0; l < pairs; l++) {
        float *arrays[] = {s->beta[l],     s->theta[l],     s->bias[l],
                           s->current[l],  s->g_current[l], s->spikes[l],
                           s->g_spikes[l], s->count[l],     s->rows[l].value};
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
            free(arrays[i]);
        free(s->rows[l].start);
        free(s->rows[l].index);
        loci_sparse_blocks_clear(&s->rows[l].by_input);
    }
    free(s->weight);
    free(s->weighted);
    free(s->g_weighted);
    free(s->membrane);
    free(s->g_constants);
    free(s->scratch);
    free(s);
}

/* A constant of a layer: the parameter where it is trained (one, or one per neuron), else the
 * spec's. */
static void expand(const loci_network *network, size_t offset, int trained, double constant,
                   size_t m, float *to) {
    for (size_t j = 0; j < m; j++)
        to[j] = offset == LOCI_NONE
                    ? (float)constant
                    : network->parameters[offset + (trained == LOCI_TRAINED_NEURON ? j : 0)];
}

/* Beta acts clamped. */
void loci_spiking_beta(const loci_network *network, uint32_t l, float *beta) {
    size_t m = loci_spec_layer_size(&network->spec, l + 1);
    expand(network, network->views[l].beta, network->spec.train_beta, network->spec.beta, m, beta);
    for (size_t j = 0; j < m; j++)
        beta[j] = beta[j] < 0 ? 0 : beta[j] > 1 ? 1 : beta[j];
}

void loci_spiking_threshold(const loci_network *network, uint32_t l, float *theta) {
    expand(network, network->views[l].threshold, network->spec.train_threshold,
           network->spec.threshold, loci_spec_layer_size(&network->spec, l + 1), theta);
}

void loci_spiking_wire(loci_pass *pass) {
    loci_spiking *s = pass->spiking;
    const loci_network *network = pass->network;
    const loci_spec *spec = &network->spec;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        const loci_pair_views *v = &network->views[l];
        size_t m = pass->acting.pair[l].m, padded = strips(m);
        for (size_t j = 0; j < padded; j++)
            s->theta[l][j] = 1; /* what is past the neurons has no current and never fires */
        loci_spiking_beta(network, l, s->beta[l]);
        loci_spiking_threshold(network, l, s->theta[l]);
        memcpy(s->bias[l], network->parameters + v->bias, m * sizeof(float));
        s->layer[l] = (loci_lif){.padded = padded,
                                 .steps = s->steps,
                                 .reset = spec->reset,
                                 .surrogate = spec->surrogate,
                                 .slope = (float)spec->slope,
                                 .beta = s->beta[l],
                                 .theta = s->theta[l],
                                 .bias = s->bias[l]};
    }
    if (s->linear)
        loci_integrator_weights(spec->readout, s->beta[s->hidden][0], s->steps, s->weight);
    else
        for (uint32_t t = 0; t < s->steps; t++)
            s->weight[t] = 1;
    s->weight_sum = 0;
    for (uint32_t t = 0; t < s->steps; t++)
        s->weight_sum += s->weight[t];
}
