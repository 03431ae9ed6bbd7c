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
    size_t step = coordinate == 0 ? pixel % spec->width : pixel / spec->width;
    uint32_t side = coordinate == 0 ? spec->width : spec->height;
    return ((double)step + 0.5 - side / 2.0) * loci_grid_pitch(spec);
}
