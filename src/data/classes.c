#include "data/classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

static int compare_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By value: "2" before "10"; "1" and "1.0" are the same label. */
static int compare_number(const void *a, const void *b) {
    double x = 0, y = 0;
    loci_table_number(*(const char *const *)a, &x);
    loci_table_number(*(const char *const *)b, &y);
    return (x > y) - (x < y);
}

int loci_classes_find(loci_classes *classes, const loci_table *table, const char *where,
                      loci_error *error) {
    double ignored;
    classes->compare = compare_number;
    for (size_t i = 0; i < table->rows && classes->compare == compare_number; i++)
        if (!loci_table_number(table->texts[i], &ignored))
            classes->compare = compare_text;
    classes->texts = loci_alloc(table->rows, sizeof *classes->texts);
    if (classes->texts == NULL)
        return loci_fail_memory(error, where);
    memcpy(classes->texts, table->texts, table->rows * sizeof *classes->texts);
    qsort(classes->texts, table->rows, sizeof *classes->texts, classes->compare);
    classes->count = 0;
    for (size_t i = 0; i < table->rows; i++)
        if (i == 0 || classes->compare(&classes->texts[i], &classes->texts[i - 1]) != 0)
            classes->texts[classes->count++] = classes->texts[i];
    if (classes->count > LOCI_MAX_CLASSES)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "column %zu has %zu different labels; at most %d are accepted",
                         table->left_out + table->label + 1, classes->count, LOCI_MAX_CLASSES);
    return LOCI_OK;
}

int32_t loci_classes_of(const loci_classes *classes, const char *text) {
    double ignored;
    if (classes->compare == compare_number && !loci_table_number(text, &ignored))
        return -1;
    const char **found =
        bsearch(&text, classes->texts, classes->count, sizeof *classes->texts, classes->compare);
    return found != NULL ? (int32_t)(found - classes->texts) : -1;
}

int loci_classes_name(loci_dataset *data, const loci_classes *classes, loci_error *error) {
    data->output_names = calloc(classes->count, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = (uint32_t)classes->count;
    for (size_t c = 0; c < classes->count; c++)
        if ((data->output_names[c] = strdup(classes->texts[c])) == NULL)
            return loci_fail_memory(error, data->name);
    return LOCI_OK;
}

/* More kinds of numbers than this, of which few stand in several rows, are measured, not named. */
enum { FEW = 20, ROWS_EACH = 4 };

int loci_classes_doubt(const loci_classes *classes, const loci_table *table, const char *where,
                       loci_error *error) {
    bool whole = true;
    if (classes->compare != compare_number)
        return LOCI_OK;
    for (size_t c = 0; c < classes->count && whole; c++) {
        double value = 0;
        loci_table_number(classes->texts[c], &value);
        whole = value == floor(value);
    }
    bool few = classes->count <= FEW && (whole || table->rows >= 2 * classes->count);
    if (few || (whole && table->rows >= ROWS_EACH * classes->count))
        return LOCI_OK;
    return loci_fail(
        error, LOCI_E_ARGUMENT, where,
        "column %zu holds %zu different numbers in %zu rows%s; to predict numbers give "
        "--task regress, or --task classify if each of them is a class",
        table->left_out + table->label + 1, classes->count, table->rows,
        whole ? "" : ", not all of them whole");
}
