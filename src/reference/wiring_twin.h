/* The float64 twin of the wiring: written to be read, and what the fast kernels are held to. */
#ifndef LOCI_REFERENCE_WIRING_TWIN_H
#define LOCI_REFERENCE_WIRING_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wiring/law.h"

/* Names and shapes are those of loci_wiring; the gap is given by itself, because its gradient needs
 * it. */
typedef struct loci_reference {
    size_t n, m, axons, dendrites, coordinates;
    const double *p, *c, *q, *e; /* c and e may be NULL = 1 */
    double gap, softening, scale;
    int law;              /* enum loci_law */
    double length;        /* L of a law that has one */
    double cutoff;        /* f(R), or 0 */
    double length_cutoff; /* df/dL at R, or 0 */
    const uint8_t *mask;  /* [n, m], or NULL */
    /* Sums are of the absolute values of their terms: what a float32 sum's error is measured by. */
    bool absolute;
} loci_reference;

/* r between axon site ia, 0 .. n A - 1, and dendrite site jb; c e of them; F(r), what is left of
 * f(r) within a finite range; whether neurons i and j are connected. */
double loci_reference_distance(const loci_reference *wiring, size_t ia, size_t jb);
double loci_reference_charges(const loci_reference *wiring, size_t ia, size_t jb);
double loci_reference_worth(const loci_reference *wiring, double r);
bool loci_reference_kept(const loci_reference *wiring, size_t i, size_t j);

/* f(r), f'(r) and df/dL of the law alone, without a range. */
double loci_reference_law(const loci_reference *wiring, double r);
double loci_reference_law_slope(const loci_reference *wiring, double r);
double loci_reference_law_length(const loci_reference *wiring, double r);

/* Goes on with an FNV-1a hash: of a finite range, by which pairs of sites are in reach. As long as
 * it stays the same, no kink at the end of the range was crossed. */
uint64_t loci_reference_reach(const loci_reference *wiring, uint64_t hash);

/* w [n, m] */
void loci_reference_weights(const loci_reference *wiring, double *out);

/* Gradients from G = dL/dw [n, m]. Each is added to; NULL = not wanted. */
typedef struct loci_reference_gradient {
    double *p, *c, *q, *e; /* shapes as in loci_reference */
    double *gap;           /* [1] dL/dg */
    double *cutoff;        /* [1] dL/df(R) */
    double *log_scale;     /* [1] dL/dlog s */
    double *length;        /* [1] dL/dL */
} loci_reference_gradient;
void loci_reference_backward(const loci_reference *wiring, const double *g,
                             const loci_reference_gradient *out);

#endif
