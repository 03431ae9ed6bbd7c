/* Choosing the strongest connections of layer pairs, as often as a cut moves: all strengths at
 * hand, and a mask of what is kept. Who does not choose works with lists (connections.h). */
#ifndef LOCI_SYNAPSE_SELECTION_H
#define LOCI_SYNAPSE_SELECTION_H

#include <loci/pool.h>
#include <loci/status.h>
#include <stdbool.h>

#include "synapse/strength.h"

/* Most pairs that are ranked together. */
enum { LOCI_RANKED_PAIRS = 16 };

typedef struct loci_selection {
    size_t n, m, ld;
    size_t count;    /* connections kept */
    float cut;       /* -1 when nothing is cut */
    uint8_t *mask;   /* [n, ld] as loci_wiring's */
    float *strength; /* [n, ld], padding 0 */
} loci_selection;

/* All are kept at first. */
int loci_selection_create(loci_selection **out, size_t n, size_t m, loci_error *error);
void loci_selection_free(loci_selection *selection);
/* Bytes set aside. */
size_t loci_selection_bytes(const loci_selection *selection);

/* Fills strength. LOCI_E_MEMORY. */
int loci_selection_measure(loci_selection *selection, const loci_wiring *w, enum loci_rank rank,
                           loci_pool *pool, loci_error *error);

/* Keeps the `count` strongest, 0 .. n m: sets cut, halfway between the last kept and the first cut,
 * count and mask. LOCI_E_MEMORY. */
int loci_selection_select(loci_selection *selection, size_t count, loci_pool *pool,
                          loci_error *error);

/* How many of the `count` strongest of all pairs are each pair's own, strengths taken times
 * factor[pair], ties in the order of pairs. LOCI_E_MEMORY. */
int loci_selection_share(loci_selection *const *selection, const float *factor, size_t pairs,
                         size_t count, size_t *shares, loci_pool *pool, loci_error *error);

/* Keeps what is stronger than a cut that no count goes with: a finite range's. */
void loci_selection_reached(loci_selection *selection, float cut);

/* Sets the weights [n, m] that are not kept to 0. */
void loci_selection_clear_others(const loci_selection *selection, float *weights);

/* Applies a stored cut; false when it does not leave `count` connections. */
bool loci_selection_apply(loci_selection *selection, float cut, size_t count);

#endif
