/* What the tiles of a pair contribute to the gradient of its sites: each to a place of its own, so
 * that all is summed in one order, whichever thread makes which tile. */
#ifndef LOCI_SYNAPSE_TILE_SUMS_H
#define LOCI_SYNAPSE_TILE_SUMS_H

#include <loci/pool.h>

#include "base/arena.h"
#include "synapse/gradient.h"
#include "synapse/partition.h"

typedef struct loci_tile_sums {
    loci_partition part;
    float *axon;     /* [columns, n, A, C+4] what each column of tiles contributes */
    float *dendrite; /* [rows, columns, C+1, D, width] what each tile contributes */
    size_t axon_floats, dendrite_floats; /* of one column, of one tile; 0 of a conventional pair */
    loci_pair_sums *chunk;               /* of some axon sites each */
} loci_tile_sums;

/* Takes its places from the arena, which owns them and knows whether there was memory. */
void loci_tile_sums_take(loci_tile_sums *sums, const loci_wiring *w, loci_partition part,
                         loci_arena *arena);

/* Where the tile in a column contributes, from its first sender on; and to its dendrite sites, all
 * set to 0. */
float *loci_tile_sums_axons(const loci_tile_sums *sums, const loci_wiring *w, size_t column,
                            size_t first);
float *loci_tile_sums_dendrites(const loci_tile_sums *sums, size_t row, size_t column);

/* Adds what all tiles contributed to the gradient of sites, and of the pair as a whole. */
void loci_tile_sums_reduce(const loci_tile_sums *sums, const loci_wiring *w,
                           loci_wiring_gradient *gradient, loci_pool *pool);

#endif
