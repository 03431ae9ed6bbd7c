/* The networks that exchange_dump.c exports. */
#ifndef LOCI_TESTS_EXCHANGE_NETS_H
#define LOCI_TESTS_EXCHANGE_NETS_H

#include "prune_fixture.h"

typedef struct example {
    const char *name, *options;
    enum { IMAGES, GLYPH_IMAGES, TABLE } data;
    bool exact, range, frozen, shrunk;
    uint32_t outputs; /* of a regressor; else 0 */
    double sparsity;
    int by;
} example;

#define ARBOR "neuron=relu hidden=20,12 input=grid axon-sites=1,2 dendrite-sites=4,2 gap=0.2"
#define GLYPH_ARBOR "hidden=64,32 input=grid axon-sites=1,2 dendrite-sites=4,2 gap=0.1,0.2 "
#define PRUNE(share, way) .sparsity = (share), .by = LOCI_PRUNE_BY_##way

static const example rectified[] = {
    {.name = "arbor", .options = ARBOR},
    {.name = "mask",
     .options = "neuron=relu hidden=18,11 sign=mask scale=one planes=learned logit-scale=0.1"},
    {.name = "sheet", .options = "neuron=relu hidden=16 input=sheet dendrite-sites=3,2 gap=0.3"},
    {.name = "relaxed",
     .options = "neuron=relu hidden=70 planes=relaxed dim=4 axon-sites=2 dendrite-sites=2"},
    {.name = "dense", .options = "neuron=relu hidden=15,9 wiring=dense"},
    {.name = "linear", .options = "neuron=relu hidden=0 dim=5"},
    {.name = "reaching", .options = "neuron=relu hidden=20 range=0.8 train-range=layer"},
    {.name = "gaussian",
     .options = ARBOR " law=gaussian length=0.8 train-length=layer range=2 train-range=layer"},
    {.name = "inverse-square", .options = ARBOR " law=inverse-square"},
    {.name = "leaky-relu", .options = ARBOR " activation=leaky-relu"},
    {.name = "tanh", .options = ARBOR " activation=tanh"},
    {.name = "gelu", .options = "neuron=relu hidden=15,9 wiring=dense activation=gelu"},
    {.name = "sine", .options = ARBOR " activation=sine law=gaussian", PRUNE(0.7, WEIGHT)},
    {.name = "table", .options = "neuron=relu hidden=8", .data = TABLE},
    {.name = "raw", .options = ARBOR, .range = true},
    {.name = "raw-table", .options = "neuron=relu hidden=8", .data = TABLE, .range = true},
    {.name = "by-distance", .options = ARBOR, PRUNE(0.7, DISTANCE)},
    {.name = "by-weight", .options = ARBOR, PRUNE(0.7, WEIGHT)},
    {.name = "by-range", .options = ARBOR, PRUNE(0.7, RANGE)},
    {.name = "by-set", .options = ARBOR, PRUNE(0.7, DISTANCE), .frozen = true},
    {.name = "dense-cut", .options = "neuron=relu hidden=15,9 wiring=dense", PRUNE(0.8, WEIGHT)},
    {.name = "shrunk", .options = ARBOR, PRUNE(0.93, WEIGHT), .shrunk = true},
    {.name = "raw-shrunk", .options = ARBOR, PRUNE(0.93, WEIGHT), .shrunk = true, .range = true},
    {.name = "values", .options = ARBOR " task=regress", .outputs = 3},
    {.name = "one-value",
     .options = "neuron=relu hidden=9 wiring=dense logit-scale=0.5 task=regress",
     .range = true,
     .outputs = 1},
    {.name = "no-units", .options = "neuron=relu hidden=9 task=regress", .outputs = 2},
    {.name = "glyphs", .options = GLYPH_ARBOR "neuron=relu", .data = GLYPH_IMAGES},
    {.name = "glyphs-cut",
     .options = GLYPH_ARBOR "neuron=relu",
     .data = GLYPH_IMAGES,
     PRUNE(0.9, DISTANCE)},
    {.name = "glyphs-dense",
     .options = "hidden=100 wiring=dense neuron=relu",
     .data = GLYPH_IMAGES},
};

#define EXACT "hidden=7,5 wiring=dense time-steps=6 "
#define LATE "hidden=12,9 threshold=0.4 axon-sites=1,2 dendrite-sites=3,2 gap=0.2 "
static const example spiking[] = {
    {.name = "one-layer",
     .options = "hidden=9 wiring=dense time-steps=5 beta=0.9375",
     .exact = true},
    {.name = "one-step",
     .options = "hidden=9 wiring=dense time-steps=1 beta=0.9375",
     .exact = true},
    {.name = "no-hidden",
     .options = "hidden=0 wiring=dense time-steps=4 beta=0.875 readout=count",
     .exact = true},
    {.name = "betas",
     .options = EXACT "train-beta=layer train-threshold=layer beta=0.5",
     .exact = true},
    {.name = "neurons",
     .options = EXACT "train-beta=neuron train-threshold=neuron readout=count",
     .exact = true},
    {.name = "no-leak", .options = EXACT "beta=1 threshold=2", .exact = true},
    {.name = "no-memory", .options = EXACT "beta=0 threshold=0.25", .exact = true},
    {.name = "scaled",
     .options = EXACT "beta=0.9375 logit-scale=0.25 readout=membrane-max",
     .exact = true},
    {.name = "spiking-raw", .options = EXACT "beta=0.9375", .exact = true, .range = true},
    {.name = "spiking-table",
     .options = EXACT "beta=0.75 coding=latency",
     .exact = true,
     .data = TABLE},
    {.name = "spiking-values",
     .options = EXACT "beta=0.9375 logit-scale=0.25 readout=membrane-mean task=regress",
     .exact = true,
     .outputs = 2},
    {.name = "spiking-value",
     .options = EXACT "beta=0.9375 coding=latency readout=membrane-last task=regress",
     .exact = true,
     .outputs = 1},
    {.name = "spiking-cut",
     .options = "hidden=20,14 time-steps=6 threshold=0.4 axon-sites=1,2 dendrite-sites=3,2 "
                "gap=0.2",
     PRUNE(0.6, DISTANCE)},
    {.name = "spiking-shrunk",
     .options = "hidden=20,14 time-steps=6 threshold=0.4 axon-sites=1,2 dendrite-sites=3,2",
     PRUNE(0.9, WEIGHT),
     .shrunk = true},
    {.name = "span", .options = EXACT "coding=latency latency-span=0.4 threshold=1", .exact = true},
    {.name = "softmax", .options = EXACT "beta=0.5 readout=softmax-sum", .exact = true},
    {.name = "events", .options = EXACT "coding=events beta=0.75", .exact = true},
    {.name = "loops", .options = EXACT "recurrent=yes beta=0.75 readout=count", .exact = true},
    {.name = "loops-zero",
     .options = EXACT "recurrent=yes beta=0.5 reset=zero coding=events",
     .exact = true},
    {.name = "loops-none",
     .options = EXACT "recurrent=yes beta=0.5 reset=none coding=latency",
     .exact = true},
    {.name = "loops-once", .options = LATE "time-steps=1 recurrent=yes"},
    {.name = "sites-loop", .options = LATE "time-steps=8 recurrent=yes recurrent-gap=0.3"},
    {.name = "late", .options = LATE "time-steps=8 delay=distance longest-delay=5"},
    {.name = "late-speeds",
     .options = LATE "time-steps=9 delay=distance train-speed=layer speed=0.3,0.5,2 "
                     "longest-delay=6 coding=latency readout=count"},
    {.name = "late-loops",
     .options = LATE "time-steps=9 delay=distance recurrent=yes longest-delay=4 coding=events "
                     "readout=softmax-sum"},
    {.name = "late-none",
     .options = LATE "time-steps=7 delay=distance recurrent=yes reset=none speed=0.5 "
                     "longest-delay=12 readout=membrane-max"},
    {.name = "late-clamped",
     .options = LATE "time-steps=7 delay=distance speed=0.001 longest-delay=2 reset=zero"},
    {.name = "too-late",
     .options =
         LATE "time-steps=4 delay=distance speed=0.001 longest-delay=9 readout=membrane-max"},
    {.name = "late-cut",
     .options = LATE "time-steps=8 delay=distance longest-delay=5 recurrent=yes",
     PRUNE(0.5, WEIGHT)},
    {.name = "late-range",
     .options = LATE "time-steps=8 delay=distance longest-delay=5 range=2.5 coding=latency"},
    {.name = "spiking-glyphs", .options = GLYPH_ARBOR "time-steps=10", .data = GLYPH_IMAGES},
    {.name = "latency-glyphs",
     .options = GLYPH_ARBOR "time-steps=8 coding=latency readout=count threshold=0.5",
     .data = GLYPH_IMAGES},
};

/* Layers of maps, which NIR has not: odd grids, of which pooling drops a row, a stride, colours,
 * and steps of a power of 2 (exchange_dump.c says why). */
#define MAPS "dim=5 dendrite-sites=5 gap=0.3 "
#define EXACT_MAPS "wiring=dense neuron=lif maps=3,4 window=3 hidden=0 time-steps=4 "
static const example mapped[] = {
    {.name = "maps", .options = MAPS "neuron=relu maps=3,4 window=3 hidden=0"},
    {.name = "maps-stride",
     .options = MAPS "neuron=relu maps=4,2 window=5,3 stride=2,1 pool=1 hidden=7 activation=tanh"},
    {.name = "maps-one", .options = MAPS "neuron=relu maps=1 window=3 hidden=0 activation=gelu"},
    {.name = "maps-cut",
     .options = MAPS "neuron=relu maps=5,3 window=3 range=1.5 hidden=0",
     PRUNE(0.5, WEIGHT)},
    {.name = "maps-dense",
     .options = "wiring=dense neuron=relu maps=4 window=3 pool=3 hidden=6",
     .range = true},
    {.name = "maps-colour",
     .options = MAPS "channels=3 neuron=relu maps=3,4 window=3 pool=2,1 hidden=0 sign=mask",
     .range = true},
    {.name = "maps-table",
     .options = MAPS "neuron=relu maps=3 window=3 pool=1 hidden=4",
     .data = TABLE},
    {.name = "maps-values",
     .options = MAPS "neuron=relu maps=3 window=3 hidden=0 task=regress",
     .outputs = 3},
    {.name = "maps-glyphs",
     .options = MAPS "neuron=relu maps=6,8,8 hidden=0",
     .data = GLYPH_IMAGES},
    {.name = "maps-spiking", .options = EXACT_MAPS "beta=0.9375 threshold=1.5", .exact = true},
    {.name = "maps-neurons",
     .options = EXACT_MAPS "train-beta=neuron train-threshold=neuron readout=count reset=zero "
                           "coding=latency",
     .exact = true},
    {.name = "maps-adapting",
     .options =
         EXACT_MAPS "channels=2 pool=2,1 neuron=adlif train-adaptation=neuron beta=0.5 reset=none",
     .exact = true,
     .range = true},
    {.name = "maps-events",
     .options = EXACT_MAPS "channels=2 pool=2,1 coding=events beta=0.5 train-beta=layer",
     .exact = true},
};

/* Neurons that adapt, which NIR has not. */
static const example adapting[] = {
    {.name = "adapting", .options = EXACT "neuron=adlif beta=0.5", .exact = true},
    {.name = "adapting-all",
     .options = EXACT "neuron=adlif train-adaptation=neuron recurrent=yes coding=events beta=0.5 "
                      "readout=count",
     .exact = true},
    {.name = "adapting-layer",
     .options = LATE "neuron=adlif train-adaptation=layer time-steps=8 adaptation-membrane=0.2 "
                     "delay=distance longest-delay=5 reset=zero readout=softmax-sum"},
    {.name = "adapting-twice", .options = LATE "neuron=adlif time-steps=2 recurrent=yes"},
};

#endif
