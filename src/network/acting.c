/* From parameters to wirings. */
#include "network/acting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/mask.h"

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

static float *take(loci_wires *wires, size_t rows, size_t columns, bool *lost) {
    float *array = loci_alloc(rows, columns * sizeof *array);
    wires->bytes += rows * columns * sizeof *array;
    *lost |= array == NULL;
    return array;
}

int loci_wires_open(loci_wires *wires, const loci_network *network, loci_error *error) {
    *wires = (loci_wires){.network = network,
                          .count = network->spec.hidden_count + 1,
                          .pruned_by = network->pruned_by};
    bool masked = network->spec.sign == LOCI_SIGN_MASK, lost = false;
    for (uint32_t l = 0; l < wires->count; l++) {
        const loci_pair_views *v = &network->views[l];
        const loci_wiring *w = &wires->pair[l];
        wires->pair[l] = shape_of(network, l);
        if (masked && v->axon_charge != LOCI_NONE)
            wires->axon_charge[l] = take(wires, w->n, w->axons, &lost);
        if (masked && v->dendrite_charge != LOCI_NONE)
            wires->dendrite_charge[l] = take(wires, w->m, w->dendrites, &lost);
    }
    return lost ? loci_fail_memory(error, "network") : LOCI_OK;
}

void loci_wires_close(loci_wires *wires) {
    for (size_t l = 0; l < wires->count; l++) {
        free(wires->axon_charge[l]);
        free(wires->dendrite_charge[l]);
        loci_kept_free(wires->kept[l]);
    }
    *wires = (loci_wires){0};
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

/* A range that has shrunk to nothing reaches nothing; its reciprocal stays a number. */
static float cutoff_of(const loci_wires *wires, uint32_t l) {
    const loci_network *network = wires->network;
    size_t at = network->views[l].range;
    if (wires->pruned_by == LOCI_PRUNE_BY_RANGE) {
        float cut = wires->kept[l] != NULL ? wires->kept[l]->cut : network->cut[l].value;
        return cut > 0 ? cut : 0;
    }
    double range = at != LOCI_NONE ? fabs((double)network->parameters[at]) : network->spec.range[l];
    return range < 0 ? 0 : (float)(1 / fmax(range, 1e-6));
}

void loci_wires_update(loci_wires *wires) {
    const loci_network *network = wires->network;
    const loci_spec *spec = &network->spec;
    const float *parameters = network->parameters;
    for (uint32_t l = 0; l < wires->count; l++) {
        const loci_pair_views *v = &network->views[l];
        loci_wiring *w = &wires->pair[l];
        const loci_kept *kept = wires->kept[l];
        w->keep = kept != NULL && wires->pruned_by != LOCI_PRUNE_BY_RANGE ? kept->keep : NULL;
        if (w->weight != NULL)
            continue;
        w->p = v->axon_position == LOCI_NONE ? network->sheet : parameters + v->axon_position;
        w->q = parameters + v->dendrite_position;
        w->c = act(network, v->axon_charge, w->n * w->axons, wires->axon_charge[l]);
        w->e = act(network, v->dendrite_charge, w->m * w->dendrites, wires->dendrite_charge[l]);
        double gap = spec->planes == LOCI_PLANES_RELAXED ? 0
                     : v->gap == LOCI_NONE               ? spec->gap[l]
                                                         : parameters[v->gap];
        w->base = (float)(gap * gap + spec->softening * spec->softening);
        w->scale = v->log_scale == LOCI_NONE ? 1 : expf(parameters[v->log_scale]);
        w->cutoff = cutoff_of(wires, l);
    }
}

/* ---- kept sets ---- */

static int open_kept(loci_wires *wires, uint32_t l, loci_error *error) {
    const loci_wiring *w = &wires->pair[l];
    if (wires->kept[l] != NULL)
        return LOCI_OK;
    int status = loci_kept_create(&wires->kept[l], w->n, w->m, error);
    if (status == LOCI_OK)
        wires->bytes += loci_kept_bytes(wires->kept[l]);
    return status;
}

static enum loci_rank rank_of(int by) {
    return by == LOCI_PRUNE_BY_WEIGHT ? LOCI_RANK_MAGNITUDE : LOCI_RANK_NEARNESS;
}

static int prune_pair(loci_wires *wires, uint32_t l, loci_pool *pool, loci_error *error) {
    const loci_network *network = wires->network;
    const loci_cut *cut = &network->cut[l];
    const loci_wiring *w = &wires->pair[l];
    int by = network->pruned_by;
    int status = open_kept(wires, l, error);
    if (status != LOCI_OK)
        return status;
    loci_kept *kept = wires->kept[l];
    if (by == LOCI_PRUNE_BY_SET) {
        loci_kept_from_bitmap(kept, cut->set);
        return LOCI_OK;
    }
    status = loci_kept_measure(kept, w, by == LOCI_UNPRUNED ? LOCI_RANK_NEARNESS : rank_of(by),
                               pool, error);
    if (status != LOCI_OK)
        return status;
    if (by == LOCI_UNPRUNED)
        loci_kept_reached(kept, w->cutoff);
    else if (!loci_kept_apply(kept, cut->value, cut->kept))
        return loci_fail(error, LOCI_E_MISMATCH, "pruning",
                         "the cut of layer pair %u does not leave the %zu connections it should", l,
                         cut->kept);
    return LOCI_OK;
}

int loci_wires_prune(loci_wires *wires, loci_pool *pool, loci_error *error) {
    loci_wires_update(wires);
    int status = LOCI_OK;
    for (uint32_t l = 0; l < wires->count && status == LOCI_OK; l++)
        if (wires->network->pruned_by != LOCI_UNPRUNED || wires->pair[l].cutoff > 0)
            status = prune_pair(wires, l, pool, error);
    loci_wires_update(wires);
    return status;
}

void loci_wires_cut_unreached(loci_wires *wires) {
    for (size_t l = 0; l < wires->count && wires->pruned_by != LOCI_PRUNE_BY_RANGE; l++) {
        float cutoff = wires->pair[l].cutoff;
        float nothing = wires->pruned_by == LOCI_PRUNE_BY_WEIGHT ? 0 : cutoff;
        if (cutoff > 0 && wires->kept[l]->cut <= nothing)
            loci_kept_reached(wires->kept[l], nothing);
    }
}

int loci_wires_reach(loci_wires *wires, loci_pool *pool, loci_error *error) {
    bool cut = wires->pruned_by != LOCI_UNPRUNED && wires->pruned_by != LOCI_PRUNE_BY_RANGE;
    int status = LOCI_OK;
    for (size_t l = 0; l < wires->count && cut && status == LOCI_OK; l++) {
        const loci_wiring *w = &wires->pair[l];
        if (w->cutoff == 0)
            continue;
        status = loci_kept_measure(wires->kept[l], w, LOCI_RANK_NEARNESS, pool, error);
        if (status == LOCI_OK)
            loci_kept_leave_out(wires->kept[l], w->cutoff);
    }
    return status;
}

int loci_wires_recount(loci_network *network, loci_error *error) {
    loci_wires wires;
    int status = loci_wires_open(&wires, network, error);
    if (status == LOCI_OK)
        loci_wires_update(&wires);
    for (uint32_t l = 0; l < wires.count && status == LOCI_OK; l++) {
        status = open_kept(&wires, l, error);
        if (status == LOCI_OK)
            status = loci_kept_measure(wires.kept[l], &wires.pair[l], rank_of(network->pruned_by),
                                       NULL, error);
        if (status != LOCI_OK)
            break;
        loci_kept_reached(wires.kept[l], network->cut[l].value);
        network->cut[l].kept = wires.kept[l]->count;
    }
    loci_wires_close(&wires);
    return status;
}

size_t loci_wires_kept(const loci_wires *wires, size_t l, uint8_t *keep) {
    const loci_kept *kept = wires->kept[l];
    size_t n = wires->pair[l].n, m = wires->pair[l].m;
    for (size_t i = 0; keep != NULL && i < n; i++)
        if (kept == NULL)
            memset(keep + i * m, 1, m);
        else
            memcpy(keep + i * m, kept->keep + i * kept->ld, m);
    return kept == NULL ? n * m : kept->count;
}

/* How many of all connections a sparsity leaves. */
static size_t remaining(size_t all, double sparsity) {
    return all - (size_t)llround(sparsity * (double)all);
}

/* Layers differ in the scale of their weights, and what comes after makes up for it: over the whole
 * net, a weight is measured by the root mean square of its layer's. */
static float layer_factor(const loci_kept *kept, int by) {
    double sum = 0;
    if (by != LOCI_PRUNE_BY_WEIGHT)
        return 1;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++) {
            double strength = kept->strength[i * kept->ld + j];
            sum += strength * strength;
        }
    return sum > 0 ? (float)(1 / sqrt(sum / ((double)kept->n * (double)kept->m))) : 1;
}

/* How many connections each pair keeps. */
static int share_out(loci_wires *wires, double sparsity, int by, int scope, size_t *counts,
                     loci_pool *pool, loci_error *error) {
    float factor[LOCI_MAX_PAIRS];
    size_t all = 0;
    for (size_t l = 0; l < wires->count; l++) {
        size_t pair = wires->pair[l].n * wires->pair[l].m;
        counts[l] = remaining(pair, sparsity);
        all += pair;
    }
    if (scope == LOCI_PRUNE_SCOPE_LAYER)
        return LOCI_OK;
    for (size_t l = 0; l < wires->count; l++)
        factor[l] = layer_factor(wires->kept[l], by);
    return loci_kept_share(wires->kept, factor, wires->count, remaining(all, sparsity), counts,
                           pool, error);
}

int loci_wires_select(loci_wires *wires, double sparsity, int by, int scope, loci_pool *pool,
                      loci_error *error) {
    size_t counts[LOCI_MAX_PAIRS];
    int status = LOCI_OK;
    for (uint32_t l = 0; l < wires->count && status == LOCI_OK; l++) {
        status = open_kept(wires, l, error);
        if (status == LOCI_OK)
            status = loci_kept_measure(wires->kept[l], &wires->pair[l], rank_of(by), pool, error);
    }
    if (status == LOCI_OK)
        status = share_out(wires, sparsity, by, scope, counts, pool, error);
    for (uint32_t l = 0; l < wires->count && status == LOCI_OK; l++)
        status = loci_kept_select(wires->kept[l], counts[l], pool, error);
    wires->pruned_by = by;
    loci_wires_update(wires);
    return status;
}

void loci_wires_store(const loci_wires *wires, loci_network *network) {
    network->pruned_by = wires->pruned_by;
    for (size_t l = 0; l < wires->count; l++) {
        free(network->cut[l].set);
        network->cut[l] = (loci_cut){.value = wires->kept[l]->cut, .kept = wires->kept[l]->count};
    }
}

bool loci_wires_fan_out(const loci_wires *wires, size_t l, uint32_t *fan_out) {
    const loci_kept *kept = wires->kept[l];
    for (size_t i = 0; kept != NULL && i < kept->n; i++) {
        fan_out[i] = 0;
        for (size_t j = 0; j < kept->m; j++)
            fan_out[i] += kept->keep[i * kept->ld + j];
    }
    return kept != NULL;
}

/* Marks the receiving neurons that something reaches; returns whether there are any. */
static bool spread(const loci_kept *kept, const uint8_t *sending, uint8_t *receiving) {
    bool any = false;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; sending[i] != 0 && j < kept->m; j++)
            if (kept->keep[i * kept->ld + j] != 0)
                receiving[j] = 1, any = true;
    return any;
}

bool loci_wires_connected(const loci_wires *wires) {
    uint8_t *reached = NULL;
    bool connected = true;
    for (size_t l = 0; l < wires->count && connected; l++) {
        const loci_kept *kept = wires->kept[l];
        size_t n = wires->pair[l].n, m = wires->pair[l].m;
        uint8_t *before = reached;
        reached = calloc(m, 1);
        if (before == NULL && (before = malloc(n)) != NULL)
            memset(before, 1, n);
        connected = before != NULL && reached != NULL;
        if (connected && kept != NULL)
            connected = spread(kept, before, reached);
        else if (connected)
            memset(reached, 1, m);
        free(before);
    }
    free(reached);
    return connected;
}
