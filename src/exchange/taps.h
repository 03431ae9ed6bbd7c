/* What a spike adds to the currents of the steps to come: what exports write of connections that
 * take time. */
#ifndef LOCI_EXCHANGE_TAPS_H
#define LOCI_EXCHANGE_TAPS_H

#include <stdbool.h>

#include "network/acting.h"

/* Of a projection, n sending and m receiving neurons. */
typedef struct loci_taps {
    size_t n, m;
    uint32_t first, count; /* tap k acts first + k steps later, within the steps of a run */
    float *weight;         /* [count, n, m], those cut 0, and those of a neuron to itself */
} loci_taps;

/* Whether projection p needs them: else its weights, at once, are all. */
bool loci_taps_needed(const loci_acting *acting, size_t p);
/* What `first` and `count` will be; taps that would act after the last step are left out. */
void loci_taps_size(loci_taps *taps, const loci_acting *acting, size_t p);
/* Makes them, with what a pruned network keeps found before; free() weight. LOCI_E_DIVERGED or
 * LOCI_E_MEMORY. */
int loci_taps_make(loci_taps *taps, loci_acting *acting, size_t p, const char *path,
                   loci_error *error);
/* [n, m] of tap k. */
const float *loci_tap(const loci_taps *taps, uint32_t k);
/* Whether anything goes by tap k. */
bool loci_tap_used(const loci_taps *taps, uint32_t k);

#endif
