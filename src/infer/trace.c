/* What a layer of a spiking network does with one sample, step by step. A pass runs it as it runs
 * any batch; what that does not store, its membranes, follows from currents and spikes. */
#include <loci/inspect.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "infer/evaluate.h"
#include "infer/session.h"
#include "network/spiking.h"

/* A readout that is linear in the spikes has the last layers' steps summed up before anyone sees
 * them; under this one they are all there, and nothing else changes. */
static loci_network unfolded(const loci_network *network) {
    loci_network copy = *network;
    if (copy.spec.readout != LOCI_READOUT_COUNT)
        copy.spec.readout = LOCI_READOUT_MEMBRANE_MAX;
    return copy;
}

/* What enters: to [T, inputs]. */
static void copy_input(const loci_spiking *s, const loci_activations *in, size_t inputs,
                       float *to) {
    memset(to, 0, s->steps * inputs * sizeof *to);
    for (uint32_t t = 0; t < s->steps; t++) {
        size_t row = s->coded ? t : 0;
        const loci_sparse *sparse = in->by_sample;
        if (sparse == NULL)
            memcpy(to + t * inputs, in->dense + row * in->ld, inputs * sizeof *to);
        else
            for (uint32_t k = sparse->start[row]; k < sparse->end[row]; k++)
                to[t * inputs + sparse->index[k]] = sparse->value[k];
    }
}

/* Neurons that run through all steps at once, once more: u and z [T, ld]. */
static void fire_again(const loci_spiking *s, uint32_t l, float *u, float *z, size_t ld) {
    float count[LOCI_LIF_STRIP] = {0};
    for (size_t j = 0; j < s->layer[l].padded; j += LOCI_LIF_STRIP) {
        const loci_lif_strip strip = {.current = s->current[l] + j,
                                      .current_stride = loci_spiking_stride(s, l, ld),
                                      .spikes = z + j,
                                      .spikes_stride = ld,
                                      .count = count,
                                      .membrane = u + j,
                                      .membrane_stride = ld};
        s->kernels->forward(&s->layer[l], j, &strip);
    }
}

/* Neurons that take their steps in order: their spikes are known. */
static void step_again(const loci_spiking *s, uint32_t l, size_t m, float *u, float *z, size_t ld) {
    const loci_lif *layer = &s->layer[l];
    const float *rho = s->adaptation[l][0], *a = s->adaptation[l][1], *b = s->adaptation[l][2];
    memcpy(z, s->spikes[l], s->steps * ld * sizeof *z);
    for (size_t j = 0; j < m; j++) {
        float before = 0, spike = 0, adapted = 0;
        for (uint32_t t = 0; t < s->steps; t++) {
            if (rho != NULL)
                adapted = rho[j] * adapted + a[j] * before + b[j] * spike;
            float left = layer->reset == LOCI_RESET_ZERO ? before * (1 - spike) : before;
            float taken = layer->reset == LOCI_RESET_SUBTRACT ? layer->theta[j] * spike : 0;
            float current = s->current[l][t * s->ld[l] + j] + layer->bias[j];
            before = layer->beta[j] * left + current - adapted - taken;
            spike = z[t * ld + j];
            u[t * ld + j] = before;
        }
    }
}

/* Rows [T, ld] without their padding, to [T, m]. */
static void unpad(const float *from, size_t ld, size_t steps, size_t m, float *to) {
    for (size_t t = 0; to != NULL && t < steps; t++)
        memcpy(to + t * m, from + t * ld, m * sizeof *to);
}

static int copy_layer(const loci_pass *pass, uint32_t l, float *membranes, float *spikes,
                      loci_error *error) {
    const loci_spiking *s = pass->spiking;
    size_t m = pass->acting.size[l + 1], ld = loci_leading(m);
    if (!loci_spec_fires(&pass->network->spec, l + 1)) {
        unpad(s->membrane, ld, s->steps, m, membranes);
        if (spikes != NULL)
            memset(spikes, 0, s->steps * m * sizeof *spikes);
        return LOCI_OK;
    }
    float *u = loci_alloc(2 * s->steps * ld, sizeof *u);
    if (u == NULL)
        return loci_fail_memory(error, "trace");
    float *z = u + s->steps * ld;
    if (s->stepped[l])
        step_again(s, l, m, u, z, ld);
    else
        fire_again(s, l, u, z, ld);
    unpad(u, ld, s->steps, m, membranes);
    unpad(z, ld, s->steps, m, spikes);
    free(u);
    return LOCI_OK;
}

static int check(const loci_network *network, const loci_dataset *data, enum loci_split split,
                 size_t i, uint32_t layer, loci_error *error) {
    if (!loci_spec_spikes(&network->spec))
        return loci_fail(error, LOCI_E_ARGUMENT, "trace", "the network does not spike");
    if (layer > loci_spec_hidden_layers(&network->spec) + 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "layer", "%u is not one of 0 to %u", layer,
                         loci_spec_hidden_layers(&network->spec) + 1);
    int status = loci_check_fit(network, data, error);
    if (status != LOCI_OK)
        return status;
    if (i >= loci_dataset_count(data, split))
        return loci_fail(error, LOCI_E_ARGUMENT, "sample", "%zu is not one of %zu, counted from 0",
                         i, loci_dataset_count(data, split));
    return LOCI_OK;
}

int loci_network_trace(const loci_network *network, const loci_dataset *data, enum loci_split split,
                       size_t i, uint32_t layer, float *membranes, float *spikes,
                       loci_error *error) {
    int status = check(network, data, split, i, layer, error);
    if (status != LOCI_OK)
        return status;
    const loci_network run = unfolded(network);
    size_t inputs = loci_spec_layer_size(&run.spec, 0), all = run.spec.time_steps * inputs;
    const uint32_t chosen = (uint32_t)i;
    loci_session session;
    status = loci_session_open(&session, &run, 1, NULL, error);
    if (status == LOCI_OK)
        status = loci_batch_fill(session.batch, data, split, &chosen, 1, NULL, 0, error);
    if (status == LOCI_OK && layer == 0) {
        if (membranes != NULL)
            memset(membranes, 0, all * sizeof *membranes);
        if (spikes != NULL)
            copy_input(session.pass->spiking, &session.batch->in, inputs, spikes);
    } else if (status == LOCI_OK) {
        status = loci_pass_forward(session.pass, &session.batch->in, error);
        if (status == LOCI_OK)
            status = copy_layer(session.pass, layer - 1, membranes, spikes, error);
    }
    loci_session_close(&session);
    return status;
}
