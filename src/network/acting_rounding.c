#include "network/acting_rounding.h"

#include "network/rounding.h"

void loci_acting_open_rounding(loci_acting *acting, size_t p) {
    const loci_wiring *w = &acting->wiring[p];
    size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites;
    if (loci_network_rounding(acting->network, NULL, NULL) && w->weight == NULL)
        acting->rounded[p] =
            loci_arena_floats(&acting->arena, axons + dendrites, w->coordinates + 1);
}

void loci_acting_round_weights(loci_acting *acting, size_t p) {
    const loci_rounding *by = acting->network->rounding;
    if (by != NULL && by->weight_bits > 0)
        acting->wiring[p].rounding = (loci_weight_rounding){
            .unit = (float)by->of[p].weight, .most = (float)loci_charge_most(by->weight_bits)};
}

/* Pixels of a sheet, as exported C computes where they are. */
static void place_sheet(const loci_network *network, const loci_ruler *ruler, size_t pixels,
                        float *to) {
    const loci_spec *spec = &network->spec;
    int32_t pitch = loci_ruler_pitch(ruler, spec), origin[LOCI_RULER_AXES];
    for (size_t x = 0; x < ruler->axes; x++)
        origin[x] = loci_ruler_origin(ruler, spec, x);
    for (size_t i = 0; i < pixels; i++) {
        size_t pixel = loci_network_pixel(network, i);
        for (size_t x = 0; x < ruler->axes; x++) {
            size_t step = x == 0 ? pixel % spec->width : x == 1 ? pixel / spec->width : 0;
            int64_t number = (origin[x] + (int64_t)step * pitch) >> LOCI_SHEET_BITS;
            to[i * ruler->axes + x] = (float)(ruler->zero[x] + (double)number * ruler->step);
        }
    }
}

static const float *round_charges(const float *from, size_t count, double unit, uint32_t bits,
                                  float *to) {
    if (from == NULL || unit == 0)
        return from;
    for (size_t i = 0; i < count; i++)
        to[i] = (float)(loci_charge_number(from[i], unit, bits) * unit);
    return to;
}

void loci_acting_round(loci_acting *acting, size_t p) {
    const loci_network *network = acting->network;
    const loci_rounding *by = network->rounding;
    loci_wiring *w = &acting->wiring[p];
    size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites, C = w->coordinates;
    float *to = acting->rounded[p];
    if (by == NULL || to == NULL)
        return;
    const loci_rulers *rulers = &by->of[p];
    w->c = round_charges(w->c, axons, rulers->axon, by->charge_bits, to);
    w->e = round_charges(w->e, dendrites, rulers->dendrite, by->charge_bits, to + axons);
    to += axons + dendrites;
    if (rulers->place.bits == 0)
        return;
    if (p == 0 && network->sheet != NULL)
        place_sheet(network, &rulers->place, w->n, to);
    else
        loci_ruler_round(&rulers->place, w->p, axons, to);
    loci_ruler_round(&rulers->place, w->q, dendrites, to + axons * C);
    w->p = to;
    w->q = to + axons * C;
}
