/* One side of a wiring of finite range: its sites in space, and its neurons' numbers over a block
 * of the batch. For local.c. */
#ifndef LOCI_SYNAPSE_LOCAL_SIDE_H
#define LOCI_SYNAPSE_LOCAL_SIDE_H

#include <loci/pool.h>

#include "linear/block.h"
#include "linear/linear.h"
#include "wiring/cells.h"

typedef struct loci_local_side {
    size_t neurons, sites, of_neuron; /* sites = neurons * of_neuron */
    loci_cells cells;                 /* charges as they act, the scale with those of axons */
    loci_cells bare;                  /* the same lanes, all of charge 1, but for padding */
    uint32_t *neuron;                 /* [room] of each lane */
    size_t width;                     /* rows of a block, at most */
    float *values;                    /* [neurons, width] what they send in a block */
    uint16_t *heard; /* [room / 16] bit t: lane t of a slab sends anything in this block */
} loci_local_side;

/* Takes arrays. */
void loci_local_side_take(loci_local_side *side, size_t neurons, size_t of_neuron,
                          size_t coordinates, size_t width, loci_arena *arena);
/* Sorts the sites, of which each neuron has of_neuron. */
void loci_local_side_sort(loci_local_side *side, const loci_sites_of *sites);

/* Takes what the neurons send in rows first .. first+rows-1 of a batch: from sparse rows or from
 * dense ones. */
void loci_local_side_hear(loci_local_side *side, const loci_activations *in, size_t first,
                          size_t rows, const loci_linear_kernels *kernels, loci_pool *pool);

/* out [rows, ld], columns from 0 on = the sums of what each neuron's sites gathered, gathered
 * [sites, width]; columns up to the next multiple of 16 are 0. after: as in block.h, for columns of
 * rows `first` and on; NULL = nothing. scratch [workers, LOCI_LOCAL_COLUMNS, width] */
enum { LOCI_LOCAL_COLUMNS = 64 };
void loci_local_side_tell(const loci_local_side *side, const float *gathered, float *out, size_t ld,
                          size_t first, size_t rows, const loci_after *after, float *scratch,
                          const loci_linear_kernels *kernels, loci_pool *pool);

#endif
