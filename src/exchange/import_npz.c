/* A network from arrays that NumPy may have changed; docs/exchange.md describes the file. */
#include "exchange/import_npz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"
#include "data/inflate.h"
#include "exchange/npz_checksum.h"
#include "network/model_file.h"
#include "network/spec_json.h"
#include "synapse/selection.h"

/* More than any network has; names are compared with each other. */
enum { MOST_MEMBERS = LOCI_MAX_TENSORS + 2 * LOCI_MAX_PAIRS + 16 };

/* "[784, 2]" */
static const char *shape_text(char text[96], uint32_t rank, const size_t *shape) {
    size_t used = (size_t)snprintf(text, 96, "[");
    for (uint32_t d = 0; d < rank && used < 90; d++)
        used += (size_t)snprintf(text + used, 96 - used, "%s%zu", d > 0 ? ", " : "", shape[d]);
    snprintf(text + used, 96 - used, "]");
    return text;
}

/* As numpy calls it. */
static const char *type_name(const char *dtype) {
    static const char *const names[][2] = {
        {"f4", "float32"}, {"f8", "float64"}, {"b1", "bool"}, {"u1", "uint8"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(dtype, names[i][0]) == 0)
            return names[i][1];
    return dtype;
}

/* Reads an array of one of two types, with this shape. */
static int take(const loci_npz_import *in, const char *name, const char *const types[2],
                uint32_t rank, const size_t *shape, loci_npz_loaded *out, loci_error *error) {
    char has[96], wanted[96];
    if (!loci_npz_has(&in->file, name))
        return loci_fail(error, LOCI_E_FORMAT, in->path, "'%s' is missing", name);
    int status = loci_npz_take(&in->file, name, NULL, out, error);
    if (status != LOCI_OK)
        return status;
    if (strcmp(out->dtype, types[0]) != 0 && strcmp(out->dtype, types[1]) != 0)
        status =
            loci_fail(error, LOCI_E_FORMAT, in->path, "'%s' is of type %s; it must be %s or %s",
                      name, type_name(out->dtype), type_name(types[0]), type_name(types[1]));
    else if (out->rank != rank || memcmp(out->shape, shape, rank * sizeof *shape) != 0)
        status = loci_fail(error, LOCI_E_FORMAT, in->path,
                           "'%s' has the shape %s; the specification gives it %s", name,
                           shape_text(has, out->rank, out->shape), shape_text(wanted, rank, shape));
    if (status != LOCI_OK)
        free(out->data);
    return status;
}

int loci_import_numbers(const loci_npz_import *in, const char *name, uint32_t rank,
                        const size_t *shape, float **out, loci_error *error) {
    static const char *const types[2] = {"f4", "f8"};
    loci_npz_loaded array;
    int status = take(in, name, types, rank, shape, &array, error);
    if (status != LOCI_OK)
        return status;
    float *numbers = loci_alloc(array.count, sizeof *numbers);
    if (numbers == NULL) {
        free(array.data);
        return loci_fail_memory(error, name);
    }
    if (array.dtype[1] == '4')
        memcpy(numbers, array.data, array.count * sizeof *numbers);
    else
        for (size_t i = 0; i < array.count; i++)
            numbers[i] = (float)((const double *)array.data)[i];
    free(array.data);
    if (!loci_all_finite(numbers, array.count)) {
        free(numbers);
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "'%s' holds a number that is not finite in float32", name);
    }
    *out = numbers;
    return LOCI_OK;
}

int loci_import_flags(const loci_npz_import *in, const char *name, uint32_t rank,
                      const size_t *shape, uint8_t **out, loci_error *error) {
    static const char *const types[2] = {"b1", "u1"};
    loci_npz_loaded array;
    int status = take(in, name, types, rank, shape, &array, error);
    if (status != LOCI_OK)
        return status;
    uint8_t *flags = array.data;
    for (size_t i = 0; i < array.count; i++)
        if (flags[i] > 1) {
            status = loci_fail(error, LOCI_E_FORMAT, in->path, "'%s' holds %d; only 0 and 1 can be",
                               name, flags[i]);
            free(flags);
            return status;
        }
    *out = flags;
    return LOCI_OK;
}

uint8_t *loci_bitmap_of(const uint8_t *flags, size_t count) {
    uint8_t *set = loci_alloc(loci_bitmap_bytes(1, count), 1);
    for (size_t i = 0; set != NULL && i < count; i++)
        set[i / 8] |= (uint8_t)(flags[i] << i % 8);
    return set;
}

/* ---- metadata ---- */

/* A text that may be missing: then NULL. */
static int take_text(const loci_npz_import *in, const char *name, char **text, loci_error *error) {
    *text = NULL;
    return loci_npz_has(&in->file, name) ? loci_npz_take_text(&in->file, name, text, error)
                                         : LOCI_OK;
}

static int check_format(const loci_npz_import *in, loci_error *error) {
    char *format, *version, *end;
    int status = take_text(in, "format", &format, error);
    if (status != LOCI_OK)
        return status;
    bool ours = format != NULL && strcmp(format, LOCI_MODEL_FORMAT) == 0;
    free(format);
    if (!ours)
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "a .npz file, but not a network that 'loci export' wrote");
    status = take_text(in, "version", &version, error);
    if (status != LOCI_OK)
        return status;
    errno = 0;
    long number = version != NULL ? strtol(version, &end, 10) : 0;
    bool usable = number >= 1 && errno == 0 && *end == '\0';
    free(version);
    if (!usable)
        return loci_fail(error, LOCI_E_FORMAT, in->path, "has no usable format version");
    if (number > strtol(LOCI_MODEL_VERSION, NULL, 10))
        return loci_fail(error, LOCI_E_UNSUPPORTED, in->path,
                         "format version %ld is newer than this program, which knows %s", number,
                         LOCI_MODEL_VERSION);
    return LOCI_OK;
}

/* Memory is only set aside for as many parameters as the file can hold, compressed or not. */
static int check_size(const loci_npz_import *in, const loci_spec *spec, loci_error *error) {
    loci_parameter_counts counts;
    loci_spec_count(spec, &counts);
    if (counts.total == 0) /* every network has biases; 0 is how too many are reported */
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "the specification asks for too many parameters");
    if (counts.total / LOCI_DEFLATE_MOST > in->file.size)
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "the specification asks for %zu parameters, more than the file can hold",
                         counts.total);
    return LOCI_OK;
}

static int read_spec(const loci_npz_import *in, loci_spec *spec, loci_error *error) {
    char *text;
    loci_error inner = {0};
    int status = take_text(in, "spec", &text, error);
    if (status == LOCI_OK && text == NULL)
        return loci_fail(error, LOCI_E_FORMAT, in->path, "'spec' is missing");
    if (status == LOCI_OK)
        status = loci_spec_from_text(spec, text, in->path, error);
    free(text);
    if (status != LOCI_OK)
        return status;
    if (loci_spec_resolve(spec, &inner) != LOCI_OK)
        return loci_fail(error, LOCI_E_FORMAT, in->path, "the specification is not valid: %s: %s",
                         inner.where, inner.message);
    return check_size(in, spec, error);
}

static int read_notes(loci_npz_import *in, const loci_spec *spec, loci_error *error) {
    char *text;
    int status = take_text(in, "pruning", &text, error);
    in->note = (loci_pruning_note){.by = LOCI_UNPRUNED, .connections = loci_spec_connections(spec)};
    if (status == LOCI_OK && text != NULL)
        status = loci_pruning_note_from_text(&in->note, text, spec, in->path, error);
    free(text);
    for (size_t i = 0; status == LOCI_OK && loci_note_keys[i] != NULL; i++) {
        status = take_text(in, loci_note_keys[i], &text, error);
        if (status == LOCI_OK && text != NULL)
            status = loci_network_set_note(in->network, loci_note_keys[i], text, error);
        free(text);
    }
    return status;
}

/* ---- arrays ---- */

static int read_tensors(loci_npz_import *in, loci_error *error) {
    loci_network *network = in->network;
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        float *numbers;
        int status =
            loci_import_numbers(in, tensor->name, tensor->rank, tensor->shape, &numbers, error);
        if (status != LOCI_OK)
            return status;
        memcpy(network->parameters + tensor->offset, numbers, tensor->count * sizeof *numbers);
        free(numbers);
    }
    return LOCI_OK;
}

static int read_range(loci_npz_import *in, loci_error *error) {
    size_t pixels = loci_spec_pixels(&in->network->spec);
    float *low = NULL, *span = NULL;
    if (!loci_npz_has(&in->file, LOCI_MODEL_LOW) && !loci_npz_has(&in->file, LOCI_MODEL_SPAN))
        return LOCI_OK;
    int status = loci_import_numbers(in, LOCI_MODEL_LOW, 1, &pixels, &low, error);
    if (status == LOCI_OK)
        status = loci_import_numbers(in, LOCI_MODEL_SPAN, 1, &pixels, &span, error);
    for (size_t i = 0; status == LOCI_OK && i < pixels; i++)
        if (!(span[i] > 0))
            status = loci_fail(error, LOCI_E_FORMAT, in->path,
                               "'%s' holds a number that is not positive", LOCI_MODEL_SPAN);
    if (status == LOCI_OK)
        status = loci_network_set_input_scaling(in->network, low, span, error);
    free(low);
    free(span);
    return status;
}

static int read_pixels(loci_npz_import *in, loci_error *error) {
    size_t pixels = loci_spec_pixels(&in->network->spec), ones = 0;
    uint8_t *flags = NULL, *set;
    if (in->network->spec.inputs == 0)
        return LOCI_OK;
    int status = loci_import_flags(in, LOCI_MODEL_PIXELS, 1, &pixels, &flags, error);
    if (status != LOCI_OK)
        return status;
    for (size_t i = 0; i < pixels; i++)
        ones += flags[i];
    set = loci_bitmap_of(flags, pixels);
    if (set == NULL)
        status = loci_fail_memory(error, in->path);
    else if (ones != in->network->spec.inputs)
        status = loci_fail(error, LOCI_E_FORMAT, in->path,
                           "'%s' names %zu pixels where the specification has %u inputs",
                           LOCI_MODEL_PIXELS, ones, in->network->spec.inputs);
    else
        status = loci_network_set_pixels(in->network, set, error);
    free(flags);
    free(set);
    return status;
}

/* Offers every name that this network can have; whether `name` is one. */
static bool is_known(const loci_network *network, const char *name, loci_nearest *nearest) {
    static const char *const fixed[] = {
        "format",  "version", "spec",         "pruning",       "preset",
        "dataset", "classes", LOCI_MODEL_LOW, LOCI_MODEL_SPAN, LOCI_NPZ_CHECKSUM};
    char kept[LOCI_MODEL_NAME], weight[LOCI_MODEL_NAME];
    bool known = false;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        known |= strcmp(name, fixed[i]) == 0;
    for (size_t i = 0; i < network->tensor_count; i++) {
        loci_nearest_offer(nearest, network->tensors[i].name);
        known |= strcmp(name, network->tensors[i].name) == 0;
    }
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++)
        known |= strcmp(name, loci_model_name(kept, l, "kept")) == 0 ||
                 strcmp(name, loci_model_name(weight, l, "weight")) == 0;
    return known || (network->spec.inputs > 0 && strcmp(name, LOCI_MODEL_PIXELS) == 0);
}

/* Each array has a place in this network, and is there once. */
static int check_members(const loci_npz_import *in, loci_error *error) {
    size_t count = loci_npz_count(&in->file);
    char name[LOCI_NPZ_NAME], other[LOCI_NPZ_NAME];
    if (count > MOST_MEMBERS)
        return loci_fail(error, LOCI_E_FORMAT, in->path, "%zu arrays; no network has so many",
                         count);
    for (size_t i = 0; i < count; i++) {
        loci_npz_name(&in->file, i, name);
        loci_nearest nearest = {.wanted = name, .distance = SIZE_MAX};
        if (!is_known(in->network, name, &nearest))
            return loci_fail(error, LOCI_E_FORMAT, in->path,
                             nearest.best != NULL
                                 ? "'%s' is no part of this network; did you mean '%s'?"
                                 : "'%s' is no part of this network",
                             LOCI_SHOWN(64, name), nearest.best);
        for (size_t k = 0; k < i; k++) {
            loci_npz_name(&in->file, k, other);
            if (strcmp(name, other) == 0)
                return loci_fail(error, LOCI_E_FORMAT, in->path, "'%s' is there twice", name);
        }
    }
    return LOCI_OK;
}

static int fill(loci_npz_import *in, loci_error *error) {
    int status = check_members(in, error);
    if (status == LOCI_OK)
        status = read_notes(in, &in->network->spec, error);
    if (status == LOCI_OK)
        status = read_tensors(in, error);
    if (status == LOCI_OK)
        status = read_range(in, error);
    if (status == LOCI_OK)
        status = read_pixels(in, error);
    if (status == LOCI_OK)
        status = loci_import_kept(in, error);
    if (status == LOCI_OK)
        status = loci_import_weights(in, error);
    return status;
}

int loci_import_npz(loci_network **out, const char *path, loci_import_report *report,
                    loci_error *error) {
    loci_npz_import in = {.path = path};
    loci_spec spec;
    int status = loci_npz_open(&in.file, path, error);
    if (status != LOCI_OK)
        return status;
    status = check_format(&in, error);
    if (status == LOCI_OK)
        status = read_spec(&in, &spec, error);
    if (status == LOCI_OK)
        status = loci_network_create_empty(&in.network, &spec, error);
    if (status == LOCI_OK)
        status = fill(&in, error);
    loci_npz_close(&in.file);
    if (status != LOCI_OK) {
        loci_network_free(in.network);
        return status;
    }
    if (report != NULL)
        *report = in.report;
    *out = in.network;
    return LOCI_OK;
}
