/* A network from arrays that NumPy may have changed; docs/exchange.md describes the file. */
#include "exchange/import_npz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "data/inflate.h"
#include "exchange/network_numbers.h"
#include "exchange/npz_checksum.h"
#include "network/model_file.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"

/* More than any network has; names are compared with each other. */
enum { MOST_MEMBERS = LOCI_MAX_TENSORS + 2 * LOCI_MAX_PROJECTIONS + 16 };

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
    if (number > LOCI_MODEL_VERSION)
        return loci_fail(error, LOCI_E_UNSUPPORTED, in->path,
                         "format version %ld is newer than this program, which knows %d", number,
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
    text = NULL;
    if (status == LOCI_OK)
        status = take_text(in, "rounding", &text, error);
    if (status == LOCI_OK && text != NULL)
        status = loci_rounding_read(in->network, text, in->path, error);
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

/* Two arrays that come together: where a number begins, and how wide it is. */
static int read_scaling(loci_npz_import *in, const char *from, const char *width, size_t count,
                        int (*set)(loci_network *, const float *, const float *, loci_error *),
                        loci_error *error) {
    float *first = NULL, *second = NULL;
    if (!loci_npz_has(&in->file, from) && !loci_npz_has(&in->file, width))
        return LOCI_OK;
    int status = loci_import_numbers(in, from, 1, &count, &first, error);
    if (status == LOCI_OK)
        status = loci_import_numbers(in, width, 1, &count, &second, error);
    for (size_t i = 0; status == LOCI_OK && i < count; i++)
        if (!(second[i] > 0))
            status = loci_fail(error, LOCI_E_FORMAT, in->path,
                               "'%s' holds a number that is not positive", width);
    if (status == LOCI_OK)
        status = set(in->network, first, second, error);
    free(first);
    free(second);
    return status;
}

static int read_scalings(loci_npz_import *in, loci_error *error) {
    const loci_spec *spec = &in->network->spec;
    int status = read_scaling(in, LOCI_MODEL_LOW, LOCI_MODEL_SPAN, loci_spec_pixels(spec),
                              loci_network_set_input_scaling, error);
    if (status == LOCI_OK && spec->task == LOCI_TASK_REGRESS)
        status = read_scaling(in, LOCI_MODEL_MEAN, LOCI_MODEL_DEVIATION, spec->classes,
                              loci_network_set_target_scaling, error);
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
    static const char *const fixed[] = {"format",        "version",        "spec",
                                        "pruning",       "rounding",       LOCI_MODEL_LOW,
                                        LOCI_MODEL_SPAN, LOCI_NPZ_CHECKSUM};
    char kept[LOCI_MODEL_NAME], weight[LOCI_MODEL_NAME];
    bool known = false;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        known |= strcmp(name, fixed[i]) == 0;
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        known |= strcmp(name, loci_note_keys[i]) == 0;
    for (size_t i = 0; i < network->tensor_count; i++) {
        loci_nearest_offer(nearest, network->tensors[i].name);
        known |= strcmp(name, network->tensors[i].name) == 0;
    }
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        known |= strcmp(name, loci_model_name(kept, l, "kept")) == 0;
    for (size_t p = 0; p < network->projection_count; p++)
        known |= strcmp(name, loci_exchange_name(weight, network, p, "weight")) == 0;
    if (network->spec.task == LOCI_TASK_REGRESS)
        known |= strcmp(name, LOCI_MODEL_MEAN) == 0 || strcmp(name, LOCI_MODEL_DEVIATION) == 0;
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
        status = read_scalings(in, error);
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
