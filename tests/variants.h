/* Every way to wire a network, as a list of small specifications: what the gradient and kernel
 * tests go through. */
#ifndef LOCI_TESTS_VARIANTS_H
#define LOCI_TESTS_VARIANTS_H

#include <loci/spec.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const uint32_t variant_dims[] = {2, 3, 5, 9};
static const struct {
    int tied;
    const char *axons, *dendrites; /* for three layer pairs; fewer take the first ones */
} variant_sites[] = {{LOCI_TIED_YES, "1,1,1", "1,1,1"},
                     {LOCI_TIED_NO, "1,1,1", "1,1,1"},
                     {LOCI_TIED_NO, "1,2,2", "8,4,4"},
                     {LOCI_TIED_NO, "3,3,3", "2,2,2"}};
static const char *const variant_hidden[] = {"0", "7", "6,5"};

enum {
    VARIANT_DIMS = 4,
    VARIANT_PLANES = 3,
    VARIANT_INPUTS = 3,
    VARIANT_SIGNS = 2,
    VARIANT_SCALES = 2,
    VARIANT_SITES = 4,
    VARIANT_HIDDEN = 3,
    VARIANT_SPATIAL = VARIANT_DIMS * VARIANT_PLANES * VARIANT_INPUTS * VARIANT_SIGNS *
                      VARIANT_SCALES * VARIANT_SITES * VARIANT_HIDDEN,
    VARIANTS = VARIANT_SPATIAL + VARIANT_HIDDEN /* conventional ones at the end */
};

/* The first `pairs` numbers of a list. */
static inline void variant_list(loci_spec *spec, const char *name, const char *list,
                                uint32_t pairs) {
    char text[64];
    snprintf(text, sizeof text, "%s", list);
    char *end = text;
    while (pairs-- > 0)
        end = end + strcspn(end + 1, ",") + 1;
    *end = '\0';
    loci_spec_set(spec, name, text, NULL);
}

/* Variant number i, resolved; false when that combination makes no sense. Gaps and softening are
 * wide, so that distances are not what limits the accuracy of a difference. */
static inline bool variant(loci_spec *spec, size_t i) {
    loci_spec_defaults(spec);
    spec->height = 2;
    spec->width = 3;
    spec->classes = 4;
    spec->logit_scale = 0.6;
    spec->spread = 0.5;
    loci_spec_set(spec, "hidden", variant_hidden[i % VARIANT_HIDDEN], NULL);
    if (i >= VARIANT_SPATIAL) {
        spec->wiring = LOCI_WIRING_DENSE;
        return loci_spec_resolve(spec, NULL) == LOCI_OK;
    }
    i /= VARIANT_HIDDEN;
    uint32_t pairs = spec->hidden_count + 1;
    spec->tied = variant_sites[i % VARIANT_SITES].tied;
    variant_list(spec, "axon-sites", variant_sites[i % VARIANT_SITES].axons, pairs);
    variant_list(spec, "dendrite-sites", variant_sites[i % VARIANT_SITES].dendrites, pairs);
    i /= VARIANT_SITES;
    spec->scale = (int)(i % VARIANT_SCALES);
    i /= VARIANT_SCALES;
    spec->sign = (int)(i % VARIANT_SIGNS);
    i /= VARIANT_SIGNS;
    spec->input = (int)(i % VARIANT_INPUTS);
    i /= VARIANT_INPUTS;
    spec->planes = (int)(i % VARIANT_PLANES);
    i /= VARIANT_PLANES;
    spec->dim = variant_dims[i];
    variant_list(spec, "gap", "0.6,0.8,0.5", pairs);
    if (spec->planes == LOCI_PLANES_RELAXED)
        spec->softening = 0.5;
    else if (spec->dim == 5)
        spec->softening = 0.2;
    if (spec->input == LOCI_INPUT_SHEET)
        spec->axon_sites[0] = 1;
    return loci_spec_resolve(spec, NULL) == LOCI_OK;
}

/* One line that names the variant in a failure. */
static inline const char *variant_name(const loci_spec *spec, char *text, size_t size) {
    static const char *const names[] = {"wiring",     "dim",           "planes", "input",
                                        "sign",       "tied",          "scale",  "hidden",
                                        "axon-sites", "dendrite-sites"};
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names && used < size; i++) {
        char value[64] = "";
        loci_spec_get(spec, names[i], value, sizeof value);
        used += (size_t)snprintf(text + used, size - used, "%s %s  ", names[i], value);
    }
    return text;
}

#endif
