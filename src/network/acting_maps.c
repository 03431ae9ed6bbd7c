#include "network/acting_maps.h"

#include "network/inhibition.h"
#include "network/layout.h"
#include "network/maps.h"

/* The two coordinates that stand, once for all. */
static void place(const loci_spec *spec, size_t p, size_t axes, float *to) {
    size_t rows, columns, maps;
    loci_grid_of_senders(spec, p, &rows, &columns, &maps);
    for (size_t i = 0; i < rows * columns * maps; i++) {
        size_t at = i / maps;
        to[i * axes] = (float)loci_grid_place(at % columns, columns);
        to[i * axes + 1] = (float)loci_grid_place(at / columns, rows);
    }
}

void loci_acting_open_maps(loci_acting *acting, size_t p) {
    const loci_wiring *w = &acting->wiring[p];
    acting->place[p] = loci_arena_floats(&acting->arena, w->n, w->coordinates);
    if (loci_senders_have_places(&acting->network->spec, p))
        acting->axon_charge[p] = loci_arena_floats(&acting->arena, w->n, 1);
    if (acting->place[p] != NULL)
        place(&acting->network->spec, p, w->coordinates, acting->place[p]);
}

void loci_acting_update_maps(loci_acting *acting, size_t p) {
    const loci_network *network = acting->network;
    const loci_projection *own = &network->projection[p];
    loci_wiring *w = &acting->wiring[p];
    size_t rows, columns, maps, axes = w->coordinates, across = axes - 2;
    loci_grid_of_senders(&network->spec, p, &rows, &columns, &maps);
    w->p = acting->place[p];
    w->c = acting->axon_charge[p];
    if (w->c == NULL)
        return;
    bool masked = network->spec.sign == LOCI_SIGN_MASK;
    const float *position = network->parameters + own->axon_position,
                *charge = network->parameters + own->axon_charge;
    for (size_t i = 0; i < w->n; i++) {
        size_t k = i % maps;
        for (size_t x = 0; x < across; x++)
            acting->place[p][i * axes + 2 + x] = position[k * across + x];
        acting->axon_charge[p][i] =
            masked ? loci_inhibition(network->spec.steepness, charge[k]) : charge[k];
    }
}

void loci_acting_chain_maps(const loci_acting *acting, size_t p, const loci_wiring_gradient *of,
                            float *gradient) {
    const loci_network *network = acting->network;
    const loci_projection *own = &network->projection[p];
    const loci_wiring *w = &acting->wiring[p];
    size_t rows, columns, maps, axes = w->coordinates, across = axes - 2;
    if (acting->axon_charge[p] == NULL)
        return;
    loci_grid_of_senders(&network->spec, p, &rows, &columns, &maps);
    for (size_t k = 0; k < maps; k++) {
        double of_charge = 0;
        for (size_t x = 0; x < across; x++) {
            double pull = 0;
            for (size_t i = k; i < w->n; i += maps)
                pull += of->p[i * axes + 2 + x];
            gradient[own->axon_position + k * across + x] += (float)pull;
        }
        for (size_t i = k; i < w->n; i += maps)
            of_charge += of->c[i];
        float charge = network->parameters[own->axon_charge + k];
        bool masked = network->spec.sign == LOCI_SIGN_MASK;
        float slope = masked ? loci_inhibition_slope(network->spec.steepness, charge) : 1;
        gradient[own->axon_charge + k] += (float)of_charge * slope;
    }
}
