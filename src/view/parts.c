#include "view/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/acting_maps.h"
#include "network/inhibition.h"
#include "network/maps.h"
#include "network/spiking.h"

static const char *const keys[LOCI_PARTS] = {"channel_charge",
                                             "axon_charge",
                                             "dendrite_charge",
                                             "base",
                                             "scale",
                                             "length",
                                             "inverse_range",
                                             "cutoff",
                                             "speed",
                                             "bias",
                                             "beta",
                                             "threshold",
                                             "adaptation_decay",
                                             "adaptation_membrane",
                                             "adaptation_spike"};

static bool is_loop(const loci_network *network, size_t p) {
    return p > loci_spec_hidden_layers(&network->spec);
}

/* What a range cuts off follows from a length, too. */
static bool has_range(const loci_network *network, size_t p) {
    if (is_loop(network, p))
        return false;
    if (network->pruned_by == LOCI_PRUNE_BY_RANGE)
        return network->cut[p].value > 0;
    return network->projection[p].range != LOCI_NONE || network->spec.range[p] > 0;
}

bool loci_part_trained(const loci_network *network, size_t p, enum loci_part part) {
    const loci_projection *v = &network->projection[p];
    const loci_layer *layer = &network->layer[v->to];
    const size_t offsets[LOCI_PARTS] = {v->channel_charge,
                                        v->axon_charge,
                                        v->dendrite_charge,
                                        v->gap,
                                        v->log_scale,
                                        v->log_length,
                                        v->range,
                                        v->range,
                                        v->log_speed,
                                        layer->bias,
                                        layer->beta,
                                        layer->threshold,
                                        layer->adaptation[0],
                                        layer->adaptation[1],
                                        layer->adaptation[2]};
    if (part >= LOCI_PART_BIAS && is_loop(network, p))
        return false; /* its neurons are those of the pair that leads to them */
    /* pruning by range put an end to the ranges that were trained */
    bool of_range = part == LOCI_PART_INVERSE_RANGE || part == LOCI_PART_CUTOFF;
    bool ended = of_range && network->pruned_by == LOCI_PRUNE_BY_RANGE;
    if (part == LOCI_PART_CUTOFF && v->log_length != LOCI_NONE && has_range(network, p))
        return true;
    return offsets[part] != LOCI_NONE && !ended;
}

static bool is_scalar(enum loci_part part) {
    return part >= LOCI_PART_BASE && part <= LOCI_PART_SPEED;
}

bool loci_part_is_charge(enum loci_part part) {
    return part <= LOCI_PART_DENDRITE_CHARGE;
}

/* Senders that have a charge of their own: of those in maps, one of each. */
static size_t charged(const loci_part_view *m, size_t p) {
    size_t rows, columns, maps;
    if (!loci_has_grid_senders(&m->network.spec, p))
        return m->acting.wiring[p].n;
    loci_grid_of_senders(&m->network.spec, p, &rows, &columns, &maps);
    return maps;
}

loci_track loci_part_track(const loci_part_view *m, size_t p, enum loci_part part) {
    const loci_wiring *w = &m->acting.wiring[p];
    loci_track track = {.rank = 1, .shape = {w->m}, .coordinates = 1};
    if (part == LOCI_PART_CHANNEL_CHARGE)
        track.shape[0] = m->network.spec.channels;
    else if (is_scalar(part))
        track.shape[0] = 1;
    else if (part == LOCI_PART_AXON_CHARGE || part == LOCI_PART_DENDRITE_CHARGE)
        track = (loci_track){.rank = 2,
                             .shape = {part == LOCI_PART_AXON_CHARGE ? charged(m, p) : w->m,
                                       part == LOCI_PART_AXON_CHARGE ? w->axons : w->dendrites},
                             .coordinates = 1};
    track.count = track.shape[0] * (track.rank == 2 ? track.shape[1] : 1);
    return track;
}

/* As they act. */
static void copy_channels(const loci_network *network, size_t p, size_t count, float *to) {
    const float *from = network->parameters + network->projection[p].channel_charge;
    for (size_t k = 0; k < count; k++)
        to[k] = network->spec.sign == LOCI_SIGN_MASK
                    ? loci_inhibition(network->spec.steepness, from[k])
                    : from[k];
}

/* Constants of neurons, in maps of those at the first place, whom all others are like. */
static void copy_constant(const loci_part_view *m, uint32_t l, enum loci_part part, size_t count,
                          float *to) {
    if (part == LOCI_PART_BETA)
        loci_acting_beta(&m->network, l, m->neurons);
    else if (part == LOCI_PART_THRESHOLD)
        loci_acting_threshold(&m->network, l, m->neurons);
    else
        loci_acting_adaptation(&m->network, l, (int)(part - LOCI_PART_ADAPTATION_DECAY),
                               m->neurons);
    memcpy(to, m->neurons, count * sizeof *to);
}

void loci_part_copy(const loci_part_view *m, size_t p, enum loci_part part, size_t count,
                    float *to) {
    const loci_wiring *w = &m->acting.wiring[p];
    const float *const from[LOCI_PART_BIAS] = {
        NULL, w->c, w->e, &w->base, &w->scale, &w->length, &w->inverse_range, &w->cutoff, NULL};
    uint32_t l = (uint32_t)p;
    if (part == LOCI_PART_CHANNEL_CHARGE)
        copy_channels(&m->network, p, count, to);
    else if (part == LOCI_PART_SPEED)
        *to = 1 / loci_acting_delay(&m->acting, p).inverse_speed;
    else if (part == LOCI_PART_BIAS)
        memcpy(to, m->network.parameters + m->network.layer[l + 1].bias, count * sizeof *to);
    else if (part > LOCI_PART_BIAS)
        copy_constant(m, l, part, count, to);
    else
        memcpy(to, from[part], count * sizeof *to);
}

void loci_part_name(const loci_network *network, size_t p, enum loci_part part, char *name,
                    size_t size) {
    bool loop = is_loop(network, p);
    snprintf(name, size, "%s%zu.%s", loop ? "recurrent" : "pair",
             loop ? (size_t)network->projection[p].from : p, keys[part]);
}

int loci_part_view_open(loci_part_view *view, const loci_network *network, loci_error *error) {
    *view = (loci_part_view){.network = *network};
    view->network.parameters =
        loci_alloc(network->parameter_count, sizeof *view->network.parameters);
    if (view->network.parameters == NULL)
        return loci_fail_memory(error, "page");
    size_t most = 0;
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(&network->spec) + 1; l++)
        most = loci_spec_layer_size(&network->spec, l) > most
                   ? loci_spec_layer_size(&network->spec, l)
                   : most;
    view->neurons = loci_alloc(most, sizeof *view->neurons);
    if (view->neurons == NULL)
        return loci_fail_memory(error, "page");
    return loci_acting_open(&view->acting, &view->network, error);
}

void loci_part_view_close(loci_part_view *view) {
    loci_acting_close(&view->acting);
    free(view->network.parameters);
    free(view->neurons);
}
