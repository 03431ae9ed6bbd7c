/* Which connections of a layer pair are kept.
 *
 * Connections are ranked by strength (wiring/strength_kernel.c). A cut is one number: what is
 * stronger is kept, and of those exactly as strong as the cut the first by index, as many as the
 * count asks for. So one number and one count are enough to store a set of any size, as long as
 * strengths can be computed again. */
#ifndef LOCI_SYNAPSE_SELECTION_H
#define LOCI_SYNAPSE_SELECTION_H

#include <loci/pool.h>
#include <loci/status.h>
#include <stdbool.h>

#include "wiring/wiring.h"

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

/* How connections are ranked. */
enum loci_rank { LOCI_RANK_NEARNESS, LOCI_RANK_MAGNITUDE };

/* Fills strength. A conventional pair is ranked by magnitude whatever `rank` says. LOCI_E_MEMORY.
 */
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

/* Of what is kept, keeps only what is stronger than `cut`. */
void loci_kept_leave_out(loci_selection *selection, float cut);

/* Applies a stored cut; false when it does not leave `count` connections. */
bool loci_selection_apply(loci_selection *selection, float cut, size_t count);

/* To and from a bitmap of n m bits, row-major, bit i in byte i / 8, least significant first. */
size_t loci_bitmap_bytes(size_t n, size_t m);
void loci_kept_to_bitmap(const loci_selection *selection, uint8_t *bitmap);
void loci_kept_from_bitmap(loci_selection *selection, const uint8_t *bitmap);

#endif
