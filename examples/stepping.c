/* Trains a network in a loop of its own to predict numbers: how hot it is along a bar with two
 * flames below it, from where one looks and how far apart the flames are.
 *
 *     cc stepping.c $(pkg-config --cflags --libs loci) -lm -o stepping
 *     ./stepping */
#include <math.h>
#include <stdio.h>

#include <loci/network.h>
#include <loci/trainer.h>

enum { TRAIN = 2000, TEST = 500 };

static float places[TRAIN + TEST][2], heat[TRAIN + TEST];

/* Numbers that look random, the same on every machine. */
static float next(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / (1 << 24);
}

static void make_data(void) {
    unsigned state = 1;
    for (int i = 0; i < TRAIN + TEST; i++) {
        float x = places[i][0] = 4 * next(&state) - 2, apart = places[i][1] = 2 * next(&state);
        heat[i] = 20 + 80 * expf(-8 * (x - apart / 2) * (x - apart / 2)) +
                  40 * expf(-2 * (x + apart / 2) * (x + apart / 2));
    }
}

static int train(loci_network *network, const loci_dataset *data, loci_error *error) {
    loci_train_options options;
    loci_trainer *trainer;
    loci_metrics metrics;
    loci_train_options_defaults(&options);
    options.epochs = 60;
    options.batch = 32;
    int status = loci_trainer_create(&trainer, network, data, &options, 1, NULL, error);
    if (status != LOCI_OK)
        return status;
    while (status == LOCI_OK && !loci_trainer_finished(trainer)) {
        status = loci_trainer_step(trainer, error); /* one batch: here is room for your own */
        if (status != LOCI_OK || !loci_trainer_epoch_done(trainer))
            continue;
        status = loci_trainer_end_epoch(trainer, &metrics, error);
        if (metrics.epoch % 20 == 0)
            printf("epoch %u: loss %.4f, off by %.2f degrees\n", metrics.epoch, metrics.train_loss,
                   metrics.test.rmse);
    }
    loci_trainer_free(trainer);
    return status;
}

int main(void) {
    loci_error error = {0};
    loci_dataset *data = NULL;
    loci_network *network = NULL;
    loci_spec spec;
    make_data();
    const loci_arrays parts[2] = {
        {.count = TRAIN, .samples = places[0], .targets = heat, .outputs = 1},
        {.count = TEST, .samples = places[TRAIN], .targets = heat + TRAIN, .outputs = 1}};
    loci_spec_defaults(&spec);
    spec.hidden[0] = 48;
    spec.dendrite_sites[0] = 8;
    int status = loci_dataset_borrow(&data, "heat", 1, 2, &parts[0], &parts[1], &error);
    if (status == LOCI_OK)
        status = loci_network_create_for(&network, &spec, data, 1, &error);
    if (status == LOCI_OK)
        status = train(network, data, &error);
    if (status != LOCI_OK)
        fprintf(stderr, "stepping: %s: %s\n", error.where, error.message);
    loci_network_free(network);
    loci_dataset_free(data);
    return status == LOCI_OK ? 0 : 1;
}
