/* What is stored as whole numbers of a few bits was trained so, or not. Positions and charges as
 * such numbers: by the rulers that the network was trained with, where it was, else by those that
 * its export chooses. */
#include <math.h>
#include <string.h>

#include "codegen/export.h"
#include "network/grid.h"
#include "wiring/wiring.h"

bool loci_codegen_has_rulers(const loci_export *export) {
    const loci_rounding *by = export->network->rounding;
    return by != NULL && by->weight_bits == 0 && by->position_bits <= export->options.bits &&
           by->charge_bits <= export->charge_bits;
}

bool loci_codegen_has_units_of_weights(const loci_export *export) {
    uint32_t bits = loci_network_weight_bits(export->network);
    return bits > 0 && bits <= export->options.bits &&
           export->options.mode != LOCI_EXPORT_POSITIONS;
}

bool loci_codegen_has_gains(const loci_export *export) {
    return export->options.mode != LOCI_EXPORT_POSITIONS &&
           (export->spiking || !loci_codegen_has_units_of_weights(export));
}

static loci_ruler ruler_of(const loci_export *export, uint32_t l) {
    size_t first, count;
    loci_ruler_shared_by(&export->acting, l, &first, &count);
    return loci_codegen_has_rulers(export)
               ? export->network->rounding->of[l].place
               : loci_ruler_of(&export->acting, l, export->cover[first][LOCI_COVER_POSITION],
                               export->options.bits);
}

static void place_sites(const loci_ruler *ruler, const float *from, size_t sites, int8_t *to) {
    size_t C = ruler->axes;
    for (size_t i = 0; to != NULL && i < sites * C; i++)
        to[i] = (int8_t)loci_ruler_number(ruler, i % C, from[i]);
}

/* Charges in whole numbers of a unit, of which there may be none: then all are 1. Returns what 1
 * is. */
static double place_charges(const float *from, size_t count, double unit, uint32_t bits,
                            int8_t *to) {
    for (size_t i = 0; to != NULL && i < count; i++)
        to[i] = from == NULL ? 1 : (int8_t)loci_charge_number(from[i], unit, bits);
    return to == NULL || from == NULL ? 1 : unit;
}

static void place_sheet(loci_export *export, uint32_t l, const loci_ruler *ruler) {
    loci_placed *placed = &export->pair[l].fixed.placed;
    placed->grid_pitch = loci_ruler_pitch(ruler, export->spec);
    for (size_t x = 0; x < ruler->axes; x++)
        placed->grid_origin[x] = loci_ruler_origin(ruler, export->spec, x);
}

void loci_codegen_place(loci_export *export, uint32_t l) {
    const loci_wiring *w = &export->acting.wiring[l];
    loci_placed *placed = &export->pair[l].fixed.placed;
    const double *cover = export->cover[l];
    bool trained = loci_codegen_has_rulers(export);
    const loci_rulers *by = trained ? &export->network->rounding->of[l] : NULL;
    uint32_t bits = export->charge_bits;
    double axon =
        trained ? by->axon : loci_axon_unit(&export->acting, l, cover[LOCI_COVER_AXON], bits);
    double dendrite =
        trained ? by->dendrite
                : loci_dendrite_unit(&export->acting, l, cover[LOCI_COVER_DENDRITE], bits);
    loci_ruler ruler = ruler_of(export, l);
    double square = (1 << LOCI_SQUARE_BITS) / (ruler.step * ruler.step);
    place_sites(&ruler, w->p, w->n * w->axons, placed->p);
    place_sites(&ruler, w->q, w->m * w->dendrites, placed->q);
    if (placed->grid_origin != NULL)
        place_sheet(export, l, &ruler);
    placed->step = ruler.step;
    placed->charge = place_charges(w->c, w->n * w->axons, axon, bits, placed->c) *
                     place_charges(w->e, w->m * w->dendrites, dendrite, bits, placed->e);
    placed->base = (uint32_t)fmin(fmax(w->base * square, 1), 1e9);
    double nearness = w->inverse_range;
    placed->reach =
        nearness > 0 ? (uint32_t)fmin(square / (nearness * nearness), UINT32_MAX) : UINT32_MAX;
    placed->near = UINT32_MAX;
    if (export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE) {
        double cut = export->network->cut[l].value;
        placed->near = cut > 0 ? (uint32_t)fmin(square / (cut * cut), UINT32_MAX) : UINT32_MAX;
    }
}
