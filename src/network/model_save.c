/* Writing a model file; docs/format.md describes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "network/kept.h"
#include "network/maps.h"
#include "network/model_file.h"
#include "network/rounding.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"
#include "synapse/connections.h"

enum { MOST_ARRAYS = LOCI_MAX_TENSORS + LOCI_MAX_PAIRS + 5, MOST_NOTES = 10 };

/* What goes into a file, and what had to be made for it. */
typedef struct contents {
    const loci_network *network;
    loci_pruning_note note;
    loci_stored arrays[MOST_ARRAYS];
    size_t count;
    uint8_t *set[LOCI_MAX_PAIRS];  /* bitmaps of kept connections */
    float *weight[LOCI_MAX_PAIRS]; /* the kept weights of conventional pairs */
    uint8_t *pixels;
    char name[LOCI_MAX_PAIRS][LOCI_MODEL_NAME];
    char *spec, *pruning, *rounding;
} contents;

static int check_finite(const loci_network *network, const char *path, loci_error *error) {
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        if (!loci_all_finite(network->parameters + tensor->offset, tensor->count))
            return loci_fail(error, LOCI_E_DIVERGED, path,
                             "not saved: %s holds a number that is not finite", tensor->name);
    }
    return LOCI_OK;
}

/* A file that nobody could read would be no model. */
static int check_rounding(const loci_network *network, const char *path, loci_error *error) {
    if (!loci_rounds_weights(network) || loci_has_weights_to_round(&network->spec))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                     "not saved: weights are rounded, and what takes time has none to round");
}

/* The set of pair l, and of a conventional one its weights in the set. */
static int make_set(contents *c, const loci_acting *acting, uint32_t l, loci_error *error) {
    size_t all = loci_pair_connections(&c->network->spec, l);
    size_t at = c->network->projection[l].weight;
    uint8_t *mask = loci_alloc(all, 1);
    c->set[l] = loci_alloc(loci_bitmap_bytes(1, all), 1);
    c->weight[l] = loci_alloc(at == LOCI_NONE ? 0 : all, sizeof(float));
    bool lost = mask == NULL || c->set[l] == NULL || c->weight[l] == NULL;
    if (!lost)
        c->note.kept[l] = loci_kept_count(acting, l, mask);
    for (size_t i = 0, next = 0; !lost && i < all; i++) {
        c->set[l][i / 8] |= (uint8_t)(mask[i] << i % 8);
        if (at != LOCI_NONE && mask[i] != 0)
            c->weight[l][next++] = c->network->parameters[at + i];
    }
    free(mask);
    return lost ? loci_fail_memory(error, "model") : LOCI_OK;
}

static int make_sets(contents *c, loci_error *error) {
    loci_acting acting;
    int status = loci_acting_open(&acting, c->network, error);
    if (status == LOCI_OK)
        status = loci_kept_find(&acting, NULL, error);
    for (uint32_t l = 0; status == LOCI_OK && l <= loci_spec_hidden_layers(&c->network->spec); l++)
        status = make_set(c, &acting, l, error);
    loci_acting_close(&acting);
    return status;
}

static void list_tensors(contents *c) {
    for (size_t i = 0; i < c->network->tensor_count; i++) {
        const loci_tensor *tensor = &c->network->tensors[i];
        loci_stored *array = &c->arrays[c->count++];
        *array = (loci_stored){.name = tensor->name,
                               .dtype = LOCI_F32,
                               .rank = tensor->rank,
                               .data = c->network->parameters + tensor->offset};
        memcpy(array->shape, tensor->shape, sizeof tensor->shape);
    }
}

/* Numbers of one byte come last, so that all others are aligned to their size. */
static void list_sets(contents *c) {
    const loci_spec *spec = &c->network->spec;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        size_t all = loci_pair_connections(spec, l);
        char weight[LOCI_MODEL_NAME];
        for (size_t i = 0; i < c->count; i++)
            if (strcmp(c->arrays[i].name, loci_model_name(weight, l, "weight")) == 0)
                c->arrays[i] = (loci_stored){c->arrays[i].name, LOCI_F32,     1,
                                             {c->note.kept[l]}, c->weight[l], 0};
        c->arrays[c->count++] = (loci_stored){loci_model_name(c->name[l], l, "kept"),
                                              LOCI_U8,
                                              1,
                                              {loci_bitmap_bytes(1, all)},
                                              c->set[l],
                                              0};
    }
}

static int list_pixels(contents *c, loci_error *error) {
    const loci_network *network = c->network;
    size_t bytes = loci_bitmap_bytes(1, loci_spec_pixels(&network->spec));
    c->pixels = loci_alloc(bytes, 1);
    if (c->pixels == NULL)
        return loci_fail_memory(error, "model");
    for (size_t i = 0; i < network->spec.inputs; i++)
        c->pixels[network->pixels[i] / 8] |= (uint8_t)(1u << network->pixels[i] % 8);
    c->arrays[c->count++] = (loci_stored){LOCI_MODEL_PIXELS, LOCI_U8, 1, {bytes}, c->pixels, 0};
    return LOCI_OK;
}

static int list_arrays(contents *c, loci_error *error) {
    const loci_network *network = c->network;
    size_t pixels = loci_spec_pixels(&network->spec);
    int status = LOCI_OK;
    list_tensors(c);
    if (network->low != NULL) {
        c->arrays[c->count++] =
            (loci_stored){LOCI_MODEL_LOW, LOCI_F32, 1, {pixels}, network->low, 0};
        c->arrays[c->count++] =
            (loci_stored){LOCI_MODEL_SPAN, LOCI_F32, 1, {pixels}, network->span, 0};
    }
    if (network->target_mean != NULL) {
        size_t outputs = network->spec.classes;
        c->arrays[c->count++] =
            (loci_stored){LOCI_MODEL_MEAN, LOCI_F32, 1, {outputs}, network->target_mean, 0};
        c->arrays[c->count++] = (loci_stored){LOCI_MODEL_DEVIATION,      LOCI_F32, 1, {outputs},
                                              network->target_deviation, 0};
    }
    if (c->note.by == LOCI_PRUNE_BY_SET) {
        status = make_sets(c, error);
        if (status == LOCI_OK)
            list_sets(c);
    }
    if (status == LOCI_OK && network->pixels != NULL)
        status = list_pixels(c, error);
    return status;
}

/* Where it goes: a file, or memory. */
typedef struct target {
    const char *path; /* NULL = memory */
    void **bytes;
    size_t *size;
} target;

static int write(contents *c, const target *to, loci_error *error) {
    char version[16];
    int of_spec = loci_spec_version(&c->network->spec);
    bool young = c->rounding != NULL && of_spec < LOCI_ROUNDING_VERSION;
    snprintf(version, sizeof version, "%d", young ? LOCI_ROUNDING_VERSION : of_spec);
    loci_stored_note notes[MOST_NOTES] = {
        {"format", LOCI_MODEL_FORMAT}, {"version", version}, {"spec", c->spec}};
    size_t count = 3;
    if (c->pruning != NULL)
        notes[count++] = (loci_stored_note){"pruning", c->pruning};
    if (c->rounding != NULL)
        notes[count++] = (loci_stored_note){"rounding", c->rounding};
    for (size_t i = 0; loci_note_keys[i] != NULL; i++) {
        const char *text = loci_network_note(c->network, loci_note_keys[i]);
        if (*text != '\0')
            notes[count++] = (loci_stored_note){loci_note_keys[i], text};
    }
    return to->path != NULL
               ? loci_safetensors_write(to->path, c->arrays, c->count, notes, count, error)
               : loci_safetensors_store(to->bytes, to->size, c->arrays, c->count, notes, count,
                                        error);
}

static void clear(contents *c) {
    for (size_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        free(c->set[l]);
        free(c->weight[l]);
    }
    free(c->pixels);
    free(c->spec);
    free(c->pruning);
    free(c->rounding);
}

static int save(const loci_network *network, const target *to, loci_error *error) {
    const char *path = to->path != NULL ? to->path : "model";
    contents c = {.network = network};
    int status = check_finite(network, path, error);
    if (status == LOCI_OK)
        status = check_rounding(network, path, error);
    if (status != LOCI_OK)
        return status;
    loci_pruning_note_of(&c.note, network);
    status = list_arrays(&c, error);
    bool pruned = loci_pruning_note_needed(network), rounded = network->rounding != NULL;
    c.spec = loci_spec_to_text(&network->spec);
    c.pruning = pruned ? loci_pruning_note_to_text(&c.note, &network->spec) : NULL;
    c.rounding = rounded ? loci_rounding_note(network) : NULL;
    bool lost = c.spec == NULL || (pruned && c.pruning == NULL) || (rounded && c.rounding == NULL);
    if (status == LOCI_OK && lost)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK)
        status = write(&c, to, error);
    clear(&c);
    return status;
}

int loci_network_save(const loci_network *network, const char *path, loci_error *error) {
    const target to = {.path = path};
    return save(network, &to, error);
}

int loci_network_store(const loci_network *network, void **bytes, size_t *size, loci_error *error) {
    const target to = {.bytes = bytes, .size = size};
    return save(network, &to, error);
}
