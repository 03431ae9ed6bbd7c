/* The built-in data set yin-yang (Kriener, Göltz, Petrovici 2022, "The Yin-Yang dataset"): points
 * in a disc of radius R, in the figure's one half, its other half, or the dots. The published sets,
 * number for number: those are drawn by numpy's RandomState, point after point until one falls into
 * the class that was drawn before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/mersenne.h"

enum { YIN, YANG, DOT, CLASSES };

static const double big = 0.5, small = 0.1;

/* A published set: its seed, and how many points there are. */
typedef struct loci_published {
    uint32_t seed, count;
} loci_published;

static const loci_published training = {42, 5000}, validation = {41, 1000}, testing = {40, 1000};

static double distance(double x, double y, double to_x, double to_y) {
    return sqrt((x - to_x) * (x - to_x) + (y - to_y) * (y - to_y));
}

/* Yang holds the upper half but for the bulge around the right dot, and the bulge around the left
 * one. */
static uint32_t class_of(double x, double y) {
    double right = distance(x, y, 1.5 * big, big), left = distance(x, y, 0.5 * big, big);
    if (right < small || left < small)
        return DOT;
    bool bulge = left > small && left <= 0.5 * big, half = y > big && right > 0.5 * big;
    return right <= small || bulge || half ? YANG : YIN;
}

static uint32_t draw_point(loci_mersenne *state, double *x, double *y) {
    uint32_t goal = loci_mersenne_below(state, CLASSES);
    do {
        *x = loci_mersenne_uniform(state) * 2 * big;
        *y = loci_mersenne_uniform(state) * 2 * big;
    } while (distance(*x, *y, big, big) > big || class_of(*x, *y) != goal);
    return goal;
}

static int fill_part(loci_dataset *data, enum loci_split split, loci_published set,
                     loci_error *error) {
    loci_samples *part = &data->part[split];
    loci_mersenne state;
    part->values = loci_alloc(set.count, data->features * sizeof *part->values);
    part->labels = loci_alloc(set.count, sizeof *part->labels);
    if (part->values == NULL || part->labels == NULL)
        return loci_fail_memory(error, data->name);
    part->count = set.count;
    loci_mersenne_seed(&state, set.seed);
    for (uint32_t i = 0; i < set.count; i++) {
        float *to = part->values + i * data->features;
        double x, y;
        part->labels[i] = (int32_t)draw_point(&state, &x, &y);
        to[0] = (float)x;
        to[1] = (float)y;
        to[2] = (float)(1 - x);
        to[3] = (float)(1 - y);
        if (data->biased)
            to[4] = 1;
    }
    return LOCI_OK;
}

static int name_classes(loci_dataset *data, loci_error *error) {
    static const char *const names[CLASSES] = {"yin", "yang", "dot"};
    data->output_names = calloc(CLASSES, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = CLASSES;
    for (int c = 0; c < CLASSES; c++)
        if ((data->output_names[c] = strdup(names[c])) == NULL)
            return loci_fail_memory(error, data->name);
    return LOCI_OK;
}

int loci_yin_yang_fill(loci_dataset *data, bool bias, bool validate, bool skip_test,
                       loci_error *error) {
    data->task = LOCI_TASK_CLASSIFY;
    data->biased = bias;
    int status = loci_dataset_set_size(data, 1, bias ? 5 : 4, data->name, error);
    if (status == LOCI_OK)
        status = name_classes(data, error);
    if (status == LOCI_OK)
        status = fill_part(data, LOCI_TRAIN, training, error);
    if (status == LOCI_OK && !skip_test)
        status = fill_part(data, LOCI_TEST, validate ? validation : testing, error);
    return status;
}
