/* Option tables and JSON: a value's text form is what both ways go through, so that one parser
 * checks command line and files alike. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "option/fields.h"

/* "axon-sites" -> "axon_sites" */
static void json_key(char key[64], const char *name) {
    snprintf(key, 64, "%s", name);
    for (char *c = key; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
}

static json_t *value_to_text(const loci_field *field, const void *object) {
    char text[1024];
    int status = loci_field_get(field, 1, object, field->name, text, sizeof text);
    return status == LOCI_OK ? json_string(text) : NULL;
}

static json_t *list_to_json(const loci_field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    size_t n = loci_field_length(field, object);
    json_t *list = n <= field->most ? json_array() : NULL;
    bool failed = list == NULL;
    for (size_t i = 0; !failed && i < n; i++)
        failed = json_array_append_new(list, field->type == LOCI_FIELD_REAL_LIST
                                                 ? json_real(((const double *)at)[i])
                                                 : json_integer(((const uint32_t *)at)[i])) != 0;
    if (!failed)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *value_to_json(const loci_field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    switch ((enum loci_field_type)field->type) {
    case LOCI_FIELD_UINT:
        return json_integer(*(const uint32_t *)at);
    case LOCI_FIELD_REAL:
        return json_real(*(const double *)at);
    case LOCI_FIELD_NAME:
        return json_string(loci_field_name_of(field, *(const int *)at));
    case LOCI_FIELD_SWITCH:
        return json_boolean(*(const int *)at);
    case LOCI_FIELD_PLAN:
    case LOCI_FIELD_TEXT:
        return value_to_text(field, object);
    case LOCI_FIELD_SIZES:
    case LOCI_FIELD_UINT_LIST:
    case LOCI_FIELD_REAL_LIST:
        return list_to_json(field, object);
    }
    return NULL;
}

bool loci_field_is_new(const loci_field *field, const void *object) {
    const char *at = (const char *)object + field->offset;
    if (field->since == 0)
        return false;
    if (field->type == LOCI_FIELD_SIZES) /* before there were none */
        return loci_field_length(field, object) > 0;
    bool reals = field->type == LOCI_FIELD_REAL_LIST;
    if (reals || field->type == LOCI_FIELD_UINT_LIST) {
        for (size_t i = 0; i < field->most; i++) {
            double entry = reals ? ((const double *)(const void *)at)[i]
                                 : ((const uint32_t *)(const void *)at)[i];
            if (entry != 0 && entry != field->before)
                return true;
        }
        return false;
    }
    if (field->type == LOCI_FIELD_REAL)
        return *(const double *)(const void *)at != field->before;
    if (field->type == LOCI_FIELD_UINT)
        return *(const uint32_t *)(const void *)at != (uint32_t)field->before;
    assert(field->type == LOCI_FIELD_NAME || field->type == LOCI_FIELD_SWITCH);
    return *(const int *)(const void *)at != (int)field->before;
}

/* What an option was before it was one. */
static void set_before(const loci_field *field, void *object) {
    char *at = (char *)object + field->offset;
    if (field->type == LOCI_FIELD_REAL_LIST) {
        memset(at, 0, field->most * sizeof(double));
        memcpy(at, &field->before, sizeof field->before);
        return;
    }
    if (field->type == LOCI_FIELD_REAL) {
        memcpy(at, &field->before, sizeof field->before);
        return;
    }
    if (field->type == LOCI_FIELD_SIZES) {
        memset(at, 0, field->most * sizeof(uint32_t));
        memset((char *)object + field->count_at, 0, sizeof(uint32_t));
        return;
    }
    if (field->type == LOCI_FIELD_UINT_LIST)
        memset(at, 0, field->most * sizeof(uint32_t));
    int value = (int)field->before; /* of an unsigned number, too: it is small */
    memcpy(at, &value, sizeof value);
}

int loci_fields_version(const loci_field *fields, size_t count, const void *object) {
    int version = 1;
    for (size_t i = 0; i < count; i++)
        if (loci_field_is_new(&fields[i], object) && fields[i].since > version)
            version = fields[i].since;
    return version;
}

/* A member for each option, made by `make`. */
static json_t *list_options(const loci_field *fields, size_t count, const void *object, bool all,
                            json_t *(*make)(const loci_field *, const void *)) {
    json_t *json = json_object();
    for (size_t i = 0; i < count; i++) {
        char key[64];
        if (!all && fields[i].since > 0 && !loci_field_is_new(&fields[i], object))
            continue;
        json_key(key, fields[i].name);
        if (json_object_set_new(json, key, make(&fields[i], object)) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

json_t *loci_fields_to_json(const loci_field *fields, size_t count, const void *object) {
    return list_options(fields, count, object, false, value_to_json);
}

json_t *loci_fields_to_full_json(const loci_field *fields, size_t count, const void *object) {
    return list_options(fields, count, object, true, value_to_json);
}

json_t *loci_fields_to_texts(const loci_field *fields, size_t count, const void *object) {
    return list_options(fields, count, object, false, value_to_text);
}

/* The text form of a JSON value, so that one parser checks command line and files alike; -1 if it
 * has none. */
static int json_to_text(const json_t *value, char *text, size_t size) {
    if (json_is_string(value))
        return snprintf(text, size, "%s", json_string_value(value));
    if (json_is_boolean(value))
        return snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
    if (json_is_integer(value))
        return snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return loci_print_real(text, size, json_real_value(value));
    if (!json_is_array(value))
        return -1;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        if (json_is_array(item) || used + 2 > size)
            return -1;
        if (i > 0)
            text[used++] = ',';
        int n = json_to_text(item, text + used, size - used);
        if (n < 0 || (size_t)n >= size - used)
            return -1;
        used += (size_t)n;
    }
    return (int)used;
}

static int value_from_json(const loci_field *field, void *object, const json_t *value,
                           const char *where, loci_error *error) {
    char text[1024];
    loci_error inner = {0};
    bool name = field->type == LOCI_FIELD_NAME || field->type == LOCI_FIELD_PLAN;
    bool is_switch = field->type == LOCI_FIELD_SWITCH;
    int n = json_is_string(value) == name && json_is_boolean(value) == is_switch
                ? json_to_text(value, text, sizeof text)
                : -1;
    if (n < 0 || (size_t)n >= sizeof text)
        return loci_fail(error, LOCI_E_FORMAT, where, "%s has a value of the wrong type",
                         field->name);
    if (loci_field_set(field, 1, object, field->name, text, &inner) != LOCI_OK)
        return loci_fail(error, LOCI_E_FORMAT, where, "%s: %s", field->name, inner.message);
    return LOCI_OK;
}

int loci_fields_from_json(const loci_field *fields, size_t count, void *object, const json_t *json,
                          const char *where, loci_error *error) {
    if (!json_is_object(json))
        return loci_fail(error, LOCI_E_FORMAT, where, "the options are not a JSON object");
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        char key[64];
        json_key(key, fields[i].name);
        const json_t *value = json_object_get(json, key);
        if (value == NULL && fields[i].since > 0)
            set_before(&fields[i], object);
        if (value == NULL)
            continue;
        seen++;
        int status = value_from_json(&fields[i], object, value, where, error);
        if (status != LOCI_OK)
            return status;
    }
    if (json_object_size(json) != seen)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "there are options this version does not know");
    return LOCI_OK;
}
