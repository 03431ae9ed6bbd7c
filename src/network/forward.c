/* Buffers of a pass, and the way forward. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/pass.h"
#include "network/spiking.h"
#include "neuron/relu.h"

float *loci_pass_take(loci_pass *pass, size_t rows, size_t columns, bool *lost) {
    float *array = loci_alloc(rows, columns * sizeof *array);
    pass->bytes += rows * columns * sizeof *array;
    *lost |= array == NULL;
    return array;
}

/* Rows that arrive at pair l in a batch. */
static size_t rows_of(const loci_pass *pass, uint32_t l) {
    const loci_spec *spec = &pass->network->spec;
    bool once = l == 0 && spec->coding == LOCI_CODING_CONSTANT;
    return spec->neuron != LOCI_NEURON_LIF || once ? pass->most : pass->most * spec->time_steps;
}

/* Where few connections are kept, and it is known which as long as the pass lives, they are listed.
 */
static int list_connections(loci_pass *pass, uint32_t l, bool backward, loci_error *error) {
    const loci_selection *kept = pass->acting.selection[l];
    bool fixed = !backward || pass->network->pruned_by == LOCI_PRUNE_BY_SET;
    if (kept == NULL || !fixed || !loci_connections_pay(kept->n, kept->m, kept->count))
        return LOCI_OK;
    return loci_connections_create(&pass->connections[l], kept, error);
}

static int prepare_pair(loci_pass *pass, uint32_t l, bool backward, loci_error *error) {
    const loci_network *network = pass->network;
    const loci_wiring w = pass->acting.pair[l];
    bool lost = false;
    bool last = l + 1 == pass->pairs; /* hidden layers of a spiking net keep their own */
    if (last || network->spec.neuron != LOCI_NEURON_LIF)
        pass->output[l] = loci_pass_take(pass, pass->most, loci_leading(w.m), &lost);
    if (backward && (last || network->spec.neuron != LOCI_NEURON_LIF))
        pass->delta[l] = loci_pass_take(pass, pass->most, loci_leading(w.m), &lost);
    if (lost)
        return loci_fail_memory(error, "network");
    int status = list_connections(pass, l, backward, error);
    const loci_synapse_options options = {
        .input_gradient = l > 0, .rows = rows_of(pass, l), .connections = pass->connections[l]};
    if (status == LOCI_OK)
        status = loci_synapse_create(&pass->synapse[l], &w, &options, pass->pool, error);
    if (status == LOCI_OK)
        pass->bytes += loci_synapse_bytes(pass->synapse[l]);
    return status;
}

/* What a spike costs. */
static int count_fan_out(loci_pass *pass, loci_error *error) {
    for (uint32_t l = 0; l < pass->pairs; l++) {
        if (pass->acting.selection[l] == NULL)
            continue;
        pass->fan_out[l] = loci_alloc(pass->acting.pair[l].n, sizeof *pass->fan_out[l]);
        if (pass->fan_out[l] == NULL)
            return loci_fail_memory(error, "network");
        loci_acting_fan_out(&pass->acting, l, pass->fan_out[l]);
    }
    return LOCI_OK;
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
    size_t charges = 0, widest = 0;
    bool fixed = !backward || network->pruned_by == LOCI_PRUNE_BY_SET;
    int status = loci_acting_open(&pass->acting, network, error);
    if (status == LOCI_OK && fixed)
        status = loci_acting_prune(&pass->acting, pool, error);
    if (status == LOCI_OK && !backward)
        status = loci_acting_reach(&pass->acting, pool, error);
    for (uint32_t l = 0; l < pass->pairs && status == LOCI_OK; l++) {
        status = prepare_pair(pass, l, backward, error);
        size_t axons = pass->acting.pair[l].n * pass->acting.pair[l].axons;
        size_t dendrites = pass->acting.pair[l].m * pass->acting.pair[l].dendrites;
        charges = axons + dendrites > charges ? axons + dendrites : charges;
        size_t ld = loci_leading(pass->acting.pair[l].m);
        widest = ld > widest ? ld : widest;
    }
    bool lost = false;
    if (status == LOCI_OK && backward)
        pass->charge_gradient = loci_pass_take(pass, 1, charges, &lost);
    if (status == LOCI_OK && backward && network->spec.neuron == LOCI_NEURON_RELU)
        pass->bias_sums = loci_pass_take(pass, most / LOCI_AFTER_ROWS + 1, widest, &lost);
    if (lost)
        status = loci_fail_memory(error, "network");
    if (status == LOCI_OK && network->spec.neuron == LOCI_NEURON_LIF)
        status = loci_spiking_create(pass, backward, error);
    if (status == LOCI_OK && network->spec.neuron == LOCI_NEURON_LIF)
        status = count_fan_out(pass, error);
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
        loci_connections_free(pass->connections[l]);
        free(pass->fan_out[l]);
        free(pass->output[l]);
        free(pass->delta[l]);
    }
    loci_spiking_free(pass->spiking, pass->pairs);
    loci_acting_close(&pass->acting);
    free(pass->charge_gradient);
    free(pass->bias_sums);
    free(pass);
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

/* Whether a rectified layer sends anything: where it does, the first few numbers tell. */
static bool sends(const loci_pass *pass, uint32_t l, size_t rows) {
    size_t count = rows * loci_leading(pass->acting.pair[l].m), i = 0;
    while (i < count && pass->output[l][i] == 0)
        i++;
    return i < count;
}

static void note_active(loci_pass *pass, size_t rows) {
    const loci_spiking *s = pass->spiking;
    uint32_t layers = s != NULL && pass->network->spec.readout == LOCI_READOUT_COUNT
                          ? (uint32_t)pass->pairs
                          : (uint32_t)pass->pairs - 1;
    for (uint32_t l = 0; l < layers; l++)
        if ((pass->active >> l & 1) == 0 &&
            (s != NULL ? s->spike_total[l] > 0 : sends(pass, l, rows)))
            pass->active |= 1u << l;
}

int loci_pass_forward(loci_pass *pass, const loci_activations *in, loci_error *error) {
    const loci_network *network = pass->network;
    bool backward = loci_pass_logit_delta(pass) != NULL;
    loci_acting_update(&pass->acting);
    if (pass->spiking != NULL) {
        int status = loci_spiking_forward(pass, in, error);
        if (status == LOCI_OK && backward)
            note_active(pass, in->count);
        return status;
    }
    loci_activations from = *in;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        const loci_wiring *w = &pass->acting.pair[l];
        const float *bias = network->parameters + network->views[l].bias;
        size_t ld = loci_leading(w->m);
        loci_relu relu = {.bias = bias, .m = w->m, .ld = ld};
        const loci_after rectify = {loci_relu_forward, &relu};
        bool last = l + 1 == pass->pairs;
        loci_synapse_forward(pass->synapse[l], w, &from, pass->output[l], last ? NULL : &rectify,
                             pass->pool);
        if (last)
            loci_linear_forward(pass->output[l], bias, (float)network->spec.logit_scale, in->count,
                                w->m, ld);
        from = (loci_activations){.count = in->count, .dense = pass->output[l], .ld = ld};
    }
    if (backward)
        note_active(pass, in->count);
    return LOCI_OK;
}

const float *loci_pass_logits(const loci_pass *pass) {
    return pass->output[pass->pairs - 1];
}

float *loci_pass_logit_delta(loci_pass *pass) {
    return pass->delta[pass->pairs - 1];
}
