/* What of a spiking network takes its steps in order: projections whose spikes travel, layers that
 * are wired to themselves, neurons that adapt. All else runs through all steps at once (spiking.h).
 */
#ifndef LOCI_NETWORK_TIMELINE_H
#define LOCI_NETWORK_TIMELINE_H

#include "network/spiking.h"
#include "synapse/delayed.h"

/* Whether a network has any of it. */
static inline bool loci_takes_steps(const loci_spec *spec) {
    return loci_spec_spikes(spec) &&
           (spec->delay != LOCI_DELAY_NONE || spec->recurrent || spec->neuron == LOCI_NEURON_ADLIF);
}

/* Makes what a pass needs of it; LOCI_E_MEMORY. */
int loci_timeline_create(loci_pass *pass, bool backward, loci_error *error);
void loci_timeline_free(loci_spiking *spiking);
size_t loci_timeline_bytes(const loci_spiking *spiking);
/* Taps and constants from the parameters of the moment. */
void loci_timeline_wire(loci_pass *pass);

/* current of layer l + 1, [samples * T, ld], from what enters pair l: through its delays. */
void loci_timeline_cross(loci_pass *pass, uint32_t l, const loci_activations *from, size_t samples);
/* Layer l + 1 through its steps: spikes from its currents, which what it sends itself is added to.
 */
void loci_timeline_fire(loci_pass *pass, uint32_t l, size_t samples);

/* From dL/d(spikes) of layer l + 1 to dL/d(current), and the gradients of its constants and of the
 * loop, if it has one. */
void loci_timeline_unfire(loci_pass *pass, uint32_t l, size_t samples, float *gradient);
/* From dL/d(current) across pair l's delays: to its parameters and, unless it is the first, to the
 * spikes of layer l. */
void loci_timeline_cross_back(loci_pass *pass, uint32_t l, const loci_activations *from,
                              size_t samples, float *gradient);

#endif
