/* Which lines of the templates an export has. */
#include <string.h>

#include "embed/emit.h"

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

/* Positions in floats are read from their tables without a function between. */
static bool at(const loci_export *x) {
    return !roots(x);
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

static bool range(const loci_export *x) {
    return x->network->low != NULL;
}

static bool sheet(const loci_export *x) {
    return positions(x) && x->network->sheet != NULL;
}

static bool dendrite_charges(const loci_export *x) {
    return positions(x) && loci_embed_has_dendrite_charges(x);
}

static bool relu(const loci_export *x) {
    return !x->spiking;
}

static bool spiking(const loci_export *x) {
    return x->spiking;
}

static bool reach(const loci_export *x) {
    for (size_t l = 0; l < x->pairs; l++)
        if (positions(x) && x->wires.pair[l].cutoff > 0)
            return true;
    return false;
}

static bool near(const loci_export *x) {
    return positions(x) && x->wires.pruned_by == LOCI_PRUNE_BY_DISTANCE;
}

static bool strong(const loci_export *x) {
    return positions(x) && x->wires.pruned_by == LOCI_PRUNE_BY_WEIGHT;
}

static bool cut(const loci_export *x) {
    return near(x) || strong(x);
}

static bool gain(const loci_export *x) {
    return x->fixed && !positions(x);
}

static bool plain(const loci_export *x) {
    return !gain(x) && !roots(x);
}

static bool deep(const loci_export *x) {
    return x->pairs > 2;
}

static bool single(const loci_export *x) {
    return x->pairs == 2;
}

static bool none(const loci_export *x) {
    return x->pairs == 1;
}

static const struct {
    const char *name;
    bool (*holds)(const loci_export *export);
} flags[] = {
    {"at", at},
    {"cut", cut},
    {"deep", deep},
    {"dendrite_charges", dendrite_charges},
    {"fixed", fixed},
    {"float", real},
    {"gain", gain},
    {"narrow_starts", narrow_starts},
    {"near", near},
    {"nibbles", nibbles},
    {"none", none},
    {"plain", plain},
    {"plain_float", rootless},
    {"pruned", pruned},
    {"range", range},
    {"reach", reach},
    {"relu", relu},
    {"roots", roots},
    {"scale", roots},
    {"sheet", sheet},
    {"shrunk", shrunk},
    {"single", single},
    {"spiking", spiking},
    {"strong", strong},
    {"wide_starts", wide_starts},
};

bool loci_emit_flag(const void *export, const char *name) {
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags[i].name, name) == 0)
            return flags[i].holds(export);
    return false;
}
