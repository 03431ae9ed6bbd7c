/* Layers of maps: their grids, the stencils that lead to them, and how many connections of single
 * neurons these stand for. */
#include "info/info.h"

enum { SIDE = 32 };

/* "8 maps"; a layer without maps: its neurons. */
static const char *side_of(char text[SIDE], const loci_spec *spec, uint32_t l, bool says) {
    loci_maps maps;
    if (loci_spec_maps(spec, l, &maps) && l == 0)
        snprintf(text, SIDE, "image");
    else if (maps.count > 0)
        snprintf(text, SIDE, "%u%s", maps.count, says ? " maps" : "");
    else
        snprintf(text, SIDE, "%zu", loci_spec_layer_size(spec, l));
    return text;
}

const char *info_pair_name(char text[2 * CLI_WORD], const loci_spec *spec, uint32_t pair) {
    char from[SIDE], to[SIDE];
    /* who receives are neurons after maps, so of these both sides say what they are */
    bool stencil = pair < spec->maps_count;
    snprintf(text, 2 * (size_t)CLI_WORD, "%s -> %s", side_of(from, spec, pair, !stencil),
             side_of(to, spec, pair + 1, true));
    return text;
}

void info_maps_print(const loci_spec *spec) {
    if (spec->maps_count == 0)
        return;
    printf("\n%-22s  %11s  %9s  %6s  %4s  %12s\n", "maps", "neurons", "window", "stride", "pool",
           "unrolled");
    for (uint32_t l = 0; l <= spec->maps_count; l++) {
        char name[2 * CLI_WORD], count[CLI_WORD], window[CLI_WORD];
        loci_maps maps;
        loci_spec_maps(spec, l, &maps);
        snprintf(name, sizeof name, "%u map%s of %u x %u", maps.count, maps.count == 1 ? "" : "s",
                 maps.height, maps.width);
        printf("%-22s  %11s", name, cli_count(count, loci_spec_layer_size(spec, l)));
        if (l > 0) {
            snprintf(window, sizeof window, "%u x %u", spec->window[l - 1], spec->window[l - 1]);
            printf("  %9s  %6u  %4u  %12s", window, spec->stride[l - 1], spec->pool[l - 1],
                   cli_count(count, (uint64_t)loci_spec_pair_operations(spec, l - 1)));
        }
        printf("\n");
    }
    printf("  a connection that leads to maps is an entry of their stencil, the same at all "
           "places;\n  unrolled: as many of single neurons\n");
}

json_t *info_maps_json(const loci_spec *spec) {
    json_t *list = json_array();
    for (uint32_t l = 0; l <= spec->maps_count; l++) {
        loci_maps maps;
        loci_spec_maps(spec, l, &maps);
        json_t *one = json_pack("{s:I, s:I, s:I, s:I}", "layer", (json_int_t)l, "maps",
                                (json_int_t)maps.count, "height", (json_int_t)maps.height, "width",
                                (json_int_t)maps.width);
        if (l > 0) {
            json_object_set_new(one, "window", json_integer(spec->window[l - 1]));
            json_object_set_new(one, "stride", json_integer(spec->stride[l - 1]));
            json_object_set_new(one, "pool", json_integer(spec->pool[l - 1]));
            json_object_set_new(one, "unrolled_connections",
                                json_integer((json_int_t)loci_spec_pair_operations(spec, l - 1)));
        }
        json_array_append_new(list, one);
    }
    return list;
}
