/* A data set from arrays that have names, wherever they lie: x_train, y_train, and of a test part
 * x_test, y_test; or events_train and events_test in place of x; weight_train and weight_test,
 * weights of the samples; classes, names of the labels 0, 1, ...; targets, names of the numbers to
 * predict. */
#ifndef LOCI_DATA_ARRAYS_H
#define LOCI_DATA_ARRAYS_H

#include "data/dataset.h"
#include "data/npy_labels.h"

enum { LOCI_ARRAY_WHERE = 4096 };

/* A .npy file that is read from its beginning on. */
typedef struct loci_array_stream {
    void *context;
    /* Reads up to `want` bytes; *got is less only at the end. LOCI_E_IO, LOCI_E_FORMAT. */
    int (*read)(void *context, void *out, size_t want, size_t *got, loci_error *error);
    void (*close)(void *context);
    int file;    /* a descriptor of a file that holds these bytes as they are, closed with it; -1 */
    uint64_t at; /* from here on */
} loci_array_stream;

/* One array: a whole .npy file in memory, or one that is too large for that. */
typedef struct loci_array {
    unsigned char *bytes; /* [size], malloc()ed; NULL where it is a stream */
    size_t size;
    loci_array_stream stream;     /* read NULL: it is none */
    char where[LOCI_ARRAY_WHERE]; /* for errors */
} loci_array;

/* Where arrays come from. */
typedef struct loci_array_source {
    const void *context;
    bool (*has)(const void *context, const char *name);
    /* Fills `where` in any case. LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT or LOCI_E_MEMORY. */
    int (*read)(const void *context, const char *name, loci_array *out, loci_error *error);
    /* Likewise, but an array of more than loci_row_file_from() bytes is given as a stream. */
    int (*open)(const void *context, const char *name, loci_array *out, loci_error *error);
    const char *archive; /* a file that is there, so that what it lacks makes it the wrong kind of
                            file; NULL = a folder */
} loci_array_source;

/* Fills a data set; an unlabelled one with x, else x_test, else x_train, as its training part.
 * Where there is neither x_test nor y_test, it is data->untested. */
int loci_arrays_fill(loci_dataset *data, const loci_array_source *source, bool skip_test,
                     loci_error *error);

/* One part from its two arrays: samples of rank 2..4 (unsigned bytes stay bytes, all else becomes
 * float) and, as data->task says or, undecided, the type: labels of rank 1, or [n, 1], whole
 * numbers of any type or texts; or targets [n] or [n, outputs] of any type of numbers. Labels are
 * held against the names of classes, if there are any, which become those of the data set. y NULL:
 * samples alone. */
int loci_npy_part(loci_dataset *data, enum loci_split split, const loci_array *x,
                  const loci_array *y, loci_names *classes, loci_error *error);

/* Samples of a stream, which ends: bytes stay in their file, where they lie in one as they are, or
 * go to a temporary one; other numbers go there as floats. */
int loci_npy_large(loci_dataset *data, loci_samples *part, const loci_array *array,
                   loci_error *error);

/* Samples of temporal data: [n, steps, channels], how many events, gathered into data->steps and by
 * data->grouped channels where these are not 0. */
int loci_npy_events(loci_dataset *data, loci_samples *part, const loci_array *array,
                    loci_error *error);

/* The weights of a part's samples, [n] or [n, 1]. */
int loci_npy_weights(loci_samples *part, const loci_array *array, loci_error *error);

#endif
