/* Small networks of every kind, to be pruned. */
#ifndef LOCI_TESTS_PRUNE_FIXTURE_H
#define LOCI_TESTS_PRUNE_FIXTURE_H

#include "spiking_fixture.h"

#include "compare.h"

#include <loci/prepared.h>
#include <loci/prune.h>
#include <math.h>

enum { SIDE = 6, PIXELS = SIDE * SIDE, CLASSES = 4 };

/* Spiking unless they say otherwise. */
static const char *const prune_nets[] = {
    "neuron=relu hidden=20,12 input=grid axon-sites=1,2 dendrite-sites=4,2 gap=0.2",
    "neuron=relu hidden=18,11 sign=mask scale=one planes=learned logit-scale=0.1",
    "neuron=relu hidden=16 input=sheet dendrite-sites=3,2 gap=0.3",
    "channels=3 neuron=relu hidden=16 input=sheet sign=mask dendrite-sites=3,2 gap=0.3",
    "neuron=relu hidden=70 planes=relaxed dim=4 axon-sites=2 dendrite-sites=2",
    "neuron=relu hidden=9 dim=9 sign=mask dendrite-sites=2,1",
    "neuron=relu hidden=15,9 wiring=dense",
    "hidden=20,14 time-steps=6 threshold=0.4 axon-sites=1,2 dendrite-sites=3,2 gap=0.2",
    "hidden=17,9 time-steps=5 threshold=0.4 readout=count wiring=dense coding=latency reset=zero",
};
enum {
    PRUNE_NETS = sizeof prune_nets / sizeof *prune_nets,
    PRUNE_STORED = 6, /* conventional, and no spiking one */
    PRUNE_SPIKING = 7 /* from here on all spike */
};

static const char *const prune_names[] = {"distance", "weight", "range"};
static const double prune_shares[] = {0.2, 0.5, 0.8, 0.9};
enum { PRUNE_WAYS = 3, PRUNE_SHARES = 4 };

/* A network with parameters off their start, so that biases have a say. */
static inline loci_network *prune_make(const char *options, uint64_t seed) {
    return fixture_network(SIDE, SIDE, CLASSES, options, seed);
}

static inline bool prune_stored(const loci_network *network) {
    return network->spec.wiring == LOCI_WIRING_DENSE;
}

static inline void prune_cut(loci_network *network, double sparsity, int by, int scope) {
    loci_error error = {0};
    if (loci_network_prune(network, sparsity, by, scope, NULL, &error) != LOCI_OK)
        fail_msg("%g by %s: %s: %s", sparsity, prune_names[by], error.where, error.message);
}

/* A network that is cut. */
static inline loci_network *prune_made(const char *options, uint64_t seed, double sparsity,
                                       int by) {
    loci_network *network = prune_make(options, seed);
    prune_cut(network, sparsity, by, LOCI_PRUNE_SCOPE_LAYER);
    return network;
}

static inline size_t prune_count(const loci_network *network) {
    size_t count;
    loci_error error = {0};
    if (loci_network_count_kept(network, &count, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return count;
}

/* [count, PIXELS], about a third of them 0; free() them. */
static inline float *prune_inputs(size_t count, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 40};
    float *x = loci_alloc(count * PIXELS, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count * PIXELS; i++)
        if (loci_random_below(&stream, 2 * i, 3) > 0)
            x[i] = (float)loci_random_uniform(&stream, 2 * i + 1);
    return x;
}

static inline void prune_run(const loci_network *network, const float *x, size_t count,
                             float *logits) {
    loci_error error = {0};
    if (loci_network_run(network, NULL, x, count, logits, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
}

/* Fails unless all of a are within a share of the largest |b| of b. */
static inline void prune_assert_near(const char *name, const float *a, const float *b, size_t count,
                                     double share) {
    double largest = largest_of_floats(b, count);
    if (!(largest > 0))
        fail_msg("%s: all zeros would be near anything", name);
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(a[i] - b[i]) <= share * largest))
            fail_msg("%s: output %zu is %.9g instead of %.9g", name, i, (double)a[i], (double)b[i]);
}

#endif
