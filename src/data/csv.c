/* A data set from tables: labels become classes, whole numbers 0..255 become pixels, rows become
 * parts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "data/formats.h"
#include "data/row_numbers.h"
#include "data/table.h"

/* ---- classes ---- */

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

typedef struct loci_classes {
    const char **texts; /* [count], sorted; each borrowed from its table */
    size_t count;
    int (*compare)(const void *, const void *);
} loci_classes;

/* The distinct labels of a table, by value when all are numbers, else by their bytes. */
static int find_classes(loci_classes *classes, const loci_table *table, const char *where,
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

/* A label's class; -1 for one that is none. */
static int32_t class_of(const loci_classes *classes, const char *text) {
    double ignored;
    if (classes->compare == compare_number && !loci_table_number(text, &ignored))
        return -1;
    const char **found =
        bsearch(&text, classes->texts, classes->count, sizeof *classes->texts, classes->compare);
    return found != NULL ? (int32_t)(found - classes->texts) : -1;
}

static int name_classes(loci_dataset *data, const loci_classes *classes, loci_error *error) {
    data->class_names = calloc(classes->count, sizeof *data->class_names);
    if (data->class_names == NULL)
        return loci_fail_memory(error, data->name);
    data->classes = (uint32_t)classes->count;
    for (size_t c = 0; c < classes->count; c++)
        if ((data->class_names[c] = strdup(classes->texts[c])) == NULL)
            return loci_fail_memory(error, data->name);
    return LOCI_OK;
}

static int name_columns(loci_dataset *data, const loci_table *table, loci_error *error) {
    if (table->names == NULL)
        return LOCI_OK;
    data->column_names = calloc(table->columns - 1, sizeof *data->column_names);
    for (size_t c = 0, f = 0; data->column_names != NULL && c < table->columns; c++)
        if (c != table->label && (data->column_names[f++] = strdup(table->names[c])) == NULL)
            return loci_fail_memory(error, data->name);
    return data->column_names != NULL ? LOCI_OK : loci_fail_memory(error, data->name);
}

/* ---- pixels ---- */

/* Whole numbers from 0 to 255 that use the upper half too are 8-bit pixels. Smaller ones (ages,
 * counts, grey values from 0 to 16) are numbers like any other, which the scaling of each column
 * brings to [0, 1]. */
static bool holds_pixels(const loci_table *table) {
    float largest = 0;
    for (size_t i = 0; i < table->rows * (table->columns - 1); i++) {
        float value = table->values[i];
        if (!(value >= 0 && value <= 255 && value == (float)(int)value))
            return false;
        largest = value > largest ? value : largest;
    }
    return largest >= 128;
}

/* ---- parts ---- */

/* Which rows of a table go into a part: those whose mark is `wanted`; all when marks is NULL. */
typedef struct loci_choice {
    const uint8_t *marks; /* [rows] */
    uint8_t wanted;
    size_t count;
} loci_choice;

static int fill_part(loci_dataset *data, loci_samples *part, const loci_table *table,
                     loci_choice choice, const loci_classes *classes, bool pixels,
                     const char *where, loci_error *error) {
    size_t features = table->columns - 1, n = 0;
    const size_t shape[2] = {choice.count, features};
    int status = loci_dataset_set_shape(data, 2, shape, pixels, where, error);
    if (status != LOCI_OK)
        return status;
    size_t total = choice.count * features; /* no more than the table has */
    part->labels = loci_alloc(choice.count, sizeof *part->labels);
    if (pixels)
        part->bytes = loci_alloc(total, 1);
    else
        part->values = loci_alloc(total, sizeof *part->values);
    if (part->labels == NULL || (part->bytes == NULL && part->values == NULL))
        return loci_fail_memory(error, where);
    part->count = choice.count;
    for (size_t i = 0; i < table->rows; i++) {
        const float *row = table->values + i * features;
        if (choice.marks != NULL && choice.marks[i] != choice.wanted)
            continue;
        part->labels[n] = class_of(classes, table->texts[i]);
        if (part->labels[n] < 0)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "line %zu: label '%s', which no training row has", table->lines[i],
                             LOCI_SHOWN(40, table->texts[i]));
        for (size_t f = 0; f < features; f++)
            if (pixels)
                part->bytes[n * features + f] = (uint8_t)row[f];
            else
                part->values[n * features + f] = row[f];
        n++;
    }
    return LOCI_OK;
}

static int read_table(loci_table *table, const char *path, const char *label_column,
                      loci_error *error) {
    unsigned char *text;
    size_t size;
    int status = loci_file_read(path, LOCI_DATA_MOST, &text, &size, error);
    if (status != LOCI_OK)
        return status;
    return loci_table_parse(table, (char *)text, size, label_column, path, error);
}

/* The test file must have the columns of the training file, in the same order. */
static int check_columns(const loci_table *train, const loci_table *test, const char *where,
                         loci_error *error) {
    if (test->columns != train->columns)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu columns, but the training file has %zu",
                         test->columns, train->columns);
    if (test->label != train->label)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "the label is column %zu here and column %zu in the training file",
                         test->left_out + test->label + 1, train->left_out + train->label + 1);
    for (size_t c = 0; train->names != NULL && test->names != NULL && c < train->columns; c++)
        if (strcmp(train->names[c], test->names[c]) != 0)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "column %zu is called '%s' here and '%s' in the training file",
                             train->left_out + c + 1, LOCI_SHOWN(40, test->names[c]),
                             LOCI_SHOWN(40, train->names[c]));
    return LOCI_OK;
}

/* Both parts from a table of their own. The training file alone decides whether values are pixels,
 * so that the same network results whether or not the test file is read. */
static int fill_from_two(loci_dataset *data, const loci_table *train, const char *train_path,
                         const loci_classes *classes, const loci_data_options *options,
                         const char *label_column, loci_error *error) {
    bool pixels = holds_pixels(train);
    int status = fill_part(data, &data->part[LOCI_TRAIN], train,
                           (loci_choice){.count = train->rows}, classes, pixels, train_path, error);
    if (status != LOCI_OK || options->skip_test)
        return status;
    const char *path = options->test_file;
    loci_table test = {0};
    status = read_table(&test, path, label_column, error);
    if (status == LOCI_OK)
        status = loci_row_numbers_follow(&test, train, path, error);
    if (status == LOCI_OK)
        status = check_columns(train, &test, path, error);
    for (size_t i = 0; status == LOCI_OK && pixels && i < test.rows * (test.columns - 1); i++) {
        float value = test.values[i];
        if (!(value >= 0 && value <= 255 && value == (float)(int)value))
            status = loci_fail(error, LOCI_E_FORMAT, path,
                               "line %zu: %g, but all training values are pixels from 0 to 255",
                               test.lines[i / (test.columns - 1)], (double)value);
    }
    if (status == LOCI_OK)
        status = fill_part(data, &data->part[LOCI_TEST], &test, (loci_choice){.count = test.rows},
                           classes, pixels, path, error);
    loci_table_free(&test);
    return status;
}

/* Both parts from one table: a seeded choice of rows is kept for testing; rows keep their order. */
static int fill_from_split(loci_dataset *data, const loci_table *table, const char *path,
                           const loci_classes *classes, const loci_data_options *options,
                           loci_error *error) {
    if (!(options->test_fraction > 0 && options->test_fraction < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "test fraction", "must be between 0 and 1");
    if (table->rows < 2 || table->rows > UINT32_MAX)
        return loci_fail(error, LOCI_E_FORMAT, path, "%zu rows cannot be split in two parts",
                         table->rows);
    size_t tested = (size_t)((double)table->rows * options->test_fraction + 0.5);
    tested = tested < 1 ? 1 : tested > table->rows - 1 ? table->rows - 1 : tested;
    uint32_t *order = loci_alloc(table->rows, sizeof *order);
    uint8_t *marks = loci_alloc(table->rows, 1);
    int status = LOCI_OK;
    if (order == NULL || marks == NULL)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK) {
        const loci_random stream = {options->split_seed, LOCI_RANDOM_SPLIT, 0};
        bool pixels = holds_pixels(table);
        loci_random_permutation(&stream, order, (uint32_t)table->rows);
        for (size_t i = 0; i < tested; i++)
            marks[order[i]] = LOCI_TEST;
        status = fill_part(data, &data->part[LOCI_TRAIN], table,
                           (loci_choice){marks, LOCI_TRAIN, table->rows - tested}, classes, pixels,
                           path, error);
        if (status == LOCI_OK && !options->skip_test)
            status =
                fill_part(data, &data->part[LOCI_TEST], table,
                          (loci_choice){marks, LOCI_TEST, tested}, classes, pixels, path, error);
    }
    free(order);
    free(marks);
    return status;
}

int loci_csv_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                  loci_error *error) {
    const char *label_column = options->label_column;
    if (label_column != NULL && label_column[0] == '\0')
        label_column = NULL;
    loci_table table = {0};
    loci_classes classes = {0};
    int status = read_table(&table, path, label_column, error);
    if (status == LOCI_OK && !options->keep_row_numbers)
        status = loci_row_numbers_leave(data, &table, path, error);
    if (status == LOCI_OK)
        status = find_classes(&classes, &table, path, error);
    if (status == LOCI_OK)
        status = name_classes(data, &classes, error);
    if (status == LOCI_OK && options->test_file != NULL && options->test_file[0] != '\0')
        status = fill_from_two(data, &table, path, &classes, options, label_column, error);
    else if (status == LOCI_OK)
        status = fill_from_split(data, &table, path, &classes, options, error);
    if (status == LOCI_OK)
        status = name_columns(data, &table, error);
    free(classes.texts);
    loci_table_free(&table);
    return status;
}
