/* Buffers of a pass, and which kind of net goes which way. */
#include "network/pass.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/continuous.h"
#include "network/kept.h"
#include "network/local_pairs.h"
#include "network/maps.h"
#include "network/rounding.h"
#include "network/spiking.h"
#include "network/timeline.h"
#include "neuron/activation.h"

/* Rows that arrive at pair l in a batch. */
static size_t rows_of(const loci_pass *pass, uint32_t l) {
    const loci_spec *spec = &pass->network->spec;
    bool once = l == 0 && spec->coding == LOCI_CODING_CONSTANT;
    return !loci_spec_spikes(spec) || once ? pass->most : pass->most * spec->time_steps;
}

/* Which connections are kept is known as long as the pass lives: with backward only of a fixed set,
 * as positions move. Synapses of local pairs find what is within reach by themselves. */
static int find_kept(loci_pass *pass, bool backward, bool synapses, loci_error *error) {
    const loci_network *network = pass->network;
    int status = LOCI_OK;
    if (backward && network->pruned_by == LOCI_PRUNE_BY_SET)
        return loci_kept_find(&pass->acting, pass->pool, error);
    loci_acting_update(&pass->acting);
    for (uint32_t l = 0; !backward && l < pass->pairs && status == LOCI_OK; l++)
        if (!synapses || !loci_pair_is_local(network, l))
            status = loci_kept_find_reached_of(&pass->acting, l, pass->pool, error);
    return status;
}

/* What the neurons of layer l + 1 send; hidden layers of a spiking net have their own. */
static void take_output(loci_pass *pass, uint32_t l, bool backward) {
    size_t ld = loci_leading(pass->acting.size[l + 1]);
    if (l + 1 < pass->pairs && loci_spec_spikes(&pass->network->spec))
        return;
    pass->output[l] = loci_arena_floats(&pass->arena, pass->most, ld);
    if (!backward)
        return;
    pass->delta[l] = loci_arena_floats(&pass->arena, pass->most, ld);
    if (l + 1 < pass->pairs && loci_activation_needs_input(pass->network->spec.activation))
        pass->input[l] = loci_arena_floats(&pass->arena, pass->most, ld);
}

/* Where few connections are kept it runs on these alone. Rounded weights are made in one way only,
 * but on the way of training: sums in another order might round to another number. */
static int create_synapse(loci_pass *pass, uint32_t l, bool backward, loci_error *error) {
    const loci_spec *spec = &pass->network->spec;
    const loci_wiring *w = &pass->acting.wiring[l];
    const loci_connections *kept = pass->acting.kept[l];
    bool delayed = loci_spec_spikes(spec) && spec->delay != 0, shared = loci_has_stencil(spec, l);
    bool rounds = loci_rounds_weights(pass->network);
    bool alone = !delayed && !shared && (backward || !rounds) && kept != NULL &&
                 loci_connections_pay(w->n, w->m, kept->count);
    loci_stencil stencil;
    if (shared)
        stencil = loci_stencil_of(spec, l);
    int status = alone ? LOCI_OK : loci_kept_make_mask(&pass->acting, l, error);
    const loci_synapse_options options = {.input_gradient = l > 0,
                                          .backward = backward,
                                          .stencil = shared ? &stencil : NULL,
                                          .rows = rows_of(pass, l),
                                          .connections = alone ? kept : NULL,
                                          .near = spec->range[l] > 0 && !rounds,
                                          .local = loci_pair_is_local(pass->network, l)};
    if (status == LOCI_OK && !delayed) /* what takes time has a way of its own: timeline.h */
        status = loci_synapse_create(&pass->synapse[l], w, &options, pass->pool, error);
    return status;
}

static void take_scratch(loci_pass *pass) {
    size_t most = 0, widest = 0;
    for (size_t p = 0; p < pass->network->projection_count; p++) {
        size_t made = loci_acting_made(&pass->acting, p);
        size_t ld = loci_leading(pass->acting.size[pass->network->projection[p].to]);
        most = made > most ? made : most;
        widest = ld > widest ? ld : widest;
    }
    if (pass->network->spec.maps_count > 0)
        pass->shared_bias = loci_arena_floats(&pass->arena, 1, widest);
    pass->made_gradient = loci_arena_floats(&pass->arena, 1, most);
    if (!loci_spec_spikes(&pass->network->spec))
        pass->bias_sums = loci_arena_floats(&pass->arena, pass->most / LOCI_AFTER_ROWS + 1, widest);
}

/* Between maps a spike reaches as many as the stencil leads to from where it comes from. */
static int spread_fan_out(const loci_pass *pass, uint32_t l, uint32_t *fan_out, loci_error *error) {
    const loci_stencil stencil = loci_stencil_of(&pass->network->spec, l);
    const loci_connections *kept = pass->acting.kept[l];
    uint32_t *row = kept != NULL ? loci_alloc(kept->n, sizeof *row) : NULL;
    if (kept != NULL && row == NULL)
        return loci_fail_memory(error, "network");
    if (kept != NULL)
        loci_kept_fan_out(kept, row);
    loci_stencil_fan_out(&stencil, row, fan_out);
    free(row);
    return LOCI_OK;
}

/* Where a range alone says what is kept, it is listed for this and forgotten. */
static int find_fan_out(const loci_pass *pass, uint32_t l, uint32_t *fan_out, loci_error *error) {
    const loci_wiring *w = &pass->acting.wiring[l];
    loci_connections *near;
    if (loci_has_stencil(&pass->network->spec, l))
        return spread_fan_out(pass, l, fan_out, error);
    if (pass->acting.kept[l] != NULL) {
        loci_kept_fan_out(pass->acting.kept[l], fan_out);
        return LOCI_OK;
    }
    int status = loci_connections_within(&near, w, w->inverse_range, pass->pool, error);
    if (status != LOCI_OK)
        return status;
    loci_kept_fan_out(near, fan_out);
    loci_connections_free(near);
    return LOCI_OK;
}

/* What a spike costs. */
static int create_spiking(loci_pass *pass, bool backward, loci_error *error) {
    int status = loci_spiking_create(pass, backward, error);
    for (uint32_t l = 0; l < pass->pairs && status == LOCI_OK; l++) {
        bool local = !backward && loci_pair_is_local(pass->network, l);
        bool stencil = loci_has_stencil(&pass->network->spec, l);
        if (pass->acting.kept[l] == NULL && !local && !stencil)
            continue;
        pass->fan_out[l] =
            loci_arena_take(&pass->arena, pass->acting.size[l], sizeof *pass->fan_out[l]);
        status = loci_arena_status(&pass->arena, "network", error);
        if (status == LOCI_OK)
            status = find_fan_out(pass, l, pass->fan_out[l], error);
    }
    return status;
}

static int create(loci_pass **out, const loci_network *network, size_t most, bool backward,
                  bool synapses, loci_pool *pool, loci_error *error) {
    loci_pass *pass = calloc(1, sizeof *pass);
    if (pass == NULL)
        return loci_fail_memory(error, "network");
    pass->network = network;
    pass->pool = pool;
    pass->most = most;
    pass->pairs = loci_spec_hidden_layers(&network->spec) + 1;
    int status = loci_acting_open(&pass->acting, network, error);
    if (status == LOCI_OK)
        status = find_kept(pass, backward, synapses, error);
    for (uint32_t l = 0; l < pass->pairs && status == LOCI_OK; l++) {
        take_output(pass, l, backward);
        if (synapses)
            status = create_synapse(pass, l, backward, error);
    }
    if (status == LOCI_OK && backward)
        take_scratch(pass);
    if (status == LOCI_OK)
        status = loci_arena_status(&pass->arena, "network", error);
    if (status == LOCI_OK && loci_spec_spikes(&network->spec))
        status = create_spiking(pass, backward, error);
    if (status != LOCI_OK) {
        loci_pass_free(pass);
        return status;
    }
    *out = pass;
    return LOCI_OK;
}

int loci_pass_create(loci_pass **out, const loci_network *network, size_t most, bool backward,
                     loci_pool *pool, loci_error *error) {
    return create(out, network, most, backward, true, pool, error);
}

int loci_pass_create_bare(loci_pass **out, const loci_network *network, loci_error *error) {
    return create(out, network, 1, false, false, NULL, error);
}

void loci_pass_free(loci_pass *pass) {
    if (pass == NULL)
        return;
    for (uint32_t l = 0; l < pass->pairs; l++)
        loci_synapse_free(pass->synapse[l]);
    loci_spiking_free(pass->spiking, pass->pairs);
    loci_acting_close(&pass->acting);
    loci_arena_clear(&pass->arena);
    free(pass);
}

int loci_pass_renew(loci_pass **pass, loci_error *error) {
    const loci_network *network = (*pass)->network;
    size_t most = (*pass)->most;
    loci_pool *pool = (*pass)->pool;
    loci_pass_free(*pass);
    *pass = NULL;
    return loci_pass_create(pass, network, most, true, pool, error);
}

size_t loci_pass_bytes(const loci_pass *pass) {
    size_t bytes = pass->arena.bytes + loci_acting_bytes(&pass->acting);
    for (uint32_t l = 0; l < pass->pairs; l++)
        bytes += pass->synapse[l] != NULL ? loci_synapse_bytes(pass->synapse[l]) : 0;
    if (pass->spiking != NULL)
        bytes += loci_timeline_bytes(pass->spiking) +
                 loci_spiking_listed_bytes(pass->spiking, pass->pairs);
    return bytes;
}

/* Bytes that a spiking pass may take for what grows with time steps. */
enum { TIME_BYTES = 96 << 20 };

size_t loci_pass_most(const loci_spec *spec, size_t wanted) {
    if (!loci_spec_spikes(spec))
        return wanted;
    size_t columns = 0;
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(spec) + 1; l++)
        columns += loci_leading(loci_spec_layer_size(spec, l));
    size_t most = TIME_BYTES / (columns * spec->time_steps * 4 * sizeof(float));
    bool once = spec->coding == LOCI_CODING_CONSTANT && loci_spec_hidden_layers(spec) <= 1 &&
                !loci_takes_steps(spec); /* nearly nothing grows */
    return once || most > wanted ? wanted : most < 1 ? 1 : most;
}

static void note_active(loci_pass *pass, size_t rows) {
    const loci_spiking *s = pass->spiking;
    bool output = loci_spec_fires(&pass->network->spec, (uint32_t)pass->pairs);
    size_t layers = output ? pass->pairs : pass->pairs - 1;
    for (uint32_t l = 0; l < layers; l++)
        if ((pass->active >> l & 1) == 0 &&
            (s != NULL ? s->spike_total[l] > 0 : loci_continuous_sends(pass, l, rows)))
            pass->active |= 1u << l;
}

int loci_pass_forward(loci_pass *pass, const loci_activations *in, loci_error *error) {
    int status = LOCI_OK;
    loci_acting_update(&pass->acting);
    if (pass->spiking != NULL)
        status = loci_spiking_forward(pass, in, error);
    else
        loci_continuous_forward(pass, in);
    if (status == LOCI_OK && loci_pass_logit_delta(pass) != NULL)
        note_active(pass, in->count);
    return status;
}

void loci_pass_backward(loci_pass *pass, const loci_activations *in, float *gradient) {
    if (pass->spiking != NULL)
        loci_spiking_backward(pass, gradient);
    else
        loci_continuous_backward(pass, in, gradient);
}

const float *loci_pass_logits(const loci_pass *pass) {
    return pass->output[pass->pairs - 1];
}

float *loci_pass_logit_delta(loci_pass *pass) {
    return pass->delta[pass->pairs - 1];
}
