/* What is within reach of a place: sites sorted in space, so that those near a place are few.
 *
 * Sites are sorted into cells, a row of cells after the other, and 16 that follow each other are a
 * slab, about as wide as high where sites lie evenly: what a vector loop goes through at once. A
 * place is within reach of a slab if it is of the rectangle around it: so what is left out is out
 * of reach, and its weight exactly 0.
 *
 * The order follows from the positions of the moment alone, by one counting sort. */
#ifndef LOCI_WIRING_CELLS_H
#define LOCI_WIRING_CELLS_H

#include <stdbool.h>

#include "base/arena.h"
#include "wiring/wiring.h"

enum { LOCI_SLAB = 16 };

/* Sites of neurons: positions [count, C], charges [count] or NULL (all 1), times a factor.
 * Borrowed.
 */
typedef struct loci_sites_of {
    const float *position, *charge;
    size_t count, coordinates;
    float factor;
} loci_sites_of;

/* Lanes are sites in their new order; each row of cells, a strip, is filled up to whole slabs by
 * lanes of charge 0 that repeat its last site. */
typedef struct loci_cells {
    size_t coordinates, room; /* C; most lanes: the leading dimension of q */
    size_t lanes, strips;
    uint32_t *site;    /* [room] which site a lane is; UINT32_MAX: none */
    float *q;          /* [C, room] */
    float *e;          /* [room] charge times factor */
    int along, across; /* coordinates in which slabs of a strip, and strips, follow each other */
    /* bounds of slabs along, which never decrease within a strip, and of strips across, likewise */
    float *slab_low, *slab_high;   /* [room / 16] */
    float *strip_low, *strip_high; /* [strips] */
    uint32_t *strip_slab;          /* [strips + 1] the first slab of each */
    uint32_t *cell, *cell_start;   /* of the sort: [count], [cells + 1] */
} loci_cells;

/* Most lanes of so many sites. */
size_t loci_cells_room(size_t count);
/* Takes arrays for so many sites at most. */
void loci_cells_take(loci_cells *cells, size_t count, size_t coordinates, loci_arena *arena);
/* Sorts sites, at least one and no more than there is room for. */
void loci_cells_sort(loci_cells *cells, const loci_sites_of *sites);

/* The square of the furthest distance between places, in the plane of the coordinates, at which two
 * sites of a wiring meet; negative where none do. A little more than the range, as kernels round.
 */
float loci_cells_limit(const loci_wiring *wiring);

/* Slabs first .. end-1. */
typedef struct loci_run {
    uint32_t first, end;
} loci_run;

/* Lists the runs of slabs that are within reach of a place p [C], in their order, one a strip at
 * the most: run [loci_cells_runs()]. Returns how many. */
size_t loci_cells_find(const loci_cells *cells, const float *p, float limit, loci_run *run);
/* Most runs among so many sites. */
size_t loci_cells_runs(size_t count);

/* Most coordinates of a site: 64 and that of a channel. */
enum { LOCI_MOST_COORDINATES = 65 };

/* Loops of one site over runs of many, of finite range. */
typedef struct loci_cells_kernels {
    /* row [room] += the weights between a site at p [C] of charge c and the lanes of runs */
    void (*weights)(const loci_wiring *wiring, const loci_cells *lanes, const loci_run *run,
                    size_t runs, const float *p, float c, float *row);
    /* With g [room] = dL/dW of each lane: adds the sums of sums.h, of the site axon [C+4], of lanes
     * dendrite [C+1, room]. */
    void (*contract)(const loci_wiring *wiring, const loci_cells *lanes, const loci_run *run,
                     size_t runs, const float *p, float c, const float *g, float *axon,
                     float *dendrite);
} loci_cells_kernels;

/* Those compiled for one instruction set, which must be one this machine runs. Static storage. */
const loci_cells_kernels *loci_cells_kernels_for(enum loci_isa isa);

#endif
