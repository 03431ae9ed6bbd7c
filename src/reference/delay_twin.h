/* Weights that arrive later, and their gradient, in float64, from the formulas in wiring/delay.h:
 * written to be read, and what delay_kernel.c and synapse/delayed.c are held to. It stays for ever.
 */
#ifndef LOCI_REFERENCE_DELAY_TWIN_H
#define LOCI_REFERENCE_DELAY_TWIN_H

#include "reference/wiring_twin.h"

/* Names are those of loci_delay. */
typedef struct loci_reference_delay {
    double inverse_speed; /* 1/v; 0 = every connection takes `first` steps */
    size_t first, taps;
} loci_reference_delay;

/* k [taps, n, m]: what a spike of i brings to j, k + first steps later. Where sums are of absolute
 * values, each term counts 1 + d times: a share phi of it is off by what d is off by. */
void loci_reference_taps(const loci_reference *wiring, const loci_reference_delay *delay,
                         double *k);

/* Gradients from g = dL/dk [taps, n, m]; each is added to. log_speed: [1] dL/dlog v, or NULL. */
void loci_reference_taps_backward(const loci_reference *wiring, const loci_reference_delay *delay,
                                  const double *g, const loci_reference_gradient *out,
                                  double *log_speed);

/* The smallest distance of r/v of any pair of sites from where its slope jumps: a whole number of
 * steps. */
double loci_reference_delay_nearest(const loci_reference *wiring,
                                    const loci_reference_delay *delay);

/* Goes on with an FNV-1a hash: by which taps every pair of sites acts on, and whether it is
 * clamped. As long as it stays the same, no such place was crossed. */
uint64_t loci_reference_delay_pieces(const loci_reference *wiring,
                                     const loci_reference_delay *delay, uint64_t hash);

#endif
