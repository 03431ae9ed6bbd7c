/* NIR delays the outputs of neurons, not connections. So connections that take different times go
 * in parallel: for each number of steps a Delay of all senders, and a matrix of what arrives then.
 */
#include "exchange/nir_wires.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/taps.h"

const char *loci_nir_enters(char name[LOCI_NIR_NAME], const loci_spec *spec, uint32_t layer) {
    bool one = loci_spec_fires(spec, layer) && spec->reset != LOCI_RESET_NONE;
    snprintf(name, LOCI_NIR_NAME, "%s%u", one ? "lif" : "li", layer);
    return name;
}

const char *loci_nir_leaves(char name[LOCI_NIR_NAME], const loci_spec *spec, uint32_t layer) {
    if (layer == 0)
        snprintf(name, LOCI_NIR_NAME, "input");
    else if (loci_spec_fires(spec, layer) && spec->reset == LOCI_RESET_NONE)
        snprintf(name, LOCI_NIR_NAME, "threshold%u", layer);
    else
        loci_nir_enters(name, spec, layer);
    return name;
}

/* What all nodes of a bundle have in common. */
typedef struct bundle {
    loci_nir *nir;
    size_t n, m;          /* neurons */
    size_t senders;       /* n, or all values of a sample: those without a neuron weigh nothing */
    const uint32_t *from; /* [n] which of them a neuron is; NULL = in order */
    const float *bias;    /* [m]; NULL = of a loop, which has none */
    double dt;
    uint32_t free_steps; /* what a loop takes by itself */
    char source[LOCI_NIR_NAME], target[LOCI_NIR_NAME];
} bundle;

/* A matrix stands row by receiving neuron. */
static float *turned(const bundle *b, const float *weights) {
    float *out = loci_alloc(b->m * b->senders, sizeof *out);
    for (size_t i = 0; out != NULL && i < b->n; i++) {
        size_t column = b->from != NULL ? b->from[i] : i;
        for (size_t j = 0; j < b->m; j++)
            out[j * b->senders + column] = weights[i * b->m + j];
    }
    return out;
}

/* Senders, a node of their weights [n, m], receivers. */
static int put_matrix(const bundle *b, const char *name, const char *source, bool biased,
                      const float *weights, loci_error *error) {
    const size_t shape[2] = {b->m, b->senders};
    float *matrix = turned(b, weights);
    if (matrix == NULL)
        return loci_fail_memory(error, "nir");
    hid_t node = loci_nir_node(b->nir, name, biased ? "Affine" : "Linear");
    loci_nir_floats(b->nir, node, "weight", 2, shape, matrix);
    if (biased)
        loci_nir_floats(b->nir, node, "bias", 1, &b->m, b->bias);
    loci_nir_end(b->nir, node);
    loci_nir_edge(b->nir, source, name);
    loci_nir_edge(b->nir, name, b->target);
    free(matrix);
    return LOCI_OK;
}

/* A Delay of all senders. */
static void put_delay(const bundle *b, const char *name, uint32_t steps) {
    hid_t node = loci_nir_node(b->nir, name, "Delay");
    loci_nir_uniform(b->nir, node, "delay", b->senders, (float)(steps * b->dt));
    loci_nir_end(b->nir, node);
    loci_nir_edge(b->nir, b->source, name);
}

/* What arrives `late` steps after it was sent. */
static int put_tap(const bundle *b, uint32_t layer, uint32_t late, bool biased,
                   const float *weights, loci_error *error) {
    bool loop = b->bias == NULL;
    char name[LOCI_NIR_NAME], delay[LOCI_NIR_NAME];
    if (biased)
        snprintf(name, sizeof name, "affine%u", layer);
    else
        snprintf(name, sizeof name, "%s%u_%u", loop ? "loop" : "linear", layer, late);
    snprintf(delay, sizeof delay, "%sdelay%u_%u", loop ? "loop" : "", layer, late);
    bool waits = late > b->free_steps;
    if (waits)
        put_delay(b, delay, late - b->free_steps);
    return put_matrix(b, name, waits ? delay : b->source, biased, weights, error);
}

/* All of them that carry anything; biases go with the first. */
static int put_taps(const bundle *b, loci_acting *acting, size_t p, uint32_t layer,
                    const char *path, loci_error *error) {
    loci_taps taps;
    bool biased = b->bias != NULL;
    int status = loci_taps_make(&taps, acting, p, path, error);
    if (status != LOCI_OK)
        return status;
    for (uint32_t k = 0; k < taps.count && status == LOCI_OK; k++) {
        bool last = biased && k + 1 == taps.count; /* none so far: biases need a place */
        if (!loci_tap_used(&taps, k) && !last)
            continue;
        status = put_tap(b, layer, taps.first + k, biased, loci_tap(&taps, k), error);
        biased = false;
    }
    free(taps.weight);
    return status;
}

int loci_nir_pair(loci_nir *nir, loci_acting *acting, uint32_t l, double dt, const char *path,
                  loci_error *error) {
    const loci_network *network = acting->network;
    const loci_wiring *w = &acting->wiring[l];
    float *weights;
    bundle b = {.nir = nir,
                .n = w->n,
                .m = w->m,
                .senders = l == 0 ? loci_spec_pixels(&network->spec) : w->n,
                .from = l == 0 ? network->pixels : NULL,
                .bias = loci_exchange_bias(network, l),
                .dt = dt};
    loci_nir_leaves(b.source, &network->spec, l);
    loci_nir_enters(b.target, &network->spec, l + 1);
    if (loci_taps_needed(acting, l))
        return put_taps(&b, acting, l, l + 1, path, error);
    int status = loci_exchange_weights(acting, l, path, &weights, error);
    if (status != LOCI_OK)
        return status;
    status = put_tap(&b, l + 1, 0, true, weights, error);
    free(weights);
    return status;
}

int loci_nir_loop(loci_nir *nir, loci_acting *acting, size_t p, double dt, const char *path,
                  loci_error *error) {
    const loci_network *network = acting->network;
    const loci_wiring *w = &acting->wiring[p];
    uint32_t layer = network->projection[p].from;
    bundle b = {.nir = nir, .n = w->n, .m = w->m, .senders = w->n, .dt = dt, .free_steps = 1};
    loci_nir_leaves(b.source, &network->spec, layer);
    loci_nir_enters(b.target, &network->spec, layer);
    return put_taps(&b, acting, p, layer, path, error);
}
