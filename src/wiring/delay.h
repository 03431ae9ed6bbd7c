/* From positions to weights that arrive later, and back: what one geometry says of both.
 *
 * A connection of length r acts d = min(max(r/v, first), longest) steps later. With k = floor(d)
 * and phi = d - k, what site pair (a, b) is worth, w = s c e F(r), goes to two taps:
 *
 *     K_ij[k] += (1 - phi) w        K_ij[k + 1] += phi w        I_j[t] = sum_i sum_k K_ij[k]
 * S_i[t-k]
 *
 * The way back has G = dL/dK: dL/dw = (1 - phi) G[k] + phi G[k+1], dL/dd = w (G[k+1] - G[k]), which
 * is 0 where d is clamped. It goes to positions by dr/dp = (p - q) / r, to the speed by
 * dd/dlog v = -d.
 *
 * delay_kernel.c does it in float32; its float64 twin is in reference/delay_twin.c. */
#ifndef LOCI_WIRING_DELAY_H
#define LOCI_WIRING_DELAY_H

#include "wiring/wiring.h"

/* How long connections of a wiring take. */
typedef struct loci_delay {
    float inverse_speed; /* 1/v, steps per unit; 0 = every connection takes `first` steps */
    uint32_t first;      /* the shortest delay: 0, or 1 of a layer that wires to itself */
    uint32_t taps;       /* the longest is first + taps - 1 */
} loci_delay;

/* Taps first .. end-1 of those that there are. Distances leave the others 0, their gradients too.
 */
typedef struct loci_reach {
    uint32_t first, end;
} loci_reach;

/* Most receivers that send() serves at a time. */
enum { LOCI_DELAY_WIDTH = 32 };

typedef struct loci_delay_kernels {
    /* y[k] += value * taps[k] over `rows` steps, one sender after the other in every element: taps
     * [count] of [rows, LOCI_DELAY_WIDTH], y [rows, stride]. Columns that there are: a multiple of
     * 16, of which no more than LOCI_DELAY_WIDTH are taken. count: at most 4. */
    void (*send)(size_t count, const float *value, const float *const *taps, size_t rows,
                 size_t columns, float *y, size_t stride);
    /* y [n] += value[k] * x[k] [n], one k after the other in every element. */
    void (*add)(size_t count, const float *value, const float *const *x, size_t n, float *y);
    /* K of sender i and a tile's receivers: out [taps, ld], columns j0 .. j0+padded-1 of a row are
     * at out[0 .. padded-1]; written. own: set 0 in the column of the sender itself. reach grows
     * by the taps that the distances lead to. */
    void (*expand)(const loci_wiring *wiring, const loci_delay *delay, const loci_tile *tile,
                   size_t i, bool own, float *out, size_t ld, loci_reach *reach);
    /* From g = dL/dK of the same: the sums of sums.h, axon [A, C+4], added to, and dendrite
     * [C+1, D, padded], added to; late [A] += sum over j, b of e' F dL/d(d) d, times which its
     * charge is -dL/dlog v of the site. */
    void (*contract)(const loci_wiring *wiring, const loci_delay *delay, const loci_tile *tile,
                     size_t i, bool own, const float *g, size_t ld, float *axon, float *dendrite,
                     float *late);
} loci_delay_kernels;

/* Those compiled for one instruction set. Static storage. */
const loci_delay_kernels *loci_delay_kernels_for(enum loci_isa isa);

#endif
