#include "network/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "network/maps.h"

size_t loci_coordinates(const loci_spec *spec) {
    return spec->planes == LOCI_PLANES_RELAXED ? spec->dim : spec->dim - 1;
}

bool loci_channels_have_places(const loci_spec *spec) {
    return spec->wiring == LOCI_WIRING_SPATIAL && spec->input == LOCI_INPUT_SHEET &&
           spec->channels > 1;
}

/* Projection p of a hidden layer to itself, counted from 1; 0 = it goes on to the next layer. */
static size_t loop_of(const loci_spec *spec, size_t p) {
    return p > loci_spec_hidden_layers(spec) ? p - loci_spec_hidden_layers(spec) : 0;
}

uint32_t loci_axon_sites(const loci_spec *spec, size_t p) {
    size_t layer = loop_of(spec, p);
    return spec->axon_sites[layer > 0 ? layer : p];
}

size_t loci_pair_of(const loci_spec *spec, size_t p) {
    size_t layer = loop_of(spec, p);
    return layer > 0 ? layer - 1 : p;
}

uint32_t loci_dendrite_sites(const loci_spec *spec, size_t p) {
    return spec->dendrite_sites[loci_pair_of(spec, p)];
}

size_t loci_pair_coordinates(const loci_spec *spec, size_t p) {
    if (loci_has_grid_senders(spec, p))
        return loci_senders_have_places(spec, p) ? loci_coordinates(spec) : 2;
    return loci_coordinates(spec) + (p == 0 && loci_channels_have_places(spec));
}

/* Appends a tensor called owner, number l, part; returns its offset. */
static size_t add(loci_layout *layout, int kind, const char *owner, uint32_t l, const char *part,
                  uint32_t rank, size_t a, size_t b, size_t c) {
    loci_tensor *t = &layout->tensors[layout->tensor_count++];
    *t = (loci_tensor){
        .kind = kind, .rank = rank, .shape = {a, b, c}, .offset = layout->parameter_count};
    snprintf(t->name, sizeof t->name, "%s%u.%s", owner, l, part);
    t->count = a * b * c;
    layout->parameter_count += t->count;
    return t->offset;
}

/* What sends where neurons stand in maps: their places are no parameters, but for a place across
 * maps, [maps, 1, C - 2], and a charge, [maps, 1], which those of a map share. */
static void add_map_senders(loci_layout *layout, const loci_spec *spec, uint32_t l) {
    loci_projection *own = &layout->projection[l];
    loci_maps maps;
    if (!loci_senders_have_places(spec, l))
        return;
    loci_spec_maps(spec, l, &maps);
    own->axon_position = add(layout, LOCI_TENSOR_POSITION, "pair", l, "axon.position", 3,
                             maps.count, 1, loci_pair_coordinates(spec, l) - 2);
    own->axon_charge =
        add(layout, LOCI_TENSOR_CHARGE, "pair", l, "axon.charge", 2, maps.count, 1, 1);
}

static void add_spatial_pair(loci_layout *layout, const loci_spec *spec, uint32_t l) {
    loci_projection *own = &layout->projection[l];
    size_t n, m, C = loci_pair_coordinates(spec, l), K = spec->channels;
    size_t A = spec->axon_sites[l], D = spec->dendrite_sites[l];
    bool tied = spec->tied == LOCI_TIED_YES, sheet = l == 0 && spec->input == LOCI_INPUT_SHEET;
    bool maps = loci_has_grid_senders(spec, l);
    loci_spec_pair_shape(spec, l, &n, &m);
    if (maps)
        add_map_senders(layout, spec, l);
    else if (tied)
        own->axon_position =
            l == 0 ? add(layout, LOCI_TENSOR_POSITION, "layer", 0, "position", 2, n, C, 1)
                   : layout->projection[l - 1].dendrite_position;
    else if (!sheet)
        own->axon_position =
            add(layout, LOCI_TENSOR_POSITION, "pair", l, "axon.position", 3, n, A, C);
    if (l == 0 && loci_channels_have_places(spec)) {
        own->channel_position =
            add(layout, LOCI_TENSOR_POSITION, "pair", l, "channel.position", 2, K, 1, 1);
        own->channel_charge =
            add(layout, LOCI_TENSOR_CHARGE, "pair", l, "channel.charge", 2, K, 1, 1);
    }
    if (!sheet && !maps)
        own->axon_charge = add(layout, LOCI_TENSOR_CHARGE, "pair", l, "axon.charge", 2, n, A, 1);
    if (tied)
        own->dendrite_position =
            add(layout, LOCI_TENSOR_POSITION, "layer", l + 1, "position", 2, m, C, 1);
    else
        own->dendrite_position =
            add(layout, LOCI_TENSOR_POSITION, "pair", l, "dendrite.position", 3, m, D, C);
    if (D > 1)
        own->dendrite_charge =
            add(layout, LOCI_TENSOR_CHARGE, "pair", l, "dendrite.charge", 2, m, D, 1);
    if (spec->planes == LOCI_PLANES_LEARNED)
        own->gap = add(layout, LOCI_TENSOR_GAP, "pair", l, "gap", 1, 1, 1, 1);
    if (spec->scale == LOCI_SCALE_TRAINED)
        own->log_scale = add(layout, LOCI_TENSOR_SCALE, "pair", l, "log_scale", 1, 1, 1, 1);
    if (spec->train_range != LOCI_TRAINED_NO && spec->range[l] > 0)
        own->range = add(layout, LOCI_TENSOR_RANGE, "pair", l, "range", 1, 1, 1, 1);
    if (spec->train_length != LOCI_TRAINED_NO)
        own->log_length = add(layout, LOCI_TENSOR_LENGTH, "pair", l, "log_length", 1, 1, 1, 1);
    if (spec->delay == LOCI_DELAY_DISTANCE && spec->train_speed != LOCI_TRAINED_NO)
        own->log_speed = add(layout, LOCI_TENSOR_SPEED, "pair", l, "log_speed", 1, 1, 1, 1);
}

/* Hidden layer l to itself, by sites of its own unless they are tied. */
static void add_loop(loci_layout *layout, const loci_spec *spec, uint32_t l) {
    size_t p = layout->projection_count++, m = loci_spec_layer_size(spec, l),
           C = loci_coordinates(spec), A = loci_axon_sites(spec, p),
           D = loci_dendrite_sites(spec, p);
    loci_projection *own = &layout->projection[p];
    own->from = own->to = l;
    if (spec->wiring == LOCI_WIRING_DENSE) {
        own->weight = add(layout, LOCI_TENSOR_WEIGHT, "recurrent", l, "weight", 2, m, m, 1);
        return;
    }
    if (spec->tied == LOCI_TIED_YES)
        own->axon_position = own->dendrite_position = layout->projection[l - 1].dendrite_position;
    else
        own->axon_position =
            add(layout, LOCI_TENSOR_POSITION, "recurrent", l, "axon.position", 3, m, A, C);
    own->axon_charge = add(layout, LOCI_TENSOR_CHARGE, "recurrent", l, "axon.charge", 2, m, A, 1);
    if (spec->tied != LOCI_TIED_YES)
        own->dendrite_position =
            add(layout, LOCI_TENSOR_POSITION, "recurrent", l, "dendrite.position", 3, m, D, C);
    if (D > 1)
        own->dendrite_charge =
            add(layout, LOCI_TENSOR_CHARGE, "recurrent", l, "dendrite.charge", 2, m, D, 1);
    if (spec->planes == LOCI_PLANES_LEARNED)
        own->gap = add(layout, LOCI_TENSOR_GAP, "recurrent", l, "gap", 1, 1, 1, 1);
    if (spec->scale == LOCI_SCALE_TRAINED)
        own->log_scale = add(layout, LOCI_TENSOR_SCALE, "recurrent", l, "log_scale", 1, 1, 1, 1);
    if (spec->train_length != LOCI_TRAINED_NO)
        own->log_length = add(layout, LOCI_TENSOR_LENGTH, "recurrent", l, "log_length", 1, 1, 1, 1);
    if (spec->delay == LOCI_DELAY_DISTANCE && spec->train_speed != LOCI_TRAINED_NO)
        own->log_speed = add(layout, LOCI_TENSOR_SPEED, "recurrent", l, "log_speed", 1, 1, 1, 1);
}

/* beta or threshold of layer l + 1, where it is trained: one number, or one per neuron, of maps one
 * each */
static size_t add_constant(loci_layout *layout, int kind, const char *part, int trained, uint32_t l,
                           size_t m) {
    if (trained == LOCI_TRAINED_NO)
        return LOCI_NONE;
    return add(layout, kind, "layer", l + 1, part, 1, trained == LOCI_TRAINED_LAYER ? 1 : m, 1, 1);
}

/* A leaky integrator has no threshold. */
static void add_spiking_layer(loci_layout *layout, const loci_spec *spec, uint32_t l, size_t m) {
    layout->layer[l + 1].beta =
        add_constant(layout, LOCI_TENSOR_BETA, "beta", spec->train_beta, l, m);
    if (loci_spec_fires(spec, l + 1))
        layout->layer[l + 1].threshold =
            add_constant(layout, LOCI_TENSOR_THRESHOLD, "threshold", spec->train_threshold, l, m);
    static const char *const adaptation[] = {"adaptation.decay", "adaptation.membrane",
                                             "adaptation.spike"};
    for (size_t k = 0; k < 3 && loci_spec_fires(spec, l + 1); k++)
        layout->layer[l + 1].adaptation[k] = add_constant(
            layout, LOCI_TENSOR_ADAPTATION, adaptation[k], spec->train_adaptation, l, m);
}

/* Senders and receivers of one of the projections. */
static void shape_of(const loci_spec *spec, const loci_projection *projections, size_t p, size_t *n,
                     size_t *m) {
    if (loop_of(spec, p) == 0) {
        loci_spec_pair_shape(spec, (uint32_t)p, n, m);
        return;
    }
    *n = *m = loci_spec_layer_size(spec, projections[p].from);
}

/* Sites of the first `count` projections, those of a sheet too. */
static size_t count_sites(const loci_layout *layout, const loci_spec *spec, size_t count) {
    size_t sum = 0;
    for (size_t p = 0; p < count && spec->wiring == LOCI_WIRING_SPATIAL; p++) {
        size_t n, m;
        shape_of(spec, layout->projection, p, &n, &m);
        sum += n * loci_axon_sites(spec, p) + m * loci_dendrite_sites(spec, p);
    }
    return sum;
}

enum { TOO_MANY_BITS = 31 };

/* Sites are counted, and a conventional network's weights; each has at most 65 numbers. */
static bool is_too_large(const loci_layout *layout, const loci_spec *spec, size_t count) {
    const size_t most = (size_t)1 << TOO_MANY_BITS;
    return spec->wiring == LOCI_WIRING_SPATIAL ? count_sites(layout, spec, count) > most
                                               : layout->parameter_count > most;
}

static int fail_size(const loci_spec *spec, loci_error *error) {
    return loci_fail(error, LOCI_E_ARGUMENT, "hidden", "more than 2^%d %s", TOO_MANY_BITS,
                     spec->wiring == LOCI_WIRING_SPATIAL ? "sites" : "parameters");
}

int loci_layout_of(loci_layout *out, const loci_spec *spec, loci_error *error) {
    memset(out, 0, sizeof *out);
    memset(out->projection, 0xff, sizeof out->projection); /* all LOCI_NONE */
    memset(out->layer, 0xff, sizeof out->layer);
    out->projection_count = loci_spec_hidden_layers(spec) + 1;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        size_t n, m, units = loci_layer_units(spec, l + 1);
        loci_spec_pair_shape(spec, l, &n, &m);
        out->projection[l].from = l;
        out->projection[l].to = l + 1;
        if (spec->wiring == LOCI_WIRING_DENSE)
            out->projection[l].weight =
                add(out, LOCI_TENSOR_WEIGHT, "pair", l, "weight", 2, n, m, 1);
        else
            add_spatial_pair(out, spec, l);
        out->layer[l + 1].bias = add(out, LOCI_TENSOR_BIAS, "layer", l + 1, "bias", 1, units, 1, 1);
        if (loci_spec_spikes(spec))
            add_spiking_layer(out, spec, l, units);
        /* no term above passes 2^24 * 2^24 * 64, so one check per pair is in time */
        if (is_too_large(out, spec, l + 1))
            return fail_size(spec, error);
    }
    for (uint32_t l = 1; spec->recurrent && l <= loci_spec_hidden_layers(spec); l++)
        add_loop(out, spec, l);
    return is_too_large(out, spec, out->projection_count) ? fail_size(spec, error) : LOCI_OK;
}

void loci_projection_shape(const loci_network *network, size_t p, size_t *n, size_t *m) {
    shape_of(&network->spec, network->projection, p, n, m);
}

void loci_spec_count(const loci_spec *spec, loci_parameter_counts *counts) {
    loci_layout layout;
    memset(counts, 0, sizeof *counts);
    if (loci_layout_of(&layout, spec, NULL) != LOCI_OK)
        return;
    size_t *const by_kind[] = {&counts->positions, &counts->charges,    &counts->gaps,
                               &counts->scales,    &counts->biases,     &counts->weights,
                               &counts->betas,     &counts->thresholds, &counts->ranges,
                               &counts->lengths,   &counts->speeds,     &counts->adaptations};
    for (size_t i = 0; i < layout.tensor_count; i++)
        *by_kind[layout.tensors[i].kind] += layout.tensors[i].count;
    counts->total = layout.parameter_count;
}
