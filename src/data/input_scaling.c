/* How the inputs of a data set are scaled, by its training part: to [0, 1], and, where it is a
 * table, to mean 0 and standard deviation 1. A network takes one of the two with it. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/deep_pixels.h"
#include "data/resident.h"

/* No test value may come to more than a float can hold. */
static int check_test(const loci_dataset *data, const float *from, const float *unit,
                      const char *where, loci_error *error) {
    const loci_samples *test = &data->part[LOCI_TEST];
    size_t features = data->features;
    for (size_t i = 0; i < test->count * features; i++) {
        loci_resident_pass(test, i);
        if (!isfinite((test->values[i] - from[i % features]) / unit[i % features]))
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "test sample %zu is too far outside the range of the training part",
                             i / features + 1);
    }
    loci_resident_rest(test);
    return LOCI_OK;
}

/* All pixels of 16 bits alike, from 0 to white, which is noted down. */
static int scale_pixels(loci_dataset *data, const char *where, loci_error *error) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    float most, white;
    white = loci_deep_pixels_white(train->values, train->count * data->features, &most);
    if (white == 1)
        return LOCI_OK;
    data->low = loci_alloc(data->features, sizeof *data->low);
    data->span = loci_alloc(data->features, sizeof *data->span);
    if (data->low == NULL || data->span == NULL ||
        loci_dataset_note_down(data,
                               "%s: pixels of 16 bits, of which the largest is %d; all are divided "
                               "by %d",
                               where, (int)most, (int)white) != LOCI_OK)
        return loci_fail_memory(error, where);
    for (size_t f = 0; f < data->features; f++)
        data->span[f] = white;
    return LOCI_OK;
}

/* Fits [0, 1] to the training part: low and span stay NULL where it lies in there already. */
static int fit_range(loci_dataset *data, const char *where, loci_error *error) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    size_t features = data->features, total = train->count * features;
    if (train->values == NULL)
        return LOCI_OK;
    if (data->deep)
        return scale_pixels(data, where, error);
    size_t inside = 0;
    while (inside < total && train->values[inside] >= 0.0f && train->values[inside] <= 1.0f)
        loci_resident_pass(train, ++inside);
    if (inside == total)
        return LOCI_OK;
    float *low = data->low = loci_alloc(features, sizeof *low);
    float *span = data->span = loci_alloc(features, sizeof *span);
    if (low == NULL || span == NULL)
        return loci_fail_memory(error, where);
    memcpy(low, train->values, features * sizeof *low);
    memcpy(span, train->values, features * sizeof *span); /* the largest value, for now */
    for (size_t i = features; i < total; i++) {
        loci_resident_pass(train, i);
        float value = train->values[i];
        size_t f = i % features;
        low[f] = value < low[f] ? value : low[f];
        span[f] = value > span[f] ? value : span[f];
    }
    for (size_t f = 0; f < features; f++) {
        span[f] -= low[f];
        if (span[f] < FLT_MIN) /* constant, or so nearly that a quotient could overflow */
            span[f] = 1.0f;
    }
    return check_test(data, low, span, where, error);
}

/* Whether a column has one value only: of such the mean may be off by a rounding error. */
static bool is_constant(const loci_samples *part, size_t features, size_t f) {
    for (size_t i = 1; i < part->count; i++)
        if (part->values[i * features + f] != part->values[f])
            return false;
    return true;
}

/* Sums of a table's columns: of values, or of the squares of how far they are from `mean`. */
static void add_columns(const loci_samples *part, size_t features, const double *mean,
                        double *sum) {
    for (size_t f = 0; f < features; f++)
        sum[f] = 0;
    for (size_t i = 0; i < part->count; i++)
        for (size_t f = 0; f < features; f++) {
            loci_resident_pass(part, i * features + f);
            double value = part->values[i * features + f];
            sum[f] += mean == NULL ? value : (value - mean[f]) * (value - mean[f]);
        }
    for (size_t f = 0; f < features; f++)
        sum[f] /= (double)part->count;
}

/* Two passes: the difference of squares would lose a small deviation beside a large mean. */
static int fit_standard(loci_dataset *data, const char *where, loci_error *error) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    size_t features = data->features;
    if (train->values == NULL || data->height != 1)
        return LOCI_OK;
    double *mean = loci_alloc(features, sizeof *mean),
           *square = loci_alloc(features, sizeof *square);
    data->mean = loci_alloc(features, sizeof *data->mean);
    data->deviation = loci_alloc(features, sizeof *data->deviation);
    bool lost = mean == NULL || square == NULL || data->mean == NULL || data->deviation == NULL;
    if (!lost) {
        add_columns(train, features, NULL, mean);
        add_columns(train, features, mean, square);
    }
    for (size_t f = 0; !lost && f < features; f++) {
        float deviation = (float)sqrt(square[f]);
        bool moves = deviation >= FLT_MIN && !is_constant(train, features, f);
        data->mean[f] = moves ? (float)mean[f] : train->values[f];
        data->deviation[f] = moves ? deviation : 1;
    }
    free(mean);
    free(square);
    return lost ? loci_fail_memory(error, where)
                : check_test(data, data->mean, data->deviation, where, error);
}

int loci_dataset_fit_inputs(loci_dataset *data, const char *where, loci_error *error) {
    int status = fit_range(data, where, error);
    if (status == LOCI_OK)
        status = fit_standard(data, where, error);
    loci_resident_rest(&data->part[LOCI_TRAIN]);
    return status;
}

void loci_dataset_input_scaling(const loci_dataset *data, const float **low, const float **span) {
    *low = data->low;
    *span = data->span;
}

void loci_dataset_standard_scaling(const loci_dataset *data, const float **mean,
                                   const float **deviation) {
    *mean = data->mean;
    *deviation = data->deviation;
}
