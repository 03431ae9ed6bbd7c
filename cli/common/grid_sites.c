/* Sites of neurons that stand in maps: their places follow from a grid and from what a map's
 * neurons share (docs/format.md). */
#include <stdlib.h>

#include "common/cli.h"

bool cli_on_grid(const loci_spec *spec, uint32_t pair) {
    return loci_spec_maps(spec, pair, NULL) != 0;
}

/* Where place `step` of `count` along one side stands. */
static float place(size_t step, size_t count) {
    return (float)((double)step - ((double)count - 1) / 2);
}

float *cli_grid_sites(const loci_network *network, uint32_t pair, size_t *count,
                      size_t *coordinates) {
    const loci_spec *spec = loci_network_spec(network);
    const loci_tensor *across = cli_tensor(network, "pair", pair, "axon.position");
    bool stencil = pair < spec->maps_count;
    loci_maps maps;
    loci_spec_maps(spec, pair, &maps);
    size_t rows = stencil ? spec->window[pair] : maps.height;
    size_t columns = stencil ? spec->window[pair] : maps.width;
    size_t further = across != NULL ? across->shape[2] : 0, axes = 2 + further;
    *count = rows * columns * maps.count;
    *coordinates = axes;
    float *sites = calloc(*count, axes * sizeof *sites);
    for (size_t i = 0; sites != NULL && i < *count; i++) {
        size_t at = i / maps.count, map = i % maps.count;
        sites[i * axes] = place(at % columns, columns);
        sites[i * axes + 1] = place(at / columns, rows);
        for (size_t x = 0; x < further; x++)
            sites[i * axes + 2 + x] = cli_values(network, across)[map * further + x];
    }
    return sites;
}
