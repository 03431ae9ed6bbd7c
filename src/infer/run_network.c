/* Inputs through a network as it is: what comes out, and what each neuron does. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "infer/session.h"
#include "network/spiking.h"

static int check_finite(const float *inputs, size_t count, size_t features, loci_error *error) {
    for (size_t i = 0; i < count * features; i++)
        if (!isfinite(inputs[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "inputs",
                             "number %zu of input %zu is not finite", i % features, i / features);
    return LOCI_OK;
}

int loci_network_run(const loci_network *network, loci_pool *pool, const float *inputs,
                     size_t count, float *logits, loci_error *error) {
    size_t features = loci_spec_inputs(&network->spec), classes = network->spec.classes;
    int status = check_finite(inputs, count, features, error);
    if (status != LOCI_OK)
        return status;
    loci_session session;
    status = loci_session_open(&session, network, count, pool, error);
    size_t most = status == LOCI_OK ? session.pass->most : 1;
    for (size_t first = 0; status == LOCI_OK && first < count; first += most) {
        size_t n = count - first < most ? count - first : most;
        status = loci_batch_fill_rows(session.batch, inputs + first * features, n, first, error);
        if (status == LOCI_OK)
            status = loci_pass_forward(session.pass, &session.batch->in, error);
        if (status != LOCI_OK)
            break;
        const float *from = loci_pass_logits(session.pass);
        for (size_t i = 0; i < n; i++)
            memcpy(logits + (first + i) * classes, from + i * loci_leading(classes),
                   classes * sizeof *logits);
        loci_network_to_units(network, logits + first * classes, n);
    }
    loci_session_close(&session);
    return status;
}

/* What one sample that was just run left in layer l + 1. */
static void copy_layer(const loci_pass *pass, uint32_t l, float *out) {
    size_t m = pass->acting.size[l + 1];
    const loci_spiking *spiking = pass->spiking;
    if (spiking == NULL || l + 1 == pass->pairs)
        memcpy(out, pass->output[l], m * sizeof *out);
    else if (spiking->stepped[l])
        for (size_t j = 0; j < m; j++) {
            float count = 0;
            for (uint32_t t = 0; t < spiking->steps; t++)
                count += spiking->spikes[l][t * loci_leading(m) + j];
            out[j] = count / (float)spiking->steps;
        }
    else
        for (size_t j = 0; j < m; j++)
            out[j] = spiking->count[l][j] / (float)spiking->steps;
}

int loci_network_activations(const loci_network *network, const float *input, uint32_t layer,
                             float *out, loci_error *error) {
    size_t features = loci_spec_inputs(&network->spec);
    if (layer < 1 || layer > loci_spec_hidden_layers(&network->spec) + 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "layer", "%u is not one of 1 to %u", layer,
                         loci_spec_hidden_layers(&network->spec) + 1);
    int status = check_finite(input, 1, features, error);
    if (status != LOCI_OK)
        return status;
    loci_session session;
    status = loci_session_open(&session, network, 1, NULL, error);
    if (status == LOCI_OK)
        status = loci_batch_fill_rows(session.batch, input, 1, 0, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(session.pass, &session.batch->in, error);
    if (status == LOCI_OK)
        copy_layer(session.pass, layer - 1, out);
    if (status == LOCI_OK && layer == loci_spec_hidden_layers(&network->spec) + 1)
        loci_network_to_units(network, out, 1);
    loci_session_close(&session);
    return status;
}
