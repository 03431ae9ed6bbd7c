/* What a page knows of layers whose neurons stand in maps: their grids, the stencils between them,
 * and, once for each map, what its neurons share. */
#include <stdlib.h>

#include "base/memory.h"
#include "network/acting_maps.h"
#include "network/maps.h"
#include "view/payload.h"

json_t *loci_view_layer(const loci_spec *spec, uint32_t l) {
    loci_maps maps;
    json_int_t size = (json_int_t)loci_spec_layer_size(spec, l);
    if (!loci_spec_maps(spec, l, &maps))
        return json_pack("{s:I}", "size", size);
    return json_pack("{s:I, s:I, s:I, s:I}", "size", size, "maps", (json_int_t)maps.count, "height",
                     (json_int_t)maps.height, "width", (json_int_t)maps.width);
}

json_t *loci_view_stencil(const loci_spec *spec, size_t p) {
    if (!loci_has_stencil(spec, p))
        return json_object();
    loci_stencil s = loci_stencil_of(spec, p);
    return json_pack("{s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I}}", "stencil", "height",
                     (json_int_t)s.height, "width", (json_int_t)s.width, "in", (json_int_t)s.in,
                     "out", (json_int_t)s.out, "window", (json_int_t)s.window, "stride",
                     (json_int_t)s.stride, "pool", (json_int_t)s.pool);
}

/* Places across maps, of the maps at the first place [maps, 1, across]: all others have the same.
 * null where they lie in the image's two coordinates alone. */
static json_t *places_of(const loci_wiring *w, size_t maps) {
    size_t axes = w->coordinates, across = axes - 2;
    if (across == 0)
        return json_null();
    float *to = loci_alloc(maps * across, sizeof *to);
    if (to == NULL)
        return NULL;
    for (size_t k = 0; k < maps * across; k++)
        to[k] = w->p[k / across * axes + 2 + k % across];
    json_t *array = loci_view_array(LOCI_VIEW_F32, to, 3, (size_t[]){maps, 1, across});
    free(to);
    return array;
}

json_t *loci_view_grid(const loci_network *network, const loci_wiring *w, size_t p) {
    size_t rows, columns, maps;
    if (!loci_has_grid_senders(&network->spec, p) || w->weight != NULL)
        return json_object();
    loci_grid_of_senders(&network->spec, p, &rows, &columns, &maps);
    return json_pack("{s:{s:I, s:I, s:I}, s:o, s:o}", "grid", "rows", (json_int_t)rows, "columns",
                     (json_int_t)columns, "maps", (json_int_t)maps, "axon_position",
                     places_of(w, maps), "axon_charge",
                     loci_view_array(LOCI_VIEW_F32, w->c, 2, (size_t[]){maps, 1}));
}

json_t *loci_view_constant(const loci_network *network, uint32_t l,
                           void (*get)(const loci_network *, uint32_t, float *)) {
    size_t units = loci_layer_units(&network->spec, l + 1);
    float *numbers = loci_alloc(loci_spec_layer_size(&network->spec, l + 1), sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    get(network, l, numbers); /* those of the first place come first */
    json_t *array = loci_view_array(LOCI_VIEW_F32, numbers, 1, &units);
    free(numbers);
    return array;
}
