#include "option/fields.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"

static int wrong_value(const loci_field *field, const char *text, loci_error *error) {
    return loci_fail(error, LOCI_E_ARGUMENT, field->name,
                     "'%s' is not a %snumber from %.15g to %.15g", text,
                     field->type == LOCI_FIELD_UINT ? "whole " : "", field->low, field->high);
}

/* Reads one number at *text and moves past it. */
static int read_number(const loci_field *field, const char **text, double *value) {
    char *end;
    errno = 0;
    *value = loci_number_read(*text, &end);
    /* it also takes blanks, "0x10", "inf" and "nan" */
    if (strspn(*text, "0123456789+-.eE") < (size_t)(end - *text))
        return -1;
    if (end == *text || errno == ERANGE || !(*value >= field->low && *value <= field->high))
        return -1;
    bool whole = field->type != LOCI_FIELD_REAL && field->type != LOCI_FIELD_REAL_LIST &&
                 field->type != LOCI_FIELD_PLAN;
    if (whole && *value != floor(*value))
        return -1;
    *text = end;
    return 0;
}

/* Reads "a,b,c" into values[most]; returns how many, 0 on a mistake. */
static size_t read_list(const loci_field *field, const char *text, double *values, size_t most) {
    for (size_t n = 0; n < most;) {
        if (read_number(field, &text, &values[n++]) != 0)
            return 0;
        if (*text == '\0')
            return n;
        if (*text++ != ',')
            return 0;
    }
    return 0;
}

static int set_name(const loci_field *field, int *value, const char *text, loci_error *error) {
    loci_nearest nearest = {text, NULL, SIZE_MAX};
    char all[256] = "";
    for (int i = 0; field->names[i] != NULL; i++) {
        if (strcmp(field->names[i], text) == 0) {
            *value = i;
            return LOCI_OK;
        }
    }
    for (int i = 0; field->names[i] != NULL && error != NULL; i++) {
        loci_nearest_offer(&nearest, field->names[i]);
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", field->names[i]);
    }
    if (nearest.best != NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, field->name,
                         "'%s' is none of %s; did you mean '%s'?", text, all, nearest.best);
    return loci_fail(error, LOCI_E_ARGUMENT, field->name, "'%s' is none of %s", text, all);
}

/* The first name stands alone: for no plan at all. */
static int set_plan(const loci_field *field, loci_field_plan *plan, const char *text,
                    loci_error *error) {
    char name[32];
    const char *colon = strchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
    loci_shown(name, length < sizeof name ? length + 1 : sizeof name, text);
    loci_field_plan read = {0, 0};
    int status = set_name(field, &read.name, name, error);
    if (status != LOCI_OK)
        return status;
    if ((read.name == 0) != (colon == NULL))
        return loci_fail(error, LOCI_E_ARGUMENT, field->name,
                         read.name == 0 ? "'%s' takes no share"
                                        : "'%s' needs a share; for example %s:0.8",
                         name, name);
    const char *rest = colon != NULL ? colon + 1 : "";
    if (colon != NULL &&
        (read_number(field, &rest, &read.share) != 0 || *rest != '\0' || read.share == field->high))
        return loci_fail(error, LOCI_E_ARGUMENT, field->name,
                         "'%s' is not a share from %g to below %g", colon + 1, field->low,
                         field->high);
    plan->share = read.share;
    plan->name = read.name;
    return LOCI_OK;
}

static int set_sizes(const loci_field *field, void *object, const char *text, loci_error *error) {
    uint32_t *sizes = (void *)((char *)object + field->offset);
    uint32_t *count = (void *)((char *)object + field->count_at);
    double values[LOCI_FIELD_MOST];
    size_t n = 0;
    if (*text != '\0' && strcmp(text, "0") != 0) {
        n = read_list(field, text, values, field->most);
        if (n == 0)
            return loci_fail(
                error, LOCI_E_ARGUMENT, field->name,
                "'%s' is not a list of at most %zu %s sizes from 1 to %.0f; 0 means no %s %s", text,
                field->most, field->entry, field->high, field->name, field->entry);
    }
    *count = (uint32_t)n;
    for (size_t i = 0; i < field->most; i++)
        sizes[i] = i < n ? (uint32_t)values[i] : 0;
    return LOCI_OK;
}

static int set_number(const loci_field *field, void *at, const char *text, loci_error *error) {
    const char *rest = text;
    double value;
    if (read_number(field, &rest, &value) != 0 || *rest != '\0')
        return wrong_value(field, text, error);
    if (field->type == LOCI_FIELD_UINT)
        *(uint32_t *)at = (uint32_t)value;
    else
        *(double *)at = value;
    return LOCI_OK;
}

static int set_list(const loci_field *field, void *at, const char *text, loci_error *error) {
    double values[LOCI_FIELD_MOST];
    size_t n = read_list(field, text, values, field->most);
    if (n == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, field->name,
                         "'%s' is not one number, or a list of at most %zu, from %.15g to %.15g",
                         text, field->most, field->low, field->high);
    for (size_t i = 0; i < field->most; i++)
        if (field->type == LOCI_FIELD_UINT_LIST)
            ((uint32_t *)at)[i] = i < n ? (uint32_t)values[i] : 0;
        else
            ((double *)at)[i] = i < n ? values[i] : 0;
    return LOCI_OK;
}

static int set_text(const loci_field *field, char *at, const char *text, loci_error *error) {
    int index;
    int status = field->names != NULL ? set_name(field, &index, text, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    if (strlen(text) >= field->most)
        return loci_fail(error, LOCI_E_ARGUMENT, field->name, "longer than %zu bytes",
                         field->most - 1);
    bool usual = field->entry != NULL && strcmp(field->entry, text) == 0;
    strcpy(at, usual ? "" : text);
    return LOCI_OK;
}

static int set_value(const loci_field *field, void *object, const char *text, loci_error *error) {
    void *at = (char *)object + field->offset;
    switch ((enum loci_field_type)field->type) {
    case LOCI_FIELD_NAME:
    case LOCI_FIELD_SWITCH:
        return set_name(field, at, text, error);
    case LOCI_FIELD_PLAN:
        return set_plan(field, at, text, error);
    case LOCI_FIELD_SIZES:
        return set_sizes(field, object, text, error);
    case LOCI_FIELD_UINT:
    case LOCI_FIELD_REAL:
        return set_number(field, at, text, error);
    case LOCI_FIELD_UINT_LIST:
    case LOCI_FIELD_REAL_LIST:
        return set_list(field, at, text, error);
    case LOCI_FIELD_TEXT:
        return set_text(field, at, text, error);
    }
    return LOCI_E_ARGUMENT;
}

static const loci_field *find(const loci_field *fields, size_t count, const char *name,
                              loci_error *error) {
    loci_nearest nearest = {name, NULL, SIZE_MAX};
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    for (size_t i = 0; i < count && error != NULL; i++)
        loci_nearest_offer(&nearest, fields[i].name);
    if (nearest.best != NULL)
        loci_fail(error, LOCI_E_ARGUMENT, name, "no such option; did you mean '%s'?", nearest.best);
    else
        loci_fail(error, LOCI_E_ARGUMENT, name, "no such option");
    return NULL;
}

int loci_field_set(const loci_field *fields, size_t count, void *object, const char *name,
                   const char *text, loci_error *error) {
    const loci_field *field = find(fields, count, name, error);
    return field == NULL ? LOCI_E_ARGUMENT : set_value(field, object, text, error);
}

const char *loci_field_name_of(const loci_field *field, int value) {
    if (value < 0)
        return NULL;
    for (int i = 0; field->names[i] != NULL; i++)
        if (i == value)
            return field->names[i];
    return NULL;
}

size_t loci_field_length(const loci_field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    if (field->type == LOCI_FIELD_SIZES)
        return *(const uint32_t *)(const void *)((const char *)object + field->count_at);
    for (size_t n = field->most; n > 1; n--) {
        double value = field->type == LOCI_FIELD_UINT_LIST ? ((const uint32_t *)at)[n - 1]
                                                           : ((const double *)at)[n - 1];
        if (value != 0)
            return n;
    }
    return 1;
}

bool loci_field_is_idle(const loci_field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    bool idle = false;
    if (field->type == LOCI_FIELD_UINT)
        return *(const uint32_t *)at == 0;
    if (field->names != NULL && field->type != LOCI_FIELD_PLAN)
        return *(const int *)at == 0 && strcmp(field->names[0], "no") == 0;
    if (field->type == LOCI_FIELD_REAL)
        idle = *(const double *)at == -1;
    if (field->type == LOCI_FIELD_REAL_LIST) {
        idle = true;
        for (size_t i = 0; i < loci_field_length(field, object); i++)
            idle = idle && (((const double *)at)[i] == -1 || ((const double *)at)[i] == 0);
    }
    return idle && field->low == -1;
}

static int get_plan(const loci_field *field, const loci_field_plan *plan, char *text, size_t size) {
    char share[32];
    const char *name = loci_field_name_of(field, plan->name);
    if (name == NULL || loci_print_real(share, sizeof share, plan->share) < 0)
        return -1;
    return plan->name == 0 ? snprintf(text, size, "%s", name)
                           : snprintf(text, size, "%s:%s", name, share);
}

static int get_name(const loci_field *field, int value, char *text, size_t size) {
    const char *name = loci_field_name_of(field, value);
    return name != NULL ? snprintf(text, size, "%s", name) : -1;
}

static int get_number(const loci_field *field, const void *at, size_t i, char *text, size_t size) {
    if (field->type == LOCI_FIELD_REAL || field->type == LOCI_FIELD_REAL_LIST)
        return loci_print_real(text, size, ((const double *)at)[i]);
    return snprintf(text, size, "%u", ((const uint32_t *)at)[i]);
}

static int get_list(const loci_field *field, const void *at, size_t n, char *text, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && used + 1 < size)
            text[used++] = ',';
        int wrote = get_number(field, at, i, text + used, size - used);
        if (wrote < 0 || (size_t)wrote >= size - used)
            return -1;
        used += (size_t)wrote;
    }
    return (int)used;
}

static int get_value(const loci_field *field, const void *object, char *text, size_t size) {
    const void *at = (const char *)object + field->offset;
    size_t n;
    switch ((enum loci_field_type)field->type) {
    case LOCI_FIELD_NAME:
    case LOCI_FIELD_SWITCH:
        return get_name(field, *(const int *)at, text, size);
    case LOCI_FIELD_PLAN:
        return get_plan(field, at, text, size);
    case LOCI_FIELD_UINT:
    case LOCI_FIELD_REAL:
        return get_number(field, at, 0, text, size);
    case LOCI_FIELD_SIZES:
    case LOCI_FIELD_UINT_LIST:
    case LOCI_FIELD_REAL_LIST:
        n = loci_field_length(field, object);
        if (n > field->most)
            return -1;
        return n == 0 ? snprintf(text, size, "0") : get_list(field, at, n, text, size);
    case LOCI_FIELD_TEXT:
        return snprintf(text, size, "%s", (const char *)at);
    }
    return -1;
}

int loci_field_get(const loci_field *fields, size_t count, const void *object, const char *name,
                   char *text, size_t size) {
    const loci_field *field = find(fields, count, name, NULL);
    if (field == NULL || size == 0)
        return LOCI_E_ARGUMENT;
    int n = get_value(field, object, text, size);
    return n < 0 || (size_t)n >= size ? LOCI_E_ARGUMENT : LOCI_OK;
}
