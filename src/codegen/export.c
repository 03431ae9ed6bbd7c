/* From a network to the numbers of its export. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "codegen/calibrate.h"
#include "codegen/export_name.h"
#include "codegen/measure.h"
#include "codegen/pruned_lists.h"
#include "infer/evaluate.h"
#include "network/layout.h"
#include "network/spiking.h"

static const char *const mode_names[] = {"positions", "weights", "pruned"};

const char *loci_export_mode_name(size_t mode) {
    return mode < sizeof mode_names / sizeof *mode_names ? mode_names[mode] : NULL;
}

void loci_export_options_defaults(loci_export_options *options) {
    *options = (loci_export_options){.mode = LOCI_EXPORT_POSITIONS, .bits = 8, .samples = 2000};
}

/* ---- what an export is asked ---- */

bool loci_codegen_has_dendrite_charges(const loci_export *export) {
    for (size_t l = 0; l < export->pairs; l++)
        if (export->network->views[l].dendrite_charge != LOCI_NONE)
            return true;
    return false;
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
    size_t count = (size_t)loci_dataset_height(data) * loci_dataset_width(data);
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

/* ---- making one ---- */

static int check(const loci_network *network, const loci_export_options *options,
                 loci_error *error) {
    const loci_spec *spec = loci_network_spec(network);
    if (loci_export_mode_name((size_t)options->mode) == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "mode", "%d is no mode", options->mode);
    if (options->bits != 32 && options->bits != 8 && options->bits != 4)
        return loci_fail(error, LOCI_E_ARGUMENT, "bits", "%u is none of 32, 8, 4", options->bits);
    if (options->samples < 1 || options->samples > 60000)
        return loci_fail(error, LOCI_E_ARGUMENT, "samples", "%u is not from 1 to 60000",
                         options->samples);
    if (options->data == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "data",
                         "an export needs data to choose scales on and for its self-test");
    if (options->mode == LOCI_EXPORT_POSITIONS && spec->wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "a conventional network has no positions; use weights or pruned");
    if (options->mode == LOCI_EXPORT_POSITIONS &&
        loci_network_pruned_by(network) == LOCI_PRUNE_BY_SET)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "a fixed set of connections does not follow from positions; use pruned");
    if (spec->neuron == LOCI_NEURON_LIF && spec->coding == LOCI_CODING_POISSON)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "Poisson coding needs random numbers, which the C source has not; train "
                         "with constant or latency coding");
    if (!loci_all_finite(network->parameters, network->parameter_count))
        return loci_fail(error, LOCI_E_DIVERGED, "export", "a parameter is not finite");
    return loci_check_fit(network, options->data, error);
}

static void *take(size_t rows, size_t columns, size_t size, bool *lost) {
    void *array = loci_alloc(rows, columns * size);
    *lost |= array == NULL;
    return array;
}

static void take_places(loci_export *export, uint32_t l, bool *lost) {
    const loci_wiring *w = &export->acting.pair[l];
    loci_placed *placed = &export->pair[l].fixed.placed;
    size_t C = export->coordinates;
    bool sheet = l == 0 && export->network->sheet != NULL;
    if (sheet)
        placed->grid_origin = take(C, 1, sizeof(int32_t), lost);
    else
        placed->p = take(w->n, w->axons * C, 1, lost);
    if (w->c != NULL)
        placed->c = take(w->n, w->axons, 1, lost);
    placed->q = take(w->m, w->dendrites * C, 1, lost);
    if (loci_codegen_has_dendrite_charges(export))
        placed->e = take(w->m, w->dendrites, 1, lost);
}

/* Arrays of a pair; neuron constants in floats. */
static void take_pair(loci_export *export, uint32_t l, bool *lost) {
    loci_codegen_pair *pair = &export->pair[l];
    size_t n = pair->n = export->acting.pair[l].n, m = pair->m = export->acting.pair[l].m;
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    pair->real.w = take(n, m, sizeof(float), lost);
    pair->real.bias = take(m, 1, sizeof(float), lost);
    pair->real.beta = take(m, 1, sizeof(float), lost);
    pair->real.threshold = take(m, 1, sizeof(float), lost);
    pair->products = take(n, 1, sizeof(uint32_t), lost);
    pair->roots = take(n, 1, sizeof(uint32_t), lost);
    if (positions && !export->fixed) {
        pair->real.ones = take(m, export->acting.pair[l].dendrites, sizeof(float), lost);
        for (size_t j = 0; pair->real.ones != NULL && j < m; j++)
            pair->real.ones[j] = 1; /* only a receiver's only dendrite has no charge */
    }
    if (!export->fixed)
        return;
    pair->fixed.w = take(n, m, sizeof(int32_t), lost);
    pair->fixed.worst = take(m, 1, sizeof(int64_t), lost);
    pair->fixed.bias = take(m, 1, sizeof(int32_t), lost);
    pair->fixed.beta = take(m, 1, sizeof(int32_t), lost);
    pair->fixed.threshold = take(m, 1, sizeof(int32_t), lost);
    if (positions) {
        take_places(export, l, lost);
    } else {
        pair->fixed.stored = take(n, m, 1, lost);
        pair->fixed.gain = take(m, 1, 1, lost);
    }
}

/* Biases, and decays and thresholds of spiking neurons as they act. */
static void read_neurons(loci_export *export, uint32_t l) {
    const loci_network *network = export->network;
    loci_pair_real *real = &export->pair[l].real;
    memcpy(real->bias, network->parameters + network->views[l].bias,
           export->pair[l].m * sizeof *real->bias);
    loci_spiking_beta(network, l, real->beta);
    loci_spiking_threshold(network, l, real->threshold);
}

static int make(loci_export *export, loci_error *error) {
    bool lost = false;
    int status = loci_acting_open(&export->acting, export->network, error);
    if (status == LOCI_OK)
        status = loci_acting_prune(&export->acting, export->options.pool, error);
    if (status != LOCI_OK)
        return status;
    for (uint32_t l = 0; l < export->pairs; l++)
        take_pair(export, l, &lost);
    if (lost)
        return loci_fail_memory(error, "export");
    for (uint32_t l = 0; l < export->pairs && status == LOCI_OK; l++) {
        for (int cover = 0; cover < LOCI_COVERS; cover++)
            export->cover[l][cover] = 1;
        read_neurons(export, l);
        status = loci_codegen_expand_real(export, l, error);
    }
    if (status == LOCI_OK && export->fixed)
        status = loci_codegen_calibrate(export, error);
    for (uint32_t l = 0; l < export->pairs && status == LOCI_OK; l++)
        if (export->options.mode == LOCI_EXPORT_PRUNED)
            status = loci_codegen_list(export, l, error);
    if (status == LOCI_OK)
        status = loci_codegen_cost(export, error);
    return status == LOCI_OK ? loci_codegen_measure(export, error) : status;
}

/* What the caller allows. */
static int check_limits(const loci_export *export, loci_error *error) {
    const loci_export_report *report = &export->report;
    const loci_export_options *options = &export->options;
    size_t ram = report->scratch + report->stack;
    if (options->flash > 0 && report->flash > options->flash)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "flash",
                         "constants take %zu bytes, more than the %llu allowed; code comes on top",
                         report->flash, (unsigned long long)options->flash);
    if (options->ram > 0 && ram > options->ram)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "ram",
                         "a run takes %zu bytes, %zu of scratch and about %zu of stack, more than "
                         "the %llu allowed",
                         ram, report->scratch, report->stack, (unsigned long long)options->ram);
    return LOCI_OK;
}

int loci_export_create(loci_export **out, const loci_network *network,
                       const loci_export_options *options, loci_error *error) {
    int status = check(network, options, error);
    if (status != LOCI_OK)
        return status;
    loci_export *export = calloc(1, sizeof *export);
    if (export == NULL)
        return loci_fail_memory(error, "export");
    export->network = network;
    export->spec = loci_network_spec(network);
    export->options = *options;
    export->pairs = export->spec->hidden_count + 1;
    export->coordinates = loci_coordinates(export->spec);
    export->pixels = loci_spec_pixels(export->spec);
    export->fixed = options->bits < 32;
    export->spiking = export->spec->neuron == LOCI_NEURON_LIF;
    status = loci_codegen_choose_name(export->name, network, options->name, error);
    if (status == LOCI_OK)
        status = make(export, error);
    if (status == LOCI_OK)
        status = check_limits(export, error);
    if (status == LOCI_OK)
        *out = export;
    else
        loci_export_free(export);
    return status;
}

static void free_pair(loci_codegen_pair *pair) {
    void *arrays[] = {pair->fixed.placed.p,
                      pair->fixed.placed.c,
                      pair->fixed.placed.q,
                      pair->fixed.placed.e,
                      pair->fixed.placed.grid_origin,
                      pair->fixed.stored,
                      pair->fixed.gain,
                      pair->fixed.w,
                      pair->fixed.worst,
                      pair->fixed.bias,
                      pair->fixed.beta,
                      pair->fixed.threshold,
                      pair->real.w,
                      pair->real.bias,
                      pair->real.beta,
                      pair->real.threshold,
                      pair->real.ones,
                      pair->lists.start,
                      pair->lists.step,
                      pair->lists.small,
                      pair->lists.real,
                      pair->products,
                      pair->roots};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

void loci_export_free(loci_export *export) {
    if (export == NULL)
        return;
    for (size_t l = 0; l < export->pairs; l++)
        free_pair(&export->pair[l]);
    loci_acting_close(&export->acting);
    free(export);
}
