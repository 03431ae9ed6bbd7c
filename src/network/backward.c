/* The way back: from dL/dlogits to the gradient of every parameter. */
#include <string.h>

#include "network/mask.h"
#include "network/pass.h"
#include "network/spiking.h"
#include "neuron/relu.h"

/* Where the gradient of a view goes. */
static float *at(float *gradient, size_t offset) {
    return offset == LOCI_NONE ? NULL : gradient + offset;
}

/* From dL/d(charge as it acts), from [count], to the inhibitions behind them, whose parameters
 * begin at offset. */
static void unmask(const loci_network *network, size_t offset, const float *from, size_t count,
                   float *gradient) {
    for (size_t i = 0; i < count; i++)
        gradient[offset + i] +=
            from[i] * loci_mask_slope(network->spec.steepness, network->parameters[offset + i]);
}

void loci_pass_backward_pair(loci_pass *pass, uint32_t l, const loci_activations *from,
                             const float *g, float *g_in, const loci_after *after,
                             float *gradient) {
    const loci_network *network = pass->network;
    const loci_pair_views *v = &network->views[l];
    const loci_wiring *w = &pass->acting.pair[l];
    size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites;
    loci_wiring_gradient out = {
        .p = at(gradient, v->axon_position),
        .c = at(gradient, v->axon_charge),
        .q = at(gradient, v->dendrite_position),
        .e = at(gradient, v->dendrite_charge),
        .weight = at(gradient, v->weight),
    };
    bool masked_axons = pass->acting.axon_charge[l] != NULL,
         masked_dendrites = pass->acting.dendrite_charge[l] != NULL;
    float *acting_c = pass->charge_gradient, *acting_e = pass->charge_gradient + axons;
    if (masked_axons) {
        memset(acting_c, 0, axons * sizeof *acting_c);
        out.c = acting_c;
    }
    if (masked_dendrites) {
        memset(acting_e, 0, dendrites * sizeof *acting_e);
        out.e = acting_e;
    }
    loci_synapse_backward(pass->synapse[l], w, from, g, g_in, after, &out, pass->pool);
    if (masked_axons)
        unmask(network, v->axon_charge, acting_c, axons, gradient);
    if (masked_dendrites)
        unmask(network, v->dendrite_charge, acting_e, dendrites, gradient);
    if (v->gap != LOCI_NONE)
        gradient[v->gap] += (float)(-network->parameters[v->gap] * out.sums.slope);
    if (v->range != LOCI_NONE && network->parameters[v->range] != 0) { /* cutoff = 1 / |R| */
        float range = network->parameters[v->range];
        gradient[v->range] += (float)(out.sums.reach / ((double)range * fabsf(range)));
    }
    if (v->log_scale != LOCI_NONE)
        gradient[v->log_scale] += (float)out.sums.value;
}

void loci_pass_backward(loci_pass *pass, const loci_activations *in, float *gradient) {
    const loci_network *network = pass->network;
    if (pass->spiking != NULL) {
        loci_spiking_backward(pass, gradient);
        return;
    }
    uint32_t last = (uint32_t)pass->pairs - 1;
    const loci_wiring *output = &pass->acting.pair[last];
    loci_linear_backward(pass->delta[last], gradient + network->views[last].bias,
                         (float)network->spec.logit_scale, in->count, output->m,
                         loci_leading(output->m));
    for (uint32_t l = last; l > 0; l--) {
        size_t m = pass->acting.pair[l - 1].m, ld = loci_leading(m);
        loci_relu relu = {.m = m, .ld = ld, .output = pass->output[l - 1], .sums = pass->bias_sums};
        const loci_after rectify = {loci_relu_backward, &relu};
        const loci_activations from = {.count = in->count, .dense = pass->output[l - 1], .ld = ld};
        loci_pass_backward_pair(pass, l, &from, pass->delta[l], pass->delta[l - 1], &rectify,
                                gradient);
        loci_relu_bias(&relu, in->count, gradient + network->views[l - 1].bias);
    }
    loci_pass_backward_pair(pass, 0, in, pass->delta[0], NULL, NULL, gradient);
}
