/* The sizes that follow from a resolved specification: of its input, its layers, their maps, and of
 * what is between them. */
#include "network/maps.h"

int loci_spec_spikes(const loci_spec *spec) {
    return spec->neuron != LOCI_NEURON_RELU;
}

size_t loci_spec_pixels(const loci_spec *spec) {
    return (size_t)spec->height * spec->width * spec->channels;
}

size_t loci_spec_inputs(const loci_spec *spec) {
    bool events = loci_spec_spikes(spec) && spec->coding == LOCI_CODING_EVENTS;
    return loci_spec_pixels(spec) * (events ? spec->time_steps : 1);
}

int loci_spec_fires(const loci_spec *spec, uint32_t l) {
    uint32_t last = loci_spec_hidden_layers(spec) + 1;
    bool output = l == last;
    return loci_spec_spikes(spec) && l > 0 && l <= last &&
           (!output || spec->readout == LOCI_READOUT_COUNT);
}

size_t loci_spec_connections(const loci_spec *spec) {
    size_t sum = 0, n, m;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        loci_spec_pair_shape(spec, l, &n, &m);
        sum += n * m;
    }
    return sum;
}

uint32_t loci_spec_hidden_layers(const loci_spec *spec) {
    return spec->maps_count + spec->hidden_count;
}

int loci_spec_maps(const loci_spec *spec, uint32_t l, loci_maps *maps) {
    loci_maps at = {0};
    if (loci_has_grid_senders(spec, l)) {
        at = (loci_maps){spec->channels, spec->height, spec->width};
        for (uint32_t k = 0; k < l; k++) {
            const loci_maxpool pool = {loci_conv_places(at.height, spec->stride[k]),
                                       loci_conv_places(at.width, spec->stride[k]), spec->maps[k],
                                       spec->pool[k]};
            at = (loci_maps){spec->maps[k], (uint32_t)(pool.height / pool.side),
                             (uint32_t)(pool.width / pool.side)};
        }
    }
    if (maps != NULL)
        *maps = at;
    return at.count > 0;
}

size_t loci_spec_layer_size(const loci_spec *spec, uint32_t l) {
    loci_maps maps;
    if (l == 0)
        return spec->inputs > 0 ? spec->inputs : loci_spec_pixels(spec);
    if (loci_spec_maps(spec, l, &maps))
        return (size_t)maps.count * maps.height * maps.width;
    if (l <= loci_spec_hidden_layers(spec))
        return spec->hidden[l - spec->maps_count - 1];
    return l == loci_spec_hidden_layers(spec) + 1 ? spec->classes : 0;
}

size_t loci_layer_units(const loci_spec *spec, uint32_t l) {
    return l > 0 && l <= spec->maps_count ? spec->maps[l - 1] : loci_spec_layer_size(spec, l);
}

bool loci_senders_have_places(const loci_spec *spec, size_t p) {
    return p > 0 || spec->channels > 1;
}

loci_stencil loci_stencil_of(const loci_spec *spec, size_t p) {
    loci_maps from;
    loci_spec_maps(spec, (uint32_t)p, &from);
    return (loci_stencil){.height = from.height,
                          .width = from.width,
                          .in = from.count,
                          .out = spec->maps[p],
                          .window = spec->window[p],
                          .stride = spec->stride[p],
                          .pool = spec->pool[p]};
}

void loci_spec_pair_shape(const loci_spec *spec, uint32_t pair, size_t *n, size_t *m) {
    *n = loci_spec_layer_size(spec, pair);
    *m = loci_spec_layer_size(spec, pair + 1);
    if (loci_has_stencil(spec, pair)) {
        const loci_stencil stencil = loci_stencil_of(spec, pair);
        *n = loci_stencil_entries(&stencil);
        *m = stencil.out;
    }
}

void loci_grid_of_senders(const loci_spec *spec, size_t p, size_t *rows, size_t *columns,
                          size_t *maps) {
    loci_maps at;
    loci_spec_maps(spec, (uint32_t)p, &at);
    *rows = loci_has_stencil(spec, p) ? spec->window[p] : at.height;
    *columns = loci_has_stencil(spec, p) ? spec->window[p] : at.width;
    *maps = at.count;
}

size_t loci_pair_connections(const loci_spec *spec, uint32_t l) {
    size_t n, m;
    loci_spec_pair_shape(spec, l, &n, &m);
    return n * m;
}

double loci_spec_pair_operations(const loci_spec *spec, uint32_t pair) {
    if (!loci_has_stencil(spec, pair))
        return (double)loci_spec_layer_size(spec, pair) *
               (double)loci_spec_layer_size(spec, pair + 1);
    const loci_stencil stencil = loci_stencil_of(spec, pair);
    return loci_stencil_operations(&stencil);
}
