/* Making and freeing networks; notes and the input range. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/maps.h"
#include "network/start.h"

const char *const loci_note_keys[6] = {"preset", "dataset", "classes", "columns", "timing", NULL};

int loci_network_create_empty(loci_network **out, const loci_spec *spec, loci_error *error) {
    loci_spec resolved = *spec;
    loci_layout layout;
    int status = loci_spec_resolve(&resolved, error);
    if (status == LOCI_OK)
        status = loci_layout_of(&layout, &resolved, error);
    if (status != LOCI_OK)
        return status;
    loci_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return loci_fail_memory(error, "network");
    network->spec = resolved;
    network->pruned_by = LOCI_UNPRUNED;
    network->connections = loci_spec_connections(&resolved);
    network->parameter_count = layout.parameter_count;
    network->tensor_count = layout.tensor_count;
    memcpy(network->tensors, layout.tensors, sizeof layout.tensors);
    network->projection_count = layout.projection_count;
    memcpy(network->projection, layout.projection, sizeof layout.projection);
    memcpy(network->layer, layout.layer, sizeof layout.layer);
    network->parameters = loci_alloc(layout.parameter_count, sizeof(float));
    bool sheet = resolved.wiring == LOCI_WIRING_SPATIAL && resolved.input == LOCI_INPUT_SHEET;
    if (sheet)
        network->sheet = loci_start_sheet(&resolved);
    if (network->parameters == NULL || (sheet && network->sheet == NULL)) {
        loci_network_free(network);
        return loci_fail_memory(error, "network");
    }
    *out = network;
    return LOCI_OK;
}

int loci_network_create(loci_network **out, const loci_spec *spec, uint64_t seed,
                        loci_error *error) {
    loci_network *network;
    int status = loci_network_create_empty(&network, spec, error);
    if (status != LOCI_OK)
        return status;
    loci_start(network, seed);
    *out = network;
    return LOCI_OK;
}

void loci_network_free(loci_network *network) {
    if (network == NULL)
        return;
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        free(network->notes[i]);
    for (size_t l = 0; l < LOCI_MAX_PAIRS; l++)
        free(network->cut[l].set);
    free(network->parameters);
    free(network->sheet);
    free(network->low);
    free(network->target_mean);
    free(network->target_deviation);
    free(network->span);
    free(network->pixels);
    free(network->rounding);
    free(network);
}

const loci_spec *loci_network_spec(const loci_network *network) {
    return &network->spec;
}

int loci_check_pair(const loci_network *network, uint32_t pair, loci_error *error) {
    if (pair <= loci_spec_hidden_layers(&network->spec))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "pair", "%u is not one of %u layer pairs", pair,
                     loci_spec_hidden_layers(&network->spec) + 1);
}

int loci_check_matrix(const char *what, size_t n, size_t m, loci_error *error) {
    size_t all;
    if (!__builtin_mul_overflow(n, m, &all) && all <= LOCI_MATRIX_MOST)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_UNSUPPORTED, what,
                     "a layer pair of %zu x %zu neurons is too large: this makes an array of all "
                     "connections, and is done up to 2^30 of them",
                     n, m);
}

static int check_projection(const loci_network *network, size_t p, const char *what,
                            loci_error *error) {
    size_t n, m;
    loci_projection_shape(network, p, &n, &m);
    return loci_check_matrix(what, n, m, error);
}

int loci_check_matrices(const loci_network *network, const char *what, loci_error *error) {
    int status = LOCI_OK;
    for (size_t p = 0; p < network->projection_count && status == LOCI_OK; p++)
        status = check_projection(network, p, what, error);
    return status;
}

int loci_network_check_matrix(const loci_network *network, uint32_t pair, const char *what,
                              loci_error *error) {
    int status = loci_check_pair(network, pair, error);
    return status == LOCI_OK ? check_projection(network, pair, what, error) : status;
}

size_t loci_network_pixel(const loci_network *network, size_t input) {
    return network->pixels != NULL ? network->pixels[input] : input;
}

size_t loci_network_parameter_count(const loci_network *network) {
    return network->parameter_count;
}

float *loci_network_parameters(loci_network *network) {
    return network->parameters;
}

const loci_tensor *loci_network_tensor(const loci_network *network, size_t i) {
    return i < network->tensor_count ? &network->tensors[i] : NULL;
}

const char *loci_network_note(const loci_network *network, const char *key) {
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        if (strcmp(loci_note_keys[i], key) == 0)
            return network->notes[i] == NULL ? "" : network->notes[i];
    return "";
}

int loci_network_set_note(loci_network *network, const char *key, const char *text,
                          loci_error *error) {
    json_t *check = json_string(text); /* jansson refuses what is not UTF-8 */
    if (check == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, key, "the text is not UTF-8");
    json_decref(check);
    for (size_t i = 0; loci_note_keys[i] != NULL; i++) {
        if (strcmp(loci_note_keys[i], key) != 0)
            continue;
        char *copy = strdup(text);
        if (copy == NULL)
            return loci_fail_memory(error, key);
        free(network->notes[i]);
        network->notes[i] = copy;
        return LOCI_OK;
    }
    return loci_fail(error, LOCI_E_ARGUMENT, key, "a model carries no note of this name");
}

int loci_network_set_pixels(loci_network *network, const uint8_t *set, loci_error *error) {
    size_t coordinates = loci_pair_coordinates(&network->spec, 0), inputs = network->spec.inputs;
    uint32_t *pixels = loci_alloc(inputs, sizeof *pixels);
    if (pixels == NULL)
        return loci_fail_memory(error, "network");
    for (uint32_t pixel = 0, i = 0; i < inputs; pixel++)
        if (set[pixel / 8] >> pixel % 8 & 1)
            pixels[i++] = pixel;
    for (size_t i = 0; network->sheet != NULL && i < inputs; i++)
        memmove(network->sheet + i * coordinates, network->sheet + pixels[i] * coordinates,
                coordinates * sizeof *network->sheet);
    free(network->pixels);
    network->pixels = pixels;
    return LOCI_OK;
}
