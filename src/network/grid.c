#include "network/grid.h"

static double longer_side(const loci_spec *spec) {
    return spec->height > spec->width ? spec->height : spec->width;
}

double loci_grid_pitch(const loci_spec *spec) {
    return 2 * spec->extent / longer_side(spec);
}

double loci_grid_half(const loci_spec *spec, size_t coordinate) {
    return spec->extent * ((coordinate == 0 ? spec->width : spec->height) / longer_side(spec));
}

double loci_spec_pixel_place(const loci_spec *spec, size_t pixel, size_t coordinate) {
    if (coordinate > 1)
        return 0;
    size_t place = pixel / spec->channels;
    size_t step = coordinate == 0 ? place % spec->width : place / spec->width;
    uint32_t side = coordinate == 0 ? spec->width : spec->height;
    return ((double)step + 0.5 - side / 2.0) * loci_grid_pitch(spec);
}

double loci_channels_half(const loci_spec *spec) {
    return spec->extent / 2;
}

double loci_channel_place(const loci_spec *spec, uint32_t k) {
    return loci_channels_half(spec) * ((2 * k + 1.0) / spec->channels - 1);
}
