/* Where weights are rounded: what of dL/dW goes straight through to those that positions make. */
#ifndef LOCI_SYNAPSE_HELD_H
#define LOCI_SYNAPSE_HELD_H

#include "wiring/wiring.h"

/* Sets to 0 what of dL/dW of a tile's rows i0..i1-1, dw [i1-i0, ld], would move weights on beyond
 * the ends of their numbers. Of a spatial wiring that rounds. */
void loci_hold_tile(const loci_wiring *w, const loci_tile *tile, size_t i0, size_t i1, float *dw,
                    size_t ld);
/* The same of `count` connections whose weights, not rounded, are `weight` [count]. */
void loci_hold_listed(const loci_wiring *w, const float *weight, size_t count, float *dw);

#endif
