/* What exports of several formats need of a network. */
#ifndef LOCI_EXPORT_PARTS_H
#define LOCI_EXPORT_PARTS_H

#include "network/wires.h"

/* LOCI_E_DIVERGED, naming the tensor, where a parameter is not finite. */
int loci_export_check(const loci_network *network, const char *path, loci_error *error);

/* Opens wires with what a pruned network keeps. Close them even when it failed. LOCI_E_MISMATCH or
 * LOCI_E_MEMORY. */
int loci_export_wires(loci_wires *wires, const loci_network *network, loci_error *error);

/* The weights [n, m] of pair l, those cut 0; free() *out. LOCI_E_DIVERGED (one is not finite) or
 * LOCI_E_MEMORY. */
int loci_export_weights(const loci_wires *wires, uint32_t l, const char *path, float **out,
                        loci_error *error);

/* The bias of the layer that pair l leads to, [m]. Borrowed. */
const float *loci_export_bias(const loci_network *network, uint32_t l);

/* Neuron constants of that layer as they act, [*count]: one for all, or one for each neuron. Both
 * have room for m numbers. */
void loci_export_betas(const loci_network *network, uint32_t l, float *out, size_t *count);
void loci_export_thresholds(const loci_network *network, uint32_t l, float *out, size_t *count);

/* Whether the layer that pair l leads to fires: the hidden ones of a spiking net, and an output
 * read by its spikes. */
bool loci_export_fires(const loci_spec *spec, uint32_t l);

#endif
