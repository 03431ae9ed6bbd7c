/* Every way to wire a network, as a list of small specifications: what the gradient and kernel
 * tests go through. */
#ifndef LOCI_TESTS_VARIANTS_H
#define LOCI_TESTS_VARIANTS_H

#include <loci/prune.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "wiring/law.h"

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
    VARIANT_WHOLE = VARIANT_SPATIAL + VARIANT_HIDDEN, /* conventional ones at the end */
    /* then some of the same again with not all connections there */
    VARIANT_STRIDE = 7,
    VARIANT_PARTIAL = VARIANT_WHOLE / VARIANT_STRIDE,
    /* then other laws, with every range, planes and sites; other activations go along */
    VARIANT_LAWS = VARIANT_WHOLE + VARIANT_PARTIAL,
    VARIANT_RANGES = 3, /* unlimited, fixed, trained */
    VARIANT_LENGTHS = 2,
    VARIANT_OTHERS = LOCI_LAWS - 1,
    VARIANTS = VARIANT_LAWS +
               VARIANT_OTHERS * VARIANT_RANGES * VARIANT_LENGTHS * VARIANT_PLANES * VARIANT_SITES
};

/* In what way connections are missing. */
enum variant_part { VARIANT_RANGE, VARIANT_TRAINED, VARIANT_MIXED, VARIANT_SET, VARIANT_BOTH };

static inline enum variant_part variant_part_of(size_t i) {
    return (enum variant_part)((i - VARIANT_WHOLE) % 5);
}

/* Whether a variant has a finite range: its gradient has kinks close by. */
static inline bool variant_is_ranged(const loci_spec *spec) {
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        if (spec->range[l] > 0)
            return true;
    return false;
}

/* Whether a network of a variant keeps a set, to be given to it by variant_prune(). */
static inline bool variant_is_cut(size_t i) {
    if (i >= VARIANT_LAWS)
        return i % 13 == 0;
    return i >= VARIANT_WHOLE && variant_part_of(i) >= VARIANT_SET;
}

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

/* Cuts a network to a fixed set; of a small one not so much that nothing is left. */
static inline bool variant_prune(loci_network *network) {
    static const double sparsities[] = {0.8, 0.6, 0.4, 0.2};
    for (size_t i = 0; i < 4; i++)
        if (loci_network_prune(network, sparsities[i], LOCI_PRUNE_BY_DISTANCE,
                               LOCI_PRUNE_SCOPE_LAYER, NULL, NULL) == LOCI_OK)
            return loci_network_freeze(network, NULL) == LOCI_OK;
    return false;
}

static inline bool variant(loci_spec *spec, size_t i);

/* One of the others, in part. */
static inline bool variant_partial(loci_spec *spec, size_t i) {
    enum variant_part part = variant_part_of(i);
    if (!variant(spec, (i - VARIANT_WHOLE) * VARIANT_STRIDE + VARIANT_STRIDE - 1))
        return false;
    if (spec->wiring == LOCI_WIRING_DENSE || part == VARIANT_SET)
        return variant_is_cut(i);
    /* without planes and in many dimensions all is further apart */
    bool apart = spec->planes == LOCI_PLANES_RELAXED || spec->dim > 5,
         mixed = part == VARIANT_MIXED;
    variant_list(spec, "range",
                 mixed   ? (apart ? "3,-1,2.3" : "1.6,-1,1.4")
                 : apart ? "3,2.3,2.4"
                         : "1.6,1.3,1.4",
                 spec->hidden_count + 1);
    spec->train_range = part == VARIANT_RANGE ? LOCI_TRAINED_NO : LOCI_TRAINED_LAYER;
    return loci_spec_resolve(spec, NULL) == LOCI_OK;
}

/* Another law. What is not gone through goes round: dimensions, inputs, signs, scales,
 * activations. */
static inline bool variant_of_law(loci_spec *spec, size_t i) {
    size_t round = i;
    loci_spec_defaults(spec);
    spec->height = 2;
    spec->width = 3;
    spec->classes = 4;
    spec->logit_scale = 0.6;
    spec->spread = 0.5;
    loci_spec_set(spec, "hidden", variant_hidden[1 + round % 2], NULL);
    uint32_t pairs = spec->hidden_count + 1;
    spec->law = 1 + (int)(i % VARIANT_OTHERS);
    i /= VARIANT_OTHERS;
    spec->tied = variant_sites[i % VARIANT_SITES].tied;
    variant_list(spec, "axon-sites", variant_sites[i % VARIANT_SITES].axons, pairs);
    variant_list(spec, "dendrite-sites", variant_sites[i % VARIANT_SITES].dendrites, pairs);
    i /= VARIANT_SITES;
    spec->planes = (int)(i % VARIANT_PLANES);
    i /= VARIANT_PLANES;
    bool apart = spec->planes == LOCI_PLANES_RELAXED;
    if (i % VARIANT_RANGES > 0)
        variant_list(spec, "range", apart ? "3,2.3,2.4" : "1.6,1.3,1.4", pairs);
    spec->train_range = i % VARIANT_RANGES == 2 ? LOCI_TRAINED_LAYER : LOCI_TRAINED_NO;
    i /= VARIANT_RANGES;
    spec->train_length = i > 0 ? LOCI_TRAINED_LAYER : LOCI_TRAINED_NO;
    if (!loci_law_has_length(spec->law) && i > 0)
        return false;
    if (loci_law_has_length(spec->law))
        variant_list(spec, "length", "0.9,1.2,0.7", pairs);
    spec->activation = (int)(round % 5);
    spec->dim = round % 4 == 3 ? 5 : 3;
    spec->input = (int)(round / 2 % VARIANT_INPUTS);
    spec->sign = (int)(round / 3 % VARIANT_SIGNS);
    spec->scale = round % 7 == 0 ? LOCI_SCALE_ONE : LOCI_SCALE_TRAINED;
    if (spec->input == LOCI_INPUT_SHEET)
        spec->axon_sites[0] = 1;
    variant_list(spec, "gap", "0.6,0.8,0.5", pairs);
    spec->softening = apart ? 0.5 : 0;
    return loci_spec_resolve(spec, NULL) == LOCI_OK;
}

/* Variant number i, resolved; false when that combination makes no sense. Gaps and softening are
 * wide, so that distances are not what limits the accuracy of a difference. */
static inline bool variant(loci_spec *spec, size_t i) {
    if (i >= VARIANT_LAWS)
        return variant_of_law(spec, i - VARIANT_LAWS);
    if (i >= VARIANT_WHOLE)
        return variant_partial(spec, i);
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
    static const char *const names[] = {
        "wiring", "dim",    "planes",       "input",          "sign",  "tied",
        "scale",  "hidden", "axon-sites",   "dendrite-sites", "range", "train-range",
        "law",    "length", "train-length", "activation"};
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
