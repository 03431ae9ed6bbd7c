/* Which lines of the templates an export has: what is stored and computed. */
#include <string.h>

#include "codegen/emit.h"
#include "wiring/law.h"

static bool positions(const loci_export *x) {
    return x->options.mode == LOCI_EXPORT_POSITIONS;
}

static bool fixed(const loci_export *x) {
    return x->fixed;
}

static bool real(const loci_export *x) {
    return !x->fixed;
}

static bool roots(const loci_export *x) {
    return !x->fixed && positions(x);
}

static bool rootless(const loci_export *x) {
    return !x->fixed && !positions(x);
}

static bool nibbles(const loci_export *x) {
    return x->options.bits == 4;
}

static bool quarters(const loci_export *x) {
    return x->options.bits == 2 && !loci_codegen_lists_signs(x);
}

static bool signs(const loci_export *x) {
    return loci_codegen_lists_signs(x);
}

static bool packed(const loci_export *x) {
    return x->options.bits < 8;
}

static bool whole_bytes(const loci_export *x) {
    return !packed(x);
}

static bool charge_nibbles(const loci_export *x) {
    return x->charge_bits == 4;
}

static bool charge_quarters(const loci_export *x) {
    return x->charge_bits == 2;
}

static bool charge_bytes(const loci_export *x) {
    return x->charge_bits >= 8;
}

/* Whether these are weights as they stand: those made of positions are not. */
static bool nibbles_stored(const loci_export *x) {
    return nibbles(x) && !positions(x);
}

static bool quarters_stored(const loci_export *x) {
    return quarters(x) && !positions(x);
}

/* Positions in floats are read from their tables without a function between. */
static bool at(const loci_export *x) {
    return !roots(x) && !signs(x);
}

static bool pruned(const loci_export *x) {
    return x->options.mode == LOCI_EXPORT_PRUNED;
}

static bool wide_starts(const loci_export *x) {
    return pruned(x) && x->wide_starts;
}

static bool narrow_starts(const loci_export *x) {
    return pruned(x) && !x->wide_starts;
}

static bool shrunk(const loci_export *x) {
    return x->network->pixels != NULL;
}

/* Whether version 0.1 had it, by another name. */
static bool scale_pixels(const loci_export *x) {
    return loci_codegen_scales(x) && !x->input.wide;
}

static bool scaled(const loci_export *x) {
    return x->report.scaled > 0;
}

static bool counts(const loci_export *x) {
    return x->input.counts;
}

static bool wide(const loci_export *x) {
    return x->input.wide;
}

static bool output_names(const loci_export *x) {
    return x->names.outputs;
}

static bool input_names(const loci_export *x) {
    return x->names.input != NULL || (x->input.counts && x->options.input_units > 1);
}

static bool sheet(const loci_export *x) {
    return positions(x) && x->network->sheet != NULL;
}

static bool dendrite_charges(const loci_export *x) {
    return positions(x) && loci_codegen_has_dendrite_charges(x);
}

/* Whether any senders have no charges. */
static bool uncharged(const loci_export *x) {
    return sheet(x) || (positions(x) && x->spec->maps_count > 0 && x->acting.wiring[0].c == NULL);
}

/* Whether sites act only within a range. */
static bool range(const loci_export *x) {
    for (size_t l = 0; l < x->pairs; l++)
        if (positions(x) && x->acting.wiring[l].inverse_range > 0)
            return true;
    return false;
}

static bool inverse(const loci_export *x) {
    return x->spec->law == LOCI_LAW_INVERSE;
}

static bool inverse_square(const loci_export *x) {
    return x->spec->law == LOCI_LAW_INVERSE_SQUARE;
}

static bool exponential(const loci_export *x) {
    return x->spec->law == LOCI_LAW_EXPONENTIAL;
}

static bool gaussian(const loci_export *x) {
    return x->spec->law == LOCI_LAW_GAUSSIAN;
}

static bool length(const loci_export *x) {
    return roots(x) && loci_law_has_length(x->spec->law);
}

static bool near(const loci_export *x) {
    return positions(x) && x->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE;
}

static bool strong(const loci_export *x) {
    return positions(x) && x->acting.pruned_by == LOCI_PRUNE_BY_WEIGHT;
}

static bool cut(const loci_export *x) {
    return near(x) || strong(x);
}

static bool gain(const loci_export *x) {
    return x->fixed && loci_codegen_has_gains(x);
}

static bool plain(const loci_export *x) {
    return !gain(x) && !roots(x);
}

/* Layers that are made in one piece, not row by row. */
static size_t whole_layers(const loci_export *x) {
    return x->pairs - x->spec->maps_count;
}

static bool deep(const loci_export *x) {
    return whole_layers(x) > 2;
}

static bool single(const loci_export *x) {
    return whole_layers(x) == 2;
}

static bool none(const loci_export *x) {
    return whole_layers(x) == 1;
}

static bool maps(const loci_export *x) {
    return x->spec->maps_count > 0;
}

/* Whether stencils are made of positions. */
static bool stencils(const loci_export *x) {
    return maps(x) && positions(x);
}

static bool hidden(const loci_export *x) {
    return x->pairs > 1;
}

static bool output_shift(const loci_export *x) {
    return x->fixed && !x->spiking && !loci_codegen_has_activation_tables(x);
}

static bool classes(const loci_export *x) {
    return !loci_codegen_regresses(x);
}

static const struct {
    const char *name;
    loci_emit_rule *holds;
} flags[] = {
    {"at", at},
    {"charge_bytes", charge_bytes},
    {"charge_nibbles", charge_nibbles},
    {"charge_quarters", charge_quarters},
    {"charges_apart", loci_codegen_stores_charges_apart},
    {"classes", classes},
    {"counts", counts},
    {"cut", cut},
    {"deep", deep},
    {"dendrite_charges", dendrite_charges},
    {"exponential", exponential},
    {"fixed", fixed},
    {"float", real},
    {"gain", gain},
    {"gaussian", gaussian},
    {"hidden", hidden},
    {"input_names", input_names},
    {"inverse", inverse},
    {"inverse_square", inverse_square},
    {"length", length},
    {"maps", maps},
    {"math", loci_emit_calls_library},
    {"narrow_starts", narrow_starts},
    {"near", near},
    {"nibbles", nibbles},
    {"nibbles_stored", nibbles_stored},
    {"none", none},
    {"output_names", output_names},
    {"output_shift", output_shift},
    {"packed", packed},
    {"pixels_alone", loci_codegen_takes_pixels},
    {"plain", plain},
    {"plain_float", rootless},
    {"pruned", pruned},
    {"quarters", quarters},
    {"quarters_stored", quarters_stored},
    {"range", range},
    {"roots", roots},
    {"scale", roots},
    {"scale_inputs", loci_codegen_scales},
    {"scale_pixels", scale_pixels},
    {"scaled", scaled},
    {"sheet", sheet},
    {"shrunk", shrunk},
    {"signs", signs},
    {"single", single},
    {"stencils", stencils},
    {"strong", strong},
    {"table", loci_codegen_is_table},
    {"uncharged", uncharged},
    {"units", loci_codegen_has_units},
    {"whole_bytes", whole_bytes},
    {"wide", wide},
    {"wide_starts", wide_starts},
};

bool loci_emit_flag(const void *export, const char *name) {
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags[i].name, name) == 0)
            return flags[i].holds(export);
    loci_emit_rule *of_neurons = loci_emit_neuron_rule(name);
    return of_neurons != NULL && of_neurons(export);
}
