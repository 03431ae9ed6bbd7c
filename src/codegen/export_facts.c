/* What an export is asked by all who calibrate, run, measure and write it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/export.h"
#include "infer/evaluate.h"

static const char *const mode_names[] = {"positions", "weights", "pruned"};

const char *loci_export_mode_name(size_t mode) {
    return mode < sizeof mode_names / sizeof *mode_names ? mode_names[mode] : NULL;
}

bool loci_codegen_has_dendrite_charges(const loci_export *export) {
    for (size_t l = 0; l < export->pairs; l++)
        if (export->network->projection[l].dendrite_charge != LOCI_NONE)
            return true;
    return false;
}

bool loci_codegen_regresses(const loci_export *export) {
    return export->spec->task == LOCI_TASK_REGRESS;
}

bool loci_codegen_has_output_names(const loci_export *export) {
    char number[16];
    for (uint32_t k = 0; loci_codegen_regresses(export) && k < export->spec->classes; k++) {
        snprintf(number, sizeof number, "%u", k);
        if (strcmp(loci_dataset_output_name(export->options.data, k), number) != 0)
            return true;
    }
    return false;
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

int loci_codegen_activation(const loci_export *export) {
    bool acts = !export->spiking && export->pairs > 1;
    return acts ? export->spec->activation : LOCI_ACTIVATION_RELU;
}

bool loci_codegen_has_activation_tables(const loci_export *export) {
    return export->fixed && loci_codegen_activation(export) != LOCI_ACTIVATION_RELU;
}

bool loci_codegen_has_law_tables(const loci_export *export) {
    return export->fixed && export->options.mode == LOCI_EXPORT_POSITIONS &&
           export->spec->law != LOCI_LAW_INVERSE;
}

bool loci_codegen_is_tied(const loci_export *export, uint32_t l) {
    return l > 0 && export->spec->tied == LOCI_TIED_YES;
}

double loci_export_unit(const loci_export *export) {
    const loci_spec *spec = export->spec;
    double unit = export->pair[export->pairs - 1].fixed.unit * spec->logit_scale;
    if (!export->fixed)
        return 1;
    if (export->spiking && spec->readout == LOCI_READOUT_COUNT)
        return spec->logit_scale;
    bool mean = export->spiking && spec->readout == LOCI_READOUT_MEMBRANE_MEAN;
    return mean ? unit / spec->time_steps : unit; /* the mean is kept as a sum */
}

const loci_export_report *loci_export_report_of(const loci_export *export) {
    return &export->report;
}

/* network NULL: one that was trained on the data. */
static int read_pixels(const loci_network *network, const loci_dataset *data, enum loci_split split,
                       size_t i, uint8_t *pixels) {
    size_t count =
        (size_t)loci_dataset_height(data) * loci_dataset_width(data) * loci_dataset_channels(data);
    float *sample = malloc(count * sizeof *sample);
    if (sample == NULL)
        return LOCI_E_MEMORY;
    int status = network != NULL ? loci_network_sample(network, data, split, i, sample)
                                 : loci_dataset_sample(data, split, i, sample);
    for (size_t p = 0; status == LOCI_OK && p < count; p++)
        pixels[p] = (uint8_t)lroundf(fminf(fmaxf(sample[p], 0), 1) * LOCI_CODEGEN_PIXEL);
    free(sample);
    return status;
}

int loci_export_pixels(const loci_dataset *data, enum loci_split split, size_t i, uint8_t *pixels) {
    return read_pixels(NULL, data, split, i, pixels);
}

int loci_codegen_pixels(const loci_export *export, enum loci_split split, size_t i,
                        uint8_t *pixels) {
    return read_pixels(export->network, export->options.data, split, i, pixels);
}
