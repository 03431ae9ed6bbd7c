/* From positions to weights and back: the heart of Loci.
 *
 *     k_iajb = 1 / sqrt(|p_ia - q_jb|^2 + base),  base = g^2 + eps^2        w_ij = s sum_ab c_ia
 * e_jb k_iajb
 *
 * Two implementations stand side by side: reference.c in float64, written to be read, and kernels.c
 * in float32 on tiles, written to be fast. tests/test_kernels.c holds them together. */
#ifndef LOCI_WIRING_WIRING_H
#define LOCI_WIRING_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* One layer pair, n sending and m receiving neurons. Everything is borrowed. */
typedef struct loci_wiring {
    size_t n, m;         /* neurons */
    size_t axons;        /* A, sites per sending neuron */
    size_t dendrites;    /* D, sites per receiving neuron */
    size_t coordinates;  /* C, coordinates per site */
    const float *p;      /* [n, A, C] axon positions */
    const float *c;      /* [n, A] charges as they act (mask applied); NULL = all 1 */
    const float *q;      /* [m, D, C] dendrite positions */
    const float *e;      /* [m, D] likewise; NULL = all 1 */
    float base;          /* g^2 + eps^2 */
    float scale;         /* s */
    const float *weight; /* [n, m] of a conventional pair, where nothing above but n and m is used;
                            else NULL */
} loci_wiring;

/* A block of receiving neurons j0 .. j0+width-1, laid out for vector loops: neurons innermost,
 * padded to a multiple of 16. Padding repeats the last neuron's sites with charge 0, so it yields
 * finite numbers and zero weights. */
typedef struct loci_tile {
    size_t j0, width, padded;
    float *q; /* [C, D, padded] */
    float *e; /* [D, padded], the scale folded in */
} loci_tile;

/* Floats that loci_tile_pack() needs. */
size_t loci_tile_floats(const loci_wiring *wiring, size_t width);
/* Packs a block into buffer (64-byte aligned). */
void loci_tile_pack(const loci_wiring *wiring, size_t j0, size_t width, float *buffer,
                    loci_tile *tile);

/* What a tile of dL/dW contributes, per site:
 *   axon     [i1-i0, A, C+2]      0: sum G e' k;   1..C: -c sum G e' k^3 d;   C+1: sum G e' k^3
 * (sums over j, b) dendrite [C+1, D, padded]  0..C-1: sum G e' c k^3 d;   C: sum G c k (sums over
 * i, a) with e' = s e and d = p - q. axon is written, dendrite is added to. From these follow all
 * gradients: dL/dc = axon[0]   dL/dp = axon[1..C]   dL/dq = dendrite[0..C-1]   dL/de = s
 * dendrite[C] dL/dg = -g sum_ia c axon[C+1]          dL/dlog s = sum_ia c axon[0] */
typedef struct loci_wiring_kernels {
    /* weights [i1-i0, ld]: rows i0..i1-1 of the block's weights, padding columns 0. ld >= padded, a
     * multiple of 16. */
    void (*weights)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                    float *weights, size_t ld);
    /* gradient [i1-i0, ld] = dL/dW of the same rows and columns, padding columns 0. */
    void (*contract)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                     const float *gradient, size_t ld, float *axon, float *dendrite);
} loci_wiring_kernels;

/* The kernels compiled for one instruction set; it must be one this machine runs. Static storage.
 */
const loci_wiring_kernels *loci_wiring_kernels_for(enum loci_isa isa);

/* The float64 twin. Same names and shapes; g is given by itself because dL/dg needs it. */
typedef struct loci_reference {
    size_t n, m, axons, dendrites, coordinates;
    const double *p, *c, *q, *e; /* c and e may be NULL = 1 */
    double gap, softening, scale;
    bool absolute; /* sums are of the absolute values of their terms: what a float32 sum's error is
                      measured by */
} loci_reference;

/* w [n, m] */
void loci_reference_weights(const loci_reference *wiring, double *w);

/* Gradients from G = dL/dw [n, m]. Each is added to; NULL = not wanted. */
typedef struct loci_reference_gradient {
    double *p, *c, *q, *e; /* shapes as in loci_reference */
    double *gap;           /* [1] dL/dg */
    double *log_scale;     /* [1] dL/dlog s */
} loci_reference_gradient;
void loci_reference_backward(const loci_reference *wiring, const double *g,
                             const loci_reference_gradient *out);

#endif
