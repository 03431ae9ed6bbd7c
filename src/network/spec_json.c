#include "network/spec_json.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "option/fields.h"

/* The sizes that come from the data: no options, so not in the table of fields. */
static const struct {
    const char *key;
    size_t offset;
} sizes[] = {
    {"height", offsetof(loci_spec, height)},
    {"width", offsetof(loci_spec, width)},
    {"classes", offsetof(loci_spec, classes)},
    /* what follows need not be there */
    {"inputs", offsetof(loci_spec, inputs)},     /* only of shrunk nets; else 0, and not written */
    {"channels", offsetof(loci_spec, channels)}, /* only where it is not 1, as in version 0.1 */
};
enum { SIZES = sizeof sizes / sizeof *sizes, ALWAYS = 3 };

static bool is_written(const loci_spec *spec, size_t i, uint32_t size, bool full) {
    bool channels = sizes[i].offset == offsetof(loci_spec, channels);
    return channels ? full || spec->channels != 1 : size > 0;
}

/* The sizes of a specification, and `options`, which are taken over. */
static json_t *with_sizes(const loci_spec *spec, json_t *options, bool full) {
    json_t *json = json_object();
    bool failed = options == NULL || json == NULL;
    for (size_t i = 0; i < SIZES && !failed; i++) {
        uint32_t size;
        memcpy(&size, (const char *)spec + sizes[i].offset, sizeof size);
        if (is_written(spec, i, size, full))
            failed = json_object_set_new(json, sizes[i].key, json_integer(size)) != 0;
    }
    if (!failed)
        failed = json_object_update(json, options) != 0;
    json_decref(options);
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

json_t *loci_spec_to_json(const loci_spec *spec) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    return with_sizes(spec, loci_fields_to_json(fields, count, spec), false);
}

json_t *loci_spec_to_full_json(const loci_spec *spec) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    return with_sizes(spec, loci_fields_to_full_json(fields, count, spec), true);
}

int loci_spec_from_json(loci_spec *spec, const json_t *json, const char *where, loci_error *error) {
    if (!json_is_object(json))
        return loci_fail(error, LOCI_E_FORMAT, where, "the specification is not a JSON object");
    loci_spec_defaults(spec);
    json_t *options =
        json_copy((json_t *)(uintptr_t)json); /* shallow: what is left are the options */
    if (options == NULL)
        return loci_fail_memory(error, where);
    int status = LOCI_OK;
    for (size_t i = 0; i < SIZES && status == LOCI_OK; i++) {
        const json_t *value = json_object_get(json, sizes[i].key);
        if (value == NULL && i >= ALWAYS)
            continue;
        if (!json_is_integer(value) || json_integer_value(value) < 1 ||
            json_integer_value(value) > UINT32_MAX) {
            status = loci_fail(error, LOCI_E_FORMAT, where, "the specification has no usable %s",
                               sizes[i].key);
            continue;
        }
        uint32_t size = (uint32_t)json_integer_value(value);
        memcpy((char *)spec + sizes[i].offset, &size, sizeof size);
        json_object_del(options, sizes[i].key);
    }
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    if (status == LOCI_OK)
        status = loci_fields_from_json(fields, count, spec, options, where, error);
    json_decref(options);
    return status;
}

int loci_spec_version(const loci_spec *spec) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    int version = loci_fields_version(fields, count, spec);
    /* values that 0.1 did not know, of options that it did */
    bool younger = spec->channels != 1 || spec->neuron > LOCI_NEURON_LIF ||
                   spec->coding > LOCI_CODING_LATENCY || spec->readout > LOCI_READOUT_MEMBRANE_LAST;
    return younger && version < 2 ? 2 : version;
}

char *loci_spec_to_text(const loci_spec *spec) {
    json_t *json = loci_spec_to_json(spec);
    char *text = json != NULL ? loci_json_print(json, LOCI_JSON_EXACT) : NULL;
    json_decref(json);
    return text;
}

int loci_spec_from_text(loci_spec *spec, const char *text, const char *where, loci_error *error) {
    json_error_t why;
    json_t *json = loci_json_read(text, strlen(text), &why);
    if (loci_json_is_short(json, &why))
        return loci_fail_memory(error, where);
    if (json == NULL)
        return loci_fail(error, LOCI_E_FORMAT, where, "the specification is not JSON: %s",
                         LOCI_SHOWN(100, why.text));
    int status = loci_spec_from_json(spec, json, where, error);
    json_decref(json);
    return status;
}

/* 2.0 as 2, as a person would write it. NULL: memory is short. */
static json_t *shortened(const json_t *value) {
    double real = json_is_real(value) ? json_real_value(value) : NAN;
    if (real == floor(real) && fabs(real) < 1e15)
        return json_integer((json_int_t)real);
    if (!json_is_array(value))
        return json_incref((json_t *)(uintptr_t)value);
    json_t *list = json_array();
    bool failed = list == NULL;
    for (size_t i = 0; !failed && i < json_array_size(value); i++)
        failed = json_array_append_new(list, shortened(json_array_get(value, i))) != 0;
    if (!failed)
        return list;
    json_decref(list);
    return NULL;
}

char *loci_spec_json(const loci_spec *spec) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    json_t *options = loci_fields_to_json(fields, count, spec);
    const char *key;
    json_t *value;
    void *next;
    if (options == NULL)
        return NULL;
    bool failed = false;
    json_object_foreach_safe(options, next, key, value) failed |=
        json_object_set_new(options, key, shortened(value)) != 0;
    char *text = failed ? NULL : loci_json_print(options, LOCI_JSON_EXACT);
    json_decref(options);
    return text;
}
