/* What acts in the network, and room for the numbers that follow from it. */
#include <string.h>

#include "base/error.h"
#include "codegen/export.h"
#include "network/kept.h"

static void take_places(loci_export *export, uint32_t l) {
    const loci_wiring *w = &export->acting.wiring[l];
    loci_placed *placed = &export->pair[l].fixed.placed;
    loci_arena *arena = &export->arena;
    size_t C = w->coordinates;
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

/* Neurons that do not fire have nothing to adapt to. */
static bool has_adaptation(const loci_export *export, uint32_t l) {
    return export->adapts && l < export->pairs && loci_spec_fires(export->spec, l + 1);
}

static void take_fixed(loci_export *export, uint32_t l) {
    loci_pair_fixed *fixed = &export->pair[l].fixed;
    loci_arena *arena = &export->arena;
    size_t n = export->pair[l].n, m = export->pair[l].m, width = export->pair[l].width;
    fixed->w = loci_arena_take(arena, n, width * sizeof *fixed->w);
    fixed->worst = loci_arena_take(arena, m, sizeof *fixed->worst);
    fixed->bias = loci_arena_take(arena, m, sizeof *fixed->bias);
    fixed->beta = loci_arena_take(arena, m, sizeof *fixed->beta);
    fixed->threshold = loci_arena_take(arena, m, sizeof *fixed->threshold);
    for (size_t k = 0; has_adaptation(export, l) && k < 3; k++)
        fixed->adaptation[k] = loci_arena_take(arena, m, sizeof *fixed->adaptation[k]);
    if (loci_codegen_has_activation_tables(export) && l + 1 < export->pairs)
        fixed->activation.table =
            loci_arena_take(arena, LOCI_ACTIVATION_ENTRIES, sizeof *fixed->activation.table);
    if (export->options.mode == LOCI_EXPORT_POSITIONS) {
        take_places(export, l);
    } else {
        fixed->stored = loci_arena_take(arena, n, width);
        bool own = l < export->pairs && loci_codegen_has_gains(export);
        fixed->gain = own ? loci_arena_take(arena, m, 1) : NULL;
    }
}

static void take_real(loci_export *export, uint32_t l) {
    loci_pair_real *real = &export->pair[l].real;
    loci_arena *arena = &export->arena;
    size_t n = export->pair[l].n, m = export->pair[l].m;
    real->w = loci_arena_floats(arena, n, export->pair[l].width);
    real->bias = loci_arena_floats(arena, m, 1);
    real->beta = loci_arena_floats(arena, m, 1);
    real->threshold = loci_arena_floats(arena, m, 1);
    for (size_t k = 0; has_adaptation(export, l) && k < 3; k++)
        real->adaptation[k] = loci_arena_floats(arena, m, 1);
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
    pair->own = l >= export->pairs;
    pair->fixed.spike = 1;
    pair->taps = loci_codegen_taps(export, l);
    pair->width = pair->taps * pair->m;
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
    if (export->spiking) {
        loci_acting_beta(network, l, real->beta);
        loci_acting_threshold(network, l, real->threshold);
    }
    for (int k = 0; has_adaptation(export, l) && k < 3; k++)
        loci_acting_adaptation(network, l, k, real->adaptation[k]);
}

/* How many steps a layer remembers what arrives in. */
static uint32_t slots_of(const loci_export *export, uint32_t l) {
    bool constant = l == 0 && export->spec->coding == LOCI_CODING_CONSTANT; /* has its own ring */
    uint32_t most = constant ? 1 : export->pair[l].taps;
    uint32_t loop = loci_codegen_has_loop(export, l) ? export->pair[export->pairs + l].taps : 1;
    return loop > most ? loop : most;
}

int loci_codegen_open_pairs(loci_export *export, loci_error *error) {
    int status = loci_acting_open(&export->acting, export->network, error);
    if (status == LOCI_OK)
        status = loci_kept_find(&export->acting, export->options.pool, error);
    for (uint32_t p = 0; p < export->projections && status == LOCI_OK; p++)
        take_pair(export, p);
    if (status == LOCI_OK)
        status = loci_arena_status(&export->arena, "export", error);
    for (uint32_t l = 0; l < export->pairs && status == LOCI_OK; l++) {
        read_neurons(export, l);
        export->slots[l] = slots_of(export, l);
    }
    return status;
}
