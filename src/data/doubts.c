#include "data/doubts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "data/resident.h"
#include "data/samples.h"

/* ---- bytes ---- */

/* *largest: of a part. */
static int find_largest(const loci_samples *part, size_t features, uint8_t *largest,
                        loci_error *error) {
    uint8_t *scratch = part->source != NULL ? loci_alloc(features, 1) : NULL, most = 0;
    int status =
        part->source != NULL && scratch == NULL ? loci_fail_memory(error, "samples") : LOCI_OK;
    for (size_t i = 0; i < part->count && most < UINT8_MAX && status == LOCI_OK; i++) {
        const uint8_t *row;
        status = loci_sample_bytes(part, features, i, scratch, &row, error);
        for (size_t f = 0; status == LOCI_OK && f < features && most < UINT8_MAX; f++)
            most = row[f] > most ? row[f] : most;
    }
    free(scratch);
    *largest = most;
    return status;
}

int loci_dataset_fit_bytes(loci_dataset *data, const char *where, loci_error *error) {
    enum { UPPER_HALF = 128 };
    const loci_samples *train = &data->part[LOCI_TRAIN];
    if (!loci_samples_are_bytes(train) || data->full_range)
        return LOCI_OK;
    uint8_t largest;
    int status = find_largest(train, data->features, &largest, error);
    if (status != LOCI_OK)
        return status;
    if (largest == 0 || largest >= UPPER_HALF)
        return LOCI_OK;
    data->low = loci_alloc(data->features, sizeof *data->low); /* all 0 */
    data->span = loci_alloc(data->features, sizeof *data->span);
    if (data->low == NULL || data->span == NULL ||
        loci_dataset_note_down(data,
                               "%s holds bytes up to %u only: a network that is trained on them "
                               "divides by %u, not by 255",
                               data->name, largest, largest) != LOCI_OK)
        return loci_fail_memory(error, where);
    for (size_t f = 0; f < data->features; f++)
        data->span[f] = largest;
    data->reading = LOCI_READING_SECOND; /* version 0.1 divided by 255 */
    return LOCI_OK;
}

/* ---- the parts' ranges ---- */

/* Of what a part holds. */
typedef struct loci_extent {
    double mean, most;      /* of what a network would see, without sign */
    double lowest, highest; /* as in the file */
} loci_extent;

/* Adds a number that `count` samples of `total` have at input f. */
static void widen(loci_extent *x, const loci_dataset *data, size_t f, double raw, double count,
                  double total) {
    double seen = raw;
    if (data->low != NULL)
        seen = (raw - (double)data->low[f]) / (double)data->span[f];
    x->mean += count * fabs(seen) / total;
    x->most = fmax(x->most, fabs(seen));
    x->lowest = fmin(x->lowest, raw);
    x->highest = fmax(x->highest, raw);
}

/* Bytes are all scaled alike, so that it is enough to count them. */
static int count_bytes(const loci_samples *part, size_t features, uint64_t counts[256]) {
    uint8_t *scratch = part->source != NULL ? loci_alloc(features, 1) : NULL;
    int status = part->source != NULL && scratch == NULL ? LOCI_E_MEMORY : LOCI_OK;
    memset(counts, 0, 256 * sizeof *counts);
    for (size_t i = 0; i < part->count && status == LOCI_OK; i++) {
        const uint8_t *row;
        status = loci_sample_bytes(part, features, i, scratch, &row, NULL);
        for (size_t f = 0; f < features && status == LOCI_OK; f++)
            counts[row[f]]++;
    }
    free(scratch);
    return status;
}

static int extent_of(const loci_dataset *data, enum loci_split split, loci_extent *out) {
    const loci_samples *part = &data->part[split];
    uint64_t counts[256];
    size_t features = data->features, total = part->count * features;
    int status = LOCI_OK;
    *out = (loci_extent){0, 0, INFINITY, -INFINITY};
    if (loci_samples_are_bytes(part))
        status = count_bytes(part, features, counts);
    for (int b = 0; loci_samples_are_bytes(part) && b < 256; b++)
        if (counts[b] > 0)
            widen(out, data, 0, b, (double)counts[b], (double)total);
    for (size_t i = 0; !loci_samples_are_bytes(part) && i < total; i++) {
        loci_resident_pass(part, i);
        widen(out, data, i % features, (double)part->values[i], 1, (double)total);
    }
    loci_resident_rest(part);
    return status;
}

/* Far more, in the mean and at most: neither chance nor an outlier does that. */
static bool is_beyond(const loci_extent *a, const loci_extent *b) {
    return a->most > 4 * b->most && a->mean > 3 * b->mean;
}

enum { ENOUGH = 10 }; /* samples; of fewer, chance does it */

static int doubt_range(loci_dataset *data) {
    if (data->part[LOCI_TRAIN].count < ENOUGH || data->part[LOCI_TEST].count < ENOUGH ||
        (data->part[LOCI_TRAIN].source != NULL && data->part[LOCI_TRAIN].source->drawn))
        return LOCI_OK;
    loci_extent train, test;
    int status = extent_of(data, LOCI_TRAIN, &train);
    if (status == LOCI_OK)
        status = extent_of(data, LOCI_TEST, &test);
    if (status != LOCI_OK)
        return status;
    if (!is_beyond(&train, &test) && !is_beyond(&test, &train))
        return LOCI_OK;
    char ends[160]; /* of four numbers of at most 13 characters */
    loci_number_print(ends, sizeof ends,
                      "training part goes from %.6g to %.6g, its test part from %.6g to %.6g",
                      train.lowest, train.highest, test.lowest, test.highest);
    return loci_dataset_note_down(data, "%s: its %s; bring both to the same unit", data->name,
                                  ends);
}

/* ---- a few of many, by name ---- */

enum { NAMED = 3 };

/* "a, b, c and 4 more" */
typedef struct loci_few {
    size_t count;
    char text[256];
} loci_few;

static void add_name(loci_few *few, const char *name) {
    size_t used = strlen(few->text);
    if (few->count++ < NAMED)
        snprintf(few->text + used, sizeof few->text - used, "%s%s", used > 0 ? ", " : "",
                 LOCI_SHOWN(40, name));
}

static void close_names(loci_few *few) {
    size_t used = strlen(few->text);
    if (few->count > NAMED)
        snprintf(few->text + used, sizeof few->text - used, " and %zu more", few->count - NAMED);
}

/* ---- columns that are the same in all rows ---- */

/* Takes out of columns [*count] those that differ from the first row somewhere. */
static int keep_constant(const loci_dataset *data, uint32_t *columns, size_t *count) {
    const loci_samples *part = &data->part[LOCI_TRAIN];
    size_t features = data->features;
    float *first = loci_alloc(2 * features, sizeof *first);
    if (first == NULL)
        return LOCI_E_MEMORY;
    float *row = first + features;
    int status = loci_sample_numbers(part, features, 0, first, NULL);
    for (size_t i = 1; i<part->count && * count> 0 && status == LOCI_OK; i++) {
        size_t kept = 0;
        if (i % 4096 == 0)
            loci_resident_rest(part);
        status = loci_sample_numbers(part, features, i, row, NULL);
        for (size_t c = 0; c < *count && status == LOCI_OK; c++) {
            bool same = row[columns[c]] == first[columns[c]];
            columns[kept] = columns[c];
            kept += same;
        }
        *count = kept;
    }
    free(first);
    return status;
}

static int doubt_columns(loci_dataset *data) {
    loci_few few = {0, ""};
    if (data->biased || data->height != 1 || data->part[LOCI_TRAIN].count < 2)
        return LOCI_OK;
    uint32_t *columns = loci_alloc(data->features, sizeof *columns);
    if (columns == NULL)
        return LOCI_E_MEMORY;
    for (uint32_t f = 0; f < data->features; f++)
        columns[f] = f;
    size_t count = data->features;
    int status = keep_constant(data, columns, &count);
    if (status != LOCI_OK) {
        free(columns);
        return status;
    }
    for (size_t c = 0; c < count; c++) {
        char number[16];
        snprintf(number, sizeof number, "%u", columns[c] + 1);
        add_name(&few, data->column_names != NULL ? data->column_names[columns[c]] : number);
    }
    free(columns);
    close_names(&few);
    if (count == 0)
        return LOCI_OK;
    return loci_dataset_note_down(
        data, "%s: %zu column%s (%s) %s the same in all training rows and teach%s nothing%s",
        data->name, count, count == 1 ? "" : "s", few.text, count == 1 ? "is" : "are",
        count == 1 ? "es" : "", data->column_names != NULL ? "; --without leaves columns out" : "");
}

/* ---- one part twice ---- */

/* Such as a training file that is named for testing, too. */
static int doubt_parts(loci_dataset *data) {
    const loci_samples *train = &data->part[LOCI_TRAIN], *test = &data->part[LOCI_TEST];
    size_t features = data->features;
    if (train->count != test->count || train->count < ENOUGH)
        return LOCI_OK;
    float *rows = loci_alloc(2 * features, sizeof *rows);
    bool same = rows != NULL;
    int status = rows != NULL ? LOCI_OK : LOCI_E_MEMORY;
    for (size_t i = 0; i < train->count && same && status == LOCI_OK; i++) {
        status = loci_sample_numbers(train, features, i, rows, NULL);
        if (status == LOCI_OK)
            status = loci_sample_numbers(test, features, i, rows + features, NULL);
        for (size_t f = 0; f < features && same && status == LOCI_OK; f++)
            same = rows[f] == rows[features + f];
    }
    free(rows);
    if (status != LOCI_OK || !same)
        return status;
    return loci_dataset_note_down(data,
                                  "%s: its test part is its training part once more: what is "
                                  "measured there tells nothing of new samples",
                                  data->name);
}

/* ---- classes without samples ---- */

static int doubt_classes(loci_dataset *data) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    loci_few few = {0, ""};
    if (train->labels == NULL)
        return LOCI_OK;
    unsigned char *seen = loci_alloc(data->outputs, 1);
    if (seen == NULL)
        return LOCI_E_MEMORY;
    for (size_t i = 0; i < train->count; i++)
        seen[train->labels[i]] = 1;
    for (uint32_t c = 0; c < data->outputs; c++)
        if (!seen[c])
            add_name(&few, data->output_names[c]);
    bool first = data->outputs > 0 && !seen[0];
    free(seen);
    close_names(&few);
    if (few.count == 0)
        return LOCI_OK;
    if (few.count == 1 && first && strcmp(data->output_names[0], "0") == 0)
        return loci_dataset_note_down(data,
                                      "%s: no training sample has the label 0; if labels count "
                                      "from 1, subtract 1, or one output more is made than needed",
                                      data->name);
    return loci_dataset_note_down(data,
                                  "%s: %zu of %u classes (%s) %s no training sample and cannot be "
                                  "learnt; add some, or leave such classes out",
                                  data->name, few.count, data->outputs, few.text,
                                  few.count == 1 ? "has" : "have");
}

int loci_dataset_doubt(loci_dataset *data, const char *where, loci_error *error) {
    /* counts have one unit, and that a channel is silent is no mistake */
    int status = data->timed ? LOCI_OK : doubt_range(data);
    if (status == LOCI_OK && !data->timed)
        status = doubt_columns(data);
    if (status == LOCI_OK && !data->timed)
        status = doubt_parts(data);
    if (status == LOCI_OK)
        status = doubt_classes(data);
    return status == LOCI_OK         ? LOCI_OK
           : status != LOCI_E_MEMORY ? loci_fail(error, status, where, "cannot be read")
                                     : loci_fail_memory(error, where);
}
