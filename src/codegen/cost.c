/* What it costs when a neuron sends: products, and values of the law of distance (roots, of the
 * inverse law) where weights are computed. */
#include <string.h>

#include "codegen/measure.h"
#include "network/maps.h"
#include "wiring/wiring.h"

/* Of a pair's weights those that are not 0. */
static bool is_there(const loci_export *export, const loci_codegen_pair *pair, size_t at) {
    return export->fixed ? pair->fixed.w[at] != 0 : pair->real.w[at] != 0;
}

/* Site pairs of finite range that meet; they are counted on the network's own positions. */
static uint64_t count_near(const loci_wiring *w, size_t i) {
    uint64_t count = 0;
    for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            float square = w->base;
            for (size_t x = 0; x < w->coordinates; x++) {
                float d = w->p[ia * w->coordinates + x] - w->q[jb * w->coordinates + x];
                square += d * d;
            }
            count += square * w->inverse_range * w->inverse_range < 1;
        }
    return count;
}

static void cost_of_places(loci_export *export, uint32_t l, size_t i, uint64_t there) {
    const loci_wiring *w = &export->acting.wiring[l];
    loci_codegen_pair *pair = &export->pair[l];
    uint64_t sites = (uint64_t)w->axons * w->dendrites, all = sites * w->m, roots = all;
    if (export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE)
        roots = there * sites;
    else if (w->inverse_range > 0)
        roots = count_near(w, i);
    /* distances, charges of dendrites, charges of axons and what is sent; what takes time has its
     * own charge of an axon, the length's line and pace, a share, and two of what is sent */
    uint64_t each =
        (loci_codegen_has_dendrite_charges(export) ? 1u : 0u) + (export->delays ? 6u : 0u);
    pair->roots[i] = roots;
    pair->products[i] =
        all * w->coordinates + roots * each + (export->delays ? 0 : 2 * (uint64_t)w->m * w->axons);
}

/* Of a stencil's row: it is made once a run, and then as if it were stored. */
static void cost_of_stencil(loci_export *export, uint32_t l, size_t i) {
    loci_codegen_pair *pair = &export->pair[l];
    export->preparing.multiply_adds += (double)pair->products[i];
    export->preparing.roots += (double)pair->roots[i];
    pair->products[i] = pair->m;
    pair->roots[i] = 0;
}

void loci_codegen_cost(loci_export *export) {
    for (uint32_t l = 0; l < export->projections; l++) {
        loci_codegen_pair *pair = &export->pair[l];
        for (size_t i = 0; i < pair->n; i++) {
            uint64_t there = 0;
            for (size_t j = 0; j < pair->width; j++)
                there += is_there(export, pair, i * pair->width + j);
            pair->roots[i] = 0;
            if (export->options.mode == LOCI_EXPORT_POSITIONS)
                cost_of_places(export, l, i, there);
            else if (export->options.mode == LOCI_EXPORT_PRUNED)
                pair->products[i] = (uint64_t)(pair->lists.start[i + 1] - pair->lists.start[i]);
            else
                pair->products[i] = pair->width;
            if (export->options.mode == LOCI_EXPORT_POSITIONS && loci_has_stencil(export->spec, l))
                cost_of_stencil(export, l, i);
        }
    }
}
