/* Buffers of a spiking pass, and neuron constants as its kernels take them. */
#include "network/spiking.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/timeline.h"

static size_t strips(size_t m) {
    return (m + LOCI_LIF_STRIP - 1) / LOCI_LIF_STRIP * LOCI_LIF_STRIP;
}

static void take_layer(loci_pass *pass, uint32_t l, bool backward) {
    loci_spiking *s = pass->spiking;
    size_t m = pass->acting.size[l + 1], ld = loci_leading(m), padded = strips(m);
    bool output = l == s->hidden;
    const loci_spec *spec = &pass->network->spec;
    bool fires = loci_spec_fires(spec, l + 1);
    bool stepped = fires && (spec->neuron == LOCI_NEURON_ADLIF || (spec->recurrent && !output));
    s->layer_padded[l] = padded;
    s->over_time[l] = l > 0 || s->coded || stepped || spec->delay != LOCI_DELAY_NONE;
    if (l == 0 && !s->coded && s->over_time[l] && spec->delay == LOCI_DELAY_NONE)
        s->constant = loci_arena_floats(&pass->arena, pass->most, ld);
    s->beta[l] = loci_arena_floats(&pass->arena, padded, 1);
    s->theta[l] = loci_arena_floats(&pass->arena, padded, 1);
    s->bias[l] = loci_arena_floats(&pass->arena, padded, 1);
    s->widest = padded > s->widest ? padded : s->widest;
    bool narrow = spec->delay != LOCI_DELAY_NONE && !fires;
    s->ld[l] = narrow ? loci_pad16(m) : ld;
    if (output && s->linear)
        return; /* its product lands in the logits */
    size_t rows = s->over_time[l] ? pass->most * s->steps : pass->most;
    s->current[l] = loci_arena_floats(&pass->arena, rows, s->ld[l]);
    if (backward)
        s->g_current[l] = loci_arena_floats(&pass->arena, rows, s->ld[l]);
    if (!fires)
        s->membrane = loci_arena_floats(&pass->arena, pass->most * s->steps, ld);
    if (fires)
        s->count[l] = loci_arena_floats(&pass->arena, s->chunks, padded);
    bool summed = output ? fires : s->linear && l + 1 == s->hidden;
    if (summed && output && stepped) {
        s->spikes[l] = loci_arena_floats(&pass->arena, pass->most * s->steps, ld);
        if (backward)
            s->g_spikes[l] = loci_arena_floats(&pass->arena, pass->most * s->steps, ld);
    }
    if (summed) {
        s->weighted = loci_arena_floats(&pass->arena, pass->most, ld);
        if (backward)
            s->g_weighted = loci_arena_floats(&pass->arena, pass->most, ld);
    } else if (!output) {
        s->spikes[l] = loci_arena_floats(&pass->arena, pass->most * s->steps, ld);
        if (backward)
            s->g_spikes[l] = loci_arena_floats(&pass->arena, pass->most * s->steps, ld);
    }
}

int loci_spiking_create(loci_pass *pass, bool backward, loci_error *error) {
    const loci_spec *spec = &pass->network->spec;
    loci_spiking *s = pass->spiking = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "spiking network");
    s->steps = spec->time_steps;
    s->coded = spec->coding != LOCI_CODING_CONSTANT;
    s->hidden = loci_spec_hidden_layers(spec);
    s->linear = s->hidden > 0 && !loci_takes_steps(spec) && spec->train_beta == LOCI_TRAINED_NO &&
                (spec->readout == LOCI_READOUT_MEMBRANE_MEAN ||
                 spec->readout == LOCI_READOUT_MEMBRANE_LAST);
    s->chunks = (pass->most + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK;
    s->kernels = loci_lif_kernels_for(loci_isa_best());
    for (uint32_t l = 0; l < pass->pairs; l++)
        take_layer(pass, l, backward);
    s->softmax = loci_arena_floats(&pass->arena, 2 * (size_t)loci_pool_threads(pass->pool),
                                   loci_leading(pass->acting.size[s->hidden + 1]));
    s->weight = loci_arena_floats(&pass->arena, s->steps, 1);
    if (backward) {
        s->g_constants = loci_arena_floats(&pass->arena, s->chunks * 2, s->widest);
        s->scratch = loci_arena_floats(
            &pass->arena, (size_t)loci_pool_threads(pass->pool) * s->steps, LOCI_LIF_STRIP);
    }
    int status = loci_arena_status(&pass->arena, "spiking network", error);
    return status == LOCI_OK ? loci_timeline_create(pass, backward, error) : status;
}

void loci_spiking_free(loci_spiking *s, size_t pairs) {
    if (s == NULL)
        return;
    for (size_t l = 0; l < pairs; l++) {
        free(s->rows[l].value);
        free(s->rows[l].start);
        free(s->rows[l].index);
        loci_sparse_blocks_clear(&s->rows[l].by_input);
    }
    loci_timeline_free(s);
    free(s);
}

size_t loci_spiking_listed_bytes(const loci_spiking *s, size_t pairs) {
    const size_t entry = sizeof(uint32_t) + sizeof(float);
    size_t bytes = 0;
    for (size_t l = 0; l < pairs; l++)
        bytes += (s->rows[l].room + s->rows[l].by_input.room) * entry +
                 s->rows[l].by_input.start_room * sizeof(uint32_t);
    return bytes;
}

void loci_spiking_wire(loci_pass *pass) {
    loci_spiking *s = pass->spiking;
    const loci_network *network = pass->network;
    const loci_spec *spec = &network->spec;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        size_t m = pass->acting.size[l + 1], padded = strips(m);
        for (size_t j = 0; j < padded; j++)
            s->theta[l][j] = 1; /* what is past the neurons has no current and never fires */
        loci_acting_beta(network, l, s->beta[l]);
        loci_acting_threshold(network, l, s->theta[l]);
        memcpy(s->bias[l], loci_acting_bias(&pass->acting, l), m * sizeof(float));
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
    loci_timeline_wire(pass);
}
