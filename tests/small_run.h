/* A data set and a network small enough to be trained many times within a test. */
#ifndef LOCI_TESTS_SMALL_RUN_H
#define LOCI_TESTS_SMALL_RUN_H

#include <loci/run.h>

#include <string.h>

#include "base/random.h"

enum { SMALL_SIDE = 6, SMALL_CLASSES = 3, SMALL_TEST = 60 };

/* Images of 6 x 6: a bright row, column or diagonal in noise. count + 60 of them; NULL on failure.
 */
static inline loci_dataset *small_data(size_t count) {
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE, MOST = 1000 };
    static float images[MOST][PIXELS];
    static int32_t labels[MOST];
    const loci_random stream = {3, LOCI_RANDOM_TEST, 0};
    for (size_t i = 0; i < count + SMALL_TEST; i++) {
        int32_t label = (int32_t)(i % SMALL_CLASSES);
        uint32_t line = loci_random_below(&stream, i, SMALL_SIDE);
        for (uint32_t p = 0; p < PIXELS; p++) {
            uint32_t row = p / SMALL_SIDE, column = p % SMALL_SIDE;
            int bright = label == 0   ? row == line
                         : label == 1 ? column == line
                                      : (row + column) % SMALL_SIDE == line;
            double noise = loci_random_uniform(&stream, MOST + i * PIXELS + p);
            images[i][p] = noise < 0.5 ? 0 : (float)(bright ? 0.5 + noise / 2 : noise / 2);
        }
        labels[i] = label;
    }
    loci_dataset *data = NULL;
    loci_dataset_from_arrays(&data, "small", SMALL_SIDE, SMALL_SIDE, images[0], labels, count,
                             images[count], labels + count, SMALL_TEST, NULL);
    return data;
}

/* A configuration with a bit of everything that has state: shifts, a validation part, patience, a
 * learned gap. */
static inline loci_config small_config(uint32_t epochs) {
    loci_config config;
    loci_config_defaults(&config);
    strcpy(config.preset, "small");
    strcpy(config.data, "small");
    config.seed = 5;
    config.spec.hidden[0] = 8;
    config.spec.planes = LOCI_PLANES_LEARNED;
    config.spec.dendrite_sites[0] = 2;
    config.train.epochs = epochs;
    config.train.batch = 16;
    config.train.lr = 0.03;
    config.train.shift = 1;
    config.train.validation = 20;
    config.train.patience = 1000;
    return config;
}

/* A spiking net with what can go wrong in one: random input, several layers, trained constants. */
static inline loci_config small_spiking_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.hidden_count = 2;
    config.spec.hidden[1] = 12;
    config.spec.neuron = LOCI_NEURON_LIF;
    config.spec.time_steps = 5;
    config.spec.coding = LOCI_CODING_POISSON;
    config.spec.readout = LOCI_READOUT_MEMBRANE_MEAN;
    config.spec.threshold = 0.15;
    config.spec.train_beta = LOCI_TRAINED_NEURON;
    config.spec.train_threshold = LOCI_TRAINED_LAYER;
    return config;
}

/* Neurons that share arbors, which are cut as they are trained. */
static inline loci_config small_maps_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.maps_count = 2;
    config.spec.maps[0] = 3;
    config.spec.maps[1] = 4;
    config.spec.window[0] = 3;
    config.spec.pool[1] = 1;
    config.spec.dim = 5;
    config.spec.dendrite_sites[0] = 3;
    config.spec.activation = LOCI_ACTIVATION_LEAKY_RELU;
    config.train.prune = (loci_prune_plan){
        .sparsity = 0.4, .when = LOCI_PRUNE_GRADUAL, .by = LOCI_PRUNE_BY_DISTANCE};
    return config;
}

/* A net that is cut as it is trained, little by little, and then keeps the set it has. */
static inline loci_config small_pruned_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.hidden[0] = 16;
    config.train.prune =
        (loci_prune_plan){.sparsity = 0.8, .when = LOCI_PRUNE_GRADUAL, .by = LOCI_PRUNE_BY_WEIGHT};
    config.train.freeze_mask = 1;
    return config;
}

#endif
