/* What an export is asked by all who calibrate, run, measure and write it. */
#include <math.h>

#include "codegen/export.h"
#include "codegen/fixed_softmax.h"

static const char *const mode_names[] = {"positions", "weights", "pruned"};

const char *loci_export_mode_name(size_t mode) {
    return mode < sizeof mode_names / sizeof *mode_names ? mode_names[mode] : NULL;
}

bool loci_codegen_has_dendrite_charges(const loci_export *export) {
    for (size_t l = 0; l < export->projections; l++)
        if (export->network->projection[l].dendrite_charge != LOCI_NONE)
            return true;
    return false;
}

bool loci_codegen_stores_charges_apart(const loci_export *export) {
    return export->charge_bits != export->options.bits;
}

bool loci_codegen_regresses(const loci_export *export) {
    return export->spec->task == LOCI_TASK_REGRESS;
}

bool loci_codegen_is_table(const loci_export *export) {
    return export->spec->height == 1 && !export->events;
}

bool loci_codegen_has_units(const loci_export *export) {
    return !export->fixed && export->network->target_mean != NULL;
}

void loci_codegen_to_units(const loci_export *export, size_t k, float *offset, float *scale) {
    const loci_network *network = export->network;
    bool given = network->target_mean != NULL && export->fixed; /* else they are in them already */
    double deviation = given ? (double)network->target_deviation[k] : 1;
    *offset = given ? network->target_mean[k] : 0;
    *scale = (float)(deviation * loci_export_unit(export));
}

double loci_export_value(const loci_export *export, uint32_t k, double output) {
    float offset, scale;
    loci_codegen_to_units(export, k, &offset, &scale);
    return export->fixed ? (double)(offset + scale * (float)output) : output;
}

bool loci_codegen_scales(const loci_export *export) {
    return export->network->low != NULL && !export->input.counts;
}

bool loci_codegen_takes_pixels(const loci_export *export) {
    return export->network->low == NULL && !export->input.counts && !export->events &&
           !loci_codegen_is_table(export);
}

int loci_codegen_activation(const loci_export *export) {
    bool acts = !export->spiking && export->pairs > 1;
    return acts ? export->spec->activation : LOCI_ACTIVATION_RELU;
}

bool loci_codegen_has_activation_tables(const loci_export *export) {
    return export->fixed && !export->options.linear &&
           loci_codegen_activation(export) != LOCI_ACTIVATION_RELU;
}

bool loci_codegen_has_law_tables(const loci_export *export) {
    return export->fixed && export->options.mode == LOCI_EXPORT_POSITIONS &&
           export->spec->law != LOCI_LAW_INVERSE;
}

uint32_t loci_codegen_latest(const loci_export *export) {
    double last = export->spec->time_steps - 1;
    return (uint32_t)lround(ldexp(export->spec->latency_span * last, 12));
}

bool loci_codegen_sums_softmax(const loci_export *export) {
    return export->spiking && export->spec->readout == LOCI_READOUT_SOFTMAX_SUM;
}

bool loci_codegen_is_stepped(const loci_spec *spec) {
    return loci_spec_spikes(spec) && (spec->delay != LOCI_DELAY_NONE || spec->recurrent ||
                                      spec->coding == LOCI_CODING_EVENTS);
}

bool loci_codegen_has_loop(const loci_export *export, uint32_t l) {
    return l + 1 < export->pairs && export->pairs + l < export->projections;
}

bool loci_codegen_lists_signs(const loci_export *export) {
    bool few = export->fixed && export->options.bits == 2;
    for (uint32_t l = 0; l < export->pairs; l++)
        few &= export->pair[l].m <= UINT8_MAX; /* a byte says which, and how many */
    return few && export->options.mode == LOCI_EXPORT_PRUNED && export->spec->maps_count == 0 &&
           !export->stepped;
}

bool loci_codegen_is_tied(const loci_export *export, uint32_t l) {
    return l > 0 && l < export->pairs && export->spec->tied == LOCI_TIED_YES;
}

double loci_export_unit(const loci_export *export) {
    const loci_spec *spec = export->spec;
    double unit = export->pair[export->pairs - 1].fixed.unit * spec->logit_scale;
    if (!export->fixed)
        return 1;
    if (export->spiking && spec->readout == LOCI_READOUT_COUNT)
        return spec->logit_scale;
    if (loci_codegen_sums_softmax(export))
        return ldexp(spec->logit_scale, -LOCI_SHARE_BITS);
    bool mean = export->spiking && spec->readout == LOCI_READOUT_MEMBRANE_MEAN;
    return mean ? unit / spec->time_steps : unit; /* the mean is kept as a sum */
}

const loci_export_report *loci_export_report_of(const loci_export *export) {
    return &export->report;
}
