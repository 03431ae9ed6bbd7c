#include "network/rounding.h"

#include <stdlib.h>

#include "base/error.h"
#include "network/inhibition.h"
#include "network/layout.h"
#include "network/maps.h"
#include "wiring/rounded.h"

int loci_rounding_copy(loci_rounding **to, const loci_rounding *from, loci_error *error) {
    loci_rounding *copy = from != NULL ? malloc(sizeof *copy) : NULL;
    if (from != NULL && copy == NULL)
        return loci_fail_memory(error, "network");
    if (copy != NULL)
        *copy = *from;
    free(*to);
    *to = copy;
    return LOCI_OK;
}

int loci_network_rounding(const loci_network *network, uint32_t *position_bits,
                          uint32_t *charge_bits) {
    const loci_rounding *by = network->rounding;
    if (position_bits != NULL)
        *position_bits = by != NULL ? by->position_bits : 0;
    if (charge_bits != NULL)
        *charge_bits = by != NULL ? by->charge_bits : 0;
    return by != NULL && by->weight_bits == 0;
}

uint32_t loci_network_weight_bits(const loci_network *network) {
    return network->rounding != NULL ? network->rounding->weight_bits : 0;
}

bool loci_rounds_weights(const loci_network *network) {
    return loci_network_weight_bits(network) > 0;
}

bool loci_has_weights_to_round(const loci_spec *spec) {
    return !loci_spec_spikes(spec) || (spec->delay == LOCI_DELAY_NONE && !spec->recurrent);
}

/* ---- choosing ---- */

void loci_ruler_shared_by(const loci_acting *acting, size_t p, size_t *first, size_t *count) {
    bool tied = acting->network->spec.tied == LOCI_TIED_YES && p < acting->pairs;
    *first = tied ? 0 : p;
    *count = tied ? acting->pairs : 1;
}

loci_ruler loci_ruler_of(const loci_acting *acting, size_t p, double cover, uint32_t bits) {
    size_t first, count, C = acting->wiring[p].coordinates;
    loci_extent extent = {.count = 0};
    loci_ruler_shared_by(acting, p, &first, &count);
    for (size_t k = first; k < first + count; k++) {
        const loci_wiring *w = &acting->wiring[k];
        if (k > 0 || acting->network->sheet == NULL)
            loci_extent_widen(&extent, w->p, w->n * w->axons, C);
        loci_extent_widen(&extent, w->q, w->m * w->dendrites, C);
    }
    return loci_ruler_over(&extent, C, cover, bits);
}

double loci_axon_unit(const loci_acting *acting, size_t p, double cover, uint32_t bits) {
    const loci_wiring *w = &acting->wiring[p];
    return w->c == NULL ? 0 : loci_charge_unit(w->c, w->n * w->axons, cover, bits);
}

double loci_dendrite_unit(const loci_acting *acting, size_t p, double cover, uint32_t bits) {
    const loci_wiring *w = &acting->wiring[p];
    return w->e == NULL ? 0 : loci_charge_unit(w->e, w->m * w->dendrites, cover, bits);
}

/* ---- the ends ---- */

/* A gradient that would move a number, in units of what is rounded, on beyond its ends. */
static bool leads_out(double number, double low, double high, float gradient) {
    return (number < low && gradient > 0) || (number > high && gradient < 0);
}

/* Positions [count, axes] at an offset, whose axes are those of the ruler from `from` on. */
static void hold_places(const loci_network *network, const loci_ruler *ruler, size_t offset,
                        size_t from, size_t count, float *gradient) {
    double half = 1 << (ruler->bits - 1);
    size_t axes = ruler->axes - from;
    for (size_t i = 0; offset != LOCI_NONE && i < count * axes; i++) {
        double at = network->parameters[offset + i];
        double number = (at - ruler->zero[from + i % axes]) / ruler->step;
        if (leads_out(number, -half - 0.5, half - 0.5, gradient[offset + i]))
            gradient[offset + i] = 0;
    }
}

static void hold_charges(const loci_network *network, double unit, uint32_t bits, size_t offset,
                         size_t count, float *gradient) {
    const loci_spec *spec = &network->spec;
    double most = loci_charge_most(bits) + 0.5;
    for (size_t i = offset; unit > 0 && offset != LOCI_NONE && i < offset + count; i++) {
        float own = network->parameters[i];
        float charge = spec->sign == LOCI_SIGN_MASK ? loci_inhibition(spec->steepness, own) : own;
        if (leads_out((double)charge / unit, -most, most, gradient[i]))
            gradient[i] = 0;
    }
}

static void hold_weights(const loci_network *network, double unit, uint32_t bits, size_t offset,
                         size_t count, float *gradient) {
    const loci_weight_rounding by = {(float)unit, (float)loci_charge_most(bits)};
    for (size_t i = offset; offset != LOCI_NONE && i < offset + count; i++)
        if (loci_weight_leads_out(by, network->parameters[i], gradient[i]))
            gradient[i] = 0;
}

void loci_rounding_hold(const loci_network *network, float *gradient) {
    const loci_rounding *by = network->rounding;
    for (size_t p = 0; by != NULL && p < network->projection_count; p++) {
        const loci_projection *own = &network->projection[p];
        const loci_rulers *rulers = &by->of[p];
        const loci_spec *spec = &network->spec;
        bool grid = loci_has_grid_senders(spec, p);
        size_t n, m, rows, columns;
        loci_projection_shape(network, p, &n, &m);
        if (by->weight_bits > 0) {
            hold_weights(network, rulers->weight, by->weight_bits, own->weight, n * m, gradient);
            continue;
        }
        if (grid) /* sites and charges are a map's */
            loci_grid_of_senders(spec, p, &rows, &columns, &n);
        size_t axons = n * loci_axon_sites(spec, p), dendrites = m * loci_dendrite_sites(spec, p);
        if (rulers->place.bits > 0) {
            hold_places(network, &rulers->place, own->axon_position, grid ? 2 : 0, axons, gradient);
            hold_places(network, &rulers->place, own->dendrite_position, 0, dendrites, gradient);
        }
        hold_charges(network, rulers->axon, by->charge_bits, own->axon_charge, axons, gradient);
        hold_charges(network, rulers->dendrite, by->charge_bits, own->dendrite_charge, dendrites,
                     gradient);
    }
}
