/* The law of a layer pair as its kernels take it: its length, and what it is worth at the end of
 * its range; and the way back to both. */
#ifndef LOCI_WIRING_PAIR_LAW_H
#define LOCI_WIRING_PAIR_LAW_H

#include "wiring/wiring.h"

/* law: enum loci_law; length: L of a law that has one, else 0; inverse_range: 1/R, 0 = unlimited.
 */
void loci_wiring_set_law(loci_wiring *wiring, int law, float length, float inverse_range);

/* dL/dR from the pair's sums, R > 0 being the range that the law was set with. */
double loci_wiring_range_gradient(const loci_wiring *wiring, const loci_pair_sums *sums, double R);

#endif
