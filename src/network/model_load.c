/* Reading a model file; docs/format.md describes it for those who write another reader. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "base/text.h"
#include "network/maps.h"
#include "network/model_file.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"
#include "synapse/connections.h"

static int check_format(const loci_safetensors *file, const char *path, loci_error *error) {
    const char *format = loci_safetensors_note(file, "format");
    const char *version = loci_safetensors_note(file, "version");
    if (format != NULL && strcmp(format, "loci-checkpoint") == 0)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "a checkpoint, not a model; model.safetensors beside it is the model");
    if (format == NULL || strcmp(format, LOCI_MODEL_FORMAT) != 0)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "a safetensors file, but not a model that loci wrote");
    char *end;
    errno = 0;
    long number = version != NULL ? strtol(version, &end, 10) : 0;
    if (number < 1 || errno != 0 || *end != '\0')
        return loci_fail(error, LOCI_E_FORMAT, path, "has no usable format version");
    if (number > LOCI_MODEL_VERSION)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "format version %ld is newer than this program, which knows %d", number,
                         LOCI_MODEL_VERSION);
    return LOCI_OK;
}

/* Bytes of all arrays that a specification and its pruning ask for, as far as they are known before
 * the file is read: stored weights of a pruned conventional net are told of by their own shape. */
static uint64_t bytes_wanted(const loci_safetensors *file, const loci_spec *spec,
                             const loci_pruning_note *note, size_t parameters) {
    uint64_t bytes = (uint64_t)parameters * sizeof(float);
    if (loci_safetensors_find(file, LOCI_MODEL_LOW) != NULL)
        bytes += 2 * (uint64_t)loci_spec_pixels(spec) * sizeof(float);
    if (spec->task == LOCI_TASK_REGRESS && loci_safetensors_find(file, LOCI_MODEL_MEAN) != NULL)
        bytes += 2 * (uint64_t)spec->classes * sizeof(float);
    if (spec->inputs > 0)
        bytes += loci_bitmap_bytes(1, loci_spec_pixels(spec));
    for (uint32_t l = 0; note->by == LOCI_PRUNE_BY_SET && l <= loci_spec_hidden_layers(spec); l++) {
        size_t all = loci_pair_connections(spec, l);
        char name[LOCI_MODEL_NAME];
        bytes += loci_bitmap_bytes(1, all);
        const loci_stored *weight =
            spec->wiring == LOCI_WIRING_DENSE
                ? loci_safetensors_find(file, loci_model_name(name, l, "weight"))
                : NULL;
        size_t kept = weight != NULL && weight->rank == 1 ? weight->shape[0] : all;
        bytes -= (all - (kept < all ? kept : all)) * sizeof(float);
    }
    return bytes;
}

/* The specification and what it says of pruning, as long as the file is exactly as large as they
 * say; nothing is allocated from them before. */
static int read_spec(const loci_safetensors *file, const char *path, loci_spec *spec,
                     loci_pruning_note *note, loci_error *error) {
    const char *text = loci_safetensors_note(file, "spec");
    const char *pruning = loci_safetensors_note(file, "pruning");
    if (text == NULL)
        return loci_fail(error, LOCI_E_FORMAT, path, "has no specification");
    int status = loci_spec_from_text(spec, text, path, error);
    if (status != LOCI_OK)
        return status;
    loci_error inner = {0};
    if (loci_spec_resolve(spec, &inner) != LOCI_OK)
        return loci_fail(error, LOCI_E_FORMAT, path, "the specification is not valid: %s: %s",
                         inner.where, inner.message);
    loci_parameter_counts counts;
    loci_spec_count(spec, &counts);
    if (counts.total == 0) /* every network has biases; 0 is how too many are reported */
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "the specification asks for too many parameters");
    *note = (loci_pruning_note){.by = LOCI_UNPRUNED, .connections = loci_spec_connections(spec)};
    if (pruning != NULL)
        status = loci_pruning_note_from_text(note, pruning, spec, path, error);
    if (status != LOCI_OK)
        return status;
    uint64_t wanted = bytes_wanted(file, spec, note, counts.total);
    if (loci_safetensors_bytes(file) != wanted)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "holds %ju bytes of numbers where its specification needs %ju",
                         (uintmax_t)loci_safetensors_bytes(file), (uintmax_t)wanted);
    return LOCI_OK;
}

/* Reads one array that must be there with this shape, all numbers finite. */
static int read_array(const loci_safetensors *file, const char *path, const char *name,
                      uint32_t rank, const size_t *shape, float *out, loci_error *error) {
    const loci_stored *array = loci_safetensors_find(file, name);
    if (array == NULL)
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' is missing", name);
    bool fits = array->dtype == LOCI_F32 && array->rank == rank;
    for (uint32_t d = 0; fits && d < rank; d++)
        fits = array->shape[d] == shape[d];
    if (!fits)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "'%s' does not have the shape that the specification gives it", name);
    int status = loci_safetensors_read(file, array, out, error);
    if (status == LOCI_OK && !loci_all_finite(out, loci_stored_count(array)))
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' holds a number that is not finite",
                         name);
    return status;
}

/* A pair of arrays [n] that are both there or both not, of which the second is above 0. */
static int read_scaling(loci_network *network, const loci_safetensors *file, const char *path,
                        const char *const names[2], size_t n,
                        int (*set)(loci_network *, const float *, const float *, loci_error *),
                        loci_error *error) {
    if (loci_safetensors_find(file, names[0]) == NULL)
        return LOCI_OK;
    float *both = loci_alloc(2 * n, sizeof *both);
    if (both == NULL)
        return loci_fail_memory(error, path);
    int status = read_array(file, path, names[0], 1, &n, both, error);
    if (status == LOCI_OK)
        status = read_array(file, path, names[1], 1, &n, both + n, error);
    for (size_t i = 0; status == LOCI_OK && i < n; i++)
        if (!(both[n + i] > 0))
            status = loci_fail(error, LOCI_E_FORMAT, path,
                               "'%s' holds a number that is not positive", names[1]);
    if (status == LOCI_OK)
        status = set(network, both, both + n, error);
    free(both);
    return status;
}

static int read_scalings(loci_network *network, const loci_safetensors *file, const char *path,
                         loci_error *error) {
    const char *const inputs[] = {LOCI_MODEL_LOW, LOCI_MODEL_SPAN};
    const char *const targets[] = {LOCI_MODEL_MEAN, LOCI_MODEL_DEVIATION};
    const loci_spec *spec = &network->spec;
    int status = read_scaling(network, file, path, inputs, loci_spec_pixels(spec),
                              loci_network_set_input_scaling, error);
    if (status == LOCI_OK && spec->task == LOCI_TASK_REGRESS)
        status = read_scaling(network, file, path, targets, spec->classes,
                              loci_network_set_target_scaling, error);
    return status;
}

/* An array that the specification does not ask for. Its bytes were counted, so one of the others is
 * missing or empty; naming the stranger says more. */
static int check_strangers(const loci_network *network, const loci_pruning_note *note,
                           const loci_safetensors *file, const char *path, loci_error *error) {
    const loci_stored *array;
    bool sets = note->by == LOCI_PRUNE_BY_SET, shrunk = network->spec.inputs > 0;
    bool regress = network->spec.task == LOCI_TASK_REGRESS;
    for (size_t i = 0; (array = loci_safetensors_array(file, i)) != NULL; i++) {
        char name[LOCI_MODEL_NAME];
        bool known = strcmp(array->name, LOCI_MODEL_LOW) == 0 ||
                     strcmp(array->name, LOCI_MODEL_SPAN) == 0 ||
                     (regress && (strcmp(array->name, LOCI_MODEL_MEAN) == 0 ||
                                  strcmp(array->name, LOCI_MODEL_DEVIATION) == 0)) ||
                     (shrunk && strcmp(array->name, LOCI_MODEL_PIXELS) == 0);
        for (size_t t = 0; !known && t < network->tensor_count; t++)
            known = strcmp(array->name, network->tensors[t].name) == 0;
        for (uint32_t l = 0; sets && !known && l <= loci_spec_hidden_layers(&network->spec); l++)
            known = strcmp(array->name, loci_model_name(name, l, "kept")) == 0;
        if (!known)
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' is no part of this network",
                             LOCI_SHOWN(64, array->name));
    }
    return LOCI_OK;
}

/* Reads a bitmap of `bits` bits. Free *out in any case. */
static int read_bitmap(const loci_safetensors *file, const char *path, const char *name,
                       size_t bits, uint8_t **out, size_t *ones, loci_error *error) {
    size_t bytes = loci_bitmap_bytes(1, bits);
    const loci_stored *array = loci_safetensors_find(file, name);
    if (array == NULL || array->dtype != LOCI_U8 || array->rank != 1 || array->shape[0] != bytes)
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' is missing, or no bitmap of %zu bits",
                         name, bits);
    *out = loci_alloc(bytes, 1);
    if (*out == NULL)
        return loci_fail_memory(error, path);
    int status = loci_safetensors_read(file, array, *out, error);
    if (status != LOCI_OK)
        return status;
    if (bits % 8 != 0 && (*out)[bytes - 1] >> bits % 8 != 0)
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' has bits past its end", name);
    *ones = 0;
    for (size_t i = 0; i < bytes; i++)
        *ones += (size_t)__builtin_popcount((*out)[i]);
    return LOCI_OK;
}

/* The kept weights of a conventional pair, one after the other, go to their places. */
static int read_kept_weights(loci_network *network, const loci_safetensors *file, const char *path,
                             uint32_t l, loci_error *error) {
    const loci_cut *cut = &network->cut[l];
    size_t all = loci_pair_connections(&network->spec, l);
    char name[LOCI_MODEL_NAME];
    float *to = network->parameters + network->projection[l].weight;
    float *weights = loci_alloc(cut->kept, sizeof *weights);
    if (weights == NULL)
        return loci_fail_memory(error, path);
    int status =
        read_array(file, path, loci_model_name(name, l, "weight"), 1, &cut->kept, weights, error);
    for (size_t i = 0, next = 0; status == LOCI_OK && i < all; i++)
        to[i] = cut->set[i / 8] >> i % 8 & 1 ? weights[next++] : 0;
    free(weights);
    return status;
}

static int read_sets(loci_network *network, const loci_safetensors *file, const char *path,
                     loci_error *error) {
    const loci_spec *spec = &network->spec;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        char name[LOCI_MODEL_NAME];
        loci_cut *cut = &network->cut[l];
        size_t all = loci_pair_connections(spec, l);
        int status = read_bitmap(file, path, loci_model_name(name, l, "kept"), all, &cut->set,
                                 &cut->kept, error);
        if (status == LOCI_OK && spec->wiring == LOCI_WIRING_DENSE)
            status = read_kept_weights(network, file, path, l, error);
        if (status != LOCI_OK)
            return status;
    }
    return LOCI_OK;
}

static int read_pixels(loci_network *network, const loci_safetensors *file, const char *path,
                       loci_error *error) {
    size_t pixels = loci_spec_pixels(&network->spec), ones;
    uint8_t *set = NULL;
    if (network->spec.inputs == 0)
        return LOCI_OK;
    int status = read_bitmap(file, path, LOCI_MODEL_PIXELS, pixels, &set, &ones, error);
    if (status == LOCI_OK && ones != network->spec.inputs)
        status = loci_fail(error, LOCI_E_FORMAT, path,
                           "'%s' names %zu pixels where its specification has %u inputs",
                           LOCI_MODEL_PIXELS, ones, network->spec.inputs);
    if (status == LOCI_OK)
        status = loci_network_set_pixels(network, set, error);
    free(set);
    return status;
}

/* A cut must still leave what it left when it was made. */
static int read_pruning(loci_network *network, const loci_pruning_note *note,
                        const loci_safetensors *file, const char *path, loci_error *error) {
    loci_error inner = {0};
    size_t kept;
    network->connections = note->connections;
    network->pruned_by = note->by;
    if (note->by == LOCI_UNPRUNED)
        return LOCI_OK;
    if (note->by == LOCI_PRUNE_BY_SET)
        return read_sets(network, file, path, error);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        network->cut[l] = (loci_cut){.value = note->cut[l], .kept = note->kept[l]};
    int status = loci_network_count_kept(network, &kept, &inner);
    if (status == LOCI_E_MISMATCH)
        return loci_fail(error, LOCI_E_FORMAT, path, "%s", inner.message);
    return status == LOCI_OK ? LOCI_OK : loci_fail(error, status, inner.where, "%s", inner.message);
}

static bool is_packed(const loci_network *network, const loci_pruning_note *note, size_t tensor) {
    return note->by == LOCI_PRUNE_BY_SET && network->tensors[tensor].kind == LOCI_TENSOR_WEIGHT;
}

static int fill(loci_network *network, const loci_pruning_note *note, const loci_safetensors *file,
                const char *path, loci_error *error) {
    int status = check_strangers(network, note, file, path, error);
    for (size_t i = 0; status == LOCI_OK && i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        if (is_packed(network, note, i))
            continue;
        status = read_array(file, path, tensor->name, tensor->rank, tensor->shape,
                            network->parameters + tensor->offset, error);
    }
    if (status == LOCI_OK)
        status = read_scalings(network, file, path, error);
    if (status == LOCI_OK)
        status = read_pixels(network, file, path, error);
    const char *rounding = loci_safetensors_note(file, "rounding");
    if (status == LOCI_OK && rounding != NULL)
        status = loci_rounding_read(network, rounding, path, error);
    if (status == LOCI_OK) /* what a cut leaves follows from what acts */
        status = read_pruning(network, note, file, path, error);
    for (size_t i = 0; status == LOCI_OK && loci_note_keys[i] != NULL; i++) {
        const char *text = loci_safetensors_note(file, loci_note_keys[i]);
        if (text != NULL)
            status = loci_network_set_note(network, loci_note_keys[i], text, error);
    }
    return status;
}

/* Closes the file. */
static int load(loci_network **out, loci_safetensors *file, const char *path, loci_error *error) {
    loci_spec spec;
    loci_pruning_note note;
    loci_network *network = NULL;
    int status = check_format(file, path, error);
    if (status == LOCI_OK)
        status = read_spec(file, path, &spec, &note, error);
    if (status == LOCI_OK)
        status = loci_network_create_empty(&network, &spec, error);
    if (status == LOCI_OK)
        status = fill(network, &note, file, path, error);
    loci_safetensors_close(file);
    if (status != LOCI_OK) {
        loci_network_free(network);
        return status;
    }
    *out = network;
    return LOCI_OK;
}

static int load_file(loci_network **out, const char *path, loci_error *error) {
    loci_safetensors *file;
    int status = loci_safetensors_open(&file, path, error);
    return status == LOCI_OK ? load(out, file, path, error) : status;
}

int loci_network_restore(loci_network **out, const void *bytes, size_t size, const char *name,
                         loci_error *error) {
    loci_safetensors *file;
    int status = loci_safetensors_open_bytes(&file, bytes, size, name, error);
    return status == LOCI_OK ? load(out, file, name, error) : status;
}

int loci_network_load(loci_network **out, const char *path, loci_error *error) {
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return load_file(out, path, error);
    char inside[4096];
    int status = loci_path_join(inside, sizeof inside, path, "model.safetensors", error);
    if (status == LOCI_OK)
        status = load_file(out, inside, error);
    if (status == LOCI_E_NOT_FOUND)
        return loci_fail(error, status, path, "this folder holds no model.safetensors");
    return status;
}
