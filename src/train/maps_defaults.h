/* What layers of maps have where nobody said: as the presets arbor-conv-* have it. */
#ifndef LOCI_TRAIN_MAPS_DEFAULTS_H
#define LOCI_TRAIN_MAPS_DEFAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/spec.h>

typedef struct loci_maps_default {
    const char *name; /* of a field of the spec */
    bool sites;       /* says how many sites there are; else where they are */
    bool needed;      /* without it there is no such network */
    char text[64];
} loci_maps_default;

enum { LOCI_MAPS_DEFAULTS = 5 };

/* How many of them there are for a network of these maps, which are given; 0 without maps, and
 * where weights are stored numbers. */
size_t loci_maps_defaults(const loci_spec *spec, loci_maps_default list[LOCI_MAPS_DEFAULTS]);

#endif
