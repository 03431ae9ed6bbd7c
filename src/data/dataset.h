/* What is inside a loci_dataset. */
#ifndef LOCI_DATA_DATASET_H
#define LOCI_DATA_DATASET_H

#include <loci/data.h>

/* One part. Exactly one of bytes and values is set (neither when count is 0). */
typedef struct loci_samples {
    size_t count;
    uint8_t *bytes;  /* [count, features], read as value / 255 */
    float *values;   /* [count, features], finite, as in the file */
    int32_t *labels; /* [count], each 0..classes-1 */
} loci_samples;

struct loci_dataset {
    char name[64];
    uint32_t height, width, classes;
    size_t features;      /* height * width */
    char **class_names;   /* [classes]; NULL: the numbers */
    loci_samples part[2]; /* by enum loci_split */
    float *low, *span;    /* [features] or NULL: x = (raw - low) / span, for values only */
};

#endif
