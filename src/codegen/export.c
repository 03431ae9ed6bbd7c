/* From a network to the numbers of its export. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "codegen/calibrate.h"
#include "codegen/emit.h"
#include "codegen/export_name.h"
#include "codegen/measure.h"
#include "codegen/pruned_lists.h"
#include "infer/evaluate.h"
#include "network/kept.h"
#include "network/layout.h"
#include "network/spiking.h"
#include "network/travel.h"

void loci_export_options_defaults(loci_export_options *options) {
    *options = (loci_export_options){.mode = LOCI_EXPORT_POSITIONS, .bits = 8, .samples = 2000};
}

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
    if (options->mode == LOCI_EXPORT_POSITIONS && loci_channels_have_places(spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "the channels of a sheet have places that the C source does not know; use "
                         "--mode weights or pruned");
    if (options->mode == LOCI_EXPORT_POSITIONS && options->bits == 32 &&
        !loci_emit_knows_law(spec->law))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED, "bits",
            "the law of distance is not known in floats; use 8 bits, or --mode weights");
    if (loci_refuse_travel(spec, "export", error) != LOCI_OK)
        return LOCI_E_UNSUPPORTED;
    if (loci_spec_spikes(spec) && spec->coding == LOCI_CODING_POISSON)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "Poisson coding needs random numbers, which the C source has not; train "
                         "with constant or latency coding");
    if (loci_spec_spikes(spec) && spec->coding == LOCI_CODING_EVENTS)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "the C source takes inputs that stand still; networks for temporal data "
                         "(coding events) can be written with --to nir");
    if (!loci_all_finite(network->parameters, network->parameter_count))
        return loci_fail(error, LOCI_E_DIVERGED, "export", "a parameter is not finite");
    return loci_check_fit(network, options->data, error);
}

static void take_places(loci_export *export, uint32_t l) {
    const loci_wiring *w = &export->acting.wiring[l];
    loci_placed *placed = &export->pair[l].fixed.placed;
    loci_arena *arena = &export->arena;
    size_t C = export->coordinates;
    bool sheet = l == 0 && export->network->sheet != NULL;
    if (sheet)
        placed->grid_origin = loci_arena_take(arena, C, sizeof *placed->grid_origin);
    else
        placed->p = loci_arena_take(arena, w->n, w->axons * C);
    if (w->c != NULL)
        placed->c = loci_arena_take(arena, w->n, w->axons);
    placed->q = loci_arena_take(arena, w->m, w->dendrites * C);
    if (loci_codegen_has_dendrite_charges(export))
        placed->e = loci_arena_take(arena, w->m, w->dendrites);
    if (loci_codegen_has_law_tables(export))
        placed->law.table = loci_arena_take(arena, LOCI_LAW_ENTRIES, sizeof *placed->law.table);
}

static void take_fixed(loci_export *export, uint32_t l) {
    loci_pair_fixed *fixed = &export->pair[l].fixed;
    loci_arena *arena = &export->arena;
    size_t n = export->pair[l].n, m = export->pair[l].m;
    fixed->w = loci_arena_take(arena, n, m * sizeof *fixed->w);
    fixed->worst = loci_arena_take(arena, m, sizeof *fixed->worst);
    fixed->bias = loci_arena_take(arena, m, sizeof *fixed->bias);
    fixed->beta = loci_arena_take(arena, m, sizeof *fixed->beta);
    fixed->threshold = loci_arena_take(arena, m, sizeof *fixed->threshold);
    if (loci_codegen_has_activation_tables(export) && l + 1 < export->pairs)
        fixed->activation.table =
            loci_arena_take(arena, LOCI_ACTIVATION_ENTRIES, sizeof *fixed->activation.table);
    if (export->options.mode == LOCI_EXPORT_POSITIONS) {
        take_places(export, l);
    } else {
        fixed->stored = loci_arena_take(arena, n, m);
        fixed->gain = loci_arena_take(arena, m, 1);
    }
}

static void take_real(loci_export *export, uint32_t l) {
    loci_pair_real *real = &export->pair[l].real;
    loci_arena *arena = &export->arena;
    size_t n = export->pair[l].n, m = export->pair[l].m;
    real->w = loci_arena_floats(arena, n, m);
    real->bias = loci_arena_floats(arena, m, 1);
    real->beta = loci_arena_floats(arena, m, 1);
    real->threshold = loci_arena_floats(arena, m, 1);
    if (export->fixed || export->options.mode != LOCI_EXPORT_POSITIONS)
        return;
    real->ones = loci_arena_floats(arena, m, export->acting.wiring[l].dendrites);
    for (size_t j = 0; real->ones != NULL && j < m; j++)
        real->ones[j] = 1; /* only a receiver's only dendrite has no charge */
}

static void take_pair(loci_export *export, uint32_t l) {
    loci_codegen_pair *pair = &export->pair[l];
    pair->n = export->acting.wiring[l].n;
    pair->m = export->acting.wiring[l].m;
    pair->products = loci_arena_take(&export->arena, pair->n, sizeof *pair->products);
    pair->roots = loci_arena_take(&export->arena, pair->n, sizeof *pair->roots);
    take_real(export, l);
    if (export->fixed)
        take_fixed(export, l);
}

/* Biases, and decays and thresholds of spiking neurons as they act. */
static void read_neurons(loci_export *export, uint32_t l) {
    const loci_network *network = export->network;
    loci_pair_real *real = &export->pair[l].real;
    memcpy(real->bias, network->parameters + network->layer[l + 1].bias,
           export->pair[l].m * sizeof *real->bias);
    loci_acting_beta(network, l, real->beta);
    loci_acting_threshold(network, l, real->threshold);
}

/* What acts in the network, and room for what follows from it. */
static int open_pairs(loci_export *export, loci_error *error) {
    int status = loci_acting_open(&export->acting, export->network, error);
    if (status == LOCI_OK)
        status = loci_kept_find(&export->acting, export->options.pool, error);
    for (uint32_t l = 0; l < export->pairs && status == LOCI_OK; l++)
        take_pair(export, l);
    return status == LOCI_OK ? loci_arena_status(&export->arena, "export", error) : status;
}

static int make(loci_export *export, loci_error *error) {
    int status = open_pairs(export, error);
    if (status == LOCI_OK)
        status = loci_codegen_read_names(export, error);
    if (status == LOCI_OK)
        status = loci_codegen_choose_input(export, error);
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
    if (status != LOCI_OK)
        return status;
    loci_codegen_cost(export);
    return loci_codegen_measure(export, error);
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
    export->spiking = loci_spec_spikes(export->spec);
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

void loci_export_free(loci_export *export) {
    if (export == NULL)
        return;
    loci_arena_clear(&export->arena);
    loci_acting_close(&export->acting);
    free(export);
}
