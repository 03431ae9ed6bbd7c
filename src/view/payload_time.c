/* What of a network has to do with time beyond its steps: how long connections take, and how
 * neurons adapt. Networks without it have none of these keys, as those of 0.1. */
#include "view/payload.h"

json_t *loci_view_delay(const loci_acting *acting, size_t p) {
    const loci_delay delay = loci_acting_delay(acting, p);
    json_int_t first = delay.first, longest = first + delay.taps - 1;
    if (longest == 0)
        return json_object();
    json_t *speed =
        delay.inverse_speed > 0 ? json_real(1 / (double)delay.inverse_speed) : json_null();
    return json_pack("{s:o, s:I, s:I}", "speed", speed, "first_delay", first, "longest_delay",
                     longest);
}

static void decay_of(const loci_network *network, uint32_t l, float *to) {
    loci_acting_adaptation(network, l, 0, to);
}

static void membrane_of(const loci_network *network, uint32_t l, float *to) {
    loci_acting_adaptation(network, l, 1, to);
}

static void spike_of(const loci_network *network, uint32_t l, float *to) {
    loci_acting_adaptation(network, l, 2, to);
}

json_t *loci_view_adaptation(const loci_network *network, uint32_t l) {
    const loci_spec *spec = loci_network_spec(network);
    if (spec->neuron != LOCI_NEURON_ADLIF || !loci_spec_fires(spec, l + 1))
        return json_object();
    return json_pack("{s:o, s:o, s:o}", "adaptation_decay",
                     loci_view_constant(network, l, decay_of), "adaptation_membrane",
                     loci_view_constant(network, l, membrane_of), "adaptation_spike",
                     loci_view_constant(network, l, spike_of));
}
