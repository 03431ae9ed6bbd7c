/* The inputs of a part's samples, wherever they are: arrays in memory, a picture that is drawn, a
 * file that is read as its samples are needed. Whoever wants inputs asks here. */
#ifndef LOCI_DATA_SAMPLES_H
#define LOCI_DATA_SAMPLES_H

#include "data/dataset.h"

/* Where the inputs of a part come from that are not in memory. */
typedef struct loci_sample_source {
    bool bytes; /* they are bytes, else floats */
    bool drawn; /* made, not read: what they hold is known, and a pass over all of them is dear */
    void *context;
    /* Writes the inputs of sample i, which is there, to out: [features] bytes or floats. May be
     * called by several threads. LOCI_E_IO, LOCI_E_FORMAT. */
    int (*read)(const void *context, size_t i, void *out, loci_error *error);
    /* That sample i will be asked for soon; returns at once. NULL: it makes no difference. */
    void (*expect)(const void *context, size_t i);
    void (*free)(void *context);
    atomic_int failed; /* LOCI_OK, or what the last read that failed returned */
} loci_sample_source;

/* Makes a source with `read` and `free` for a part, which owns it, and its context, from then on.
 * LOCI_E_MEMORY: the context is freed. */
int loci_samples_from(loci_samples *part, const loci_sample_source *source, loci_error *error);
/* Frees what loci_samples_from() made, if anything. */
void loci_samples_drop_source(loci_samples *part);

/* LOCI_E_IO or LOCI_E_FORMAT where a sample of either part could not be read, ever: to be asked at
 * the end where one at a time is not. */
int loci_samples_check(const loci_dataset *data, loci_error *error);

/* Whether inputs are bytes. */
static inline bool loci_samples_are_bytes(const loci_samples *part) {
    return part->source != NULL ? part->source->bytes : part->bytes != NULL;
}

/* To be called when samples which[0..count) of a part will be asked for soon: what lies in a file
 * is read ahead, in the background. */
void loci_samples_expect(const loci_samples *part, const uint32_t *which, size_t count);

/* *bytes: the inputs of sample i, of a part of bytes: where they stand, or in scratch [features]
 * once they were read. LOCI_E_IO, LOCI_E_FORMAT. */
int loci_sample_bytes(const loci_samples *part, size_t features, size_t i, uint8_t *scratch,
                      const uint8_t **bytes, loci_error *error);
/* Copies the inputs of sample i to out [features], bytes as 0..255. Likewise. */
int loci_sample_numbers(const loci_samples *part, size_t features, size_t i, float *out,
                        loci_error *error);

#endif
