/* The model file; docs/format.md describes it for those who write another reader. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "network/network.h"
#include "network/spec_json.h"

static const char format_name[] = "loci";
static const char format_version[] = "1";

/* The stored range, after the parameters; both arrays or none. */
static const char low_name[] = "input.low", span_name[] = "input.span";

enum { MOST_ARRAYS = LOCI_MAX_TENSORS + 2, MOST_NOTES = 6 };

static size_t inputs_of(const loci_network *network) {
    return loci_spec_layer_size(&network->spec, 0);
}

static bool all_finite(const float *numbers, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(numbers[i]))
            return false;
    return true;
}

/* Lists a network's arrays in file order; returns their number. */
static size_t list_arrays(const loci_network *network, loci_stored arrays[MOST_ARRAYS]) {
    size_t count = 0;
    for (; count < network->tensor_count; count++) {
        const loci_tensor *tensor = &network->tensors[count];
        loci_stored *array = &arrays[count];
        *array = (loci_stored){.name = tensor->name,
                               .dtype = LOCI_F32,
                               .rank = tensor->rank,
                               .data = network->parameters + tensor->offset};
        memcpy(array->shape, tensor->shape, sizeof tensor->shape);
    }
    if (network->low == NULL)
        return count;
    size_t inputs = inputs_of(network);
    arrays[count++] = (loci_stored){low_name, LOCI_F32, 1, {inputs}, network->low, 0};
    arrays[count++] = (loci_stored){span_name, LOCI_F32, 1, {inputs}, network->span, 0};
    return count;
}

int loci_network_save(const loci_network *network, const char *path, loci_error *error) {
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        if (!all_finite(network->parameters + tensor->offset, tensor->count))
            return loci_fail(error, LOCI_E_DIVERGED, path,
                             "not saved: %s holds a number that is not finite", tensor->name);
    }
    char *spec = loci_spec_to_text(&network->spec);
    if (spec == NULL)
        return loci_fail_memory(error, path);
    loci_stored arrays[MOST_ARRAYS];
    size_t count = list_arrays(network, arrays);
    loci_stored_note notes[MOST_NOTES] = {
        {"format", format_name}, {"version", format_version}, {"spec", spec}};
    size_t note_count = 3;
    for (size_t i = 0; loci_note_keys[i] != NULL; i++) {
        const char *text = loci_network_note(network, loci_note_keys[i]);
        if (*text != '\0')
            notes[note_count++] = (loci_stored_note){loci_note_keys[i], text};
    }
    int status = loci_safetensors_write(path, arrays, count, notes, note_count, error);
    free(spec);
    return status;
}

static int check_format(const loci_safetensors *file, const char *path, loci_error *error) {
    const char *format = loci_safetensors_note(file, "format");
    const char *version = loci_safetensors_note(file, "version");
    if (format != NULL && strcmp(format, "loci-checkpoint") == 0)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "a checkpoint, not a model; model.safetensors beside it is the model");
    if (format == NULL || strcmp(format, format_name) != 0)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "a safetensors file, but not a model that loci wrote");
    char *end;
    errno = 0;
    long number = version != NULL ? strtol(version, &end, 10) : 0;
    if (number < 1 || errno != 0 || *end != '\0')
        return loci_fail(error, LOCI_E_FORMAT, path, "has no usable format version");
    if (number > strtol(format_version, NULL, 10))
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "format version %ld is newer than this program, which knows %s", number,
                         format_version);
    return LOCI_OK;
}

/* The specification, as long as the file is exactly as large as it says; nothing is allocated from
 * it before. */
static int read_spec(const loci_safetensors *file, const char *path, loci_spec *spec,
                     loci_error *error) {
    const char *text = loci_safetensors_note(file, "spec");
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
    size_t numbers = counts.total;
    if (loci_safetensors_find(file, low_name) != NULL)
        numbers += 2 * loci_spec_layer_size(spec, 0);
    if (loci_safetensors_bytes(file) != (uint64_t)numbers * sizeof(float))
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "holds %ju bytes of numbers where its specification needs %ju",
                         (uintmax_t)loci_safetensors_bytes(file),
                         (uintmax_t)numbers * sizeof(float));
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
    if (status == LOCI_OK && !all_finite(out, loci_stored_count(array)))
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' holds a number that is not finite",
                         name);
    return status;
}

static int read_range(loci_network *network, const loci_safetensors *file, const char *path,
                      loci_error *error) {
    if (loci_safetensors_find(file, low_name) == NULL)
        return LOCI_OK;
    size_t inputs = inputs_of(network);
    float *low = loci_alloc(2 * inputs, sizeof *low);
    if (low == NULL)
        return loci_fail_memory(error, path);
    int status = read_array(file, path, low_name, 1, &inputs, low, error);
    if (status == LOCI_OK)
        status = read_array(file, path, span_name, 1, &inputs, low + inputs, error);
    for (size_t i = 0; status == LOCI_OK && i < inputs; i++)
        if (!(low[inputs + i] > 0))
            status = loci_fail(error, LOCI_E_FORMAT, path,
                               "'%s' holds a number that is not positive", span_name);
    if (status == LOCI_OK)
        status = loci_network_set_range(network, low, low + inputs, error);
    free(low);
    return status;
}

/* An array that the specification does not ask for. Its bytes were counted, so one of the others is
 * missing or empty; naming the stranger says more. */
static int check_strangers(const loci_network *network, const loci_safetensors *file,
                           const char *path, loci_error *error) {
    const loci_stored *array;
    for (size_t i = 0; (array = loci_safetensors_array(file, i)) != NULL; i++) {
        bool known = strcmp(array->name, low_name) == 0 || strcmp(array->name, span_name) == 0;
        for (size_t t = 0; !known && t < network->tensor_count; t++)
            known = strcmp(array->name, network->tensors[t].name) == 0;
        if (!known)
            return loci_fail(error, LOCI_E_FORMAT, path, "'%.64s' is no part of this network",
                             array->name);
    }
    return LOCI_OK;
}

static int fill(loci_network *network, const loci_safetensors *file, const char *path,
                loci_error *error) {
    int status = check_strangers(network, file, path, error);
    for (size_t i = 0; status == LOCI_OK && i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        status = read_array(file, path, tensor->name, tensor->rank, tensor->shape,
                            network->parameters + tensor->offset, error);
    }
    if (status == LOCI_OK)
        status = read_range(network, file, path, error);
    for (size_t i = 0; status == LOCI_OK && loci_note_keys[i] != NULL; i++) {
        const char *text = loci_safetensors_note(file, loci_note_keys[i]);
        if (text != NULL)
            status = loci_network_set_note(network, loci_note_keys[i], text, error);
    }
    return status;
}

static int load_file(loci_network **out, const char *path, loci_error *error) {
    loci_safetensors *file;
    loci_spec spec;
    loci_network *network = NULL;
    int status = loci_safetensors_open(&file, path, error);
    if (status != LOCI_OK)
        return status;
    status = check_format(file, path, error);
    if (status == LOCI_OK)
        status = read_spec(file, path, &spec, error);
    if (status == LOCI_OK)
        status = loci_network_create_empty(&network, &spec, error);
    if (status == LOCI_OK)
        status = fill(network, file, path, error);
    loci_safetensors_close(file);
    if (status != LOCI_OK) {
        loci_network_free(network);
        return status;
    }
    *out = network;
    return LOCI_OK;
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
