/* Weights in floats, by the operations of the C source: where that computes them from positions,
 * the connections it keeps must be the network's. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codegen/export.h"
#include "codegen/law_real.h"
#include "network/kept.h"

/* Squared distance of two sites, softening included. */
static float squared_distance(const loci_wiring *w, size_t ia, size_t jb) {
    float sum = w->base;
    for (size_t x = 0; x < w->coordinates; x++) {
        float d = w->p[ia * w->coordinates + x] - w->q[jb * w->coordinates + x];
        sum += d * d;
    }
    return sum;
}

/* What axon site ia brings to the weight between its neuron and receiver j. */
static float weight_of_site(const loci_wiring *w, size_t ia, size_t j) {
    float sum = 0;
    for (size_t jb = j * w->dendrites; jb < (j + 1) * w->dendrites; jb++) {
        float closeness = loci_codegen_law_real(w, squared_distance(w, ia, jb)) - w->cutoff;
        if (closeness > 0)
            sum += w->e != NULL ? w->e[jb] * closeness : closeness;
    }
    return w->c != NULL ? w->c[ia] * sum : sum;
}

static bool is_kept(const loci_export *export, uint32_t l, size_t i, size_t j, float weight) {
    const loci_wiring *w = &export->acting.wiring[l];
    if (l >= export->pairs)
        return i != j; /* a layer to itself */
    if (export->acting.pruned_by == LOCI_PRUNE_BY_WEIGHT)
        return fabsf(weight) > export->network->cut[l].value;
    if (export->acting.pruned_by != LOCI_PRUNE_BY_DISTANCE)
        return true;
    for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
        for (size_t jb = j * w->dendrites; jb < (j + 1) * w->dendrites; jb++)
            if (squared_distance(w, ia, jb) <= export->pair[l].real.near)
                return true;
    return false;
}

/* Weights from positions, scale left out; how many are kept. */
static size_t compute(loci_export *export, uint32_t l) {
    const loci_wiring *w = &export->acting.wiring[l];
    float *weights = export->pair[l].real.w;
    size_t count = 0;
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++) {
            float weight = 0;
            for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
                weight += weight_of_site(w, ia, j);
            bool keep = is_kept(export, l, i, j, weight);
            weights[i * w->m + j] = keep ? weight : 0;
            count += keep;
        }
    return count;
}

/* Weights as they act, scale included. */
static int copy(loci_export *export, uint32_t p, loci_error *error) {
    loci_codegen_pair *pair = &export->pair[p];
    int status = export->delays ? loci_codegen_expand_taps(export, p, error)
                                : loci_acting_weights(&export->acting, p, pair->real.w, error);
    for (size_t k = 0; status == LOCI_OK && export->delays && k < pair->n * pair->width; k++)
        pair->real.w[k] *= export->acting.wiring[p].scale;
    for (size_t i = 0; status == LOCI_OK && pair->own && i < pair->n; i++)
        pair->real.w[i * pair->width + i] = 0;
    return status;
}

int loci_codegen_expand_real(loci_export *export, uint32_t p, loci_error *error) {
    const loci_wiring *w = &export->acting.wiring[p];
    loci_pair_real *real = &export->pair[p].real;
    bool loop = p >= export->pairs;
    real->scale = 1;
    real->spike = 1;
    if (export->fixed || export->options.mode != LOCI_EXPORT_POSITIONS)
        return copy(export, p, error);
    double cut = loop ? 0 : export->network->cut[p].value;
    real->near = (float)fmin(cut > 0 ? 1 / (cut * cut) : INFINITY, FLT_MAX); /* C has no infinity */
    real->scale = w->scale;
    if (loop)
        real->spike = w->scale / export->pair[p - export->pairs].real.scale;
    if (export->delays)
        return loci_codegen_expand_taps(export, p, error);
    size_t kept = compute(export, p);
    bool cut_off = !loop && (export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE ||
                             export->acting.pruned_by == LOCI_PRUNE_BY_WEIGHT);
    size_t expected = cut_off ? loci_kept_count(&export->acting, p, NULL) : kept;
    if (cut_off && kept != expected)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "connections of layer %u lie so near the cut that positions would keep "
                         "%zu of them, not %zu; use --mode pruned",
                         p + 1, kept, expected);
    return LOCI_OK;
}
