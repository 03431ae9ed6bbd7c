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

static float *take(loci_acting *acting, size_t rows, size_t columns, bool *lost) {
    float *array = loci_alloc(rows, columns * sizeof *array);
    acting->bytes += rows * columns * sizeof *array;
    *lost |= array == NULL;
    return array;
}

int loci_acting_open(loci_acting *acting, const loci_network *network, loci_error *error) {
    *acting = (loci_acting){.network = network,
                            .count = network->spec.hidden_count + 1,
                            .pruned_by = network->pruned_by};
    bool masked = network->spec.sign == LOCI_SIGN_MASK, lost = false;
    for (uint32_t l = 0; l < acting->count; l++) {
        const loci_pair_views *v = &network->views[l];
        const loci_wiring *w = &acting->pair[l];
        acting->pair[l] = shape_of(network, l);
        if (masked && v->axon_charge != LOCI_NONE)
            acting->axon_charge[l] = take(acting, w->n, w->axons, &lost);
        if (masked && v->dendrite_charge != LOCI_NONE)
            acting->dendrite_charge[l] = take(acting, w->m, w->dendrites, &lost);
    }
    return lost ? loci_fail_memory(error, "network") : LOCI_OK;
}

void loci_acting_close(loci_acting *acting) {
    for (size_t l = 0; l < acting->count; l++) {
        free(acting->axon_charge[l]);
        free(acting->dendrite_charge[l]);
        loci_selection_free(acting->selection[l]);
    }
    *acting = (loci_acting){0};
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
static float cutoff_of(const loci_acting *acting, uint32_t l) {
    const loci_network *network = acting->network;
    size_t at = network->views[l].range;
    if (acting->pruned_by == LOCI_PRUNE_BY_RANGE) {
        float cut =
            acting->selection[l] != NULL ? acting->selection[l]->cut : network->cut[l].value;
        return cut > 0 ? cut : 0;
    }
    double range = at != LOCI_NONE ? fabs((double)network->parameters[at]) : network->spec.range[l];
    return range < 0 ? 0 : (float)(1 / fmax(range, 1e-6));
}

void loci_acting_update(loci_acting *acting) {
    const loci_network *network = acting->network;
    const loci_spec *spec = &network->spec;
    const float *parameters = network->parameters;
    for (uint32_t l = 0; l < acting->count; l++) {
        const loci_pair_views *v = &network->views[l];
        loci_wiring *w = &acting->pair[l];
        const loci_selection *kept = acting->selection[l];
        w->mask = kept != NULL && acting->pruned_by != LOCI_PRUNE_BY_RANGE ? kept->mask : NULL;
        if (w->weight != NULL)
            continue;
        w->p = v->axon_position == LOCI_NONE ? network->sheet : parameters + v->axon_position;
        w->q = parameters + v->dendrite_position;
        w->c = act(network, v->axon_charge, w->n * w->axons, acting->axon_charge[l]);
        w->e = act(network, v->dendrite_charge, w->m * w->dendrites, acting->dendrite_charge[l]);
        double gap = spec->planes == LOCI_PLANES_RELAXED ? 0
                     : v->gap == LOCI_NONE               ? spec->gap[l]
                                                         : parameters[v->gap];
        w->base = (float)(gap * gap + spec->softening * spec->softening);
        w->scale = v->log_scale == LOCI_NONE ? 1 : expf(parameters[v->log_scale]);
        w->cutoff = cutoff_of(acting, l);
    }
}

/* ---- kept sets ---- */

static int open_kept(loci_acting *acting, uint32_t l, loci_error *error) {
    const loci_wiring *w = &acting->pair[l];
    if (acting->selection[l] != NULL)
        return LOCI_OK;
    int status = loci_selection_create(&acting->selection[l], w->n, w->m, error);
    if (status == LOCI_OK)
        acting->bytes += loci_selection_bytes(acting->selection[l]);
    return status;
}

static enum loci_rank rank_of(int by) {
    return by == LOCI_PRUNE_BY_WEIGHT ? LOCI_RANK_MAGNITUDE : LOCI_RANK_NEARNESS;
}

static int prune_pair(loci_acting *acting, uint32_t l, loci_pool *pool, loci_error *error) {
    const loci_network *network = acting->network;
    const loci_cut *cut = &network->cut[l];
    const loci_wiring *w = &acting->pair[l];
    int by = network->pruned_by;
    int status = open_kept(acting, l, error);
    if (status != LOCI_OK)
        return status;
    loci_selection *kept = acting->selection[l];
    if (by == LOCI_PRUNE_BY_SET) {
        loci_kept_from_bitmap(kept, cut->set);
        return LOCI_OK;
    }
    status = loci_selection_measure(kept, w, by == LOCI_UNPRUNED ? LOCI_RANK_NEARNESS : rank_of(by),
                                    pool, error);
    if (status != LOCI_OK)
        return status;
    if (by == LOCI_UNPRUNED)
        loci_selection_reached(kept, w->cutoff);
    else if (!loci_selection_apply(kept, cut->value, cut->kept))
        return loci_fail(error, LOCI_E_MISMATCH, "pruning",
                         "the cut of layer pair %u does not leave the %zu connections it should", l,
                         cut->kept);
    return LOCI_OK;
}

int loci_acting_prune(loci_acting *acting, loci_pool *pool, loci_error *error) {
    loci_acting_update(acting);
    int status = LOCI_OK;
    for (uint32_t l = 0; l < acting->count && status == LOCI_OK; l++)
        if (acting->network->pruned_by != LOCI_UNPRUNED || acting->pair[l].cutoff > 0)
            status = prune_pair(acting, l, pool, error);
    loci_acting_update(acting);
    return status;
}

void loci_acting_cut_unreached(loci_acting *acting) {
    for (size_t l = 0; l < acting->count && acting->pruned_by != LOCI_PRUNE_BY_RANGE; l++) {
        float cutoff = acting->pair[l].cutoff;
        float nothing = acting->pruned_by == LOCI_PRUNE_BY_WEIGHT ? 0 : cutoff;
        if (cutoff > 0 && acting->selection[l]->cut <= nothing)
            loci_selection_reached(acting->selection[l], nothing);
    }
}

int loci_acting_reach(loci_acting *acting, loci_pool *pool, loci_error *error) {
    bool cut = acting->pruned_by != LOCI_UNPRUNED && acting->pruned_by != LOCI_PRUNE_BY_RANGE;
    int status = LOCI_OK;
    for (size_t l = 0; l < acting->count && cut && status == LOCI_OK; l++) {
        const loci_wiring *w = &acting->pair[l];
        if (w->cutoff == 0)
            continue;
        status = loci_selection_measure(acting->selection[l], w, LOCI_RANK_NEARNESS, pool, error);
        if (status == LOCI_OK)
            loci_kept_leave_out(acting->selection[l], w->cutoff);
    }
    return status;
}

int loci_acting_recount(loci_network *network, loci_error *error) {
    loci_acting acting;
    int status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK)
        loci_acting_update(&acting);
    for (uint32_t l = 0; l < acting.count && status == LOCI_OK; l++) {
        status = open_kept(&acting, l, error);
        if (status == LOCI_OK)
            status = loci_selection_measure(acting.selection[l], &acting.pair[l],
                                            rank_of(network->pruned_by), NULL, error);
        if (status != LOCI_OK)
            break;
        loci_selection_reached(acting.selection[l], network->cut[l].value);
        network->cut[l].kept = acting.selection[l]->count;
    }
    loci_acting_close(&acting);
    return status;
}

size_t loci_acting_kept(const loci_acting *acting, size_t l, uint8_t *mask) {
    const loci_selection *kept = acting->selection[l];
    size_t n = acting->pair[l].n, m = acting->pair[l].m;
    for (size_t i = 0; mask != NULL && i < n; i++)
        if (kept == NULL)
            memset(mask + i * m, 1, m);
        else
            memcpy(mask + i * m, kept->mask + i * kept->ld, m);
    return kept == NULL ? n * m : kept->count;
}

/* How many of all connections a sparsity leaves. */
static size_t remaining(size_t all, double sparsity) {
    return all - (size_t)llround(sparsity * (double)all);
}

/* Layers differ in the scale of their weights, and what comes after makes up for it: over the whole
 * net, a weight is measured by the root mean square of its layer's. */
static float layer_factor(const loci_selection *kept, int by) {
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
static int share_out(loci_acting *acting, double sparsity, int by, int scope, size_t *counts,
                     loci_pool *pool, loci_error *error) {
    float factor[LOCI_MAX_PAIRS];
    size_t all = 0;
    for (size_t l = 0; l < acting->count; l++) {
        size_t pair = acting->pair[l].n * acting->pair[l].m;
        counts[l] = remaining(pair, sparsity);
        all += pair;
    }
    if (scope == LOCI_PRUNE_SCOPE_LAYER)
        return LOCI_OK;
    for (size_t l = 0; l < acting->count; l++)
        factor[l] = layer_factor(acting->selection[l], by);
    return loci_selection_share(acting->selection, factor, acting->count, remaining(all, sparsity),
                                counts, pool, error);
}

int loci_acting_select(loci_acting *acting, double sparsity, int by, int scope, loci_pool *pool,
                       loci_error *error) {
    size_t counts[LOCI_MAX_PAIRS];
    int status = LOCI_OK;
    for (uint32_t l = 0; l < acting->count && status == LOCI_OK; l++) {
        status = open_kept(acting, l, error);
        if (status == LOCI_OK)
            status = loci_selection_measure(acting->selection[l], &acting->pair[l], rank_of(by),
                                            pool, error);
    }
    if (status == LOCI_OK)
        status = share_out(acting, sparsity, by, scope, counts, pool, error);
    for (uint32_t l = 0; l < acting->count && status == LOCI_OK; l++)
        status = loci_selection_select(acting->selection[l], counts[l], pool, error);
    acting->pruned_by = by;
    loci_acting_update(acting);
    return status;
}

void loci_acting_store(const loci_acting *acting, loci_network *network) {
    network->pruned_by = acting->pruned_by;
    for (size_t l = 0; l < acting->count; l++) {
        free(network->cut[l].set);
        network->cut[l] =
            (loci_cut){.value = acting->selection[l]->cut, .kept = acting->selection[l]->count};
    }
}

bool loci_acting_fan_out(const loci_acting *acting, size_t l, uint32_t *fan_out) {
    const loci_selection *kept = acting->selection[l];
    for (size_t i = 0; kept != NULL && i < kept->n; i++) {
        fan_out[i] = 0;
        for (size_t j = 0; j < kept->m; j++)
            fan_out[i] += kept->mask[i * kept->ld + j];
    }
    return kept != NULL;
}

/* Marks the receiving neurons that something reaches; returns whether there are any. */
static bool spread(const loci_selection *kept, const uint8_t *sending, uint8_t *receiving) {
    bool any = false;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; sending[i] != 0 && j < kept->m; j++)
            if (kept->mask[i * kept->ld + j] != 0)
                receiving[j] = 1, any = true;
    return any;
}

bool loci_acting_connected(const loci_acting *acting) {
    uint8_t *reached = NULL;
    bool connected = true;
    for (size_t l = 0; l < acting->count && connected; l++) {
        const loci_selection *kept = acting->selection[l];
        size_t n = acting->pair[l].n, m = acting->pair[l].m;
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
