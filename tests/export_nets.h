/* The networks that test_export_c.c exports. */
#ifndef LOCI_TESTS_EXPORT_NETS_H
#define LOCI_TESTS_EXPORT_NETS_H

#include "prune_fixture.h"

#include <math.h>

#include <loci/codegen.h>

#include "rounding_fixture.h"

enum { MOST_PIXELS = 64 };

/* What is done to a network before it is exported. */
/* LITTLE: by distance, and of the last pair nothing goes. */
enum treatment { WHOLE, DISTANCE, WEIGHT, RANGE, LITTLE, FROZEN, SHRUNK, ROUNDED, UNITS };

static const struct {
    const char *options;
    uint32_t height, width;
    enum treatment treatment;
} nets[] = {
    {"neuron=relu hidden=0 dendrite-sites=3", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9 sign=mask scale=one tied=yes planes=learned gap=1 steepness=10 "
     "logit-scale=0.01",
     SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9 sign=mask scale=one tied=yes planes=relaxed dim=3", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=8,7 input=grid axon-sites=1,2,2 dendrite-sites=5,3,2 gap=0.1,0.2", SIDE,
     SIDE, WHOLE},
    {"neuron=relu hidden=7,6,5,4 dim=5 axon-sites=2 dendrite-sites=2", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=8 dim=2 dendrite-sites=4,1 planes=learned", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=8 dim=33 dendrite-sites=2,1 sign=mask", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9 input=sheet axon-sites=1,2 dendrite-sites=4,3", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9 input=sheet dendrite-sites=3,1 planes=relaxed dim=4", 3, 7, WHOLE},
    {"neuron=relu hidden=9 range=1.2,-1 dendrite-sites=3,2 gap=0.3", SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9 range=1.5 train-range=layer planes=relaxed dim=3 softening=0.2", SIDE,
     SIDE, WHOLE},
    {"neuron=relu hidden=20,9 dendrite-sites=3,2 axon-sites=1,2 gap=0.3", SIDE, SIDE, DISTANCE},
    {"neuron=relu hidden=20,9 dendrite-sites=3,2 axon-sites=1,2 gap=0.3", SIDE, SIDE, WEIGHT},
    {"neuron=relu hidden=20,9 dendrite-sites=3,2 axon-sites=1,2 gap=0.3", SIDE, SIDE, RANGE},
    {"neuron=relu hidden=20 dendrite-sites=3,2 gap=0.3 range=2", SIDE, SIDE, DISTANCE},
    {"neuron=relu hidden=9 dendrite-sites=3,2 gap=0.3", SIDE, SIDE, LITTLE},
    {"neuron=relu hidden=14 input=sheet dendrite-sites=4,2", SIDE, SIDE, FROZEN},
    {"neuron=relu hidden=14 input=sheet dendrite-sites=4,2", SIDE, SIDE, SHRUNK},
    {"neuron=relu hidden=14 sign=mask tied=yes", SIDE, SIDE, SHRUNK},
    {"neuron=relu wiring=dense hidden=0", 1, 5, WHOLE},
    {"neuron=relu wiring=dense hidden=11,5 logit-scale=0.5", SIDE, SIDE, WHOLE},
    {"neuron=relu wiring=dense hidden=700", 1, 5, WEIGHT}, /* steps of more than a byte */
    {"hidden=12 time-steps=10 dendrite-sites=4,1 threshold=0.4", SIDE, SIDE, WHOLE},
    {"hidden=12,9 time-steps=6 coding=latency readout=count reset=zero threshold=0.3 "
     "axon-sites=1,2 dendrite-sites=3,2",
     SIDE, SIDE, WHOLE},
    {"hidden=12 time-steps=7 readout=membrane-last reset=none train-beta=neuron "
     "train-threshold=neuron dendrite-sites=3",
     SIDE, SIDE, WHOLE},
    {"hidden=12 time-steps=7 readout=count train-beta=layer train-threshold=neuron tied=yes", SIDE,
     SIDE, WHOLE},
    {"hidden=12 time-steps=5 readout=membrane-max input=sheet dendrite-sites=4,2 threshold=0.3",
     SIDE, SIDE, DISTANCE},
    {"hidden=0 time-steps=5 readout=count dendrite-sites=3", SIDE, SIDE, WHOLE},
    {"hidden=0 time-steps=1 coding=latency", SIDE, SIDE, WHOLE},
    {"wiring=dense hidden=10,6 time-steps=8 coding=latency train-threshold=layer", SIDE, SIDE,
     WHOLE},
    {"wiring=dense hidden=10 time-steps=25 reset=zero", SIDE, SIDE, WEIGHT},
    /* laws of distance, activations */
    {"neuron=relu hidden=9 law=inverse-square dendrite-sites=3,2 axon-sites=1,2 gap=0.3", SIDE,
     SIDE, WHOLE},
    {"neuron=relu hidden=9 law=inverse-square range=0.5,1.5 gap=0.3 input=sheet dendrite-sites=9,4",
     SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=9,8 law=exponential length=0.7,2,1 dendrite-sites=3,2,1 gap=0.3", SIDE,
     SIDE, WHOLE},
    {"neuron=relu hidden=9 law=exponential train-length=layer range=2 train-range=layer "
     "planes=learned dendrite-sites=3,2",
     SIDE, SIDE, WHOLE},
    {"neuron=relu hidden=20,9 law=gaussian length=1.5 dendrite-sites=3,2 axon-sites=1,2", SIDE,
     SIDE, WEIGHT},
    {"neuron=relu hidden=9 law=gaussian length=0.8 range=2.5 dendrite-sites=3,2", SIDE, SIDE,
     WHOLE},
    {"neuron=relu hidden=9 law=gaussian sign=mask scale=one tied=yes planes=relaxed dim=3", SIDE,
     SIDE, DISTANCE},
    {"hidden=12 time-steps=5 law=inverse-square dendrite-sites=4,1 threshold=0.4", SIDE, SIDE,
     WHOLE},
    {"hidden=12 time-steps=5 law=inverse-square range=1.5 gap=0.3 dendrite-sites=4,1 "
     "threshold=0.3",
     SIDE, SIDE, WHOLE},
    {"hidden=12 time-steps=6 coding=latency law=exponential dendrite-sites=3,2 threshold=0.3", SIDE,
     SIDE, WHOLE},
    {"hidden=12 time-steps=5 law=exponential length=1.2 range=2 dendrite-sites=3,2 threshold=0.3",
     SIDE, SIDE, WHOLE},
    {"hidden=12 time-steps=5 law=gaussian train-length=layer input=sheet dendrite-sites=4,2 "
     "threshold=0.3",
     SIDE, SIDE, WHOLE},
    {"hidden=12 time-steps=5 law=gaussian dendrite-sites=3,2 threshold=0.3", SIDE, SIDE, RANGE},
    {"neuron=relu activation=leaky-relu hidden=9,8 dendrite-sites=3,2,1", SIDE, SIDE, WHOLE},
    {"neuron=relu activation=tanh hidden=9,8,7 dendrite-sites=3,2,1,2 logit-scale=0.5", SIDE, SIDE,
     WHOLE},
    {"neuron=relu activation=gelu hidden=9 input=sheet dendrite-sites=4,2", SIDE, SIDE, WHOLE},
    {"neuron=relu activation=sine hidden=9,8 sign=mask tied=yes", SIDE, SIDE, WHOLE},
    {"neuron=relu activation=gelu wiring=dense hidden=11,5", SIDE, SIDE, WEIGHT},
    /* regressors */
    {"task=regress neuron=relu hidden=9,8 dendrite-sites=3,2,1", SIDE, SIDE, WHOLE},
    {"task=regress neuron=relu hidden=0 dendrite-sites=3 logit-scale=0.5", SIDE, SIDE, WHOLE},
    {"task=regress neuron=relu hidden=12 activation=tanh dendrite-sites=2", SIDE, SIDE, DISTANCE},
    {"task=regress hidden=12 time-steps=10 dendrite-sites=4,1 threshold=0.4", SIDE, SIDE, WHOLE},
    {"task=regress hidden=12 time-steps=5 coding=latency readout=membrane-max threshold=0.3", SIDE,
     SIDE, WHOLE},
    {"task=regress wiring=dense hidden=10 time-steps=5 readout=membrane-last logit-scale=0.5", SIDE,
     SIDE, WHOLE},
    /* maps */
    {"neuron=relu maps=2,3 window=3 hidden=0 dim=5 dendrite-sites=3 gap=0.3", 6, 6, WHOLE},
    {"neuron=relu maps=3 window=5 hidden=4 dim=4 dendrite-sites=4,2,3 gap=0.3", 5, 7, WHOLE},
    {"neuron=relu maps=2,2 stride=2 pool=1 window=3 hidden=0 dim=5 dendrite-sites=3 range=2.5 "
     "gap=0.3",
     7, 5, WHOLE},
    {"neuron=relu maps=2,3 stride=2,1 pool=1,2 window=5,3 hidden=6,5 dim=5 dendrite-sites=3 "
     "gap=0.3",
     8, 8, WHOLE},
    {"neuron=relu maps=3,1,2 window=1,5,3 pool=1,3,1 stride=1,1,3 hidden=3,4,5 dim=5 "
     "dendrite-sites=2 gap=0.3",
     8, 7, WHOLE},
    {"neuron=relu maps=3,4 window=3 pool=2,1 hidden=0 dim=5 dendrite-sites=3 law=inverse-square "
     "gap=0.3",
     6, 8, WHOLE},
    {"neuron=relu maps=4,3 window=3 hidden=5 dim=5 dendrite-sites=3 gap=0.3 sign=mask", 8, 8,
     WEIGHT},
    {"neuron=relu maps=4,3 window=3 hidden=5 dim=5 dendrite-sites=3 gap=0.3", 8, 8, DISTANCE},
    {"neuron=relu maps=4,3 window=3 hidden=5 dim=5 dendrite-sites=3 gap=0.3", 8, 8, RANGE},
    {"neuron=relu maps=4,3 window=3,5 hidden=5 wiring=dense", 8, 8, WEIGHT},
    {"neuron=relu maps=3,4 window=3 pool=2,1 hidden=6 dim=5 dendrite-sites=3 activation=tanh "
     "gap=0.3",
     7, 6, WHOLE},
    {"task=regress neuron=relu maps=3 window=3 hidden=0 dim=5 dendrite-sites=3 gap=0.3", 6, 6,
     WHOLE},
    /* with scales of their own: of weights, then of positions */
    {"neuron=relu hidden=9,8 dendrite-sites=5,3,2 range=2", SIDE, SIDE, UNITS},
    {"neuron=relu hidden=9 wiring=dense", SIDE, SIDE, UNITS},
    {"neuron=lif hidden=9 time-steps=7 threshold=0.3 dendrite-sites=5", SIDE, SIDE, UNITS},
    {"neuron=relu maps=2,3 window=3 hidden=5 dim=5 dendrite-sites=3 gap=0.3", 6, 6, UNITS},
    {"neuron=relu hidden=9,8 input=sheet dendrite-sites=5,3,2 range=2", SIDE, SIDE, ROUNDED},
    {"neuron=relu maps=2,3 window=3 hidden=5 dim=5 dendrite-sites=3 gap=0.3", 6, 6, ROUNDED},
};
enum { NETS = sizeof nets / sizeof *nets };

/* Units of what a regressor predicts. */
static const float units_mean[CLASSES] = {3, -0.5f, 0, 40};
static const float units_deviation[CLASSES] = {2, 0.25f, 1, 7};

static inline loci_network *make_net(size_t i) {
    loci_spec spec = fixture_spec(nets[i].height, nets[i].width, CLASSES, nets[i].options);
    loci_network *network, *smaller;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 40 + i, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", nets[i].options, error.where, error.message);
    fixture_move(network, i);
    if (spec.task == LOCI_TASK_REGRESS)
        assert_int_equal(
            loci_network_set_target_scaling(network, units_mean, units_deviation, NULL), LOCI_OK);
    int by = nets[i].treatment == WEIGHT  ? LOCI_PRUNE_BY_WEIGHT
             : nets[i].treatment == RANGE ? LOCI_PRUNE_BY_RANGE
                                          : LOCI_PRUNE_BY_DISTANCE;
    bool shrink = nets[i].treatment == SHRUNK, little = nets[i].treatment == LITTLE;
    if (nets[i].treatment == ROUNDED)
        fixture_round(network, 4, i % 2 == 0 ? 8 : 2, 0.7);
    else if (nets[i].treatment == UNITS)
        fixture_round_weights(network, i % 2 == 0 ? 4 : 2, 0.6);
    else if (nets[i].treatment != WHOLE)
        prune_cut(network, shrink ? 0.9 : little ? 0.01 : 0.6, by, LOCI_PRUNE_SCOPE_LAYER);
    if (nets[i].treatment == FROZEN)
        assert_int_equal(loci_network_freeze(network, &error), LOCI_OK);
    if (!shrink)
        return network;
    assert_int_equal(loci_network_shrink(&smaller, network, &error), LOCI_OK);
    loci_network_free(network);
    assert_true(smaller->spec.inputs > 0 && smaller->spec.inputs < PIXELS);
    return smaller;
}

/* Whether a network can be exported so; of those with another law than the inverse, stored weights
 * are as any others, and a third of them will do. */
static inline bool possible(const loci_network *network, size_t i, int mode, uint32_t bits) {
    if (mode != LOCI_EXPORT_POSITIONS && network->spec.law != LOCI_LAW_INVERSE && i % 3 != 0)
        return false;
    if (loci_rounds_weights(network))
        return mode != LOCI_EXPORT_POSITIONS;
    if (mode == LOCI_EXPORT_POSITIONS && bits == 32 && network->rounding != NULL)
        return network->sheet == NULL;
    return mode != LOCI_EXPORT_POSITIONS ||
           (network->spec.wiring != LOCI_WIRING_DENSE && network->pruned_by != LOCI_PRUNE_BY_SET);
}

/* A network that does not spike, written to be read: inputs [PIXELS], logits or values [CLASSES].
 */
static inline void run_plainly(const loci_network *network, const float *inputs, float *logits) {
    double in[MOST_PIXELS], out[MOST_PIXELS];
    for (uint32_t i = 0; i < PIXELS; i++)
        in[i] = (double)inputs[i];
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
        size_t n = loci_spec_layer_size(&network->spec, l),
               m = loci_spec_layer_size(&network->spec, l + 1);
        float *w = loci_alloc(n * m, sizeof *w);
        assert_int_equal(loci_network_weights(network, l, w, NULL), LOCI_OK);
        for (size_t j = 0; j < m; j++) {
            double u = (double)network->parameters[network->layer[l + 1].bias + j];
            for (size_t i = 0; i < n; i++)
                u += in[i] * (double)w[i * m + j];
            bool hidden = l < network->spec.hidden_count;
            int act = network->spec.activation;
            out[j] = !hidden                             ? u * network->spec.logit_scale
                     : act == LOCI_ACTIVATION_LEAKY_RELU ? fmax(u, 0.01 * u)
                     : act == LOCI_ACTIVATION_TANH       ? tanh(u)
                     : act == LOCI_ACTIVATION_GELU       ? u * (1 + erf(u * M_SQRT1_2)) / 2
                     : act == LOCI_ACTIVATION_SINE       ? sin(u)
                                                         : fmax(u, 0);
        }
        memcpy(in, out, m * sizeof *in);
        free(w);
    }
    for (size_t c = 0; c < CLASSES; c++)
        logits[c] = (float)(network->target_mean == NULL
                                ? out[c]
                                : (double)units_mean[c] + (double)units_deviation[c] * out[c]);
}

#endif
