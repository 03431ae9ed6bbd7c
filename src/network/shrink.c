/* Removing the neurons that pruning left without inputs or without outputs.
 *
 * A neuron that nothing follows from goes as it is. A neuron that nothing reaches says the same
 * whatever the input: what it says is added to the biases of those it reaches, and it goes too. A
 * spiking one says it in time, which no bias can, so it goes only if it is silent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"
#include "network/layout.h"
#include "network/rounding.h"
#include "neuron/activation.h"
#include "synapse/connections.h"

/* The network as it is taken apart. */
typedef struct shrinking {
    const loci_network *network;
    size_t pairs;
    size_t size[LOCI_MAX_PAIRS + 1];    /* neurons of each layer */
    uint8_t *alive[LOCI_MAX_PAIRS + 1]; /* [size] */
    uint8_t *kept[LOCI_MAX_PAIRS];      /* [n, m] */
    float *weight[LOCI_MAX_PAIRS];      /* [n, m] */
    double *bias[LOCI_MAX_PAIRS];       /* [m] with what was folded into it */
    float *beta[LOCI_MAX_PAIRS];        /* [m] of the receiving layer, as they act */
    float *threshold[LOCI_MAX_PAIRS];   /* [m] likewise */
    loci_arena arena;
} shrinking;

/* What pair l keeps, its weights and biases. */
static int look_at(shrinking *s, const loci_acting *acting, uint32_t l, loci_error *error) {
    size_t n = s->size[l], m = s->size[l + 1];
    s->kept[l] = loci_arena_take(&s->arena, n, m);
    s->weight[l] = loci_arena_floats(&s->arena, n, m);
    s->bias[l] = loci_arena_take(&s->arena, m, sizeof(double));
    s->beta[l] = loci_arena_floats(&s->arena, m, 1);
    s->threshold[l] = loci_arena_floats(&s->arena, m, 1);
    if (s->arena.failed)
        return loci_fail_memory(error, "shrink");
    loci_acting_beta(s->network, l, s->beta[l]);
    loci_acting_threshold(s->network, l, s->threshold[l]);
    loci_kept_count(acting, l, s->kept[l]);
    for (size_t j = 0; j < m; j++)
        s->bias[l][j] = s->network->parameters[s->network->layer[l + 1].bias + j];
    return loci_acting_weights(acting, l, s->weight[l], error);
}

static int open_shrinking(shrinking *s, const loci_network *network, loci_error *error) {
    *s = (shrinking){.network = network, .pairs = loci_spec_hidden_layers(&network->spec) + 1};
    for (uint32_t l = 0; l <= s->pairs; l++) {
        s->size[l] = loci_spec_layer_size(&network->spec, l);
        s->alive[l] = loci_arena_take(&s->arena, s->size[l], 1);
        if (s->alive[l] == NULL)
            return loci_fail_memory(error, "shrink");
        memset(s->alive[l], 1, s->size[l]);
    }
    loci_acting acting;
    int status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK)
        status = loci_kept_find(&acting, NULL, error);
    for (uint32_t l = 0; l < s->pairs && status == LOCI_OK; l++)
        status = look_at(s, &acting, l, error);
    loci_acting_close(&acting);
    return status;
}

/* ---- who goes ---- */

static bool sends(const shrinking *s, size_t layer, size_t i) {
    size_t m = s->size[layer + 1];
    for (size_t j = 0; j < m; j++)
        if (s->alive[layer + 1][j] && s->kept[layer][i * m + j])
            return true;
    return false;
}

static bool receives(const shrinking *s, size_t layer, size_t j) {
    size_t n = s->size[layer - 1], m = s->size[layer];
    for (size_t i = 0; i < n; i++)
        if (s->alive[layer - 1][i] && s->kept[layer - 1][i * m + j])
            return true;
    return false;
}

/* Whether a spiking neuron that only its bias drives ever fires. */
static bool fires_alone(const shrinking *s, size_t layer, size_t j) {
    float bias = (float)s->bias[layer - 1][j], membrane = 0;
    for (uint32_t t = 0; t < s->network->spec.time_steps; t++) {
        membrane = fmaf(s->beta[layer - 1][j], membrane, bias);
        if (membrane > s->threshold[layer - 1][j])
            return true;
    }
    return false;
}

/* Adds what a neuron always says to the biases of those it reaches. */
static void fold(shrinking *s, size_t layer, size_t i) {
    double says = loci_activation_constant(s->network->spec.activation, s->bias[layer - 1][i]);
    size_t m = s->size[layer + 1];
    for (size_t j = 0; j < m; j++)
        s->bias[layer][j] += says * (double)s->weight[layer][i * m + j];
}

/* Looks at all neurons of inner layers and at the inputs once; whether any went. */
static bool sweep(shrinking *s) {
    bool spiking = loci_spec_spikes(&s->network->spec), any = false;
    for (size_t layer = 0; layer < s->pairs; layer++)
        for (size_t i = 0; i < s->size[layer]; i++) {
            if (!s->alive[layer][i])
                continue;
            bool mute = !sends(s, layer, i), deaf = layer > 0 && !receives(s, layer, i);
            if (deaf && !mute && spiking)
                deaf = !fires_alone(s, layer, i);
            else if (deaf && !mute)
                fold(s, layer, i);
            s->alive[layer][i] = !mute && !deaf;
            any |= mute || deaf;
        }
    return any;
}

static size_t count_alive(const shrinking *s, size_t layer) {
    size_t count = 0;
    for (size_t i = 0; i < s->size[layer]; i++)
        count += s->alive[layer][i];
    return count;
}

/* ---- what stays ---- */

/* Copies the rows [rows, width] of living neurons. */
static void copy_rows(const shrinking *s, loci_network *to, size_t layer, size_t from_offset,
                      size_t to_offset, size_t width) {
    if (from_offset == LOCI_NONE)
        return;
    const float *from = s->network->parameters + from_offset;
    float *at = to->parameters + to_offset;
    for (size_t i = 0; i < s->size[layer]; i++)
        if (s->alive[layer][i]) {
            memcpy(at, from + i * width, width * sizeof *at);
            at += width;
        }
}

static void copy_one(const shrinking *s, loci_network *to, size_t from_offset, size_t to_offset) {
    if (from_offset != LOCI_NONE)
        to->parameters[to_offset] = s->network->parameters[from_offset];
}

/* One number for the layer, or one for each neuron. */
static void copy_constant(const shrinking *s, loci_network *to, size_t layer, size_t from_offset,
                          size_t to_offset, int trained) {
    if (trained == LOCI_TRAINED_NEURON)
        copy_rows(s, to, layer, from_offset, to_offset, 1);
    else
        copy_one(s, to, from_offset, to_offset);
}

static void copy_weights(const shrinking *s, loci_network *to, uint32_t l) {
    size_t n = s->size[l], m = s->size[l + 1], offset = s->network->projection[l].weight;
    float *at = offset == LOCI_NONE ? NULL : to->parameters + to->projection[l].weight;
    for (size_t i = 0; at != NULL && i < n; i++)
        for (size_t j = 0; s->alive[l][i] && j < m; j++)
            if (s->alive[l + 1][j])
                *at++ = s->network->parameters[offset + i * m + j];
}

static void copy_pair(const shrinking *s, loci_network *to, uint32_t l) {
    const loci_spec *spec = &s->network->spec;
    const loci_projection *from = &s->network->projection[l], *at = &to->projection[l];
    size_t A = spec->axon_sites[l], D = spec->dendrite_sites[l], C = loci_pair_coordinates(spec, l);
    copy_rows(s, to, l, from->axon_position, at->axon_position, A * C);
    copy_rows(s, to, l, from->axon_charge, at->axon_charge, A);
    copy_rows(s, to, l + 1, from->dendrite_position, at->dendrite_position, D * C);
    copy_rows(s, to, l + 1, from->dendrite_charge, at->dendrite_charge, D);
    for (uint32_t k = 0; from->channel_position != LOCI_NONE && k < spec->channels; k++) {
        copy_one(s, to, from->channel_position + k, at->channel_position + k);
        copy_one(s, to, from->channel_charge + k, at->channel_charge + k);
    }
    copy_one(s, to, from->gap, at->gap);
    copy_one(s, to, from->log_scale, at->log_scale);
    copy_one(s, to, from->range, at->range);
    copy_one(s, to, from->log_length, at->log_length);
    copy_one(s, to, from->log_speed, at->log_speed);
    copy_weights(s, to, l);
    const loci_layer *layer = &s->network->layer[l + 1], *to_layer = &to->layer[l + 1];
    copy_constant(s, to, l + 1, layer->beta, to_layer->beta, spec->train_beta);
    copy_constant(s, to, l + 1, layer->threshold, to_layer->threshold, spec->train_threshold);
    float *bias = to->parameters + to_layer->bias;
    for (size_t j = 0; j < s->size[l + 1]; j++)
        if (s->alive[l + 1][j])
            *bias++ = (float)s->bias[l][j];
}

/* What is kept between the living. The cut itself stays what it is. */
static int copy_cut(const shrinking *s, loci_network *to, uint32_t l, loci_error *error) {
    const loci_cut *from = &s->network->cut[l];
    size_t n = s->size[l], m = s->size[l + 1], bit = 0;
    loci_cut *cut = &to->cut[l];
    *cut = (loci_cut){.value = from->value};
    if (from->set != NULL) {
        cut->set = loci_alloc(loci_bitmap_bytes(count_alive(s, l), count_alive(s, l + 1)), 1);
        if (cut->set == NULL)
            return loci_fail_memory(error, "shrink");
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; s->alive[l][i] && j < m; j++) {
            if (!s->alive[l + 1][j])
                continue;
            cut->kept += s->kept[l][i * m + j];
            if (cut->set != NULL)
                cut->set[bit / 8] |= (uint8_t)(s->kept[l][i * m + j] << bit % 8);
            bit++;
        }
    return LOCI_OK;
}

static int copy_pixels(const shrinking *s, loci_network *to, loci_error *error) {
    const loci_network *from = s->network;
    if (to->spec.inputs == 0)
        return LOCI_OK;
    uint8_t *set = loci_alloc(loci_bitmap_bytes(1, loci_spec_pixels(&from->spec)), 1);
    if (set == NULL)
        return loci_fail_memory(error, "shrink");
    for (size_t i = 0; i < s->size[0]; i++) {
        size_t pixel = from->pixels != NULL ? from->pixels[i] : i;
        set[pixel / 8] |= (uint8_t)(s->alive[0][i] << pixel % 8);
    }
    int status = loci_network_set_pixels(to, set, error);
    free(set);
    return status;
}

static int copy_rest(const shrinking *s, loci_network *to, loci_error *error) {
    const loci_network *from = s->network;
    int status = copy_pixels(s, to, error);
    if (status == LOCI_OK)
        status = loci_network_set_input_scaling(to, from->low, from->span, error);
    if (status == LOCI_OK)
        status =
            loci_network_set_target_scaling(to, from->target_mean, from->target_deviation, error);
    for (size_t i = 0; status == LOCI_OK && loci_note_keys[i] != NULL; i++) {
        const char *text = loci_network_note(from, loci_note_keys[i]);
        if (*text != '\0')
            status = loci_network_set_note(to, loci_note_keys[i], text, error);
    }
    return status;
}

static int build(loci_network **out, const shrinking *s, loci_error *error) {
    loci_spec spec = s->network->spec;
    size_t inputs = count_alive(s, 0);
    spec.inputs = inputs == loci_spec_pixels(&spec) ? 0 : (uint32_t)inputs;
    for (uint32_t l = 1; l < s->pairs; l++)
        spec.hidden[l - 1] = (uint32_t)count_alive(s, l);
    for (uint32_t l = 0; l < s->pairs; l++)
        if (count_alive(s, l) == 0)
            return loci_fail(error, LOCI_E_ARGUMENT, "shrink",
                             "nothing would be left of layer %u: no input reaches the output", l);
    loci_network *to = NULL;
    int status = loci_network_create_empty(&to, &spec, error);
    if (status != LOCI_OK)
        return status;
    to->pruned_by = s->network->pruned_by;
    to->connections = s->network->connections;
    for (uint32_t l = 0; l < s->pairs && status == LOCI_OK; l++) {
        copy_pair(s, to, l);
        status = copy_cut(s, to, l, error);
    }
    if (status == LOCI_OK)
        status = loci_rounding_copy(&to->rounding, s->network->rounding, error);
    if (status == LOCI_OK)
        status = copy_rest(s, to, error);
    if (status != LOCI_OK) {
        loci_network_free(to);
        return status;
    }
    *out = to;
    return LOCI_OK;
}

int loci_network_shrink(loci_network **out, const loci_network *network, loci_error *error) {
    shrinking s;
    if (network->spec.recurrent || network->spec.neuron == LOCI_NEURON_ADLIF)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED, "shrink",
            "a network of layers that are wired to themselves, or of adaptive neurons, "
            "keeps all of its neurons");
    if (network->spec.maps_count > 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "shrink",
                         "the neurons of a map share one arbor, so a network of maps keeps all of "
                         "its neurons; leave --shrink out");
    int status = loci_check_matrices(network, "shrink", error);
    if (status != LOCI_OK)
        return status;
    status = open_shrinking(&s, network, error);
    if (status == LOCI_OK) {
        while (sweep(&s))
            continue;
        status = build(out, &s, error);
    }
    loci_arena_clear(&s.arena);
    return status;
}
