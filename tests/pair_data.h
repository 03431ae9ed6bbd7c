/* Bright columns in noise, as a data set of classes and as one of numbers, and a model of each:
 * what is tried of options is tried of both tasks. */
#ifndef LOCI_TESTS_PAIR_DATA_H
#define LOCI_TESTS_PAIR_DATA_H

#include <loci/trainer.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/random.h"

enum { SIDE = 5, PIXELS = SIDE * SIDE, CLASSES = 3, NUMBERS = 2, TRAIN = 24, TEST_PART = 6 };

typedef struct pair_data {
    loci_dataset *data[2], *untested[2]; /* by task, with and without a test part */
    float pixels[(TRAIN + TEST_PART) * PIXELS], targets[(TRAIN + TEST_PART) * NUMBERS];
    int32_t labels[TRAIN + TEST_PART];
    char model[2][300]; /* by task: what another run left */
} pair_data;

/* Which column is bright is a class, of which there are more of some than of others; or two numbers
 * follow from it. */
static inline void pair_data_draw(pair_data *x) {
    static const int32_t shares[] = {0, 1, 0, 2, 0, 1};
    const loci_random stream = {1, LOCI_RANDOM_TEST, 50};
    for (size_t i = 0; i < TRAIN + TEST_PART; i++) {
        float *pixels = x->pixels + i * PIXELS;
        x->labels[i] = shares[i % 6];
        for (size_t p = 0; p < PIXELS; p++) {
            double u = loci_random_uniform(&stream, i * PIXELS + p);
            bool bright = p % SIDE == (size_t)x->labels[i];
            pixels[p] = bright ? (float)(0.5 + u / 2) : u < 0.5 ? 0 : (float)u / 2;
        }
        x->targets[i * NUMBERS] = 20 + 3 * (float)x->labels[i] + 9 * pixels[1];
        x->targets[i * NUMBERS + 1] = pixels[0] - pixels[8];
    }
}

static inline int pair_data_sets(pair_data *x, loci_dataset *out[2], size_t tested) {
    loci_arrays train = {.count = TRAIN, .samples = x->pixels, .labels = x->labels};
    loci_arrays test = {
        .count = tested, .samples = x->pixels + TRAIN * PIXELS, .labels = x->labels + TRAIN};
    int status =
        loci_dataset_borrow(&out[LOCI_TASK_CLASSIFY], "lines", SIDE, SIDE, &train, &test, NULL);
    train.labels = test.labels = NULL;
    train.targets = x->targets;
    test.targets = x->targets + TRAIN * NUMBERS;
    train.outputs = test.outputs = NUMBERS;
    return status == LOCI_OK ? loci_dataset_borrow(&out[LOCI_TASK_REGRESS], "numbers", SIDE, SIDE,
                                                   &train, &test, NULL)
                             : status;
}

static inline int pair_data_model(pair_data *x, int task, const loci_spec *spec,
                                  const char *where) {
    loci_network *network;
    snprintf(x->model[task], sizeof x->model[task], "%s/model%d.safetensors", where, task);
    int status = loci_network_create_for(&network, spec, x->data[task], 9, NULL);
    if (status != LOCI_OK)
        return status;
    status = loci_network_save(network, x->model[task], NULL);
    loci_network_free(network);
    return status;
}

/* spec: of the two models, which are written to the folder `where`. Close it in either case. */
static inline int pair_data_open(pair_data *x, const loci_spec *spec, const char *where) {
    pair_data_draw(x);
    int status = pair_data_sets(x, x->data, TEST_PART);
    if (status == LOCI_OK)
        status = pair_data_sets(x, x->untested, 0);
    for (int task = 0; task < 2 && status == LOCI_OK; task++)
        status = pair_data_model(x, task, spec, where);
    return status;
}

static inline void pair_data_close(pair_data *x) {
    for (int task = 0; task < 2; task++) {
        loci_dataset_free(x->data[task]);
        loci_dataset_free(x->untested[task]);
    }
}

#endif
