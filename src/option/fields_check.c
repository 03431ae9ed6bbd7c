/* Checking a struct's values, which a program may have set by hand, against its table of options.
 */
#include <stdbool.h>

#include "base/error.h"
#include "option/fields.h"

/* Written so that a NaN fails. */
static int check_number(const loci_field *field, double value, loci_error *error) {
    if (value >= field->low && value <= field->high)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, field->name, "%.15g is not in %.15g..%.15g", value,
                     field->low, field->high);
}

static int check_name(const loci_field *field, int value, loci_error *error) {
    if (loci_field_name_of(field, value) != NULL)
        return LOCI_OK;
    int most = 0;
    while (field->names[most + 1] != NULL)
        most++;
    return loci_fail(error, LOCI_E_ARGUMENT, field->name, "%d is not in 0..%d", value, most);
}

/* The share is one below the highest. */
static int check_plan(const loci_field *field, const loci_field_plan *plan, loci_error *error) {
    int status = check_name(field, plan->name, error);
    if (status == LOCI_OK)
        status = check_number(field, plan->share, error);
    if (status == LOCI_OK && plan->share == field->high)
        return loci_fail(error, LOCI_E_ARGUMENT, field->name, "a share of %g is not below %g",
                         plan->share, field->high);
    return status;
}

static int check_sizes(const loci_field *field, const void *object, loci_error *error) {
    const uint32_t *sizes = (const void *)((const char *)object + field->offset);
    size_t n = loci_field_length(field, object);
    if (n > field->most)
        return loci_fail(error, LOCI_E_ARGUMENT, field->name, "%zu %ss; at most %zu", n,
                         field->entry, field->most);
    int status = LOCI_OK;
    for (size_t i = 0; status == LOCI_OK && i < n; i++)
        status = check_number(field, sizes[i], error);
    return status;
}

/* 0 stands for "as the one before". */
static int check_list(const loci_field *field, const void *at, loci_error *error) {
    bool whole = field->type == LOCI_FIELD_UINT_LIST;
    int status = LOCI_OK;
    for (size_t i = 0; status == LOCI_OK && i < field->most; i++) {
        double value = whole ? ((const uint32_t *)at)[i] : ((const double *)at)[i];
        if (value != 0)
            status = check_number(field, value, error);
    }
    return status;
}

static int check_value(const loci_field *field, const void *object, loci_error *error) {
    const void *at = (const char *)object + field->offset;
    switch ((enum loci_field_type)field->type) {
    case LOCI_FIELD_NAME:
    case LOCI_FIELD_SWITCH:
        return check_name(field, *(const int *)at, error);
    case LOCI_FIELD_UINT:
        return check_number(field, *(const uint32_t *)at, error);
    case LOCI_FIELD_REAL:
        return check_number(field, *(const double *)at, error);
    case LOCI_FIELD_PLAN:
        return check_plan(field, at, error);
    case LOCI_FIELD_SIZES:
        return check_sizes(field, object, error);
    case LOCI_FIELD_UINT_LIST:
    case LOCI_FIELD_REAL_LIST:
        return check_list(field, at, error);
    case LOCI_FIELD_TEXT:
        return LOCI_OK;
    }
    return LOCI_E_ARGUMENT;
}

int loci_fields_check(const loci_field *fields, size_t count, const void *object,
                      loci_error *error) {
    int status = LOCI_OK;
    for (size_t i = 0; status == LOCI_OK && i < count; i++)
        status = check_value(&fields[i], object, error);
    return status;
}
