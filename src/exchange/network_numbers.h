/* What exports of several formats need of a network. */
#ifndef LOCI_EXCHANGE_NETWORK_NUMBERS_H
#define LOCI_EXCHANGE_NETWORK_NUMBERS_H

#include "network/acting.h"
#include "network/model_file.h"

/* LOCI_E_DIVERGED, naming the tensor, where a parameter is not finite. */
int loci_exchange_check(const loci_network *network, const char *path, loci_error *error);

/* Opens acting with what a pruned network keeps. Close them even when it failed. LOCI_E_MISMATCH or
 * LOCI_E_MEMORY. */
int loci_exchange_acting(loci_acting *acting, const loci_network *network, loci_error *error);

/* Writes "pairL.part", or "recurrentL.part" of a layer to itself, to name and returns it: what
 * belongs to projection p. */
char *loci_exchange_name(char name[LOCI_MODEL_NAME], const loci_network *network, size_t p,
                         const char *part);

/* The weights [n, m] of projection p, those cut 0, and those of a neuron to itself; free() *out.
 * LOCI_E_DIVERGED (one is not finite) or LOCI_E_MEMORY. */
int loci_exchange_weights(const loci_acting *acting, size_t p, const char *path, float **out,
                          loci_error *error);

/* The bias of the layer that pair l leads to, [m]; of maps one each. Borrowed. */
const float *loci_exchange_bias(const loci_network *network, uint32_t l);

/* What a note of a network is called in a file where outputs go by what they are: "classes" names
 * the outputs of a regressor. */
const char *loci_exchange_note_name(const loci_network *network, const char *key);

/* Neuron constants of that layer as they act: out [m], of which the first *count say all: one for
 * all neurons, or one for each, or for each map. */
void loci_exchange_betas(const loci_network *network, uint32_t l, float *out, size_t *count);
void loci_exchange_thresholds(const loci_network *network, uint32_t l, float *out, size_t *count);
/* Of neurons that adapt: decays, and what a membrane and a spike add. */
void loci_exchange_decays(const loci_network *network, uint32_t l, float *out, size_t *count);
void loci_exchange_by_membrane(const loci_network *network, uint32_t l, float *out, size_t *count);
void loci_exchange_by_spike(const loci_network *network, uint32_t l, float *out, size_t *count);

#endif
