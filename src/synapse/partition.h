/* How a pair's n x m weights are cut into tiles: a fixed function of shape, so that no result
 * depends on threads. */
#ifndef LOCI_SYNAPSE_PARTITION_H
#define LOCI_SYNAPSE_PARTITION_H

#include <stddef.h>

typedef struct loci_partition {
    size_t width;   /* receiving neurons of a tile, a multiple of 16 and at most 64 */
    size_t columns; /* tiles across */
    size_t height;  /* sending neurons of a tile */
    size_t rows;    /* tiles down */
} loci_partition;

/* streamed: for one pass over the batch, tiles are as high as the pair; height and rows are for the
 * way back. */
loci_partition loci_partition_of(size_t n, size_t m, int streamed);

#endif
