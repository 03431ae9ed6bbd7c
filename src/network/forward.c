/* Buffers of a pass, and the way forward. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/pass.h"
#include "network/spiking.h"
#include "neuron/relu.h"

float loci_mask(double steepness, float v) {
    return (float)tanh(0.5 * steepness * v);
}

float loci_mask_slope(double steepness, float v) {
    double c =
        cosh(0.5 * steepness * v); /* 1 - mask^2 would leave nothing of a saturated mask's slope */
    return (float)(0.5 * steepness / (c * c));
}

/* The shape of pair l, with no pointers but weight's, which tells spatial from conventional. */
static loci_wiring shape_of(const loci_network *network, uint32_t l) {
    const loci_spec *spec = &network->spec;
    const loci_pair_views *v = &network->views[l];
    return (loci_wiring){
        .n = loci_spec_layer_size(spec, l),
        .m = loci_spec_layer_size(spec, l + 1),
        .axons = spec->axon_sites[l],
        .dendrites = spec->dendrite_sites[l],
        .coordinates = loci_coordinates(spec),
        .scale = 1,
        .weight = v->weight == LOCI_NONE ? NULL : network->parameters + v->weight,
    };
}

float *loci_pass_take(loci_pass *pass, size_t rows, size_t columns, bool *lost) {
    float *array = loci_alloc(rows, columns * sizeof *array);
    pass->bytes += rows * columns * sizeof *array;
    *lost |= array == NULL;
    return array;
}

static int prepare_pair(loci_pass *pass, uint32_t l, bool backward, loci_error *error) {
    const loci_network *network = pass->network;
    const loci_pair_views *v = &network->views[l];
    loci_wiring w = pass->wiring[l] = shape_of(network, l);
    bool masked = network->spec.sign == LOCI_SIGN_MASK, lost = false;
    if (masked && v->axon_charge != LOCI_NONE)
        pass->axon_charge[l] = loci_pass_take(pass, w.n, w.axons, &lost);
    if (masked && v->dendrite_charge != LOCI_NONE)
        pass->dendrite_charge[l] = loci_pass_take(pass, w.m, w.dendrites, &lost);
    bool last = l + 1 == pass->pairs; /* hidden layers of a spiking net keep their own */
    if (last || network->spec.neuron != LOCI_NEURON_LIF)
        pass->output[l] = loci_pass_take(pass, pass->most, loci_leading(w.m), &lost);
    if (backward && (last || network->spec.neuron != LOCI_NEURON_LIF))
        pass->delta[l] = loci_pass_take(pass, pass->most, loci_leading(w.m), &lost);
    if (lost)
        return loci_fail_memory(error, "network");
    int status = loci_synapse_create(&pass->synapse[l], &w, l > 0, pass->pool, error);
    if (status == LOCI_OK)
        pass->bytes += loci_synapse_bytes(pass->synapse[l]);
    return status;
}

int loci_pass_create(loci_pass **out, const loci_network *network, size_t most, bool backward,
                     loci_pool *pool, loci_error *error) {
    loci_pass *pass = calloc(1, sizeof *pass);
    if (pass == NULL)
        return loci_fail_memory(error, "network");
    pass->network = network;
    pass->pool = pool;
    pass->most = most;
    pass->pairs = network->spec.hidden_count + 1;
    size_t charges = 0;
    int status = LOCI_OK;
    for (uint32_t l = 0; l < pass->pairs && status == LOCI_OK; l++) {
        status = prepare_pair(pass, l, backward, error);
        size_t axons = pass->wiring[l].n * pass->wiring[l].axons;
        size_t dendrites = pass->wiring[l].m * pass->wiring[l].dendrites;
        charges = axons + dendrites > charges ? axons + dendrites : charges;
    }
    bool lost = false;
    if (status == LOCI_OK && backward)
        pass->charge_gradient = loci_pass_take(pass, 1, charges, &lost);
    if (lost)
        status = loci_fail_memory(error, "network");
    if (status == LOCI_OK && network->spec.neuron == LOCI_NEURON_LIF)
        status = loci_spiking_create(pass, backward, error);
    if (status != LOCI_OK) {
        loci_pass_free(pass);
        return status;
    }
    *out = pass;
    return LOCI_OK;
}

void loci_pass_free(loci_pass *pass) {
    if (pass == NULL)
        return;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        loci_synapse_free(pass->synapse[l]);
        free(pass->axon_charge[l]);
        free(pass->dendrite_charge[l]);
        free(pass->output[l]);
        free(pass->delta[l]);
    }
    loci_spiking_free(pass->spiking, pass->pairs);
    free(pass->charge_gradient);
    free(pass);
}

/* Charges as they act: the parameters themselves, or masked into to[]. */
static const float *act(const loci_network *network, size_t offset, size_t count, float *to) {
    if (offset == LOCI_NONE)
        return NULL;
    const float *from = network->parameters + offset;
    if (to == NULL)
        return from;
    for (size_t i = 0; i < count; i++)
        to[i] = loci_mask(network->spec.steepness, from[i]);
    return to;
}

void loci_pass_wire(loci_pass *pass) {
    const loci_network *network = pass->network;
    const loci_spec *spec = &network->spec;
    const float *parameters = network->parameters;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        const loci_pair_views *v = &network->views[l];
        loci_wiring *w = &pass->wiring[l];
        if (w->weight != NULL)
            continue;
        w->p = v->axon_position == LOCI_NONE ? network->sheet : parameters + v->axon_position;
        w->q = parameters + v->dendrite_position;
        w->c = act(network, v->axon_charge, w->n * w->axons, pass->axon_charge[l]);
        w->e = act(network, v->dendrite_charge, w->m * w->dendrites, pass->dendrite_charge[l]);
        double gap = spec->planes == LOCI_PLANES_RELAXED ? 0
                     : v->gap == LOCI_NONE               ? spec->gap[l]
                                                         : parameters[v->gap];
        w->base = (float)(gap * gap + spec->softening * spec->softening);
        w->scale = v->log_scale == LOCI_NONE ? 1 : expf(parameters[v->log_scale]);
    }
}

/* Bytes that a spiking pass may take for what grows with time steps. */
enum { TIME_BYTES = 96 << 20 };

size_t loci_pass_most(const loci_spec *spec, size_t wanted) {
    if (spec->neuron != LOCI_NEURON_LIF)
        return wanted;
    size_t columns = 0;
    for (uint32_t l = 1; l <= spec->hidden_count + 1; l++)
        columns += loci_leading(loci_spec_layer_size(spec, l));
    size_t most = TIME_BYTES / (columns * spec->time_steps * 4 * sizeof(float));
    bool once =
        spec->coding == LOCI_CODING_CONSTANT && spec->hidden_count <= 1; /* nearly nothing grows */
    return once || most > wanted ? wanted : most < 1 ? 1 : most;
}

int loci_pass_forward(loci_pass *pass, const loci_activations *in, loci_error *error) {
    const loci_network *network = pass->network;
    loci_pass_wire(pass);
    if (pass->spiking != NULL)
        return loci_spiking_forward(pass, in, error);
    loci_activations from = *in;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        const loci_wiring *w = &pass->wiring[l];
        const float *bias = network->parameters + network->views[l].bias;
        size_t ld = loci_leading(w->m);
        loci_synapse_forward(pass->synapse[l], w, &from, pass->output[l], pass->pool);
        if (l + 1 < pass->pairs)
            loci_relu_forward(pass->output[l], bias, in->count, w->m, ld, pass->pool);
        else
            loci_linear_forward(pass->output[l], bias, (float)network->spec.logit_scale, in->count,
                                w->m, ld);
        from = (loci_activations){.count = in->count, .dense = pass->output[l], .ld = ld};
    }
    return LOCI_OK;
}

const float *loci_pass_logits(const loci_pass *pass) {
    return pass->output[pass->pairs - 1];
}

float *loci_pass_logit_delta(loci_pass *pass) {
    return pass->delta[pass->pairs - 1];
}
