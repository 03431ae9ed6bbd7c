/* One HDF5 file of recordings: spikes/times and spikes/units, lists of numbers a sample, and
 * labels; extra/keys, names of the labels, and extra/NAME, a number a sample, where there are such.
 * Nothing that the file says is believed before it is held against the file's size. */
#ifndef LOCI_DATA_SPIKE_FILE_H
#define LOCI_DATA_SPIKE_FILE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include <loci/status.h>

#include "data/spike_heap.h"
#include "data/spike_items.h"

typedef struct loci_spike_file {
    const char *path; /* borrowed */
    uint64_t root;    /* where the header of the group is that holds all */
    hid_t file;
    loci_spike_set sets[2]; /* times, units */
    hid_t items[2];         /* what lists are of, in the file */
    loci_spike_heap heap;   /* of lists */
    size_t samples;         /* that the file holds */
    double *times;          /* [room] of one sample */
    int64_t *units;         /* [room] */
    size_t room;
} loci_spike_file;

/* Opens a file. LOCI_E_NOT_FOUND, LOCI_E_FORMAT, LOCI_E_MEMORY; close it in any case. */
int loci_spike_file_open(loci_spike_file *file, const char *path, loci_error *error);
void loci_spike_file_close(loci_spike_file *file);

/* The spikes of one sample: when [count], in seconds, and on which channels [count]. */
typedef struct loci_recording {
    size_t number, count;
    const double *times;
    const int64_t *units;
} loci_recording;

/* Calls `visit` for one sample after another; what it returns, other than LOCI_OK, ends that. */
int loci_spike_file_visit(loci_spike_file *file,
                          int (*visit)(void *context, const loci_recording *sample,
                                       loci_error *error),
                          void *context, loci_error *error);

bool loci_spike_file_has(const loci_spike_file *file, const char *name);
/* A whole number a sample, numbers [samples]. LOCI_E_FORMAT with the name. */
int loci_spike_file_numbers(loci_spike_file *file, const char *name, int64_t *numbers,
                            loci_error *error);
/* Texts: *texts [*count], each to be freed, and then the list; on failure there are none. */
int loci_spike_file_texts(loci_spike_file *file, const char *name, char ***texts, size_t *count,
                          loci_error *error);

#endif
