/* Which numbers enter a layer, and whether its sums stay within 32 bits whatever they are. */
#include <math.h>

#include "codegen/export.h"

int32_t loci_codegen_largest_input(const loci_export *export, uint32_t l) {
    const loci_codegen_input *input = &export->input;
    if (l == 0 && export->events)
        return (int32_t) export->most_events;
    if (l == 0)
        return export->spiking && export->spec->coding == LOCI_CODING_LATENCY ? 1
               : input->most > -input->least                                  ? input->most
                                                                              : -input->least;
    return export->spiking ? 1 : export->options.linear ? LOCI_LINEAR_MOST : LOCI_CODEGEN_MOST;
}

/* How many times its input a neuron of pair l can hold at the end, its threshold counted as input:
 * a membrane sums it up and forgets. */
static double memory(const loci_export *export, uint32_t l, size_t j) {
    const loci_spec *spec = export->spec;
    double beta = export->pair[l].real.beta[j], sum = 0, kept = 1;
    for (uint32_t t = 0; t < spec->time_steps; t++) {
        sum += kept;
        kept *= beta;
    }
    bool output = l + 1 == export->pairs;
    /* the mean is kept as a sum over all steps */
    return output && spec->readout == LOCI_READOUT_MEMBRANE_MEAN ? sum * spec->time_steps : sum;
}

/* Room for the small errors of rounding and correction. */
static const double most_sum = 2147483647.0 - 65536, most_membrane = 1073741823.0 - 65536;

static bool to_units(double number, double unit, int32_t *out) {
    double units = number / unit;
    if (!(fabs(units) < 1073741824.0))
        return false;
    *out = (int32_t)lround(units);
    return true;
}

static bool settle_adaptation(loci_codegen_pair *pair, size_t j) {
    loci_pair_fixed *fixed = &pair->fixed;
    for (size_t k = 0; k < 2; k++)
        fixed->adaptation[k][j] =
            (int32_t)lround(ldexp(pair->real.adaptation[k][j], LOCI_BETA_BITS));
    return to_units(pair->real.adaptation[2][j], fixed->unit, &fixed->adaptation[2][j]);
}

bool loci_codegen_settle(loci_export *export, uint32_t l, const double *correction) {
    loci_codegen_pair *pair = &export->pair[l];
    loci_pair_fixed *fixed = &pair->fixed;
    for (size_t j = 0; j < pair->m; j++) {
        double bias = pair->real.bias[j] + (correction != NULL ? correction[j] : 0);
        int32_t gain = export->options.linear ? loci_codegen_gain(fixed, j)
                                              : 1; /* a bias has its sum's unit */
        if (!to_units(bias, fixed->unit, &fixed->bias[j]))
            return false;
        fixed->bias[j] = gain * (int32_t)lround((double)fixed->bias[j] / gain);
        double most = fabs((double)fixed->bias[j]) + (double)fixed->worst[j];
        if (!export->spiking) {
            if (most > most_sum)
                return false;
            continue;
        }
        if (!to_units(pair->real.threshold[j], fixed->unit, &fixed->threshold[j]))
            return false;
        fixed->beta[j] = (int32_t)lround(ldexp(pair->real.beta[j], LOCI_BETA_BITS));
        if (fixed->adaptation[0] != NULL && !settle_adaptation(pair, j))
            return false;
        most = (most + fabs((double)fixed->threshold[j])) * memory(export, l, j);
        /* where membranes are held, only adaptation may bring them there */
        if (most > (export->adapts ? LOCI_CODEGEN_HELD - 65536 : most_membrane))
            return false;
    }
    return true;
}
