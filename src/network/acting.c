/* What acts and what is behind it: each rule forward, and below it backward. */
#include "network/acting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/acting_maps.h"
#include "network/acting_rounding.h"
#include "network/inhibition.h"
#include "network/layout.h"
#include "network/maps.h"
#include "wiring/pair_law.h"

/* The shape of a projection, with no pointers but weight's, which tells spatial from conventional.
 */
static loci_wiring shape_of(const loci_network *network, size_t p) {
    const loci_spec *spec = &network->spec;
    const loci_projection *own = &network->projection[p];
    size_t n, m;
    loci_projection_shape(network, p, &n, &m);
    return (loci_wiring){
        .n = n,
        .m = m,
        .axons = loci_axon_sites(spec, p),
        .dendrites = loci_dendrite_sites(spec, p),
        .coordinates = loci_pair_coordinates(spec, p),
        .scale = 1,
        .weight = own->weight == LOCI_NONE ? NULL : network->parameters + own->weight,
    };
}

/* The coordinates of pixels stand; those of channels come with loci_acting_update(). */
static void open_sheet(loci_acting *acting, const loci_wiring *w) {
    acting->sheet = loci_arena_floats(&acting->arena, w->n, w->coordinates);
    if (acting->sheet != NULL)
        memcpy(acting->sheet, acting->network->sheet,
               w->n * w->coordinates * sizeof *acting->sheet);
}

int loci_acting_open(loci_acting *acting, const loci_network *network, loci_error *error) {
    *acting = (loci_acting){.network = network,
                            .count = network->projection_count,
                            .pairs = loci_spec_hidden_layers(&network->spec) + 1,
                            .pruned_by = network->pruned_by};
    bool masked = network->spec.sign == LOCI_SIGN_MASK;
    for (uint32_t l = 0; l <= acting->pairs; l++)
        acting->size[l] = loci_spec_layer_size(&network->spec, l);
    for (size_t p = 0; p < acting->count; p++) {
        const loci_projection *own = &network->projection[p];
        const loci_wiring *w = &acting->wiring[p];
        acting->wiring[p] = shape_of(network, p);
        bool grid = loci_has_grid_senders(&network->spec, p) && w->weight == NULL;
        if (grid)
            loci_acting_open_maps(acting, p);
        else if ((masked && own->axon_charge != LOCI_NONE) || own->channel_charge != LOCI_NONE)
            acting->axon_charge[p] = loci_arena_floats(&acting->arena, w->n, w->axons);
        if (masked && own->dendrite_charge != LOCI_NONE)
            acting->dendrite_charge[p] = loci_arena_floats(&acting->arena, w->m, w->dendrites);
        if (own->channel_position != LOCI_NONE)
            open_sheet(acting, w);
        if (loci_has_stencil(&network->spec, p))
            acting->bias[p] = loci_arena_floats(&acting->arena, acting->size[p + 1], 1);
        loci_acting_open_rounding(acting, p);
    }
    return loci_arena_status(&acting->arena, "network", error);
}

void loci_acting_close(loci_acting *acting) {
    for (size_t p = 0; p < acting->count; p++) {
        loci_connections_free(acting->kept[p]);
        loci_selection_free(acting->selection[p]);
    }
    loci_arena_clear(&acting->arena);
    *acting = (loci_acting){0};
}

size_t loci_acting_bytes(const loci_acting *acting) {
    size_t bytes = acting->arena.bytes;
    for (size_t p = 0; p < acting->count; p++) {
        bytes += acting->kept[p] != NULL ? loci_connections_bytes(acting->kept[p]) : 0;
        bytes += acting->selection[p] != NULL ? loci_selection_bytes(acting->selection[p]) : 0;
    }
    return bytes;
}

/* ---- charges ---- */

/* The parameters themselves, or masked into to[]. */
static const float *act(const loci_network *network, size_t offset, size_t count, float *to) {
    if (offset == LOCI_NONE)
        return NULL;
    const float *from = network->parameters + offset;
    if (to == NULL)
        return from;
    for (size_t i = 0; i < count; i++)
        to[i] = loci_inhibition(network->spec.steepness, from[i]);
    return to;
}

/* From dL/d(charge as it acts), from [count], to the inhibitions behind them, whose parameters
 * begin at offset. */
static void unmask(const loci_network *network, size_t offset, const float *from, size_t count,
                   float *gradient) {
    for (size_t i = 0; i < count; i++)
        gradient[offset + i] += from[i] * loci_inhibition_slope(network->spec.steepness,
                                                                network->parameters[offset + i]);
}

/* ---- channels of a sheet ---- */

static size_t channel_of(const loci_network *network, size_t input) {
    return loci_network_pixel(network, input) % network->spec.channels;
}

/* Each pixel's channels have the pixel's place, a coordinate and a charge of their own. */
static void act_channels(loci_acting *acting, const loci_projection *own, const loci_wiring *w) {
    const loci_network *network = acting->network;
    const float *position = network->parameters + own->channel_position;
    const float *charge = network->parameters + own->channel_charge;
    bool masked = network->spec.sign == LOCI_SIGN_MASK;
    for (size_t i = 0; i < w->n; i++) {
        size_t k = channel_of(network, i);
        acting->sheet[(i + 1) * w->coordinates - 1] = position[k];
        acting->axon_charge[0][i] =
            masked ? loci_inhibition(network->spec.steepness, charge[k]) : charge[k];
    }
}

/* Sums over the pixels, in order; of = dL/d(what acts). */
static void chain_channels(const loci_acting *acting, const loci_wiring_gradient *of,
                           float *gradient) {
    const loci_network *network = acting->network;
    const loci_projection *own = &network->projection[0];
    const loci_wiring *w = &acting->wiring[0];
    bool masked = network->spec.sign == LOCI_SIGN_MASK, whole = network->pixels == NULL;
    size_t K = network->spec.channels;
    for (size_t k = 0; k < K; k++) {
        double pull = 0, value = 0;
        for (size_t i = whole ? k : 0; i < w->n; i += whole ? K : 1)
            if (channel_of(network, i) == k) {
                pull += of->p[(i + 1) * w->coordinates - 1];
                value += of->c[i];
            }
        float charge = network->parameters[own->channel_charge + k];
        float slope = masked ? loci_inhibition_slope(network->spec.steepness, charge) : 1;
        gradient[own->channel_position + k] += (float)pull;
        gradient[own->channel_charge + k] += (float)value * slope;
    }
}

/* ---- gap ---- */

/* g^2 + eps^2. */
static float base_of(const loci_network *network, size_t p) {
    const loci_spec *spec = &network->spec;
    size_t at = network->projection[p].gap;
    double fixed = p > loci_spec_hidden_layers(spec) ? spec->recurrent_gap : spec->gap[p];
    double gap = spec->planes == LOCI_PLANES_RELAXED ? 0
                 : at == LOCI_NONE                   ? fixed
                                                     : network->parameters[at];
    return (float)(gap * gap + spec->softening * spec->softening);
}

static void chain_gap(const loci_network *network, size_t p, const loci_pair_sums *sums,
                      float *gradient) {
    size_t at = network->projection[p].gap;
    if (at != LOCI_NONE)
        gradient[at] += (float)(-network->parameters[at] * sums->slope);
}

/* ---- law: its length and its range ---- */

static float length_of(const loci_network *network, size_t p) {
    size_t at = network->projection[p].log_length;
    if (!loci_law_has_length(network->spec.law))
        return 0;
    return (float)(at == LOCI_NONE ? network->spec.length[loci_pair_of(&network->spec, p)]
                                   : exp((double)network->parameters[at]));
}

static void chain_length(const loci_network *network, size_t p, const loci_pair_sums *sums,
                         float *gradient) {
    size_t at = network->projection[p].log_length;
    if (at != LOCI_NONE)
        gradient[at] += (float)(length_of(network, p) * sums->length);
}

/* 1 / |R|, or where pruning chose a range its cut; 0 = unlimited. A range that has shrunk to
 * nothing reaches nothing; its reciprocal stays a number. */
static float inverse_range_of(const loci_acting *acting, size_t p) {
    const loci_network *network = acting->network;
    size_t at = network->projection[p].range;
    if (p > loci_spec_hidden_layers(&network->spec))
        return 0; /* layers reach all of themselves */
    if (acting->pruned_by == LOCI_PRUNE_BY_RANGE) {
        const loci_selection *chosen = acting->selection[p];
        float cut = chosen != NULL ? chosen->cut : network->cut[p].value;
        return cut > 0 ? cut : 0;
    }
    double range = at != LOCI_NONE ? fabs((double)network->parameters[at]) : network->spec.range[p];
    return range < 0 ? 0 : (float)(1 / fmax(range, 1e-6));
}

static void chain_range(const loci_acting *acting, size_t p, const loci_pair_sums *sums,
                        float *gradient) {
    const float *parameters = acting->network->parameters;
    size_t at = acting->network->projection[p].range;
    if (at == LOCI_NONE || parameters[at] == 0)
        return;
    double range = parameters[at];
    double by_size = loci_wiring_range_gradient(&acting->wiring[p], sums, fabs(range));
    gradient[at] += (float)(range < 0 ? -by_size : by_size);
}

/* ---- scale ---- */

static float scale_of(const loci_network *network, size_t p) {
    size_t at = network->projection[p].log_scale;
    return at == LOCI_NONE ? 1 : expf(network->parameters[at]);
}

static void chain_scale(const loci_network *network, size_t p, const loci_pair_sums *sums,
                        float *gradient) {
    size_t at = network->projection[p].log_scale;
    if (at != LOCI_NONE)
        gradient[at] += (float)sums->value;
}

/* ---- speed ---- */

loci_delay loci_acting_delay(const loci_acting *acting, size_t p) {
    const loci_network *network = acting->network;
    const loci_spec *spec = &network->spec;
    size_t at = network->projection[p].log_speed;
    uint32_t first =
        p > loci_spec_hidden_layers(spec); /* what a layer sends itself comes in the next step */
    if (spec->delay == LOCI_DELAY_NONE)
        return (loci_delay){.inverse_speed = 0, .first = first, .taps = 1};
    double speed =
        at == LOCI_NONE ? spec->speed[loci_pair_of(spec, p)] : exp((double)network->parameters[at]);
    return (loci_delay){.inverse_speed = (float)(1 / speed),
                        .first = first,
                        .taps = spec->longest_delay + 1 - first};
}

void loci_acting_chain_speed(const loci_acting *acting, size_t p, double of_log_speed,
                             float *gradient) {
    size_t at = acting->network->projection[p].log_speed;
    if (at != LOCI_NONE)
        gradient[at] += (float)of_log_speed;
}

/* ---- all of them ---- */

/* A range keeps what it reaches: there the kernels cut by themselves. */
static const uint8_t *mask_of(const loci_acting *acting, size_t p) {
    if (acting->pruned_by == LOCI_PRUNE_BY_RANGE)
        return NULL;
    return acting->selection[p] != NULL ? acting->selection[p]->mask : acting->mask[p];
}

void loci_acting_update(loci_acting *acting) {
    const loci_network *network = acting->network;
    const float *parameters = network->parameters;
    for (size_t p = 0; p < acting->count; p++) {
        const loci_projection *own = &network->projection[p];
        loci_wiring *w = &acting->wiring[p];
        w->mask = mask_of(acting, p);
        loci_acting_round_weights(acting, p);
        if (p < acting->pairs)
            loci_acting_update_bias(acting, p);
        if (w->weight != NULL)
            continue;
        w->q = parameters + own->dendrite_position;
        if (acting->place[p] != NULL) {
            loci_acting_update_maps(acting, p);
        } else {
            w->p =
                own->axon_position == LOCI_NONE ? network->sheet : parameters + own->axon_position;
            w->c = act(network, own->axon_charge, w->n * w->axons, acting->axon_charge[p]);
        }
        if (own->channel_position != LOCI_NONE) {
            act_channels(acting, own, w);
            w->p = acting->sheet;
            w->c = acting->axon_charge[p];
        }
        w->e = act(network, own->dendrite_charge, w->m * w->dendrites, acting->dendrite_charge[p]);
        loci_acting_round(acting, p);
        w->base = base_of(network, p);
        w->scale = scale_of(network, p);
        loci_wiring_set_law(w, network->spec.law, length_of(network, p),
                            inverse_range_of(acting, p));
    }
}

/* Where the gradient of a tensor goes. */
static float *at(float *gradient, size_t offset) {
    return offset == LOCI_NONE ? NULL : gradient + offset;
}

/* Axon charges, dendrite charges, places of a sheet or a grid. */
size_t loci_acting_made(const loci_acting *acting, size_t p) {
    const loci_wiring *w = &acting->wiring[p];
    bool places =
        acting->network->projection[p].channel_position != LOCI_NONE || acting->place[p] != NULL;
    return w->n * w->axons + w->m * w->dendrites + (places ? w->n * w->coordinates : 0);
}

loci_wiring_gradient loci_acting_gradient(const loci_acting *acting, size_t p, float *gradient,
                                          float *made) {
    const loci_projection *own = &acting->network->projection[p];
    const loci_wiring *w = &acting->wiring[p];
    size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites, places = axons + dendrites;
    loci_wiring_gradient out = {
        .p = at(gradient, own->axon_position),
        .c = at(gradient, own->axon_charge),
        .q = at(gradient, own->dendrite_position),
        .e = at(gradient, own->dendrite_charge),
        .weight = at(gradient, own->weight),
    };
    if (acting->axon_charge[p] != NULL)
        out.c = memset(made, 0, axons * sizeof *made);
    if (acting->dendrite_charge[p] != NULL)
        out.e = memset(made + axons, 0, dendrites * sizeof *made);
    if (own->channel_position != LOCI_NONE || acting->place[p] != NULL)
        out.p = memset(made + places, 0, w->n * w->coordinates * sizeof *made);
    return out;
}

void loci_acting_chain(const loci_acting *acting, size_t p, const loci_wiring_gradient *of_acting,
                       float *gradient) {
    const loci_network *network = acting->network;
    const loci_projection *own = &network->projection[p];
    const loci_wiring *w = &acting->wiring[p];
    if (acting->place[p] != NULL)
        loci_acting_chain_maps(acting, p, of_acting, gradient);
    else if (own->channel_position != LOCI_NONE)
        chain_channels(acting, of_acting, gradient);
    else if (acting->axon_charge[p] != NULL)
        unmask(network, own->axon_charge, of_acting->c, w->n * w->axons, gradient);
    if (acting->dendrite_charge[p] != NULL)
        unmask(network, own->dendrite_charge, of_acting->e, w->m * w->dendrites, gradient);
    chain_gap(network, p, &of_acting->sums, gradient);
    chain_length(network, p, &of_acting->sums, gradient);
    chain_range(acting, p, &of_acting->sums, gradient);
    chain_scale(network, p, &of_acting->sums, gradient);
}
