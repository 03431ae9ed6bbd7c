/* A network as arrays for NumPy; docs/exchange.md describes the file. */
#include <loci/exchange.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/npy_text.h"
#include "data/npz.h"
#include "exchange/network_numbers.h"
#include "exchange/npz_checksum.h"
#include "network/kept.h"
#include "network/model_file.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"

enum { MOST_ARRAYS = LOCI_MAX_TENSORS + 2 * LOCI_MAX_PROJECTIONS + 16 };

/* What goes into a file, and what had to be made for it. */
typedef struct contents {
    const loci_network *network;
    loci_npz_array arrays[MOST_ARRAYS];
    void *made[MOST_ARRAYS]; /* data that is the list's own; NULL = the network's */
    char name[MOST_ARRAYS][LOCI_MODEL_NAME];
    char dtype[MOST_ARRAYS][16];
    size_t count;
} contents;

/* Adds an array; made: data belongs to the list. Only texts have names and types of their own. */
static loci_npz_array *add(contents *c, const char *name, const char *dtype, uint32_t rank,
                           const size_t *shape, const void *data, void *made) {
    loci_npz_array *array = &c->arrays[c->count];
    *array = (loci_npz_array){.name = name, .dtype = dtype, .rank = rank, .data = data};
    if (rank > 0)
        memcpy(array->shape, shape, rank * sizeof *shape);
    c->made[c->count++] = made;
    return array;
}

static int add_text(contents *c, const char *name, const char *text, loci_error *error) {
    size_t characters;
    unsigned char *items = text != NULL ? loci_npy_from_text(text, &characters) : NULL;
    if (items == NULL)
        return loci_fail_memory(error, name);
    char *dtype = c->dtype[c->count];
    snprintf(dtype, sizeof c->dtype[0], "<U%zu", characters);
    add(c, name, dtype, 0, NULL, items, items);
    return LOCI_OK;
}

/* What the metadata of a model file say. */
static int add_metadata(contents *c, loci_error *error) {
    const loci_network *network = c->network;
    loci_pruning_note note;
    loci_pruning_note_of(&note, network);
    char *spec = loci_spec_to_text(&network->spec);
    char *pruning = loci_pruning_note_to_text(&note, &network->spec);
    char version[16];
    char *rounding = network->rounding != NULL ? loci_rounding_note(network) : NULL;
    int of_spec = loci_spec_version(&network->spec);
    bool young = network->rounding != NULL && of_spec < LOCI_ROUNDING_VERSION;
    snprintf(version, sizeof version, "%d", young ? LOCI_ROUNDING_VERSION : of_spec);
    int status = add_text(c, "format", LOCI_MODEL_FORMAT, error);
    if (status == LOCI_OK)
        status = add_text(c, "version", version, error);
    if (status == LOCI_OK)
        status = add_text(c, "spec", spec, error);
    if (status == LOCI_OK && loci_pruning_note_needed(network))
        status = add_text(c, "pruning", pruning, error);
    if (status == LOCI_OK && network->rounding != NULL)
        status = add_text(c, "rounding", rounding, error);
    for (size_t i = 0; status == LOCI_OK && loci_note_keys[i] != NULL; i++) {
        const char *text = loci_network_note(network, loci_note_keys[i]);
        if (*text != '\0')
            status = add_text(c, loci_note_keys[i], text, error);
    }
    free(spec);
    free(pruning);
    free(rounding);
    return status;
}

static void add_tensors(contents *c) {
    const loci_network *network = c->network;
    size_t pixels = loci_spec_pixels(&network->spec), outputs = network->spec.classes;
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        add(c, tensor->name, "<f4", tensor->rank, tensor->shape,
            network->parameters + tensor->offset, NULL);
    }
    if (network->low != NULL) {
        add(c, LOCI_MODEL_LOW, "<f4", 1, &pixels, network->low, NULL);
        add(c, LOCI_MODEL_SPAN, "<f4", 1, &pixels, network->span, NULL);
    }
    if (network->target_mean != NULL) {
        add(c, LOCI_MODEL_MEAN, "<f4", 1, &outputs, network->target_mean, NULL);
        add(c, LOCI_MODEL_DEVIATION, "<f4", 1, &outputs, network->target_deviation, NULL);
    }
}

/* Bitmaps are for files; numpy has arrays of truth values. */
static int add_pixels(contents *c, loci_error *error) {
    const loci_network *network = c->network;
    size_t pixels = loci_spec_pixels(&network->spec);
    if (network->pixels == NULL)
        return LOCI_OK;
    uint8_t *set = loci_alloc(pixels, 1);
    if (set == NULL)
        return loci_fail_memory(error, LOCI_MODEL_PIXELS);
    for (size_t i = 0; i < network->spec.inputs; i++)
        set[network->pixels[i]] = 1;
    add(c, LOCI_MODEL_PIXELS, "|b1", 1, &pixels, set, set);
    return LOCI_OK;
}

/* What projection p keeps, and the weights that follow from its positions. */
static int add_projection(contents *c, const loci_acting *acting, size_t p, const char *path,
                          loci_error *error) {
    size_t shape[2] = {acting->wiring[p].n, acting->wiring[p].m};
    if (c->network->pruned_by != LOCI_UNPRUNED && p < acting->pairs) {
        uint8_t *mask = loci_alloc(shape[0] * shape[1], 1);
        if (mask == NULL)
            return loci_fail_memory(error, "kept");
        loci_kept_count(acting, p, mask);
        add(c, loci_exchange_name(c->name[c->count], c->network, p, "kept"), "|b1", 2, shape, mask,
            mask);
    }
    if (c->network->spec.wiring == LOCI_WIRING_DENSE)
        return LOCI_OK;
    float *weights;
    int status = loci_exchange_weights(acting, p, path, &weights, error);
    if (status == LOCI_OK)
        add(c, loci_exchange_name(c->name[c->count], c->network, p, "weight"), "<f4", 2, shape,
            weights, weights);
    return status;
}

static int add_projections(contents *c, const char *path, loci_error *error) {
    loci_acting acting;
    int status = loci_exchange_acting(&acting, c->network, error);
    for (size_t p = 0; status == LOCI_OK && p < acting.count; p++)
        status = add_projection(c, &acting, p, path, error);
    loci_acting_close(&acting);
    return status;
}

static int add_checksum(contents *c, loci_error *error) {
    uint32_t *sum = malloc(sizeof *sum);
    if (sum == NULL)
        return loci_fail_memory(error, LOCI_NPZ_CHECKSUM);
    add(c, LOCI_NPZ_CHECKSUM, "<u4", 0, NULL, sum, sum);
    return loci_npz_checksum(c->network, sum, error);
}

int loci_exchange_npz(const loci_network *network, const char *path, loci_error *error) {
    int status = loci_exchange_check(network, path, error);
    if (status != LOCI_OK)
        return status;
    contents *c = calloc(1, sizeof *c);
    if (c == NULL)
        return loci_fail_memory(error, path);
    c->network = network;
    status = add_metadata(c, error);
    if (status == LOCI_OK) {
        add_tensors(c);
        status = add_pixels(c, error);
    }
    if (status == LOCI_OK)
        status = add_projections(c, path, error);
    if (status == LOCI_OK)
        status = add_checksum(c, error);
    if (status == LOCI_OK)
        status = loci_npz_write(path, c->arrays, c->count, error);
    for (size_t i = 0; i < c->count; i++)
        free(c->made[i]);
    free(c);
    return status;
}
