/* Pooling of the maximum: of each square of side * side places of a grid the largest number, map by
 * map. Rows and columns that fill no square are dropped. */
#ifndef LOCI_LINEAR_MAXPOOL_H
#define LOCI_LINEAR_MAXPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* The grid before pooling; side 1: nothing is pooled. */
typedef struct loci_maxpool {
    size_t height, width, maps, side; /* side 1..16 */
} loci_maxpool;

static inline size_t loci_maxpool_floats(const loci_maxpool *p) {
    return (p->height / p->side) * (p->width / p->side) * p->maps;
}

typedef struct loci_maxpool_kernels {
    /* out [height/side, width/side, maps] from y [height, width, maps]; winner, likewise: which
     * place of a square it was, row by row, the first of equal ones. NULL = not wanted */
    void (*forward)(const loci_maxpool *p, const float *y, float *out, uint8_t *winner);
    /* g_y is dL/dout at the winners, 0 elsewhere */
    void (*backward)(const loci_maxpool *p, const float *g, const uint8_t *winner, float *g_y);
} loci_maxpool_kernels;

/* Static storage. */
const loci_maxpool_kernels *loci_maxpool_kernels_for(enum loci_isa isa);

#endif
