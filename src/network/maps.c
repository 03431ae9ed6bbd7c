/* What a specification says of maps, checked. */
#include "network/maps.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* A list of one number for all layers of maps, or one each; 0 is "as the one before". */
static int resolve_list(const loci_spec *spec, uint32_t *list, const char *name, uint32_t most,
                        loci_error *error) {
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        if (l >= spec->maps_count && list[l] != 0)
            return loci_fail(error, LOCI_E_ARGUMENT, name,
                             "%u values for %u layers of maps; give one number for all or one each",
                             l + 1, spec->maps_count);
        if (l > 0 && l < spec->maps_count && list[l] == 0)
            list[l] = list[l - 1];
        if (l < spec->maps_count && (list[l] < 1 || list[l] > most))
            return loci_fail(error, LOCI_E_ARGUMENT, name, "%u is not in 1..%u", list[l], most);
    }
    return LOCI_OK;
}

enum { MOST_WINDOW = 31, MOST_STEP = 8, MOST_MAPS = 4096 };

static int resolve_lists(loci_spec *spec, loci_error *error) {
    int status = resolve_list(spec, spec->window, "window", MOST_WINDOW, error);
    for (uint32_t l = 0; l < spec->maps_count && status == LOCI_OK; l++)
        if (spec->window[l] % 2 == 0)
            status = loci_fail(error, LOCI_E_ARGUMENT, "window",
                               "%u is even, and an arbor stands in the middle of its window; give "
                               "an odd number, for example %u",
                               spec->window[l], spec->window[l] + 1);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->pool, "pool", MOST_STEP, error);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->stride, "stride", MOST_STEP, error);
    return status;
}

/* Pooled so far and no further: the option that would have it. */
static int fail_pool(const loci_spec *spec, uint32_t l, const loci_maps *from, loci_error *error) {
    char pools[3 * LOCI_MAX_PAIRS];
    size_t used = 0;
    for (uint32_t k = 1; k <= spec->maps_count; k++)
        used += (size_t)snprintf(pools + used, sizeof pools - used, ",%u",
                                 k < l ? spec->pool[k - 1] : 1);
    return loci_fail(
        error, LOCI_E_ARGUMENT, "pool",
        "of squares of %u a side nothing is left on a grid of %u x %u places, in layer "
        "%u of maps; give fewer layers of maps, or --pool %s",
        spec->pool[l - 1], from->height, from->width, l, pools + 1);
}

static int check_grids(const loci_spec *spec, loci_error *error) {
    for (uint32_t l = 1; l <= spec->maps_count; l++) {
        loci_maps from, to;
        if (spec->maps[l - 1] < 1 || spec->maps[l - 1] > MOST_MAPS)
            return loci_fail(error, LOCI_E_ARGUMENT, "maps", "%u is not in 1..%d",
                             spec->maps[l - 1], MOST_MAPS);
        loci_spec_maps(spec, l - 1, &from);
        loci_spec_maps(spec, l, &to);
        if (to.height == 0 || to.width == 0)
            return fail_pool(spec, l, &from, error);
        if (loci_spec_layer_size(spec, l) > LOCI_MAX_NEURONS)
            return loci_fail(error, LOCI_E_ARGUMENT, "maps",
                             "%u maps of %u x %u places are more than %d neurons", to.count,
                             to.height, to.width, LOCI_MAX_NEURONS);
    }
    return LOCI_OK;
}

/* What maps cannot have. */
static int check_others(const loci_spec *spec, loci_error *error) {
    if (spec->inputs > 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "input",
                         "maps stand over a whole image, which has %zu values, not %u",
                         loci_spec_pixels(spec), spec->inputs);
    if (loci_spec_spikes(spec) && spec->recurrent)
        return loci_fail(error, LOCI_E_ARGUMENT, "recurrent",
                         "layers of maps are not wired to themselves; leave out one of the two");
    if (loci_spec_spikes(spec) && spec->delay != LOCI_DELAY_NONE)
        return loci_fail(error, LOCI_E_ARGUMENT, "delay",
                         "between maps spikes take no time; leave out one of the two");
    return LOCI_OK;
}

/* Whether the sites of maps can lie as they are to. */
static int check_sites(const loci_spec *spec, loci_error *error) {
    if (spec->planes == LOCI_PLANES_RELAXED)
        return loci_fail(error, LOCI_E_ARGUMENT, "planes",
                         "the sites of maps stand in planes; give --planes fixed or learned");
    if (spec->dim < 4)
        return loci_fail(error, LOCI_E_ARGUMENT, "dim",
                         "beside the image's two coordinates and the plane axis maps need one or "
                         "two to lie apart in; give --dim 5, or 4");
    if (spec->dendrite_sites[0] == 1 && spec->channels == 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "dendrite-sites",
                         "pixels have no charge, so the dendrites of the first maps need one: at "
                         "least 2 sites each");
    for (uint32_t l = 0; l <= spec->maps_count; l++)
        if (spec->axon_sites[l] > 1)
            return loci_fail(error, LOCI_E_ARGUMENT, "axon-sites",
                             "the neurons of a map send from where they stand, by one site; give 1 "
                             "for the first %u layer pairs",
                             spec->maps_count + 1);
    return LOCI_OK;
}

int loci_spec_resolve_maps(loci_spec *spec, const loci_spec *plain, loci_error *error) {
    if (spec->maps_count == 0) {
        memset(spec->maps, 0, sizeof spec->maps);
        memcpy(spec->window, plain->window, sizeof spec->window);
        memcpy(spec->pool, plain->pool, sizeof spec->pool);
        memcpy(spec->stride, plain->stride, sizeof spec->stride);
        return LOCI_OK;
    }
    for (uint32_t l = spec->maps_count; l < LOCI_MAX_HIDDEN; l++)
        spec->maps[l] = 0;
    int status = resolve_lists(spec, error);
    if (status == LOCI_OK)
        status = check_grids(spec, error);
    if (status == LOCI_OK)
        status = check_others(spec, error);
    if (status == LOCI_OK && spec->wiring == LOCI_WIRING_SPATIAL)
        status = check_sites(spec, error);
    spec->input = plain->input; /* an image under maps stands still */
    spec->extent = plain->extent;
    spec->noise = plain->noise;
    return status;
}
