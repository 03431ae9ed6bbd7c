/* The networks in time that test_export_time.c exports, and samples for them. */
#ifndef LOCI_TESTS_EXPORT_TIME_NETS_H
#define LOCI_TESTS_EXPORT_TIME_NETS_H

#include "prune_fixture.h"

#include "data/npz.h"
#include "scratch_folder.h"

#include <loci/codegen.h>

enum { CHANNELS = 10, STEPS = 16, TRAIN = 60, TEST = 20, MOST_GIVEN = STEPS * CHANNELS };

/* What is done to a network before it is exported; LATTICE makes its numbers dyadic. */
enum time_treatment { AS_MADE, LATTICE, NEAREST, STRONGEST, IN_RANGE, SET };

#define EVENTS "coding=events time-steps=16 "
#define TRAVELS "delay=distance speed=0.4 longest-delay=7 "

static const struct {
    const char *options;
    enum time_treatment treatment;
} time_nets[] = {
    {EVENTS TRAVELS "hidden=11 dendrite-sites=3,2 axon-sites=1,2 readout=softmax-sum threshold=0.3",
     AS_MADE},
    {EVENTS "hidden=9,8 recurrent=yes dendrite-sites=3,2,2 readout=membrane-max threshold=0.3",
     AS_MADE},
    {EVENTS TRAVELS
     "hidden=9,7 recurrent=yes neuron=adlif train-adaptation=neuron train-beta=neuron "
     "dendrite-sites=3,2,1 readout=membrane-mean threshold=0.3 reset=zero",
     AS_MADE},
    {EVENTS "hidden=10 neuron=adlif readout=count threshold=0.4 reset=none", AS_MADE},
    {EVENTS TRAVELS "hidden=0 dendrite-sites=3 readout=softmax-sum logit-scale=0.5", AS_MADE},
    {EVENTS TRAVELS "hidden=10 law=exponential range=1.5 train-range=layer dendrite-sites=3,2 "
                    "readout=membrane-last threshold=0.2",
     AS_MADE},
    {EVENTS TRAVELS "hidden=10 law=gaussian train-speed=layer recurrent=yes recurrent-gap=0.4 "
                    "dendrite-sites=3,2 threshold=0.2 train-threshold=neuron",
     AS_MADE},
    {EVENTS "delay=distance speed=2 longest-delay=3 hidden=8 planes=relaxed dim=3 softening=0.2 "
            "sign=mask dendrite-sites=2,1 readout=count threshold=0.3",
     AS_MADE},
    /* every sum exact */
    {EVENTS "wiring=dense hidden=11,9 recurrent=yes neuron=adlif train-adaptation=layer "
            "train-threshold=neuron train-beta=layer readout=membrane-max",
     LATTICE},
    {EVENTS "wiring=dense hidden=12 recurrent=yes readout=count reset=zero train-threshold=layer",
     LATTICE},
    /* what is cut; by distance and weight only lists of connections know it */
    {EVENTS TRAVELS "hidden=14 dendrite-sites=3,2 readout=softmax-sum threshold=0.3", NEAREST},
    {EVENTS TRAVELS "hidden=14 recurrent=yes dendrite-sites=3,2 threshold=0.5", STRONGEST},
    {EVENTS TRAVELS "hidden=12 dendrite-sites=3,2 threshold=0.3", IN_RANGE},
    {EVENTS "hidden=12 recurrent=yes dendrite-sites=3,2 threshold=0.3", SET},
    {EVENTS TRAVELS "task=regress hidden=9 dendrite-sites=3,2 threshold=0.3", AS_MADE},
    /* images */
    {"coding=latency latency-span=0.6 time-steps=9 " TRAVELS
     "hidden=9 recurrent=yes input=sheet dendrite-sites=4,2 threshold=0.3 readout=softmax-sum",
     AS_MADE},
    {"coding=latency latency-span=0.37 time-steps=9 hidden=9 dendrite-sites=3,2 threshold=0.3 "
     "readout=softmax-sum",
     AS_MADE},
    {"coding=latency recurrent=yes time-steps=9 hidden=9 dendrite-sites=3,2 threshold=0.3",
     AS_MADE},
    {"coding=constant time-steps=9 " TRAVELS "hidden=9,6 input=sheet dendrite-sites=4,2,2 "
     "threshold=0.4",
     AS_MADE},
    {"coding=constant time-steps=9 hidden=9,6 recurrent=yes neuron=adlif dendrite-sites=3,2,2 "
     "threshold=0.4 readout=membrane-max",
     AS_MADE},
    {"coding=constant time-steps=9 hidden=9 neuron=adlif train-adaptation=layer dendrite-sites=3,2 "
     "threshold=0.4",
     AS_MADE},
    {"coding=constant time-steps=9 hidden=9 tied=yes recurrent=yes threshold=0.4", AS_MADE},
};
enum { TIME_NETS = sizeof time_nets / sizeof *time_nets };

static inline bool has_events(size_t i) {
    return strstr(time_nets[i].options, "coding=events") != NULL;
}

static inline bool regresses(size_t i) {
    return strstr(time_nets[i].options, "task=regress") != NULL;
}

/* Positions do not tell what a cut by distance or weight, or a fixed set, leaves of such nets. */
static inline bool has_positions(size_t i) {
    enum time_treatment treatment = time_nets[i].treatment;
    return strstr(time_nets[i].options, "wiring=dense") == NULL && treatment != NEAREST &&
           treatment != STRONGEST && treatment != SET;
}

static const float time_mean[CLASSES] = {3, -0.5f, 0, 40};
static const float time_deviation[CLASSES] = {2, 0.25f, 1, 7};

static inline loci_network *make_time_net(size_t i) {
    uint32_t height = has_events(i) ? 1 : SIDE, width = has_events(i) ? CHANNELS : SIDE;
    loci_spec spec = fixture_spec(height, width, CLASSES, time_nets[i].options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 70 + i, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", time_nets[i].options, error.where, error.message);
    if (time_nets[i].treatment == LATTICE)
        fixture_dyadic(network, i);
    else
        fixture_move(network, i);
    if (regresses(i))
        assert_int_equal(loci_network_set_target_scaling(network, time_mean, time_deviation, NULL),
                         LOCI_OK);
    if (time_nets[i].treatment >= NEAREST)
        prune_cut(network, 0.6,
                  time_nets[i].treatment == STRONGEST  ? LOCI_PRUNE_BY_WEIGHT
                  : time_nets[i].treatment == IN_RANGE ? LOCI_PRUNE_BY_RANGE
                                                       : LOCI_PRUNE_BY_DISTANCE,
                  LOCI_PRUNE_SCOPE_LAYER);
    if (time_nets[i].treatment == SET)
        assert_int_equal(loci_network_freeze(network, &error), LOCI_OK);
    return network;
}

/* A few events on a channel in a step, more of them where the class says so. */
static inline uint8_t events_of(size_t sample, size_t t, size_t c) {
    const loci_random stream = {9, LOCI_RANDOM_TEST, 51};
    uint64_t at = (sample * STEPS + t) * CHANNELS + c;
    bool hot = (c + t / 4) % CLASSES == sample % CLASSES;
    return (uint8_t)(loci_random_below(&stream, 2 * at, 8) < (hot ? 4 : 1)
                         ? 1 + loci_random_below(&stream, 2 * at + 1, 3)
                         : 0);
}

static inline loci_dataset *time_events(bool regress) {
    static uint8_t events[TRAIN + TEST][STEPS][CHANNELS], labels[TRAIN + TEST];
    static float targets[TRAIN + TEST][CLASSES];
    const char *path = scratch_path(folder, "events.npz");
    loci_dataset *data = NULL;
    loci_error error = {0};
    for (size_t i = 0; i < TRAIN + TEST; i++) {
        labels[i] = (uint8_t)(i % CLASSES);
        for (size_t k = 0; k < CLASSES; k++)
            targets[i][k] = (float)(i % CLASSES * k);
        for (size_t at = 0; at < MOST_GIVEN; at++)
            events[i][at / CHANNELS][at % CHANNELS] = events_of(i, at / CHANNELS, at % CHANNELS);
    }
    const char *type = regress ? "<f4" : "|u1";
    uint32_t rank = regress ? 2 : 1;
    const loci_npz_array arrays[] = {
        {"events_train", "|u1", 3, {TRAIN, STEPS, CHANNELS}, events},
        {"y_train", type, rank, {TRAIN, CLASSES}, regress ? (void *)targets : labels},
        {"events_test", "|u1", 3, {TEST, STEPS, CHANNELS}, events[TRAIN]},
        {"y_test", type, rank, {TEST, CLASSES}, regress ? (void *)targets[TRAIN] : labels + TRAIN},
    };
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    if (loci_dataset_open(&data, path, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static inline loci_dataset *time_images(void) {
    static float images[TRAIN + TEST][PIXELS];
    static int32_t labels[TRAIN + TEST];
    const loci_random stream = {7, LOCI_RANDOM_TEST, 52};
    loci_dataset *data = NULL;
    loci_error error = {0};
    for (size_t i = 0; i < TRAIN + TEST; i++) {
        labels[i] = (int32_t)(i % CLASSES);
        for (size_t p = 0; p < PIXELS; p++) {
            uint32_t byte = loci_random_below(&stream, i * PIXELS + p, 256);
            bool spot = p * CLASSES / PIXELS == i % CLASSES;
            images[i][p] = (float)(byte < 85 && !spot ? 0 : byte) / 255;
        }
    }
    if (loci_dataset_from_arrays(&data, "spots", SIDE, SIDE, images[0], labels, TRAIN,
                                 images[TRAIN], labels + TRAIN, TEST, &error) != LOCI_OK)
        fail_msg("%s", error.message);
    return data;
}

static inline loci_dataset *time_data(size_t i) {
    return has_events(i) ? time_events(regresses(i)) : time_images();
}

#endif
