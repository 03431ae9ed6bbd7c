/* What, beside positions, a network followed from during training: charges, scales, biases and so
 * on as they acted, so that the page can run the network of any moment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/acting.h"
#include "network/inhibition.h"
#include "network/spiking.h"
#include "view/payload.h"

/* Keys of a pair, or of a layer to itself, in the payload; only those are here that are trained.
 * Charges, which are many, are rounded as positions are; the others are few, and small at the
 * start. */
enum part {
    CHANNEL_CHARGE, /* of a sheet: that of each channel, which its inputs have */
    AXON_CHARGE,
    DENDRITE_CHARGE,
    BASE,
    SCALE,
    LENGTH,
    INVERSE_RANGE,
    CUTOFF,
    SPEED,
    BIAS, /* from here on, of the neurons that a pair leads to */
    BETA,
    THRESHOLD,
    ADAPTATION_DECAY,
    ADAPTATION_MEMBRANE,
    ADAPTATION_SPIKE,
    PARTS
};
static const char *const keys[PARTS] = {"channel_charge",
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

/* The network with the parameters of one frame. */
typedef struct moment {
    loci_network network; /* all but its parameters borrowed */
    loci_acting acting;
} moment;

static bool is_loop(const loci_network *network, size_t p) {
    return p > network->spec.hidden_count;
}

/* What a range cuts off follows from a length, too. */
static bool has_range(const loci_network *network, size_t p) {
    if (is_loop(network, p))
        return false;
    if (network->pruned_by == LOCI_PRUNE_BY_RANGE)
        return network->cut[p].value > 0;
    return network->projection[p].range != LOCI_NONE || network->spec.range[p] > 0;
}

static bool is_trained(const loci_network *network, size_t p, enum part part) {
    const loci_projection *v = &network->projection[p];
    const loci_layer *layer = &network->layer[v->to];
    const size_t offsets[PARTS] = {v->channel_charge,
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
    if (part >= BIAS && is_loop(network, p))
        return false; /* its neurons are those of the pair that leads to them */
    /* pruning by range put an end to the ranges that were trained */
    bool of_range = part == INVERSE_RANGE || part == CUTOFF;
    bool ended = of_range && network->pruned_by == LOCI_PRUNE_BY_RANGE;
    if (part == CUTOFF && v->log_length != LOCI_NONE && has_range(network, p))
        return true;
    return offsets[part] != LOCI_NONE && !ended;
}

static bool is_scalar(enum part part) {
    return part >= BASE && part <= SPEED;
}

static bool is_charge(enum part part) {
    return part <= DENDRITE_CHARGE;
}

static loci_track track_of(const loci_wiring *w, enum part part, size_t channels) {
    loci_track track = {.rank = 1, .shape = {w->m}, .coordinates = 1};
    if (part == CHANNEL_CHARGE)
        track.shape[0] = channels;
    else if (is_scalar(part))
        track.shape[0] = 1;
    else if (part == AXON_CHARGE || part == DENDRITE_CHARGE)
        track = (loci_track){.rank = 2,
                             .shape = {part == AXON_CHARGE ? w->n : w->m,
                                       part == AXON_CHARGE ? w->axons : w->dendrites},
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

static void copy(const moment *m, size_t p, enum part part, size_t count, float *to) {
    const loci_wiring *w = &m->acting.wiring[p];
    const float *const from[BIAS] = {
        NULL, w->c, w->e, &w->base, &w->scale, &w->length, &w->inverse_range, &w->cutoff, NULL};
    uint32_t l = (uint32_t)p;
    if (part == CHANNEL_CHARGE)
        copy_channels(&m->network, p, count, to);
    else if (part == SPEED)
        *to = 1 / loci_acting_delay(&m->acting, p).inverse_speed;
    else if (part == BIAS)
        memcpy(to, m->network.parameters + m->network.layer[l + 1].bias, count * sizeof *to);
    else if (part == BETA)
        loci_acting_beta(&m->network, l, to);
    else if (part == THRESHOLD)
        loci_acting_threshold(&m->network, l, to);
    else if (part >= ADAPTATION_DECAY)
        loci_acting_adaptation(&m->network, l, (int)(part - ADAPTATION_DECAY), to);
    else
        memcpy(to, from[part], count * sizeof *to);
}

/* "pair0.scale"; of a layer to itself, "recurrent1.scale". */
static void name_of(const loci_network *network, size_t p, enum part part, char *name,
                    size_t size) {
    bool loop = is_loop(network, p);
    snprintf(name, size, "%s%zu.%s", loop ? "recurrent" : "pair",
             loop ? (size_t)network->projection[p].from : p, keys[part]);
}

static json_t *follow(moment *m, size_t p, enum part part, const loci_frames *recording,
                      const size_t *frames, size_t count) {
    loci_track track = track_of(&m->acting.wiring[p], part, m->network.spec.channels);
    float *values = loci_alloc(count * track.count, sizeof *values);
    char name[64];
    if (values == NULL)
        return NULL;
    name_of(&m->network, p, part, name, sizeof name);
    track.name = name;
    track.frames = count;
    for (size_t f = 0; f < count; f++) {
        loci_frames_restore(recording, frames[f], m->network.parameters);
        loci_acting_update(&m->acting);
        copy(m, p, part, track.count, values + f * track.count);
        track.at[f] = values + f * track.count;
    }
    bool many = is_charge(part);
    const size_t shape[] = {count, track.count};
    json_t *json = many ? loci_view_track(&track)
                        : json_pack("{s:s, s:o}", "name", name, "data",
                                    loci_view_array(LOCI_VIEW_F32, values, 2, shape));
    free(values);
    return json;
}

static bool follow_all(json_t *tracks, moment *m, const loci_frames *recording,
                       const size_t *frames, size_t count) {
    bool lost = false;
    for (size_t p = 0; p < m->acting.count; p++)
        for (int part = 0; part < PARTS; part++)
            if (is_trained(&m->network, p, (enum part)part))
                lost |= json_array_append_new(
                            tracks, follow(m, p, (enum part)part, recording, frames, count)) != 0;
    return !lost;
}

bool loci_view_moments(json_t *tracks, const loci_network *network, const loci_frames *recording,
                       const size_t *frames, size_t count) {
    moment m = {.network = *network};
    m.network.parameters = loci_alloc(network->parameter_count, sizeof *m.network.parameters);
    bool done = m.network.parameters != NULL;
    done = loci_acting_open(&m.acting, &m.network, NULL) == LOCI_OK && done;
    if (done)
        done = follow_all(tracks, &m, recording, frames, count);
    loci_acting_close(&m.acting);
    free(m.network.parameters);
    return done;
}
