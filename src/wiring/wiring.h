/* From positions to weights and back: the heart of Loci.
 *
 *     r_iajb = sqrt(|p_ia - q_jb|^2 + base),  base = g^2 + eps^2
 *     w_ij = s sum_ab c_ia e_jb f(r_iajb)         f: law.h
 *
 * Of finite range, sites further apart than R do not meet, and f falls to 0 at R without a step:
 * max(f(r) - f(R), 0) stands in its place.
 *
 * tile_kernel.c does it in float32 on tiles, written to be fast; its float64 twin, written to be
 * read, stands in reference/wiring_twin.c. tests/test_kernels.c holds them together. */
#ifndef LOCI_WIRING_WIRING_H
#define LOCI_WIRING_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "wiring/law.h"
#include "wiring/rounded.h"
#include "wiring/sums.h"

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
    int law;             /* enum loci_law */
    float length;        /* L of a law that has one, > 0 */
    float inverse_range; /* 1/R; 0 = of unlimited range */
    float cutoff;        /* f(R), or 0 */
    float length_cutoff; /* df/dL at R, of a law that has a length and a finite range */
    /* [n, m] of a conventional pair, where nothing above but n and m is used; else NULL */
    const float *weight;
    /* [n, loci_mask_leading(m)] 0 where a connection is cut, else 1; padding 0. NULL = all are kept
     */
    const uint8_t *mask;
    loci_weight_rounding rounding; /* of weights, once all else is done */
} loci_wiring;

/* Leading dimension of a mask. */
static inline size_t loci_mask_leading(size_t m) {
    return (m + 63) & ~(size_t)63;
}

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

/* The same wiring seen from its other side, for one receiving neuron j: it sends with its dendrites
 * to the senders listed in index [count <= 64], whose axons are packed as a tile's dendrites. With
 * few connections kept, only those are computed, by the same kernels. */
loci_wiring loci_tile_gather(const loci_wiring *wiring, size_t j, const uint32_t *index,
                             size_t count, float *buffer, loci_tile *tile);
/* Floats that loci_tile_gather() needs for `count` senders. */
size_t loci_gather_floats(const loci_wiring *wiring, size_t count);

typedef struct loci_wiring_kernels {
    /* weights [i1-i0, ld]: rows i0..i1-1 of the block's weights, rounded, padding columns 0. ld >=
     * padded, a multiple of 16. */
    void (*weights)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                    float *weights, size_t ld);
    /* From gradient [i1-i0, ld] = dL/dW of the same rows and columns, padding columns 0, the sums
     * that sums.h names, as if nothing were rounded: axon [i1-i0, A, C+4] over j and b, written;
     * dendrite [C+1, D, padded] over i and a, added to. */
    void (*contract)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                     const float *gradient, size_t ld, float *axon, float *dendrite);
} loci_wiring_kernels;

/* Those compiled for one instruction set, which must be one this machine runs. Static storage. */
const loci_wiring_kernels *loci_wiring_kernels_for(enum loci_isa isa);

/* Strengths of a tile's connections [i1-i0, ld], as pruning ranks them: the same bits whatever the
 * instruction set. */
typedef struct loci_strength_kernels {
    /* 1 / the distance of a connection's nearest pair of sites */
    void (*nearness)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                     float *out, size_t ld);
    /* |w|, of a tile packed with a wiring of scale 1: without its scale */
    void (*magnitude)(const loci_wiring *wiring, const loci_tile *tile, size_t i0, size_t i1,
                      float *out, size_t ld);
} loci_strength_kernels;

const loci_strength_kernels *loci_strength_kernels_for(enum loci_isa isa);

#endif
