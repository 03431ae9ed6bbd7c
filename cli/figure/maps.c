/* Layers whose neurons stand in maps, on paper: each map a sheet of its grid, the sheets of a layer
 * side by side in its plane. */
#include <math.h>

#include "figure/figure.h"

/* Half the side of a plane that holds the sheets of a layer, and the part of its cell that a sheet
 * takes where there are several. */
static const double half = 2, filled = 0.88;

bool figure_sheets(const loci_spec *spec, uint32_t l, figure_sheet *sheet) {
    loci_maps maps;
    if (!loci_spec_maps(spec, l, &maps))
        return false;
    size_t columns = 1;
    while (columns * columns < maps.count)
        columns++;
    uint32_t side = maps.height > maps.width ? maps.height : maps.width;
    *sheet = (figure_sheet){.maps = maps, .columns = columns};
    sheet->rows = (maps.count + columns - 1) / columns;
    sheet->cell = 2 * half / (double)columns;
    sheet->pitch = sheet->cell * (maps.count > 1 ? filled : 1) / side;
    return true;
}

void figure_sheet_place(const figure_sheet *s, size_t neuron, float at[2]) {
    size_t map = neuron % s->maps.count, place = neuron / s->maps.count;
    double column = (double)(place % s->maps.width), row = (double)(place / s->maps.width);
    double x = ((double)(map % s->columns) - ((double)s->columns - 1) / 2) * s->cell;
    double y = ((double)(map / s->columns) - ((double)s->rows - 1) / 2) * s->cell;
    at[0] = (float)(x + (column - ((double)s->maps.width - 1) / 2) * s->pitch);
    at[1] = (float)(y + (row - ((double)s->maps.height - 1) / 2) * s->pitch);
}

bool figure_entry_ends(const loci_spec *spec, uint32_t pair, size_t entry, size_t map,
                       size_t *sender, size_t *receiver) {
    loci_maps from, to;
    loci_spec_maps(spec, pair, &from);
    loci_spec_maps(spec, pair + 1, &to);
    int64_t window = spec->window[pair], step = spec->pool[pair] * (int64_t)spec->stride[pair];
    int64_t row = to.height / 2, column = to.width / 2, place = (int64_t)(entry / from.count);
    *receiver = ((size_t)row * to.width + (size_t)column) * to.count + map;
    int64_t y = row * step + place / window - (window - 1) / 2;
    int64_t x = column * step + place % window - (window - 1) / 2;
    if (y < 0 || x < 0 || y >= from.height || x >= from.width)
        return false;
    *sender = ((size_t)y * from.width + (size_t)x) * from.count + entry % from.count;
    return true;
}

const char *figure_layer_size(const loci_spec *spec, uint32_t l, char text[CLI_WORD]) {
    loci_maps maps;
    if (!loci_spec_maps(spec, l, &maps))
        return cli_count(text, loci_spec_layer_size(spec, l));
    if (maps.count == 1)
        snprintf(text, CLI_WORD, "%u \xc3\x97 %u", maps.height, maps.width);
    else
        snprintf(text, CLI_WORD, "%u of %u \xc3\x97 %u", maps.count, maps.height, maps.width);
    return text;
}
