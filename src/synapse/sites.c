/* Weights from positions and back on plain arrays: the public face of a wiring. */
#include <loci/projection.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "synapse/dense.h"
#include "synapse/whole.h"
#include "wiring/pair_law.h"

/* ---- what is asked for ---- */

static int check_number(const char *name, double value, double low, double high,
                        loci_error *error) {
    if (value >= low && value <= high) /* a NaN is not */
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, name, "%g is not in %g..%g", value, low, high);
}

static int check(const loci_sites *x, loci_error *error) {
    const struct {
        const char *name;
        double value, low, high;
    } numbers[] = {
        {"n", (double)x->n, 1, 1 << 24},
        {"m", (double)x->m, 1, 1 << 24},
        {"axon sites", (double)x->axon_sites, 1, 64},
        {"dendrite sites", (double)x->dendrite_sites, 1, 64},
        {"coordinates", (double)x->coordinates, 1, 64},
        {"law", x->law, 0, LOCI_LAWS - 1},
        {"length", loci_law_has_length(x->law) ? x->length : 1, 1e-6, 1e6},
        {"range", x->range > 0 ? x->range : 1, 1e-6, 1e9},
        {"gap", x->gap, -1e6, 1e6},
        {"softening", x->softening, 0, 1e6},
        {"scale", x->scale, -1e30, 1e30},
    };
    int status = LOCI_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == LOCI_OK; i++)
        status =
            check_number(numbers[i].name, numbers[i].value, numbers[i].low, numbers[i].high, error);
    return status;
}

static loci_wiring wiring_of(const loci_sites *x) {
    loci_wiring w = {
        .n = x->n,
        .m = x->m,
        .axons = x->axon_sites,
        .dendrites = x->dendrite_sites,
        .coordinates = x->coordinates,
        .p = x->axon_position,
        .c = x->axon_charge,
        .q = x->dendrite_position,
        .e = x->dendrite_charge,
        .base = (float)(x->gap * x->gap + x->softening * x->softening),
        .scale = (float)x->scale,
    };
    loci_wiring_set_law(&w, x->law, loci_law_has_length(x->law) ? (float)x->length : 0,
                        x->range > 0 ? (float)(1 / x->range) : 0);
    return w;
}

int loci_sites_weights(const loci_sites *sites, loci_pool *pool, float *weights,
                       loci_error *error) {
    int status = check(sites, error);
    if (status != LOCI_OK)
        return status;
    const loci_wiring w = wiring_of(sites);
    return loci_whole_weights(&w, pool, weights, error);
}

/* ---- backward ---- */

static void clear(float *array, size_t count) {
    if (array != NULL)
        memset(array, 0, count * sizeof *array);
}

/* From what the tiles add up to, to what weights follow from. The scale acts through its logarithm
 * in there. */
static void finish(const loci_sites *x, const loci_wiring *w, const loci_pair_sums *sums,
                   loci_sites_gradient *out) {
    out->gap = -x->gap * sums->slope;
    out->scale = x->scale != 0 ? sums->value / x->scale : 0;
    out->length = loci_law_has_length(x->law) ? sums->length : 0;
    out->range = x->range > 0 ? loci_wiring_range_gradient(w, sums, x->range) : 0;
}

int loci_sites_backward(const loci_sites *sites, loci_pool *pool, const float *weight_gradient,
                        loci_sites_gradient *gradient, loci_error *error) {
    loci_dense *dense;
    int status = check(sites, error);
    if (status != LOCI_OK)
        return status;
    const loci_wiring w = wiring_of(sites);
    status = loci_dense_create(&dense, &w, false, false, pool, error);
    if (status != LOCI_OK)
        return status;
    clear(gradient->axon_position, w.n * w.axons * w.coordinates);
    clear(gradient->axon_charge, w.n * w.axons);
    clear(gradient->dendrite_position, w.m * w.dendrites * w.coordinates);
    clear(gradient->dendrite_charge, w.m * w.dendrites);
    loci_wiring_gradient out = {.p = gradient->axon_position,
                                .c = gradient->axon_charge,
                                .q = gradient->dendrite_position,
                                .e = gradient->dendrite_charge};
    loci_dense_contract(dense, &w, weight_gradient, &out, pool);
    finish(sites, &w, &out.sums, gradient);
    loci_dense_free(dense);
    return LOCI_OK;
}
