/* Arrays as an import wants them: of the right type and shape, and finite. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "exchange/import_npz.h"
#include "synapse/connections.h"

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
