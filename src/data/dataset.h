/* What is inside a loci_dataset, and how a reader of a format builds one. */
#ifndef LOCI_DATA_DATASET_H
#define LOCI_DATA_DATASET_H

#include <loci/data.h>
#include <loci/spec.h>
#include <stdatomic.h>
#include <stdbool.h>

/* One part. Exactly one of bytes, values, events and source is set (none when count is 0), and of
 * labels and targets. Whoever wants inputs asks for them by samples.h. */
typedef struct loci_samples {
    size_t count;
    uint8_t *bytes;                    /* [count, features], read as value / 255 */
    float *values;                     /* [count, features], finite, as in the file */
    struct loci_sample_source *source; /* of inputs that are not in memory (samples.h) */
    /* Of temporal data: events event_start[i] .. event_start[i + 1] - 1 are sample i's, at rising
     * places, step * features + channel; event_count is how many there are of each, 1 at least. */
    uint64_t *event_start; /* [count + 1] */
    uint32_t *event_place;
    uint16_t *event_count;
    int32_t *labels;        /* [count], each 0..outputs-1, of classes */
    float *targets;         /* [count, outputs] of a regression, finite, in units of their own */
    float *weights;         /* [count], finite, >= 0; NULL = all 1 */
    size_t mapped;          /* bytes of values that are mapped from a file; 0 = from malloc() */
    atomic_size_t *touched; /* of them looked at so far (resident.h); NULL where none are mapped */
} loci_samples;

struct loci_dataset {
    char name[64];
    uint32_t height, width;
    uint32_t channels;       /* values a pixel, side by side */
    bool planar;             /* the channels stand one after the other; until it is finished */
    bool interleaved;        /* they did in the file */
    bool deep;               /* values are pixels, whole numbers of 16 bits */
    uint32_t steps;          /* of temporal data: time steps of a sample; 0 = samples have none */
    bool timed;              /* they are such; until it is finished steps may be what is wanted */
    uint32_t recorded_steps; /* of the arrays that they were gathered from; 0 = of none */
    double duration;         /* what they cover, in seconds; 0 = steps are all that is known */
    uint32_t event_channels; /* that recordings have, before they are grouped; 0 = not known */
    uint32_t grouped;        /* so many neighbouring channels became one; 0 or 1 = none */
    int task;                /* enum loci_task */
    uint32_t outputs;        /* classes, or the numbers of a regression */
    size_t features;         /* height * width * channels */
    char **output_names;     /* [outputs] of the classes, or numbers */
    bool borrowed;           /* the arrays of both parts are the caller's, but for events */
    char **column_names;     /* [features] of a table with a header, else NULL */
    loci_samples part[2];    /* by enum loci_split */
    float *low, *span;       /* [features] or NULL: x = (raw - low) / span, for values only */
    float *mean, *deviation; /* [features] of a table of numbers, else NULL: for networks that
                              * standardise */
    /* [outputs] of a regression, over the training part; a constant's deviation is 1 */
    float *target_mean, *target_deviation;
    char *columns; /* of a table: what they are, JSON (schema.h); else NULL */
    int reading;   /* enum loci_reading: SECOND where the first edition would have read otherwise */
    /* [training samples] of a table: the same for rows that stay together; else NULL */
    uint64_t *row_key;
    uint32_t validation_groups; /* so many of these are held out; 0 = samples are counted */
    bool untested;              /* the file has no test part */
    bool parted;                /* a test part was split off */
    bool unlabelled;            /* samples to predict */
    bool of_model;   /* read as a model's data were: what is worth a warning was said in training */
    bool biased;     /* one input is 1 in all samples, as it was asked for */
    bool full_range; /* bytes are pixels of 0 to 255, though none may be bright */
    char **notes;    /* [note_count] what a person should know of how it was read, a line each */
    size_t note_count; /* 0 at first */
};

/* Most features a sample may have: far beyond any use, and no product of two such numbers
 * overflows. */
enum { LOCI_MAX_FEATURES = 1 << 24, LOCI_MAX_CLASSES = 65536 };

/* An empty data set; its name is the text as loci_text_show() has it, cut to
 * 63 bytes. NULL: memory is short. Free it with loci_dataset_free().
 */
loci_dataset *loci_dataset_new(const char *name);

/* Sets the size of a sample. Once set, it can only be set to the same again. LOCI_E_FORMAT with
 * `where` when it differs, when a number is 0 or when there are too many features. */
int loci_dataset_set_size(loci_dataset *data, uint64_t height, uint64_t width, const char *where,
                          loci_error *error);

/* Likewise, of pixels of several channels. */
int loci_dataset_set_image(loci_dataset *data, uint64_t height, uint64_t width, uint64_t channels,
                           const char *where, loci_error *error);

/* Sets the size of a sample from the shape [n, ...] of an array, rank 2..4: [n, h, w] is an image;
 * [n, h, w, c] one of c channels; [n, c, h, w] too, where c is at most 4 and w is more; what could
 * be both, or has neither 1 nor 3 channels, is noted down; [n, columns] a table, one row of pixels,
 * unless it holds bytes whose number is a square of 16 or more: that is a square image. */
int loci_dataset_set_shape(loci_dataset *data, uint32_t rank, const size_t *shape, int bytes,
                           const char *where, loci_error *error);

/* Adds a line, without a line feed or a full stop, that a person should know of. LOCI_E_MEMORY. */
int loci_dataset_note_down(loci_dataset *data, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Copies sample i, which must be there, to out [features]: (raw - low) / span, raw what the file
 * holds, bytes as 0..255. low NULL: values as they are, bytes / 255. LOCI_E_IO or LOCI_E_FORMAT
 * where it is read from a file. */
int loci_dataset_read(const loci_dataset *data, const float *low, const float *span,
                      enum loci_split split, size_t i, float *out, loci_error *error);

/* input_scaling.c: fits to the training part what brings inputs to [0, 1] and, of a table, to mean
 * 0 and deviation 1. LOCI_E_FORMAT with `where`, or LOCI_E_MEMORY. */
int loci_dataset_fit_inputs(loci_dataset *data, const char *where, loci_error *error);

/* Completes a data set whose size and parts a reader has filled: checks that values are finite,
 * counts the classes (unless the reader named them: then labels must be below `classes`), gives
 * them names, fits the input scaling. LOCI_E_FORMAT with `where`, or LOCI_E_MEMORY. */
int loci_dataset_finish(loci_dataset *data, const char *where, loci_error *error);

#endif
