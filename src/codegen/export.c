/* From a network to the numbers of its export. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "codegen/calibrate.h"
#include "codegen/emit.h"
#include "codegen/export_name.h"
#include "codegen/maps.h"
#include "codegen/measure.h"
#include "codegen/pruned_lists.h"
#include "data/samples.h"
#include "infer/evaluate.h"
#include "network/layout.h"

void loci_export_options_defaults(loci_export_options *options) {
    *options = (loci_export_options){.mode = LOCI_EXPORT_POSITIONS, .samples = 2000};
}

/* What takes its steps in order is not written in every way. */
static int check_steps(const loci_network *network, const loci_export_options *options,
                       loci_error *error) {
    const loci_spec *spec = loci_network_spec(network);
    int by = loci_network_pruned_by(network);
    bool cut = by == LOCI_PRUNE_BY_DISTANCE || by == LOCI_PRUNE_BY_WEIGHT;
    if (cut && options->mode == LOCI_EXPORT_POSITIONS)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "positions do not tell what a cut leaves of a network with delays or "
                         "recurrent layers; use --mode pruned");
    if (spec->coding == LOCI_CODING_EVENTS && options->input_type != LOCI_EXPORT_FLOAT)
        return loci_fail(error, LOCI_E_ARGUMENT, "input-type",
                         "events are given as they are, by channel; leave it out");
    if (spec->coding == LOCI_CODING_EVENTS && network->pixels != NULL)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "a shrunk network does not see all channels that events come on; export "
                         "the network that it was made of, with --mode pruned");
    if (spec->coding == LOCI_CODING_EVENTS && loci_spec_pixels(spec) > 65536)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "events come on %zu channels, more than the 65536 that 16 bits tell apart",
                         loci_spec_pixels(spec));
    return LOCI_OK;
}

/* What bytes with a scale can stand for. */
static int check_linear(const loci_spec *spec, const loci_export_options *options,
                        loci_error *error) {
    if (loci_spec_spikes(spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "bits",
                         "a spike is one bit already; spiking networks are written as ONNX in "
                         "floats (--bits 32), or in 8 bits with --to c");
    if (options->bits != 8 && options->bits != 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "bits",
                         "opset 13 of ONNX has no numbers of %u bits; use 8, or --to c",
                         options->bits);
    if (options->mode != LOCI_EXPORT_WEIGHTS || options->input_type != LOCI_EXPORT_FLOAT)
        return loci_fail(error, LOCI_E_ARGUMENT, "linear",
                         "is for mode weights and inputs that are floats");
    return LOCI_OK;
}

static int check(const loci_network *network, const loci_export_options *options,
                 loci_error *error) {
    const loci_spec *spec = loci_network_spec(network);
    if (loci_export_mode_name((size_t)options->mode) == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "mode", "%d is no mode", options->mode);
    bool known = options->bits == 32 || options->bits == 8 || options->bits == 4 ||
                 options->bits == 2 || options->bits == 0;
    if (!known)
        return loci_fail(error, LOCI_E_ARGUMENT, "bits", "%u is none of 32, 8, 4, 2",
                         options->bits);
    if (options->samples < 1 || options->samples > 60000)
        return loci_fail(error, LOCI_E_ARGUMENT, "samples", "%u is not from 1 to 60000",
                         options->samples);
    if (options->data == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "data",
                         "an export needs data to choose scales on and for its self-test");
    if (options->linear && check_linear(spec, options, error) != LOCI_OK)
        return error != NULL ? error->code : LOCI_E_UNSUPPORTED;
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
    if (options->mode == LOCI_EXPORT_POSITIONS && loci_rounds_weights(network))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "mode",
                         "the network was trained with rounded weights, which do not follow from "
                         "positions alone; use --mode weights or pruned");
    if (options->mode == LOCI_EXPORT_POSITIONS && options->bits == 32 &&
        !loci_emit_knows_law(spec->law))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED, "bits",
            "the law of distance is not known in floats; use 8 bits, or --mode weights");
    if (options->mode == LOCI_EXPORT_POSITIONS && options->bits == 32 &&
        network->rounding != NULL && network->sheet != NULL)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED, "bits",
            "a sheet that was trained rounded is not known in floats; leave it out, or "
            "use --mode weights");
    if (loci_spec_spikes(spec) && spec->coding == LOCI_CODING_POISSON)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "Poisson coding needs random numbers, which the C source has not; train "
                         "with constant or latency coding");
    int status = loci_codegen_check_maps(spec, error);
    if (status == LOCI_OK && loci_codegen_is_stepped(spec))
        status = check_steps(network, options, error);
    if (status != LOCI_OK)
        return status;
    if (!loci_all_finite(network->parameters, network->parameter_count))
        return loci_fail(error, LOCI_E_DIVERGED, "export", "a parameter is not finite");
    status = loci_check_matrices(network, "export", error);
    return status == LOCI_OK ? loci_check_answers(network, options->data, error) : status;
}

/* Weights may pass what a float can hold where no parameter does. */
static bool is_finite(const loci_codegen_pair *pair) {
    return loci_all_finite(pair->real.w, pair->n * pair->width);
}

static int make(loci_export *export, loci_error *error) {
    int status = loci_codegen_open_pairs(export, error);
    if (status == LOCI_OK)
        status = loci_codegen_read_names(export, error);
    if (status == LOCI_OK)
        status = loci_codegen_choose_input(export, error);
    for (uint32_t p = 0; p < export->projections && status == LOCI_OK; p++) {
        for (int cover = 0; cover < LOCI_COVERS; cover++)
            export->cover[p][cover] = 1;
        status = loci_codegen_expand_real(export, p, error);
        if (status == LOCI_OK && !is_finite(&export->pair[p]))
            status = loci_fail(error, LOCI_E_DIVERGED, "export",
                               "a weight of layer pair %u is not finite", p);
    }
    if (status == LOCI_OK && export->fixed)
        status = loci_codegen_calibrate(export, error);
    for (uint32_t p = 0; p < export->projections && status == LOCI_OK; p++)
        if (export->options.mode == LOCI_EXPORT_PRUNED)
            status = loci_codegen_list(export, p, error);
    if (status != LOCI_OK)
        return status;
    loci_codegen_cost(export);
    status = loci_codegen_measure(export, error);
    return status == LOCI_OK ? loci_emit_make_cases(export, error) : status;
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

/* What numbers of so many bits are stored in. */
static uint32_t stored_bits(uint32_t bits) {
    return bits > 4 ? 8 : bits > 2 ? 4 : 2;
}

/* Where nobody said, positions and charges, or weights, have as many bits as they were trained
 * with. */
static void choose_bits(loci_export *export) {
    const loci_rounding *by = export->network->rounding;
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    bool trained = by != NULL && positions == (by->weight_bits == 0) && !export->options.linear;
    bool said = export->options.bits != 0;
    uint32_t bits = trained ? positions ? by->position_bits : by->weight_bits : 8;
    if (!said)
        export->options.bits = stored_bits(bits);
    export->charge_bits =
        !said && trained && positions ? stored_bits(by->charge_bits) : export->options.bits;
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
    export->pairs = loci_spec_hidden_layers(export->spec) + 1;
    export->projections = network->projection_count;
    export->coordinates = loci_coordinates(export->spec);
    export->pixels = loci_spec_pixels(export->spec);
    export->given = loci_spec_inputs(export->spec);
    choose_bits(export);
    export->fixed = export->options.bits < 32;
    export->spiking = loci_spec_spikes(export->spec);
    export->delays = export->spiking && export->spec->delay != LOCI_DELAY_NONE;
    export->adapts = export->spec->neuron == LOCI_NEURON_ADLIF;
    export->events = export->spiking && export->spec->coding == LOCI_CODING_EVENTS;
    export->stepped = loci_codegen_is_stepped(export->spec);
    status = loci_codegen_choose_name(export->name, network, options->name, error);
    if (status == LOCI_OK)
        status = make(export, error);
    if (status == LOCI_OK)
        status = check_limits(export, error);
    if (status == LOCI_OK)
        status = loci_samples_check(options->data, error);
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
