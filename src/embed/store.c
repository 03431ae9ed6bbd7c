/* Stored weights as whole numbers of a few bits, each receiver's in a unit of its own: a gain times
 * that of the layer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "embed/export.h"

/* The largest |w| of each receiver; returns the largest of all. */
static double measure(const loci_embed_pair *pair, double *largest) {
    double most = 0;
    memset(largest, 0, pair->m * sizeof *largest);
    for (size_t i = 0; i < pair->n; i++)
        for (size_t j = 0; j < pair->m; j++)
            largest[j] = fmax(largest[j], fabs((double)pair->real.w[i * pair->m + j]));
    for (size_t j = 0; j < pair->m; j++)
        most = fmax(most, largest[j]);
    return most;
}

/* Rounds weights to multiples of unit * gain; worst [m] receives what sums can come to. */
static void round_weights(loci_export *export, uint32_t l, double unit, int64_t *worst) {
    const loci_embed_pair *pair = &export->pair[l];
    const loci_pair_fixed *fixed = &pair->fixed;
    double most = (1 << (export->options.bits - 1)) - 1;
    int32_t input = loci_embed_largest_input(export, l);
    memset(worst, 0, pair->m * sizeof *worst);
    for (size_t i = 0; i < pair->n; i++)
        for (size_t j = 0; j < pair->m; j++) {
            size_t at = i * pair->m + j;
            double units = (double)pair->real.w[at] / (unit * fixed->gain[j]);
            int32_t rounded = (int32_t)lround(fmin(fmax(units, -most), most));
            fixed->stored[at] = (int8_t)rounded;
            fixed->w[at] = rounded;
            worst[j] += (int64_t)abs(rounded) * input * fixed->gain[j];
        }
}

/* Finer gains and units before coarser ones. */
static bool choose_unit(loci_export *export, uint32_t l, const double *correction,
                        const double *largest, double unit, int64_t *worst) {
    loci_embed_pair *pair = &export->pair[l];
    uint32_t gain = LOCI_EMBED_GAIN;
    double most = (1 << (export->options.bits - 1)) - 1, step = unit / gain;
    for (int attempt = 0; attempt < 64; attempt++) {
        for (size_t j = 0; j < pair->m; j++) {
            double wanted = export->cover[l][LOCI_COVER_WEIGHT] * largest[j] / (most * step);
            pair->fixed.gain[j] = (uint8_t)lround(fmin(fmax(wanted, 1), LOCI_EMBED_GAIN));
        }
        pair->fixed.unit = pair->fixed.unit_in * step;
        round_weights(export, l, step, worst);
        if (loci_embed_settle(export, l, correction, worst))
            return true;
        step *= 2; /* halves the gains; from 1 on, the precision */
    }
    return false;
}

int loci_embed_store(loci_export *export, uint32_t l, const double *correction, loci_error *error) {
    loci_embed_pair *pair = &export->pair[l];
    double *largest = loci_alloc(pair->m, sizeof *largest);
    int64_t *worst = loci_alloc(pair->m, sizeof *worst);
    int status = LOCI_OK;
    if (largest == NULL || worst == NULL) {
        status = loci_fail_memory(error, "export");
    } else {
        double most = measure(pair, largest);
        double unit = export->cover[l][LOCI_COVER_WEIGHT] * (most > 0 ? most : 1) /
                      ((1 << (export->options.bits - 1)) - 1);
        if (!choose_unit(export, l, correction, largest, unit, worst))
            status = loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                               "the sums of layer %u do not fit 32 bits; export it as floats "
                               "(--bits 32)",
                               l + 1);
    }
    free(largest);
    free(worst);
    return status;
}
